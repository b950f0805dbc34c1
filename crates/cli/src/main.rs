//! The `amparo` binary; everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(amparo_cli::run::main(std::env::args_os()).code())
}
