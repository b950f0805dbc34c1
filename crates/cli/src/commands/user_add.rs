//! `user add`: a person of this unit, with exactly one role.

use crate::session::{Deed, Session};
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page};
use amparo_authz::{Action, Object};
use amparo_model::{Actor, Role};
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "user add",
    about: "Add a person of this unit, or change the role of one",
    examples: &["amparo user add ines --role examiner", "amparo user add leo --role liaison"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Login name; a person with two tasks has two names, so that the log tells them apart
    pub name: String,
    /// analyst, examiner, liaison, supervisor, auditor or admin
    #[arg(long)]
    pub role: Role,
}

/// What happened.
#[derive(Debug, Serialize)]
pub struct Added {
    /// Who.
    pub user: Actor,
}

impl Outcome for Added {
    fn show(&self, page: &mut Page<'_>) {
        let role = page.say().word("role", self.user.role.as_str());
        page.say_line("cli-user-added", &[("name", &self.user.name), ("role", &role)]);
    }
}

/// Adds the person.
///
/// # Errors
/// [`CliError`] when refused, or when the name cannot be used.
pub async fn run(session: &mut Session, args: Args) -> Result<Added, CliError> {
    let usable = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if args.name.is_empty() || args.name.len() > 64 || !args.name.chars().all(usable) {
        return Err(CliError::bad(&args.name, "use 1 to 64 letters, digits, '-', '_' or '.'"));
    }
    let user = Actor { name: args.name, role: args.role };
    let deed = Deed::on(Action::ManageUsers, Object::Unit, &user.name)
        .detail(serde_json::json!({ "role": user.role }));
    session.act(&deed).await?;
    session.store.put_user(&user).await?;
    Ok(Added { user })
}
