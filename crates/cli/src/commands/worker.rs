//! `worker`: a confined process that reads foreign bytes for this program. Hidden: it talks a
//! binary protocol on its standard input and output and is of no use by hand.

use crate::command::{Command, Edge};
use crate::{alone, error::CliError, outcome::Outcome, page::Page};
use clap::{ArgMatches, FromArgMatches};
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "worker",
    about: "Read foreign bytes in confinement; started by this program itself",
    examples: &["amparo worker < requests > answers"],
    hidden: true,
    args: <Args as clap::Args>::augment_args,
    run: alone!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Confine itself, then try this way out and end; `verify-install` asks for it
    #[arg(long, value_name = "NAME")]
    pub attempt: Option<String>,
}

/// Never reached with something to say.
#[derive(Debug, Serialize)]
pub struct Served {}

impl Outcome for Served {
    fn show(&self, _: &mut Page<'_>) {}
}

/// The way out to be tried, if this command was given one.
#[must_use]
pub fn attempt(command: &Command, matches: &ArgMatches) -> Option<String> {
    let chosen = command.name == COMMAND.name;
    chosen.then(|| Args::from_arg_matches(matches).ok()).flatten().and_then(|args| args.attempt)
}

/// Serves until its standard input ends. `main` starts it before any thread exists, because
/// confinement must cover all of them; reaching this function is a mistake of the program.
///
/// # Errors
/// Always [`CliError::Storage`].
pub async fn run(_: &Edge, _: Args) -> Result<Served, CliError> {
    Err(CliError::storage("worker", "was started on a thread that cannot be confined"))
}
