//! `evidence add`: attaches an exhibit and reads it in first-look order.

use crate::{
    command::Command, error::CliError, exit::Exit, hold, in_folder, outcome::Outcome, page::Page,
};
use crate::{
    known::known,
    progress::Meter,
    session::{Deed, Session},
    worker,
};
use amparo_assess::{alarm::Rules, lexicon::Lexicon};
use amparo_authz::{Action, Object};
use amparo_model::{
    AuthorisationId, CaseId, CustodyAct, CustodyEvent, EvidenceId, EvidenceItem, EvidenceKind,
};
use amparo_pipeline::{Context, PipelineError, Progress, Scope, Summary};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "evidence add",
    about: "Attach an exhibit under an authorisation and read it; run again to go on after a stop",
    examples: &[
        "amparo evidence add /evidence/phone --case ALC-2026-0001 --authorisation JI4-ALC-2026-17",
        "amparo evidence add /evidence/pc --case ALC-2026-0001 --authorisation JI4-ALC-2026-17 \
         --label E-02",
        "amparo evidence add /evidence/E-03.E01 --case ALC-2026-0001 \
         --authorisation JI4-ALC-2026-17",
        "amparo evidence add /evidence/backup/Manifest.plist --case ALC-2026-0001 \
         --authorisation JI4-ALC-2026-17 --passwords passwords.txt",
    ],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// A folder (an extraction, an export, a mounted copy), or one file: an archive, a disk image
    /// (its first segment), the Manifest.db of a backup; it is only read
    pub path: PathBuf,
    /// The case
    #[arg(long)]
    pub case: CaseId,
    /// The court order under which it is read
    #[arg(long)]
    pub authorisation: AuthorisationId,
    /// The exhibit's label, as on its seal [default: the folder's name]
    #[arg(long)]
    pub label: Option<String>,
    /// A file with passwords for what is encrypted, one a line; needed again to go on after a stop
    #[arg(long, value_name = "FILE")]
    pub passwords: Option<PathBuf>,
}

/// What was done.
#[derive(Debug, Serialize)]
pub struct Attached {
    /// The exhibit.
    pub item: EvidenceItem,
    /// What this run did.
    pub summary: Summary,
}

impl Outcome for Attached {
    fn show(&self, page: &mut Page<'_>) {
        let summary = &self.summary;
        let numbers = [summary.entries, summary.jobs_done, summary.jobs_failed, summary.problems];
        let [entries, done, failed, problems] = numbers.map(|n| n.to_string());
        let args = [
            ("evidence", summary.evidence.as_str()),
            ("entries", entries.as_str()),
            ("done", done.as_str()),
            ("failed", failed.as_str()),
            ("problems", problems.as_str()),
        ];
        page.say_line("cli-evidence-added", &args);
        if let Some(first) = &summary.first_alarm {
            let seconds = format!("{:.1}", first.after_ms as f64 / 1000.0);
            let (media, entries) = (first.media_read.to_string(), first.entries.to_string());
            let args =
                [("seconds", seconds.as_str()), ("media", media.as_str()), ("entries", &entries)];
            page.say_line("cli-evidence-first-alarm", &args);
        }
        if summary.expired {
            return page.say_line("cli-evidence-expired", &[]);
        }
        if summary.interrupted {
            return page.say_line("cli-evidence-interrupted", &[]);
        }
        page.say_line("cli-evidence-next", &[("case", self.item.case.as_str())]);
    }

    fn exit(&self) -> Exit {
        if self.summary.interrupted { Exit::Interrupted } else { Exit::Ok }
    }
}

/// Attaches it, or goes on with it. A second run on finished work does nothing.
///
/// # Errors
/// [`CliError`] when refused, when source or case cannot be used, or when the machine cannot
/// confine the workers. A file that cannot be read is a problem in the results, never an error.
pub async fn run(session: &mut Session, args: Args) -> Result<Attached, CliError> {
    session.case(&args.case).await?;
    let order = session.store.authorisation(&args.authorisation).await?;
    let order = order.ok_or_else(|| CliError::unknown("authorisation", &args.authorisation))?;
    let item = item(session, &args)?;
    let object = Object::Evidence { case: &item.case, label: &item.label };
    let scope = &order.categories;
    let deed = Deed::on(Action::AttachEvidence, object, item.id.as_str())
        .under(Some(&order), scope)
        .detail(serde_json::json!({ "authorisation": order.id, "categories": scope }));
    session.act(&deed).await?;
    let _held = hold::exhibit(&session.folder, &item.id)?;
    let secrets = passwords(args.passwords.as_deref())?;
    let context = Context { secrets, ..context(session, Scope::of(&order)).await? };
    let mut meter = Meter::new(0);
    let summary =
        amparo_pipeline::attach(&context, &item, &mut |step| tell(session, &mut meter, &step))
            .await
            .map_err(failed)?;
    let item = session
        .store
        .evidence(
            &EvidenceId::new(&summary.evidence)
                .map_err(|error| CliError::storage("pipeline", error))?,
        )
        .await?
        .unwrap_or(item);
    if !summary.interrupted {
        note_custody(session, &item).await?;
    }
    Ok(Attached { item, summary })
}

