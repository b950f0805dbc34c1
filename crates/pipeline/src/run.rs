//! One run over one evidence item: list, plan, work wave by wave, assess between waves.

use crate::{
    Context, FirstAlarm, PipelineError, Progress, Summary, app_store, assess_case, course::Course,
    fingerprint, linking, listing, medium, plan, scope, source::Source, stage,
};
use amparo_model::{Alarm, Band, EvidenceId, EvidenceItem, Problem, ProblemKind, Wave};
use amparo_store::{Job, JobCount, Reach};
use futures_util::future::try_join_all;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{Mutex as AsyncMutex, Notify};

/// Name under which this process holds jobs; one process works on an evidence item at a time.
const WORKER: &str = "local";
/// A job that holds its lease longer is given to somebody else.
const LEASE_MS: i64 = 3_600_000;
/// A job during which this many runs died waits until all others are done, so that it can stop
/// only itself. It is never given up: a run may die of a power cut as well as of its job.
const DEATHS_MAX: i64 = 3;

/// What the jobs of one run share about their evidence item. Its entries stay in the database.
pub(crate) struct Exhibit {
    pub(crate) item: EvidenceItem,
    pub(crate) source: Arc<Source>,
    /// How many entries there are.
    entries: u64,
    /// Files that belong to app stores; not counted as media.
    stores: BTreeSet<String>,
    files: AtomicU64,
    bytes: AtomicU64,
    media_read: AtomicU64,
}

impl Exhibit {
    async fn new(
        context: &Context,
        item: EvidenceItem,
        source: Arc<Source>,
    ) -> Result<Self, PipelineError> {
        let store = &context.store;
        let totals = store.entry_totals(&item.id).await?;
        let jobs = store.job_payloads(&item.id, stage::APP_STORE.id).await?;
        let files = jobs.into_iter().filter_map(|job| serde_json::from_value(job).ok());
        let stores: Vec<String> = files.flat_map(plan::AppStoreJob::files).collect();
        let known = store.entries_at(&item.id, &stores).await?;
        let read = known.iter().filter(|entry| entry.hashes.is_some()).count() as u64;
        Ok(Self {
            entries: totals.files,
            stores: stores.into_iter().collect(),
            media_read: AtomicU64::new(totals.files_read.saturating_sub(read)),
            ..Self::being_listed(item, source)
        })
    }

    /// An exhibit whose entries are not all known yet.
    pub(crate) fn being_listed(item: EvidenceItem, source: Arc<Source>) -> Self {
        Self {
            item,
            source,
            entries: 0,
            stores: BTreeSet::new(),
            files: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            media_read: AtomicU64::new(0),
        }
    }

    /// Notes that fingerprints are recorded, with the sizes of the files.
    pub(crate) fn note_read(&self, files: impl Iterator<Item = (String, u64)>) {
        for (path, size) in files {
            self.files.fetch_add(1, Ordering::Relaxed);
            self.bytes.fetch_add(size, Ordering::Relaxed);
            let is_media = u64::from(!self.stores.contains(&path));
            self.media_read.fetch_add(is_media, Ordering::Relaxed);
        }
    }

    /// Files read in this run, and their bytes.
    pub(crate) fn amount_read(&self) -> (u64, u64) {
        (self.files.load(Ordering::Relaxed), self.bytes.load(Ordering::Relaxed))
    }
}

/// What one job did.
pub(crate) enum Done {
    /// Facts are recorded, job completed.
    Recorded,
    /// It cannot be done; the job failed for good with this problem.
    Failed(Problem),
}

