//! What the log promises to its users: order, durability of what it returns, proofs, and a clear
//! word when the folder is not what it was. To add a case of damage: one line in
//! `opening_names_the_file_that_does_not_match`.
#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails; tests damage files by hand"
)]

mod support;

use amparo_audit::{Act, AuditError, Hash, Log, empty_root, leaf_hash, node_hash};
use amparo_audit_verifier::{check_consistency, check_inclusion, verify};
use std::fs;
use std::path::Path;
use support::{ORIGIN, SEED, acts, copy_folder};

#[test]
fn acts_come_back_in_order_over_tiles_and_reopenings() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut expected: Vec<Act> = Vec::new();
    for count in [1, 254, 1, 1, 300, 0, 3] {
        let log = open(dir.path());
        let first = expected.len() as u64;
        let batch = acts(first, count);
        let indices = log.append(&batch).expect("appended");
        assert_eq!(indices, (first..first + count).collect::<Vec<_>>());
        expected.extend(batch);
        let read: Vec<Act> =
            log.entries(0..u64::MAX).expect("entries").into_iter().map(|e| e.act).collect();
        assert_eq!(read, expected);
    }
    let log = open(dir.path());
    let some: Vec<u64> = log.entries(250..260).expect("entries").iter().map(|e| e.index).collect();
    assert_eq!(some, (250..260).collect::<Vec<_>>());
    assert!(log.entries(900..2000).expect("entries").is_empty());
}

#[test]
fn only_the_tiles_of_the_current_tree_lie_in_the_folder() {
    let dir = tempfile::tempdir().expect("a folder");
    let log = open(dir.path());
    for number in 0..258 {
        log.append(&acts(number, 1)).expect("appended");
    }
    let report = verify(dir.path(), &log.checkpoint().expect("a checkpoint"), &log.vkey());
    let report = report.expect("sound");
    assert_eq!((report.entries, report.covered, report.newer), (258, 258, 0));
    assert_eq!(report.strays, 0);
}

#[test]
fn a_tree_of_three_levels_verifies_and_proves() {
    let dir = tempfile::tempdir().expect("a folder");
    let log = open(dir.path());
    log.append(&acts(0, 65_000)).expect("appended");
    let outside = log.checkpoint().expect("a checkpoint");
    log.append(&acts(65_000, 900)).expect("appended");
    let report = verify(dir.path(), &outside, &log.vkey()).expect("sound");
    assert_eq!((report.covered, report.newer, report.window_ms()), (65_000, 900, Some(900_000)));
    assert!(dir.path().join("tile/2/000.p/1").is_file());
    assert_eq!(open(dir.path()).size().expect("a size"), 65_900);
    let known = Known::new(&log);
    for index in [0, 255, 65_535, 65_536, 65_899] {
        known.prove_inclusion(index, 65_900);
    }
    for old in [1, 256, 65_000, 65_536, 65_899] {
        known.prove_consistency(old, 65_900);
    }
}

#[test]
fn every_proof_of_small_trees_holds_and_no_other() {
    let dir = tempfile::tempdir().expect("a folder");
    let log = open(dir.path());
    log.append(&acts(0, 20)).expect("appended");
    let known = Known::new(&log);
    for size in 1..=20 {
        for index in 0..size {
            known.prove_inclusion(index, size);
        }
        for old in 0..=size {
            known.prove_consistency(old, size);
        }
    }
    assert!(matches!(log.inclusion_proof(5, 21), Err(AuditError::OutOfRange { .. })));
    assert!(matches!(log.inclusion_proof(5, 5), Err(AuditError::OutOfRange { .. })));
    assert!(matches!(log.consistency_proof(6, 5), Err(AuditError::OutOfRange { .. })));
}

#[test]
fn opening_names_the_file_that_does_not_match() {
    let check = |file: &str, damage: fn(&Path)| {
        let dir = tempfile::tempdir().expect("a folder");
        let log = open(dir.path());
        log.append(&acts(0, 600)).expect("appended");
        damage(&dir.path().join(file));
        let error = Log::open(dir.path(), &SEED, ORIGIN).err().expect("an error");
        assert!(error.to_string().contains(file), "{file}: {error}");
        assert!(Log::read_only(dir.path(), &log.vkey()).is_err(), "{file}");
    };
    check("tile/0/000", flip);
    check("tile/0/001", remove);
    check("tile/0/002.p/88", flip);
    check("tile/1/000.p/2", flip);
    check("tile/1/000.p/2", cut);
    check("tile/entries/002.p/88", flip);
    check("tile/entries/002.p/88", cut);
    check("checkpoint", remove);
}

#[test]
fn a_damaged_full_bundle_is_named_when_it_is_read() {
    let dir = tempfile::tempdir().expect("a folder");
    let log = open(dir.path());
    log.append(&acts(0, 300)).expect("appended");
    flip(&dir.path().join("tile/entries/000"));
    let error = log.entries(3..4).expect_err("an error").to_string();
    assert!(error.contains("tile/entries/000"), "{error}");
    assert_eq!(log.entries(256..300).expect("entries").len(), 44);
}

