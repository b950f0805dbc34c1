//! Taking tips in: original bytes first, then what a confined worker reads from them, then the
//! store; only after that is anything acknowledged. Documents of a package are files like any
//! other; the media beside them stay closed in it.

mod revisions;

use crate::error::CliError;
use crate::session::{Deed, Session};
use crate::worker::Parsed;
use crate::{files, worker};
use amparo_assess::territory::Names;
use amparo_authz::{Action, Object};
use amparo_evidence::sha256;
use amparo_model::{
    Located, Locator, PackageMember, Place, Problem, ProblemKind, Record, Sha256, TipRevision,
    UtcMillis,
};
use amparo_parsers::{Family, Spec};
use amparo_sandbox::Pool;
use amparo_store::{Accepted, TipArrival};
use data_encoding::BASE64;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::task::JoinHandle;

pub use revisions::{Changed, RevisionAlert};

/// Packages inside packages, at most so deep.
const DEEPEST: usize = 3;

/// Tips accepted in one transaction, and files of one batch.
const BATCH: usize = 200;

/// Files of one batch lie in memory together, and there is always room for the largest single one.
/// Two batches are on their way in at a time.
const BATCH_BYTES: u64 = 64 << 20;

/// Largest tip file; the clearing house's own are far smaller.
const FILE_BYTES_MAX: u64 = 256 << 20;

/// A file of one batch.
struct Incoming {
    name: String,
    bytes: Vec<u8>,
    spec: Option<&'static Spec>,
}

/// What one batch of files gave.
#[derive(Debug, Default)]
pub struct Taken {
    /// What became of each tip.
    pub accepted: Vec<Accepted>,
    /// What could not be read, of tips and of files.
    pub problems: Vec<Problem>,
    /// Files of which nothing could be used.
    pub refused: Vec<Problem>,
    /// Files in a folder that are no tips in a form that this version reads.
    pub skipped: Vec<Problem>,
    /// Revisions that change what somebody must look at.
    pub alerts: Vec<RevisionAlert>,
}

/// Cuts a list of files into batches that fit in memory, in their order: a file that is larger than
/// a batch may be is one by itself. Sizes are as listed; reading holds each file to its own limit.
#[must_use]
pub fn batches(paths: &[PathBuf]) -> Vec<&[PathBuf]> {
    let sizes: Vec<u64> = paths.iter().map(|path| files::size(path)).collect();
    let mut batches = Vec::new();
    let mut rest = paths;
    for count in cut(&sizes) {
        let (batch, after) = rest.split_at_checked(count).unwrap_or((rest, &[]));
        batches.push(batch);
        rest = after;
    }
    batches
}

/// How many files go into each batch.
fn cut(sizes: &[u64]) -> Vec<usize> {
    let mut counts = Vec::new();
    let (mut count, mut bytes) = (0, 0u64);
    for size in sizes {
        if count > 0 && (count == BATCH || bytes.saturating_add(*size) > BATCH_BYTES) {
            counts.push(count);
            (count, bytes) = (0, 0);
        }
        (count, bytes) = (count + 1, bytes.saturating_add(*size));
    }
    counts.extend((count > 0).then_some(count));
    counts
}

/// A batch of files on its way in.
pub struct Started {
    reading: Reading,
    taken: Taken,
}

/// Begins to take in a batch of files: the act is logged, and the originals are being made durable
/// and read when this returns.
///
/// # Errors
/// [`CliError`] when refused, or when the log fails.
pub async fn start(
    session: &mut Session,
    pool: &Arc<Pool>,
    paths: &[PathBuf],
    named: &[PathBuf],
) -> Result<Started, CliError> {
    let mut taken = Taken::default();
    let mut incoming = Vec::new();
    for path in paths {
        match open(path) {
            Ok(file) if file.spec.is_none() && !named.contains(path) => {
                taken.skipped.push(unsupported(&file.name, None));
            }
            Ok(file) => incoming.push(file),
            Err(error) => taken.refused.push(unreadable(path, &error)),
        }
    }
    Ok(Started { reading: keep_and_read(session, pool, incoming).await?, taken })
}

/// Takes in a batch that was started. What is accepted is durable when this returns. `places` tell
/// whether a revision changes the country.
///
/// # Errors
/// [`CliError`] when refused, or when disk or database fail; then nothing of the batch is
/// acknowledged, and the same import again is safe.
pub async fn finish(
    session: &mut Session,
    pool: &Arc<Pool>,
    places: &Names,
    Started { mut reading, mut taken }: Started,
) -> Result<Taken, CliError> {
    let mut read = Read::default();
    for depth in 0..=DEEPEST {
        let (files, (objects, parsed)) = reading.end().await?;
        let mut inner = Vec::new();
        for ((file, object), parsed) in files.iter().zip(objects).zip(parsed) {
            inner.extend(read.take(session, file, object, parsed, &mut taken).await?);
        }
        if inner.is_empty() {
            break;
        }
        if depth == DEEPEST {
            let deep = |file: &Incoming| problem(&file.name, None, "lies in too many packages");
            taken.refused.extend(inner.iter().map(deep));
            break;
        }
        reading = keep_and_read(session, pool, inner).await?;
    }
    for batch in read.arrivals.chunks_mut(BATCH) {
        revisions::accept(session, places, batch, &mut taken).await?;
    }
    Ok(taken)
}

