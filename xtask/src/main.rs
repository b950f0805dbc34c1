//! Maintenance commands of this repository: `cargo run -p xtask -- COMMAND`.
//!
//! `gen [--check]` writes the generated pages under `docs/`, or fails when they are not current.
//! `bench [NAME...]` measures, beside named peers, and writes `target/bench.json`.
//! `bench error_table` writes `docs/error-table.md`; it takes minutes and has no peer.
//! `faults` makes every system call fail once while evidence is attached; it takes long.
//! `tip-quality` tells how many tips with a planted danger stand first among 100,000.
//! `launch REQUEST` is the confined step before FFmpeg; started by this program itself.
//! To add a command: a module here and an arm in [`main`].

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a developer's tool: it prints, measures time and writes into the tree"
)]

mod bench;
mod error_table;
mod faults;
mod generate;
mod tip_quality;
mod video_errors;

use std::process::ExitCode;

const USAGE: &str = "usage: xtask gen [--check] | xtask bench [--record] [NAME...|error_table] \
                     | xtask faults | xtask tip-quality";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["gen"] => generate::run(false),
        ["gen", "--check"] => generate::run(true),
        ["bench", "error_table"] => error_table::run(),
        ["bench", names @ ..] => bench::run(names),
        ["faults"] => faults::run(),
        ["tip-quality"] => tip_quality::run(),
        ["launch", request] => Err(amparo_sandbox::launch(request).to_string()),
        _ => Err(USAGE.to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