#[test]
fn a_checkpoint_of_another_tree_or_key_is_refused() {
    let (one, two) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("one"));
    open(one.path()).append(&acts(0, 5)).expect("appended");
    open(two.path()).append(&acts(50, 5)).expect("appended");
    fs::copy(two.path().join("checkpoint"), one.path().join("checkpoint")).expect("copied");
    let error = Log::open(one.path(), &SEED, ORIGIN).err().expect("an error").to_string();
    assert!(error.contains("checkpoint belongs to other tiles"), "{error}");
    let other = Log::open(two.path(), &[9; 32], ORIGIN).err().expect("an error");
    assert!(matches!(other, AuditError::ForeignCheckpoint { .. }));
}

#[test]
fn a_log_set_back_under_a_running_process_is_not_continued() {
    let (dir, copy) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("one"));
    open(dir.path()).append(&acts(0, 3)).expect("appended");
    copy_folder(dir.path(), copy.path());
    let log = open(dir.path());
    log.append(&acts(3, 2)).expect("appended");
    fs::remove_dir_all(dir.path().join("tile")).expect("removed");
    copy_folder(copy.path(), dir.path());
    for _ in 0..2 {
        let error = log.append(&acts(5, 1)).expect_err("refused");
        assert!(matches!(error, AuditError::RolledBack { had: 5, found: 3 }), "{error}");
    }
}

#[test]
fn several_writers_take_turns_and_lose_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let logs: Vec<Log> = (0..4).map(|_| open(dir.path())).collect();
    std::thread::scope(|scope| {
        for (writer, log) in logs.iter().enumerate() {
            scope.spawn(move || {
                for step in 0..10 {
                    log.append(&acts(writer as u64 * 100 + step, 1)).expect("appended");
                    log.entries(0..5).expect("entries");
                }
            });
        }
    });
    let log = open(dir.path());
    let mut seen: Vec<String> =
        log.entries(0..100).expect("entries").into_iter().map(|e| e.act.object).collect();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!((log.size().expect("a size"), seen.len()), (40, 40));
    verify(dir.path(), &log.checkpoint().expect("a checkpoint"), &log.vkey()).expect("sound");
}

#[test]
fn reading_needs_no_secret_and_cannot_write() {
    let dir = tempfile::tempdir().expect("a folder");
    let writer = open(dir.path());
    writer.append(&acts(0, 2)).expect("appended");
    let reader = Log::read_only(dir.path(), &writer.vkey()).expect("open");
    assert_eq!(reader.entries(0..9).expect("entries").len(), 2);
    assert!(matches!(reader.append(&acts(2, 1)), Err(AuditError::ReadOnly)));
    assert_eq!(reader.size().expect("a size"), 2);
    let elsewhere = tempfile::tempdir().expect("a folder");
    assert!(Log::read_only(&elsewhere.path().join("none"), &writer.vkey()).is_err());
}

fn open(dir: &Path) -> Log {
    Log::open(dir, &SEED, ORIGIN).expect("an open log")
}

/// A log with the hashes of its leaves, from which roots of any size are computed here anew.
struct Known<'a> {
    log: &'a Log,
    leaves: Vec<Hash>,
}

impl<'a> Known<'a> {
    fn new(log: &'a Log) -> Self {
        let entries = log.entries(0..u64::MAX).expect("entries");
        Self { log, leaves: entries.iter().map(|entry| leaf_hash(&entry.bytes)).collect() }
    }

    fn root(&self, size: u64) -> Hash {
        naive_root(&self.leaves[..size as usize])
    }

    fn prove_inclusion(&self, index: u64, size: u64) {
        let leaf = self.leaves[index as usize];
        let proof = self.log.inclusion_proof(index, size).expect("a proof");
        let root = self.root(size);
        assert!(check_inclusion(leaf, index, size, &proof, &root), "{index} of {size}");
        assert!(!check_inclusion([0; 32], index, size, &proof, &root));
        assert!(index == 0 || !check_inclusion(leaf, index - 1, size, &proof, &root));
    }

    fn prove_consistency(&self, old: u64, new: u64) {
        let proof = self.log.consistency_proof(old, new).expect("a proof");
        let (before, after) = (self.root(old), self.root(new));
        let holds =
            |before: &Hash, after: &Hash| check_consistency((old, before), (new, after), &proof);
        assert!(holds(&before, &after), "{old} to {new}");
        assert!(old == 0 || !holds(&[0; 32], &after));
        assert!(old == new || old == 0 || !holds(&before, &[0; 32]));
    }
}

/// MTH of RFC 6962 as it stands in the text.
fn naive_root(leaves: &[Hash]) -> Hash {
    match leaves.len() {
        0 => empty_root(),
        1 => leaves[0],
        count => {
            let (left, right) = leaves.split_at(count.next_power_of_two() / 2);
            node_hash(&naive_root(left), &naive_root(right))
        }
    }
}

fn flip(path: &Path) {
    let mut bytes = fs::read(path).expect("bytes");
    bytes[40] ^= 1;
    fs::write(path, bytes).expect("written");
}

fn cut(path: &Path) {
    let bytes = fs::read(path).expect("bytes");
    fs::write(path, &bytes[..bytes.len() - 1]).expect("written");
}

fn remove(path: &Path) {
    fs::remove_file(path).expect("removed");
}
