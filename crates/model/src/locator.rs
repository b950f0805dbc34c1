//! Where a fact was read, and what could not be read.

use crate::Sha256;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Where in evidence something was read: enough for anyone to find it again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Locator {
    /// The object (bytes by SHA-256) that holds it.
    pub object: Sha256,
    /// The place inside the object.
    pub place: Place,
    /// In which reading of a database with a write-ahead log it appears.
    pub view: View,
}

impl Locator {
    /// A place in an object that has only one reading.
    #[must_use]
    pub fn new(object: Sha256, place: Place) -> Self {
        Self { object, place, view: View::Only }
    }
}

/// A place inside an object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The object as a whole.
    Whole,
    /// A table row.
    Row {
        /// Table name as in the schema.
        table: String,
        /// SQLite rowid.
        rowid: i64,
    },
    /// A byte range, end excluded.
    Bytes {
        /// First byte.
        start: u64,
        /// One past the last byte.
        end: u64,
    },
    /// A place in a document that is laid out in pages.
    Page {
        /// Counted from 1.
        page: u32,
        /// Line of the page's text, counted from 1.
        line: u32,
    },
    /// A JSON pointer (RFC 6901).
    Json {
        /// The pointer.
        pointer: String,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => f.write_str("whole"),
            Self::Row { table, rowid } => write!(f, "{table}#{rowid}"),
            Self::Bytes { start, end } => write!(f, "bytes {start}-{end}"),
            Self::Page { page, line } => write!(f, "page {page} line {line}"),
            Self::Json { pointer } => f.write_str(pointer),
        }
    }
}

/// In which reading of a SQLite database a row appears. A write-ahead log can add rows and can hide
/// rows that only the main file still shows; both are evidence.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// There is only one reading, or the row is the same in both.
    #[default]
    Only,
    /// The row exists only with the write-ahead log applied.
    OnlyWithWal,
    /// The row exists only in the main file, without the write-ahead log.
    OnlyWithoutWal,
}

/// A record with the place it was read from. There is no other way to make one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Located<R> {
    record: R,
    at: Locator,
}

impl<R> Located<R> {
    /// Ties a record to its place.
    #[must_use]
    pub fn new(record: R, at: Locator) -> Self {
        Self { record, at }
    }

    /// The record.
    #[must_use]
    pub fn record(&self) -> &R {
        &self.record
    }

    /// Where it was read.
    #[must_use]
    pub fn at(&self) -> &Locator {
        &self.at
    }

    /// Both parts.
    #[must_use]
    pub fn into_parts(self) -> (R, Locator) {
        (self.record, self.at)
    }
}

/// Something that could not be read. A result like any other, shown beside the others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Problem {
    /// What the reader can conclude from it.
    pub kind: ProblemKind,
    /// Where it happened; `None` when the object could not even be opened.
    pub at: Option<Locator>,
    /// The path, table or file concerned, for people.
    pub subject: String,
    /// What happened, as a sentence fragment in English; facts only.
    pub detail: String,
}

impl Problem {
    /// A problem at a known place.
    #[must_use]
    pub fn at(
        kind: ProblemKind,
        at: Locator,
        subject: impl Into<String>,
        detail: impl Into<String>,
    ) -> Self {
        Self { kind, at: Some(at), subject: subject.into(), detail: detail.into() }
    }
}

/// Why something could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// The bytes contradict their format: cut, damaged or hostile.
    Malformed,
    /// The bytes may be sound but this version does not know their form.
    Unsupported,
    /// A limit of size, count or time was reached; what lies beyond was not read.
    Limit,
    /// The operating system or the medium did not give the bytes.
    Unreadable,
    /// Sound, but nothing this version could use; counted so that nothing vanishes silently.
    Skipped,
    /// Outside what the authorisation covers; not read.
    OutOfScope,
}

impl ProblemKind {
    /// The word used in tables and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Unsupported => "unsupported",
            Self::Limit => "limit",
            Self::Unreadable => "unreadable",
            Self::Skipped => "skipped",
            Self::OutOfScope => "out_of_scope",
        }
    }
}