fn open(path: &Path) -> Result<Incoming, CliError> {
    let bytes = files::read(path, FILE_BYTES_MAX)?;
    let name = path.to_string_lossy().into_owned();
    let spec = worker::parser_for(Family::Tip, &name, &bytes);
    Ok(Incoming { name, bytes, spec })
}

/// The objects of some files, and what was read from them.
type Kept = (Vec<Sha256>, Vec<Parsed>);

/// Files whose originals are being made durable and read.
struct Reading {
    files: Arc<Vec<Incoming>>,
    work: JoinHandle<Result<Kept, CliError>>,
}

impl Reading {
    /// The files with their objects and what was read from them, when all of it is done.
    async fn end(self) -> Result<(Arc<Vec<Incoming>>, Kept), CliError> {
        let stopped = |error| CliError::storage("worker", error);
        Ok((self.files, self.work.await.map_err(stopped)??))
    }
}

/// Has the originals made durable and read meanwhile, as the disk needs the time and the processors
/// are free. Whatever a reader does, the originals are kept: a tip can be read again by a later
/// version. Nothing is stored of what was read before they are.
async fn keep_and_read(
    session: &mut Session,
    pool: &Arc<Pool>,
    files: Vec<Incoming>,
) -> Result<Reading, CliError> {
    let names: Vec<Sha256> = files.iter().map(|file| sha256(&file.bytes)).collect();
    let told: Vec<String> = names.iter().map(Sha256::to_string).collect();
    let deed = Deed::on(Action::ImportTips, Object::Unit, "tips")
        .detail(serde_json::json!({ "objects": told }));
    session.act(&deed).await?;
    let (objects, pool, files) = (Arc::clone(&session.objects), Arc::clone(pool), Arc::new(files));
    let read = Arc::clone(&files);
    let work = move || {
        let bytes: Vec<&[u8]> = read.iter().map(|file| file.bytes.as_slice()).collect();
        std::thread::scope(|scope| {
            let keep = scope.spawn(|| objects.publish_many(&bytes));
            let parsed = parse_all(&pool, &read, &names);
            let stopped = |_| CliError::storage("objects", "the writing thread stopped");
            let kept = keep.join().map_err(stopped)?;
            Ok((kept.map_err(|error| CliError::storage("objects", error))?, parsed?))
        })
    };
    Ok(Reading { files, work: tokio::task::spawn_blocking(work) })
}

/// What the files of a batch gave so far.
#[derive(Default)]
struct Read {
    arrivals: Vec<TipArrival>,
}

/// Several files are read at once, each in a worker of its own.
fn parse_all(pool: &Pool, files: &[Incoming], objects: &[Sha256]) -> Result<Vec<Parsed>, CliError> {
    let work: Vec<(&Incoming, Sha256)> = files.iter().zip(objects.iter().copied()).collect();
    let share = work.len().div_ceil(worker::parallel()).max(1);
    let parse = |work: &[(&Incoming, Sha256)]| -> Result<Vec<Parsed>, CliError> {
        let one = |(file, object): &(&Incoming, Sha256)| match file.spec {
            Some(spec) => worker::parse(pool, spec, files::base(&file.name), *object, &file.bytes),
            None => Ok(Parsed {
                problems: vec![unsupported(&file.name, Some(*object))],
                ..Parsed::default()
            }),
        };
        work.iter().map(one).collect()
    };
    std::thread::scope(|scope| {
        let parse = &parse;
        let running: Vec<_> =
            work.chunks(share).map(|work| scope.spawn(move || parse(work))).collect();
        let mut parsed = Vec::with_capacity(work.len());
        for thread in running {
            let stopped = |_| CliError::storage("worker", "a reading thread stopped");
            parsed.extend(thread.join().map_err(stopped)??);
        }
        Ok(parsed)
    })
}

impl Read {
    /// Takes what one file gave; returns the documents of a package, to be read in turn.
    async fn take(
        &mut self,
        session: &mut Session,
        file: &Incoming,
        object: Sha256,
        parsed: Parsed,
        taken: &mut Taken,
    ) -> Result<Vec<Incoming>, CliError> {
        let now = session.clock.now();
        let version = file.spec.map_or(("none", 0), |spec| (spec.id, spec.version));
        let (tips, members) = sort(parsed.records);
        let inner = documents(file, &members);
        if !members.is_empty() {
            session.store.keep_members(object, &members).await?;
        }
        let refused = tips.is_empty() && inner.is_empty();
        let (mut arrived, left) = share(session, tips, parsed.problems, object, version, now);
        let inside = arrived.iter().flat_map(|arrival| arrival.problems.clone());
        taken.problems.extend(inside.map(|problem| named(problem, &file.name)));
        self.arrivals.append(&mut arrived);
        if refused || !left.is_empty() {
            // Facts depend on bytes, not on the folder they happened to lie in.
            let name = files::base(&file.name);
            session.store.record_import_problems(object, name, &left, now).await?;
        }
        let mut left = left.into_iter().map(|problem| named(problem, &file.name));
        if refused {
            let first = left.next().unwrap_or_else(|| unsupported(&file.name, Some(object)));
            taken.refused.push(first);
        }
        taken.problems.extend(left);
        Ok(inner)
    }
}

