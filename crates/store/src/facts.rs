//! Facts: what a stage found in a content, keyed by (content, stage, stage version).
//!
//! A fact belongs to bytes, not to a path: two exhibits that hold the same file share its facts,
//! and `evidence_contents` says who has it. Recording a fact that is there is a no-op, so an
//! interrupted run is resumed by running again, and a new stage version redoes only its own facts.

use crate::sql::{Session, Value, digest, json, key, values};
use crate::{NewJob, Result, Store, account_keys, evidence, fingerprints, jobs, records};
use amparo_model::{
    AccountKey, Entry, EvidenceId, Hashes, Located, Locator, Moment, NoveltyStatement, Pdq,
    Problem, Record, Sha256,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What one job found, with the end of that job and what follows from it: one transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct FactBatch {
    /// In which exhibit the contents lie.
    pub evidence: EvidenceId,
    /// The job that is done with this.
    pub job: Option<i64>,
    /// The facts.
    pub facts: Vec<Fact>,
    /// Files of transfers that were found as entries.
    pub links: Vec<TransferLink>,
    /// Jobs that follow.
    pub enqueue: Vec<NewJob>,
}

/// What one version of one stage found in one content.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// The content.
    pub content: Sha256,
    /// The stage: a parser's id, `fingerprint`, ...
    pub stage: String,
    /// The stage's version.
    pub version: u32,
    /// What it found.
    pub body: FactBody,
}

/// What a stage can find.
#[expect(
    clippy::large_enum_variant,
    reason = "batches hold at most some thousands; plain to build"
)]
#[derive(Debug, Clone, PartialEq)]
pub enum FactBody {
    /// Records of an app store.
    Records {
        /// The records in the order of the parser.
        records: Vec<Located<Record>>,
        /// Phrases of the lexicon found in its messages.
        signals: Vec<Signal>,
        /// What could not be read.
        problems: Vec<Problem>,
    },
    /// Fingerprints of a file; they are also set on the entry.
    Fingerprint {
        /// The entry's path.
        path: String,
        /// Its hashes.
        hashes: Hashes,
        /// What its pixels and metadata say, when it is a picture that could be decoded.
        picture: Option<PictureFact>,
        /// What its frames say, when it is a video of which at least one could be decoded.
        frames: Option<VideoFact>,
        /// What could not be read.
        problems: Vec<Problem>,
    },
}

/// What the pixels and the metadata of a picture say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureFact {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// `jpeg`, `png`, ...
    pub format: String,
    /// Perceptual hash.
    pub pdq: Option<Pdq>,
    /// The same of the picture turned and mirrored, where it could be computed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub turned: Vec<Pdq>,
    /// The same of later frames of an animation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub later_frames: Vec<Pdq>,
    /// EXIF make.
    pub camera_make: Option<String>,
    /// EXIF model.
    pub camera_model: Option<String>,
    /// EXIF body serial number.
    pub camera_serial: Option<String>,
    /// EXIF time of taking.
    pub taken_at: Option<Moment>,
}

/// What the frames of a video say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoFact {
    /// The container: `mp4`, `matroska`, ...
    pub container: String,
    /// Pixels across of the first frame looked at, as shown.
    pub width: Option<u32>,
    /// Pixels down likewise.
    pub height: Option<u32>,
    /// Length as the file states it, in milliseconds.
    pub duration_ms: Option<u64>,
    /// Which frames were looked at: `key_frames` or `each_second`.
    pub sampling: String,
    /// False when a limit or damage ended the work before all of them were.
    pub complete: bool,
    /// The frames, in order.
    pub frames: Vec<FrameFact>,
}

/// One frame of a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameFact {
    /// When it is shown, in milliseconds from the beginning.
    pub at_ms: Option<u64>,
    /// Perceptual hash of the frame scaled to 512 x 512.
    pub pdq: Pdq,
}

impl VideoFact {
    /// The hashes alone, for a look-up by the share of frames that have a counterpart.
    #[must_use]
    pub fn hashes(&self) -> Vec<Pdq> {
        self.frames.iter().map(|frame| frame.pdq).collect()
    }
}

