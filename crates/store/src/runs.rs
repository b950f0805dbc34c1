//! The work on an exhibit as others see it while it goes on: what each run has done so far, and
//! whether somebody asked it to pause.

use crate::sql::{json, values};
use crate::{Result, Store, StoreError};
use amparo_model::{EvidenceId, UtcMillis};
use serde::{Deserialize, Serialize};

/// One run over an exhibit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// When it began.
    pub started_at: UtcMillis,
    /// When it last said so.
    pub seen_at: UtcMillis,
    /// How it ended: `finished`, `stopped`, `paused` or `expired`; `None` while it goes on, or when
    /// it was killed.
    pub ended: Option<String>,
    /// Paths listed.
    pub entries: u64,
    /// Jobs done.
    pub jobs_done: u64,
    /// Files read.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// When the first alarm in the top band came, in milliseconds from the beginning.
    pub first_alarm_ms: Option<u64>,
}

impl Store {
    /// Records where a run stands; the same run is replaced.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn put_run(&self, evidence: &EvidenceId, run: &Run) -> Result<()> {
        let mut session = self.write().await?;
        let row = values![evidence.as_str(), run.started_at.0, json(run)?];
        let tail = "ON CONFLICT (evidence, started_at) DO UPDATE SET body = excluded.body";
        session.insert("evidence_runs (evidence, started_at, body)", tail, [row]).await?;
        session.commit().await
    }

    /// The runs over an exhibit, the latest first.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a row cannot be understood.
    pub async fn runs(&self, evidence: &EvidenceId) -> Result<Vec<Run>> {
        let sql = "SELECT body FROM evidence_runs WHERE evidence = $1 ORDER BY started_at DESC";
        let rows = self.read().await?.rows(sql, values![evidence.as_str()]).await?;
        rows.iter().map(|row| row.json(0)).collect()
    }

    /// Asks the work on an exhibit to pause, or to go on; it is asked before each job.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the exhibit is not known.
    pub async fn set_paused(&self, evidence: &EvidenceId, paused: bool) -> Result<()> {
        let sql = "UPDATE evidence SET paused = $2 WHERE id = $1";
        let mut session = self.write().await?;
        if session.run(sql, values![evidence.as_str(), i64::from(paused)]).await? == 0 {
            return Err(StoreError::not_found("evidence", evidence));
        }
        session.commit().await
    }

    /// Whether the work on an exhibit is asked to pause.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the exhibit is not known.
    pub async fn paused(&self, evidence: &EvidenceId) -> Result<bool> {
        let sql = "SELECT paused FROM evidence WHERE id = $1";
        let row = self.read().await?.row(sql, values![evidence.as_str()]).await?;
        let row = row.ok_or_else(|| StoreError::not_found("evidence", evidence))?;
        Ok(row.opt_int(0)?.is_some_and(|paused| paused != 0))
    }
}
