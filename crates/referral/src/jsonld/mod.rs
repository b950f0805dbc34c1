//! The referral as a CASE/UCO graph.

use crate::draft::Draft;

/// Writes the graph.
///
/// # Errors
/// Only when it cannot be written as JSON.
pub fn write(draft: &Draft) -> Result<Vec<u8>, serde_json::Error> {
    crate::canonical::pretty(&serde_json::json!({ "@graph": [{ "@id": draft.header.id }] }))
}
