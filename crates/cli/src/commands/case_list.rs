//! `case list`: the cases of this unit.

use crate::session::{Deed, Session};
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page};
use amparo_authz::{Action, Object};
use amparo_model::Case;
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "case list",
    about: "List the cases of this unit",
    examples: &["amparo case list", "amparo case list --json"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {}

/// All cases.
#[derive(Debug, Serialize)]
pub struct Cases {
    /// By reference.
    pub cases: Vec<Case>,
}

impl Outcome for Cases {
    fn show(&self, page: &mut Page<'_>) {
        if self.cases.is_empty() {
            return page.say_line("cli-none-cases", &[]);
        }
        let row = |case: &Case| {
            vec![
                case.id.to_string(),
                case.title.clone(),
                case.opened_at.to_string(),
                case.opened_by.clone(),
            ]
        };
        let heads = ["cli-head-case", "cli-head-title", "cli-head-opened-at", "cli-head-by"];
        page.table(&heads, self.cases.iter().map(row).collect());
    }
}

/// Lists them.
///
/// # Errors
/// [`CliError`] when refused or when the database fails.
pub async fn run(session: &mut Session, _: Args) -> Result<Cases, CliError> {
    session.act(&Deed::on(Action::ListCases, Object::Unit, "cases")).await?;
    Ok(Cases { cases: session.store.cases().await? })
}
