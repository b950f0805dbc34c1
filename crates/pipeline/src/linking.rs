//! Stage `linking`: which listed file each transfer of an app store speaks of, and the jobs that
//! read those files before all others. It runs when all paths are known.

use crate::links::PathIndex;
use crate::run::{Done, Exhibit};
use crate::{Context, PipelineError, plan, stage};
use amparo_model::{
    DataCategory, EvidenceId, Located, Problem, ProblemKind, Sha256, Transfer, Wave, escape_path,
};
use amparo_store::{FactBatch, Job, NewJob, TransferLink};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What the job needs to know: the fact whose transfers are looked for, and the store's path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LinkingJob {
    content: Sha256,
    parser: String,
    version: u32,
    store: String,
}

/// The job that follows the reading of an app store.
pub(crate) fn job(
    evidence: &EvidenceId,
    content: Sha256,
    (parser, version): (&str, u32),
    store: &str,
) -> NewJob {
    let (parser, store) = (parser.to_owned(), store.to_owned());
    NewJob {
        kind: stage::LINKING.id.to_owned(),
        evidence: evidence.clone(),
        wave: Wave::Exchanged.number(),
        key: format!("{content}:{store}"),
        payload: serde_json::to_value(LinkingJob { content, parser, version, store })
            .unwrap_or_default(),
    }
}

pub(crate) async fn run(
    context: &Context,
    exhibit: &Arc<Exhibit>,
    job: &Job,
) -> Result<Done, PipelineError> {
    let Ok(todo) = serde_json::from_value::<LinkingJob>(job.payload.clone()) else {
        let detail = "the job's own data cannot be read".to_owned();
        let subject = job.key.clone();
        return Ok(Done::Failed(Problem {
            kind: ProblemKind::Unreadable,
            at: None,
            subject,
            detail,
        }));
    };
    let store = &context.store;
    let transfers = store.transfers_of_fact(&todo.content, &todo.parser, todo.version).await?;
    let links = links(exhibit, &todo, &transfers);
    let enqueue = exchanged_jobs(context, exhibit, &links);
    let evidence = exhibit.item.id.clone();
    let batch = FactBatch { evidence, job: Some(job.id), facts: Vec::new(), links, enqueue };
    store.record_facts(&batch).await?;
    Ok(Done::Recorded)
}

fn links(
    exhibit: &Exhibit,
    todo: &LinkingJob,
    transfers: &[Located<Transfer>],
) -> Vec<TransferLink> {
    let index = PathIndex::new(exhibit.entries.iter().map(|entry| entry.path.as_str()));
    let link = |transfer: &Located<Transfer>| {
        // The listing writes odd characters in a form that can be turned back; so must the look-up.
        let stored = escape_path(transfer.record().path.as_deref()?.as_bytes());
        let path = index.find(&stored, &todo.store)?.to_owned();
        Some(TransferLink { content: todo.content, at: transfer.at().clone(), path })
    };
    transfers.iter().filter_map(link).collect()
}

/// Wave 2: the files that transfers speak of, newest exchange first is not known here, so by path.
fn exchanged_jobs(context: &Context, exhibit: &Exhibit, links: &[TransferLink]) -> Vec<NewJob> {
    if !context.scope.covers(DataCategory::Media) {
        return Vec::new();
    }
    let listed = links.iter().filter(|link| {
        let entry = exhibit.entry(&link.path);
        entry.is_some_and(|entry| context.scope.excludes(entry).is_none())
    });
    let paths: BTreeSet<&String> = listed.map(|link| &link.path).collect();
    let paths: Vec<String> = paths.into_iter().cloned().collect();
    plan::fingerprint_jobs(&exhibit.item.id, Wave::Exchanged, &paths)
}
