//! SQLite databases from evidence, read from a private copy in memory.
//!
//! The evidence file is never opened by SQLite: opening can write. [`Image`] checks the header,
//! applies the write-ahead log itself, and hands a copy of the pages to SQLite, once with the log
//! and once without, because a log can hide as much as it adds. [`both_views`] reads both and marks
//! the rows in which they differ.

mod db;
mod views;
mod wal;

pub use db::{Db, Row, Scan};
pub use views::both_views;

use crate::Blob;
use amparo_model::{Problem, ProblemKind};
use rusqlite::Connection;
use std::io::Read;
use wal::{Log, u32_at};

/// A database file and its write-ahead log, ready to be opened with or without the log.
#[derive(Debug)]
pub struct Image<'a> {
    main: &'a [u8],
    /// Present only when it changes anything.
    log: Option<Log<'a>>,
    page_size: usize,
    main_pages: u32,
    /// Whether the main file alone is a database.
    main_usable: bool,
}

/// With or without the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// The log's committed pages applied.
    WithLog,
    /// The main file as it is.
    WithoutLog,
}

const MAGIC: &[u8] = b"SQLite format 3\0";

impl<'a> Image<'a> {
    /// Checks both files. Without a usable page there is no image, and the problems say why.
    #[must_use]
    pub fn open(main: &Blob<'a>, wal: Option<&Blob<'a>>) -> (Option<Self>, Vec<Problem>) {
        let mut problems = Vec::new();
        let header = Header::read(main.bytes);
        if let Err((kind, detail)) = &header {
            problems.push(main.problem(*kind, detail.clone()));
        }
        if let Ok(header) = &header {
            let faults = header.faults.iter();
            problems.extend(faults.map(|fault| main.problem(ProblemKind::Malformed, fault)));
        }
        let pages = header.as_ref().map_or(0, |header| header.pages);
        let log = wal.and_then(|wal| log(wal, pages, &mut problems));
        let image = match (&header, log) {
            (Ok(header), log) => {
                let log = log.filter(|log| {
                    let fits = log.page_size == header.page_size;
                    if !fits && let Some(wal) = wal {
                        let detail = "the log has another page size than the database";
                        problems.push(wal.problem(ProblemKind::Malformed, detail));
                    }
                    fits
                });
                Some((header.page_size, true, log))
            }
            // A database whose first page was never written back: everything is in the log.
            (Err(_), Some(log)) if log.page(1).is_some_and(|page| page.starts_with(MAGIC)) => {
                Some((log.page_size, false, Some(log)))
            }
            (Err(_), _) => None,
        };
        let image = image.map(|(page_size, main_usable, log)| {
            let log = log.filter(|log| log.page_count.is_some());
            Self { main: main.bytes, log, page_size, main_pages: pages, main_usable }
        });
        (image, problems)
    }

    /// Which readings exist. The log's comes first.
    #[must_use]
    pub fn readings(&self) -> &'static [Reading] {
        match (self.log.is_some(), self.main_usable) {
            (true, true) => &[Reading::WithLog, Reading::WithoutLog],
            (true, false) => &[Reading::WithLog],
            (false, _) => &[Reading::WithoutLog],
        }
    }

    /// Opens a private copy in memory.
    ///
    /// # Errors
    /// SQLite's reason, when it does not accept the pages as a database.
    pub fn connect(&self, reading: Reading) -> Result<Db, rusqlite::Error> {
        let pages = self.pages(reading);
        let size = pages.count as usize * self.page_size;
        let mut connection = Connection::open_in_memory()?;
        connection.deserialize_read_exact("main", pages, size, true)?;
        Db::new(connection, size)
    }

    fn pages(&self, reading: Reading) -> Pages<'_> {
        let log = self.log.as_ref().filter(|_| reading == Reading::WithLog);
        let count = log.and_then(|log| log.page_count).unwrap_or(self.main_pages);
        Pages { image: self, log, count, next: 1, page: Vec::new(), read: 0 }
    }
}

/// A second opinion on a file's first bytes: SQLite, and if they show any table, then one with one
/// of these words in it. The schema of a large store does not fit in the first bytes.
pub(crate) fn probe(head: &[u8], words: &[&str]) -> bool {
    let holds = |word: &str| head.windows(word.len()).any(|window| window == word.as_bytes());
    head.starts_with(MAGIC) && (!holds("CREATE TABLE") || words.iter().any(|word| holds(word)))
}

