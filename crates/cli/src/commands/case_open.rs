//! `case open`: a case of this unit.

use crate::session::{Deed, Session};
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page};
use amparo_authz::{Action, Object};
use amparo_model::{Case, CaseId};
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "case open",
    about: "Open a case",
    examples: &["amparo case open ALC-2026-0001 --title \"Operation Harbour\""],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The case's reference in this unit
    pub id: CaseId,
    /// A title for people
    #[arg(long)]
    pub title: String,
}

/// What happened.
#[derive(Debug, Serialize)]
pub struct Opened {
    /// The new case.
    pub case: Case,
}

impl Outcome for Opened {
    fn show(&self, page: &mut Page<'_>) {
        let Case { id, title, .. } = &self.case;
        page.say_line("cli-case-opened", &[("case", id.as_str()), ("title", title)]);
    }
}

/// Opens the case.
///
/// # Errors
/// [`CliError`] when refused, or when the reference is taken.
pub async fn run(session: &mut Session, args: Args) -> Result<Opened, CliError> {
    let case = Case {
        id: args.id,
        title: args.title,
        opened_at: session.clock.now(),
        opened_by: session.actor.name.clone(),
    };
    let deed = Deed::on(Action::OpenCase, Object::Unit, case.id.as_str()).case(&case.id);
    session.act(&deed).await?;
    session.store.open_case(&case).await?;
    Ok(Opened { case })
}
