//! Tips and their revisions. The same number again is a new revision, never a second tip.

mod accept;

use crate::sql::{Row, digest, json, key, texts, values};
use crate::{Result, Store};
use amparo_model::{IdentifierKind, Located, Problem, Sha256, TipId, TipRevision, UtcMillis};

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
    /// What may link it to other tips, as the linking rules say.
    pub keys: Vec<TipKey>,
    /// Its words for the search, folded, separated by blanks.
    pub words: String,
}

/// Something that a tip shares with others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TipKey {
    /// Which kind (`email`, `ip`, `hash`).
    pub kind: String,
    /// As compared.
    pub value: String,
    /// Whether sharing it joins two tips, or only hints.
    pub joins: bool,
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
        let accepted = accept::accept(&mut session, arrivals).await?;
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

    /// The current revisions of these tips, in no order; those that are not known are left out.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn tips_of(&self, tips: &[TipId]) -> Result<Vec<StoredTip>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM tips t JOIN tip_revisions r \
             ON r.tip = t.tip AND r.revision = t.current_revision WHERE t.tip IN"
        );
        let rows = self.read().await?.rows_in(&sql, vec![], &texts(tips)).await?;
        rows.iter().map(stored).collect()
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
