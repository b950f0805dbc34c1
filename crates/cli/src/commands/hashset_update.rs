//! `hashset update`: a new edition of a list; the one before ceases to count in the same act.

use super::hashset_import::{Loaded, loaded, take_in};
use crate::{command::Command, error::CliError, in_folder, lists::ListArgs, session::Session};

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "hashset update",
    about: "Load a new edition of a list in place of the one before, and compare all that is held",
    examples: &["amparo hashset update known-04.vics.json --id national --dated 2026-04-01 \
         --source \"National database\""],
    hidden: false,
    args: <ListArgs as clap::Args>::augment_args,
    run: in_folder!(run, ListArgs),
};

/// Loads it. Answers that differ now are replaced and re-opened; what they were is kept.
///
/// # Errors
/// [`CliError`] as for `hashset import`, and when no list in use has this id.
pub async fn run(session: &mut Session, args: ListArgs) -> Result<Loaded, CliError> {
    let list = take_in(session, &args).await?;
    let (at, by) = (session.clock.now(), session.actor.name.clone());
    let kept = session.store.update_hash_set(&list, at, &by).await?;
    loaded(session, list, kept).await
}
