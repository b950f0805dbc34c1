//! Stage `app_store`: an app's store, read in the confined worker from a private copy.
//!
//! The hashes that the app itself recorded are looked up before any media is read: they are the
//! shortest way from attaching a device to the first alarm.

use crate::plan::AppStoreJob;
use crate::run::{Done, Exhibit};
use crate::{Context, PipelineError, linking, stage};
use amparo_evidence::{SourceError, hash_bytes};
use amparo_model::{
    Direction, Entry, Located, Locator, Message, Novelty, NoveltyStatement, Place, Problem,
    ProblemKind, Record, Sha256, Transfer,
};
use amparo_parsers::Spec;
use amparo_sandbox::{Event, WorkerError};
use amparo_store::{Fact, FactBatch, FactBody, Job, Signal};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The store's files, read once.
struct Copy {
    main: (String, Vec<u8>),
    companions: Vec<(String, Vec<u8>)>,
}

/// What the worker made of them.
#[derive(Default)]
struct Parsed {
    records: Vec<Located<Record>>,
    problems: Vec<Problem>,
}

pub(crate) async fn run(
    context: &Context,
    exhibit: &Arc<Exhibit>,
    job: &Job,
) -> Result<Done, PipelineError> {
    let Ok(todo) = serde_json::from_value::<AppStoreJob>(job.payload.clone()) else {
        return Ok(Done::Failed(unreadable(&job.key, "the job's own data cannot be read")));
    };
    let files: Vec<String> = todo.clone().files().collect();
    let entries = context.store.entries_at(&exhibit.item.id, &files).await?;
    let work = {
        let (context, exhibit) = (context.clone(), Arc::clone(exhibit));
        move || read_and_parse(&context, &exhibit, &todo, &entries)
    };
    let outcome = tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| PipelineError::Job(error.to_string()))??;
    let files: Vec<(String, u64)>;
    let (batch, novelty) = match outcome {
        Ok((copy, parsed, spec)) => {
            let size = |(path, bytes): (&String, &Vec<u8>)| (path.clone(), bytes.len() as u64);
            files = copy.files().map(size).collect();
            batch(context, exhibit, job, &copy, parsed, spec)
        }
        Err(problem) => return Ok(Done::Failed(problem)),
    };
    let objects: Vec<Sha256> = novelty.iter().map(|statement| statement.object).collect();
    let known = context.store.novelty(&objects).await?;
    let novelty = that_say_more(novelty, &known);
    context.store.record_facts_and_novelty(&batch, &novelty).await?;
    exhibit.note_read(files.into_iter());
    Ok(Done::Recorded)
}

