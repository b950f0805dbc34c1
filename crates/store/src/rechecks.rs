//! Everything that was ever compared with the lists, page by page, and how answers changed when
//! the lists did.

use crate::sql::{Row, json, values};
use crate::{PictureFact, Result, Store, VideoFact};
use amparo_model::{CaseId, Hashes, Novelty, NoveltyStatement, Sha256, UtcMillis};

/// An object with the current answer and what a new one needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// The answer that stands.
    pub statement: NoveltyStatement,
    /// Its hashes, when its bytes were read.
    pub hashes: Option<Hashes>,
    /// What its pixels say, when it is a picture.
    pub picture: Option<PictureFact>,
    /// What its frames say, when it is a video.
    pub frames: Option<VideoFact>,
}

/// An answer that became another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoveltyChange {
    /// Later changes have larger numbers; only this database knows it.
    pub number: i64,
    /// The file.
    pub object: Sha256,
    /// When.
    pub at: UtcMillis,
    /// The answer until then.
    pub before: Novelty,
    /// The answer since.
    pub after: Novelty,
}

impl Store {
    /// Up to `limit` compared objects after `after`, in the order of their names.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn compared(&self, after: Option<Sha256>, limit: u32) -> Result<Vec<Compared>> {
        let sql = "SELECT n.body, p.size, p.md5, p.sha1, p.sha256, p.picture, p.frames \
                   FROM novelty n \
                   LEFT JOIN facts f ON f.content = n.object AND f.body_kind = 'fingerprint' \
                   AND f.version = (SELECT MAX(g.version) FROM facts g WHERE \
                   g.content = n.object AND g.body_kind = 'fingerprint') \
                   LEFT JOIN fingerprints p ON p.fact = f.id \
                   WHERE n.object > $1 ORDER BY n.object LIMIT $2";
        let after = after.map(String::from).unwrap_or_default();
        let rows = self.read().await?.rows(sql, values![after, i64::from(limit)]).await?;
        rows.iter().map(compared).collect()
    }

    /// Replaces answers after the lists changed, and keeps what they were. All or nothing.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn record_recheck(
        &self,
        changed: &[(NoveltyStatement, Novelty)],
        at: UtcMillis,
    ) -> Result<()> {
        let (mut answers, mut changes) = (Vec::new(), Vec::new());
        let mut session = self.write().await?;
        for (statement, before) in changed {
            let (object, after) = (statement.object.to_string(), statement.novelty);
            answers.push(values![object.as_str(), after.as_str(), json(statement)?]);
            if *before != after {
                let sql = "SELECT COUNT(*) FROM novelty_changes WHERE object = $1";
                let row = session.row(sql, values![object.as_str()]).await?;
                let seq = row.map_or(Ok(0), |row| row.int(0))?;
                let number = session.reserve("novelty_changes", 1).await?;
                let words = (before.as_str(), after.as_str());
                changes.push(values![number, object, seq, at.0, words.0, words.1]);
            }
        }
        let tail = "ON CONFLICT (object) DO UPDATE SET novelty = excluded.novelty, \
                    body = excluded.body";
        session.insert("novelty (object, novelty, body)", tail, answers).await?;
        let into = "novelty_changes (number, object, seq, at, before, after)";
        session.insert(into, "", changes).await?;
        session.commit().await
    }

    /// Answers that changed after the change of this number, oldest first.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn novelty_changes(&self, after: i64) -> Result<Vec<NoveltyChange>> {
        let sql = "SELECT number, object, at, before, after FROM novelty_changes \
                   WHERE number > $1 ORDER BY number";
        let rows = self.read().await?.rows(sql, values![after]).await?;
        rows.iter().map(change).collect()
    }

    /// The number of the latest change; 0 before the first.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn latest_novelty_change(&self) -> Result<i64> {
        let sql = "SELECT next FROM counters WHERE name = 'novelty_changes'";
        let row = self.read().await?.row(sql, vec![]).await?;
        row.map_or(Ok(0), |row| Ok(row.int(0)? - 1))
    }

    /// The cases that hold one of these objects, as a file or as something exchanged, sorted.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn cases_holding(&self, objects: &[Sha256]) -> Result<Vec<CaseId>> {
        let names: Vec<String> = objects.iter().map(Sha256::to_string).collect();
        let mut session = self.read().await?;
        let as_file = "SELECT DISTINCT e.case_id FROM entries n JOIN evidence e \
                       ON e.id = n.evidence WHERE n.sha256 IN";
        let mut rows = session.rows_in(as_file, vec![], &names).await?;
        let exchanged = "SELECT DISTINCT e.case_id FROM transfers t JOIN facts f ON f.id = t.fact \
                         JOIN evidence_contents c ON c.content = f.content \
                         JOIN evidence e ON e.id = c.evidence WHERE t.hash_key IN";
        rows.extend(session.rows_in(exchanged, vec![], &names).await?);
        let mut cases: Vec<CaseId> = rows.iter().map(|row| row.parsed(0)).collect::<Result<_>>()?;
        cases.sort();
        cases.dedup();
        Ok(cases)
    }
}

fn compared(row: &Row) -> Result<Compared> {
    let hashes = match row.opt_int(1)? {
        Some(size) => Some(Hashes {
            size: size.cast_unsigned(),
            md5: row.parsed(2)?,
            sha1: row.parsed(3)?,
            sha256: row.parsed(4)?,
        }),
        None => None,
    };
    let picture = if row.opt_text(5)?.is_some() { Some(row.json(5)?) } else { None };
    let frames = if row.opt_text(6)?.is_some() { Some(row.json(6)?) } else { None };
    Ok(Compared { statement: row.json(0)?, hashes, picture, frames })
}

fn change(row: &Row) -> Result<NoveltyChange> {
    Ok(NoveltyChange {
        number: row.int(0)?,
        object: row.parsed(1)?,
        at: UtcMillis(row.int(2)?),
        before: row.word(3)?,
        after: row.word(4)?,
    })
}
