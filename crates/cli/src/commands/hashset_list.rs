//! `hashset list`: the lists of known hashes that were loaded.

use crate::commands::hashset_show::Edition;
use crate::session::{Deed, Session};
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page};
use amparo_authz::{Action, Object};
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "hashset list",
    about: "List the loaded lists of known hashes",
    examples: &["amparo hashset list", "amparo hashset list --json"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {}

/// All lists.
#[derive(Debug, Serialize)]
pub struct HashSets {
    /// By id.
    pub hash_sets: Vec<Edition>,
}

impl Outcome for HashSets {
    fn show(&self, page: &mut Page<'_>) {
        if self.hash_sets.is_empty() {
            return page.say_line("cli-none-hash-sets", &[]);
        }
        let row = |set: &Edition| {
            vec![
                set.header.id.to_string(),
                set.header.title.clone(),
                set.header.dated.clone(),
                set.edition.to_string(),
                set.header.scheme.to_string(),
                page.say().word("purpose", set.header.purpose.as_str()),
                set.stored.to_string(),
                set.rejected.to_string(),
            ]
        };
        let rows = self.hash_sets.iter().map(row).collect();
        let heads = [
            "cli-head-hash-set",
            "cli-head-title",
            "cli-head-dated",
            "cli-head-edition",
            "cli-head-scheme",
            "cli-head-purpose",
            "cli-head-stored",
            "cli-head-rejected",
        ];
        page.table(&heads, rows);
    }
}

/// Lists them.
///
/// # Errors
/// [`CliError`] when refused or when the database fails.
pub async fn run(session: &mut Session, _: Args) -> Result<HashSets, CliError> {
    session.act(&Deed::on(Action::ListHashSets, Object::Unit, "hash sets")).await?;
    let sets = session.store.hash_sets().await?;
    Ok(HashSets { hash_sets: sets.into_iter().map(Edition::from).collect() })
}
