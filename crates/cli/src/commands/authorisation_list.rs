//! `authorisation list`: the authorisations of a case, with what is left of their validity.

use crate::session::{Deed, Session};
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page};
use amparo_authz::{Action, Object};
use amparo_model::{Authorisation, CaseId, UtcMillis};
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "authorisation list",
    about: "List the authorisations of a case",
    examples: &["amparo authorisation list --case ALC-2026-0001"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The case
    #[arg(long)]
    pub case: CaseId,
}

/// The authorisations of one case.
#[derive(Debug, Serialize)]
pub struct Authorisations {
    /// When this was looked up; validity is judged against it.
    pub at: UtcMillis,
    /// All of them, expired ones too.
    pub authorisations: Vec<Authorisation>,
}

impl Outcome for Authorisations {
    fn show(&self, page: &mut Page<'_>) {
        if self.authorisations.is_empty() {
            return page.say_line("cli-none-authorisations", &[]);
        }
        let row = |one: &Authorisation| {
            let state = if self.at > one.valid_until { "expired" } else { "valid" };
            let covers: Vec<&str> = one.categories.iter().map(|c| c.as_str()).collect();
            vec![
                one.id.to_string(),
                one.authority.clone(),
                one.valid_from.to_string(),
                one.valid_until.to_string(),
                page.say().word("validity", state),
                covers.join(", "),
                one.exhibits.join(", "),
            ]
        };
        let rows = self.authorisations.iter().map(row).collect();
        let heads = [
            "cli-head-authorisation",
            "cli-head-authority",
            "cli-head-from",
            "cli-head-until",
            "cli-head-state",
            "cli-head-covers",
            "cli-head-exhibits",
        ];
        page.table(&heads, rows);
    }
}

/// Lists them.
///
/// # Errors
/// [`CliError`] when refused or when the case does not exist.
pub async fn run(session: &mut Session, args: Args) -> Result<Authorisations, CliError> {
    session.case(&args.case).await?;
    let deed = Deed::on(Action::ReadCase, Object::Case(&args.case), args.case.as_str());
    session.act(&deed).await?;
    let authorisations = session.store.authorisations(&args.case).await?;
    Ok(Authorisations { at: session.clock.now(), authorisations })
}
