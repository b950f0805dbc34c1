//! Exhibits, the entries found in them, and what could not be read.

use crate::cases;
use crate::sql::{Engine, Row, Session, Value, digest, json, key, values};
use crate::{NewJob, Result, Store, StoreError, jobs};
use amparo_model::{
    CaseId, Container, Entry, EvidenceId, EvidenceItem, Hashes, Problem, UtcMillis,
};
use std::collections::BTreeMap;

/// The exhibit as it stands after attaching.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// The exhibit; when it existed, with the id and time of its first attachment.
    pub item: EvidenceItem,
    /// Whether it was attached before.
    pub existed: bool,
}

/// What the entries of an exhibit sum up to. Sizes are as claimed; sparse giants claim much.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EntryTotals {
    /// Entries.
    pub files: u64,
    /// Those that lie in no container.
    pub outside: u64,
    /// Sizes of all.
    pub bytes: u64,
    /// Those whose hashes are recorded.
    pub files_read: u64,
    /// Their sizes.
    pub bytes_read: u64,
}

/// What [`read_entry`] reads.
const SELECT: &str =
    "SELECT path, size, modified_at, md5, sha1, sha256, place, deleted FROM entries";

/// The stage name under which problems of the listing are kept.
pub(crate) const LISTING: &str = "listing";

impl Store {
    /// Attaches an exhibit. The same case, label and source is the same exhibit: it is returned as
    /// it is, whatever id the call proposes.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when case or authorisation are not known, [`StoreError::Conflict`]
    /// when the id belongs to another exhibit or the authorisation to another case.
    pub async fn attach_evidence(&self, item: &EvidenceItem) -> Result<Attached> {
        let mut session = self.write().await?;
        let natural = digest(&json(&(&item.case, &item.label, &item.source))?);
        let sql = "SELECT body FROM evidence WHERE natural_key = $1";
        if let Some(row) = session.row(sql, values![natural.as_str()]).await? {
            return Ok(Attached { item: row.json(0)?, existed: true });
        }
        check_attachable(&mut session, item).await?;
        let row = values![item.id.as_str(), item.case.as_str(), natural, 0, json(item)?];
        session.insert("evidence (id, case_id, natural_key, listed, body)", "", [row]).await?;
        session.commit().await?;
        Ok(Attached { item: item.clone(), existed: false })
    }

    /// An exhibit by its id.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when the row cannot be understood.
    pub async fn evidence(&self, id: &EvidenceId) -> Result<Option<EvidenceItem>> {
        let sql = "SELECT body FROM evidence WHERE id = $1";
        let row = self.read().await?.row(sql, values![id.as_str()]).await?;
        row.map(|row| row.json(0)).transpose()
    }

    /// The exhibits of a case by id.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a row cannot be understood.
    pub async fn evidence_of_case(&self, case: &CaseId) -> Result<Vec<EvidenceItem>> {
        let sql = "SELECT body FROM evidence WHERE case_id = $1";
        let rows = self.read().await?.rows(sql, values![case.as_str()]).await?;
        let mut items: Vec<EvidenceItem> =
            rows.iter().map(|row| row.json(0)).collect::<Result<_>>()?;
        items.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(items)
    }

    /// Records entries, and what could not be listed. An entry that is there is updated;
    /// fingerprints that were recorded for it stay.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the exhibit is not known.
    pub async fn record_listing(
        &self,
        evidence: &EvidenceId,
        entries: &[Entry],
        problems: &[Problem],
    ) -> Result<()> {
        let mut session = self.write().await?;
        require(&mut session, evidence).await?;
        upsert_entries(&mut session, evidence, entries).await?;
        insert_problems(&mut session, evidence, LISTING, problems).await?;
        session.commit().await
    }

    /// Records containers that were opened. One that is recorded is replaced.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the exhibit is not known.
    pub async fn record_containers(
        &self,
        evidence: &EvidenceId,
        containers: &[Container],
    ) -> Result<()> {
        let mut session = self.write().await?;
        require(&mut session, evidence).await?;
        let last: BTreeMap<&str, &Container> =
            containers.iter().map(|one| (one.path.as_str(), one)).collect();
        let mut rows = Vec::with_capacity(last.len());
        for (path, one) in last {
            rows.push(values![evidence.as_str(), key(path), path, json(one)?]);
        }
        let tail = "ON CONFLICT (evidence, path_key) DO UPDATE SET body = excluded.body";
        session.insert("containers (evidence, path_key, path, body)", tail, rows).await?;
        session.commit().await
    }

    /// The containers that were opened in an exhibit, by path.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a row cannot be understood.
    pub async fn containers(&self, evidence: &EvidenceId) -> Result<Vec<Container>> {
        let sql = "SELECT body FROM containers WHERE evidence = $1";
        let rows = self.read().await?.rows(sql, values![evidence.as_str()]).await?;
        let mut found: Vec<Container> =
            rows.iter().map(|row| row.json(0)).collect::<Result<_>>()?;
        found.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(found)
    }

