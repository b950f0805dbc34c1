//! The border of a list parser: lists of known hashes are larger than memory, so bytes are asked
//! for where they are needed and rows leave one by one.
//!
//! A list is taken whole or not at all. A parser that comes to the end of a sound list returns
//! `Ok`, and only then the last record, [`Record::ListEnd`], says that all rows were seen; anything
//! that makes the list incomplete is an [`Unsound`], and the importer drops every row before it.

pub(crate) mod btree;
mod delimited;
pub(crate) mod fields;
pub(crate) mod json_members;
pub(crate) mod json_rows;
pub(crate) mod lines;
pub(crate) mod table;
pub(crate) mod window;
pub(crate) mod xml;

use crate::input::Limited;
use crate::{Blob, Input, Parser, Sink, Spec};
use amparo_model::{
    KnownHash, ListHeader, ListTotals, Located, Locator, Md5, Place, Problem, ProblemKind, Record,
    Sha1, Sha256,
};
use fields::Draft;
use std::io;

/// Where the bytes of a list come from: a slice in tests, the host's private copy in the worker.
pub trait ListSource {
    /// Length in bytes.
    fn size(&self) -> u64;

    /// Fills `into` from `offset` on, as far as there are bytes; fewer only at the end.
    ///
    /// # Errors
    /// When the source fails; the list is then unsound.
    fn read_at(&mut self, offset: u64, into: &mut [u8]) -> io::Result<usize>;
}

impl ListSource for &[u8] {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&mut self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(offset).ok().and_then(|at| self.get(at..)).unwrap_or_default();
        let length = rest.len().min(into.len());
        if let (Some(into), Some(rest)) = (into.get_mut(..length), rest.get(..length)) {
            into.copy_from_slice(rest);
        }
        Ok(length)
    }
}

/// Why a list is not whole, so that nothing of it may be imported.
#[derive(Debug, thiserror::Error)]
pub enum Unsound {
    /// It is another format, or a version of this one that is not read.
    #[error("{0}")]
    Unsupported(String),
    /// It breaks off, or its frame is damaged; ask for the file again.
    #[error("the list is incomplete or damaged ({0}); nothing was taken from it, get it again")]
    Malformed(String),
    /// It exceeds what is read.
    #[error("{0}")]
    Limit(String),
    /// The bytes could not be had.
    #[error("the list cannot be read: {0}")]
    Io(#[from] io::Error),
}

impl Unsound {
    fn kind(&self) -> ProblemKind {
        match self {
            Self::Unsupported(_) => ProblemKind::Unsupported,
            Self::Malformed(_) => ProblemKind::Malformed,
            Self::Limit(_) => ProblemKind::Limit,
            Self::Io(_) => ProblemKind::Unreadable,
        }
    }
}

/// One format of known-hash lists.
pub trait ListParser: Sync {
    /// What the parser says about itself. Constant.
    fn spec(&self) -> &'static Spec;

    /// See [`Parser::probe`].
    fn probe(&self, head: &[u8]) -> bool;

    /// Reads the list in memory that does not grow with it, in one pass wherever the format allows.
    /// The header goes out before the first row.
    ///
    /// # Errors
    /// [`Unsound`] when the list is not whole. A bad row is no error: it is rejected with a reason.
    fn read_list(&self, source: &mut dyn ListSource, out: &mut ListOut) -> Result<(), Unsound>;
}

/// Every list parser is a parser: tests, help and pages treat all units alike.
impl<L: ListParser> Parser for L {
    fn spec(&self) -> &'static Spec {
        ListParser::spec(self)
    }

    fn probe(&self, head: &[u8]) -> bool {
        ListParser::probe(self, head)
    }

    fn read(&self, input: &Input, out: &mut dyn Sink) {
        let Blob { path, sha256, mut bytes } = input.main;
        read(self, path, sha256, &mut bytes, out);
    }
}

/// Reads a list and closes it with [`Record::ListEnd`] if it is whole, with a problem if not.
pub fn read(
    list: &dyn ListParser,
    path: &str,
    sha256: Sha256,
    source: &mut dyn ListSource,
    sink: &mut dyn Sink,
) {
    let mut out = ListOut { path, sha256, sink, totals: ListTotals::default() };
    let end = list.read_list(source, &mut out);
    out.close(end);
}

