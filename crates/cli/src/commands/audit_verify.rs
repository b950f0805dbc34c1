//! `audit verify`: whether history still is what a checkpoint kept outside says.

use crate::command::{Command, Edge};
use crate::session::{self, Deed, Session};
use crate::{alone, config::Config, error::CliError, exit::Exit, files, keys::Keys};
use crate::{outcome::Outcome, page::Page};
use amparo_audit_verifier::Tampered;
use amparo_authz::{Action, Object};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "audit verify",
    about: "Check the log against a checkpoint that somebody kept outside",
    examples: &["amparo audit verify monday.checkpoint"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: alone!(run, Args),
};

/// No checkpoint is longer.
const BYTES_MAX: u64 = 64 << 10;

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The checkpoint that was kept outside
    pub checkpoint: PathBuf,
    /// The log's public key as it was noted down outside [default: that of this folder]
    #[arg(long)]
    pub key: Option<String>,
}

/// What the verifier says; it shares no code with the writer of the log.
#[derive(Debug, Default, Serialize)]
pub struct Verified {
    /// History is what the checkpoint says.
    pub sound: bool,
    /// What is wrong.
    pub tampered: Option<String>,
    /// Entries in the log.
    pub entries: u64,
    /// Entries that the checkpoint commits to.
    pub covered: u64,
    /// Entries after it, for which only this unit vouches.
    pub newer: u64,
}

impl Outcome for Verified {
    fn show(&self, page: &mut Page<'_>) {
        let numbers = [self.entries, self.covered, self.newer].map(|n| n.to_string());
        let [entries, covered, newer] = &numbers;
        let args = [
            ("entries", entries.as_str()),
            ("covered", covered.as_str()),
            ("newer", newer.as_str()),
        ];
        match &self.tampered {
            None => page.say_line("cli-audit-sound", &args),
            Some(what) => page.say_line("cli-audit-tampered", &[("what", what)]),
        }
    }

    fn exit(&self) -> Exit {
        if self.sound { Exit::Ok } else { Exit::SaysNo }
    }
}

/// Checks it. A log that was edited may be too damaged to be opened for the entry about this very
/// check; then it is checked all the same, because that is what the check is for.
///
/// # Errors
/// [`CliError::BadInput`] when the checkpoint or key is of no use, [`CliError::Refused`].
pub async fn run(edge: &Edge, args: Args) -> Result<Verified, CliError> {
    let text = files::read_text(&args.checkpoint, BYTES_MAX)?;
    match Session::open(&edge.globals, Arc::clone(&edge.interrupt)).await {
        Ok(mut session) => verify(&mut session, &args, &text).await,
        Err(CliError::Storage { what, .. }) if what == "audit" => {
            let folder = &edge.globals.data;
            let (config, keys) = (Config::read(folder)?, Keys::read(folder)?);
            let key = amparo_audit::vkey(&keys.audit.0, &session::origin(&config))
                .map_err(|error| CliError::bad("keys", error))?;
            judge(folder, &text, &args.key.unwrap_or(key), &args.checkpoint)
        }
        Err(error) => Err(error),
    }
}

/// The same in an open session, as the demo does it.
///
/// # Errors
/// As [`run`].
pub async fn verify(
    session: &mut Session,
    args: &Args,
    checkpoint: &str,
) -> Result<Verified, CliError> {
    session.act(&Deed::on(Action::VerifyLog, Object::Log, "log")).await?;
    let key = args.key.clone().unwrap_or_else(|| session.log.vkey());
    judge(&session.folder, checkpoint, &key, &args.checkpoint)
}

fn judge(folder: &Path, checkpoint: &str, key: &str, file: &Path) -> Result<Verified, CliError> {
    match amparo_audit_verifier::verify(&folder.join("audit"), checkpoint, key) {
        Ok(report) => Ok(Verified {
            sound: true,
            tampered: None,
            entries: report.entries,
            covered: report.covered,
            newer: report.newer,
        }),
        Err(error @ (Tampered::Key | Tampered::Outside { .. })) => {
            Err(CliError::bad(file.display(), error))
        }
        Err(error @ Tampered::Io { .. }) => Err(CliError::storage("audit", error)),
        Err(error) => Ok(Verified { tampered: Some(error.to_string()), ..Verified::default() }),
    }
}
