//! WhatsApp on the phone: `msgstore.db` with a live WAL.
//!
//! The main file is written up to a moment; what comes later, and what is deleted or revoked then,
//! is committed to the WAL and never checkpointed. So some messages exist only with the WAL and a
//! few only without it, as in a phone that was taken while the app was running.

use crate::calendar::hours_ago;
use crate::events::{Body, Event, Fate};
use crate::pictures::Made;
use crate::plan::{PHONE, Plan};
use crate::progress::Reporter;
use crate::rng::Stream;
use crate::timeline::Timeline;
use crate::{ScenarioError, disk, wal, whatsapp_rows as rows};
use rusqlite::{Connection, config::DbConfig};
use std::path::Path;

/// What the store holds.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Stored {
    /// Messages with the WAL applied.
    pub(crate) messages: u64,
    pub(crate) wal_only: u64,
    pub(crate) main_only: u64,
    pub(crate) replaced: u64,
}

/// Messages of the last four days are in the WAL alone.
const WAL_HOURS: i64 = 96;
/// Small talk that the WAL deletes, beside what the script says.
const TALK_DELETED: u64 = 2;
/// One receipt in so many outlives a message that was deleted long ago.
const ORPHAN_EVERY: u64 = 150;

/// Writes the store and its WAL under `out`.
pub(crate) fn write(
    plan: &Plan,
    made: &[Made],
    out: &Path,
    report: &Reporter,
) -> Result<Stored, ScenarioError> {
    let folder = out.join(PHONE).join("data/data/com.whatsapp/databases");
    disk::folder(&folder)?;
    let path = folder.join("msgstore.db");
    let failed = |source| ScenarioError::Database { path: path.clone(), source };
    let stored = fill(plan, made, &path, report).map_err(failed)?;
    disk::remove(&folder.join("msgstore.db-shm"))?;
    let log_path = folder.join("msgstore.db-wal");
    let salts = Stream::new(plan.seed, "wal salts", 0).bytes();
    let log = wal::with_salts(disk::read(&log_path)?, salts).ok_or_else(|| {
        ScenarioError::Defect { what: "the write-ahead log is not complete".to_owned() }
    })?;
    disk::write(&log_path, &log)?;
    Ok(stored)
}

fn fill(plan: &Plan, made: &[Made], path: &Path, report: &Reporter) -> rusqlite::Result<Stored> {
    let database = Connection::open(path)?;
    database.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    database.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536; BEGIN",
    )?;
    rows::tables(&database)?;
    rows::people_and_chats(&database, &plan.people, &plan.whatsapp)?;
    rows::calls(&database, &plan.whatsapp, &mut Stream::new(plan.seed, "calls", 0))?;
    let mut store = Store::new(&database, plan, made);
    let talk = Stream::new(plan.seed, "whatsapp talk", 0);
    let events = plan.whatsapp_events.clone();
    let boundary = hours_ago(WAL_HOURS);
    for event in Timeline::new(&plan.whatsapp, events, plan.sizes.whatsapp_talk, talk) {
        if !store.in_wal && event.at >= boundary {
            store.begin_wal()?;
        }
        store.add(event)?;
        report.step();
    }
    store.finish()
}

struct Store<'a> {
    database: &'a Connection,
    plan: &'a Plan,
    made: &'a [Made],
    stream: Stream,
    next_row: i64,
    in_wal: bool,
    stored: Stored,
    talk_deleted: u64,
    doomed: Vec<(i64, Fate)>,
    /// Row and time of each chat's newest message.
    newest: Vec<Option<(i64, i64)>>,
}

impl<'a> Store<'a> {
    fn new(database: &'a Connection, plan: &'a Plan, made: &'a [Made]) -> Self {
        Self {
            database,
            plan,
            made,
            stream: Stream::new(plan.seed, "whatsapp rows", 0),
            next_row: 1,
            in_wal: false,
            stored: Stored::default(),
            talk_deleted: 0,
            doomed: Vec::new(),
            newest: vec![None; plan.whatsapp.len()],
        }
    }

    fn add(&mut self, event: Event) -> rusqlite::Result<()> {
        let Some(chat) = self.plan.whatsapp.get(event.chat) else { return Ok(()) };
        if self.stored.messages % ORPHAN_EVERY == ORPHAN_EVERY - 1 {
            rows::receipts(self.database, self.next_row, event.at, chat, &mut self.stream)?;
            self.next_row += 1;
        }
        let row = self.next_row;
        self.next_row += 1;
        rows::message(self.database, row, &event, chat, self.made, &mut self.stream)?;
        match self.fate(&event) {
            Fate::Stays => self.keep(row, &event),
            fate => self.doomed.push((row, fate)),
        }
        self.stored.messages += 1;
        self.stored.wal_only += u64::from(self.in_wal);
        Ok(())
    }

    fn keep(&mut self, row: i64, event: &Event) {
        if let Some(newest) = self.newest.get_mut(event.chat) {
            *newest = Some((row, event.at));
        }
    }

    /// What the script says; beside it a little recent small talk goes too.
    fn fate(&mut self, event: &Event) -> Fate {
        let small_talk = self.plan.whatsapp.get(event.chat).is_some_and(|chat| chat.weight > 1);
        let recent = !self.in_wal && event.at > hours_ago(20 * 24);
        let text = matches!(event.body, Body::Text(_));
        if small_talk && recent && text && self.talk_deleted < TALK_DELETED {
            self.talk_deleted += 1;
            return Fate::DeletedInWal;
        }
        event.fate
    }

    /// Ends the main file: what follows stays in the WAL.
    fn begin_wal(&mut self) -> rusqlite::Result<()> {
        rows::newest(self.database, &self.newest)?;
        self.database.execute_batch("COMMIT")?;
        self.database.pragma_update(None, "journal_mode", "wal")?;
        self.database.execute_batch("PRAGMA wal_autocheckpoint = 0; BEGIN")?;
        self.in_wal = true;
        Ok(())
    }

    fn finish(mut self) -> rusqlite::Result<Stored> {
        for (row, fate) in std::mem::take(&mut self.doomed) {
            if fate == Fate::DeletedInWal {
                rows::delete(self.database, row)?;
                self.stored.main_only += 1;
            } else {
                rows::revoke(self.database, row, hours_ago(13))?;
                self.stored.replaced += 1;
            }
        }
        rows::newest(self.database, &self.newest)?;
        self.database.execute_batch("COMMIT")?;
        self.stored.messages -= self.stored.main_only;
        Ok(self.stored)
    }
}
