//! `custody hash`: reads the source again and says whether it is what it was.

use crate::commands::custody_add::Written;
use crate::progress::Meter;
use crate::session::Session;
use crate::{
    command::Command, error::CliError, exit::Exit, in_folder, outcome::Outcome, page::Page,
};
use amparo_evidence::FolderSource;
use amparo_model::{CaseId, CustodyAct, CustodyEvent, EvidenceId, EvidenceItem, SourceSums};
use amparo_pipeline::source_sums;
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "custody hash",
    about: "Hash the source of an exhibit again and compare with what it hashed to before",
    examples: &["amparo custody hash ALC-2026-0001/phone --case ALC-2026-0001"],
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

/// What was found.
#[derive(Debug, Serialize)]
pub struct Hashed {
    /// The event as written.
    #[serde(flatten)]
    pub written: Written,
    /// Files that could not be read, or hash otherwise than they did; their paths.
    pub changed: Vec<String>,
}

impl Outcome for Hashed {
    fn show(&self, page: &mut Page<'_>) {
        let id = match self.written.event.unchanged {
            Some(true) => "cli-custody-unchanged",
            Some(false) => "cli-custody-changed",
            None => "cli-custody-first",
        };
        let hash = self.written.event.sums.as_ref().map(|sums| sums.sha256.to_string());
        let hash = hash.unwrap_or_default();
        let args = [("evidence", self.written.evidence.as_str()), ("hash", hash.as_str())];
        page.say_line(id, &args);
        self.changed.iter().for_each(|path| page.line(path));
    }

    fn exit(&self) -> Exit {
        if self.written.event.unchanged == Some(false) { Exit::SaysNo } else { Exit::Ok }
    }
}

/// Reads all of it.
///
/// # Errors
/// [`CliError`] when refused, or when case, exhibit or source do not exist.
pub async fn run(session: &mut Session, args: Args) -> Result<Hashed, CliError> {
    let detail = serde_json::json!({ "custody": "hashed" });
    let item = session.exhibit_to_work_on(&args.case, &args.id, detail).await?;
    let (sums, changed) = hash(session, &item).await?;
    let before = session.store.custody(&item.id).await?.into_iter().rev().find_map(|e| e.sums);
    let unchanged = before.map(|before| before == sums && changed.is_empty());
    let now = session.clock.now();
    let event = CustodyEvent {
        act: CustodyAct::Hashed,
        at: now,
        recorded_at: now,
        recorded_by: session.actor.name.clone(),
        holder: None,
        seal: None,
        from: None,
        to: None,
        reason: session.reason.clone(),
        sums: Some(sums),
        unchanged,
    };
    session.store.add_custody(&item.id, &event).await?;
    Ok(Hashed { written: Written { evidence: item.id, event }, changed })
}

async fn hash(
    session: &Session,
    item: &EvidenceItem,
) -> Result<(SourceSums, Vec<String>), CliError> {
    let mut entries = session.store.entries(&item.id).await?;
    entries.retain(|entry| entry.place.is_empty());
    let bad = |error| CliError::bad(&item.source, error);
    let (folder, _) = amparo_pipeline::source_folder(item);
    let source = FolderSource::open(&folder).map_err(bad)?;
    let mut meter = Meter::new(entries.len() as u64);
    let (mut changed, mut done) = (Vec::new(), 0);
    let known: std::collections::HashMap<String, _> =
        entries.iter().map(|entry| (entry.path.clone(), entry.hashes)).collect();
    let mut fresh = std::collections::HashMap::new();
    let mut paths = known.keys().map(String::as_str);
    source.hash_many(&mut paths, &mut |path, hashed| {
        done += 1;
        meter.at(done, &session.say.just("cli-progress-hashing"));
        match hashed {
            Ok(hashes) => {
                if known.get(path).is_some_and(|old| old.is_some_and(|old| old != hashes)) {
                    changed.push(path.to_owned());
                }
                fresh.insert(path.to_owned(), hashes);
            }
            Err(error) => changed.push(error.to_string()),
        }
    });
    for entry in &mut entries {
        entry.hashes = fresh.get(&entry.path).copied();
    }
    changed.sort();
    Ok((source_sums(&entries), changed))
}
