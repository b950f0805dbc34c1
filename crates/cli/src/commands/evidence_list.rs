//! `evidence list`: the exhibits of a case, or the files of one exhibit.

use crate::session::{Deed, Session};
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page};
use amparo_authz::{Action, Object};
use amparo_model::{CaseId, DataCategory, Entry, EvidenceId, EvidenceItem, NoveltyStatement};
use serde::Serialize;
use std::collections::HashMap;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "evidence list",
    about: "List the exhibits of a case, or the files of one exhibit with what is known of them",
    examples: &[
        "amparo evidence list --case ALC-2026-0001",
        "amparo evidence list --case ALC-2026-0001 --item ALC-2026-0001/phone --json",
    ],
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
    /// One exhibit, to list its files
    #[arg(long, value_name = "ID")]
    pub item: Option<EvidenceId>,
}

/// Exhibits, or the files of one.
#[derive(Debug, Serialize)]
pub struct Listing {
    /// The exhibits.
    pub items: Vec<EvidenceItem>,
    /// The files of the exhibit asked for, by path.
    pub entries: Vec<File>,
}

/// One file of an exhibit.
#[derive(Debug, Serialize)]
pub struct File {
    /// Path, size, time and hashes.
    #[serde(flatten)]
    pub entry: Entry,
    /// What the known lists say, once it was compared.
    pub novelty: Option<NoveltyStatement>,
}

impl Outcome for Listing {
    fn show(&self, page: &mut Page<'_>) {
        if self.items.is_empty() {
            return page.say_line("cli-none-evidence", &[]);
        }
        let row = |item: &EvidenceItem| {
            vec![
                item.id.to_string(),
                item.label.clone(),
                item.authorisation.to_string(),
                item.attached_at.to_string(),
                item.attached_by.clone(),
            ]
        };
        let heads = [
            "cli-head-evidence",
            "cli-head-label",
            "cli-head-authorisation",
            "cli-head-attached-at",
            "cli-head-by",
        ];
        page.table(&heads, self.items.iter().map(row).collect());
        let heads = ["cli-head-file", "cli-head-size", "cli-head-sha256", "cli-head-novelty"];
        let rows = self.entries.iter().map(|file| file.cells(page)).collect();
        page.table(&heads, rows);
    }
}

impl File {
    fn cells(&self, page: &Page<'_>) -> Vec<String> {
        let hash = self.entry.hashes.map(|hashes| hashes.sha256.to_string());
        let novelty = self.novelty.as_ref().map(|n| page.say().word("novelty", n.novelty.as_str()));
        vec![
            self.entry.path.clone(),
            self.entry.size.to_string(),
            hash.unwrap_or_else(|| page.say().just("cli-not-read-yet")),
            novelty.unwrap_or_default(),
        ]
    }
}

/// Lists them.
///
/// # Errors
/// [`CliError`] when refused, or when case or exhibit do not exist.
pub async fn run(session: &mut Session, args: Args) -> Result<Listing, CliError> {
    session.case(&args.case).await?;
    let Some(id) = args.item else {
        let deed = Deed::on(Action::ReadCase, Object::Case(&args.case), args.case.as_str());
        session.act(&deed).await?;
        let items = session.store.evidence_of_case(&args.case).await?;
        return Ok(Listing { items, entries: Vec::new() });
    };
    let item = session.exhibit(&args.case, &id, &[DataCategory::Media]).await?;
    let mut entries = Vec::new();
    session.store.each_entry(&item.id, &mut |entry| entries.push(entry)).await?;
    let hashes: Vec<_> = entries.iter().filter_map(|e| Some(e.hashes?.sha256)).collect();
    let found = session.store.novelty(&hashes).await?;
    let novelty: HashMap<_, _> = found.into_iter().map(|n| (n.object, n)).collect();
    let entries = entries
        .into_iter()
        .map(|entry| {
            let novelty = entry.hashes.and_then(|hashes| novelty.get(&hashes.sha256).cloned());
            File { entry, novelty }
        })
        .collect();
    Ok(Listing { items: vec![item], entries })
}
