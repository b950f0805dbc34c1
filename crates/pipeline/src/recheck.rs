//! Compares everything that was ever compared once more, after the lists changed, and re-opens
//! what has another answer now: the new answer replaces the old one, the change stays in the
//! record, and the alarm of every case that holds the file is assessed again.
//!
//! A run that is cut off is repeated by the next one: that a comparison is owed is a setting in the
//! database, written before the lists change and cleared when all is done.

use crate::{Context, PipelineError, assess_case};
use amparo_matching::Looks;
use amparo_model::{CaseId, Novelty, NoveltyStatement, RecordedHash};
use amparo_model::{HashAlgorithm, Pdq, Sha256};
use amparo_store::{Compared, NoveltyChange, PictureFact, Store, VideoFact};
use serde::Serialize;
use serde_json::json;
use std::sync::atomic::Ordering;

/// The setting that says that a comparison is owed: the number of the latest change before.
const OWED: &str = "recheck_owed_after";
/// How a video is sampled when all of it was looked at.
pub(crate) const EACH_SECOND: &str = "each_second";
/// Objects looked at in one go.
const PAGE: u32 = 2_000;

/// What a comparison changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Rechecked {
    /// Objects looked at.
    pub compared: u64,
    /// Answers that became others since the comparison was owed, oldest first.
    pub changed: Vec<Change>,
    /// Cases whose alarm was assessed again.
    pub cases: Vec<CaseId>,
    /// Stopped on request; the next run does the rest.
    pub interrupted: bool,
}

/// One answer that became another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The file.
    pub object: Sha256,
    /// The answer until then.
    pub before: Novelty,
    /// The answer since.
    pub after: Novelty,
}

/// Notes that a comparison is owed. To be called before the lists change.
///
/// # Errors
/// [`PipelineError::Store`] when the database does not answer.
pub async fn owe_recheck(store: &Store) -> Result<(), PipelineError> {
    if owed(store).await?.is_none() {
        let latest = store.latest_novelty_change().await?;
        store.put_setting(OWED, &latest.to_string()).await?;
    }
    Ok(())
}

/// Compares everything with the lists in `context`; `progress` hears how many objects are done.
///
/// # Errors
/// [`PipelineError::Store`] when the database does not answer. What was done stands.
pub async fn recheck(
    context: &Context,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<Rechecked, PipelineError> {
    let store = &context.store;
    let before = match owed(store).await? {
        Some(number) => number,
        None => store.latest_novelty_change().await?,
    };
    let mut done = Rechecked::default();
    let mut last = None;
    loop {
        let page = store.compared(last, PAGE).await?;
        let Some(end) = page.last() else { break };
        last = Some(end.statement.object);
        done.compared += page.len() as u64;
        let changed: Vec<_> = page.iter().filter_map(|one| changed(context, one)).collect();
        if !changed.is_empty() {
            store.record_recheck(&changed, context.clock.now()).await?;
        }
        progress(done.compared);
        if context.stop.load(Ordering::SeqCst) {
            done.interrupted = true;
            return Ok(done);
        }
    }
    done.changed = store.novelty_changes(before).await?.into_iter().map(Change::from).collect();
    done.cases = reassess(context, &done.changed).await?;
    store.put_setting(OWED, "").await?;
    Ok(done)
}

async fn owed(store: &Store) -> Result<Option<i64>, PipelineError> {
    Ok(store.setting(OWED).await?.and_then(|number| number.parse().ok()))
}

/// The new answer beside the word of the old one, when they differ in anything.
fn changed(context: &Context, one: &Compared) -> Option<(NoveltyStatement, Novelty)> {
    let old = &one.statement;
    // A hash that an app recorded names the object that was asked about.
    let recorded = RecordedHash { algorithm: HashAlgorithm::Sha256, value: old.object.to_string() };
    let recorded = one.hashes.is_none().then_some(&recorded);
    let frames = one.frames.as_ref().map(VideoFact::hashes).unwrap_or_default();
    let looks = looks(one.picture.as_ref(), one.frames.as_ref(), &frames);
    let new = context.known.novelty(old.object, one.hashes.as_ref(), recorded, looks);
    (new != *old).then_some((new, old.novelty))
}

/// What a fingerprint says of the appearance of a file.
pub(crate) fn looks<'a>(
    picture: Option<&'a PictureFact>,
    video: Option<&VideoFact>,
    frames: &'a [Pdq],
) -> Option<Looks<'a>> {
    let picture = picture.filter(|one| one.pdq.is_some() || !one.later_frames.is_empty());
    let picture = picture.map(|one| Looks::AllOf {
        shown: one.pdq.as_ref(),
        turned: &one.turned,
        later_frames: &one.later_frames,
    });
    picture.or_else(|| {
        let whole = |video: &VideoFact| video.complete && video.sampling == EACH_SECOND;
        video.map(|video| Looks::Video { frames, whole: whole(video) })
    })
}

async fn reassess(context: &Context, changed: &[Change]) -> Result<Vec<CaseId>, PipelineError> {
    let objects: Vec<Sha256> = changed.iter().map(|change| change.object).collect();
    let cases = context.store.cases_holding(&objects).await?;
    for case in &cases {
        let last = context.store.alarm_runs(case).await?.pop();
        // A case that was never assessed is assessed when its exhibit is read.
        if let Some(last) = last {
            let mut processed = last.processed;
            if let Some(fields) = processed.as_object_mut() {
                fields.insert("lists_changed".to_owned(), json!(true));
            }
            assess_case(context, case, processed).await?;
        }
    }
    Ok(cases)
}

impl From<NoveltyChange> for Change {
    fn from(change: NoveltyChange) -> Self {
        Self { object: change.object, before: change.before, after: change.after }
    }
}