type Outcome = Result<(Copy, Parsed, &'static Spec), Problem>;

fn read_and_parse(
    context: &Context,
    exhibit: &Exhibit,
    todo: &AppStoreJob,
    entries: &[Entry],
) -> Result<Outcome, PipelineError> {
    let Some(parser) = amparo_parsers::by_id(&todo.parser) else {
        return Ok(Err(unreadable(&todo.main, "this version knows no such parser")));
    };
    // A larger one would be read into memory only for the parser to refuse it.
    let limit = parser.spec().limits.input_bytes;
    let (copy, mut parsed) = match read(exhibit, todo, entries, limit) {
        Ok(read) => read,
        Err(error) => return Ok(Err(error.problem())),
    };
    let files: Vec<&[u8]> = copy.files().map(|(_, bytes)| bytes.as_slice()).collect();
    context.objects.publish_many(&files)?;
    let main = (copy.main.0.as_str(), copy.main.1.as_slice());
    let told =
        context.workers.parse(&todo.parser, main, &copy.companions, &mut |event| match event {
            Event::Record(record) => parsed.records.push(record),
            Event::Problem(problem) => parsed.problems.push(problem),
        });
    match told {
        Ok(()) => {}
        Err(WorkerError::Sandbox(error)) => return Err(error.into()),
        Err(error) => {
            // What came before the crash stays: degrade, never drop.
            let at = Locator::new(copy.main_sha256(), Place::Whole);
            let problem = Problem::at(error.kind(), at, todo.main.clone(), error.to_string());
            parsed.problems.push(problem);
        }
    }
    Ok(Ok((copy, parsed, parser.spec())))
}

/// The main file must be readable; a companion that is not is a problem beside the records.
fn read(
    exhibit: &Exhibit,
    todo: &AppStoreJob,
    entries: &[Entry],
    limit: u64,
) -> Result<(Copy, Parsed), SourceError> {
    let mut parsed = Parsed::default();
    let noted = RefCell::new(Vec::new());
    let read = |path: &String| {
        let unlisted = || SourceError::NotAFile { path: path.clone() };
        let entry = entries.iter().find(|entry| entry.path == *path).ok_or_else(unlisted)?;
        let (bytes, problems) = exhibit.source.read(entry, limit)?;
        noted.borrow_mut().extend(problems);
        Ok((path.clone(), bytes))
    };
    let main = read(&todo.main)?;
    let mut companions = Vec::new();
    for companion in todo.companions.iter().map(read) {
        match companion {
            Ok(companion) => companions.push(companion),
            Err(error) => parsed.problems.push(error.problem()),
        }
    }
    parsed.problems.extend(noted.into_inner());
    Ok((Copy { main, companions }, parsed))
}

fn batch(
    context: &Context,
    exhibit: &Exhibit,
    job: &Job,
    copy: &Copy,
    mut parsed: Parsed,
    spec: &Spec,
) -> (FactBatch, Vec<NoveltyStatement>) {
    parsed.problems.extend(context.scope.keep(&mut parsed.records, &copy.main.0));
    let content = copy.content(context.scope.dates_key().as_deref());
    let signals = signals(context, &parsed.records);
    let mut novelty = recorded_novelty(context, &parsed.records);
    // The store's own files too: which stage reads a file first must not show in what is known.
    novelty.extend(copy.files().map(|(_, bytes)| {
        let hashes = hash_bytes(bytes);
        context.known.novelty(hashes.sha256, Some(&hashes), None, None)
    }));
    let body = FactBody::Records { records: parsed.records, signals, problems: parsed.problems };
    // The stage's version and the parser's together: either may change what is read.
    let version = stage::APP_STORE.version * 1_000 + spec.version;
    let records = Fact { content, stage: spec.id.to_owned(), version, body };
    let mut facts = vec![records];
    facts.extend(copy.files().map(|(path, bytes)| file_fact(path, bytes)));
    let evidence = exhibit.item.id.clone();
    let enqueue = vec![linking::job(&evidence, content, (spec.id, version), &copy.main.0)];
    (FactBatch { evidence, job: Some(job.id), facts, links: Vec::new(), enqueue }, novelty)
}

/// Phrases of the lexicon in messages and captions.
fn signals(context: &Context, records: &[Located<Record>]) -> Vec<Signal> {
    let mut signals = Vec::new();
    for located in records {
        match located.record() {
            Record::Message(message) => {
                let text = message.text.as_deref().unwrap_or_default();
                signals.extend(hits(context, text, message, located.at()));
            }
            Record::Transfer(transfer) => {
                let text = transfer.caption.as_deref().unwrap_or_default();
                signals.extend(hits(context, text, &captioned(transfer), located.at()));
            }
            _ => {}
        }
    }
    signals
}

fn hits<'c>(
    context: &'c Context,
    text: &str,
    message: &Message,
    at: &Locator,
) -> impl Iterator<Item = Signal> + use<'c> {
    let (message, at) = (message.clone(), at.clone());
    context.lexicon.hits(text).into_iter().map(move |hit| Signal {
        account: message.from.clone(),
        chat: message.chat.clone(),
        message: message.message.clone(),
        at: message.at.clone(),
        rule: hit.rule,
        excerpt: hit.excerpt,
        from_owner: message.direction == Direction::Sent,
        locator: at.clone(),
    })
}

fn captioned(transfer: &Transfer) -> Message {
    Message {
        app: transfer.app.clone(),
        chat: transfer.chat.clone(),
        message: transfer.message.clone(),
        from: transfer.from.clone(),
        direction: transfer.direction,
        at: transfer.at.clone(),
        text: transfer.caption.clone(),
        forwarded: transfer.forwarded,
        edited_at: None,
        state: transfer.state,
        type_as_stored: String::new(),
    }
}

fn transfers(records: &[Located<Record>]) -> impl Iterator<Item = (&Transfer, &Locator)> {
    records.iter().filter_map(|located| match located.record() {
        Record::Transfer(transfer) => Some((transfer, located.at())),
        _ => None,
    })
}

