//! Fingerprints of entries, and what the lists say about them.

use crate::sql::{Row, Session, json, values};
use crate::{PictureFact, Result, Store, VideoFact};
use amparo_model::{CaseId, EvidenceId, Hashes, NoveltyStatement, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// The fingerprints of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFingerprint {
    /// In which exhibit.
    pub evidence: EvidenceId,
    /// The entry's path.
    pub path: String,
    /// Its hashes.
    pub hashes: Hashes,
    /// What its pixels and metadata say.
    pub picture: Option<PictureFact>,
    /// What its frames say.
    pub frames: Option<VideoFact>,
}

impl Store {
    /// The fingerprints of all entries of a case that have been read, by exhibit and path. Of
    /// several stage versions the newest counts.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn fingerprints(&self, case: &CaseId) -> Result<Vec<StoredFingerprint>> {
        let sql = "SELECT e.id, n.path, p.size, p.md5, p.sha1, p.sha256, p.picture, p.frames \
                   FROM evidence e JOIN entries n ON n.evidence = e.id \
                   JOIN facts f ON f.content = n.sha256 JOIN fingerprints p ON p.fact = f.id \
                   WHERE e.case_id = $1 ORDER BY f.version";
        let mut newest = BTreeMap::new();
        for row in self.read().await?.rows(sql, values![case.as_str()]).await? {
            let hashes = Hashes {
                size: row.int(2)?.cast_unsigned(),
                md5: row.parsed(3)?,
                sha1: row.parsed(4)?,
                sha256: row.parsed(5)?,
            };
            let said = (optional(&row, 6)?, optional(&row, 7)?);
            newest.insert((row.parsed::<EvidenceId>(0)?, row.text(1)?), (hashes, said));
        }
        let entry = |((evidence, path), (hashes, (picture, frames)))| StoredFingerprint {
            evidence,
            path,
            hashes,
            picture,
            frames,
        };
        Ok(newest.into_iter().map(entry).collect())
    }

    /// What the newest fingerprints say of those of these objects that are pictures and lie in an
    /// exhibit of the case, by object.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn pictures(
        &self,
        case: &CaseId,
        objects: &[Sha256],
    ) -> Result<BTreeMap<Sha256, PictureFact>> {
        let names: BTreeSet<String> = objects.iter().map(Sha256::to_string).collect();
        let names: Vec<String> = names.into_iter().collect();
        let sql = "SELECT f.content, p.picture FROM facts f JOIN fingerprints p ON p.fact = f.id \
                   JOIN evidence_contents c ON c.content = f.content \
                   AND c.body_kind = f.body_kind JOIN evidence e ON e.id = c.evidence \
                   WHERE e.case_id = $1 AND p.picture IS NOT NULL AND f.content IN";
        let (case, tail) = (values![case.as_str()], " ORDER BY f.version");
        let rows = self.read().await?.rows_in_then(sql, case, &names, tail).await?;
        rows.iter().map(|row| Ok((row.parsed(0)?, row.json(1)?))).collect()
    }

    /// Keeps novelty statements; a newer statement about an object replaces the older one.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn put_novelty(&self, statements: &[NoveltyStatement]) -> Result<()> {
        let mut session = self.write().await?;
        put_novelty(&mut session, statements).await?;
        session.commit().await
    }

    /// The novelty statements about some objects, by object; objects without one are left out.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn novelty(&self, objects: &[Sha256]) -> Result<Vec<NoveltyStatement>> {
        let mut names: Vec<String> = objects.iter().map(Sha256::to_string).collect();
        names.sort();
        names.dedup();
        let sql = "SELECT body FROM novelty WHERE object IN";
        let rows = self.read().await?.rows_in(sql, vec![], &names).await?;
        let mut found: Vec<NoveltyStatement> =
            rows.iter().map(|row| row.json(0)).collect::<Result<_>>()?;
        found.sort_by_key(|statement| statement.object);
        Ok(found)
    }
}

/// Keeps novelty statements in a session that records more.
pub(crate) async fn put_novelty(
    session: &mut Session<'_>,
    statements: &[NoveltyStatement],
) -> Result<()> {
    let last: BTreeMap<Sha256, &NoveltyStatement> =
        statements.iter().map(|statement| (statement.object, statement)).collect();
    let mut rows = Vec::with_capacity(last.len());
    for (object, statement) in last {
        rows.push(values![object.to_string(), statement.novelty.as_str(), json(statement)?]);
    }
    let tail = "ON CONFLICT (object) DO UPDATE SET novelty = excluded.novelty, \
                body = excluded.body";
    session.insert("novelty (object, novelty, body)", tail, rows).await
}

/// A JSON column that may be empty.
fn optional<T: serde::de::DeserializeOwned>(row: &Row, at: usize) -> Result<Option<T>> {
    row.opt_text(at)?.map(|_| row.json(at)).transpose()
}
