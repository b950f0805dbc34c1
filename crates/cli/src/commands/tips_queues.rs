//! `tips queues`: how many lines wait in each unit's queue, in those of no country and of
//! conflicting ones, and abroad. Units come from `units.toml` in the data folder.

use crate::session::{Deed, Session};
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page, triage};
use amparo_authz::{Action, Object};
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "tips queues",
    about: "List the queues of units and countries with how much waits in each",
    examples: &["amparo tips queues --json"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// Nothing is asked for.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {}

/// The queues.
#[derive(Debug, Serialize)]
pub struct Listed {
    /// Sorted by name.
    pub queues: Vec<Queue>,
}

/// One of them.
#[derive(Debug, Serialize)]
pub struct Queue {
    /// A unit's id, `no_country`, `conflict`, or `abroad:XX`.
    pub queue: String,
    /// Lines.
    pub lines: u64,
    /// Most danger in it.
    pub most_danger: i64,
}

impl Outcome for Listed {
    fn show(&self, page: &mut Page<'_>) {
        if self.queues.is_empty() {
            return page.say_line("cli-none-tips", &[]);
        }
        let row = |queue: &Queue| {
            vec![queue.queue.clone(), queue.lines.to_string(), queue.most_danger.to_string()]
        };
        let rows = self.queues.iter().map(row).collect();
        page.table(&["cli-head-queue", "cli-head-lines", "cli-head-danger"], rows);
    }
}

/// Lists them.
///
/// # Errors
/// [`CliError`] when refused or when the database fails.
pub async fn run(session: &mut Session, _: Args) -> Result<Listed, CliError> {
    session.act(&Deed::on(Action::ReadTips, Object::Unit, "tips")).await?;
    triage::refresh(session, 200).await?;
    let queues = session.store.queues().await?.into_iter();
    let queue = |(queue, lines, most_danger)| Queue { queue, lines, most_danger };
    Ok(Listed { queues: queues.map(queue).collect() })
}
