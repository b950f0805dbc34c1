//! A confined worker tries to get out; every attempt must be denied. Needs no privileges and none
//! are granted to it when the tests run as root.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]
#![expect(
    clippy::disallowed_methods,
    reason = "opens a file to see whether the worker inherits it"
)]

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};

const WORKER: &str = env!("CARGO_BIN_EXE_amparo-sandbox-testworker");
const SIGSYS: i32 = 31;

fn attempt(mode: &str, name: &str) -> ExitStatus {
    let mut command = Command::new(WORKER);
    command.args([mode, name]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().unwrap()
}

fn names() -> Vec<String> {
    let listed = Command::new(WORKER).arg("names").output().unwrap();
    String::from_utf8(listed.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn every_attempt_is_denied() {
    // A descriptor that the host forgot, under the number that one attempt tries.
    let forgotten = std::fs::File::open("/etc/passwd").unwrap();
    let forgotten = rustix::io::fcntl_dupfd_cloexec(&forgotten, 50).unwrap();
    rustix::io::fcntl_setfd(&forgotten, rustix::io::FdFlags::empty()).unwrap();
    let names = names();
    assert!(names.len() >= 60, "{}", names.len());
    let got_out: Vec<String> = names
        .iter()
        .filter_map(|name| {
            let status = attempt("confined", name);
            let denied = status.code() == Some(10) || status.signal() == Some(SIGSYS);
            (!denied).then(|| format!("{name}: {status}"))
        })
        .collect();
    assert_eq!(got_out, Vec::<String>::new());
}

#[test]
fn the_attempts_succeed_where_nothing_confines_them() {
    let failed: Vec<String> = names()
        .iter()
        .filter_map(|name| {
            let status = attempt("free", name);
            (!status.success()).then(|| format!("{name}: {status}"))
        })
        .collect();
    assert_eq!(failed, Vec::<String>::new());
}
