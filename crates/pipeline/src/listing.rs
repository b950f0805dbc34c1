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
use crate::{Context, PipelineError, Progress, medium, pages, plan, scope};
use amparo_model::{Container, DataCategory, Entry, EvidenceItem, Problem, ProblemKind, Wave};
use amparo_parsers::Parser;
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
    let (mut listed, mut media) = (0, Vec::new());
    while let Some(batch) = told.recv().await {
        let Batch { entries: some, problems: found, containers } = batch;
        context.store.record_listing(&item.id, &some, &found).await?;
        context.store.record_containers(&item.id, &containers).await?;
        media.extend(containers.iter().filter_map(|one| medium::job(&item.id, one)));
        read_stores(context, item, source, &planner, &some, course).await?;
        listed += some.len() as u64;
        course.listed(listed);
        progress(Progress::Listed { entries: listed });
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
    let mut jobs = planned(context, item, source, &planner).await?;
    if context.scope.covers(DataCategory::Media) {
        jobs.extend(media);
    }
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
    let (mut stores, mut beside) = (plan::Stores::default(), Vec::new());
    for entry in listed.iter().filter(|entry| entry.place.is_empty()) {
        if planner.claimed_by(&entry.path).is_empty()
            || context.scope.excludes_store(&entry.path).is_some()
        {
            continue;
        }
        let head = source.head(entry, HEAD_BYTES).unwrap_or_default();
        if let Some(parser) = planner.parser_for(&entry.path, &head) {
            stores.add(parser.spec(), &entry.path);
            let folders = plan::folders_beside(parser.spec(), &entry.path);
            for path in folders.iter().flat_map(|folder| source.files_of(folder)) {
                stores.offer(&path);
                beside.push(path);
            }
        }
    }
    if stores.is_empty() {
        return Ok(());
    }
    // The walk may meet them only later.
    let beside: Vec<Entry> =
        beside.iter().filter_map(|path| source.folder().entry(path).ok()).collect();
    context.store.record_listing(&item.id, &beside, &[]).await?;
    context.store.enqueue(&stores.jobs(&item.id)).await?;
    let exhibit = Arc::new(Exhibit::being_listed(item.clone(), Arc::clone(source)));
    while run_job_of_wave(context, &exhibit, Wave::AppStores).await? {
        course.store_read(context);
    }
    Ok(())
}

/// Jobs for everything the authorisation covers, problems for everything it does not. Those of
/// ordinary files are enqueued on the way: a listing that is begun again plans the same ones.
async fn planned(
    context: &Context,
    item: &EvidenceItem,
    source: &Source,
    planner: &plan::Planner,
) -> Result<Vec<NewJob>, PipelineError> {
    let mut planned = Planned::new(context, item);
    let mut pages = pages::Pages::new(&context.store, &item.id);
    while let Some(page) = pages.next().await? {
        for entry in &page {
            planned.store(context, source, planner, entry);
            planned.media(context, entry);
        }
        let Planned { problems, jobs, .. } = &mut planned;
        context.store.record_listing(&item.id, &[], problems).await?;
        context.store.enqueue(jobs).await?;
        problems.clear();
        jobs.clear();
    }
    let Planned { mut stores, mut problems, excluded, mut jobs, mut camera, mut rest } = planned;
    problems.extend(excluded.problems());
    context.store.record_listing(&item.id, &[], &problems).await?;
    if !stores.is_empty() {
        let mut pages = pages::Pages::new(&context.store, &item.id);
        while let Some(page) = pages.next().await? {
            page.iter().for_each(|entry| stores.offer(&entry.path));
        }
    }
    jobs.extend(stores.jobs(&item.id));
    jobs.extend(camera.end().into_iter().chain(rest.end()));
    Ok(jobs)
}

/// What was planned so far.
struct Planned {
    stores: plan::Stores,
    problems: Vec<Problem>,
    excluded: scope::Excluded,
    jobs: Vec<NewJob>,
    camera: plan::Chunks,
    rest: plan::Chunks,
}

impl Planned {
    fn new(context: &Context, item: &EvidenceItem) -> Self {
        let mut problems = Vec::new();
        if !context.scope.covers(DataCategory::Media) {
            problems.push(scope::problem("every file", scope::not_covered(DataCategory::Media)));
        }
        Self {
            problems,
            stores: plan::Stores::default(),
            excluded: scope::Excluded::default(),
            jobs: Vec::new(),
            camera: plan::Chunks::new(&item.id, Wave::Camera),
            rest: plan::Chunks::new(&item.id, Wave::Rest),
        }
    }

    fn store(
        &mut self,
        context: &Context,
        source: &Source,
        planner: &plan::Planner,
        entry: &Entry,
    ) {
        if entry.deleted || planner.claimed_by(&entry.path).is_empty() {
            return;
        }
        if let Some(why) = context.scope.excludes_store(&entry.path) {
            self.problems.push(scope::problem(&entry.path, why));
            return;
        }
        let head = source.head(entry, HEAD_BYTES).unwrap_or_default();
        match planner.parser_for(&entry.path, &head).map(Parser::spec) {
            Some(spec) => self.stores.add(spec, &entry.path),
            None => self.problems.push(not_recognised(planner, &entry.path)),
        }
    }

    fn media(&mut self, context: &Context, entry: &Entry) {
        if !context.scope.covers(DataCategory::Media) {
            return;
        }
        if let Some(why) = context.scope.excludes(entry) {
            self.excluded.add(&entry.path, why);
            return;
        }
        let chunks = match plan::wave_of(&entry.path) {
            Wave::Camera => &mut self.camera,
            _ => &mut self.rest,
        };
        self.jobs.extend(chunks.add(&entry.path, entry.size));
    }
}

fn not_recognised(planner: &plan::Planner, path: &str) -> Problem {
    let names: Vec<&str> = planner.claimed_by(path).iter().map(|spec| spec.id).collect();
    let detail = format!(
        "named like a store of {}, but its first bytes are not; examined as an ordinary file",
        names.join(", ")
    );
    Problem { kind: ProblemKind::Malformed, at: None, subject: path.to_owned(), detail }
}
