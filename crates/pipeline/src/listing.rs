//! Stage `listing`: walks the exhibit, reads app stores as soon as they are met, and plans the
//! rest.
//!
//! An app store in a folder is read while the walk goes on, so that the first one is known seconds
//! after attaching, whatever else lies there. What its transfers link to is found when all paths
//! are known (`linking.rs`). A listing that was interrupted is begun again; jobs that were done
//! stay done.

use crate::course::{Course, Halt};
use crate::run::{Exhibit, run_job_of_wave};
use crate::source::{Listed, Source};
use crate::{Context, PipelineError, Progress, medium, plan, scope};
use amparo_model::{Container, DataCategory, Entry, EvidenceItem, Problem, ProblemKind, Wave};
use amparo_sandbox::SandboxError;
use amparo_store::NewJob;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Listed paths written in one transaction.
const BATCH: usize = 2_000;
/// Batches that may wait to be written.
const WAITING: usize = 16;
/// First bytes read to recognise an app store.
const HEAD_BYTES: u64 = 4_096;

#[derive(Default)]
struct Batch {
    entries: Vec<Entry>,
    problems: Vec<Problem>,
    containers: Vec<Container>,
}

/// Why the listing did not come to its end, if so.
pub(crate) async fn run(
    context: &Context,
    item: &EvidenceItem,
    source: &Arc<Source>,
    course: &mut Course,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Option<Halt>, PipelineError> {
    let (tell, mut told) = mpsc::channel(WAITING);
    let walked = Arc::clone(source);
    let walk = tokio::task::spawn_blocking(move || walk(&walked, &tell));
    let planner = plan::Planner::new();
    let (mut entries, mut problems, mut media) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(batch) = told.recv().await {
        let Batch { entries: some, problems: found, containers } = batch;
        context.store.record_listing(&item.id, &some, &found).await?;
        context.store.record_containers(&item.id, &containers).await?;
        media.extend(containers.iter().filter_map(|one| medium::job(&item.id, one)));
        read_stores(context, item, source, &planner, &some, course).await?;
        entries.extend(some);
        course.listed(entries.len() as u64);
        progress(Progress::Listed { entries: entries.len() as u64 });
        if course.look(context, &item.id).await?.is_some() {
            // The walk ends when nobody listens any more.
            break;
        }
    }
    drop(told);
    walk.await.map_err(|error| PipelineError::Job(error.to_string()))??;
    if let Some(halt) = course.look(context, &item.id).await? {
        return Ok(Some(halt));
    }
    let mut jobs = planned(context, item, source, &planner, &entries, &mut problems);
    if context.scope.covers(DataCategory::Media) {
        jobs.extend(media);
    }
    context.store.record_listing(&item.id, &[], &problems).await?;
    context.store.finish_listing(&item.id, &jobs).await?;
    Ok(None)
}

fn walk(source: &Source, tell: &mpsc::Sender<Batch>) -> Result<(), SandboxError> {
    let first = plan::first_folders();
    let mut batch = Batch::default();
    let listed = source.list(&|name| first.contains(name), &mut |listed| {
        match listed {
            Listed::Entry(entry) => batch.entries.push(entry),
            Listed::Problem(problem) => batch.problems.push(problem),
            Listed::Container(container) => batch.containers.push(container),
        }
        if batch.entries.len() < BATCH && batch.problems.len() < BATCH {
            return true;
        }
        tell.blocking_send(std::mem::take(&mut batch)).is_ok()
    });
    let _nobody_listens = tell.blocking_send(batch);
    listed
}

/// Reads the app stores of the folder that were just met, with the companions that lie there.
async fn read_stores(
    context: &Context,
    item: &EvidenceItem,
    source: &Arc<Source>,
    planner: &plan::Planner,
    listed: &[Entry],
    course: &mut Course,
) -> Result<(), PipelineError> {
    if context.scope.excludes_store("").is_some() {
        return Ok(());
    }
    let mut jobs = Vec::new();
    let mut entries = Vec::new();
    for entry in listed.iter().filter(|entry| entry.place.is_empty()) {
        if planner.claimed_by(&entry.path).is_empty()
            || context.scope.excludes_store(&entry.path).is_some()
        {
            continue;
        }
        let head = source.head(entry, HEAD_BYTES).unwrap_or_default();
        if let Some(parser) = planner.parser_for(&entry.path, &head) {
            let folders = plan::folders_beside(parser.spec(), &entry.path);
            let files: Vec<String> =
                folders.iter().flat_map(|folder| source.files_of(folder)).collect();
            let folders = plan::Folders::new(files.iter().map(String::as_str));
            jobs.push(plan::app_store_job(&item.id, parser.spec(), &entry.path, &folders));
            let companions = files.iter().filter(|path| **path != entry.path);
            entries.push(entry.clone());
            entries.extend(companions.filter_map(|path| source.folder().entry(path).ok()));
        }
    }
    if jobs.is_empty() {
        return Ok(());
    }
    context.store.enqueue(&jobs).await?;
    let exhibit = Arc::new(Exhibit::new(item.clone(), Arc::clone(source), entries));
    while run_job_of_wave(context, &exhibit, Wave::AppStores).await? {
        course.store_read(context);
    }
    Ok(())
}

/// Jobs for everything the authorisation covers, problems for everything it does not.
fn planned(
    context: &Context,
    item: &EvidenceItem,
    source: &Source,
    planner: &plan::Planner,
    entries: &[Entry],
    problems: &mut Vec<Problem>,
) -> Vec<NewJob> {
    let mut jobs = Vec::new();
    let folders = plan::Folders::new(entries.iter().map(|entry| entry.path.as_str()));
    for entry in entries.iter().filter(|entry| !entry.deleted) {
        if planner.claimed_by(&entry.path).is_empty() {
            continue;
        }
        if let Some(why) = context.scope.excludes_store(&entry.path) {
            problems.push(scope::problem(&entry.path, why));
            continue;
        }
        let head = source.head(entry, HEAD_BYTES).unwrap_or_default();
        match planner.parser_for(&entry.path, &head) {
            Some(parser) => {
                jobs.push(plan::app_store_job(&item.id, parser.spec(), &entry.path, &folders));
            }
            None => problems.push(not_recognised(planner, &entry.path)),
        }
    }
    jobs.extend(media_jobs(context, item, entries, problems));
    jobs
}

fn media_jobs(
    context: &Context,
    item: &EvidenceItem,
    entries: &[Entry],
    problems: &mut Vec<Problem>,
) -> Vec<NewJob> {
    if !context.scope.covers(DataCategory::Media) {
        problems.push(scope::problem("every file", scope::not_covered(DataCategory::Media)));
        return Vec::new();
    }
    let mut excluded = scope::Excluded::default();
    let covered = entries.iter().filter(|entry| match context.scope.excludes(entry) {
        None => true,
        Some(why) => {
            excluded.add(&entry.path, why);
            false
        }
    });
    let waves = plan::by_wave(covered.map(|entry| entry.path.as_str()));
    problems.extend(excluded.problems());
    let jobs = |(wave, paths): (Wave, Vec<String>)| plan::fingerprint_jobs(&item.id, wave, &paths);
    waves.into_iter().flat_map(jobs).collect()
}

fn not_recognised(planner: &plan::Planner, path: &str) -> Problem {
    let names: Vec<&str> = planner.claimed_by(path).iter().map(|spec| spec.id).collect();
    let detail = format!(
        "named like a store of {}, but its first bytes are not; examined as an ordinary file",
        names.join(", ")
    );
    Problem { kind: ProblemKind::Malformed, at: None, subject: path.to_owned(), detail }
}
