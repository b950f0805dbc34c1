//! `ledger file`: who sent this file to whom.

use crate::{command::Command, error::CliError, in_folder};
use crate::{
    rows::{self, Ledger},
    session::Session,
};
use amparo_model::CaseId;
use amparo_store::TransferFilter;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "ledger file",
    about: "Who sent this file to whom: by any hash of it",
    examples: &["amparo ledger file d41d8cd98f00b204e9800998ecf8427e --case ALC-2026-0001"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// MD5, SHA-1 or SHA-256 of the file, in hexadecimal
    #[arg(value_parser = hash)]
    pub hash: String,
    /// The case
    #[arg(long)]
    pub case: CaseId,
}

/// Looks them up.
///
/// # Errors
/// [`CliError`] when refused or when the case does not exist.
pub async fn run(session: &mut Session, args: Args) -> Result<Ledger, CliError> {
    let filter = TransferFilter { hash: Some(args.hash), ..TransferFilter::default() };
    rows::select(session, &args.case, &filter).await
}

fn hash(text: &str) -> Result<String, String> {
    let text = text.trim().to_ascii_lowercase();
    let hexadecimal = text.chars().all(|c| c.is_ascii_hexdigit());
    if hexadecimal && matches!(text.len(), 32 | 40 | 64) {
        return Ok(text);
    }
    Err("use 32, 40 or 64 hexadecimal digits (MD5, SHA-1 or SHA-256)".to_owned())
}
