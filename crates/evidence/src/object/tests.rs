//! Objects under faults, damage and repetition.

use super::*;
use crate::fault::testing::FailNth;
use std::os::unix::fs::PermissionsExt;

fn items(seed: u32) -> Vec<Vec<u8>> {
    (0..5u8)
        .map(|at| [&seed.to_le_bytes()[..], &vec![at; 1_000 + usize::from(at)]].concat())
        .collect()
}

fn publish_all(store: &ObjectStore, seed: u32) -> Result<Vec<Sha256>, ObjectError> {
    let items = items(seed);
    store.publish_many(&items.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

#[test]
fn what_is_published_is_read_back_under_its_hash_and_is_read_only() {
    let root = tempfile::tempdir().unwrap();
    let store = ObjectStore::open(root.path()).unwrap();
    let names = publish_all(&store, 1).unwrap();
    for (name, bytes) in names.iter().zip(items(1)) {
        assert_eq!(*name, sha256(&bytes));
        assert_eq!(store.read(name).unwrap(), bytes);
        let mode = store.path(name).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o444);
    }
    let empty = store.publish(b"").unwrap();
    assert_eq!(store.read(&empty).unwrap(), b"");
}

#[test]
fn twice_is_once_even_within_one_call() {
    let root = tempfile::tempdir().unwrap();
    let store = ObjectStore::open(root.path()).unwrap();
    let names = store.publish_many(&[b"same", b"other", b"same"]).unwrap();
    assert_eq!(names.first(), names.get(2));
    assert_eq!(store.publish(b"same").unwrap(), *names.first().unwrap());
    let report = store.fsck(&mut |_| {});
    assert_eq!((report.checked, report.damaged.len(), report.strays.len()), (2, 0, 0));
}

#[test]
fn more_than_one_group_comes_back_in_order() {
    let root = tempfile::tempdir().unwrap();
    let store = ObjectStore::open(root.path()).unwrap();
    let items: Vec<Vec<u8>> = (0..300u16).map(|at| at.to_le_bytes().to_vec()).collect();
    let names = store.publish_many(&items.iter().map(Vec::as_slice).collect::<Vec<_>>()).unwrap();
    assert_eq!(names, items.iter().map(|bytes| sha256(bytes)).collect::<Vec<_>>());
}

/// The n-th step fails, for every n until a run is clean. After each: nothing damaged under a final
/// name, and a second try succeeds.
#[test]
fn a_failure_at_any_step_of_publishing_loses_nothing_and_can_be_repeated() {
    let root = tempfile::tempdir().unwrap();
    let store = ObjectStore::open(root.path()).unwrap();
    for nth in 1.. {
        let failing = ObjectStore { root: store.root.clone(), faults: Box::new(FailNth::new(nth)) };
        let outcome = publish_all(&failing, nth);
        assert_eq!(store.fsck(&mut |_| {}).damaged, [], "step {nth}");
        let names = publish_all(&store, nth).unwrap();
        for name in &names {
            store.read(name).unwrap();
        }
        store.remove_strays().unwrap();
        assert!(store.fsck(&mut |_| {}).is_clean(), "step {nth}");
        if let Ok(acknowledged) = outcome {
            assert_eq!(acknowledged, names);
            assert!(nth > 20, "writes, renames and syncs were all reached: {nth}");
            return;
        }
    }
}

#[test]
fn a_failure_while_opening_can_be_repeated() {
    let attempt = |nth| {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("data/objects");
        let outcome = ObjectStore::open_with(&path, Box::new(FailNth::new(nth))).map(|_| ());
        let store = ObjectStore::open(&path).unwrap();
        store.read(&store.publish(b"after").unwrap()).unwrap();
        outcome
    };
    // 2 folders with a sync each, 257 parts, one sync.
    for nth in [1, 2, 3, 4, 5, 6, 100, 261, 262] {
        assert!(attempt(nth).is_err(), "step {nth}");
    }
    attempt(263).unwrap();
}

#[test]
fn damage_is_an_error_and_never_wrong_bytes() {
    let root = tempfile::tempdir().unwrap();
    let store = ObjectStore::open(root.path()).unwrap();
    let name = store.publish(b"a statement of fact").unwrap();
    let path = store.path(&name);
    let damage = |bytes: &[u8]| {
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, bytes).unwrap();
    };
    damage(b"a statement of fbct");
    assert!(matches!(store.read(&name), Err(ObjectError::Damaged { .. })));
    assert_eq!(store.fsck(&mut |_| {}).damaged.len(), 1);
    damage(b"short");
    assert!(matches!(store.publish(b"a statement of fact"), Err(ObjectError::Damaged { .. })));
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(store.read(&name), Err(ObjectError::Missing { .. })));
    assert!(!store.contains(&name));
}

#[test]
fn a_symbolic_link_in_place_of_an_object_is_not_followed() {
    let root = tempfile::tempdir().unwrap();
    let store = ObjectStore::open(&root.path().join("objects")).unwrap();
    let elsewhere = root.path().join("elsewhere");
    std::fs::write(&elsewhere, b"bytes").unwrap();
    let name = sha256(b"bytes");
    std::os::unix::fs::symlink(&elsewhere, store.path(&name)).unwrap();
    assert!(store.read(&name).is_err());
    assert!(!store.contains(&name));
    assert!(matches!(store.publish(b"bytes"), Err(ObjectError::Damaged { .. })));
}

#[test]
fn threads_that_publish_the_same_bytes_agree() {
    let root = tempfile::tempdir().unwrap();
    let store = ObjectStore::open(root.path()).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| publish_all(&store, 1).unwrap());
        }
    });
    let report = store.fsck(&mut |_| {});
    assert!(report.is_clean());
    assert_eq!(report.checked, 5);
}
