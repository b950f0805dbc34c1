//! Reads a database with and without its log and marks what only one of the two shows.
//!
//! The first pass, without the log, keeps only a digest of each record; the second, with the log,
//! hands records out; a third runs only when the log hides something.

use super::{Db, Image, Reading};
use crate::{Blob, Sink};
use amparo_model::{Located, Problem, ProblemKind, Record, View};
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashSet};

/// Runs `read` on each reading of the database and hands on its records with the view in which they
/// appear. Without a log that matters, `read` runs once.
pub fn both_views(
    main: &Blob,
    wal: Option<&Blob>,
    out: &mut dyn Sink,
    mut read: impl FnMut(&Db, &mut dyn Sink),
) {
    let (image, problems) = Image::open(main, wal);
    for problem in problems {
        out.problem(problem);
    }
    let Some(image) = image else { return };
    let mut run = |reading, out: &mut dyn Sink| match image.connect(reading) {
        Ok(db) => read(&db, out),
        Err(error) => {
            let detail = format!("SQLite does not accept the database: {error}");
            out.problem(main.problem(ProblemKind::Malformed, detail));
        }
    };
    if image.readings() == [Reading::WithoutLog] {
        return run(Reading::WithoutLog, out);
    }
    let mut bare = Digests::default();
    if image.readings().contains(&Reading::WithoutLog) {
        run(Reading::WithoutLog, &mut bare);
    }
    let mut live = Marked { out, left: bare.seen, told: BTreeSet::new() };
    run(Reading::WithLog, &mut live);
    let Marked { left, told, .. } = live;
    if left.is_empty() {
        let new = bare.problems.into_iter().filter(|problem| !told.contains(problem));
        new.map(without_log).for_each(|problem| out.problem(problem));
        return;
    }
    run(Reading::WithoutLog, &mut Hidden { out, left, told });
}

type Key = [u8; 16];

/// Serialising the record is the cheapest way to compare all of its fields, present and future.
fn key(record: &Located<Record>) -> Key {
    // Records are plain values, which always serialise.
    let text = serde_json::to_vec(record).unwrap_or_default();
    let digest = Sha256::digest(&text);
    let mut key = Key::default();
    key.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    key
}

#[derive(Default)]
struct Digests {
    seen: HashSet<Key>,
    problems: Vec<Problem>,
}

impl Sink for Digests {
    fn record(&mut self, record: Located<Record>) {
        self.seen.insert(key(&record));
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
}

struct Marked<'o> {
    out: &'o mut dyn Sink,
    left: HashSet<Key>,
    told: BTreeSet<Problem>,
}

impl Sink for Marked<'_> {
    fn record(&mut self, record: Located<Record>) {
        let view = if self.left.remove(&key(&record)) { View::Only } else { View::OnlyWithWal };
        self.out.record(marked(record, view));
    }

    fn problem(&mut self, problem: Problem) {
        self.told.insert(problem.clone());
        self.out.problem(problem);
    }
}

struct Hidden<'o> {
    out: &'o mut dyn Sink,
    left: HashSet<Key>,
    told: BTreeSet<Problem>,
}

impl Sink for Hidden<'_> {
    fn record(&mut self, record: Located<Record>) {
        if self.left.contains(&key(&record)) {
            self.out.record(marked(record, View::OnlyWithoutWal));
        }
    }

    fn problem(&mut self, problem: Problem) {
        if !self.told.contains(&problem) {
            self.out.problem(without_log(problem));
        }
    }
}

fn marked(record: Located<Record>, view: View) -> Located<Record> {
    let (record, mut at) = record.into_parts();
    at.view = view;
    Located::new(record, at)
}

fn without_log(mut problem: Problem) -> Problem {
    if let Some(at) = &mut problem.at {
        at.view = View::OnlyWithoutWal;
    }
    problem
}
