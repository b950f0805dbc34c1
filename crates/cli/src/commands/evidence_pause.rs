//! `evidence pause`: asks the work on an exhibit to pause, wherever it runs.

use crate::session::Session;
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page};
use amparo_model::{CaseId, EvidenceId};
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "evidence pause",
    about: "Let the work on an exhibit pause after the jobs in hand; \"evidence add\" goes on",
    examples: &["amparo evidence pause ALC-2026-0001/phone --case ALC-2026-0001"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The exhibit
    pub id: EvidenceId,
    /// Its case
    #[arg(long)]
    pub case: CaseId,
}

/// What was asked for.
#[derive(Debug, Serialize)]
pub struct Paused {
    /// The exhibit.
    pub evidence: EvidenceId,
}

impl Outcome for Paused {
    fn show(&self, page: &mut Page<'_>) {
        page.say_line("cli-evidence-paused", &[("evidence", self.evidence.as_str())]);
    }
}

/// Asks for it. A process that works on the exhibit stops within about a second and a job.
///
/// # Errors
/// [`CliError`] when refused, or when case or exhibit do not exist.
pub async fn run(session: &mut Session, args: Args) -> Result<Paused, CliError> {
    let detail = serde_json::json!({ "pause": true });
    let item = session.exhibit_to_work_on(&args.case, &args.id, detail).await?;
    session.store.set_paused(&item.id, true).await?;
    Ok(Paused { evidence: item.id })
}
