//! The chain of custody of exhibits: appended to, never changed.

use crate::evidence::require;
use crate::sql::{json, values};
use crate::{Result, Store};
use amparo_model::{CustodyEvent, EvidenceId};

impl Store {
    /// Appends an event to the record of an exhibit.
    ///
    /// # Errors
    /// [`StoreError::NotFound`](crate::StoreError::NotFound) when the exhibit is not known.
    pub async fn add_custody(&self, evidence: &EvidenceId, event: &CustodyEvent) -> Result<()> {
        let mut session = self.write().await?;
        require(&mut session, evidence).await?;
        let seq = session.reserve("custody_events", 1).await?;
        let row = values![evidence.as_str(), seq, json(event)?];
        session.insert("custody_events (evidence, seq, body)", "", [row]).await?;
        session.commit().await
    }

    /// The record of an exhibit, oldest first as written.
    ///
    /// # Errors
    /// [`StoreError::Damaged`](crate::StoreError::Damaged) when a row cannot be understood.
    pub async fn custody(&self, evidence: &EvidenceId) -> Result<Vec<CustodyEvent>> {
        let sql = "SELECT body FROM custody_events WHERE evidence = $1 ORDER BY seq";
        let rows = self.read().await?.rows(sql, values![evidence.as_str()]).await?;
        rows.iter().map(|row| row.json(0)).collect()
    }
}
