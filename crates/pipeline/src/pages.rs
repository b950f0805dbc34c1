//! The entries of an exhibit, some thousand at a time: there may be more of them than memory.

use crate::PipelineError;
use amparo_model::{Entry, EvidenceId};
use amparo_store::Store;

/// Entries of one page.
const PAGE: u32 = 4_096;

/// Entries in the order of the database.
pub(crate) struct Pages<'s> {
    store: &'s Store,
    evidence: &'s EvidenceId,
    after: Option<String>,
}

impl<'s> Pages<'s> {
    /// From the first one on.
    pub(crate) fn new(store: &'s Store, evidence: &'s EvidenceId) -> Self {
        Self { store, evidence, after: None }
    }

    /// The next page; `None` when there is none.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<Entry>>, PipelineError> {
        let page = self.store.entries_after(self.evidence, self.after.as_deref(), PAGE).await?;
        let Some(last) = page.last() else { return Ok(None) };
        self.after = Some(last.path.clone());
        Ok(Some(page))
    }
}
