//! A confined worker tries to get out; every attempt must be denied. Needs no privileges and none
//! are granted to it when the tests run as root.
#![expect(
    clippy::disallowed_methods,
    reason = "opens a file to see whether the worker inherits it"
)]

use amparo_sandbox::WorkerCommand;
use amparo_sandbox::escape::{attempts, try_all};
use std::process::{Command, Stdio};

const WORKER: &str = env!("CARGO_BIN_EXE_amparo-sandbox-testworker");

#[test]
fn every_attempt_is_denied() {
    // A descriptor that the host forgot, under the number that one attempt tries.
    let forgotten = std::fs::File::open("/etc/passwd").unwrap();
    let forgotten = rustix::io::fcntl_dupfd_cloexec(&forgotten, 50).unwrap();
    rustix::io::fcntl_setfd(&forgotten, rustix::io::FdFlags::empty()).unwrap();
    let command = WorkerCommand { program: WORKER.into(), args: vec!["confined".to_owned()] };
    let escape = try_all(&command).unwrap();
    assert_eq!(escape.tried.len(), attempts().count());
    let got_out: Vec<_> = escape.tried.iter().filter(|tried| !tried.denied).collect();
    assert!(got_out.is_empty(), "{got_out:#?}");
}

#[test]
fn the_attempts_succeed_where_nothing_confines_them() {
    let free = |name: &str| {
        let mut command = Command::new(WORKER);
        command.args(["free", name]).stdin(Stdio::piped());
        command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap()
    };
    let outcomes = attempts().map(|(_, attempt)| (attempt.name, free(attempt.name)));
    let failed: Vec<_> = outcomes.filter(|(_, status)| !status.success()).collect();
    assert!(failed.is_empty(), "{failed:?}");
}

/// A suite that cannot fail proves nothing: a program that confines nothing fails all of it.
#[test]
fn a_worker_that_is_not_confined_is_found_out() {
    let command = WorkerCommand { program: WORKER.into(), args: vec!["free".to_owned()] };
    let escape = try_all(&command).unwrap();
    assert!(escape.tried.iter().all(|tried| !tried.denied));
    assert_eq!(escape.namespaces.names(), Vec::<&str>::new());
}
