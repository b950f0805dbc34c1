//! The little that lies between verbs and the database: sessions, values, rows and bulk inserts.
//!
//! A session is one transaction; dropping it without [`Session::commit`] undoes it. Small
//! statements are written once with `$1` placeholders, which both engines read. Text passes
//! through [`clean`], because PostgreSQL stores no NUL character and evidence contains them; what
//! must survive exactly lies in JSON, where NUL is escaped.

use crate::{Result, Store, StoreError};
use futures_util::TryStreamExt;
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256 as Hasher};
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::{Any, Arguments, AssertSqlSafe, Row as _, Transaction, ValueRef as _};
use tokio::sync::MutexGuard;

/// Placeholders in one statement: well under SQLite's 32,766 and PostgreSQL's 65,535, and large
/// enough that parsing no longer shows in a profile.
const PLACEHOLDERS_MAX: usize = 8_000;

/// Texts in one list behind `IN`.
const IN_MAX: usize = 1_000;

/// Longest text that goes into an index, in bytes.
const KEY_BYTES_MAX: usize = 400;

/// Which database lies below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// Appended to a SELECT inside a writing session. SQLite has one writer and needs none.
    pub(crate) fn for_update(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR UPDATE",
        }
    }
}

/// One bound value.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Text(Option<String>),
    Int(Option<i64>),
}

/// A list of values for one statement or one row.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::sql::Value::from($value)),*] };
}
pub(crate) use values;

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(clean(text)))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(if text.contains('\0') { clean(&text) } else { text }))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::Text(None), Self::from)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Int(number)
    }
}

/// One transaction. Writers are `BEGIN IMMEDIATE` on SQLite and take turns within this process, so
/// that they wait in line instead of polling the file lock.
pub(crate) struct Session<'a> {
    tx: Transaction<'static, Any>,
    pub(crate) engine: Engine,
    _turn: Option<MutexGuard<'a, ()>>,
}

impl Store {
    /// Begins a writing session.
    pub(crate) async fn write(&self) -> Result<Session<'_>> {
        let (turn, begin) = match self.engine {
            Engine::Sqlite => (Some(self.turn.lock().await), "BEGIN IMMEDIATE"),
            Engine::Postgres => (None, "BEGIN"),
        };
        let tx = self.writer.begin_with(begin).await?;
        Ok(Session { tx, engine: self.engine, _turn: turn })
    }

    /// Begins a session that sees one state of the database, however many statements it takes.
    pub(crate) async fn read(&self) -> Result<Session<'_>> {
        let begin = match self.engine {
            Engine::Sqlite => "BEGIN",
            Engine::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        let tx = self.pool.begin_with(begin).await?;
        Ok(Session { tx, engine: self.engine, _turn: None })
    }
}