/// What the source hashed to while it was read belongs into the chain of custody, once.
async fn note_custody(session: &Session, item: &EvidenceItem) -> Result<(), CliError> {
    let events = session.store.custody(&item.id).await?;
    if events.iter().any(|event| event.act == CustodyAct::Read) {
        return Ok(());
    }
    let mut sums = amparo_pipeline::Sums::default();
    session.store.each_entry(&item.id, &mut |entry| sums.add(&entry)).await?;
    let sums = sums.finish();
    let before = events.into_iter().rev().find_map(|event| event.sums);
    let now = session.clock.now();
    let event = CustodyEvent {
        act: CustodyAct::Read,
        at: now,
        recorded_at: now,
        recorded_by: session.actor.name.clone(),
        holder: None,
        seal: None,
        from: None,
        to: None,
        reason: session.reason.clone(),
        unchanged: before.map(|before| before == sums),
        sums: Some(sums),
    };
    Ok(session.store.add_custody(&item.id, &event).await?)
}

fn item(session: &Session, args: &Args) -> Result<EvidenceItem, CliError> {
    let bad = |why: String| CliError::bad(args.path.display(), why);
    let source = std::fs::canonicalize(&args.path).map_err(|error| bad(error.to_string()))?;
    let kind = kind_of(&source).ok_or_else(|| bad("is neither folder nor file".to_owned()))?;
    let own = std::fs::canonicalize(&session.folder).map_err(|error| bad(error.to_string()))?;
    if source.starts_with(&own) || own.starts_with(&source) {
        return Err(bad("holds this unit's own data, which changes while it is read".to_owned()));
    }
    let text = source.to_str().ok_or_else(|| bad("has a name that is no UTF-8".to_owned()))?;
    let label = args.label.clone().unwrap_or_else(|| folder_name(&source));
    if label.trim().is_empty() {
        return Err(CliError::bad("--label", "is empty; give the label on the exhibit's seal"));
    }
    let id = EvidenceId::new(format!("{}/{}", args.case, slug(&label)))
        .map_err(|error| CliError::bad(&label, error))?;
    Ok(EvidenceItem {
        id,
        case: args.case.clone(),
        authorisation: args.authorisation.clone(),
        label,
        kind,
        source: text.to_owned(),
        attached_at: session.clock.now(),
        attached_by: session.actor.name.clone(),
    })
}

fn kind_of(source: &Path) -> Option<EvidenceKind> {
    if source.is_dir() {
        return Some(EvidenceKind::Folder);
    }
    source.is_file().then_some(EvidenceKind::File)
}

/// One password a line, as written; an empty line is none.
fn passwords(file: Option<&Path>) -> Result<Vec<String>, CliError> {
    let Some(file) = file else { return Ok(Vec::new()) };
    let text = std::fs::read_to_string(file).map_err(|why| CliError::bad(file.display(), why))?;
    Ok(text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

/// Everything that the stages work with.
///
/// # Errors
/// [`CliError`] when database or workers cannot be used.
pub async fn context(session: &Session, scope: Scope) -> Result<Context, CliError> {
    let started = Instant::now();
    let elapsed = move || u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let parallel = worker::parallel();
    Ok(Context {
        store: session.store.clone(),
        objects: Arc::clone(&session.objects),
        workers: worker::pool(&session.worker_program, parallel)?,
        tools: worker::tools(&session.worker_program),
        known: Arc::new(known(session).await?),
        lexicon: Arc::new(Lexicon::bundled()),
        rules: Arc::new(Rules::bundled()),
        clock: Arc::clone(&session.clock),
        elapsed_ms: Arc::new(elapsed),
        stop: session.interrupt.listen(),
        scope,
        secrets: Vec::new(),
        parallel,
    })
}

fn tell(session: &Session, meter: &mut Meter, step: &Progress) {
    let say = &session.say;
    match step {
        Progress::Listed { entries } => meter.at(*entries, &say.just("cli-progress-listing")),
        Progress::Wave { wave } => meter.note(&say.word("wave", &wave.to_string())),
        Progress::Jobs { done, .. } => meter.at(*done, &say.just("cli-progress-jobs")),
        Progress::FirstAlarm(first) => {
            let seconds = format!("{:.1}", first.after_ms as f64 / 1000.0);
            let media = first.media_read.to_string();
            let entries = first.entries.to_string();
            let args = [("seconds", seconds.as_str()), ("media", &media), ("entries", &entries)];
            meter.note(&say.get("cli-evidence-first-alarm", &args));
        }
    }
}

/// What a failure of the pipeline means here.
#[must_use]
pub fn failed(error: PipelineError) -> CliError {
    match error {
        PipelineError::Store(error) => error.into(),
        PipelineError::Source(error) => CliError::bad("source", error),
        PipelineError::Objects(error) => CliError::storage("objects", error),
        PipelineError::Sandbox(error) => CliError::storage("worker", error),
        PipelineError::Pattern(why) => CliError::bad("--path", why),
        PipelineError::Job(why) => CliError::storage("pipeline", why),
    }
}

fn folder_name(path: &Path) -> String {
    path.file_name().map_or_else(|| "E-1".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// The label in the characters that an id allows. A label that had to be changed gets a few digits
/// of its hash, so that two labels never share an id.
fn slug(label: &str) -> String {
    let good = |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' };
    let slug: String = label.chars().map(good).take(40).collect();
    if slug == label {
        return slug;
    }
    let digest = amparo_evidence::hash_bytes(label.as_bytes()).sha256.to_string();
    format!("{slug}-{}", digest.get(..8).unwrap_or_default())
}
