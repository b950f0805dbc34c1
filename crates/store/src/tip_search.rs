//! Full text of tips: FTS5 on SQLite, a text vector on PostgreSQL. Words come folded (lower case,
//! no accents, letters and digits only), so both engines find the same.
//!
//! The index is derived and lies outside the migrations, because its form differs by engine; it is
//! made when a store is opened.

use crate::sql::{Engine, Session, Value, limit, values};
use crate::{Result, Store};
use amparo_model::TipId;

/// PostgreSQL keeps no vector of more than 1 MiB; what lies behind is not searched there, and to
/// have both engines answer alike, nowhere.
const MOST_BYTES: usize = 400_000;

/// Makes the index where it is missing.
pub(crate) fn schema(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => {
            "CREATE VIRTUAL TABLE IF NOT EXISTS tip_search USING fts5(words, tokenize = 'ascii')"
        }
        Engine::Postgres => {
            "CREATE TABLE IF NOT EXISTS tip_search \
             (rowid BIGINT PRIMARY KEY, words TEXT NOT NULL); \
             CREATE INDEX IF NOT EXISTS tip_search_words ON tip_search \
             USING GIN (to_tsvector('simple', words))"
        }
    }
}

/// Adds the words of tips, by their number.
pub(crate) async fn add(session: &mut Session<'_>, words: Vec<(i64, &str)>) -> Result<()> {
    let cut =
        |text: &str| text.get(..text.floor_char_boundary(MOST_BYTES)).unwrap_or("").to_owned();
    let rows: Vec<Vec<Value>> =
        words.into_iter().map(|(seq, text)| values![seq, cut(text)]).collect();
    session.insert("tip_search (rowid, words)", "", rows).await
}

/// Takes a tip out.
pub(crate) async fn remove(session: &mut Session<'_>, seq: i64) -> Result<()> {
    session.run("DELETE FROM tip_search WHERE rowid = $1", values![seq]).await.map(|_| ())
}

impl Store {
    /// Tips that have all of these words, newest first, at most `most`. The last word may be the
    /// beginning of one. Words are folded as those given to [`Store::accept_tips`] were.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn tips_with_words(&self, words: &[String], most: usize) -> Result<Vec<TipId>> {
        let words: Vec<&str> = words.iter().map(String::as_str).filter(|w| plain(w)).collect();
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let (sql, query) = match self.engine {
            Engine::Sqlite => (
                "SELECT t.tip FROM (SELECT rowid AS seq FROM tip_search WHERE tip_search MATCH $1 \
                 ORDER BY rowid DESC LIMIT $2) s JOIN tips t ON t.seq = s.seq",
                words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" ") + "*",
            ),
            Engine::Postgres => (
                "SELECT t.tip FROM (SELECT rowid AS seq FROM tip_search \
                 WHERE to_tsvector('simple', words) @@ to_tsquery('simple', $1) \
                 ORDER BY rowid DESC LIMIT $2) s JOIN tips t ON t.seq = s.seq ORDER BY s.seq DESC",
                words.join(" & ") + ":*",
            ),
        };
        let rows = self.read().await?.rows(sql, values![query, limit(most)]).await?;
        rows.iter().map(|row| row.parsed(0)).collect()
    }
}

/// Only what cannot be taken for an operator.
fn plain(word: &str) -> bool {
    !word.is_empty() && word.chars().all(char::is_alphanumeric)
}
