//! Stage `fingerprint`: hashes of files, and what confined decoders say of pictures and videos.
//!
//! Files are read from the source, never copied: the hash names what was read, and a later reader
//! can check it. A file that cannot be read is a problem; its neighbours go on.

use crate::aside::aside;
use crate::recheck::looks;
use crate::run::{Done, Exhibit};
use crate::source::Bytes;
use crate::{Context, PipelineError, by_program, plan::FingerprintJob, stage};
use amparo_evidence::{Hasher, SourceError, hash_bytes_many};
use amparo_matching::KnownIndex;
use amparo_model::{Entry, Hashes, Locator, NoveltyStatement, Pdq, Place, Problem, ProblemKind};
use amparo_sandbox::{Picture, WorkerError, looks_like_picture};
use amparo_store::{Fact, FactBatch, FactBody, Job, PictureFact, VideoFact};
use std::collections::{BTreeSet, HashMap};
use std::iter::Peekable;
use std::sync::Arc;

/// Larger files are hashed in a stream and not offered to the picture decoder.
const PICTURE_BYTES_MAX: u64 = 256 << 20;

/// Larger files are held in memory only where a decoder will look at them; the others are hashed in
/// a stream, many side by side. For smaller ones, to find out which would cost more.
const HELD_BYTES_MAX: u64 = 1 << 20;

/// Files are read into memory and hashed side by side up to this sum; a larger one is alone there.
const BATCH_BYTES_MAX: u64 = 64 << 20;

/// What reading one file gave.
pub(crate) struct Examined {
    pub(crate) entry: Entry,
    pub(crate) hashes: Hashes,
    pub(crate) picture: Option<PictureFact>,
    pub(crate) frames: Option<VideoFact>,
    pub(crate) problems: Vec<Problem>,
}

