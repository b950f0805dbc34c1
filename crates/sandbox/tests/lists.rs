//! Lists through the real worker and the real border, and workers that ask for what is not theirs.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]
#![expect(clippy::disallowed_methods, reason = "makes the files that a worker is handed")]

use amparo_model::{Record, Sha256};
use amparo_parsers::{LISTS, ListParser};
use amparo_sandbox::{Confinement, Event, ListBytes, Patience, Violation};
use amparo_sandbox::{Worker, WorkerCommand, WorkerError};
use sha2::Digest;
use std::fs::File;

fn spawn(args: &[&str]) -> Worker {
    spawn_with(args, Patience::default())
}

fn spawn_with(args: &[&str], patience: Patience) -> Worker {
    let command = WorkerCommand {
        program: env!("CARGO_BIN_EXE_amparo-sandbox-testworker").into(),
        args: args.iter().map(|arg| (*arg).to_owned()).collect(),
    };
    Worker::spawn_with(&command, &Confinement::default(), patience).unwrap()
}

fn parser(id: &str) -> &'static dyn ListParser {
    LISTS.iter().copied().find(|list| list.spec().id == id).unwrap()
}

fn read(worker: &mut Worker, id: &str, text: &[u8]) -> Result<Vec<Event>, WorkerError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list");
    std::fs::write(&path, text).unwrap();
    let file = File::open(path).unwrap();
    let sha256 = Sha256(sha2::Sha256::digest(text).into());
    let list = ListBytes { path: "list", sha256, size: text.len() as u64, file: &file };
    let mut events = Vec::new();
    worker.list(parser(id), &list, &mut |event| events.push(event))?;
    Ok(events)
}

/// Longer than several windows, so that the worker asks more than once.
fn long_list() -> String {
    (0..150_000).map(|number: u64| format!("{number:032x}  file {number}\n")).collect()
}

#[test]
fn a_list_through_the_border_is_what_it_is_in_one_process() {
    let text = long_list();
    let mut open = amparo_parsers::Collected::default();
    let blob = amparo_parsers::Blob {
        path: "list",
        sha256: Sha256(sha2::Sha256::digest(text.as_bytes()).into()),
        bytes: text.as_bytes(),
    };
    amparo_parsers::by_id("hash_lines")
        .unwrap()
        .parse(&amparo_parsers::Input::new(blob), &mut open);
    let events = read(&mut spawn(&["serve"]), "hash_lines", text.as_bytes()).unwrap();
    let records: Vec<_> = events
        .into_iter()
        .filter_map(|event| match event {
            Event::Record(record) => Some(record),
            Event::Problem(_) => None,
        })
        .collect();
    assert_eq!(records.len(), 150_002, "header, rows and end");
    assert!(records == open.records);
}

#[test]
fn a_list_of_nothing_but_rejected_rows_still_says_how_it_ended() {
    let bad: String = (0..30_000).map(|number| format!("no hash {number}\n")).collect();
    let text = format!("{}  one\n{bad}", "a".repeat(32));
    let events = read(&mut spawn(&["serve"]), "hash_lines", text.as_bytes()).unwrap();
    let end = events.iter().find_map(|event| match event {
        Event::Record(located) => match located.record() {
            Record::ListEnd(totals) => Some(*totals),
            _ => None,
        },
        Event::Problem(_) => None,
    });
    let end = end.unwrap();
    assert_eq!((end.rows, end.stored, end.rejected), (30_001, 1, 30_000));
    let problems = events.iter().filter(|event| matches!(event, Event::Problem(_))).count();
    assert_eq!(problems, 10_001, "the rest is counted in one");
}

#[test]
fn one_worker_reads_several_lists() {
    let mut worker = spawn(&["serve"]);
    for _ in 0..3 {
        let line = format!("{}  file\n", "b".repeat(64));
        assert_eq!(read(&mut worker, "hash_lines", line.as_bytes()).unwrap().len(), 3);
    }
}

#[test]
fn what_is_not_in_the_list_is_not_handed_over() {
    let check = |name: &str, expect: fn(&Violation) -> bool| {
        let text = vec![b'x'; 3_000];
        match read(&mut spawn(&["hostile", name]), "hash_lines", &text) {
            Err(WorkerError::Border(violation)) => {
                assert!(expect(&violation), "{name}: {violation}")
            }
            other => panic!("{name}: {other:?}"),
        }
    };
    check("wants_beyond_the_end", |v| matches!(v, Violation::Range));
    check("wants_nothing", |v| matches!(v, Violation::Range));
    check("wants_too_much", |v| matches!(v, Violation::Range));
    check("wants_for_ever", |v| matches!(v, Violation::TooMuch("bytes of the list")));
}

#[test]
fn a_worker_that_asks_and_does_not_read_is_ended() {
    let short = Patience { base_ms: 3_000, picture_ms_per_mb: 0 };
    let mut worker = spawn_with(&["hostile", "wants_and_never_reads"], short);
    let outcome = read(&mut worker, "hash_lines", &vec![b'x'; 3_000]);
    assert!(matches!(outcome, Err(WorkerError::Killed { .. })), "{outcome:?}");
}
