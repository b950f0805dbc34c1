//! Signal Desktop, from a database that was decrypted before (SQLCipher is not opened here).
//!
//! A message is a row whose `json` column holds most of it and whose other columns repeat a part.
//! Either may be missing: what one lacks is taken from the other.

mod conversations;
mod messages;

use crate::sqlite::{Db, Row, both_views};
use crate::{Blob, Companion, Family, Input, Limits, Parser, Sink, Spec, Tier};
use amparo_model::{
    AccountKey, Call, Direction, Located, Moment, Place, Problem, ProblemKind, Record, RecordKind,
};
use conversations::People;

/// Reads decrypted databases of Signal Desktop.
#[derive(Debug)]
pub struct SignalDesktop;

/// The app's name in account keys.
const APP: &str = "signal";

static SPEC: Spec = Spec {
    id: "signal_desktop",
    title: "Signal Desktop, decrypted database",
    family: Family::App,
    apps: &["org.signal.Signal", "Signal Desktop"],
    claims: &["**/db.sqlite", "**/plaintext.db", "**/plaintext.sqlite"],
    companions: &[Companion { path: "{main}-wal", adds: "rows not yet written back" }],
    emits: &[
        RecordKind::Account,
        RecordKind::Contact,
        RecordKind::Chat,
        RecordKind::Message,
        RecordKind::Transfer,
        RecordKind::Receipt,
        RecordKind::Call,
    ],
    version: 1,
    tier: Tier::Proven,
    tested_on: &[
        "schema of 2024-08 from the loader tests of chat-history-manager: 2 conversations, 5 rows",
        "generated: database without json columns filled",
    ],
    gaps: &[
        "encrypted databases (SQLCipher) are not opened; decrypt with the key of config.json first",
        "attachment files on disk are encrypted one by one; paths are as stored",
        "the newer table message_attachments is counted, not read",
        "quotes, previews, stickers, stories, reactions and earlier versions of edited messages \
         are not read",
        "Signal Desktop marks no message as forwarded; `message.forwarded` and \
         `transfer.forwarded` stay false",
        "the result of a call is a word; `call.result` stays empty",
        "a receipt keeps only the latest state, so an earlier time of delivery is lost; \
         `receipt.orphan` stays false",
        "a caption is the text of its message",
    ],
    references: &[
        "chat-history-manager, crates/loaders signal.rs, seen 2026",
        "Signal-Desktop, ts/sql and ts/model-types.d.ts, general knowledge",
    ],
    time: "Unix milliseconds, UTC, by the sender's clock (sent_at)",
    limits: Limits {
        input_bytes: 8 << 30,
        records: 50_000_000,
        nesting: 128,
        wall_ms_per_mb: 1000,
        memory_bytes: 20 << 30,
    },
};

impl Parser for SignalDesktop {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn probe(&self, head: &[u8]) -> bool {
        crate::sqlite::probe(head, &["conversationId", "sourceServiceId", "conversations"])
    }

    fn read(&self, input: &Input, out: &mut dyn Sink) {
        let main = &input.main;
        let wal = input.companion(&format!("{}-wal", main.name()));
        both_views(main, wal, out, |db, sink| read_view(db, main, sink));
    }
}

fn read_view(db: &Db, main: &Blob, out: &mut dyn Sink) {
    if !db.has("messages") || !db.has("conversations") {
        let detail = "the tables messages and conversations are missing; no Signal Desktop store";
        return out.problem(problem(main, ProblemKind::Unsupported, "messages", detail));
    }
    let people = People::read(db, main, out);
    messages::read(db, main, &people, out);
    calls(db, main, &people, out);
    if let Some(count) = db.count("message_attachments").filter(|count| *count > 0) {
        let detail = format!("{count} rows are not read by this version");
        out.problem(problem(main, ProblemKind::Unsupported, "message_attachments", detail));
    }
}

fn calls(db: &Db, main: &Blob, people: &People, out: &mut dyn Sink) {
    let columns = ["peerId", "type", "direction", "timestamp", "endedTimestamp"];
    let scan = db.scan("callsHistory", &columns, |rowid, row| {
        let (start, end) = (row.integer(3), row.integer(4));
        let word = |index| row.text(index).unwrap_or_default().to_lowercase();
        let call = Call {
            app: APP.to_owned(),
            with: row.text(0).and_then(|peer| people.account(&peer)),
            direction: match word(2).as_str() {
                "incoming" => Direction::Received,
                "outgoing" => Direction::Sent,
                _ => Direction::Unknown,
            },
            at: start.map(Moment::from_unix_ms),
            duration_s: start.zip(end).map(|(start, end)| end.saturating_sub(start) / 1000),
            video: word(1) == "video",
            result: None,
        };
        emit(out, main, Record::Call(call), "callsHistory", rowid);
    });
    told(scan.fault, main, "callsHistory", out);
}

/// A column, or the member of the row's JSON that it repeats.
fn column_or(row: &Row, index: usize, json: &crate::json::Object, key: &str) -> Option<String> {
    row.text(index).or_else(|| json.text(key))
}

fn key(id: impl Into<String>) -> AccountKey {
    AccountKey::new(APP, id)
}

fn emit(out: &mut dyn Sink, main: &Blob, record: Record, table: &str, rowid: i64) {
    let place = Place::Row { table: table.to_owned(), rowid };
    out.record(Located::new(record, main.at(place)));
}

fn problem(main: &Blob, kind: ProblemKind, table: &str, detail: impl Into<String>) -> Problem {
    Problem::at(kind, main.at(Place::Whole), table, detail)
}

fn told(fault: Option<String>, main: &Blob, table: &str, out: &mut dyn Sink) {
    if let Some(fault) = fault {
        let detail = format!("not all rows were read: {fault}");
        out.problem(problem(main, ProblemKind::Malformed, table, detail));
    }
}
