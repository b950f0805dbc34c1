//! `audit show`: who did what, and when.

use crate::session::{Deed, Session};
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page};
use amparo_audit::Act;
use amparo_authz::{Action, Object};
use amparo_model::UtcMillis;
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "audit show",
    about: "Show the log of every act, newest last",
    examples: &["amparo audit show", "amparo audit show --last 20 --json"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Only so many of the newest entries
    #[arg(long, default_value_t = 100)]
    pub last: u64,
    /// Only entries of this case
    #[arg(long)]
    pub case: Option<String>,
}

/// A part of the log.
#[derive(Debug, Serialize)]
pub struct Shown {
    /// Entries in the whole log.
    pub size: u64,
    /// Those asked for.
    pub entries: Vec<Numbered>,
}

/// An act with its place in the log.
#[derive(Debug, Serialize)]
pub struct Numbered {
    /// Counted from 0.
    pub index: u64,
    /// What happened.
    #[serde(flatten)]
    pub act: Act,
}

impl Outcome for Shown {
    fn show(&self, page: &mut Page<'_>) {
        let row = |entry: &Numbered| {
            let act = &entry.act;
            let detail = if act.detail.is_null() { String::new() } else { act.detail.to_string() };
            vec![
                entry.index.to_string(),
                UtcMillis(act.at).to_string(),
                act.actor.clone(),
                act.role.clone(),
                act.action.clone(),
                act.object.clone(),
                act.case.clone().unwrap_or_default(),
                act.reason.clone().unwrap_or_default(),
                detail,
            ]
        };
        let heads = [
            "cli-head-number",
            "cli-head-when",
            "cli-head-by",
            "cli-head-role",
            "cli-head-action",
            "cli-head-object",
            "cli-head-case",
            "cli-head-reason",
            "cli-head-detail",
        ];
        page.table(&heads, self.entries.iter().map(row).collect());
        page.say_line("cli-audit-size", &[("count", &self.size.to_string())]);
    }
}

/// Shows it. Looking into the log is itself an act and stands in it.
///
/// # Errors
/// [`CliError`] when refused or when the log is damaged.
pub async fn run(session: &mut Session, args: Args) -> Result<Shown, CliError> {
    session.act(&Deed::on(Action::ReadLog, Object::Log, "log")).await?;
    let failed = |error| CliError::storage("audit", error);
    let size = session.log.size().map_err(failed)?;
    let from = if args.case.is_some() { 0 } else { size.saturating_sub(args.last) };
    let entries = session.log.entries(from..size).map_err(failed)?;
    let of_case = |act: &Act| args.case.is_none() || act.case == args.case;
    let mut entries: Vec<Numbered> = entries
        .into_iter()
        .filter(|entry| of_case(&entry.act))
        .map(|entry| Numbered { index: entry.index, act: entry.act })
        .collect();
    let skip = entries.len().saturating_sub(usize::try_from(args.last).unwrap_or(usize::MAX));
    entries.drain(..skip);
    Ok(Shown { size, entries })
}
