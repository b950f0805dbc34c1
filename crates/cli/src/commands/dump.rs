//! `dump`: every fact in canonical form, equal on every database engine for the same work.

use crate::session::{Deed, Session};
use crate::{command::Command, error::CliError, files, in_folder, outcome::Outcome, page::Page};
use amparo_authz::{Action, Object};
use serde::Serialize;
use std::path::PathBuf;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "dump",
    about: "Write every fact to a file in canonical form, to compare two data folders",
    examples: &["amparo dump facts.jsonl", "amparo dump facts.jsonl --json"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Where to write; it holds case content, so keep it where the case is kept
    pub file: PathBuf,
}

/// What was written.
#[derive(Debug, Serialize)]
pub struct Dumped {
    /// Where.
    pub file: PathBuf,
    /// Rows, one JSON object per line.
    pub rows: usize,
    /// SHA-256 of the file; equal work gives an equal value.
    pub sha256: String,
}

impl Outcome for Dumped {
    fn show(&self, page: &mut Page<'_>) {
        let (file, rows) = (self.file.display().to_string(), self.rows.to_string());
        page.say_line("cli-dumped", &[("file", &file), ("rows", &rows), ("sha256", &self.sha256)]);
    }
}

/// Writes it.
///
/// # Errors
/// [`CliError`] when refused, or when database or file fail.
pub async fn run(session: &mut Session, args: Args) -> Result<Dumped, CliError> {
    session.act(&Deed::on(Action::DumpFacts, Object::Unit, "facts")).await?;
    let lines = session.store.canonical_dump().await?;
    let mut text = lines.join("\n");
    text.push('\n');
    files::write(&args.file, text.as_bytes())?;
    let sha256 = amparo_evidence::sha256(text.as_bytes()).to_string();
    Ok(Dumped { file: args.file, rows: lines.len(), sha256 })
}
