//! Stage `listing`: walks the exhibit, reads app stores as soon as they are met, and plans the
//! rest.
//!
//! App stores are read on the way (`early.rs`); what their transfers link to is found when all
//! paths are known (`linking.rs`). A listing that was interrupted is begun again; jobs that were
//! done stay done.

use crate::course::{Course, Halt};
use crate::source::{Listed, Scout, Source};
use crate::{Context, PipelineError, Progress, early, medium, pages, plan, scope};
use amparo_model::{Container, DataCategory, Entry, EvidenceItem, Problem, ProblemKind, Wave};
use amparo_parsers::claiming;
use amparo_sandbox::SandboxError;
use amparo_store::NewJob;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Listed paths written in one transaction.
const BATCH: usize = 2_000;
/// Batches that may wait to be written.
const WAITING: usize = 16;

#[derive(Default)]
struct Batch {
    entries: Vec<Entry>,
    problems: Vec<Problem>,
    containers: Vec<Container>,
    sought: Vec<Entry>,
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
    let (walked, scout) = (Arc::clone(source), early::scout(context));
    let walk = tokio::task::spawn_blocking(move || walk(&walked, &scout, &tell));
    let (mut listed, mut media) = (0, Vec::new());
    while let Some(batch) = told.recv().await {
        let Batch { entries: some, problems: found, containers, sought } = batch;
        context.store.record_listing(&item.id, &some, &found).await?;
        context.store.record_containers(&item.id, &containers).await?;
        media.extend(containers.iter().filter_map(|one| medium::job(&item.id, one)));
        early::read_stores(context, item, source, (&some, sought), course).await?;
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
    let mut jobs = planned(context, item, source).await?;
    if context.scope.covers(DataCategory::Media) {
        jobs.extend(media);
    }
    context.store.finish_listing(&item.id, &jobs).await?;
    Ok(None)
}

fn walk(source: &Source, scout: &Scout, tell: &mpsc::Sender<Batch>) -> Result<(), SandboxError> {
    let first = plan::first_folders();
    let mut batch = Batch::default();
    let listed = source.list(&|name| first.contains(name), scout, &mut |listed| {
        match listed {
            Listed::Entry(entry) => batch.entries.push(entry),
            Listed::Problem(problem) => batch.problems.push(problem),
            Listed::Container(container) => batch.containers.push(container),
            Listed::Sought(entries) => batch.sought = entries,
        }
        let full = batch.entries.len() >= BATCH || batch.problems.len() >= BATCH;
        if !full && batch.sought.is_empty() {
            return true;
        }
        tell.blocking_send(std::mem::take(&mut batch)).is_ok()
    });
    let _nobody_listens = tell.blocking_send(batch);
    listed
}

/// Jobs for everything the authorisation covers, problems for everything it does not. Those of
/// ordinary files are enqueued on the way: a listing that is begun again plans the same ones.
async fn planned(
    context: &Context,
    item: &EvidenceItem,
    source: &Source,
) -> Result<Vec<NewJob>, PipelineError> {
    let mut planned = Planned::new(context, item);
    let mut pages = pages::Pages::new(&context.store, &item.id);
    while let Some(page) = pages.next().await? {
        for entry in &page {
            planned.store(context, source, entry);
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

    fn store(&mut self, context: &Context, source: &Source, entry: &Entry) {
        if entry.deleted || !plan::is_claimed(&entry.path) {
            return;
        }
        if let Some(why) = context.scope.excludes_store(&entry.path) {
            self.problems.push(scope::problem(&entry.path, why));
            return;
        }
        match early::recognised(source, entry) {
            Some(spec) => self.stores.add(spec, &entry.path),
            None => self.problems.push(not_recognised(&entry.path)),
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

fn not_recognised(path: &str) -> Problem {
    let names: Vec<&str> = claiming(path).map(|parser| parser.spec().id).collect();
    let detail = format!(
        "named like a store of {}, but its first bytes are not; examined as an ordinary file",
        names.join(", ")
    );
    Problem { kind: ProblemKind::Malformed, at: None, subject: path.to_owned(), detail }
}
