//! The host's check of everything a worker says. A worker may be in an enemy's hands: whatever it
//! sends is refused unless it is exactly what a sound worker could have sent.
//!
//! This file stays under 200 lines, so that one person can read all of it. Two small ones belong to
//! it: `tree.rs` (what is said of containers, what is asked for) and `rows.rs` (rows of lists). A
//! test counts the lines of the three, which stay under 350, and another one sends them frames of
//! every kind that were changed at random.

mod rows;
mod tree;

use crate::frame::{Kind, MAX_BODY, NotExamined, ReadEnd, TreeEntry, Want, read_body, read_head};
use crate::violation::Violation;
use amparo_media::{Frames, Limits, Picture, pdq::Convention};
use amparo_model::{Container, Located, Locator, Problem, Record, RecordKind, Sha256};
use serde::de::DeserializeOwned;
use std::io::{self, Read};

/// Problems a worker may report for one request; parsers stop far below.
const MAX_PROBLEMS: u64 = 20_000;
/// Longest text in an answer about a picture, in characters.
const MAX_CHARS: usize = 300;
/// Picture formats that exist here.
const FORMATS: [&str; 7] = ["jpeg", "png", "gif", "webp", "bmp", "tiff", "other"];

/// Why no answer could be had.
#[derive(Debug)]
pub enum Broken {
    /// The stream ended or failed: the worker is dead or dying.
    Ended,
    /// The worker lives and breaks the rules.
    Violation(Violation),
}

/// An answer that passed.
#[derive(Debug)]
pub enum Answer {
    Ready,
    Refused(String),
    Records(Vec<Located<Record>>),
    Problems(Vec<Problem>),
    Picture(Box<Picture>),
    NotExamined(NotExamined),
    Want(Want),
    Entries(Vec<TreeEntry>),
    Opened(Vec<Container>),
    Content(Vec<u8>),
    ReadEnd(ReadEnd),
    Beside(String),
    Done,
}

/// What may come back for one request.
#[derive(Debug, Default)]
pub struct Border {
    /// Which frames.
    pub kinds: Vec<Kind>,
    /// Which objects may be named.
    pub objects: Vec<Sha256>,
    /// Which records may come.
    pub emits: Vec<RecordKind>,
    /// How many more records.
    pub records: u64,
    /// How many more bytes of answers.
    pub bytes: u64,
    /// How many more bytes of the entry that is read.
    pub content: u64,
    /// How large a picture may be.
    pub picture: Limits,
    /// How many problems came so far.
    pub problems: u64,
    /// Lengths of the files whose bytes may be asked for; the list or container itself is first.
    pub files: Vec<u64>,
    /// How many more bytes may be asked for.
    pub wanted: u64,
}

impl Border {
    /// Reads and checks the next answer.
    pub fn next(&mut self, input: &mut impl Read) -> Result<Answer, Broken> {
        let (length, byte) = read_head(input).map_err(ended)?.ok_or(Broken::Ended)?;
        let kind = Kind::from_byte(byte).filter(|kind| self.kinds.contains(kind));
        let kind = kind.ok_or(Broken::Violation(Violation::Kind(byte)))?;
        if length > MAX_BODY {
            return Err(Broken::Violation(Violation::Length(length)));
        }
        if spend(&mut self.bytes, length as u64).is_none() {
            return Err(Broken::Violation(Violation::TooMuch("bytes")));
        }
        let body = read_body(input, length).map_err(ended)?;
        self.check(kind, body).map_err(Broken::Violation)
    }

    fn check(&mut self, kind: Kind, whole: Vec<u8>) -> Result<Answer, Violation> {
        let body = whole.as_slice();
        match kind {
            Kind::Content => self.content(whole),
            Kind::Ready => empty(body).map(|()| Answer::Ready),
            Kind::Done => empty(body).map(|()| Answer::Done),
            Kind::Refused => Ok(Answer::Refused(plain(&String::from_utf8_lossy(body)))),
            Kind::Records => self.records(json(body)?),
            Kind::Rows => self.records(rows::read(body, &self.objects)?),
            Kind::Problems => self.problems(json(body)?),
            Kind::Picture => self.picture(json(body)?),
            Kind::NotExamined => {
                let refused: NotExamined = json(body)?;
                let why = plain(&refused.why);
                Ok(Answer::NotExamined(NotExamined { why, ..refused }))
            }
            other => self.tree(other, body),
        }
    }

    fn records(&mut self, records: Vec<Located<Record>>) -> Result<Answer, Violation> {
        let count = records.len() as u64;
        spend(&mut self.records, count).ok_or(Violation::TooMuch("records"))?;
        for located in &records {
            self.known(located.at())?;
            let kind = located.record().kind();
            if !self.emits.contains(&kind) {
                return Err(Violation::Undeclared(kind));
            }
        }
        Ok(Answer::Records(records))
    }

    fn problems(&mut self, problems: Vec<Problem>) -> Result<Answer, Violation> {
        self.problems += problems.len() as u64;
        if self.problems > MAX_PROBLEMS {
            return Err(Violation::TooMuch("problems"));
        }
        problems
            .iter()
            .filter_map(|problem| problem.at.as_ref())
            .try_for_each(|at| self.known(at))?;
        Ok(Answer::Problems(problems))
    }

    fn picture(&self, picture: Picture) -> Result<Answer, Violation> {
        let pixels = u64::from(picture.width) * u64::from(picture.height);
        let asked = picture.convention == Convention::default()
            && picture.dihedral.is_some() == picture.pdq.is_some();
        let rules = [
            ("format", FORMATS.contains(&picture.format.as_str())),
            ("size", pixels <= self.picture.max_pixels),
            ("orientation", picture.orientation.is_none_or(|way| (1..=8).contains(&way))),
            ("convention", asked),
            ("quality", picture.hashes().all(|pdq| pdq.quality <= 100)),
            ("frames", picture.frames.iter().all(|frames| self.follow(frames))),
            ("text", picture.texts().all(|text| text.chars().count() <= MAX_CHARS)),
        ];
        match rules.into_iter().find(|(_, kept)| !kept) {
            Some((rule, _)) => Err(Violation::Picture(rule)),
            None => Ok(Answer::Picture(Box::new(picture))),
        }
    }

    /// No more frames than allowed, in order, each of them seen.
    fn follow(&self, frames: &Frames) -> bool {
        let indexes: Vec<u32> = frames.kept.iter().map(|frame| frame.index).collect();
        indexes.len() as u64 <= u64::from(self.picture.max_frames)
            && indexes.is_sorted_by(|a, b| a < b)
            && indexes.last().is_none_or(|last| *last < frames.seen)
    }

    fn known(&self, at: &Locator) -> Result<(), Violation> {
        let known = self.objects.contains(&at.object);
        if known { Ok(()) } else { Err(Violation::Object(at.object)) }
    }
}

fn spend(left: &mut u64, amount: u64) -> Option<()> {
    *left = left.checked_sub(amount)?;
    Some(())
}

fn empty(body: &[u8]) -> Result<(), Violation> {
    if body.is_empty() { Ok(()) } else { Err(Violation::Length(body.len())) }
}

fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Violation> {
    serde_json::from_slice(body).map_err(|error| Violation::Body(plain(&error.to_string())))
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MAX_CHARS).collect()
}

fn ended(_error: io::Error) -> Broken {
    Broken::Ended
}

#[cfg(test)]
mod mutations;
#[cfg(test)]
mod tests;
