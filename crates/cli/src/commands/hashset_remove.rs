//! `hashset remove`: takes a list out of use; what it once said stays in the record.

use crate::rechecking::{self, show_rechecked};
use crate::session::{Deed, Session};
use crate::{
    command::Command, error::CliError, exit::Exit, in_folder, outcome::Outcome, page::Page,
};
use amparo_authz::{Action, Object};
use amparo_model::HashSetId;
use amparo_pipeline::Rechecked;
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "hashset remove",
    about: "Take a list out of use, and compare all that is held with the others",
    examples: &["amparo hashset remove national --why \"the licence ended\""],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The list
    pub id: HashSetId,
    /// Why; it stays in the record
    #[arg(long)]
    pub why: String,
}

/// What was done.
#[derive(Debug, Serialize)]
pub struct Removed {
    /// The list.
    pub id: HashSetId,
    /// What changed in the holdings.
    pub rechecked: Rechecked,
}

impl Outcome for Removed {
    fn show(&self, page: &mut Page<'_>) {
        page.say_line("cli-hash-set-removed", &[("id", self.id.as_str())]);
        show_rechecked(&self.rechecked, page);
    }

    fn exit(&self) -> Exit {
        rechecking::exit(&self.rechecked)
    }
}

/// Removes it.
///
/// # Errors
/// [`CliError`] when refused, or when no list in use has this id.
pub async fn run(session: &mut Session, args: Args) -> Result<Removed, CliError> {
    let deed = Deed::on(Action::RemoveHashSet, Object::HashSet(&args.id), args.id.as_str())
        .detail(serde_json::json!({ "why": args.why }));
    session.act(&deed).await?;
    rechecking::owe(session).await?;
    let (at, by) = (session.clock.now(), session.actor.name.clone());
    session.store.remove_hash_set(&args.id, at, &by, &args.why).await?;
    let rechecked = rechecking::recheck(session).await?;
    Ok(Removed { id: args.id, rechecked })
}