/// Attaches an evidence item, or resumes it, and works until all jobs are done or `stop` is set.
///
/// # Errors
/// [`PipelineError`] when the source, the database, the object store or the confinement is
/// unusable. A file that cannot be read is a problem in the results, never an error.
pub async fn attach(
    context: &Context,
    item: &EvidenceItem,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Summary, PipelineError> {
    context.workers.check()?;
    let item = context.store.attach_evidence(item).await?.item;
    let command = context.workers.command().clone();
    let secrets = context.secrets.clone();
    let source = Arc::new(Source::open(&item, command, secrets, context.parallel)?);
    context.store.release_jobs(&item.id, WORKER).await?;
    let mut course = Course::begin(context, &item.id).await?;
    if !context.store.listing_finished(&item.id).await? {
        let halt = listing::run(context, &item, &source, &mut course, progress).await?;
        if let Some(halt) = halt {
            course.end(context, &item.id, None).await?;
            let mut summary = Summary { evidence: item.id.to_string(), ..Summary::default() };
            summary.halt(halt);
            return Ok(summary);
        }
    }
    let exhibit = Arc::new(Exhibit::new(context, item, source).await?);
    let mut summary = work(context, &exhibit, &mut course, progress).await?;
    summary.first_store_ms = course.first_store_ms();
    summary.ran_ms = (context.elapsed_ms)();
    course.end(context, &exhibit.item.id, Some((&exhibit, &summary))).await?;
    Ok(summary)
}

async fn work(
    context: &Context,
    exhibit: &Arc<Exhibit>,
    course: &mut Course,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Summary, PipelineError> {
    let mut summary = Summary {
        evidence: exhibit.item.id.to_string(),
        entries: exhibit.entries,
        ..Summary::default()
    };
    // A second exhibit of a case that has its alarm already raises no first one.
    let known_before = any_top(&context.store.alarms(&exhibit.item.case).await?);
    let passes = Wave::ALL.map(|wave| (wave, DEATHS_MAX));
    for (wave, attempts_max) in passes.into_iter().chain([(Wave::Rest, i64::MAX)]) {
        let reach = Reach { wave_max: wave.number(), attempts_max };
        run_wave(context, exhibit, (wave, reach), &mut summary, course, progress).await?;
        if summary.expired {
            let detail = "the authorisation ended; what was not read by then is not read";
            let problem = scope::problem("every file", detail.to_owned());
            context.store.record_problems(&exhibit.item.id, stage::LISTING.id, &[problem]).await?;
        }
        if summary.interrupted {
            break;
        }
        if let Some(mark) = due(context, exhibit, reach).await? {
            raise(context, exhibit, (mark, known_before), &mut summary, progress).await?;
        }
    }
    summary.problems = context.store.problems(&exhibit.item.id).await?.len() as u64;
    Ok(summary)
}

/// How lanes without work learn that another lane has finished a job.
#[derive(Default)]
struct Waiting {
    busy: Cell<usize>,
    done: Notify,
}

/// Runs the next job of a wave, if there is one; whether there was.
pub(crate) async fn run_job_of_wave(
    context: &Context,
    exhibit: &Arc<Exhibit>,
    wave: Wave,
) -> Result<bool, PipelineError> {
    let reach = Reach { wave_max: wave.number(), attempts_max: DEATHS_MAX };
    let Some(job) = claim(context, exhibit, reach).await? else { return Ok(false) };
    run_job(context.clone(), Arc::clone(exhibit), job).await?;
    Ok(true)
}

/// What the lanes of one wave share: counts and the voice.
struct Tally<'t> {
    summary: &'t mut Summary,
    progress: &'t mut (dyn FnMut(Progress) + Send),
    announced: bool,
}

async fn run_wave(
    context: &Context,
    exhibit: &Arc<Exhibit>,
    turn: (Wave, Reach),
    summary: &mut Summary,
    course: &mut Course,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<(), PipelineError> {
    let tally = RefCell::new(Tally { summary, progress, announced: false });
    let course = AsyncMutex::new(course);
    let waiting = Waiting::default();
    // One more than cores: while a lane waits for the disk or the database, the others compute.
    let lanes = (0..=context.parallel.max(1))
        .map(|_| lane(context, exhibit, turn, (&tally, &course), &waiting));
    try_join_all(lanes).await?;
    Ok(())
}

/// One job after the other until the wave has none left. Lanes run side by side in one task, and
/// each claims for itself: a claim that waited outside the lanes could wait for a turn that only
/// a lane can give back.
async fn lane(
    context: &Context,
    exhibit: &Arc<Exhibit>,
    (wave, reach): (Wave, Reach),
    (tally, course): (&RefCell<Tally<'_>>, &AsyncMutex<&mut Course>),
    waiting: &Waiting,
) -> Result<(), PipelineError> {
    loop {
        if let Some(halt) = course.lock().await.look(context, &exhibit.item.id).await? {
            tally.borrow_mut().summary.halt(halt);
            return Ok(());
        }
        let Some(job) = claim(context, exhibit, reach).await? else {
            // A job in another lane may enqueue more of this wave.
            if waiting.busy.get() == 0 {
                return Ok(());
            }
            waiting.done.notified().await;
            continue;
        };
        tally.borrow_mut().announce(wave);
        waiting.busy.set(waiting.busy.get() + 1);
        let failed = run_job(context.clone(), Arc::clone(exhibit), job).await;
        waiting.busy.set(waiting.busy.get() - 1);
        waiting.done.notify_waiters();
        tally.borrow_mut().count(wave, failed?);
        let summary = tally.borrow().summary.clone();
        let mut course = course.lock().await;
        if wave == Wave::AppStores {
            course.store_read(context);
        }
        course.note(context, exhibit, &summary).await?;
    }
}

impl Tally<'_> {
    fn announce(&mut self, wave: Wave) {
        if !std::mem::replace(&mut self.announced, true) {
            (self.progress)(Progress::Wave { wave: wave.number() });
        }
    }

    fn count(&mut self, wave: Wave, failed: bool) {
        self.summary.jobs_done += 1;
        self.summary.jobs_failed += u64::from(failed);
        (self.progress)(Progress::Jobs { wave: wave.number(), done: self.summary.jobs_done });
    }
}

async fn claim(
    context: &Context,
    exhibit: &Exhibit,
    reach: Reach,
) -> Result<Option<Job>, PipelineError> {
    let (store, id, now) = (&context.store, &exhibit.item.id, context.clock.now());
    Ok(store.claim_jobs_up_to(reach, WORKER, id, 1, now, LEASE_MS).await?.pop())
}

/// Runs one job to its end; `true` when it failed for good.
async fn run_job(context: Context, exhibit: Arc<Exhibit>, job: Job) -> Result<bool, PipelineError> {
    let done = if job.kind == stage::APP_STORE.id {
        app_store::run(&context, &exhibit, &job).await?
    } else if job.kind == stage::LINKING.id {
        linking::run(&context, &exhibit, &job).await?
    } else if job.kind == stage::MEDIUM.id {
        medium::run(&context, &exhibit, &job).await?
    } else if job.kind == stage::FINGERPRINT.id {
        fingerprint::run(&context, &exhibit, &job).await?
    } else {
        Done::Failed(gave_up(&job, "this version knows no such job".to_owned()))
    };
    match done {
        Done::Recorded => Ok(false),
        Done::Failed(problem) => fail(&context, &exhibit, &job, problem).await,
    }
}

async fn fail(
    context: &Context,
    exhibit: &Exhibit,
    job: &Job,
    problem: Problem,
) -> Result<bool, PipelineError> {
    let why = problem.detail.clone();
    context.store.record_problems(&exhibit.item.id, &job.kind, &[problem]).await?;
    context.store.fail_job(job.id, &why).await?;
    Ok(true)
}

fn gave_up(job: &Job, detail: String) -> Problem {
    Problem { kind: ProblemKind::Unreadable, at: None, subject: job.key.clone(), detail }
}

/// What an assessment rests on, as the store keeps it beside the list.
type Mark = serde_json::Map<String, serde_json::Value>;

/// The mark of an assessment that is due: the last wave within reach that had work has none yet, or
/// has one from before the jobs that had to wait. Asked of the store and not of this run: a killed
/// run may have done the work and not the assessment.
async fn due(
    context: &Context,
    exhibit: &Exhibit,
    reach: Reach,
) -> Result<Option<Mark>, PipelineError> {
    let (store, item) = (&context.store, &exhibit.item);
    let jobs = store.job_counts(&item.id).await?;
    let Some(mark) = mark(&item.id, &jobs, reach.wave_max) else { return Ok(None) };
    let holds = |processed: &serde_json::Value| {
        mark.iter().all(|(name, value)| processed[name.as_str()] == *value)
    };
    let done = store.alarm_runs(&item.case).await?.iter().any(|run| holds(&run.processed));
    Ok((!done).then_some(mark))
}

fn mark(evidence: &EvidenceId, jobs: &[JobCount], wave_max: i64) -> Option<Mark> {
    let within = || jobs.iter().filter(|jobs| jobs.wave <= wave_max);
    let wave = within().map(|jobs| jobs.wave).max()?;
    let open = |jobs: &&JobCount| matches!(jobs.state.as_str(), "queued" | "running");
    let waiting: u64 = within().filter(open).map(|jobs| jobs.count).sum();
    Some(Mark::from_iter([
        ("evidence".to_owned(), evidence.as_str().into()),
        ("wave".to_owned(), wave.into()),
        ("waiting".to_owned(), waiting.into()),
    ]))
}

fn any_top(alarms: &[Alarm]) -> bool {
    alarms.iter().any(|alarm| alarm.band == Band::Top)
}

/// Assesses the alarm on what is known so far, and notes the first time the top band is reached.
async fn raise(
    context: &Context,
    exhibit: &Exhibit,
    (mark, known_before): (Mark, bool),
    summary: &mut Summary,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<(), PipelineError> {
    let media_read = exhibit.media_read.load(Ordering::Relaxed);
    let mut processed = mark;
    processed.insert("media_read".to_owned(), media_read.into());
    let alarms = assess_case(context, &exhibit.item.case, processed.into()).await?;
    if any_top(&alarms) && !known_before && summary.first_alarm.is_none() {
        let after_ms = (context.elapsed_ms)();
        let first = FirstAlarm { after_ms, media_read, entries: summary.entries };
        summary.first_alarm = Some(first);
        progress(Progress::FirstAlarm(first));
    }
    Ok(())
}
