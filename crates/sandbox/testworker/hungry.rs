//! Workers that are confined and take more than they may, and one that tells which process it is.

use crate::hostile::{json, say};
use amparo_sandbox::Confinement;
use serde_json::json;
use std::hint::black_box;
use std::io::{Read, stdin};

const BYTES: u8 = 4;
const READY: u8 = 128;
const NOT_EXAMINED: u8 = 133;

/// Confines itself as it is told and does what its name says; `false` when it knows no such name.
pub fn run(name: &str) -> bool {
    if !["spins", "spins_on", "sleeps", "eats", "tells_its_number"].contains(&name) {
        return false;
    }
    let confinement: Confinement =
        frame().and_then(|(_, body)| serde_json::from_slice(&body).ok()).unwrap_or_default();
    // Confined, each may have the same number in a world of its own.
    let number = std::process::id();
    if name == "spins_on" {
        ignore_the_first_limit();
    }
    if amparo_sandbox::confine(&confinement).is_err() {
        return true;
    }
    say(READY, b"");
    while let Some((kind, _)) = frame() {
        match name {
            "tells_its_number" if kind == BYTES => {
                let why = format!("process {number}");
                say(NOT_EXAMINED, &json(&json!({ "kind": "skipped", "why": why })));
            }
            "tells_its_number" => {}
            "sleeps" => std::thread::sleep(std::time::Duration::from_secs(60)),
            "eats" => eat(),
            _ => spin(),
        }
    }
    true
}

fn frame() -> Option<(u8, Vec<u8>)> {
    let mut head = [0; 5];
    stdin().read_exact(&mut head).ok()?;
    let [a, b, c, d, kind] = head;
    let mut body = vec![0; u32::from_le_bytes([a, b, c, d]) as usize];
    stdin().read_exact(&mut body).ok()?;
    Some((kind, body))
}

/// Some minutes at most, so that a failing test leaves nothing behind for long.
fn spin() {
    black_box((0..20_000_000_000_u64).fold(0, |sum, step| black_box(sum ^ step)));
}

fn eat() {
    let mut kept = Vec::new();
    for _ in 0..1_000 {
        kept.push(vec![1_u8; 1 << 20]);
        black_box(&kept);
    }
}

fn ignore_the_first_limit() {
    #[expect(unsafe_code, reason = "no safe interface ignores a signal")]
    // SAFETY: no handler is installed, the signal is only ignored.
    unsafe {
        libc::signal(libc::SIGXCPU, libc::SIG_IGN);
    }
}