/// A phrase of the lexicon found in a message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Signal {
    /// Who wrote it.
    pub account: Option<AccountKey>,
    /// In which chat.
    pub chat: String,
    /// In which message.
    pub message: String,
    /// When.
    pub at: Option<Moment>,
    /// Rule of the lexicon.
    pub rule: String,
    /// The words around the hit.
    pub excerpt: String,
    /// Whether the owner of the store wrote it.
    pub from_owner: bool,
    /// Where the message was read.
    pub locator: Locator,
}

/// The entry that a transfer's file was found as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferLink {
    /// The store's content.
    pub content: Sha256,
    /// Where the transfer was read in it.
    pub at: Locator,
    /// The entry's path.
    pub path: String,
}

/// Names of the fact bodies in the database.
pub(crate) const RECORDS: &str = "records";
const FINGERPRINT: &str = "fingerprint";

impl Store {
    /// Records what a job found, marks the job as done and enqueues what follows. Facts that are
    /// there stay as they are; everything else in the batch still takes effect.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`] when exhibit or job are not known,
    /// [`crate::StoreError::Conflict`] when a record is of a kind that no app store holds.
    pub async fn record_facts(&self, batch: &FactBatch) -> Result<()> {
        self.record_facts_and_novelty(batch, &[]).await
    }

    /// The same, with what the known lists say of the contents, in one transaction.
    ///
    /// # Errors
    /// As [`Store::record_facts`].
    pub async fn record_facts_and_novelty(
        &self,
        batch: &FactBatch,
        novelty: &[NoveltyStatement],
    ) -> Result<()> {
        let mut session = self.write().await?;
        if !novelty.is_empty() {
            fingerprints::put_novelty(&mut session, novelty).await?;
        }
        evidence::require(&mut session, &batch.evidence).await?;
        if !batch.facts.is_empty() {
            insert_facts(&mut session, &batch.facts).await?;
            insert_presence(&mut session, batch).await?;
            set_entry_hashes(&mut session, batch).await?;
        }
        insert_links(&mut session, batch).await?;
        if let Some(job) = batch.job {
            jobs::complete(&mut session, job).await?;
        }
        jobs::insert(&mut session, &batch.enqueue).await?;
        session.commit().await
    }

    /// Whether a fact is recorded, so that the work need not be done again.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn has_fact(&self, content: &Sha256, stage: &str, version: u32) -> Result<bool> {
        let sql = "SELECT id FROM facts WHERE content = $1 AND stage = $2 AND version = $3";
        let values = values![content.to_string(), stage, i64::from(version)];
        Ok(self.read().await?.row(sql, values).await?.is_some())
    }

    /// Records that an exhibit holds a store whose records are known already, so that they count
    /// for this exhibit too.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`] when the exhibit is not known.
    pub async fn record_presence(&self, evidence: &EvidenceId, content: &Sha256) -> Result<()> {
        let mut session = self.write().await?;
        evidence::require(&mut session, evidence).await?;
        let row = values![evidence.as_str(), RECORDS, content.to_string()];
        let into = "evidence_contents (evidence, body_kind, content)";
        session.insert(into, "ON CONFLICT DO NOTHING", [row]).await?;
        session.commit().await
    }
}

type FactKey<'a> = (Sha256, &'a str, u32);

/// Inserts the facts that are not there yet. The counter is reserved first: it makes sessions that
/// record facts follow each other, so that looking and inserting cannot be torn apart.
async fn insert_facts(session: &mut Session<'_>, facts: &[Fact]) -> Result<()> {
    let first = session.reserve("facts", facts.len()).await?;
    let mut fresh: BTreeMap<FactKey<'_>, &Fact> = BTreeMap::new();
    for fact in facts {
        fresh.entry((fact.content, fact.stage.as_str(), fact.version)).or_insert(fact);
    }
    let known = known_facts(session, facts).await?;
    fresh.retain(|&(content, stage, version), _| {
        !known.contains(&(content, stage.to_owned(), i64::from(version)))
    });
    let numbered: Vec<(i64, &Fact)> = (first..).zip(fresh.into_values()).collect();
    let rows = numbered.iter().map(|(id, fact)| {
        let version = i64::from(fact.version);
        let (content, stage) = (fact.content.to_string(), fact.stage.as_str());
        values![content, stage, version, *id, kind(&fact.body), account_keys::RULES]
    });
    let rows: Vec<_> = rows.collect();
    session.insert("facts (content, stage, version, id, body_kind, keyed)", "", rows).await?;
    insert_bodies(session, &numbered).await
}

