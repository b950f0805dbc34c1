//! Containers through the real worker and the real border, and workers that say of a container
//! what cannot be.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use amparo_sandbox::{EntryPart, Found, TreeEntry, TreePool, TreeRoot, Violation};
use amparo_sandbox::{WorkerCommand, WorkerError};
use std::fs::File;
use std::io::Write;
use std::sync::Arc;

const TEXT: &[u8] = b"a neutral note";

/// A TAR of two members, 10,240 bytes like those of the ordinary program.
fn tar() -> Vec<u8> {
    let mut out = Vec::new();
    for (name, bytes) in [("notes/a.txt", TEXT), ("notes/b.txt", &[7_u8; 700][..])] {
        out.extend(tar_header(name, bytes.len()));
        out.extend(bytes);
        out.resize(out.len().next_multiple_of(512), 0);
    }
    out.resize(10_240, 0);
    out
}

fn tar_header(name: &str, size: usize) -> [u8; 512] {
    let mut head = [0; 512];
    let mut put =
        |at: usize, text: &str| head[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, name);
    put(100, "0000644\0");
    put(108, "0000000\0");
    put(116, "0000000\0");
    put(124, &format!("{size:011o}\0"));
    put(136, "14542000000\0");
    put(148, "        ");
    put(156, "0");
    put(257, "ustar\u{0}00");
    let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
    head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    head
}

/// Workers, and a container for them.
struct Archive {
    pool: TreePool,
    root: Arc<TreeRoot>,
}

fn pool(args: &[&str]) -> Archive {
    let command = WorkerCommand {
        program: env!("CARGO_BIN_EXE_amparo-sandbox-testworker").into(),
        args: args.iter().map(|arg| (*arg).to_owned()).collect(),
    };
    Archive { pool: TreePool::new(command), root: root("export.tar", &tar()) }
}

fn root(name: &str, bytes: &[u8]) -> Arc<TreeRoot> {
    let mut file: File = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    let (name, secrets) = (name.to_owned(), Vec::new());
    Arc::new(TreeRoot { name, file, beside: Box::new(|_| None), secrets })
}

fn list(archive: &Archive) -> Result<Vec<Found>, WorkerError> {
    let mut found = Vec::new();
    archive.pool.list(&archive.root, &mut |one| {
        found.push(one);
        true
    })?;
    Ok(found)
}

fn part(entry: &TreeEntry, at: u64, length: u64) -> EntryPart {
    EntryPart { path: entry.path.clone(), place: entry.place.clone(), at, length }
}

/// The bytes of each part, and whether it failed.
fn read(archive: &Archive, parts: &[EntryPart]) -> Result<Vec<(Vec<u8>, bool)>, WorkerError> {
    let mut bytes = vec![Vec::new(); parts.len()];
    let mut failed = vec![false; parts.len()];
    let outcome = archive.pool.read(
        &archive.root,
        parts,
        &mut |number, piece| bytes[number].extend(piece),
        &mut |number, _, why| failed[number] = why.is_some(),
    );
    outcome.map_err(|(_, error)| error)?;
    Ok(bytes.into_iter().zip(failed).collect())
}

#[test]
fn a_tar_is_listed_and_read_by_confined_workers() {
    let pool = pool(&["serve"]);
    let found = list(&pool).unwrap();
    let entries: Vec<&TreeEntry> = found
        .iter()
        .filter_map(|one| match one {
            Found::Entry(entry) => Some(entry),
            _ => None,
        })
        .collect();
    let told: Vec<(&str, u64)> =
        entries.iter().map(|entry| (entry.path.as_str(), entry.size)).collect();
    assert_eq!(told, [("notes/a.txt", 14), ("notes/b.txt", 700)], "{found:?}");
    assert!(found.iter().any(|one| matches!(one, Found::Container(_))), "{found:?}");
    let nowhere = EntryPart { place: vec![9_999], ..part(entries[0], 0, 14) };
    let parts = [part(entries[0], 0, 14), nowhere, part(entries[1], 698, 100)];
    let read = read(&pool, &parts).unwrap();
    assert_eq!(read[0], (TEXT.to_vec(), false));
    assert!(read[1].1, "{:?}", read[1]);
    assert_eq!(read[2], (vec![7; 2], false));
}

#[test]
fn one_worker_serves_container_after_container() {
    let mut archive = pool(&["serve"]);
    let first = list(&archive).unwrap();
    let tar = Arc::clone(&archive.root);
    // Named like one, and none.
    archive.root = root("report.zip", &[b'x'; 4_000]);
    let none = list(&archive).unwrap();
    assert!(matches!(&none[..], [Found::Problem(_)]), "{none:?}");
    archive.root = root("two.tar", &self::tar());
    assert_eq!(list(&archive).unwrap(), first);
    archive.root = tar;
    assert_eq!(list(&archive).unwrap(), first);
}

#[test]
fn what_cannot_be_in_a_container_ends_the_worker() {
    let check = |name: &str, expect: fn(&Violation) -> bool| match list(&pool(&["hostile", name])) {
        Err(WorkerError::Border(violation)) => {
            assert!(expect(&violation), "{name}: {violation}")
        }
        other => panic!("{name}: {other:?}"),
    };
    for name in [
        "tree_control_in_path",
        "tree_bad_escape",
        "tree_no_path",
        "tree_endless_path",
        "tree_no_place",
        "tree_deep_place",
        "tree_endless_format",
        "tree_container_elsewhere",
        "tree_beside_bad",
    ] {
        check(name, |v| matches!(v, Violation::Entry));
    }
    check("tree_unasked_content", |v| matches!(v, Violation::Kind(139)));
    check("tree_unasked_end", |v| matches!(v, Violation::Kind(140)));
    check("tree_wants_outside", |v| matches!(v, Violation::Range));
    check("tree_wants_no_file", |v| matches!(v, Violation::Range));
    check("tree_wants_past_numbers", |v| matches!(v, Violation::Range));
    check("tree_done_with_body", |v| matches!(v, Violation::Length(8)));
}

#[test]
fn more_of_an_entry_than_was_asked_for_ends_the_worker() {
    let asked = [EntryPart { path: "a".to_owned(), place: vec![512], at: 0, length: 50 }];
    let outcome = read(&pool(&["hostile", "tree_more_content"]), &asked);
    let expect = WorkerError::Border(Violation::TooMuch("bytes of the entry"));
    assert_eq!(outcome, Err(expect));
}
