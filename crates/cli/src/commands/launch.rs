//! `launch`: the confined step before a program found on the machine, such as FFmpeg. Hidden: this
//! program starts itself so, with the file to be read as its standard input.

use crate::command::{Command, Edge};
use crate::{alone, error::CliError, outcome::Outcome, page::Page};
use clap::{ArgMatches, FromArgMatches};
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "launch",
    about: "Confine this process, then become another program; started by this program itself",
    examples: &["amparo launch '{\"program\":\"/usr/bin/cat\",\"args\":[\"/proc/self/fd/0\"],\
                 \"memory_bytes\":1073741824,\"cpu_seconds\":60,\"names_output\":false}' < file"],
    hidden: true,
    args: <Args as clap::Args>::augment_args,
    run: alone!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// What to start and how much it may use, as JSON.
    pub request: String,
}

/// Never reached with something to say.
#[derive(Debug, Serialize)]
pub struct Launched {}

impl Outcome for Launched {
    fn show(&self, _: &mut Page<'_>) {}
}

/// The request, if this command was given. `main` asks before any thread exists, because
/// confinement must cover all of them.
#[must_use]
pub fn request(command: &Command, matches: &ArgMatches) -> Option<String> {
    let chosen = command.name == COMMAND.name;
    chosen.then(|| Args::from_arg_matches(matches).ok()).flatten().map(|args| args.request)
}

/// Reaching this function is a mistake of the program.
///
/// # Errors
/// Always [`CliError::Storage`].
pub async fn run(_: &Edge, _: Args) -> Result<Launched, CliError> {
    Err(CliError::storage("launch", "was started on a thread that cannot be confined"))
}
