//! `custody hash`: reads the source again and says whether it is what it was.

use crate::commands::custody_add::Written;
use crate::progress::Meter;
use crate::session::Session;
use crate::{
    command::Command, error::CliError, exit::Exit, in_folder, outcome::Outcome, page::Page, worker,
};
use amparo_evidence::FolderSource;
use amparo_model::{CaseId, CustodyAct, CustodyEvent, Entry, EvidenceId, EvidenceItem, SourceSums};
use amparo_pipeline::Sums;
use serde::Serialize;
use std::collections::HashMap;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "custody hash",
    about: "Hash the source of an exhibit again and compare with what it hashed to before",
    examples: &["amparo custody hash ALC-2026-0001/phone --case ALC-2026-0001"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// Files read again together.
const AT_ONCE: usize = 4_096;

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
    let bad = |error| CliError::bad(&item.source, error);
    let (folder, _) = amparo_pipeline::source_folder(item);
    let mut reading = Reading {
        source: FolderSource::open(&folder).map_err(bad)?,
        meter: Meter::new(session.store.entry_totals(&item.id).await?.outside),
        words: session.say.just("cli-progress-hashing"),
        done: 0,
        sums: Sums::default(),
        changed: Vec::new(),
    };
    let mut some = Vec::new();
    let mut take = |entry: Entry| {
        if entry.place.is_empty() {
            some.push(entry);
        }
        if some.len() >= AT_ONCE {
            reading.read(std::mem::take(&mut some));
        }
    };
    session.store.each_entry(&item.id, &mut take).await?;
    reading.read(some);
    reading.changed.sort();
    Ok((reading.sums.finish(), reading.changed))
}

/// The source being read again.
struct Reading {
    source: FolderSource,
    meter: Meter,
    words: String,
    done: u64,
    sums: Sums,
    changed: Vec<String>,
}

impl Reading {
    /// Reads some files, which keep their order.
    fn read(&mut self, mut entries: Vec<Entry>) {
        let files = entries.iter().map(|entry| (entry.size, entry.path.as_str())).collect();
        let fresh = self.source.hash_on_threads(files, worker::parallel());
        let fresh: HashMap<String, _> =
            fresh.into_iter().map(|(path, hashed)| (path.to_owned(), hashed)).collect();
        for entry in &mut entries {
            self.done += 1;
            self.meter.at(self.done, &self.words);
            let before = entry.hashes.take();
            match fresh.get(&entry.path) {
                Some(Ok(hashes)) => {
                    if before.is_some_and(|before| before != *hashes) {
                        self.changed.push(entry.path.clone());
                    }
                    entry.hashes = Some(*hashes);
                }
                Some(Err(error)) => self.changed.push(error.to_string()),
                None => self.changed.push(entry.path.clone()),
            }
            self.sums.add(entry);
        }
    }
}