fn log<'a>(wal: &Blob<'a>, pages: u32, problems: &mut Vec<Problem>) -> Option<Log<'a>> {
    if wal.bytes.is_empty() {
        return None;
    }
    match Log::read(wal.bytes, pages) {
        Ok(log) => {
            let told = log.problems.iter();
            problems.extend(told.map(|(kind, detail)| wal.problem(*kind, detail.clone())));
            Some(log)
        }
        Err(detail) => {
            problems.push(wal.problem(ProblemKind::Malformed, detail));
            None
        }
    }
}

/// What the first 100 bytes say. Format: <https://www.sqlite.org/fileformat2.html>, section 1.3.
struct Header {
    page_size: usize,
    pages: u32,
    faults: Vec<String>,
}

impl Header {
    fn read(bytes: &[u8]) -> Result<Self, (ProblemKind, String)> {
        if bytes.is_empty() {
            return Err((ProblemKind::Malformed, "the database file is empty".to_owned()));
        }
        if !bytes.starts_with(MAGIC) {
            let detail = "this is no SQLite database; it may be encrypted or something else";
            return Err((ProblemKind::Unsupported, detail.to_owned()));
        }
        let malformed = |detail: String| Err((ProblemKind::Malformed, detail));
        let page_size = match bytes.get(16..18) {
            Some([0, 1]) => 65_536,
            Some([high, low]) => usize::from(*high) << 8 | usize::from(*low),
            _ => 0,
        };
        if page_size < 512 || !page_size.is_power_of_two() {
            return malformed(format!("the header states a page size of {page_size}"));
        }
        let whole = bytes.len() / page_size;
        if whole == 0 {
            return malformed("the file is cut inside its first page".to_owned());
        }
        Ok(Self::counted(bytes, page_size))
    }

    /// Compares the stated number of pages with the file. The statement counts only when the
    /// version that wrote it also wrote the change counter (bytes 24 and 92).
    fn counted(bytes: &[u8], page_size: usize) -> Self {
        let there = u32::try_from(bytes.len().div_ceil(page_size)).unwrap_or(u32::MAX);
        let mut faults = Vec::new();
        if !bytes.len().is_multiple_of(page_size) {
            faults.push("the last page is cut".to_owned());
        }
        let valid = bytes.get(24..28) == bytes.get(92..96);
        let stated = u32_at(bytes, 28).filter(|count| valid && *count > 0);
        let pages = match stated {
            Some(stated) if stated > there => {
                faults.push(format!("the header states {stated} pages, {there} are in the file"));
                there
            }
            Some(stated) => stated,
            None => there,
        };
        Self { page_size, pages, faults }
    }
}

/// The pages of one reading as one stream, so that no second copy is needed.
struct Pages<'i> {
    image: &'i Image<'i>,
    log: Option<&'i Log<'i>>,
    count: u32,
    next: u32,
    page: Vec<u8>,
    read: usize,
}

impl Pages<'_> {
    fn load(&mut self) {
        let size = self.image.page_size;
        let start = (self.next as usize - 1).saturating_mul(size);
        let from_main = || {
            let rest = self.image.main.get(start..).unwrap_or_default();
            rest.get(..size).unwrap_or(rest)
        };
        let source = self.log.and_then(|log| log.page(self.next)).unwrap_or_else(from_main);
        self.page.clear();
        self.page.extend_from_slice(source);
        self.page.resize(size, 0);
        if self.next == 1 {
            self.patch_header();
        }
        self.next += 1;
        self.read = 0;
    }

    /// The copy has no log beside it, so its header must say rollback mode (bytes 18 and 19), and
    /// must count the pages that are really there.
    fn patch_header(&mut self) {
        let count = self.count.to_be_bytes();
        if let Some(mode) = self.page.get_mut(18..20) {
            mode.fill(1);
        }
        if let Some(pages) = self.page.get_mut(28..32) {
            pages.copy_from_slice(&count);
        }
        self.page.copy_within(24..28, 92);
    }
}

impl Read for Pages<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.read == self.page.len() {
            if self.next > self.count {
                return Ok(0);
            }
            self.load();
        }
        let rest = self.page.get(self.read..).unwrap_or_default();
        let len = rest.len().min(buffer.len());
        let (Some(to), Some(from)) = (buffer.get_mut(..len), rest.get(..len)) else {
            return Ok(0);
        };
        to.copy_from_slice(from);
        self.read += len;
        Ok(len)
    }
}
