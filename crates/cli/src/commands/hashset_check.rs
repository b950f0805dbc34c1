//! `hashset check`: compares all that is held with the lists once more, and checks the indexes.

use crate::rechecking::{self, show_rechecked};
use crate::session::{Deed, Session};
use crate::{
    command::Command, error::CliError, exit::Exit, in_folder, outcome::Outcome, page::Page,
};
use amparo_authz::{Action, Object};
use amparo_pipeline::Rechecked;
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "hashset check",
    about: "Compare all that is held with the lists again; goes on where an import was cut off",
    examples: &["amparo hashset check", "amparo hashset check --json"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {}

/// What changed.
#[derive(Debug, Serialize)]
pub struct Checked {
    /// In the holdings.
    pub rechecked: Rechecked,
}

impl Outcome for Checked {
    fn show(&self, page: &mut Page<'_>) {
        show_rechecked(&self.rechecked, page);
    }

    fn exit(&self) -> Exit {
        rechecking::exit(&self.rechecked)
    }
}

/// Compares.
///
/// # Errors
/// [`CliError`] when refused, or when database or lists cannot be read.
pub async fn run(session: &mut Session, _: Args) -> Result<Checked, CliError> {
    session.act(&Deed::on(Action::ImportHashSet, Object::Unit, "check")).await?;
    Ok(Checked { rechecked: rechecking::recheck(session).await? })
}
