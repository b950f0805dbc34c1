//! `alarms`: counterparts who may be a live source, most urgent first, with reasons in words and
//! the evidence of each.

use crate::session::Session;
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page};
use amparo_authz::Action;
use amparo_model::{Alarm, CaseId, DataCategory, UtcMillis};
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "alarms",
    about: "Rank the counterparts of a case who may be a live source, with reasons",
    examples: &[
        "amparo alarms --case ALC-2026-0001",
        "amparo alarms --case ALC-2026-0001 --top 3 --json",
    ],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// References shown to people under one reason; the JSON form has all of them.
const EVIDENCE_SHOWN: usize = 3;

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The case
    #[arg(long)]
    pub case: CaseId,
    /// Only so many of the most urgent
    #[arg(long, default_value_t = 20)]
    pub top: usize,
}

/// The ranking.
#[derive(Debug, Serialize)]
pub struct Ranking {
    /// When it was made; `None` when no exhibit has been read yet.
    pub at: Option<UtcMillis>,
    /// How much had been read by then, as the pipeline counts it.
    pub processed: serde_json::Value,
    /// Counterparts assessed in all.
    pub count: usize,
    /// Most urgent first.
    pub alarms: Vec<Ranked>,
    /// What such an ordering is worth.
    pub base_rate: String,
}

/// One counterpart with its place.
#[derive(Debug, Serialize)]
pub struct Ranked {
    /// From 1.
    pub rank: usize,
    /// What was assessed.
    #[serde(flatten)]
    pub alarm: Alarm,
    /// The reasons in words, in the operator's language and in the same order.
    pub sentences: Vec<String>,
}

impl Outcome for Ranking {
    fn show(&self, page: &mut Page<'_>) {
        let Some(at) = self.at else { return page.say_line("cli-none-alarms", &[]) };
        page.say_line("cli-alarms-at", &[("at", &at.to_string())]);
        for ranked in &self.alarms {
            ranked.show(page);
        }
        let (shown, count) = (self.alarms.len().to_string(), self.count.to_string());
        page.say_line("cli-alarms-count", &[("shown", &shown), ("count", &count)]);
        page.line(&self.base_rate);
    }
}

impl Ranked {
    fn show(&self, page: &mut Page<'_>) {
        let alarm = &self.alarm;
        let band = page.say().word("band", alarm.band.as_str());
        let (rank, points) = (self.rank.to_string(), alarm.points.to_string());
        let (counterpart, names) = (alarm.counterpart.to_string(), alarm.names.join(", "));
        let args = [
            ("rank", rank.as_str()),
            ("band", band.as_str()),
            ("counterpart", counterpart.as_str()),
            ("names", names.as_str()),
            ("points", points.as_str()),
        ];
        page.gap();
        page.heading("cli-alarm-heading", &args);
        for (reason, sentence) in alarm.reasons.iter().zip(&self.sentences) {
            page.line(&format!("  {:+}  {sentence}", reason.points));
            for reference in reason.evidence.iter().take(EVIDENCE_SHOWN) {
                page.line(&format!("       {reference}"));
            }
            if reason.evidence.len() > EVIDENCE_SHOWN {
                let more = (reason.evidence.len() - EVIDENCE_SHOWN).to_string();
                page.say_line("cli-alarm-more-evidence", &[("count", &more)]);
            }
        }
    }
}

/// Shows the ranking as the last wave of work left it. It rests on every exhibit of the case, so
/// every one of them must be open to whoever asks.
///
/// # Errors
/// [`CliError`] when refused or when the case does not exist.
pub async fn run(session: &mut Session, args: Args) -> Result<Ranking, CliError> {
    let needed = [DataCategory::Communications];
    session.every_exhibit(&args.case, Action::ReadAlarms, &needed).await?;
    let last = session.store.alarm_runs(&args.case).await?.pop();
    let (at, processed, alarms) = match last {
        Some(run) => (Some(run.at), run.processed, run.alarms),
        None => (None, serde_json::Value::Null, Vec::new()),
    };
    let count = alarms.len();
    let say = &session.say;
    let ranked = |(index, alarm): (usize, Alarm)| Ranked {
        rank: index + 1,
        sentences: alarm.reasons.iter().map(|reason| say.reason("alarm", reason)).collect(),
        alarm,
    };
    let alarms = alarms.into_iter().enumerate().map(ranked).take(args.top).collect();
    let base_rate = say.just("alarm-base-rate");
    Ok(Ranking { at, processed, count, alarms, base_rate })
}