    /// Records what could not be read in an exhibit at a stage, when no content can be named (an
    /// unreadable file, a worker that was killed). A problem that is recorded already is not
    /// recorded twice.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the exhibit is not known.
    pub async fn record_problems(
        &self,
        evidence: &EvidenceId,
        stage: &str,
        problems: &[Problem],
    ) -> Result<()> {
        let mut session = self.write().await?;
        require(&mut session, evidence).await?;
        insert_problems(&mut session, evidence, stage, problems).await?;
        session.commit().await
    }

    /// Marks the listing as complete and enqueues the jobs that follow from it, in one step.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the exhibit is not known.
    pub async fn finish_listing(&self, evidence: &EvidenceId, follow: &[NewJob]) -> Result<()> {
        let mut session = self.write().await?;
        require(&mut session, evidence).await?;
        let sql = "UPDATE evidence SET listed = 1 WHERE id = $1";
        session.run(sql, values![evidence.as_str()]).await?;
        jobs::insert(&mut session, follow).await?;
        session.commit().await
    }

    /// Whether the listing of an exhibit is complete.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the exhibit is not known.
    pub async fn listing_finished(&self, evidence: &EvidenceId) -> Result<bool> {
        let sql = "SELECT listed FROM evidence WHERE id = $1";
        let row = self.read().await?.row(sql, values![evidence.as_str()]).await?;
        Ok(row.ok_or_else(|| StoreError::not_found("evidence", evidence))?.int(0)? != 0)
    }

    /// Hands out the entries of an exhibit one by one, by the bytes of their paths (of very long
    /// ones by the first 400), as every database does alike.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a row cannot be understood.
    pub async fn each_entry(
        &self,
        evidence: &EvidenceId,
        each: &mut (dyn FnMut(Entry) + Send),
    ) -> Result<()> {
        let mut session = self.read().await?;
        // Databases differ in how they order text.
        let by_bytes = match session.engine {
            Engine::Sqlite => "BINARY",
            Engine::Postgres => "\"C\"",
        };
        let sql = format!("{SELECT} WHERE evidence = $1 ORDER BY path_key COLLATE {by_bytes}");
        let mut hand_out = |row| {
            each(read_entry(&row)?);
            Ok(())
        };
        session.each_row(&sql, values![evidence.as_str()], &mut hand_out).await
    }

    /// Up to `limit` entries behind the one with this path, in the order of this database. For work
    /// that goes on while others write.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a row cannot be understood.
    pub async fn entries_after(
        &self,
        evidence: &EvidenceId,
        path: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Entry>> {
        let sql =
            format!("{SELECT} WHERE evidence = $1 AND path_key > $2 ORDER BY path_key LIMIT $3");
        let after = path.map(key).unwrap_or_default();
        let values = values![evidence.as_str(), after, i64::from(limit)];
        self.read().await?.rows(&sql, values).await?.iter().map(read_entry).collect()
    }

    /// The entries with these paths, as far as there are any, by path.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a row cannot be understood.
    pub async fn entries_at(&self, evidence: &EvidenceId, paths: &[String]) -> Result<Vec<Entry>> {
        let keys: Vec<String> = paths.iter().map(|path| key(path)).collect();
        let sql = format!("{SELECT} WHERE evidence = $1 AND path_key IN");
        let rows = self.read().await?.rows_in(&sql, values![evidence.as_str()], &keys).await?;
        let mut entries: Vec<Entry> = rows.iter().map(read_entry).collect::<Result<_>>()?;
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(entries)
    }

    /// What the entries of an exhibit sum up to.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn entry_totals(&self, evidence: &EvidenceId) -> Result<EntryTotals> {
        // Sizes are claims: those of sparse giants do not fit into one integer together, and the
        // largest are stored as negative numbers.
        let sql = "SELECT COUNT(*), COUNT(*) - COUNT(place), COUNT(sha256), \
                   CAST(MIN(9.0e18, COALESCE(SUM(claim), 0.0)) AS BIGINT), \
                   CAST(MIN(9.0e18, COALESCE(SUM(CASE WHEN sha256 IS NULL THEN 0.0 \
                   ELSE claim END), 0.0)) AS BIGINT) FROM (SELECT place, sha256, \
                   CASE WHEN size < 0 THEN 9.0e18 ELSE size * 1.0 END AS claim \
                   FROM entries WHERE evidence = $1) AS claims";
        let mut session = self.read().await?;
        let sql = match session.engine {
            Engine::Sqlite => sql.to_owned(),
            Engine::Postgres => sql.replace("MIN(", "LEAST("),
        };
        let row = session.row(&sql, values![evidence.as_str()]).await?;
        let Some(row) = row else { return Ok(EntryTotals::default()) };
        let number = |at| row.int(at).map(i64::cast_unsigned);
        Ok(EntryTotals {
            files: number(0)?,
            outside: number(1)?,
            files_read: number(2)?,
            bytes: number(3)?,
            bytes_read: number(4)?,
        })
    }

