//! Alarms of a case: the current list, and every list before it with what was known then.

use crate::sql::{Session, json, values};
use crate::{Result, Store, cases};
use amparo_model::{Alarm, CaseId, UtcMillis};

/// One assessment of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmRun {
    /// Counted from 1.
    pub run: i64,
    /// When.
    pub at: UtcMillis,
    /// How much had been processed by then, as the pipeline counts it.
    pub processed: serde_json::Value,
    /// What it said, in its order.
    pub alarms: Vec<Alarm>,
}

impl Store {
    /// Replaces the current list of a case; earlier lists stay readable.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`] when the case is not open.
    pub async fn put_alarms(
        &self,
        case: &CaseId,
        alarms: &[Alarm],
        at: UtcMillis,
        processed: serde_json::Value,
    ) -> Result<()> {
        let mut session = self.write().await?;
        cases::require(&mut session, case).await?;
        let run = last_run(&mut session, case).await? + 1;
        let head = values![case.as_str(), run, at.0, processed.to_string()];
        session.insert("alarm_runs (case_id, run, at, processed)", "", [head]).await?;
        let mut rows = Vec::with_capacity(alarms.len());
        for (seq, alarm) in (0i64..).zip(alarms) {
            let points = i64::from(alarm.points);
            let band = alarm.band.as_str();
            rows.push(values![case.as_str(), run, seq, band, points, json(alarm)?]);
        }
        session.insert("alarms (case_id, run, seq, band, points, body)", "", rows).await?;
        session.commit().await
    }

    /// The current list of a case, in its order; empty before the first assessment.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn alarms(&self, case: &CaseId) -> Result<Vec<Alarm>> {
        let mut session = self.read().await?;
        let run = last_run(&mut session, case).await?;
        list(&mut session, case, run).await
    }

    /// All assessments of a case, oldest first.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn alarm_runs(&self, case: &CaseId) -> Result<Vec<AlarmRun>> {
        let mut session = self.read().await?;
        let sql = "SELECT run, at, processed FROM alarm_runs WHERE case_id = $1 ORDER BY run";
        let mut runs = Vec::new();
        for row in session.rows(sql, values![case.as_str()]).await? {
            let run = row.int(0)?;
            let alarms = list(&mut session, case, run).await?;
            runs.push(AlarmRun {
                run,
                at: UtcMillis(row.int(1)?),
                processed: row.json(2)?,
                alarms,
            });
        }
        Ok(runs)
    }
}

async fn last_run(session: &mut Session<'_>, case: &CaseId) -> Result<i64> {
    let sql = "SELECT COALESCE(MAX(run), 0) FROM alarm_runs WHERE case_id = $1";
    session.row(sql, values![case.as_str()]).await?.map_or(Ok(0), |row| row.int(0))
}

async fn list(session: &mut Session<'_>, case: &CaseId, run: i64) -> Result<Vec<Alarm>> {
    let sql = "SELECT body FROM alarms WHERE case_id = $1 AND run = $2 ORDER BY seq";
    let rows = session.rows(sql, values![case.as_str(), run]).await?;
    rows.iter().map(|row| row.json(0)).collect()
}
