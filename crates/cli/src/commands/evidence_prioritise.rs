//! `evidence prioritise`: what an examiner wants to know first is read before the rest.

use crate::session::{Deed, Session};
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page};
use amparo_authz::{Action, Object};
use amparo_model::{CaseId, EvidenceId};
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "evidence prioritise",
    about: "Read some files of an exhibit before the others, also while it is being read",
    examples: &["amparo evidence prioritise ALC-2026-0001/phone --case ALC-2026-0001 \
         --path \"**/Download/**\""],
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
    /// Which files, as a pattern of paths: * within a folder, ** across folders
    #[arg(long, value_name = "PATTERN", required = true)]
    pub path: Vec<String>,
}

/// What was changed.
#[derive(Debug, Serialize)]
pub struct Prioritised {
    /// The exhibit.
    pub evidence: EvidenceId,
    /// Files that match and are not read yet.
    pub files: u64,
}

impl Outcome for Prioritised {
    fn show(&self, page: &mut Page<'_>) {
        let files = self.files.to_string();
        let args = [("evidence", self.evidence.as_str()), ("files", files.as_str())];
        page.say_line("cli-evidence-prioritised", &args);
    }
}

/// Puts the files in front.
///
/// # Errors
/// [`CliError`] when refused, when case or exhibit do not exist, or when a pattern is none.
pub async fn run(session: &mut Session, args: Args) -> Result<Prioritised, CliError> {
    let item = session.exhibit(&args.case, &args.id, &[]).await?;
    let order = session.store.authorisation(&item.authorisation).await?;
    let order = order.ok_or_else(|| CliError::unknown("authorisation", &item.authorisation))?;
    let object = Object::Evidence { case: &item.case, label: &item.label };
    let deed = Deed::on(Action::AttachEvidence, object, item.id.as_str())
        .under(Some(&order), &order.categories)
        .detail(serde_json::json!({ "prioritise": args.path }));
    session.act(&deed).await?;
    let scope = amparo_pipeline::Scope::of(&order);
    let files = amparo_pipeline::prioritise(&session.store, &item.id, &scope, &args.path)
        .await
        .map_err(super::evidence_add::failed)?;
    Ok(Prioritised { evidence: item.id, files })
}
