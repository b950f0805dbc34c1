//! The job queue. A job is claimed under a lease; when its worker dies, the lease runs out and
//! another worker claims it. What a job records is idempotent, so a job that ran twice has one
//! effect.

use crate::sql::{Row, Session, key, values};
use crate::{Result, Store, StoreError, evidence};
use amparo_model::{EvidenceId, UtcMillis};

/// A job to be enqueued. One exhibit has one job per kind and key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// What to do.
    pub kind: String,
    /// In which exhibit.
    pub evidence: EvidenceId,
    /// Place in first-look order; lower runs first.
    pub wave: i64,
    /// What to do it with: a path, a content, a batch name.
    pub key: String,
    /// Anything else the worker needs.
    pub payload: serde_json::Value,
}

/// A claimed job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Names the job inside this database.
    pub id: i64,
    /// What to do.
    pub kind: String,
    /// In which exhibit.
    pub evidence: EvidenceId,
    /// Place in first-look order.
    pub wave: i64,
    /// What to do it with.
    pub key: String,
    /// Anything else the worker needs.
    pub payload: serde_json::Value,
    /// How often it was claimed, this time included.
    pub attempts: i64,
}

/// How far a claim reaches. What lies beyond stays in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// Jobs of later waves wait until those that earlier waves enqueue have been done.
    pub wave_max: i64,
    /// Jobs that were claimed this often already wait: whoever held them died.
    pub attempts_max: i64,
}

/// How many jobs of one kind and wave stand in one state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct JobCount {
    /// Place in first-look order.
    pub wave: i64,
    /// What they do.
    pub kind: String,
    /// `queued`, `running`, `done` or `failed`.
    pub state: String,
    /// How many.
    pub count: u64,
}

impl Store {
    /// Enqueues jobs, all or none. A job that exists, in whatever state, stays as it is.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when an exhibit is not known.
    pub async fn enqueue(&self, jobs: &[NewJob]) -> Result<()> {
        let mut session = self.write().await?;
        insert(&mut session, jobs).await?;
        session.commit().await
    }

    /// Claims up to `limit` jobs of an exhibit, by wave and then by age, until `now + lease_ms`.
    /// Jobs whose lease has run out are claimed again. No job is given to two workers at once.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn claim_jobs(
        &self,
        worker: &str,
        evidence: &EvidenceId,
        limit: u32,
        now: UtcMillis,
        lease_ms: i64,
    ) -> Result<Vec<Job>> {
        let all = Reach { wave_max: i64::MAX, attempts_max: i64::MAX };
        self.claim_jobs_up_to(all, worker, evidence, limit, now, lease_ms).await
    }

    /// The same, but leaves jobs beyond `reach` where they are.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn claim_jobs_up_to(
        &self,
        reach: Reach,
        worker: &str,
        evidence: &EvidenceId,
        limit: u32,
        now: UtcMillis,
        lease_ms: i64,
    ) -> Result<Vec<Job>> {
        let mut session = self.write().await?;
        let skip = match session.engine.for_update() {
            "" => String::new(),
            lock => format!("{lock} SKIP LOCKED"),
        };
        // MATERIALIZED: picked once, so that LIMIT holds however the join is planned.
        let sql = format!(
            "WITH picked AS MATERIALIZED (SELECT id FROM jobs WHERE evidence = $1 \
             AND wave <= $6 AND attempts < $7 AND ((state = 'queued' AND not_before <= $2) \
             OR (state = 'running' AND lease_until <= $2)) \
             ORDER BY wave, id LIMIT $3{skip}) \
             UPDATE jobs SET state = 'running', worker = $4, lease_until = $5, \
             attempts = attempts + 1 WHERE id IN (SELECT id FROM picked) \
             RETURNING id, kind, evidence, wave, full_key, payload, attempts"
        );
        let until = now.plus_ms(lease_ms).0;
        let Reach { wave_max, attempts_max } = reach;
        let limit = i64::from(limit);
        let values =
            values![evidence.as_str(), now.0, limit, worker, until, wave_max, attempts_max];
        let rows = session.rows(&sql, values).await?;
        let mut jobs: Vec<Job> = rows.iter().map(read).collect::<Result<_>>()?;
        session.commit().await?;
        jobs.sort_by_key(|job| (job.wave, job.id));
        Ok(jobs)
    }

    /// Puts back all jobs of an exhibit that `worker` holds. For a process that knows to be the
    /// only one of that name, at its start: what is held then, a killed predecessor held.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn release_jobs(&self, evidence: &EvidenceId, worker: &str) -> Result<()> {
        let sql = "UPDATE jobs SET state = 'queued', worker = NULL, lease_until = NULL \
                   WHERE evidence = $1 AND worker = $2 AND state = 'running'";
        let mut session = self.write().await?;
        session.run(sql, values![evidence.as_str(), worker]).await?;
        session.commit().await
    }

    /// Puts a claimed job back into the queue, to be claimed at `not_before` or later. A job that
    /// has ended meanwhile stays ended.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such job.
    pub async fn retry_job(&self, id: i64, why: &str, not_before: UtcMillis) -> Result<()> {
        let sql = "UPDATE jobs SET state = 'queued', why = $2, not_before = $3, worker = NULL, \
                   lease_until = NULL WHERE id = $1 AND state = 'running'";
        let mut session = self.write().await?;
        if session.run(sql, values![id, why, not_before.0]).await? == 0 {
            require(&mut session, id).await?;
        }
        session.commit().await
    }

    /// Gives a job up, with the reason that people will read. A job that is done stays done.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such job.
    pub async fn fail_job(&self, id: i64, why: &str) -> Result<()> {
        let sql = "UPDATE jobs SET state = 'failed', why = $2, worker = NULL, lease_until = NULL \
                   WHERE id = $1 AND state IN ('queued', 'running')";
        let mut session = self.write().await?;
        if session.run(sql, values![id, why]).await? == 0 {
            require(&mut session, id).await?;
        }
        session.commit().await
    }

    /// What the jobs of one kind were told, in their order, whatever became of them.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a row cannot be understood.
    pub async fn job_payloads(
        &self,
        evidence: &EvidenceId,
        kind: &str,
    ) -> Result<Vec<serde_json::Value>> {
        let sql = "SELECT payload FROM jobs WHERE evidence = $1 AND kind = $2 ORDER BY id";
        let rows = self.read().await?.rows(sql, values![evidence.as_str(), kind]).await?;
        rows.iter().map(|row| row.json(0)).collect()
    }

    /// How many jobs of an exhibit stand where, by wave, kind and state.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn job_counts(&self, evidence: &EvidenceId) -> Result<Vec<JobCount>> {
        let sql = "SELECT wave, kind, state, COUNT(*) FROM jobs WHERE evidence = $1 \
                   GROUP BY wave, kind, state";
        let mut counts = Vec::new();
        for row in self.read().await?.rows(sql, values![evidence.as_str()]).await? {
            counts.push(JobCount {
                wave: row.int(0)?,
                kind: row.text(1)?,
                state: row.text(2)?,
                count: row.int(3)?.cast_unsigned(),
            });
        }
        counts.sort();
        Ok(counts)
    }
}

