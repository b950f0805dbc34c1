//! `ledger of`: everything one account sent or received.

use crate::{command::Command, error::CliError, in_folder};
use crate::{
    rows::{self, Ledger},
    session::Session,
};
use amparo_model::{AccountKey, CaseId};
use amparo_store::TransferFilter;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "ledger of",
    about: "Everything one account sent or received",
    examples: &["amparo ledger of whatsapp:34600000001@s.whatsapp.net --case ALC-2026-0001"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The account, as app:id
    #[arg(value_parser = rows::account)]
    pub account: AccountKey,
    /// The case
    #[arg(long)]
    pub case: CaseId,
}

/// Looks them up.
///
/// # Errors
/// [`CliError`] when refused or when the case does not exist.
pub async fn run(session: &mut Session, args: Args) -> Result<Ledger, CliError> {
    let filter = TransferFilter { account: Some(args.account), ..TransferFilter::default() };
    rows::select(session, &args.case, &filter).await
}
