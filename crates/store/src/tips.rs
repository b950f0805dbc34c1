//! Tips and their revisions. The same number again is a new revision, never a second tip.

use crate::sql::{Row, Session, digest, json, key, values};
use crate::{Result, Store};
use amparo_model::{IdentifierKind, Located, Problem, Sha256, TipId, TipRevision, UtcMillis};
use std::collections::BTreeSet;

/// A tip as it came out of a parser, about to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TipArrival {
    /// The original bytes.
    pub object: Sha256,
    /// Which parser read them.
    pub parser: String,
    /// The parser's version.
    pub parser_version: u32,
    /// When it was imported.
    pub imported_at: UtcMillis,
    /// Who imported it.
    pub imported_by: String,
    /// What it says.
    pub tip: Located<TipRevision>,
    /// What could not be read in it.
    pub problems: Vec<Problem>,
}

/// What became of one arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Which tip.
    pub tip: TipId,
    /// Which of its revisions these bytes are, counted from 1.
    pub revision: u32,
    /// Whether anything changed.
    pub outcome: Outcome,
}

/// Whether an arrival was news.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The tip was not known.
    New,
    /// The tip was known with other bytes; these are its next revision.
    Revised,
    /// These bytes were here already.
    Unchanged,
}

/// A stored revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTip {
    /// Counted from 1.
    pub revision: u32,
    /// The original bytes.
    pub object: Sha256,
    /// Which parser read them.
    pub parser: String,
    /// The parser's version.
    pub parser_version: u32,
    /// When it was imported.
    pub imported_at: UtcMillis,
    /// Who imported it.
    pub imported_by: String,
    /// What it says.
    pub tip: Located<TipRevision>,
    /// What could not be read in it.
    pub problems: Vec<Problem>,
}

const COLUMNS: &str = "r.revision, r.object, r.parser, r.parser_version, r.imported_at, \
                       r.imported_by, r.body, r.problems";

impl Store {
    /// Stores a batch of tips, all or none. Answers in the order of the batch.
    ///
    /// # Errors
    /// [`crate::StoreError::Busy`] when another writer revised the same tip at the same moment.
    pub async fn accept_tips(&self, arrivals: &[TipArrival]) -> Result<Vec<Accepted>> {
        let mut session = self.write().await?;
        let mut accepted = Vec::with_capacity(arrivals.len());
        for arrival in arrivals {
            accepted.push(accept(&mut session, arrival).await?);
        }
        session.commit().await?;
        Ok(accepted)
    }

    /// Records what could not be read at import, be it a part of a file or all of it. A problem
    /// that is recorded already is not recorded twice.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn record_import_problems(
        &self,
        object: Sha256,
        subject: &str,
        problems: &[Problem],
        at: UtcMillis,
    ) -> Result<()> {
        let mut rows = Vec::new();
        for problem in problems {
            let body = json(problem)?;
            let name = digest(&format!("{subject}\n{body}"));
            rows.push(values![object.to_string(), subject, name, at.0, body]);
        }
        let mut session = self.write().await?;
        let into = "import_problems (object, subject, digest, at, body)";
        session.insert(into, "ON CONFLICT DO NOTHING", rows).await?;
        session.commit().await
    }

    /// What could not be read at import, sorted by time and subject: `(object, subject, problem)`.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn import_problems(&self) -> Result<Vec<(Sha256, String, Problem)>> {
        let sql = "SELECT object, subject, body, at FROM import_problems";
        let mut found = Vec::new();
        for row in self.read().await?.rows(sql, vec![]).await? {
            found.push((row.int(3)?, row.text(1)?, row.parsed(0)?, row.json(2)?));
        }
        found.sort();
        Ok(found
            .into_iter()
            .map(|(_, subject, object, problem)| (object, subject, problem))
            .collect())
    }

    /// The current revision of every tip, by tip number.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn current_tips(&self) -> Result<Vec<StoredTip>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM tips t JOIN tip_revisions r \
             ON r.tip = t.tip AND r.revision = t.current_revision"
        );
        let rows = self.read().await?.rows(&sql, vec![]).await?;
        let mut tips: Vec<StoredTip> = rows.iter().map(stored).collect::<Result<_>>()?;
        tips.sort_by(|a, b| a.tip.record().tip.cmp(&b.tip.record().tip));
        Ok(tips)
    }

    /// All revisions of a tip, oldest first; empty when the tip is not known.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn tip_revisions(&self, tip: &TipId) -> Result<Vec<StoredTip>> {
        let sql =
            format!("SELECT {COLUMNS} FROM tip_revisions r WHERE r.tip = $1 ORDER BY r.revision");
        self.read().await?.rows(&sql, values![tip.as_str()]).await?.iter().map(stored).collect()
    }

    /// Tips whose current revision names an identifier, by its normalised form.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn tips_with_identifier(
        &self,
        kind: IdentifierKind,
        norm: &str,
    ) -> Result<Vec<TipId>> {
        let sql = "SELECT tip FROM tip_identifiers WHERE kind = $1 AND norm_key = $2";
        let rows = self.read().await?.rows(sql, values![kind.as_str(), key(norm)]).await?;
        let mut tips: Vec<TipId> = rows.iter().map(|row| row.parsed(0)).collect::<Result<_>>()?;
        tips.sort();
        Ok(tips)
    }
}