/// Inserts jobs that do not exist yet, in their order.
pub(crate) async fn insert(session: &mut Session<'_>, jobs: &[NewJob]) -> Result<()> {
    let mut exhibits: Vec<&EvidenceId> = jobs.iter().map(|job| &job.evidence).collect();
    exhibits.sort();
    exhibits.dedup();
    for exhibit in exhibits {
        evidence::require(session, exhibit).await?;
    }
    if jobs.is_empty() {
        return Ok(());
    }
    let first = session.reserve("jobs", jobs.len()).await?;
    let rows = (first..).zip(jobs).map(|(id, job)| {
        values![
            id,
            job.evidence.as_str(),
            job.kind.as_str(),
            key(&job.key),
            job.key.as_str(),
            job.wave,
            job.payload.to_string(),
            "queued",
            0,
            i64::MIN,
        ]
    });
    let into = "jobs (id, evidence, kind, job_key, full_key, wave, payload, state, attempts, \
                not_before)";
    session.insert(into, "ON CONFLICT (evidence, kind, job_key) DO NOTHING", rows).await
}

/// Marks a job as done, in the session that records its results.
pub(crate) async fn complete(session: &mut Session<'_>, id: i64) -> Result<()> {
    let sql = "UPDATE jobs SET state = 'done', why = NULL, worker = NULL, lease_until = NULL \
               WHERE id = $1";
    if session.run(sql, values![id]).await? == 0 {
        return Err(StoreError::not_found("job", id));
    }
    Ok(())
}

async fn require(session: &mut Session<'_>, id: i64) -> Result<()> {
    let row = session.row("SELECT id FROM jobs WHERE id = $1", values![id]).await?;
    row.map(|_| ()).ok_or_else(|| StoreError::not_found("job", id))
}

fn read(row: &Row) -> Result<Job> {
    Ok(Job {
        id: row.int(0)?,
        kind: row.text(1)?,
        evidence: row.parsed(2)?,
        wave: row.int(3)?,
        key: row.text(4)?,
        payload: row.json(5)?,
        attempts: row.int(6)?,
    })
}
