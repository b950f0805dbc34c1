//! `tips alerts`: revisions that changed a level, the files, a class or the country, newest first.

use crate::intake::{Changed, RevisionAlert};
use crate::session::{Deed, Session};
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page};
use amparo_authz::{Action, Object};
use amparo_model::UtcMillis;
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "tips alerts",
    about: "List revisions that changed a level, the files, a class or the country",
    examples: &["amparo tips alerts --top 10 --json"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Only so many
    #[arg(long, default_value_t = 50)]
    pub top: usize,
}

/// The list.
#[derive(Debug, Serialize)]
pub struct Listed {
    /// Newest first.
    pub alerts: Vec<Alert>,
}

/// One of them.
#[derive(Debug, Serialize)]
pub struct Alert {
    /// When it came in.
    pub at: UtcMillis,
    /// What it changed.
    #[serde(flatten)]
    pub alert: RevisionAlert,
}

impl Outcome for Listed {
    fn show(&self, page: &mut Page<'_>) {
        if self.alerts.is_empty() {
            return page.say_line("cli-none-alerts", &[]);
        }
        let mut rows = Vec::new();
        for Alert { at, alert } in &self.alerts {
            for change in &alert.what.changes {
                let text = |of: &Option<String>| of.clone().unwrap_or_default();
                let (before, after) = (text(&change.before), text(&change.after));
                rows.push(vec![
                    at.to_string(),
                    alert.tip.to_string(),
                    alert.revision.to_string(),
                    change.place.clone(),
                    before,
                    after,
                ]);
            }
        }
        let heads = [
            "cli-head-at",
            "cli-head-tip",
            "cli-head-revision",
            "cli-head-place",
            "cli-head-before",
            "cli-head-after",
        ];
        page.table(&heads, rows);
    }
}

/// Lists them.
///
/// # Errors
/// [`CliError`] when refused or when the database fails.
pub async fn run(session: &mut Session, args: Args) -> Result<Listed, CliError> {
    session.act(&Deed::on(Action::ReadTips, Object::Unit, "tips")).await?;
    let alerts = session.store.revision_alerts::<Changed>(args.top).await?;
    let alert =
        |(tip, revision, at, what)| Alert { at, alert: RevisionAlert { tip, revision, what } };
    Ok(Listed { alerts: alerts.into_iter().map(alert).collect() })
}