async fn accept(session: &mut Session<'_>, arrival: &TipArrival) -> Result<Accepted> {
    let tip = &arrival.tip.record().tip;
    let known = "SELECT revision FROM tip_revisions WHERE tip = $1 AND object = $2";
    if let Some(row) = session.row(known, values![tip.as_str(), arrival.object.to_string()]).await?
    {
        let revision = number(row.int(0)?)?;
        return Ok(Accepted { tip: tip.clone(), revision, outcome: Outcome::Unchanged });
    }
    let lock = session.engine.for_update();
    let current = format!("SELECT current_revision FROM tips WHERE tip = $1{lock}");
    let last = session.row(&current, values![tip.as_str()]).await?;
    let last = last.map(|row| row.int(0)).transpose()?;
    let revision = last.unwrap_or(0) + 1;
    insert_revision(session, arrival, revision).await?;
    let outcome = if last.is_some() { Outcome::Revised } else { Outcome::New };
    Ok(Accepted { tip: tip.clone(), revision: number(revision)?, outcome })
}

async fn insert_revision(
    session: &mut Session<'_>,
    arrival: &TipArrival,
    revision: i64,
) -> Result<()> {
    let tip = arrival.tip.record().tip.as_str();
    let row = values![
        tip,
        revision,
        arrival.object.to_string(),
        arrival.parser.as_str(),
        i64::from(arrival.parser_version),
        arrival.imported_at.0,
        arrival.imported_by.as_str(),
        json(&arrival.tip)?,
        json(&arrival.problems)?,
    ];
    let into = "tip_revisions (tip, revision, object, parser, parser_version, imported_at, \
                imported_by, body, problems)";
    session.insert(into, "", [row]).await?;
    let current = "INSERT INTO tips (tip, current_revision) VALUES ($1, $2) \
                   ON CONFLICT (tip) DO UPDATE SET current_revision = excluded.current_revision";
    session.run(current, values![tip, revision]).await?;
    session.run("DELETE FROM tip_identifiers WHERE tip = $1", values![tip]).await?;
    let parties = &arrival.tip.record().parties;
    let identifiers: BTreeSet<(&str, String)> = parties
        .iter()
        .flat_map(|party| &party.identifiers)
        .map(|identifier| (identifier.kind.as_str(), key(&identifier.norm)))
        .collect();
    let rows: Vec<_> =
        identifiers.into_iter().map(|(kind, norm)| values![tip, kind, norm]).collect();
    session.insert("tip_identifiers (tip, kind, norm_key)", "", rows).await
}

fn stored(row: &Row) -> Result<StoredTip> {
    Ok(StoredTip {
        revision: number(row.int(0)?)?,
        object: row.parsed(1)?,
        parser: row.text(2)?,
        parser_version: number(row.int(3)?)?,
        imported_at: UtcMillis(row.int(4)?),
        imported_by: row.text(5)?,
        tip: row.json(6)?,
        problems: row.json(7)?,
    })
}

fn number(stored: i64) -> Result<u32> {
    u32::try_from(stored).map_err(crate::StoreError::damaged)
}
