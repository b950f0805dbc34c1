//! `tips import`: tips from a clearing house, durable before they are acknowledged.

use crate::command::Command;
use crate::intake::{self, RevisionAlert};
use crate::{error::CliError, exit::Exit, files, in_folder, outcome::Outcome, page::Page};
use crate::{progress::Meter, session::Session, triage, worker};
use amparo_model::{Problem, ProblemKind, TipId};
use amparo_sandbox::Pool;
use serde::Serialize;
use std::path::PathBuf;
use std::sync::Arc;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "tips import",
    about: "Take in tips: JSON, PDF, XML, and ZIP packages of them; files, or folders of files",
    examples: &[
        "amparo tips import tips/",
        "amparo tips import package.zip report.pdf",
        "amparo tips import 900000001.json --one-by-one --json",
    ],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// Refused files shown to people; the JSON form has all of them.
const SHOWN_MAX: usize = 50;

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Files, or folders to be searched to the bottom
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// Make each file durable and acknowledge it by itself, as from a mailbox
    #[arg(long)]
    pub one_by_one: bool,
}

/// What became of it.
#[derive(Debug, Default, Serialize)]
pub struct Imported {
    /// Files looked at.
    pub sources: u64,
    /// Tips seen for the first time.
    pub new: u64,
    /// Tips that were known and now have another revision.
    pub revised: u64,
    /// Tips that were known with these very bytes.
    pub unchanged: u64,
    /// The tips that are new or revised.
    pub tips: Vec<TipId>,
    /// What could not be read inside files that were taken in.
    pub problems: Vec<Problem>,
    /// Files of which nothing could be used; their bytes are kept.
    pub refused: Vec<Problem>,
    /// Files found in a folder that are in no form this version reads.
    pub skipped: Vec<Problem>,
    /// Revisions that change a level, the files, a class or the country: look at these again.
    pub alerts: Vec<RevisionAlert>,
}

impl Outcome for Imported {
    fn show(&self, page: &mut Page<'_>) {
        let count = |n: u64| n.to_string();
        let (new, revised) = (count(self.new), count(self.revised));
        let (unchanged, sources) = (count(self.unchanged), count(self.sources));
        let args = [
            ("sources", sources.as_str()),
            ("new", new.as_str()),
            ("revised", revised.as_str()),
            ("unchanged", unchanged.as_str()),
        ];
        page.say_line("cli-tips-imported", &args);
        if !self.problems.is_empty() {
            page.say_line("cli-problem-count", &[("count", &self.problems.len().to_string())]);
        }
        for alert in &self.alerts {
            let on: Vec<String> =
                alert.what.on.iter().map(|on| page.say().word("alert-on", on.as_str())).collect();
            let args = [("tip", alert.tip.as_str()), ("on", &on.join(", "))];
            page.say_line("cli-tips-alert", &args);
        }
        show_files("cli-tips-refused", &self.refused, page);
        show_files("cli-tips-skipped", &self.skipped, page);
    }

    fn exit(&self) -> Exit {
        if self.refused.is_empty() { Exit::Ok } else { Exit::BadInput }
    }
}

fn show_files(heading: &str, problems: &[Problem], page: &mut Page<'_>) {
    if problems.is_empty() {
        return;
    }
    page.heading(heading, &[("count", &problems.len().to_string())]);
    let row = |problem: &Problem| {
        vec![
            problem.subject.clone(),
            page.say().word("problem", problem.kind.as_str()),
            problem.at.as_ref().map(|at| at.place.to_string()).unwrap_or_default(),
            problem.detail.clone(),
        ]
    };
    let rows = problems.iter().take(SHOWN_MAX).map(row).collect();
    page.table(&["cli-head-file", "cli-head-kind", "cli-head-place", "cli-head-detail"], rows);
    if problems.len() > SHOWN_MAX {
        let more = (problems.len() - SHOWN_MAX).to_string();
        page.say_line("cli-problems-more", &[("count", &more)]);
    }
}

/// Takes them in, batch by batch.
///
/// # Errors
/// [`CliError`] when refused, or when disk, database or confinement fail. What was acknowledged
/// before stays; the same import again changes nothing about it.
pub async fn run(session: &mut Session, args: Args) -> Result<Imported, CliError> {
    let mut imported = Imported::default();
    let mut paths = Vec::new();
    for found in files::expand(&args.paths) {
        imported.sources += 1;
        match found {
            Ok(path) => paths.push(path),
            Err(error) => imported.refused.push(not_listed(&error)),
        }
    }
    let pool = worker::pool(&session.worker_program, worker::parallel())?;
    let desk = triage::Desk::open(session).await?;
    let mut meter = Meter::new(paths.len() as u64);
    // Without a single file the act is still decided and logged.
    let nothing = paths.is_empty().then_some([].as_slice());
    let mut done = 0;
    let batches = match args.one_by_one {
        true => paths.chunks(1).collect(),
        false => intake::batches(&paths),
    };
    let mut batches = batches.into_iter().chain(nothing);
    let mut started = None;
    while let Some((batch, now)) = match started.take() {
        Some(started) => Some(started),
        None => begin(session, &pool, batches.next(), &args.paths).await?,
    } {
        // The disk is slow and processors are free: the next batch is read while this one is
        // stored. One by one means that nothing is read before the last one is acknowledged.
        if !args.one_by_one {
            started = begin(session, &pool, batches.next(), &args.paths).await?;
        }
        let taken = intake::finish(session, &pool, desk.places(), now).await?;
        let from = imported.tips.len();
        imported.add(taken);
        let news = imported.tips.get(from..).unwrap_or_default();
        if !news.is_empty() {
            desk.triage(session, news.to_vec()).await?;
        }
        let sentence = session.say.just("cli-progress-tips");
        done += batch.len() as u64;
        meter.at(done, &sentence);
    }
    triage::complete(session, &desk).await?;
    Ok(imported)
}

type Begun<'p> = Option<(&'p [PathBuf], intake::Started)>;

async fn begin<'p>(
    session: &mut Session,
    pool: &Arc<Pool>,
    batch: Option<&'p [PathBuf]>,
    named: &[PathBuf],
) -> Result<Begun<'p>, CliError> {
    let Some(batch) = batch else { return Ok(None) };
    Ok(Some((batch, intake::start(session, pool, batch, named).await?)))
}

impl Imported {
    fn add(&mut self, taken: intake::Taken) {
        for accepted in taken.accepted {
            match accepted.outcome {
                amparo_store::Outcome::New => self.new += 1,
                amparo_store::Outcome::Revised => self.revised += 1,
                amparo_store::Outcome::Unchanged => {
                    self.unchanged += 1;
                    continue;
                }
            }
            self.tips.push(accepted.tip);
        }
        self.problems.extend(taken.problems);
        self.refused.extend(taken.refused);
        self.skipped.extend(taken.skipped);
        self.alerts.extend(taken.alerts);
    }
}

fn not_listed(error: &CliError) -> Problem {
    let (subject, detail) = match error {
        CliError::BadInput { what, why } => (what.clone(), why.clone()),
        other => (String::new(), other.to_string()),
    };
    Problem { kind: ProblemKind::Unreadable, at: None, subject, detail }
}
