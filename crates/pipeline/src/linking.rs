//! Stage `linking`: which listed file each transfer of an app store speaks of, and the jobs that
//! read those files before all others. It runs when all paths are known.

use crate::links::PathIndex;
use crate::pages::Pages;
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
    let links = links(context, exhibit, &todo, &transfers).await?;
    let enqueue = exchanged_jobs(context, exhibit, &links).await?;
    let evidence = exhibit.item.id.clone();
    let batch = FactBatch { evidence, job: Some(job.id), facts: Vec::new(), links, enqueue };
    store.record_facts(&batch).await?;
    Ok(Done::Recorded)
}

async fn links(
    context: &Context,
    exhibit: &Exhibit,
    todo: &LinkingJob,
    transfers: &[Located<Transfer>],
) -> Result<Vec<TransferLink>, PipelineError> {
    // The listing writes odd characters in a form that can be turned back; so must the look-up.
    let stored = |transfer: &Located<Transfer>| {
        Some(escape_path(transfer.record().path.as_deref()?.as_bytes()))
    };
    let mut index = PathIndex::of(transfers.iter().filter_map(stored));
    let mut pages = Pages::new(&context.store, &exhibit.item.id);
    while !index.is_empty()
        && let Some(page) = pages.next().await?
    {
        page.iter().for_each(|entry| index.offer(&entry.path));
    }
    let link = |transfer: &Located<Transfer>| {
        let path = index.find(&stored(transfer)?, &todo.store)?.to_owned();
        Some(TransferLink { content: todo.content, at: transfer.at().clone(), path })
    };
    Ok(transfers.iter().filter_map(link).collect())
}

/// Wave 2: the files that transfers speak of, newest exchange first is not known here, so by path.
async fn exchanged_jobs(
    context: &Context,
    exhibit: &Exhibit,
    links: &[TransferLink],
) -> Result<Vec<NewJob>, PipelineError> {
    if !context.scope.covers(DataCategory::Media) {
        return Ok(Vec::new());
    }
    let paths: BTreeSet<&String> = links.iter().map(|link| &link.path).collect();
    let paths: Vec<String> = paths.into_iter().cloned().collect();
    let entries = context.store.entries_at(&exhibit.item.id, &paths).await?;
    let covered = entries.iter().filter(|entry| context.scope.excludes(entry).is_none());
    Ok(plan::fingerprint_jobs(&exhibit.item.id, Wave::Exchanged, covered))
}
