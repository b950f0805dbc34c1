//! The host against workers in an enemy's hands, and against workers that break down.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use amparo_sandbox::{Confinement, Patience, Pool, SandboxError, Violation};
use amparo_sandbox::{Worker, WorkerCommand, WorkerError};

const PARSER: &str = "vics";

fn command(args: &[&str]) -> WorkerCommand {
    WorkerCommand {
        program: env!("CARGO_BIN_EXE_amparo-sandbox-testworker").into(),
        args: args.iter().map(|arg| (*arg).to_owned()).collect(),
    }
}

/// Long enough for a busy machine to start a process, short enough to wait for.
const SHORT: Patience = Patience { base_ms: 3_000, picture_ms_per_mb: 0 };

fn spawn(name: &str) -> Result<Worker, SandboxError> {
    Worker::spawn_with(&command(&["hostile", name]), &Confinement::default(), SHORT)
}

fn parse(name: &str) -> WorkerError {
    spawn(name).unwrap().parse(PARSER, ("list.json", b""), &[], &mut |_| {}).unwrap_err()
}

#[test]
fn whatever_breaks_the_border_ends_the_worker() {
    let check = |name: &str, expect: fn(&Violation) -> bool| match parse(name) {
        WorkerError::Border(violation) => assert!(expect(&violation), "{name}: {violation}"),
        other => panic!("{name}: {other}"),
    };
    check("garbage", |v| matches!(v, Violation::Kind(0xff)));
    check("unknown_kind", |v| matches!(v, Violation::Kind(77)));
    check("kind_of_a_request", |v| matches!(v, Violation::Kind(2)));
    check("wrong_answer", |v| matches!(v, Violation::Kind(132)));
    check("oversize", |v| matches!(v, Violation::Length(0x7fff_ffff)));
    check("done_with_body", |v| matches!(v, Violation::Length(8)));
    check("no_json", |v| matches!(v, Violation::Body(_)));
    check("deep_json", |v| matches!(v, Violation::Body(_)));
    check("foreign_object", |v| matches!(v, Violation::Object(_)));
    check("undeclared", |v| matches!(v, Violation::Undeclared(_)));
    check("flood", |v| matches!(v, Violation::TooMuch("problems")));
}

#[test]
fn an_impossible_picture_is_refused() {
    let outcome = spawn("huge_picture").unwrap().examine(b"bytes");
    assert_eq!(outcome, Err(WorkerError::Border(Violation::Picture("size"))));
}

#[test]
fn a_worker_that_breaks_down_is_told_apart() {
    let check = |name: &str, expect: &str| match parse(name) {
        WorkerError::Crashed { how } => assert!(how.contains(expect), "{name}: {how}"),
        other => panic!("{name}: {other}"),
    };
    check("aborts", "signal 6");
    check("exits", "3");
    check("closes_and_lingers", "signal 9");
}

/// With one seat, a second request shows that the first one's was given back.
#[test]
fn a_pool_outlives_its_workers() {
    let pool = Pool::new(command(&["hostile", "aborts"]), 1);
    for _ in 0..3 {
        assert!(matches!(pool.examine(b"bytes"), Err(WorkerError::Crashed { .. })));
    }
}

#[test]
fn a_worker_that_never_answers_is_ended() {
    assert!(matches!(parse("silent"), WorkerError::Killed { .. }));
    assert!(matches!(parse("cut_frame"), WorkerError::Killed { .. }));
    assert!(matches!(spawn("never_ready"), Err(SandboxError::CannotStart { .. })));
}

/// A request larger than the pipe, to a worker that reads none of it.
#[test]
fn a_worker_that_does_not_read_cannot_hold_the_host() {
    let outcome = spawn("silent").unwrap().examine(&vec![0; 4 << 20]);
    assert!(matches!(outcome, Err(WorkerError::Killed { .. })), "{outcome:?}");
}

#[test]
fn a_refusal_reaches_the_operator_in_words() {
    let error = spawn("refuses").err().unwrap();
    let expect = SandboxError::CannotConfine { why: "no Landlock in this kernel".to_owned() };
    assert_eq!(error, expect);
    let pool = Pool::new(command(&["hostile", "refuses"]), 2);
    assert_eq!(pool.check(), Err(expect.clone()));
    assert_eq!(pool.examine(b"bytes"), Err(WorkerError::Sandbox(expect)));
}

#[test]
fn a_program_that_is_no_worker_is_named() {
    for command in [command(&["hostile", "not_a_worker"]), command(&["unknown mode"])] {
        assert!(matches!(Worker::spawn(&command), Err(SandboxError::CannotStart { .. })));
    }
    let missing = WorkerCommand { program: "/nonexistent/amparo".into(), args: vec![] };
    let error = Worker::spawn(&missing).err().unwrap().to_string();
    assert!(error.contains("/nonexistent/amparo"), "{error}");
}

#[test]
fn a_worker_gets_no_environment() {
    let error = spawn("environment").err().unwrap();
    assert_eq!(error, SandboxError::CannotConfine { why: "0 variables".to_owned() });
}
