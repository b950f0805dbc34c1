//! The full sweep of system calls that fail while evidence is attached: every occurrence of every
//! call with every fault. `make test` tries a sample of it with the same code.

use std::process::Command;

/// Runs the sweep through the test that holds it.
pub fn run() -> Result<(), String> {
    let sweep = "faults::whatever_the_system_refuses";
    let status = Command::new(env!("CARGO"))
        .args(["test", "--locked", "-p", "amparo-cli", "--test", "commands", sweep])
        .args(["--", "--nocapture"])
        .env("AMPARO_FAULTS", "full")
        .status()
        .map_err(|error| format!("cargo: {error}"))?;
    if status.success() { Ok(()) } else { Err("the sweep found a loss; see above".to_owned()) }
}
