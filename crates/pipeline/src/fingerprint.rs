//! Stage `fingerprint`: hashes of files, and what confined decoders say of pictures and videos.
//!
//! Files are read from the source, never copied: the hash names what was read, and a later reader
//! can check it. A file that cannot be read is a problem; its neighbours go on.

use crate::recheck::looks;
use crate::run::{Done, Exhibit};
use crate::source::Bytes;
use crate::{Context, PipelineError, by_program, plan::FingerprintJob, stage};
use amparo_evidence::{Hasher, SourceError, hash_bytes_many};
use amparo_matching::KnownIndex;
use amparo_model::{Entry, Hashes, Locator, NoveltyStatement, Pdq, Place, Problem, ProblemKind};
use amparo_sandbox::{Picture, WorkerError};
use amparo_store::{Fact, FactBatch, FactBody, Job, PictureFact, VideoFact};
use std::iter::Peekable;
use std::sync::Arc;

/// Larger files are hashed in a stream and not offered to the picture decoder.
const PICTURE_BYTES_MAX: u64 = 256 << 20;

/// Files are read into memory and hashed side by side up to this sum; a larger one is alone there.
const BATCH_BYTES_MAX: u64 = 64 << 20;

/// What reading one file gave.
pub(crate) struct Examined {
    pub(crate) path: String,
    pub(crate) hashes: Hashes,
    pub(crate) picture: Option<PictureFact>,
    pub(crate) frames: Option<VideoFact>,
    pub(crate) problems: Vec<Problem>,
}

impl Examined {
    /// Notes what could not be examined.
    pub(crate) fn problem(&mut self, kind: ProblemKind, why: impl std::fmt::Display) {
        let at = Locator::new(self.hashes.sha256, Place::Whole);
        self.problems.push(Problem::at(kind, at, self.path.clone(), why.to_string()));
    }
}

pub(crate) async fn run(
    context: &Context,
    exhibit: &Arc<Exhibit>,
    job: &Job,
) -> Result<Done, PipelineError> {
    let Ok(FingerprintJob { paths }) = serde_json::from_value(job.payload.clone()) else {
        return Ok(Done::Failed(unreadable(&job.key, "the job's own data cannot be read")));
    };
    let todo = exhibit.unread(paths);
    let (examined, unread) = {
        let (context, exhibit) = (context.clone(), Arc::clone(exhibit));
        let work = move || examine_all(&context, &exhibit, todo);
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| PipelineError::Job(error.to_string()))??
    };
    let novelty: Vec<_> = examined.iter().map(|one| novelty(&context.known, one)).collect();
    if !unread.is_empty() {
        context.store.record_problems(&exhibit.item.id, stage::FINGERPRINT.id, &unread).await?;
    }
    let read: Vec<(String, u64)> =
        examined.iter().map(|one| (one.path.clone(), one.hashes.size)).collect();
    let batch = FactBatch {
        evidence: exhibit.item.id.clone(),
        job: Some(job.id),
        facts: examined.into_iter().map(fact).collect(),
        links: Vec::new(),
        enqueue: Vec::new(),
    };
    context.store.record_facts_and_novelty(&batch, &novelty).await?;
    exhibit.note_read(read.into_iter());
    Ok(Done::Recorded)
}

fn examine_all(
    context: &Context,
    exhibit: &Exhibit,
    paths: Vec<String>,
) -> Result<(Vec<Examined>, Vec<Problem>), PipelineError> {
    let (mut examined, mut unread) = (Vec::new(), Vec::new());
    let mut paths = paths.into_iter().peekable();
    while paths.peek().is_some() {
        for read in hash_some(exhibit, &mut paths, &mut unread) {
            match read {
                Ok((mut one, bytes)) => {
                    if !by_program::look(context, exhibit, &mut one, &bytes)?
                        && amparo_sandbox::looks_like_picture(&bytes)
                    {
                        look(context, &mut one, &bytes)?;
                    }
                    examined.push(one);
                }
                Err(error) => unread.push(error.problem()),
            }
        }
    }
    Ok((examined, unread))
}

type Read = Result<(Examined, Vec<u8>), SourceError>;

/// Hashes the next files together; the bytes come back only where a decoder may look at them. What
/// a container says against bytes that it gave is noted: it is about this place, not the content.
fn hash_some(
    exhibit: &Exhibit,
    paths: &mut Peekable<impl Iterator<Item = String>>,
    noted: &mut Vec<Problem>,
) -> Vec<Read> {
    let (mut small, mut large, mut held) = (Vec::new(), Vec::new(), 0);
    let size = |path: &String| exhibit.entry(path).map_or(0, |entry| entry.size);
    let is_large = |path: &String| size(path) > PICTURE_BYTES_MAX;
    let fits = |held: u64, path: &String| held == 0 || held + size(path) <= BATCH_BYTES_MAX;
    let mut read = Vec::new();
    while let Some(path) = paths.next_if(|path| is_large(path) || fits(held, path)) {
        match exhibit.entry(&path) {
            None => read.push(Err(SourceError::NotAFile { path })),
            Some(entry) if is_large(&path) => large.push(entry),
            Some(entry) => {
                held += entry.size;
                small.push(entry);
            }
        }
    }
    read.extend(hash_small(exhibit, &small, noted));
    let (inside, outside): (Vec<&Entry>, Vec<&Entry>) =
        large.into_iter().partition(|entry| !entry.place.is_empty());
    let mut outside = outside.iter().map(|entry| entry.path.as_str());
    exhibit.source.folder().hash_many(&mut outside, &mut |path, hashed| {
        read.push(hashed.map(|hashes| (examined(path.to_owned(), hashes), Vec::new())));
    });
    read.extend(inside.into_iter().map(|entry| hash_inside(exhibit, entry, noted)));
    read
}

