//! `Manifest.db`, held in memory and locked down: nothing in its schema can run, load or write.
//!
//! The pages are read once, from first to last. Follows <https://www.sqlite.org/security.html>,
//! "untrusted SQLite database files".

use crate::bytes::{Bytes, be32};
use crate::fault::Fault;
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use std::io::{Error, Read, Result as IoResult};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// First bytes of a database.
pub(super) const MAGIC: &[u8] = b"SQLite format 3\0";
/// Pages are read in pieces of this many bytes.
const PIECE: usize = 1 << 20;
/// A longer value or statement than this is refused by SQLite.
const MAX_VALUE_BYTES: i32 = 64 << 20;
const MAX_STATEMENT_BYTES: i32 = 1 << 20;
/// SQLite's virtual machine asks every so many steps whether to go on.
const STEPS_PER_QUESTION: i32 = 10_000;

/// A database in memory.
pub(super) struct Database {
    connection: Connection,
    /// Questions of the virtual machine that are still answered.
    questions: Arc<AtomicU64>,
    /// Reading each byte costs far fewer steps than this, going round in circles more.
    enough: u64,
    /// What does not fit though the pages can be read.
    pub(super) faults: Vec<Fault>,
}

impl Database {
    /// Reads the pages.
    ///
    /// # Errors
    /// [`Fault`] when they cannot be read, are more than `held` bytes, or are no database.
    pub(super) fn load(bytes: Rc<dyn Bytes>, held: u64) -> Result<Self, Fault> {
        let length = bytes.len();
        if length > held {
            let what = format!("a manifest of {length} bytes; at most {held}");
            return Err(Fault::Limit { what });
        }
        let mut pages = Pages { bytes, at: 0, piece: Vec::new(), used: 0, fault: None };
        let header = pages.header()?;
        let enough = 5_000 + header.size as u64 / 50;
        let mut connection = Connection::open_in_memory().map_err(|error| refused(&error))?;
        let read = connection.deserialize_read_exact("main", &mut pages, header.size, true);
        read.map_err(|error| pages.fault.take().unwrap_or_else(|| refused(&error)))?;
        harden(&connection).map_err(|error| refused(&error))?;
        let questions = Arc::new(AtomicU64::new(enough));
        let left = Arc::clone(&questions);
        let ask = move || left.fetch_sub(1, Ordering::Relaxed) <= 1;
        let set = connection.progress_handler(STEPS_PER_QUESTION, Some(ask));
        set.map_err(|error| refused(&error))?;
        Ok(Self { connection, questions, enough, faults: header.faults })
    }

    /// The connection, for one statement.
    pub(super) fn for_one_statement(&self) -> &Connection {
        self.questions.store(self.enough, Ordering::Relaxed);
        &self.connection
    }
}

/// SQLite's words as a fault.
pub(super) fn refused(error: &rusqlite::Error) -> Fault {
    Fault::damaged(0, format!("SQLite does not accept Manifest.db: {error}"))
}

/// What the first 100 bytes say. Format: <https://www.sqlite.org/fileformat2.html>, section 1.3.
struct Header {
    /// Bytes of all pages that are there in full and used.
    size: usize,
    faults: Vec<Fault>,
}

/// The bytes as a stream, with a first page that fits what is there.
struct Pages {
    bytes: Rc<dyn Bytes>,
    at: u64,
    piece: Vec<u8>,
    used: usize,
    fault: Option<Fault>,
}

impl Pages {
    /// Reads the first piece and corrects its header: SQLite would look for a log beside the
    /// database if it said so (bytes 18 and 19), and would refuse all pages for one that is missing
    /// (the count at byte 28, which is valid when bytes 24 and 92 agree).
    fn header(&mut self) -> Result<Header, Fault> {
        self.fill()?;
        if !self.piece.starts_with(MAGIC) {
            return Err(Fault::damaged(0, "no SQLite database"));
        }
        let page_size = match self.piece.get(16..18) {
            Some([0, 1]) => 65_536,
            Some([high, low]) => u64::from(*high) << 8 | u64::from(*low),
            _ => 0,
        };
        if page_size < 512 || !page_size.is_power_of_two() {
            return Err(Fault::damaged(16, format!("a page size of {page_size}")));
        }
        let there = u32::try_from(self.bytes.len() / page_size).unwrap_or(u32::MAX);
        let valid = self.piece.get(24..28) == self.piece.get(92..96);
        let stated = Some(be32(&self.piece, 28)).filter(|count| valid && *count > 0);
        let pages = stated.map_or(there, |stated| stated.min(there));
        if pages == 0 {
            return Err(Fault::Truncated { at: self.bytes.len() });
        }
        let cut = stated.is_some_and(|stated| stated > there);
        let fault = cut.then(|| Fault::Truncated { at: u64::from(there) * page_size });
        if let Some(mode) = self.piece.get_mut(18..20) {
            mode.fill(1);
        }
        if let Some(count) = self.piece.get_mut(28..32) {
            count.copy_from_slice(&pages.to_be_bytes());
        }
        self.piece.copy_within(24..28, 92);
        let size = usize::try_from(u64::from(pages) * page_size).unwrap_or(usize::MAX);
        Ok(Header { size, faults: fault.into_iter().collect() })
    }

    fn fill(&mut self) -> Result<(), Fault> {
        self.piece.resize(PIECE, 0);
        let read = self.bytes.read_at(self.at, &mut self.piece)?;
        self.piece.truncate(read);
        self.at += read as u64;
        self.used = 0;
        Ok(())
    }
}

impl Read for Pages {
    fn read(&mut self, into: &mut [u8]) -> IoResult<usize> {
        if self.used >= self.piece.len()
            && let Err(fault) = self.fill()
        {
            let told = Error::other(fault.to_string());
            self.fault = Some(fault);
            return Err(told);
        }
        let rest = self.piece.get(self.used..).unwrap_or_default();
        let count = rest.len().min(into.len());
        if let (Some(into), Some(rest)) = (into.get_mut(..count), rest.get(..count)) {
            into.copy_from_slice(rest);
        }
        self.used += count;
        Ok(count)
    }
}

fn harden(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    for off in [
        DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA,
        DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER,
        DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW,
        DbConfig::SQLITE_DBCONFIG_WRITABLE_SCHEMA,
        DbConfig::SQLITE_DBCONFIG_DQS_DML,
    ] {
        connection.set_db_config(off, false)?;
    }
    for (limit, value) in [
        (Limit::SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES),
        (Limit::SQLITE_LIMIT_SQL_LENGTH, MAX_STATEMENT_BYTES),
        (Limit::SQLITE_LIMIT_ATTACHED, 0),
        (Limit::SQLITE_LIMIT_EXPR_DEPTH, 100),
        (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 1),
        (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
    ] {
        connection.set_limit(limit, value)?;
    }
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "query_only", true)
}
