//! The namespaces that a worker says it has are not those of the host. Which they are is the
//! machine's policy; that what is said is true is not.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "helpers of tests")]

use amparo_sandbox::{Confinement, WorkerCommand, escape};
use std::fs::read_link;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};

const WORKER: &str = env!("CARGO_BIN_EXE_amparo-sandbox-testworker");

/// By the kernel's name and by ours, sorted by ours.
const KINDS: [(&str, &str); 7] = [
    ("cgroup", "cgroup"),
    ("ipc", "ipc"),
    ("mnt", "mount"),
    ("net", "network"),
    ("pid", "process"),
    ("user", "user"),
    ("uts", "uts"),
];

/// A worker that has confined itself and waits for a request.
fn confined() -> Child {
    let mut command = Command::new(WORKER);
    let mut child =
        command.arg("serve").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let body = serde_json::to_vec(&Confinement::default()).unwrap();
    let stdin = child.stdin.as_mut().unwrap();
    stdin.write_all(&u32::try_from(body.len()).unwrap().to_le_bytes()).unwrap();
    stdin.write_all(&[1]).unwrap();
    stdin.write_all(&body).unwrap();
    let mut ready = [0; 5];
    child.stdout.as_mut().unwrap().read_exact(&mut ready).unwrap();
    assert_eq!(ready, [0, 0, 0, 0, 128]);
    child
}

/// The processes of a worker, the one that works last: where it has a world of its own, another
/// holds that open, and the one that was started waits outside.
fn all_of(id: u32) -> Vec<String> {
    let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
    let started = std::iter::once(id.to_string());
    started.chain(children.split_whitespace().map(str::to_owned)).collect()
}

#[test]
fn a_worker_has_the_namespaces_that_it_says() {
    let command = WorkerCommand { program: WORKER.into(), args: vec!["confined".to_owned()] };
    let mut said = escape::try_all(&command).unwrap().namespaces.names();
    said.sort_unstable();
    let mut worker = confined();
    let of = |who: &str, kind: &str| read_link(format!("/proc/{who}/ns/{kind}"));
    let id = all_of(worker.id()).pop().unwrap();
    // Only root may look: a worker hides from everybody of its own kind.
    if of(&id, "net").is_ok() {
        let own = |kind: &str| of(&id, kind).ok() != of("self", kind).ok();
        let seen: Vec<&str> =
            KINDS.iter().filter(|(kind, _)| own(kind)).map(|(_, name)| *name).collect();
        assert_eq!(said, seen);
    }
    drop(worker.stdin.take());
    assert!(worker.wait().unwrap().success());
}

#[test]
fn no_process_of_a_worker_outlives_its_end() {
    let mut worker = confined();
    let all = all_of(worker.id());
    worker.kill().unwrap();
    worker.wait().unwrap();
    // What has ended may wait for long until the machine's first process buries it.
    let goes_on = |id: &String| {
        let status = std::fs::read_to_string(format!("/proc/{id}/status"));
        status.is_ok_and(|status| !status.contains("State:\tZ"))
    };
    let ended = (0..200).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(10));
        !all.iter().any(goes_on)
    });
    assert!(ended, "one of {all:?} goes on");
}
