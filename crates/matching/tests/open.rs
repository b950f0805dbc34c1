//! Index files on the disk: whole or built again, equal for equal lists, safe to open at once.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly")]

mod common;

use amparo_matching::{BuiltBecause, Damage, IndexError, KnownIndex, MatchSettings, Opened};
use amparo_model::{HashAlgorithm, HashSetHeader, KnownHash, Md5, Purpose, Sha1, Sha256};
use common::{header, pdq, write_list};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

type Lists = Vec<(HashSetHeader, PathBuf)>;

fn rows(count: usize, seed: u64) -> Vec<KnownHash> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let row = |_| KnownHash {
        md5: Some(Md5(rng.random())),
        sha1: Some(Sha1(rng.random())),
        sha256: Some(Sha256(rng.random())),
        pdq: Some(pdq(&mut rng)),
        ..KnownHash::default()
    };
    (0..count).map(row).collect()
}

fn lists(folder: &Path) -> Lists {
    let list = |id: &str, seed| {
        let path = write_list(folder, id, &rows(300, seed));
        (header(id, "US", Purpose::Alert), path)
    };
    vec![list("a", 1), list("b", 2)]
}

fn open(folder: &Path, lists: &Lists) -> (KnownIndex, Opened) {
    KnownIndex::open(folder, lists.clone(), &MatchSettings::default()).unwrap()
}

fn finds_all(index: &KnownIndex) -> bool {
    let recorded = |known: &KnownHash| amparo_model::RecordedHash {
        algorithm: HashAlgorithm::Sha256,
        value: known.sha256.unwrap().to_string(),
    };
    [1, 2].into_iter().flat_map(|seed| rows(300, seed)).all(|known| {
        index.recorded(&recorded(&known)).len() == 1 && index.near(&known.pdq.unwrap()).len() == 1
    })
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let indexes = entries.filter(|path| path.extension().is_some_and(|end| end == "index"));
    indexes.map(|path| (name(&path), std::fs::read(&path).unwrap())).collect()
}

#[test]
fn it_is_built_once_and_the_order_of_lists_changes_no_byte() {
    let root = tempfile::tempdir().unwrap();
    let mut lists = lists(root.path());
    let (one, two) = (root.path().join("one"), root.path().join("two"));
    let (index, opened) = open(&one, &lists);
    assert_eq!(opened.built.len(), 4);
    assert!(opened.built.iter().all(|(_, because)| *because == BuiltBecause::Missing));
    assert!(finds_all(&index));
    assert_eq!(open(&one, &lists).1, Opened::default());
    lists.reverse();
    assert_eq!(open(&one, &lists).1, Opened::default());
    open(&two, &lists);
    assert_eq!(files(&one), files(&two));
}

#[test]
fn a_damaged_index_is_built_again_and_said_so() {
    let root = tempfile::tempdir().unwrap();
    let lists = lists(root.path());
    let folder = root.path().join("index");
    open(&folder, &lists);
    let whole = files(&folder);
    assert_eq!(whole.len(), 4);
    let mut damaged = 0;
    for (name, bytes) in &whole {
        for at in (0..bytes.len()).step_by(bytes.len() / 20 + 1).chain([bytes.len() - 1]) {
            let mut bad = bytes.clone();
            if at % 2 == 0 {
                bad.truncate(at)
            } else {
                bad[at] ^= 0x10
            }
            replace(&folder.join(name), &bad);
            let (index, opened) = open(&folder, &lists);
            let [(_, BuiltBecause::Damaged(Damage::NotWhole | Damage::Checksum))] =
                opened.built[..]
            else {
                unreachable!("{name} at {at}: {opened:?}");
            };
            damaged += 1;
            assert!(damaged % 9 != 0 || finds_all(&index));
            assert_eq!(files(&folder), whole);
        }
    }
}

/// As a copy or a sync program would: another file under the name, never the mapped one.
fn replace(path: &Path, bytes: &[u8]) {
    std::fs::remove_file(path).unwrap();
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn other_lists_make_another_index_and_the_old_one_goes_while_it_is_in_use() {
    let root = tempfile::tempdir().unwrap();
    let lists = lists(root.path());
    let folder = root.path().join("index");
    let (old, _) = open(&folder, &lists);
    std::fs::write(folder.join("leftover.building"), b"cut").unwrap();
    let fewer = lists[..1].to_vec();
    let (_new, opened) = open(&folder, &fewer);
    assert_eq!((opened.built.len(), opened.removed), (4, 5));
    assert_eq!(files(&folder).len(), 4);
    assert!(finds_all(&old), "what is mapped stays");
    let mut harmless = fewer;
    harmless[0].0.purpose = Purpose::KnownGood;
    assert_eq!(open(&folder, &harmless).1.built.len(), 4, "purposes are part of the name");
}

#[test]
fn a_damaged_list_is_refused_by_name() {
    let root = tempfile::tempdir().unwrap();
    let lists = lists(root.path());
    let mut bytes = std::fs::read(&lists[1].1).unwrap();
    bytes[100] ^= 1;
    std::fs::write(&lists[1].1, &bytes).unwrap();
    let opened = KnownIndex::open(&root.path().join("i"), lists, &MatchSettings::default());
    let Err(IndexError::List { id, .. }) = opened else { unreachable!("{opened:?}") };
    assert_eq!(id.as_str(), "b");
}

#[test]
fn many_may_open_while_one_builds_and_while_files_are_damaged() {
    let root = tempfile::tempdir().unwrap();
    let lists = lists(root.path());
    let folder = root.path().join("index");
    let built = |_: usize| {
        std::thread::scope(|scope| {
            let open = || {
                let (index, opened) = open(&folder, &lists);
                assert!(finds_all(&index));
                opened.built.len()
            };
            let running: Vec<_> = (0..6).map(|_| scope.spawn(open)).collect();
            running.into_iter().map(|thread| thread.join().unwrap()).sum::<usize>()
        })
    };
    assert_eq!(built(0), 4, "each file once, whoever came first");
    let names: Vec<String> = files(&folder).into_keys().collect();
    for name in &names {
        replace(&folder.join(name), b"cut");
    }
    assert_eq!(built(1), 4);
}
