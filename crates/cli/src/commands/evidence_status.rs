//! `evidence status`: how far the work on an exhibit has come, and what could not be read.

use crate::appearances::{self, Appearance};
use crate::session::Session;
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page};
use amparo_model::{CaseId, Container, EvidenceId, Problem};
use amparo_store::{JobCount, Run};
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "evidence status",
    about: "Show how far the work on an exhibit has come, and what could not be read",
    examples: &["amparo evidence status ALC-2026-0001/phone --case ALC-2026-0001"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// Problems shown to people; the JSON form has all of them.
const SHOWN_MAX: usize = 50;

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The exhibit
    pub id: EvidenceId,
    /// Its case
    #[arg(long)]
    pub case: CaseId,
}

/// Where the work stands.
#[derive(Debug, Serialize)]
pub struct Status {
    /// The exhibit.
    pub evidence: EvidenceId,
    /// Whether all its paths are listed.
    pub listed: bool,
    /// Whether the work was asked to pause.
    pub paused: bool,
    /// Files listed, and the sum of their sizes in bytes.
    pub files: u64,
    /// See `files`.
    pub bytes: u64,
    /// Files whose fingerprints are known, and their bytes.
    pub files_read: u64,
    /// See `files_read`.
    pub bytes_read: u64,
    /// Containers that were opened: archives, images, file systems.
    pub containers: Vec<Container>,
    /// The runs, the latest first.
    pub runs: Vec<Run>,
    /// Jobs by wave, kind and state.
    pub jobs: Vec<Jobs>,
    /// What could not be read.
    pub problems: Vec<Staged>,
    /// Tips that name accounts of the exhibit.
    pub tips: Vec<Appearance>,
}

/// Jobs of one kind in one state.
#[derive(Debug, Serialize)]
pub struct Jobs {
    /// 1 to 4.
    pub wave: i64,
    /// Stage.
    pub kind: String,
    /// `queued`, `running`, `done`, `failed`.
    pub state: String,
    /// How many.
    pub count: u64,
}

/// A problem with the stage that met it.
#[derive(Debug, Serialize)]
pub struct Staged {
    /// Which stage.
    pub stage: String,
    /// What it could not read.
    pub problem: Problem,
}

impl Outcome for Status {
    fn show(&self, page: &mut Page<'_>) {
        let id = if self.listed { "cli-evidence-listed" } else { "cli-evidence-not-listed" };
        page.say_line(id, &[("evidence", self.evidence.as_str())]);
        self.show_amounts(page);
        let job = |jobs: &Jobs| {
            vec![
                jobs.wave.to_string(),
                jobs.kind.clone(),
                jobs.state.clone(),
                jobs.count.to_string(),
            ]
        };
        let heads = ["cli-head-wave", "cli-head-stage", "cli-head-state", "cli-head-count"];
        page.table(&heads, self.jobs.iter().map(job).collect());
        show_problems(&self.problems, page);
        appearances::show("cli-evidence-tips", &self.tips, page);
    }
}

impl Status {
    /// How much is read, since when, and when the first alarm came.
    fn show_amounts(&self, page: &mut Page<'_>) {
        let amounts = [self.files_read, self.files, self.bytes_read >> 20, self.bytes >> 20];
        let [read, files, read_mb, mb] = amounts.map(|amount| amount.to_string());
        let args = [("read", read.as_str()), ("files", &files), ("readmb", &read_mb), ("mb", &mb)];
        page.say_line("cli-evidence-amounts", &args);
        let Some(run) = self.runs.first() else { return };
        let seconds = (run.seen_at.0 - run.started_at.0).max(0) / 1_000;
        let (since, seconds) = (run.started_at.to_string(), seconds.to_string());
        let state = run.ended.as_deref().unwrap_or(if self.paused { "pausing" } else { "running" });
        let state = page.say().word("run", state);
        let args = [("since", since.as_str()), ("seconds", &seconds), ("state", &state)];
        page.say_line("cli-evidence-run", &args);
        if let Some(ms) = self.runs.iter().find_map(|run| run.first_alarm_ms) {
            let seconds = format!("{:.1}", ms as f64 / 1_000.0);
            page.say_line("cli-evidence-alarm-at", &[("seconds", &seconds)]);
        }
    }
}

/// Shows problems as a table, and how many more there are.
pub fn show_problems(problems: &[Staged], page: &mut Page<'_>) {
    let count = problems.len().to_string();
    page.say_line("cli-problem-count", &[("count", &count)]);
    let row = |staged: &Staged| {
        let problem = &staged.problem;
        vec![
            staged.stage.clone(),
            page.say().word("problem", problem.kind.as_str()),
            problem.subject.clone(),
            problem.at.as_ref().map(|at| at.place.to_string()).unwrap_or_default(),
            problem.detail.clone(),
        ]
    };
    let rows = problems.iter().take(SHOWN_MAX).map(row).collect();
    let heads =
        ["cli-head-stage", "cli-head-kind", "cli-head-file", "cli-head-place", "cli-head-detail"];
    page.table(&heads, rows);
    if problems.len() > SHOWN_MAX {
        let more = (problems.len() - SHOWN_MAX).to_string();
        page.say_line("cli-problems-more", &[("count", &more)]);
    }
}

/// Looks it up.
///
/// # Errors
/// [`CliError`] when refused, or when case or exhibit do not exist.
pub async fn run(session: &mut Session, args: Args) -> Result<Status, CliError> {
    let item = session.exhibit(&args.case, &args.id, &[]).await?;
    let jobs = session.store.job_counts(&item.id).await?;
    let problems = session.store.problems(&item.id).await?;
    let totals = session.store.entry_totals(&item.id).await?;
    Ok(Status {
        paused: session.store.paused(&item.id).await?,
        files: totals.files,
        bytes: totals.bytes,
        files_read: totals.files_read,
        bytes_read: totals.bytes_read,
        containers: session.store.containers(&item.id).await?,
        runs: session.store.runs(&item.id).await?,
        listed: session.store.listing_finished(&item.id).await?,
        jobs: jobs.into_iter().map(Jobs::from).collect(),
        problems: problems.into_iter().map(|(stage, problem)| Staged { stage, problem }).collect(),
        tips: appearances::of_exhibit(session, &item).await?,
        evidence: item.id,
    })
}

impl From<JobCount> for Jobs {
    fn from(count: JobCount) -> Self {
        Self { wave: count.wave, kind: count.kind, state: count.state, count: count.count }
    }
}
