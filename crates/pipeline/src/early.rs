//! App stores that are read while the listing goes on, so that the first one is known seconds after
//! attaching, whatever else lies there.
//!
//! One in a folder is read as soon as the walk meets it, with the companions that lie beside it. A
//! large container is first looked through for nothing but app stores, because its listing is
//! made faster than it can be recorded; where that takes long, as in a compressed stream, its
//! stores are read when the listing is done, like those of small ones.

use crate::course::Course;
use crate::run::{Exhibit, run_job_of_wave};
use crate::source::{Scout, Source};
use crate::{Context, PipelineError, plan};
use amparo_model::{Entry, EvidenceItem, Wave};
use amparo_parsers::Spec;
use std::sync::Arc;

/// First bytes read to recognise an app store.
const HEAD_BYTES: u64 = 4_096;
/// Time from the start of a run within which containers are looked through, in milliseconds.
const SCOUT_MS_MAX: u64 = 20_000;

/// Looks through large containers for files that may belong to app stores.
pub(crate) fn scout(context: &Context) -> Scout {
    let elapsed_ms = Arc::clone(&context.elapsed_ms);
    Scout {
        wants: |entry| plan::may_belong(&entry.path),
        goes_on: Box::new(move || elapsed_ms() < SCOUT_MS_MAX),
    }
}

/// The parser that claims an entry and recognises its first bytes.
pub(crate) fn recognised(source: &Source, entry: &Entry) -> Option<&'static Spec> {
    let head = source.head(entry, HEAD_BYTES).unwrap_or_default();
    plan::parser_for(&entry.path, &head)
}

/// Reads the app stores among `met`, entries of the folder, and `sought`, entries of a container
/// that are all that may belong to its stores.
pub(crate) async fn read_stores(
    context: &Context,
    item: &EvidenceItem,
    source: &Arc<Source>,
    (met, sought): (&[Entry], Vec<Entry>),
    course: &mut Course,
) -> Result<(), PipelineError> {
    if context.scope.excludes_store("").is_some() {
        return Ok(());
    }
    let (mut stores, mut beside) = (plan::Stores::default(), Vec::new());
    let in_folder = met.iter().filter(|entry| entry.place.is_empty());
    for entry in in_folder.chain(&sought) {
        if let Some(spec) = store_at(context, source, entry) {
            stores.add(spec, &entry.path);
            let folders = plan::folders_beside(spec, &entry.path);
            beside.extend(folders.iter().flat_map(|folder| source.files_of(folder)));
        }
    }
    if stores.is_empty() {
        return Ok(());
    }
    // The listing may meet them only later.
    let beside = beside.iter().filter_map(|path| source.folder().entry(path).ok());
    let early: Vec<Entry> = beside.chain(sought).collect();
    early.iter().for_each(|entry| stores.offer(&entry.path));
    context.store.record_listing(&item.id, &early, &[]).await?;
    context.store.enqueue(&stores.jobs(&item.id)).await?;
    let exhibit = Arc::new(Exhibit::being_listed(item.clone(), Arc::clone(source)));
    while run_job_of_wave(context, &exhibit, Wave::AppStores).await? {
        course.store_read(context);
    }
    Ok(())
}

fn store_at(context: &Context, source: &Source, entry: &Entry) -> Option<&'static Spec> {
    let claimed = !entry.deleted && plan::is_claimed(&entry.path);
    if !claimed || context.scope.excludes_store(&entry.path).is_some() {
        return None;
    }
    recognised(source, entry)
}
