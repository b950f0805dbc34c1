//! `case assign`: who works on a case.

use crate::session::{Deed, Session};
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page};
use amparo_authz::{Action, Object};
use amparo_model::CaseId;
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "case assign",
    about: "Assign people to a case, so that they may see its content",
    examples: &["amparo case assign ALC-2026-0001 ines leo"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The case
    pub case: CaseId,
    /// Names of users
    #[arg(required = true)]
    pub users: Vec<String>,
}

/// What happened.
#[derive(Debug, Serialize)]
pub struct Assigned {
    /// The case.
    pub case: CaseId,
    /// Who now works on it.
    pub users: Vec<String>,
}

impl Outcome for Assigned {
    fn show(&self, page: &mut Page<'_>) {
        let users = self.users.join(", ");
        page.say_line("cli-case-assigned", &[("case", self.case.as_str()), ("users", &users)]);
    }
}

/// Assigns them; nobody is assigned when one of the names is unknown.
///
/// # Errors
/// [`CliError`] when refused, or when the case or a user does not exist.
pub async fn run(session: &mut Session, args: Args) -> Result<Assigned, CliError> {
    session.case(&args.case).await?;
    for user in &args.users {
        if session.store.user(user).await?.is_none() {
            return Err(CliError::unknown("user", user));
        }
    }
    let deed = Deed::on(Action::AssignCase, Object::Case(&args.case), args.case.as_str())
        .detail(serde_json::json!({ "users": args.users }));
    session.act(&deed).await?;
    for user in &args.users {
        session.store.assign(&args.case, user).await?;
    }
    Ok(Assigned { case: args.case, users: args.users })
}
