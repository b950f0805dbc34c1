//! Files that somebody wants to be read first.

use crate::pages::Pages;
use crate::{PipelineError, Scope, plan};
use amparo_model::{DataCategory, EvidenceId, Wave};
use amparo_store::Store;
use globset::{GlobBuilder, GlobSetBuilder};

/// Puts the files that match a pattern and are not read yet in front of all other media, and says
/// how many they are. A run that is under way takes them next.
///
/// # Errors
/// [`PipelineError::Pattern`] when one is none; [`PipelineError::Store`].
pub async fn prioritise(
    store: &Store,
    evidence: &EvidenceId,
    scope: &Scope,
    patterns: &[String],
) -> Result<u64, PipelineError> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let glob = GlobBuilder::new(pattern).case_insensitive(true).literal_separator(true).build();
        set.add(glob.map_err(|error| PipelineError::Pattern(error.to_string()))?);
    }
    let set = set.build().map_err(|error| PipelineError::Pattern(error.to_string()))?;
    if !scope.covers(DataCategory::Media) {
        return Ok(0);
    }
    let wanted = |entry: &amparo_model::Entry| {
        entry.hashes.is_none() && scope.excludes(entry).is_none() && set.is_match(&entry.path)
    };
    let (mut count, mut chunks) = (0, plan::Chunks::new(evidence, Wave::Exchanged));
    let mut pages = Pages::new(store, evidence);
    while let Some(page) = pages.next().await? {
        let mut jobs = Vec::new();
        for entry in page.iter().filter(|entry| wanted(entry)) {
            count += 1;
            jobs.extend(chunks.add(&entry.path, entry.size));
        }
        // A file of an earlier wave is read once: whoever comes second finds it done.
        store.enqueue(&jobs).await?;
    }
    store.enqueue(&chunks.end().into_iter().collect::<Vec<_>>()).await?;
    Ok(count)
}