impl Examined {
    /// Notes what could not be examined.
    pub(crate) fn problem(&mut self, kind: ProblemKind, why: impl std::fmt::Display) {
        let at = Locator::new(self.hashes.sha256, Place::Whole);
        self.problems.push(Problem::at(kind, at, self.entry.path.clone(), why.to_string()));
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
    let mut todo = context.store.entries_at(&exhibit.item.id, &paths).await?;
    let unlisted = unlisted(&paths, &todo);
    // A path that two jobs name is read once; if both race, the second recording is a no-op.
    todo.retain(|entry| entry.hashes.is_none());
    let (examined, mut unread) = {
        let (context, exhibit) = (context.clone(), Arc::clone(exhibit));
        let work = move || examine_all(&context, &exhibit, todo);
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| PipelineError::Job(error.to_string()))??
    };
    unread.extend(unlisted);
    let novelty: Vec<_> = examined.iter().map(|one| novelty(&context.known, one)).collect();
    if !unread.is_empty() {
        context.store.record_problems(&exhibit.item.id, stage::FINGERPRINT.id, &unread).await?;
    }
    let read: Vec<(String, u64)> =
        examined.iter().map(|one| (one.entry.path.clone(), one.hashes.size)).collect();
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

fn unlisted(paths: &[String], listed: &[Entry]) -> Vec<Problem> {
    let listed: BTreeSet<&str> = listed.iter().map(|entry| entry.path.as_str()).collect();
    let missing = paths.iter().filter(|path| !listed.contains(path.as_str()));
    missing.map(|path| SourceError::NotAFile { path: path.clone() }.problem()).collect()
}

fn examine_all(
    context: &Context,
    exhibit: &Exhibit,
    entries: Vec<Entry>,
) -> Result<(Vec<Examined>, Vec<Problem>), PipelineError> {
    let (mut examined, mut unread) = (Vec::new(), Vec::new());
    let mut settle = |all: Vec<Read>, unread: &mut Vec<Problem>| {
        for read in all {
            match read {
                Ok((mut one, bytes)) => {
                    decode(context, exhibit, &mut one, &bytes)?;
                    examined.push(one);
                }
                Err(error) => unread.push(error.problem()),
            }
        }
        Ok::<(), PipelineError>(())
    };
    let (streamed, held) = apart(exhibit, entries);
    settle(hash_streamed(exhibit, streamed, &mut unread), &mut unread)?;
    let mut held = held.into_iter().peekable();
    while held.peek().is_some() {
        let batch = batch(&mut held);
        settle(hash_held(exhibit, batch, &mut unread), &mut unread)?;
    }
    Ok((examined, unread))
}

/// Asks whoever can make a picture of it, if anybody can.
fn decode(
    context: &Context,
    exhibit: &Exhibit,
    one: &mut Examined,
    bytes: &[u8],
) -> Result<(), PipelineError> {
    if by_program::look(context, exhibit, one, bytes)? || !looks_like_picture(bytes) {
        return Ok(());
    }
    look(context, one, bytes)
}

/// Files of which no decoder needs the bytes in memory, and those of which one does or may. A file
/// that cannot be opened is held, which says so in its turn.
fn apart(exhibit: &Exhibit, entries: Vec<Entry>) -> (Vec<Entry>, Vec<Entry>) {
    let head_tells = |entry: &Entry| {
        entry.place.is_empty() && (HELD_BYTES_MAX + 1..=PICTURE_BYTES_MAX).contains(&entry.size)
    };
    let mut paths =
        entries.iter().filter(|entry| head_tells(entry)).map(|entry| entry.path.as_str());
    let folder = exhibit.source.folder();
    let mut heads = folder.heads(&mut paths, by_program::HEAD_BYTES as u64).into_iter();
    entries.into_iter().partition(|entry| {
        if !head_tells(entry) {
            return entry.size > PICTURE_BYTES_MAX;
        }
        let head = heads.next().and_then(Result::ok);
        let undecoded =
            |head: &[u8]| !looks_like_picture(head) && !by_program::wants_bytes(head, entry.size);
        head.is_some_and(|head| undecoded(&head))
    })
}

/// The next files that are held in memory together.
fn batch(entries: &mut Peekable<impl Iterator<Item = Entry>>) -> Vec<Entry> {
    let (mut some, mut held) = (Vec::new(), 0_u64);
    let fits = |held: u64, entry: &Entry| held == 0 || held + entry.size <= BATCH_BYTES_MAX;
    while let Some(entry) = entries.next_if(|entry| fits(held, entry)) {
        held += entry.size;
        some.push(entry);
    }
    some
}

type Read = Result<(Examined, Vec<u8>), SourceError>;

/// Hashes files in streams. What a container says against bytes that it gave is noted: it is about
/// this place, not the content.
fn hash_streamed(exhibit: &Exhibit, entries: Vec<Entry>, noted: &mut Vec<Problem>) -> Vec<Read> {
    let (inside, mut outside): (Vec<Entry>, Vec<Entry>) =
        entries.into_iter().partition(|entry| !entry.place.is_empty());
    let mut read = Vec::new();
    // The largest first, so that no long one is left to run alone at the end.
    outside.sort_by_key(|entry| std::cmp::Reverse(entry.size));
    let by_path: HashMap<&str, &Entry> =
        outside.iter().map(|entry| (entry.path.as_str(), entry)).collect();
    let mut paths = outside.iter().map(|entry| entry.path.as_str());
    exhibit.source.folder().hash_many(&mut paths, &mut |path, hashed| {
        if let Some(entry) = by_path.get(path) {
            read.push(hashed.map(|hashes| (examined((*entry).clone(), hashes), Vec::new())));
        }
    });
    read.extend(inside.into_iter().map(|entry| hash_inside(exhibit, entry, noted)));
    read
}

/// Hashes files in memory; the bytes come back for the decoders.
fn hash_held(exhibit: &Exhibit, entries: Vec<Entry>, noted: &mut Vec<Problem>) -> Vec<Read> {
    let read = exhibit.source.read_many(&entries.iter().collect::<Vec<_>>(), PICTURE_BYTES_MAX);
    let bytes = read.iter().filter_map(|one| one.as_ref().ok()).map(|(bytes, _)| bytes.as_slice());
    let mut hashes = hash_bytes_many(&bytes.collect::<Vec<_>>()).into_iter();
    let settle = |(entry, one): (Entry, Bytes)| {
        let (bytes, problems) = one?;
        let lost = || SourceError::NotAFile { path: entry.path.clone() };
        let hashes = hashes.next().ok_or_else(lost)?;
        noted.extend(problems);
        Ok((examined(entry, hashes), bytes))
    };
    entries.into_iter().zip(read).map(settle).collect()
}

/// A large file of a container: in one stream, as a worker gives it.
fn hash_inside(exhibit: &Exhibit, entry: Entry, noted: &mut Vec<Problem>) -> Read {
    let mut hasher = Hasher::default();
    let problems = aside(|give| exhibit.source.pieces(&entry, give), |bytes| hasher.update(bytes))?;
    noted.extend(problems);
    Ok((examined(entry, hasher.finish()), Vec::new()))
}

fn examined(entry: Entry, hashes: Hashes) -> Examined {
    Examined { entry, hashes, picture: None, frames: None, problems: Vec::new() }
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
    Some(Problem::at(
        unread.kind,
        at,
        one.entry.path.clone(),
        format!("later frames: {}", unread.why),
    ))
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
            path: one.entry.path,
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
