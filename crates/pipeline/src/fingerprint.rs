//! Stage `fingerprint`: hashes of files, and what the confined decoder says of pictures.
//!
//! Files are read from the source, never copied: the hash names what was read, and a later reader
//! can check it. A file that cannot be read is a problem; its neighbours go on.

use crate::run::{Done, Exhibit};
use crate::{Context, PipelineError, plan::FingerprintJob, stage};
use amparo_evidence::hash_bytes;
use amparo_matching::KnownIndex;
use amparo_model::{Hashes, NoveltyStatement, Problem, ProblemKind};
use amparo_store::{Fact, FactBatch, FactBody, Job, PictureFact};
use std::collections::HashSet;
use std::sync::Arc;

/// Larger files are hashed in a stream and not offered to the picture decoder.
const PICTURE_BYTES_MAX: u64 = 256 << 20;

/// What reading one file gave.
struct Examined {
    path: String,
    hashes: Hashes,
    picture: Option<PictureFact>,
    problems: Vec<Problem>,
}

pub(crate) async fn run(
    context: &Context,
    exhibit: &Arc<Exhibit>,
    job: &Job,
) -> Result<Done, PipelineError> {
    let Ok(FingerprintJob { paths }) = serde_json::from_value(job.payload.clone()) else {
        return Ok(Done::Failed(unreadable(&job.key, "the job's own data cannot be read")));
    };
    let done: HashSet<String> = context.store.fingerprinted_among(&exhibit.item.id, &paths).await?;
    let todo: Vec<String> = paths.into_iter().filter(|path| !done.contains(path)).collect();
    let (examined, unread) = {
        let (context, exhibit) = (context.clone(), Arc::clone(exhibit));
        let work = move || examine_all(&context, &exhibit, todo);
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| PipelineError::Job(error.to_string()))?
    };
    // Novelty first: it is a pure function of hashes and lists, so writing it again after a crash
    // changes nothing, while a fact without its novelty would stay without.
    let novelty: Vec<_> = examined.iter().map(|one| novelty(&context.known, one)).collect();
    context.store.put_novelty(&novelty).await?;
    context.store.record_listing(&exhibit.item.id, &[], &unread).await?;
    let batch = FactBatch {
        evidence: exhibit.item.id.clone(),
        job: Some(job.id),
        facts: examined.into_iter().map(fact).collect(),
        links: Vec::new(),
        enqueue: Vec::new(),
    };
    context.store.record_facts(&batch).await?;
    Ok(Done::Recorded)
}

fn examine_all(
    context: &Context,
    exhibit: &Exhibit,
    paths: Vec<String>,
) -> (Vec<Examined>, Vec<Problem>) {
    let (mut examined, mut unread) = (Vec::new(), Vec::new());
    for path in paths {
        match examine(context, exhibit, &path) {
            Ok(one) => examined.push(one),
            Err(problem) => unread.push(problem),
        }
    }
    (examined, unread)
}

fn examine(context: &Context, exhibit: &Exhibit, path: &str) -> Result<Examined, Problem> {
    let size = exhibit.size_of(path).unwrap_or(0);
    if size > PICTURE_BYTES_MAX {
        let hashes = exhibit.source.hash(path).map_err(|error| unreadable(path, error))?;
        return Ok(Examined { path: path.to_owned(), hashes, picture: None, problems: vec![] });
    }
    let bytes = exhibit
        .source
        .read(path, PICTURE_BYTES_MAX)
        .map_err(|error| unreadable(path, error))?;
    let hashes = hash_bytes(&bytes);
    let mut one = Examined { path: path.to_owned(), hashes, picture: None, problems: vec![] };
    if amparo_sandbox::looks_like_picture(&bytes) {
        match context.workers.examine(&bytes) {
            Ok(picture) => one.picture = Some(picture.into()),
            Err(error) => one.problems.push(not_decoded(&one, error)),
        }
    }
    Ok(one)
}

fn novelty(known: &KnownIndex, one: &Examined) -> NoveltyStatement {
    let pdq = one.picture.as_ref().and_then(|picture| picture.pdq.as_ref());
    known.novelty(one.hashes.sha256, Some(&one.hashes), None, pdq)
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
            problems: one.problems,
        },
    }
}

fn not_decoded(one: &Examined, error: impl std::fmt::Display) -> Problem {
    let at = amparo_model::Locator::new(one.hashes.sha256, amparo_model::Place::Whole);
    Problem::at(ProblemKind::Malformed, at, one.path.clone(), error.to_string())
}

fn unreadable(path: &str, why: impl std::fmt::Display) -> Problem {
    Problem {
        kind: ProblemKind::Unreadable,
        at: None,
        subject: path.to_owned(),
        detail: why.to_string(),
    }
}