async fn insert_bodies(session: &mut Session<'_>, facts: &[(i64, &Fact)]) -> Result<()> {
    let (mut fingerprints, mut problem_rows) = (Vec::new(), Vec::new());
    for &(id, fact) in facts {
        let problems = match &fact.body {
            FactBody::Records { records, signals, problems } => {
                records::insert(session, id, records).await?;
                account_keys::insert(session, id, records).await?;
                records::insert_signals(session, id, signals).await?;
                problems
            }
            FactBody::Fingerprint { hashes, picture, frames, problems, .. } => {
                let said = (picture.as_ref(), frames.as_ref());
                fingerprints.push(fingerprint_values(id, hashes, said)?);
                problems
            }
        };
        for (seq, problem) in (0i64..).zip(problems) {
            problem_rows.push(values![id, seq, json(problem)?]);
        }
    }
    let into = "fingerprints (fact, md5, sha1, sha256, size, picture, frames)";
    session.insert(into, "", fingerprints).await?;
    session.insert("fact_problems (fact, seq, body)", "", problem_rows).await
}

async fn known_facts(
    session: &mut Session<'_>,
    facts: &[Fact],
) -> Result<BTreeSet<(Sha256, String, i64)>> {
    let contents: BTreeSet<String> = facts.iter().map(|fact| fact.content.to_string()).collect();
    let contents: Vec<String> = contents.into_iter().collect();
    let sql = "SELECT content, stage, version FROM facts WHERE content IN";
    let rows = session.rows_in(sql, vec![], &contents).await?;
    rows.iter().map(|row| Ok((row.parsed(0)?, row.text(1)?, row.int(2)?))).collect()
}

async fn insert_presence(session: &mut Session<'_>, batch: &FactBatch) -> Result<()> {
    let present: BTreeSet<(&str, Sha256)> =
        batch.facts.iter().map(|fact| (kind(&fact.body), fact.content)).collect();
    let evidence = batch.evidence.as_str();
    let rows: Vec<_> = present
        .into_iter()
        .map(|(kind, content)| values![evidence, kind, content.to_string()])
        .collect();
    let into = "evidence_contents (evidence, body_kind, content)";
    session.insert(into, "ON CONFLICT DO NOTHING", rows).await
}

async fn set_entry_hashes(session: &mut Session<'_>, batch: &FactBatch) -> Result<()> {
    let entry = |fact: &Fact| match &fact.body {
        FactBody::Fingerprint { path, hashes, .. } => Some(Entry {
            path: path.clone(),
            size: hashes.size,
            modified_at: None,
            hashes: Some(*hashes),
            place: Vec::new(),
            deleted: false,
        }),
        FactBody::Records { .. } => None,
    };
    let entries: Vec<Entry> = batch.facts.iter().filter_map(entry).collect();
    evidence::upsert_entries(session, &batch.evidence, &entries).await
}

async fn insert_links(session: &mut Session<'_>, batch: &FactBatch) -> Result<()> {
    let mut links = BTreeMap::new();
    for link in &batch.links {
        links.insert((link.content, digest(&json(&link.at)?)), link.path.as_str());
    }
    let evidence = batch.evidence.as_str();
    let rows: Vec<_> = links
        .into_iter()
        .map(|((content, at), path)| values![evidence, content.to_string(), at, key(path), path])
        .collect();
    let into = "transfer_links (evidence, content, at_key, path_key, path)";
    let tail = "ON CONFLICT (evidence, content, at_key) DO UPDATE SET path = excluded.path, \
                path_key = excluded.path_key";
    session.insert(into, tail, rows).await
}

fn kind(body: &FactBody) -> &'static str {
    match body {
        FactBody::Records { .. } => RECORDS,
        FactBody::Fingerprint { .. } => FINGERPRINT,
    }
}

fn fingerprint_values(
    id: i64,
    hashes: &Hashes,
    (picture, frames): (Option<&PictureFact>, Option<&VideoFact>),
) -> Result<Vec<Value>> {
    Ok(values![
        id,
        hashes.md5.to_string(),
        hashes.sha1.to_string(),
        hashes.sha256.to_string(),
        hashes.size.cast_signed(),
        picture.map(json).transpose()?,
        frames.map(json).transpose()?,
    ])
}
