//! Workers that use more than they may are ended, what they worked on becomes a problem of the
//! right kind, and those that served long are replaced.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use amparo_model::ProblemKind;
use amparo_sandbox::{Confinement, Patience, Pool, Worker, WorkerCommand, WorkerError};
use std::collections::BTreeMap;

fn command(name: &str) -> WorkerCommand {
    WorkerCommand {
        program: env!("CARGO_BIN_EXE_amparo-sandbox-testworker").into(),
        args: vec!["hostile".to_owned(), name.to_owned()],
    }
}

/// Of a worker with a second of processor time and 256 MiB, and of a host that waits so long.
fn fate(name: &str, base_ms: u64) -> WorkerError {
    let patience = Patience { base_ms, picture_ms_per_mb: 0 };
    let confinement = Confinement { memory_bytes: 256 << 20, cpu_seconds: 1 };
    let mut worker = Worker::spawn_with(&command(name), &confinement, patience).unwrap();
    worker.examine(b"bytes").unwrap_err()
}

#[test]
fn a_worker_out_of_its_processor_time_is_ended_and_its_item_is_a_problem() {
    let error = fate("spins", 60_000);
    let limit = "processor time".to_owned();
    assert_eq!((error.kind(), error), (ProblemKind::Limit, WorkerError::Killed { limit }));
}

/// It catches the signal; the second step of the limit is one that nobody catches.
#[test]
fn a_worker_that_does_not_heed_the_first_limit_is_ended_by_the_second() {
    match fate("spins_on", 60_000) {
        WorkerError::Crashed { how } => assert_eq!(how, "signal 9"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_worker_out_of_wall_clock_time_is_ended_and_its_item_is_a_problem() {
    let error = fate("sleeps", 2_000);
    let limit = "wall-clock time".to_owned();
    assert_eq!((error.kind(), error), (ProblemKind::Limit, WorkerError::Killed { limit }));
}

#[test]
fn a_worker_out_of_memory_is_ended_and_its_item_is_a_problem() {
    let error = fate("eats", 60_000);
    assert_eq!(error.kind(), ProblemKind::Unreadable);
    assert!(error.to_string().contains("may have run out of its memory"), "{error}");
    assert!(matches!(error, WorkerError::Crashed { how } if how == "signal 6"));
}

#[test]
fn a_worker_serves_256_requests_and_no_more() {
    let pool = Pool::new(command("tells_its_number"), 1);
    let mut served: BTreeMap<String, u32> = BTreeMap::new();
    for _ in 0..600 {
        match pool.examine(b"bytes") {
            Err(WorkerError::NotExamined { why, .. }) => *served.entry(why).or_default() += 1,
            other => panic!("{other:?}"),
        }
    }
    let mut counts: Vec<u32> = served.into_values().collect();
    counts.sort_unstable();
    assert_eq!(counts, [88, 256, 256]);
}
