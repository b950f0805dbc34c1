//! What the tests start instead of `amparo worker`: the real worker, and workers that misbehave.
//!
//! To add a misbehaviour: a row in `hostile.rs`, `hostile_trees.rs` or
//! `hungry.rs` and a test in the file of `tests/` that starts it. To add an
//! escape attempt: a row in `src/escape/`, or in `inside.rs` for a program found on the machine;
//! the tests find it by themselves.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program of the tests")]

mod hostile;
mod hostile_trees;
mod hungry;
mod inside;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (mode, name) = (args.next().unwrap_or_default(), args.next().unwrap_or_default());
    match mode.as_str() {
        "serve" => match amparo_sandbox::serve_pipes() {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        "confined" => ExitCode::from(amparo_sandbox::escape::attempt(&name)),
        "free" => ExitCode::from(amparo_sandbox::escape::attempt_free(&name)),
        "launch" => {
            eprintln!("{}", amparo_sandbox::launch(&name));
            ExitCode::from(98)
        }
        "inside names" => {
            inside::names().for_each(|name| println!("{name}"));
            ExitCode::SUCCESS
        }
        "inside" => inside::run(&name, args.next()),
        "hostile" => hostile::run(&name),
        _ => ExitCode::from(99),
    }
}