/// One statement for each distinct hash that the app recorded. SHA-256 names an object, so it can
/// be asked about although no byte of the file was read.
fn recorded_novelty(context: &Context, records: &[Located<Record>]) -> Vec<NoveltyStatement> {
    let mut by_object = BTreeMap::new();
    for recorded in transfers(records).filter_map(|(transfer, _)| transfer.recorded_hash.as_ref()) {
        if let Ok(object) = recorded.value.parse::<Sha256>() {
            by_object
                .entry(object)
                .or_insert_with(|| context.known.novelty(object, None, Some(recorded), None));
        }
    }
    by_object.into_values().collect()
}

/// Leaves out what would replace more by less: another exhibit may hold the file itself, and what
/// its bytes said outweighs what a hash in a message says.
fn that_say_more(new: Vec<NoveltyStatement>, known: &[NoveltyStatement]) -> Vec<NoveltyStatement> {
    let known: BTreeMap<Sha256, _> = known.iter().map(|one| (one.object, one)).collect();
    let adds = |new: &NoveltyStatement| {
        known.get(&new.object).is_none_or(|old| {
            let newer_lists = old.novelty == Novelty::Unsure && old.against != new.against;
            new.matches.len() > old.matches.len() || newer_lists
        })
    };
    new.into_iter().filter(adds).collect()
}

fn file_fact(path: &str, bytes: &[u8]) -> Fact {
    let hashes = hash_bytes(bytes);
    Fact {
        content: hashes.sha256,
        stage: stage::FINGERPRINT.id.to_owned(),
        version: stage::FINGERPRINT.version,
        body: FactBody::Fingerprint {
            path: path.to_owned(),
            hashes,
            picture: None,
            frames: None,
            problems: Vec::new(),
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

impl Copy {
    fn files(&self) -> impl Iterator<Item = (&String, &Vec<u8>)> {
        let companions = self.companions.iter().map(|(path, bytes)| (path, bytes));
        std::iter::once((&self.main.0, &self.main.1)).chain(companions)
    }

    fn main_sha256(&self) -> Sha256 {
        hash_bytes(&self.main.1).sha256
    }

    /// What the records depend on: the main file and every companion, in order.
    /// Under an order for some dates only, they are part of it: another order may see more.
    fn content(&self, dates: Option<&str>) -> Sha256 {
        use sha2::Digest;
        let mut hasher = sha2::Sha256::new();
        for (_, bytes) in self.files() {
            hasher.update(hash_bytes(bytes).sha256.0);
        }
        hasher.update(dates.unwrap_or_default());
        Sha256(hasher.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use amparo_model::{HashAlgorithm, HashSetId, Match, MatchBasis};

    fn statement(novelty: Novelty, list: &str) -> NoveltyStatement {
        let list = HashSetId::new(list).unwrap();
        let algorithm = HashAlgorithm::Sha256;
        let found = Match {
            hash_set: list.clone(),
            dated: "2026-02-01".to_owned(),
            version: None,
            row: Place::Whole,
            basis: MatchBasis::Exact { algorithm, recorded_by_app: true },
            category: None,
            series: None,
            is_distributed: None,
            alert: true,
        };
        NoveltyStatement {
            object: Sha256([7; 32]),
            novelty,
            against: vec![(list, "2026-02-01".to_owned())],
            threshold: 31,
            unsure_because: None,
            matches: if novelty == Novelty::Known { vec![found] } else { Vec::new() },
        }
    }

    #[test]
    fn a_hash_in_a_message_never_takes_back_what_the_file_itself_said() {
        let check = |old: (Novelty, &str), new: (Novelty, &str), expect: usize| {
            let (old, new) = (statement(old.0, old.1), statement(new.0, new.1));
            assert_eq!(that_say_more(vec![new.clone()], &[]).len(), 1);
            assert_eq!(that_say_more(vec![new], &[old]).len(), expect);
        };
        check((Novelty::Unseen, "a"), (Novelty::Unsure, "a"), 0);
        check((Novelty::Unseen, "a"), (Novelty::Unsure, "b"), 0);
        check((Novelty::Unseen, "a"), (Novelty::Known, "b"), 1);
        check((Novelty::Known, "a"), (Novelty::Unsure, "b"), 0);
        check((Novelty::Unsure, "a"), (Novelty::Unsure, "a"), 0);
        check((Novelty::Unsure, "a"), (Novelty::Unsure, "b"), 1);
    }
}