/// [`read`] within the declared limits. However many rows were rejected, what comes last is the end
/// of the list or the reason why there is none.
pub fn read_within_limits(
    list: &dyn ListParser,
    path: &str,
    sha256: Sha256,
    source: &mut dyn ListSource,
    sink: &mut dyn Sink,
) {
    let mut limited = Limited::new(sink, list.spec());
    let mut out = ListOut { path, sha256, sink: &mut limited, totals: ListTotals::default() };
    let end = list.read_list(source, &mut out);
    let totals = out.totals;
    limited.finish(&Blob { path, sha256, bytes: &[] });
    ListOut { path, sha256, sink, totals }.close(end);
}

/// Takes the rows of a list and keeps the count.
pub struct ListOut<'a> {
    path: &'a str,
    sha256: Sha256,
    sink: &'a mut dyn Sink,
    totals: ListTotals,
}

impl ListOut<'_> {
    /// What the list says of itself; once, before the first row.
    pub fn header(&mut self, header: ListHeader) {
        let at = self.at(Place::Whole);
        self.sink.record(Located::new(Record::ListHeader(header), at));
    }

    /// A row. One without any hash, and one of the empty file, which real lists contain and which
    /// would match everywhere, is rejected here.
    pub fn row(&mut self, known: KnownHash, place: Place) {
        if is_empty_file(&known) {
            return self.reject(place, ProblemKind::Skipped, "row of the empty file, rejected");
        }
        if !has_hash(&known) {
            return self.reject(place, ProblemKind::Malformed, "row without a usable hash");
        }
        self.totals.rows += 1;
        self.totals.stored += 1;
        let at = self.at(place);
        self.sink.record(Located::new(Record::KnownHash(known), at));
    }

    /// A row as it was drafted. What was wrong with single values is told beside it, as long as one
    /// hash is good; else it is why the row is rejected.
    pub(crate) fn draft(&mut self, draft: Draft, place: Place) {
        let Draft { known, faults } = draft;
        if !has_hash(&known) && !faults.is_empty() {
            let why = format!("row without a usable hash: {}", faults.join("; "));
            return self.reject(place, ProblemKind::Malformed, why);
        }
        for fault in faults {
            self.note(place.clone(), ProblemKind::Malformed, fault);
        }
        self.row(known, place);
    }

    /// Rows handed on so far.
    pub(crate) fn stored(&self) -> u64 {
        self.totals.stored
    }

    /// Path of the list as the caller knows it.
    pub(crate) fn path(&self) -> &str {
        self.path
    }

    /// A row that cannot be used, and why.
    pub fn reject(&mut self, place: Place, kind: ProblemKind, why: impl Into<String>) {
        self.totals.rows += 1;
        self.totals.rejected += 1;
        self.note(place, kind, why);
    }

    /// Something that is wrong with a row that can be used all the same.
    pub fn note(&mut self, place: Place, kind: ProblemKind, why: impl Into<String>) {
        let at = self.at(place);
        self.sink.problem(Problem::at(kind, at, self.path, why));
    }

    fn close(mut self, end: Result<(), Unsound>) {
        match end {
            Ok(()) => {
                let end = Record::ListEnd(self.totals);
                let at = self.at(Place::Whole);
                self.sink.record(Located::new(end, at));
            }
            Err(unsound) => self.note(Place::Whole, unsound.kind(), unsound.to_string()),
        }
    }

    fn at(&self, place: Place) -> Locator {
        Locator::new(self.sha256, place)
    }
}

fn is_empty_file(known: &KnownHash) -> bool {
    known.size == Some(0)
        || known.md5 == Some(Md5::EMPTY_FILE)
        || known.sha1 == Some(Sha1::EMPTY_FILE)
        || known.sha256 == Some(Sha256::EMPTY_FILE)
}

fn has_hash(known: &KnownHash) -> bool {
    known.md5.is_some()
        || known.sha1.is_some()
        || known.sha256.is_some()
        || known.pdq.is_some()
        || known.photodna.is_some()
        || !known.frames.is_empty()
}
