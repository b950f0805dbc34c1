//! `verdict list`: what people of this unit said of the files of a case.

use crate::session::{Deed, Session};
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page};
use amparo_authz::{Action, Object};
use amparo_model::{CaseId, UtcMillis};
use amparo_store::{StoredVerdict, Verdict};
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "verdict list",
    about: "List what people of this unit said of the files of a case",
    examples: &["amparo verdict list --case ALC-2026-0001"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The case
    #[arg(long)]
    pub case: CaseId,
}

/// All verdicts, by file, oldest first.
#[derive(Debug, Serialize)]
pub struct Verdicts {
    /// The verdicts.
    pub verdicts: Vec<Said>,
}

/// One verdict.
#[derive(Debug, Serialize)]
pub struct Said {
    /// What was said.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// When.
    pub at: UtcMillis,
    /// By whom.
    pub by: String,
}

impl Outcome for Verdicts {
    fn show(&self, page: &mut Page<'_>) {
        if self.verdicts.is_empty() {
            return page.say_line("cli-none-verdicts", &[]);
        }
        let row = |said: &Said| {
            vec![
                said.verdict.object.to_string(),
                said.verdict.scheme.to_string(),
                said.verdict.code.clone(),
                said.verdict.series.clone().unwrap_or_default(),
                said.at.to_string(),
                said.by.clone(),
                said.verdict.note.clone().unwrap_or_default(),
            ]
        };
        let heads = [
            "cli-head-sha256",
            "cli-head-scheme",
            "cli-head-code",
            "cli-head-series",
            "cli-head-when",
            "cli-head-by",
            "cli-head-note",
        ];
        page.table(&heads, self.verdicts.iter().map(row).collect());
    }
}

/// Lists them.
///
/// # Errors
/// [`CliError`] when refused, or when the case does not exist.
pub async fn run(session: &mut Session, args: Args) -> Result<Verdicts, CliError> {
    session.case(&args.case).await?;
    let deed = Deed::on(Action::ReadCase, Object::Case(&args.case), args.case.as_str());
    session.act(&deed).await?;
    let said =
        |stored: StoredVerdict| Said { verdict: stored.verdict, at: stored.at, by: stored.by };
    let verdicts = session.store.verdicts(&args.case).await?.into_iter().map(said).collect();
    Ok(Verdicts { verdicts })
}
