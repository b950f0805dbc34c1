//! Workers in an enemy's hands: each speaks the protocol just well enough to do its harm.

use crate::{hostile_trees, hungry};
use amparo_media::Picture;
use amparo_model::{
    Call, Direction, Located, Locator, Place, Problem, ProblemKind, Record, Sha256,
};
use sha2::Digest;
use std::io::{Read, Write};
use std::os::fd::{FromRawFd, OwnedFd};
use std::process::ExitCode;

const READY: u8 = 128;
const REFUSED: u8 = 129;
const RECORDS: u8 = 130;
const PROBLEMS: u8 = 131;
const PICTURE: u8 = 132;
const DONE: u8 = 134;
const WANT: u8 = 135;

/// Misbehaves as its name says.
pub fn run(name: &str) -> ExitCode {
    if name == "refuses" {
        say(REFUSED, b"no Landlock in this kernel");
        return ExitCode::FAILURE;
    }
    if name == "environment" {
        say(REFUSED, format!("{} variables", std::env::vars_os().count()).as_bytes());
        return ExitCode::FAILURE;
    }
    if name == "never_ready" {
        wait();
    }
    if name == "not_a_worker" {
        println!("Usage: something else entirely");
        return ExitCode::SUCCESS;
    }
    if hungry::run(name) {
        return ExitCode::SUCCESS;
    }
    say(READY, b"");
    // The first byte of the request is there: it was sent, so the answer is to it.
    let _read = std::io::stdin().read(&mut [0; 1]);
    match name {
        "garbage" => raw(&[0xff; 4096]),
        "unknown_kind" => say(77, b""),
        "kind_of_a_request" => say(2, b"{}"),
        "oversize" => raw(&[0xff, 0xff, 0xff, 0x7f, RECORDS]),
        "cut_frame" => raw(&[100, 0, 0, 0, RECORDS, b'[']),
        "no_json" => say(RECORDS, b"[{\"record\":"),
        "deep_json" => say(RECORDS, &vec![b'['; 1 << 20]),
        "wrong_answer" => say(PICTURE, b"{}"),
        "foreign_object" => say(PROBLEMS, &foreign_problem()),
        "undeclared" => say(RECORDS, &undeclared()),
        "flood" => flood(),
        "huge_picture" => say(PICTURE, &huge_picture()),
        "wants_beyond_the_end" => want(2_999, 2),
        "wants_nothing" => want(0, 0),
        "wants_too_much" => want(0, 1 << 30),
        "wants_for_ever" => loop {
            want(0, 3_000);
            let _read = std::io::stdin().read_exact(&mut [0; 3_005]);
        },
        "wants_and_never_reads" => loop {
            want(0, 3_000);
        },
        "done_with_body" => say(DONE, b"and more"),
        "silent" => wait(),
        "closes_and_lingers" => linger(),
        "aborts" => std::process::abort(),
        "exits" => return ExitCode::from(3),
        tree if hostile_trees::run(tree) => {}
        _ => return ExitCode::from(98),
    }
    wait();
    ExitCode::SUCCESS
}

/// Asks for bytes of the list. The test's list has 3,000.
fn want(offset: u64, length: u64) {
    say(WANT, &json(&serde_json::json!({ "offset": offset, "length": length })));
}

/// A problem of an object that nobody sent.
fn foreign_problem() -> Vec<u8> {
    let at = Locator::new(Sha256([0; 32]), Place::Whole);
    json(&vec![Problem::at(ProblemKind::Malformed, at, "x", "y")])
}

/// A call, which no hash set holds. The object is the empty file that the test sends.
fn undeclared() -> Vec<u8> {
    let object = Sha256(sha2::Sha256::digest(b"").into());
    let call = Record::Call(Call {
        app: "x".to_owned(),
        with: None,
        direction: Direction::Sent,
        at: None,
        duration_s: None,
        video: false,
        result: None,
    });
    json(&vec![Located::new(call, Locator::new(object, Place::Whole))])
}

fn huge_picture() -> Vec<u8> {
    json(&Picture {
        format: "jpeg".to_owned(),
        width: u32::MAX,
        height: u32::MAX,
        ..Picture::default()
    })
}

pub fn json(value: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

fn flood() {
    let one = r#"{"kind":"skipped","at":null,"subject":"x","detail":"y"}"#;
    let body = format!("[{}]", vec![one; 1_000].join(","));
    for _ in 0..1_000 {
        say(PROBLEMS, body.as_bytes());
    }
}

/// Closing the pipe without ending: the host must not wait for ever.
fn linger() {
    #[expect(unsafe_code, reason = "closes a descriptor that the standard library keeps open")]
    // SAFETY: this process uses descriptor 1 no more.
    drop(unsafe { OwnedFd::from_raw_fd(1) });
}

pub fn say(kind: u8, body: &[u8]) {
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes();
    raw(&[&length[..], &[kind], body].concat());
}

fn raw(bytes: &[u8]) {
    let mut out = std::io::stdout();
    let _sent = out.write_all(bytes).and_then(|()| out.flush());
}

/// Until the host ends this process; bounded so that a failing test leaves nothing behind.
fn wait() {
    for _ in 0..600 {
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}
