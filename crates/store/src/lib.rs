//! Domain verbs on SQLite (embedded default) and PostgreSQL: one data-access code, one text of SQL.
//!
//! Every verb is one transaction: it happens as a whole or not at all, and it is on disk when it
//! returns. Verbs that are naturally repeated (attaching the same exhibit, recording the same fact)
//! may be repeated: the second time changes nothing. Jobs lie in the same database and are enqueued
//! in the transaction of the state change that asks for them.
//!
//! No verb reads from a replica: every decision (is this tip known? is this job free?) is made on
//! the primary, inside the transaction that acts on it. A store is given one address, and there is
//! no way to give it a second one for reading.
//!
//! This crate knows nothing of HTTP, parsing, roles or clocks; times arrive as arguments.
//!
//! To add a verb: write it in the file of its family, add its tables in a new migration, its calls
//! to the contract suite (`tests/contract`), and its tables to `dump.rs`.

mod account_keys;
mod alarms;
mod cases;
mod chats;
mod custody;
mod dump;
mod error;
mod evidence;
mod facts;
mod fingerprints;
mod hash_sets;
mod jobs;
mod ledger;
mod member_access;
mod migrate;
mod named;
mod people;
mod places;
mod rechecks;
mod records;
mod referrals;
mod runs;
mod sql;
#[cfg(feature = "testing")]
pub mod testing;
mod tip_decisions;
mod tip_lines;
mod tip_search;
mod tips;
mod verdicts;

pub use account_keys::{AccountNamed, AccountRole, SameAccount};
pub use alarms::AlarmRun;
pub use chats::MessageCount;
pub use error::{Result, StoreError};
pub use evidence::{Attached, EntryTotals};
pub use facts::{
    Fact, FactBatch, FactBody, FrameFact, PictureFact, Signal, TransferLink, VideoFact,
};
pub use fingerprints::StoredFingerprint;
pub use hash_sets::{Kept, NewHashSet, StoredHashSet};
pub use jobs::{Job, JobCount, NewJob, Reach};
pub use ledger::{StoredTransfer, TransferFilter};
pub use member_access::MemberDecision;
pub use places::StoredPlaces;
pub use rechecks::{Compared, NoveltyChange};
pub use referrals::{ReferralMove, StoredReferral};
pub use runs::Run;
pub use tip_decisions::{Decided, SamePerson, StoredMember};
pub use tip_lines::{LineFilter, TipLine, TipLoss};
pub use tips::{Accepted, Outcome, StoredTip, TipArrival, TipKey};
pub use verdicts::{StoredVerdict, Verdict};

use sqlx::any::AnyPoolOptions;
use sqlx::{AnyConnection, AnyPool, AssertSqlSafe, Connection, Executor};
use std::sync::Arc;

/// Connections of one process. Readers do not block each other or the writer.
const CONNECTIONS_MAX: u32 = 8;

/// Pages in memory of each connection that reads, and of the one that writes, in kilobytes.
const READER_CACHE_KB: u32 = 32 << 10;
const WRITER_CACHE_KB: u32 = 192 << 10;

/// An open database. Cloning is cheap and shares the connections.
#[derive(Debug, Clone)]
pub struct Store {
    pool: AnyPool,
    /// On SQLite the one connection that writes: it never has to read again what it wrote, as it
    /// must where another one wrote meanwhile.
    writer: AnyPool,
    engine: sql::Engine,
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl Store {
    /// Opens `sqlite:/path/amparo.db` (a plain path; created when absent) or
    /// `postgres://user@host/database`, and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a newer version wrote the database or it is none,
    /// [`StoreError::Backend`] when it cannot be reached or the address is of another kind.
    pub async fn open(url: &str) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let engine = match url.split(':').next() {
            Some("postgres" | "postgresql") => sql::Engine::Postgres,
            _ => sql::Engine::Sqlite,
        };
        let address = address(url, engine);
        // Once outside the pool: a pool keeps trying, and then says only that it was busy.
        let mut first = AnyConnection::connect(&address).await?;
        prepare(engine, &mut first, READER_CACHE_KB).await?;
        first.close().await?;
        let options = |cache_kb| {
            AnyPoolOptions::new()
                .after_connect(move |connection, _| Box::pin(prepare(engine, connection, cache_kb)))
        };
        let readers = options(READER_CACHE_KB).max_connections(CONNECTIONS_MAX);
        let pool = readers.connect(&address).await?;
        let writer = match engine {
            sql::Engine::Sqlite => {
                options(WRITER_CACHE_KB).max_connections(1).connect_lazy(&address)?
            }
            sql::Engine::Postgres => pool.clone(),
        };
        migrate::migrate(&pool).await?;
        pool.execute(tip_search::schema(engine)).await?;
        Ok(Self { pool, writer, engine, turn: Arc::default() })
    }

    /// Closes all connections; on SQLite this folds the write-ahead log into the file.
    pub async fn close(&self) {
        self.writer.close().await;
        self.pool.close().await;
    }
}

/// SQLite: WAL, so that readers never wait for the writer; FULL, so that a commit survives a power
/// cut; a long wait for another process's lock instead of an error. Temporary journals stay in
/// memory: on disk they cost bulk inserts three times as many writes. The log grows to half a
/// gigabyte before it is folded into the file: keys are hashes, so every commit touches pages all
/// over it, and each of them is then written once for many commits.
async fn prepare(
    engine: sql::Engine,
    connection: &mut AnyConnection,
    cache_kb: u32,
) -> std::result::Result<(), sqlx::Error> {
    let pragmas = format!(
        "PRAGMA busy_timeout = 60000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
         PRAGMA cache_size = -{cache_kb}; PRAGMA temp_store = MEMORY; \
         PRAGMA wal_autocheckpoint = 131072;"
    );
    if engine == sql::Engine::Sqlite {
        connection.execute(AssertSqlSafe(pragmas)).await?;
    }
    Ok(())
}

/// What follows `sqlite:` is a path as it is, so the signs that mean something in an address are
/// written out.
fn address(url: &str, engine: sql::Engine) -> String {
    match engine {
        sql::Engine::Sqlite => {
            let path = url.replace('%', "%25").replace('?', "%3F").replace('#', "%23");
            format!("{path}?mode=rwc")
        }
        sql::Engine::Postgres => url.to_owned(),
    }
}