fn hash_small(exhibit: &Exhibit, entries: &[&Entry], noted: &mut Vec<Problem>) -> Vec<Read> {
    let read = exhibit.source.read_many(entries, PICTURE_BYTES_MAX);
    let bytes = read.iter().filter_map(|one| one.as_ref().ok()).map(|(bytes, _)| bytes.as_slice());
    let mut hashes = hash_bytes_many(&bytes.collect::<Vec<_>>()).into_iter();
    let settle = |(entry, one): (&&Entry, Bytes)| {
        let (bytes, problems) = one?;
        let hashes =
            hashes.next().ok_or_else(|| SourceError::NotAFile { path: entry.path.clone() })?;
        noted.extend(problems);
        Ok((examined(entry.path.clone(), hashes), bytes))
    };
    entries.iter().zip(read).map(settle).collect()
}

/// A large file of a container: in one stream, as a worker gives it.
fn hash_inside(exhibit: &Exhibit, entry: &Entry, noted: &mut Vec<Problem>) -> Read {
    let mut hasher = Hasher::default();
    let problems = exhibit.source.pieces(entry, &mut |bytes| hasher.update(bytes))?;
    noted.extend(problems);
    Ok((examined(entry.path.clone(), hasher.finish()), Vec::new()))
}

fn examined(path: String, hashes: Hashes) -> Examined {
    Examined { path, hashes, picture: None, frames: None, problems: Vec::new() }
}

/// Asks the confined decoder. What it refuses is a problem of this file; a machine that cannot
/// confine ends the run, because a file recorded without its fingerprint would stay without.
pub(crate) fn look(
    context: &Context,
    one: &mut Examined,
    bytes: &[u8],
) -> Result<(), PipelineError> {
    match context.workers.examine(bytes) {
        Ok(picture) => {
            one.problems.extend(unread_frames(one, &picture));
            one.picture = Some(fact_of(picture));
        }
        Err(WorkerError::Sandbox(error)) => return Err(error.into()),
        Err(error) => one.problem(error.kind(), error),
    }
    Ok(())
}

/// An animation that was not read to its end is examined and yet a problem.
fn unread_frames(one: &Examined, picture: &Picture) -> Option<Problem> {
    let unread = picture.frames.as_ref()?.unread.as_ref()?;
    let at = Locator::new(one.hashes.sha256, Place::Whole);
    Some(Problem::at(unread.kind, at, one.path.clone(), format!("later frames: {}", unread.why)))
}

fn fact_of(picture: Picture) -> PictureFact {
    // The first of the eight is the picture as it is, the first frame as well.
    let turned = picture.dihedral.iter().flat_map(|all| all.iter().skip(1)).copied().collect();
    let kept = picture.frames.iter().flat_map(|frames| frames.kept.iter().skip(1));
    let later_frames = kept.map(|frame| frame.pdq).filter(Pdq::matchable).collect();
    PictureFact {
        turned,
        later_frames,
        width: picture.width,
        height: picture.height,
        format: picture.format,
        pdq: picture.pdq,
        camera_make: picture.camera_make,
        camera_model: picture.camera_model,
        camera_serial: picture.camera_serial,
        taken_at: picture.taken_at,
    }
}

fn novelty(known: &KnownIndex, one: &Examined) -> NoveltyStatement {
    let frames = one.frames.as_ref().map(VideoFact::hashes).unwrap_or_default();
    let looks = looks(one.picture.as_ref(), one.frames.as_ref(), &frames);
    known.novelty(one.hashes.sha256, Some(&one.hashes), None, looks)
}

fn fact(one: Examined) -> Fact {
    Fact {
        content: one.hashes.sha256,
        stage: stage::FINGERPRINT.id.to_owned(),
        version: stage::FINGERPRINT.version,
        body: FactBody::Fingerprint {
            path: one.path,
            hashes: one.hashes,
            picture: one.picture,
            frames: one.frames,
            problems: one.problems,
        },
    }
}

fn unreadable(path: &str, why: impl std::fmt::Display) -> Problem {
    Problem {
        kind: ProblemKind::Unreadable,
        at: None,
        subject: path.to_owned(),
        detail: why.to_string(),
    }
}