impl Session<'_> {
    /// Runs a statement; tells how many rows it touched.
    pub(crate) async fn run(&mut self, sql: &str, values: Vec<Value>) -> Result<u64> {
        let query = sqlx::query_with(AssertSqlSafe(sql.to_owned()), arguments(values)?);
        Ok(query.execute(&mut *self.tx).await?.rows_affected())
    }

    /// All rows of a query.
    pub(crate) async fn rows(&mut self, sql: &str, values: Vec<Value>) -> Result<Vec<Row>> {
        let query = sqlx::query_with(AssertSqlSafe(sql.to_owned()), arguments(values)?);
        let rows = query.fetch_all(&mut *self.tx).await?;
        Ok(rows.into_iter().map(Row).collect())
    }

    /// The rows of a query one by one, for more of them than memory should hold.
    pub(crate) async fn each_row(
        &mut self,
        sql: &str,
        values: Vec<Value>,
        each: &mut (dyn FnMut(Row) -> Result<()> + Send),
    ) -> Result<()> {
        let query = sqlx::query_with(AssertSqlSafe(sql.to_owned()), arguments(values)?);
        let mut rows = query.fetch(&mut *self.tx);
        while let Some(row) = rows.try_next().await? {
            each(Row(row))?;
        }
        Ok(())
    }

    /// The only row of a query, if there is one.
    pub(crate) async fn row(&mut self, sql: &str, values: Vec<Value>) -> Result<Option<Row>> {
        Ok(self.rows(sql, values).await?.into_iter().next())
    }

    /// Inserts many rows. `into` is `table (column, ...)`, `tail` an `ON CONFLICT` clause or
    /// nothing.
    pub(crate) async fn insert(
        &mut self,
        into: &str,
        tail: &str,
        rows: impl IntoIterator<Item = Vec<Value>, IntoIter: Send>,
    ) -> Result<()> {
        let mut rows = rows.into_iter().peekable();
        let width = rows.peek().map_or(1, Vec::len).max(1);
        let rows_max = PLACEHOLDERS_MAX / width;
        loop {
            let mut values = Vec::new();
            rows.by_ref().take(rows_max).for_each(|row| values.extend(row));
            if values.is_empty() {
                return Ok(());
            }
            let places = placeholders(self.engine, values.len() / width, width);
            self.run(&format!("INSERT INTO {into} VALUES {places} {tail}"), values).await?;
        }
    }

    /// All rows of a query that ends in `IN`, for any number of texts; asked in slices.
    pub(crate) async fn rows_in(
        &mut self,
        sql: &str,
        first: Vec<Value>,
        texts: &[String],
    ) -> Result<Vec<Row>> {
        self.rows_in_then(sql, first, texts, "").await
    }

    /// [`Session::rows_in`] with something behind the list.
    pub(crate) async fn rows_in_then(
        &mut self,
        sql: &str,
        first: Vec<Value>,
        texts: &[String],
        tail: &str,
    ) -> Result<Vec<Row>> {
        let mut found = Vec::new();
        for slice in texts.chunks(IN_MAX) {
            let (list, values) = listed(&first, slice);
            found.extend(self.rows(&format!("{sql} {list}{tail}"), values).await?);
        }
        Ok(found)
    }

    /// Runs a statement that ends in `IN`, for any number of texts, in slices.
    pub(crate) async fn run_in(&mut self, sql: &str, texts: &[String]) -> Result<()> {
        for slice in texts.chunks(IN_MAX) {
            let (list, values) = listed(&[], slice);
            self.run(&format!("{sql} {list}"), values).await?;
        }
        Ok(())
    }

    /// Reserves `count` numbers of a counter and returns the first. The counter's row stays locked
    /// until the session ends, so sessions that use one counter follow each other.
    pub(crate) async fn reserve(&mut self, counter: &str, count: usize) -> Result<i64> {
        let count = i64::try_from(count).map_err(StoreError::damaged)?;
        let sql = "UPDATE counters SET next = next + $2 WHERE name = $1 RETURNING next";
        let row = self.row(sql, values![counter, count]).await?;
        let next = row.ok_or_else(|| StoreError::damaged(format!("counter {counter}")))?.int(0)?;
        Ok(next - count)
    }

    /// Makes everything durable and visible. The transaction is on disk when this returns.
    pub(crate) async fn commit(self) -> Result<()> {
        Ok(self.tx.commit().await?)
    }
}

/// One result row, read by position.
pub(crate) struct Row(AnyRow);

impl Row {
    pub(crate) fn int(&self, at: usize) -> Result<i64> {
        self.0.try_get(at).map_err(StoreError::damaged)
    }

    pub(crate) fn opt_int(&self, at: usize) -> Result<Option<i64>> {
        self.0.try_get(at).map_err(StoreError::damaged)
    }

    pub(crate) fn text(&self, at: usize) -> Result<String> {
        self.0.try_get(at).map_err(StoreError::damaged)
    }

    pub(crate) fn opt_text(&self, at: usize) -> Result<Option<String>> {
        self.0.try_get(at).map_err(StoreError::damaged)
    }

    /// A text column that holds an id, a hash or another type with `FromStr`.
    pub(crate) fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(
        &self,
        at: usize,
    ) -> Result<T> {
        self.text(at)?.parse().map_err(StoreError::damaged)
    }

    pub(crate) fn opt_parsed<T: std::str::FromStr<Err: std::fmt::Display>>(
        &self,
        at: usize,
    ) -> Result<Option<T>> {
        self.opt_text(at)?.map(|text| text.parse().map_err(StoreError::damaged)).transpose()
    }

