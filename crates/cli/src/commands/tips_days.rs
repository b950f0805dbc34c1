//! `tips days`: what may be lost within so many days, earliest first; then what may be gone any
//! day.

use crate::session::{Deed, Session};
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page, triage};
use amparo_assess::day_list;
use amparo_assess::losses::{DayLine, Holder, Loss};
use amparo_authz::{Action, Object};
use amparo_model::{TipId, UtcMillis};
use amparo_store::TipLoss;
use serde::Serialize;
use std::collections::HashMap;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "tips days",
    about: "List what may be lost within so many days: identifier, holder, clock and source",
    examples: &["amparo tips days", "amparo tips days --within 14 --top 100 --json"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Days from now on
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(i64).range(1..=3650))]
    pub within: i64,
    /// Only so many lines
    #[arg(long, default_value_t = 100)]
    pub top: usize,
}

/// The list.
#[derive(Debug, Serialize)]
pub struct Listed {
    /// By day, then by danger.
    pub days: Vec<DayLine>,
}

impl Outcome for Listed {
    fn show(&self, page: &mut Page<'_>) {
        if self.days.is_empty() {
            return page.say_line("cli-none-losses", &[]);
        }
        let any = page.say().just("cli-any-day");
        let row = |line: &DayLine| {
            vec![
                line.day.clone().unwrap_or_else(|| any.clone()),
                line.danger.to_string(),
                line.tip.to_string(),
                line.loss.what.line(),
                holder(&line.loss.holder, page),
                line.loss.source.clone().unwrap_or_default(),
            ]
        };
        let rows = self.days.iter().map(row).collect();
        let heads = [
            "cli-head-act-by",
            "cli-head-danger",
            "cli-head-tip",
            "cli-head-value",
            "cli-head-holder",
            "cli-head-source",
        ];
        page.table(&heads, rows);
    }
}

/// Who holds it, in words.
#[must_use]
pub fn holder(holder: &Holder, page: &Page<'_>) -> String {
    match holder {
        Holder::Operator { country: Some(country) } => {
            page.say().get("cli-holder-operator", &[("country", country)])
        }
        Holder::Operator { country: None } => page.say().just("cli-holder-operator-unknown"),
        Holder::Provider { name } => {
            name.clone().unwrap_or_else(|| page.say().just("cli-holder-provider-unknown"))
        }
    }
}

/// Lists it.
///
/// # Errors
/// [`CliError`] when refused or when the database fails.
pub async fn run(session: &mut Session, args: Args) -> Result<Listed, CliError> {
    session.act(&Deed::on(Action::ReadTips, Object::Unit, "tips")).await?;
    triage::refresh(session, 200).await?;
    let now = session.clock.now();
    let upto = now.plus_ms(args.within.saturating_mul(UtcMillis::DAY_MS));
    let mut losses = session.store.losses(now, upto, args.top).await?;
    losses.extend(session.store.losses_any_day(args.top).await?);
    let losses = read(session, losses).await?;
    let mut days = day_list(losses, now, args.within);
    days.truncate(args.top);
    Ok(Listed { days })
}

async fn read(
    session: &Session,
    losses: Vec<TipLoss>,
) -> Result<Vec<(TipId, i32, Loss)>, CliError> {
    let tips: Vec<TipId> = losses.iter().map(|loss| loss.tip.clone()).collect();
    let lines = session.store.lines_of(&tips).await?;
    let danger: HashMap<TipId, i32> =
        lines.into_iter().map(|l| (l.tip, i32::try_from(l.danger).unwrap_or(i32::MAX))).collect();
    let mut read = Vec::with_capacity(losses.len());
    for loss in losses {
        let body = serde_json::from_str(&loss.body);
        let body = body.map_err(|error| CliError::storage(format!("{}", loss.tip), error))?;
        let danger = danger.get(&loss.tip).copied().unwrap_or_default();
        read.push((loss.tip, danger, body));
    }
    Ok(read)
}
