//! `tips list`: tips in working order, linked ones together, with territory and reasons.

use crate::session::{Deed, Session};
use crate::tip_rows::{Tip, tip_table};
use crate::triage::{self, Link};
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page};
use amparo_authz::{Action, Object};
use amparo_store::{LineFilter, TipLine};
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "tips list",
    about: "List tips in working order, linked ones together, with territory and reasons",
    examples: &[
        "amparo tips list",
        "amparo tips list --territory ES-A --top 10 --json",
        "amparo tips list --queue no-country",
    ],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// Reasons and links shown to people for one group; the JSON form has all of them.
const REASONS_SHOWN: usize = 4;

/// Tips shown of one line; `tips show` of its head names all of them.
const TIPS_SHOWN: usize = 50;

/// Tips brought up to date before the list is shown, so that it opens at once. The rest keep their
/// last assessment until `tips refresh` or a later list comes to them.
const REFRESHED: usize = 200;

/// Lines of each kind that are counted.
const COUNTED: usize = 20_000;

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Only tips of this country or division (ES, ES-A)
    #[arg(long, conflicts_with = "queue")]
    pub territory: Option<String>,
    /// Only the tips of one unit or queue, as `tips queues` names them
    #[arg(long)]
    pub queue: Option<String>,
    /// Only so many lines
    #[arg(long, default_value_t = 20)]
    pub top: usize,
    /// Leave out so many lines first
    #[arg(long, default_value_t = 0)]
    pub skip: usize,
}

/// The list.
#[derive(Debug, Serialize)]
pub struct Listed {
    /// Lines in all, or so many at least.
    pub group_count: u64,
    /// Tips in all, or so many at least.
    pub tip_count: u64,
    /// There are so many lines that not all were counted.
    pub at_least: bool,
    /// Some assessments are older than what they rest on.
    pub refreshing: bool,
    /// The lines asked for, most urgent first.
    pub groups: Vec<Row>,
}

/// One line: a tip, and those that stand under it.
#[derive(Debug, Serialize)]
pub struct Row {
    /// `alone`, `linked` (same person or device) or `folded` (same widely copied files).
    pub why: String,
    /// How many tips there are under the line.
    pub size: u64,
    /// The tips, most urgent first; of a large line the first ones.
    pub tips: Vec<Tip>,
    /// Why they belong together.
    pub links: Vec<Link>,
}

impl Outcome for Listed {
    fn show(&self, page: &mut Page<'_>) {
        if self.tip_count == 0 {
            return page.say_line("cli-none-tips", &[]);
        }
        for row in &self.groups {
            row.show(page);
        }
        let (tips, groups) = (self.tip_count.to_string(), self.group_count.to_string());
        let shown = self.groups.len().to_string();
        let args = [("tips", tips.as_str()), ("groups", &groups), ("shown", &shown)];
        page.say_line(if self.at_least { "cli-tips-count-least" } else { "cli-tips-count" }, &args);
        if self.refreshing {
            page.say_line("cli-tips-refreshing", &[]);
        }
    }
}

impl Row {
    fn show(&self, page: &mut Page<'_>) {
        let Some(first) = self.tips.first() else { return };
        let count = self.size.to_string();
        let points = first.danger_points.to_string();
        let place = first.place(page.say());
        let args = [("points", points.as_str()), ("count", &count), ("place", &place)];
        page.heading("cli-tips-group", &args);
        if self.why == "folded" {
            page.say_line("cli-tips-folded", &[("count", &count)]);
        }
        tip_table(&self.tips, page);
        for (reason, sentence) in first.reasons.iter().zip(&first.sentences).take(REASONS_SHOWN) {
            page.line(&format!("  {:+}  {sentence}", reason.points));
        }
        if let Some(set) = &first.overridden {
            let points = set.danger_points.to_string();
            let args = [("points", points.as_str()), ("by", &set.by), ("why", &set.why)];
            page.say_line("cli-tips-overridden", &args);
        }
        for link in self.links.iter().take(REASONS_SHOWN) {
            let kind = page.say().word("identifier", &link.kind);
            let count = link.tips.len().to_string();
            let args = [("kind", kind.as_str()), ("value", &link.value), ("count", &count)];
            page.say_line("cli-tips-link", &args);
        }
        page.gap();
    }
}

/// Lists them.
///
/// # Errors
/// [`CliError`] when refused or when the database fails.
pub async fn run(session: &mut Session, args: Args) -> Result<Listed, CliError> {
    session.act(&Deed::on(Action::ReadTips, Object::Unit, "tips")).await?;
    let refreshed = triage::refresh(session, REFRESHED).await?;
    let filter = filter(&args);
    let (group_count, tip_count) = session.store.line_counts(&filter, COUNTED).await?;
    let mut groups = Vec::new();
    for head in session.store.heads(&filter, args.skip, args.top).await? {
        groups.push(row(session, head).await?);
    }
    let at_least = group_count.max(tip_count - group_count) >= COUNTED as u64;
    Ok(Listed { group_count, tip_count, at_least, refreshing: refreshed.more, groups })
}

fn filter(args: &Args) -> LineFilter {
    let upper = |code: &String| code.to_uppercase();
    match (&args.queue, &args.territory) {
        (Some(queue), _) => LineFilter::Unit(queue.clone()),
        (None, Some(code)) if code.contains('-') => LineFilter::Division(upper(code)),
        (None, Some(code)) => LineFilter::Country(upper(code)),
        (None, None) => LineFilter::All,
    }
}

async fn row(session: &Session, head: TipLine) -> Result<Row, CliError> {
    let (under, size) = session.store.under_line(&head.tip, TIPS_SHOWN).await?;
    let mut tips = Vec::with_capacity(under.len());
    let mut links = Vec::new();
    for line in &under {
        let tip = Tip::of(line, &session.say)?;
        if line.tip == head.tip {
            links = tip.links.clone();
        }
        tips.push(tip);
    }
    let folded = under.iter().any(|line| line.why == "folded");
    let why = if folded { "folded".to_owned() } else { head.why };
    Ok(Row { why, size, tips, links })
}
