//! `ledger between`: what two accounts exchanged.

use crate::{command::Command, error::CliError, in_folder};
use crate::{
    rows::{self, Ledger},
    session::Session,
};
use amparo_model::{AccountKey, CaseId};
use amparo_store::TransferFilter;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "ledger between",
    about: "What two accounts exchanged",
    examples: &["amparo ledger between telegram:user7 telegram:user9 --case ALC-2026-0001"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// One account, as app:id
    #[arg(value_parser = rows::account)]
    pub one: AccountKey,
    /// The other account, as app:id
    #[arg(value_parser = rows::account)]
    pub other: AccountKey,
    /// The case
    #[arg(long)]
    pub case: CaseId,
}

/// Looks them up.
///
/// # Errors
/// [`CliError`] when refused or when the case does not exist.
pub async fn run(session: &mut Session, args: Args) -> Result<Ledger, CliError> {
    let between = Some((args.one, args.other));
    let filter = TransferFilter { between, ..TransferFilter::default() };
    rows::select(session, &args.case, &filter).await
}
