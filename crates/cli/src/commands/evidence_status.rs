//! `evidence status`: how far the work on an exhibit has come, and what could not be read.

use crate::session::Session;
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page};
use amparo_model::{CaseId, EvidenceId, Problem};
use amparo_store::JobCount;
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
    /// Jobs by wave, kind and state.
    pub jobs: Vec<Jobs>,
    /// What could not be read.
    pub problems: Vec<Staged>,
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
    Ok(Status {
        listed: session.store.listing_finished(&item.id).await?,
        jobs: jobs.into_iter().map(Jobs::from).collect(),
        problems: problems.into_iter().map(|(stage, problem)| Staged { stage, problem }).collect(),
        evidence: item.id,
    })
}

impl From<JobCount> for Jobs {
    fn from(count: JobCount) -> Self {
        Self { wave: count.wave, kind: count.kind, state: count.state, count: count.count }
    }
}