fn sort(records: Vec<Located<Record>>) -> (Vec<Located<TipRevision>>, Vec<PackageMember>) {
    let (mut tips, mut members) = (Vec::new(), Vec::new());
    for record in records {
        match record.into_parts() {
            (Record::Tip(tip), at) => tips.push(Located::new(*tip, at)),
            (Record::PackageMember(member), _) => members.push(member),
            _ => {}
        }
    }
    (tips, members)
}

/// The documents of a package as files of their own, named by where they lay.
fn documents(package: &Incoming, members: &[PackageMember]) -> Vec<Incoming> {
    let document = |member: &PackageMember| {
        let bytes = BASE64.decode(member.document.as_ref()?.as_bytes()).ok()?;
        let name = format!("{}/{}", package.name, member.path);
        let spec = worker::parser_for(Family::Tip, &name, &bytes);
        Some(Incoming { name, bytes, spec })
    };
    members.iter().filter_map(document).collect()
}

/// Gives each tip the problems that lie inside it; the rest belong to the file.
fn share(
    session: &Session,
    tips: Vec<Located<TipRevision>>,
    mut problems: Vec<Problem>,
    object: Sha256,
    (parser, parser_version): (&str, u32),
    now: UtcMillis,
) -> (Vec<TipArrival>, Vec<Problem>) {
    let mut arrivals = Vec::new();
    for tip in tips {
        let inside = |problem: &mut Problem| within(problem.at.as_ref(), tip.at());
        let problems = problems.extract_if(.., inside).collect();
        arrivals.push(TipArrival {
            object,
            parser: parser.to_owned(),
            parser_version,
            imported_at: now,
            imported_by: session.actor.name.clone(),
            tip,
            problems,
            keys: Vec::new(),
            words: String::new(),
        });
    }
    (arrivals, problems)
}

fn within(problem: Option<&Locator>, tip: &Locator) -> bool {
    match (problem.map(|at| &at.place), &tip.place) {
        (_, Place::Whole) => true,
        (Some(Place::Json { pointer }), Place::Json { pointer: of_tip }) => {
            let rest = pointer.strip_prefix(of_tip.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        }
        _ => false,
    }
}

/// The same problem for a person, who looks for the file where it lies.
fn named(problem: Problem, file: &str) -> Problem {
    let subject = match problem.subject == file || problem.subject == files::base(file) {
        true => file.to_owned(),
        false => format!("{file}: {}", problem.subject),
    };
    Problem { subject, ..problem }
}

fn unsupported(name: &str, object: Option<Sha256>) -> Problem {
    problem(name, object, "is no tip in a form that this version reads; see `amparo parsers`")
}

fn problem(name: &str, object: Option<Sha256>, detail: &str) -> Problem {
    Problem {
        kind: ProblemKind::Unsupported,
        at: object.map(|object| Locator::new(object, Place::Whole)),
        subject: name.to_owned(),
        detail: detail.to_owned(),
    }
}

fn unreadable(path: &Path, error: &CliError) -> Problem {
    let detail = match error {
        CliError::BadInput { why, .. } => why.clone(),
        other => other.to_string(),
    };
    let subject = path.to_string_lossy().into_owned();
    Problem { kind: ProblemKind::Unreadable, at: None, subject, detail }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_names_the_file_where_it_lies() {
        let check = |subject: &str, expect: &str| {
            assert_eq!(named(unsupported(subject, None), "in/a.json").subject, expect);
        };
        check("a.json", "in/a.json");
        check("in/a.json", "in/a.json");
        check("/reportId", "in/a.json: /reportId");
    }

    #[test]
    fn a_problem_belongs_to_the_tip_that_encloses_it() {
        let at = |pointer: &str| {
            Locator::new(Sha256([0; 32]), Place::Json { pointer: pointer.to_owned() })
        };
        let check = |problem: &str, tip: &str, expect| {
            assert_eq!(within(Some(&at(problem)), &at(tip)), expect, "{problem} in {tip}");
        };
        check("/1/files/0", "/1", true);
        check("/1", "/1", true);
        check("/10/files", "/1", false);
        check("/x", "", true);
        assert!(!within(None, &at("/1")));
    }

    #[test]
    fn a_batch_is_bounded_in_files_and_in_bytes() {
        let check = |sizes: &[u64], expect: &[usize]| assert_eq!(cut(sizes), expect, "{sizes:?}");
        let half = BATCH_BYTES / 2;
        check(&[], &[]);
        check(&[1; 2 * BATCH + 1], &[BATCH, BATCH, 1]);
        check(&[half, half, 1], &[2, 1]);
        check(&[1, FILE_BYTES_MAX, 1, u64::MAX, u64::MAX], &[1, 1, 1, 1, 1]);
    }
}
