//! One reading of a database: what tables and columns there are, and their rows.
//!
//! Queries are built from what the schema has. A wished column that is missing reads as nothing.

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use std::collections::BTreeMap;

/// A database in memory, locked down: nothing in its schema can run, load or write.
#[derive(Debug)]
pub struct Db {
    connection: Connection,
    /// Lower-case name to name and columns, ordinary tables with rowids only.
    tables: BTreeMap<String, Table>,
}

#[derive(Debug)]
struct Table {
    name: String,
    columns: Vec<String>,
}

/// How the walk over one table went.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Scan {
    /// Rows handed out.
    pub read: u64,
    /// Why not all rows could be read, if so; rows before and, as far as possible, after the
    /// damage were handed out.
    pub fault: Option<String>,
}

/// Values of one row, in the order in which they were wished for.
#[derive(Debug)]
pub struct Row<'r, 's> {
    row: &'r rusqlite::Row<'s>,
}

/// A longer value or statement than this is refused by SQLite.
const MAX_VALUE_BYTES: i32 = 256 << 20;
const MAX_STATEMENT_BYTES: i32 = 1 << 20;
/// SQLite's virtual machine asks every so many steps whether to go on.
const STEPS_PER_QUESTION: i32 = 10_000;

impl Db {
    pub(super) fn new(connection: Connection, size: usize) -> Result<Self, rusqlite::Error> {
        harden(&connection)?;
        // Reading each byte costs far fewer steps than this, going round in circles more.
        let mut questions = 5_000 + size / 50;
        connection.progress_handler(
            STEPS_PER_QUESTION,
            Some(move || {
                questions = questions.saturating_sub(1);
                questions == 0
            }),
        )?;
        let mut db = Self { connection, tables: BTreeMap::new() };
        db.load_schema()?;
        Ok(db)
    }

    /// Whether the table exists, whatever the case of its name.
    #[must_use]
    pub fn has(&self, table: &str) -> bool {
        self.tables.contains_key(&table.to_lowercase())
    }

    /// Those of the columns that a table lacks; none of a table that is missing itself.
    #[must_use]
    pub fn lacking<'c>(&self, table: &str, columns: &[&'c str]) -> Vec<&'c str> {
        let Some(table) = self.tables.get(&table.to_lowercase()) else { return Vec::new() };
        columns.iter().copied().filter(|column| table.column(column).is_none()).collect()
    }

    /// Number of rows; `None` when the table is missing or cannot be counted.
    #[must_use]
    pub fn count(&self, table: &str) -> Option<u64> {
        let table = self.tables.get(&table.to_lowercase())?;
        let sql = format!("SELECT count(*) FROM {}", quoted(&table.name));
        let count: i64 = self.connection.query_row(&sql, [], |row| row.get(0)).ok()?;
        count.try_into().ok()
    }

    /// Hands out all rows with their rowid in its order. A missing table has no rows. Where a row
    /// cannot be reached, the walk goes on from the table's other end.
    pub fn scan(&self, table: &str, columns: &[&str], mut row: impl FnMut(i64, &Row)) -> Scan {
        let mut scan = Scan::default();
        let Some(table) = self.tables.get(&table.to_lowercase()) else { return scan };
        let wished = columns.iter().map(|column| match table.column(column) {
            Some(name) => quoted(name),
            None => "NULL".to_owned(),
        });
        let wished = std::iter::once("rowid".to_owned()).chain(wished).collect::<Vec<_>>();
        let sql = format!("SELECT {} FROM {}", wished.join(","), quoted(&table.name));
        let mut last = None;
        let mut forward = |rowid: i64, values: &Row| {
            let good = last.is_none_or(|last| rowid > last);
            if good {
                last = Some(rowid);
                row(rowid, values);
            }
            good
        };
        let first = self.walk(&format!("{sql} ORDER BY rowid"), &mut scan.read, &mut forward);
        if let Err(fault) = first {
            scan.fault = Some(fault);
            let mut previous = i64::MAX;
            let mut backward = |rowid: i64, values: &Row| {
                let good = rowid <= previous && last.is_none_or(|last| rowid > last);
                previous = rowid.saturating_sub(1);
                if good {
                    row(rowid, values);
                }
                good
            };
            // It ends at the damage; the first fault already tells of it.
            let sql = format!("{sql} ORDER BY rowid DESC");
            let _ = self.walk(&sql, &mut scan.read, &mut backward);
        }
        scan
    }

    fn walk(
        &self,
        sql: &str,
        read: &mut u64,
        each: &mut dyn FnMut(i64, &Row) -> bool,
    ) -> Result<(), String> {
        let text = |error: rusqlite::Error| error.to_string();
        let mut statement = self.connection.prepare(sql).map_err(text)?;
        let mut rows = statement.query([]).map_err(text)?;
        while let Some(row) = rows.next().map_err(text)? {
            let rowid = row.get(0).map_err(text)?;
            if !each(rowid, &Row { row }) {
                return Err("rowids are out of order; the table is damaged".to_owned());
            }
            *read += 1;
        }
        Ok(())
    }

    fn load_schema(&mut self) -> Result<(), rusqlite::Error> {
        let sql = "SELECT name FROM pragma_table_list \
                   WHERE schema = 'main' AND type = 'table' AND wr = 0";
        let mut statement = self.connection.prepare(sql)?;
        let names = statement.query_map([], |row| row.get::<_, String>(0))?;
        for name in names {
            let name = name?;
            let mut columns = self.connection.prepare("SELECT name FROM pragma_table_info(?1)")?;
            let columns = columns.query_map([&name], |row| row.get(0))?;
            let columns = columns.collect::<Result<Vec<String>, _>>()?;
            self.tables.insert(name.to_lowercase(), Table { name, columns });
        }
        Ok(())
    }
}

impl Table {
    fn column(&self, wished: &str) -> Option<&str> {
        let mut columns = self.columns.iter().map(String::as_str);
        columns.find(|name| name.eq_ignore_ascii_case(wished))
    }
}

impl Row<'_, '_> {
    /// An integer; numbers stored as text or as a fraction are converted.
    #[must_use]
    pub fn integer(&self, index: usize) -> Option<i64> {
        match self.value(index)? {
            ValueRef::Integer(value) => Some(value),
            // A fraction in an integer column: sent_at of some Signal versions.
            ValueRef::Real(value) if value.abs() < 9e15 => Some(value as i64),
            ValueRef::Text(text) => std::str::from_utf8(text).ok()?.trim().parse().ok(),
            _ => None,
        }
    }

    /// A text without being blank; numbers are written out, bytes that are no UTF-8 become U+FFFD.
    #[must_use]
    pub fn text(&self, index: usize) -> Option<String> {
        let text = match self.value(index)? {
            ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
            ValueRef::Integer(value) => value.to_string(),
            ValueRef::Real(value) => value.to_string(),
            ValueRef::Null | ValueRef::Blob(_) => return None,
        };
        (!text.trim().is_empty()).then_some(text)
    }

    fn value(&self, index: usize) -> Option<ValueRef<'_>> {
        self.row.get_ref(index + 1).ok()
    }
}

/// Follows <https://www.sqlite.org/security.html>, "untrusted SQLite database files".
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

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