    /// Everything that could not be read in an exhibit, with the stage that tried, sorted.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a row cannot be understood.
    pub async fn problems(&self, evidence: &EvidenceId) -> Result<Vec<(String, Problem)>> {
        let sql = "SELECT stage, body FROM evidence_problems WHERE evidence = $1 UNION ALL \
                   SELECT f.stage, p.body FROM evidence_contents c \
                   JOIN facts f ON f.content = c.content AND f.body_kind = c.body_kind \
                   JOIN fact_problems p ON p.fact = f.id \
                   WHERE c.evidence = $1";
        let rows = self.read().await?.rows(sql, values![evidence.as_str()]).await?;
        let mut found: Vec<(String, Problem)> =
            rows.iter().map(|row| Ok((row.text(0)?, row.json(1)?))).collect::<Result<_>>()?;
        found.sort();
        Ok(found)
    }
}

/// Fails with [`StoreError::NotFound`] unless the exhibit is attached.
pub(crate) async fn require(session: &mut Session<'_>, evidence: &EvidenceId) -> Result<()> {
    let row = session.row("SELECT id FROM evidence WHERE id = $1", values![evidence.as_str()]);
    row.await?.map(|_| ()).ok_or_else(|| StoreError::not_found("evidence", evidence))
}

/// Inserts or updates entries. The last of several entries with one path counts, because PostgreSQL
/// refuses to touch a row twice in one statement.
pub(crate) async fn upsert_entries(
    session: &mut Session<'_>,
    evidence: &EvidenceId,
    entries: &[Entry],
) -> Result<()> {
    let last: BTreeMap<&str, &Entry> =
        entries.iter().map(|entry| (entry.path.as_str(), entry)).collect();
    let into = "entries (evidence, path_key, path, size, modified_at, md5, sha1, sha256, place, \
                deleted)";
    let tail = "ON CONFLICT (evidence, path_key) DO UPDATE SET size = excluded.size, \
                modified_at = COALESCE(excluded.modified_at, entries.modified_at), \
                md5 = COALESCE(excluded.md5, entries.md5), \
                sha1 = COALESCE(excluded.sha1, entries.sha1), \
                sha256 = COALESCE(excluded.sha256, entries.sha256), \
                place = COALESCE(excluded.place, entries.place), \
                deleted = COALESCE(excluded.deleted, entries.deleted)";
    session.insert(into, tail, last.into_values().map(|entry| entry_values(evidence, entry))).await
}

async fn check_attachable(session: &mut Session<'_>, item: &EvidenceItem) -> Result<()> {
    cases::require(session, &item.case).await?;
    let Some(order) = cases::find_authorisation(session, &item.authorisation).await? else {
        return Err(StoreError::not_found("authorisation", &item.authorisation));
    };
    if order.case != item.case {
        let what = format!("authorisation {} belongs to case {}", order.id, order.case);
        return Err(StoreError::conflict(what));
    }
    if require(session, &item.id).await.is_ok() {
        let what = format!("evidence {} is another exhibit; choose another id", item.id);
        return Err(StoreError::conflict(what));
    }
    Ok(())
}

async fn insert_problems(
    session: &mut Session<'_>,
    evidence: &EvidenceId,
    stage: &str,
    problems: &[Problem],
) -> Result<()> {
    let mut rows = Vec::with_capacity(problems.len());
    for problem in problems {
        let body = json(problem)?;
        rows.push(values![evidence.as_str(), stage, digest(&body), body]);
    }
    let into = "evidence_problems (evidence, stage, digest, body)";
    session.insert(into, "ON CONFLICT DO NOTHING", rows).await
}

fn entry_values(evidence: &EvidenceId, entry: &Entry) -> Vec<Value> {
    values![
        evidence.as_str(),
        key(&entry.path),
        entry.path.as_str(),
        entry.size.cast_signed(),
        entry.modified_at.map(|at| at.0),
        entry.hashes.map(|hashes| hashes.md5.to_string()),
        entry.hashes.map(|hashes| hashes.sha1.to_string()),
        entry.hashes.map(|hashes| hashes.sha256.to_string()),
        (!entry.place.is_empty()).then(|| format!("{:?}", entry.place)),
        entry.deleted.then_some(1),
    ]
}

fn read_entry(row: &Row) -> Result<Entry> {
    let size = row.int(1)?.cast_unsigned();
    let hashes = match (row.opt_parsed(3)?, row.opt_parsed(4)?, row.opt_parsed(5)?) {
        (Some(md5), Some(sha1), Some(sha256)) => Some(Hashes { size, md5, sha1, sha256 }),
        _ => None,
    };
    let modified_at = row.opt_int(2)?.map(UtcMillis);
    let place = row.opt_text(6)?.map(|_| row.json(6)).transpose()?.unwrap_or_default();
    let deleted = row.opt_int(7)?.is_some_and(|deleted| deleted != 0);
    Ok(Entry { path: row.text(0)?, size, modified_at, hashes, place, deleted })
}
