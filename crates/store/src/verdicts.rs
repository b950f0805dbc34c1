//! What people of this unit said of a file: category, scheme, and why. Nothing is ever replaced.

use crate::sql::{Row, json, values};
use crate::{Result, Store};
use amparo_model::{CaseId, Scheme, Sha256, UtcMillis};
use serde::{Deserialize, Serialize};

/// One verdict of a person who looked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The file.
    pub object: Sha256,
    /// Whose scheme the code follows.
    pub scheme: Scheme,
    /// The code as that scheme states it.
    pub code: String,
    /// The series that it belongs to, if it was said.
    pub series: Option<String>,
    /// Whether the victim is identified; absent is not "no".
    pub victim_identified: Option<bool>,
    /// Whether the material is in wide circulation; absent is not "no".
    pub is_distributed: Option<bool>,
    /// The person's own words.
    pub note: Option<String>,
}

/// A verdict as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredVerdict {
    /// What was said.
    pub verdict: Verdict,
    /// When.
    pub at: UtcMillis,
    /// By whom.
    pub by: String,
}

impl Store {
    /// Adds a verdict. Saying the same again as the latest of its scheme adds nothing.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn add_verdict(
        &self,
        case: &CaseId,
        verdict: &Verdict,
        at: UtcMillis,
        by: &str,
    ) -> Result<()> {
        let object = verdict.object.to_string();
        let mut session = self.write().await?;
        let sql = "SELECT body, at, by_user FROM verdicts WHERE object = $1 AND case_id = $2 \
                   ORDER BY seq";
        let rows = session.rows(sql, values![object.as_str(), case.as_str()]).await?;
        let all: Vec<StoredVerdict> = rows.iter().map(stored).collect::<Result<_>>()?;
        let latest = all.iter().rfind(|one| one.verdict.scheme == verdict.scheme);
        if latest.is_some_and(|one| one.verdict == *verdict) {
            return Ok(());
        }
        let seq = i64::try_from(all.len()).unwrap_or(i64::MAX);
        let row = values![object, case.as_str(), seq, at.0, by, json(verdict)?];
        session.insert("verdicts (object, case_id, seq, at, by_user, body)", "", [row]).await?;
        session.commit().await
    }

    /// All verdicts of a case, by file, oldest first.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn verdicts(&self, case: &CaseId) -> Result<Vec<StoredVerdict>> {
        let sql = "SELECT body, at, by_user FROM verdicts WHERE case_id = $1 ORDER BY object, seq";
        let rows = self.read().await?.rows(sql, values![case.as_str()]).await?;
        let mut all: Vec<StoredVerdict> = rows.iter().map(stored).collect::<Result<_>>()?;
        // Databases differ in how they order text.
        all.sort_by_key(|one| one.verdict.object);
        Ok(all)
    }
}

fn stored(row: &Row) -> Result<StoredVerdict> {
    Ok(StoredVerdict { verdict: row.json(0)?, at: UtcMillis(row.int(1)?), by: row.text(2)? })
}
