//! `user list`: the people of this unit.

use crate::session::{Deed, Session};
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page};
use amparo_authz::{Action, Object};
use amparo_model::Actor;
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "user list",
    about: "List the people of this unit",
    examples: &["amparo user list", "amparo user list --json"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {}

/// Everybody.
#[derive(Debug, Serialize)]
pub struct Users {
    /// By name.
    pub users: Vec<Actor>,
}

impl Outcome for Users {
    fn show(&self, page: &mut Page<'_>) {
        let row =
            |user: &Actor| vec![user.name.clone(), page.say().word("role", user.role.as_str())];
        let rows = self.users.iter().map(row).collect();
        page.table(&["cli-head-name", "cli-head-role"], rows);
    }
}

/// Lists them.
///
/// # Errors
/// [`CliError`] when refused or when the database fails.
pub async fn run(session: &mut Session, _: Args) -> Result<Users, CliError> {
    session.act(&Deed::on(Action::ManageUsers, Object::Unit, "users")).await?;
    Ok(Users { users: session.store.users().await? })
}
