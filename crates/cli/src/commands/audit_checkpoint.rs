//! `audit checkpoint`: a signed statement of how the log stands, to be kept outside.

use crate::session::{Deed, Session};
use crate::{command::Command, error::CliError, files, in_folder, outcome::Outcome, page::Page};
use amparo_authz::{Action, Object};
use serde::Serialize;
use std::path::PathBuf;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "audit checkpoint",
    about: "Write a signed checkpoint; whoever keeps it outside can later prove that history held",
    examples: &["amparo audit checkpoint monday.checkpoint", "amparo audit checkpoint --json"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Where to write it; without it, it is only shown
    pub file: Option<PathBuf>,
}

/// The checkpoint.
#[derive(Debug, Serialize)]
pub struct Checkpoint {
    /// The signed note.
    pub checkpoint: String,
    /// The public key that checks it.
    pub key: String,
    /// Where it was written.
    pub file: Option<PathBuf>,
}

impl Outcome for Checkpoint {
    fn show(&self, page: &mut Page<'_>) {
        self.checkpoint.lines().for_each(|line| page.line(line));
        page.say_line("cli-audit-key", &[("key", &self.key)]);
        if let Some(file) = &self.file {
            page.say_line("cli-written", &[("file", &file.display().to_string())]);
        }
    }
}

/// Writes it.
///
/// # Errors
/// [`CliError`] when refused, or when log or file fail.
pub async fn run(session: &mut Session, args: Args) -> Result<Checkpoint, CliError> {
    session.act(&Deed::on(Action::VerifyLog, Object::Log, "checkpoint")).await?;
    let checkpoint = session.log.checkpoint().map_err(|error| CliError::storage("audit", error))?;
    if let Some(file) = &args.file {
        files::write(file, checkpoint.as_bytes())?;
    }
    Ok(Checkpoint { checkpoint, key: session.log.vkey(), file: args.file })
}
