//! The entries of `Manifest.db`: one row of the table `Files` each.
//!
//! `fileID` names the data file; `flags` is 1 for a file, 2 for a folder, 4 for a link; `file`
//! holds an [`MbFile`]. An entry's address is its rowid.

use super::data::{Data, path_of, time};
use super::database::{Database, refused};
use super::mbfile::MbFile;
use crate::bytes::Bytes;
use crate::fault::Fault;
use crate::format::Container;
use crate::found::{Found, Go, Kind, Report};
use amparo_model::Problem;
use rusqlite::types::ValueRef;
use std::rc::Rc;

const ROWS: &str = "SELECT rowid, fileID, domain, relativePath, flags, file FROM main.\"Files\"";

/// A backup of iOS 10 or later.
pub(super) struct Manifest {
    database: Database,
    data: Data,
    /// What is wrong with the backup as a whole.
    problems: Vec<Fault>,
}

/// How a walk over the rows went.
enum Walked {
    Whole,
    Stopped,
    Broken(Fault),
}

impl Manifest {
    /// Checks that the table is there, and a plain one: nothing of a schema's own making is asked.
    ///
    /// # Errors
    /// [`Fault`].
    pub(super) fn new(database: Database, data: Data, problems: Vec<Fault>) -> Result<Self, Fault> {
        let sql = "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' \
                   AND type = 'table' AND wr = 0 AND name = 'Files' COLLATE NOCASE";
        let found = database.for_one_statement().query_row(sql, [], |row| row.get(0));
        let found: i64 = found.map_err(|error| refused(&error))?;
        if found != 1 {
            return Err(Fault::damaged(0, "Manifest.db has no table of files"));
        }
        Ok(Self { database, data, problems })
    }

    fn walk(&self, sql: &str, each: &mut dyn FnMut(i64, &rusqlite::Row<'_>) -> Go) -> Walked {
        let mut walk = || {
            let mut statement = self.database.for_one_statement().prepare(sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                if each(row.get(0)?, row) == Go::Stop {
                    return Ok(Walked::Stopped);
                }
            }
            Ok(Walked::Whole)
        };
        let walked: Result<Walked, rusqlite::Error> = walk();
        walked.unwrap_or_else(|error| Walked::Broken(refused(&error)))
    }

    /// Reports one row, and what is wrong with its record: the entry itself is still named.
    fn row(&self, rowid: i64, row: &rusqlite::Row<'_>, report: &mut Report<'_>) -> Go {
        let (Some(domain), Some(path)) = (bytes_in(row, 2), bytes_in(row, 3)) else {
            let fault = Fault::damaged(0, format!("row {rowid} of Manifest.db has no path"));
            return report(Err(fault.problem("")));
        };
        let path = path_of(domain, path);
        let kind = match row.get_ref(4) {
            Ok(ValueRef::Integer(1)) => Kind::File,
            Ok(ValueRef::Integer(2)) => Kind::Folder,
            _ => Kind::Other,
        };
        let mut problem: Option<Problem> = None;
        let file = MbFile::read(bytes_in(row, 5).unwrap_or_default()).unwrap_or_else(|fault| {
            problem = Some(fault.problem(&amparo_model::escape_path(&path)));
            let size = self.data.stored_length(bytes_in(row, 1).unwrap_or_default());
            MbFile { size, ..MbFile::default() }
        });
        if let Some(problem) = problem
            && report(Err(problem)) == Go::Stop
        {
            return Go::Stop;
        }
        report(Ok(Found {
            path,
            kind,
            size: if kind == Kind::File { file.size } else { 0 },
            address: rowid.cast_unsigned(),
            deleted: false,
            modified_at: time(file.modified),
        }))
    }
}

impl Container for Manifest {
    fn list(&self, report: &mut Report<'_>) {
        for fault in self.problems.iter().chain(&self.database.faults) {
            if report(Err(fault.problem(""))) == Go::Stop {
                return;
            }
        }
        // Rowids that do not rise belong to a tree with a circle or a page used twice.
        let mut last = None;
        let mut disorder = false;
        let forward = self.walk(&format!("{ROWS} ORDER BY rowid"), &mut |rowid, row| {
            disorder = last.is_some_and(|last| rowid <= last);
            if disorder {
                return Go::Stop;
            }
            last = Some(rowid);
            self.row(rowid, row, report)
        });
        let fault = match forward {
            Walked::Broken(fault) => fault,
            Walked::Stopped if disorder => Fault::damaged(0, "rowids of Manifest.db do not rise"),
            Walked::Stopped | Walked::Whole => return,
        };
        if report(Err(fault.problem(""))) == Go::Stop {
            return;
        }
        // What lies behind the damage is reached from the other end; the first fault tells of it.
        let mut previous = None;
        self.walk(&format!("{ROWS} ORDER BY rowid DESC"), &mut |rowid, row| {
            let falls = previous.is_none_or(|previous| rowid < previous);
            if !falls || last.is_some_and(|last| rowid <= last) {
                return Go::Stop;
            }
            previous = Some(rowid);
            self.row(rowid, row, report)
        });
    }

    fn open(&self, address: u64) -> Result<Rc<dyn Bytes>, Fault> {
        let sql = format!("{ROWS} WHERE rowid = ?1");
        let mut bytes = Err(Fault::damaged(0, "Manifest.db has no such row"));
        let read = self.database.for_one_statement().prepare(&sql).and_then(|mut statement| {
            let mut rows = statement.query([address.cast_signed()])?;
            if let Some(row) = rows.next()? {
                bytes = self.data_of(row);
            }
            Ok(())
        });
        read.map_err(|error| refused(&error))?;
        bytes
    }
}

impl Manifest {
    fn data_of(&self, row: &rusqlite::Row<'_>) -> Result<Rc<dyn Bytes>, Fault> {
        let name = bytes_in(row, 1).unwrap_or_default();
        match (MbFile::read(bytes_in(row, 5).unwrap_or_default()), &self.data.keys) {
            (Ok(file), _) => self.data.open(name, &file),
            // Without encryption the record is not needed to read the file.
            (Err(_), None) => {
                let file = MbFile { size: u64::MAX, ..MbFile::default() };
                self.data.open(name, &file)
            }
            (Err(fault), Some(_)) => Err(fault),
        }
    }
}

/// Bytes of a text or of a blob.
fn bytes_in<'r>(row: &'r rusqlite::Row<'_>, column: usize) -> Option<&'r [u8]> {
    match row.get_ref(column) {
        Ok(ValueRef::Text(bytes) | ValueRef::Blob(bytes)) => Some(bytes),
        _ => None,
    }
}