    /// A JSON column.
    pub(crate) fn json<T: DeserializeOwned>(&self, at: usize) -> Result<T> {
        let text: &str = self.0.try_get(at).map_err(StoreError::damaged)?;
        serde_json::from_str(text).map_err(StoreError::damaged)
    }

    /// A text column that holds an enum's word.
    pub(crate) fn word<T: DeserializeOwned>(&self, at: usize) -> Result<T> {
        let word = serde_json::Value::String(self.text(at)?);
        serde_json::from_value(word).map_err(StoreError::damaged)
    }

    /// Any column as a JSON value, whatever its type.
    pub(crate) fn any(&self, at: usize) -> Result<serde_json::Value> {
        if self.0.try_get_raw(at).map_err(StoreError::damaged)?.is_null() {
            return Ok(serde_json::Value::Null);
        }
        self.int(at).map(Into::into).or_else(|_| self.text(at).map(Into::into))
    }
}

/// A value as JSON text. Struct fields come in their declared order, so equal values give equal
/// text.
pub(crate) fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(StoreError::damaged)
}

/// Text without NUL, which PostgreSQL cannot hold.
pub(crate) fn clean(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// A text in a form that may be indexed: itself when short, else its beginning and its digest.
pub(crate) fn key(text: &str) -> String {
    if text.len() <= KEY_BYTES_MAX {
        return clean(text);
    }
    let end = (0..=KEY_BYTES_MAX).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    format!("{}#{}", clean(text.get(..end).unwrap_or_default()), digest(text))
}

/// A short fixed-length name for a text: 32 hexadecimal digits of its SHA-256.
pub(crate) fn digest(text: &str) -> String {
    Hasher::digest(text.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Ids and hashes as texts, for a list behind `IN`.
pub(crate) fn texts<'a, T: ToString + 'a>(of: impl IntoIterator<Item = &'a T>) -> Vec<String> {
    of.into_iter().map(ToString::to_string).collect()
}

/// A bound as `LIMIT` and `OFFSET` take it.
pub(crate) fn limit(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}

/// The list behind `IN`, with its values behind those that come first.
fn listed(first: &[Value], texts: &[String]) -> (String, Vec<Value>) {
    let from = first.len() + 1;
    let places: Vec<String> = (from..from + texts.len()).map(|n| format!("${n}")).collect();
    let texts = texts.iter().map(|text| Value::from(text.as_str()));
    (format!("({})", places.join(", ")), first.iter().cloned().chain(texts).collect())
}

fn arguments(values: Vec<Value>) -> Result<AnyArguments> {
    let mut arguments = AnyArguments::default();
    for value in values {
        let added = match value {
            Value::Text(text) => arguments.add(text),
            Value::Int(number) => arguments.add(number),
        };
        added.map_err(|error| StoreError::Backend(sqlx::Error::Encode(error)))?;
    }
    Ok(arguments)
}

/// `(?, ?), (?, ?)`. SQLite searches numbered parameters one by one, which is quadratic in bulk,
/// so it gets plain question marks; PostgreSQL knows only numbers.
fn placeholders(engine: Engine, rows: usize, width: usize) -> String {
    let mut text = String::with_capacity(rows * width * 7);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..width {
            if column > 0 {
                text.push_str(", ");
            }
            match engine {
                Engine::Sqlite => text.push('?'),
                Engine::Postgres => {
                    text.push('$');
                    text.push_str(&(row * width + column + 1).to_string());
                }
            }
        }
        text.push(')');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_bounded_and_stay_distinct() {
        let long = "ñ".repeat(5_000);
        assert_eq!(key("short"), "short");
        assert!(key(&long).len() < KEY_BYTES_MAX + 40);
        assert_ne!(key(&long), key(&format!("{long}x")));
        assert_eq!(key("a\0b"), "a\u{fffd}b");
    }

    #[test]
    fn placeholders_number_only_where_numbers_are_needed() {
        assert_eq!(placeholders(Engine::Sqlite, 2, 2), "(?, ?), (?, ?)");
        assert_eq!(placeholders(Engine::Postgres, 2, 2), "($1, $2), ($3, $4)");
    }
}
