//! WhatsApp on Android, current schema: `msgstore.db` with its log, `wa.db`, and the preferences.
//!
//! The schema is probed, never assumed: a column that is missing reads as nothing. Tables are read
//! one by one and joined here, so that damage in one does not take the others with it.

mod contacts;
mod events;
mod messages;
mod prefs;
mod tables;

use crate::sqlite::both_views;
use crate::{Blob, Companion, Family, Input, Limits, Parser, Sink, Spec, Tier};
use amparo_model::{Account, AccountKey, Located, Place, Problem, ProblemKind, Record, RecordKind};

/// Reads WhatsApp stores of Android devices.
#[derive(Debug)]
pub struct WhatsappAndroid;

/// The app's name in account keys.
const APP: &str = "whatsapp";

static SPEC: Spec = Spec {
    id: "whatsapp_android",
    title: "WhatsApp on Android, message store of the current schema",
    family: Family::App,
    apps: &["com.whatsapp", "com.whatsapp.w4b"],
    claims: &["**/msgstore.db"],
    companions: &[
        Companion { path: "{main}-wal", adds: "rows not yet written back, and rows it hides" },
        Companion { path: "wa.db", adds: "the owner's address book and names of accounts" },
        Companion { path: "wa.db-wal", adds: "the log of wa.db" },
        Companion {
            path: "../shared_prefs/com.whatsapp_preferences*.xml",
            adds: "whose account the store is",
        },
        Companion { path: "com.whatsapp_preferences*.xml", adds: "the same, in flat extractions" },
    ],
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
        "schema of 2023-10 from the loader tests of chat-history-manager: 2 chats, 4 messages",
        "generated: store with a live log",
    ],
    gaps: &[
        "stores of the old schema (table messages) are counted, not read",
        "encrypted backups (crypt12, crypt14, crypt15) are not read",
        "rollback journals (-journal) are not applied; pages of deleted rows are not searched",
        "places, vcards, polls, reactions, quotes and system events are counted, not read",
        "messages are named by their row in this store; the id shared between devices is not kept",
        "received group files name only the owner as recipient",
        "an account of this store has no user name; `account.username` stays empty",
    ],
    references: &[
        "ALEAPP scripts/artifacts/WhatsApp.py and whatsAppExtended.py, seen 2026",
        "chat-history-manager, crates/loaders whatsapp_android.rs, seen 2026",
        "WhatsApp-Chat-Exporter, android_handler.py, seen 2026",
    ],
    time: "Unix milliseconds, UTC, by the device's own record",
    limits: Limits {
        input_bytes: 8 << 30,
        records: 50_000_000,
        nesting: 1,
        wall_ms_per_mb: 1000,
        memory_bytes: 20 << 30,
    },
};

impl Parser for WhatsappAndroid {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn probe(&self, head: &[u8]) -> bool {
        crate::sqlite::probe(head, &["message_media", "chat_row_id", "key_remote_jid"])
    }

    fn read(&self, input: &Input, out: &mut dyn Sink) {
        let owner = find_owner(input, out);
        let main = &input.main;
        let wal = log_of(input, main);
        both_views(main, wal, out, |db, sink| messages::read(db, main, &owner, sink));
        if let Some(contacts) = input.companion("wa.db") {
            let wal = log_of(input, contacts);
            both_views(contacts, wal, out, |db, sink| contacts::read(db, contacts, &owner, sink));
        }
    }
}

/// Names the owner, who is stated in the preferences only, or by a stand-in when nobody is.
fn find_owner(input: &Input, out: &mut dyn Sink) -> AccountKey {
    for blob in input.companions.iter().filter(|blob| is_preferences(blob)) {
        match prefs::owner(blob.bytes) {
            Ok(Some(owner)) => {
                let key = AccountKey::new(APP, owner.jid);
                let account = Account {
                    key: key.clone(),
                    is_owner: true,
                    names: owner.push_name.into_iter().collect(),
                    phone: owner.phone,
                    username: None,
                };
                out.record(Located::new(Record::Account(account), blob.at(Place::Whole)));
                return key;
            }
            Ok(None) => {}
            Err(detail) => out.problem(blob.problem(ProblemKind::Unsupported, detail)),
        }
    }
    let detail = "the owner's account is not stated; it appears as whatsapp:owner";
    out.problem(input.main.problem(ProblemKind::Unsupported, detail));
    AccountKey::new(APP, messages::OWNER_UNSTATED)
}

fn is_preferences(blob: &Blob) -> bool {
    let name = blob.name().to_lowercase();
    name.starts_with("com.whatsapp_preferences") && name.ends_with(".xml")
}

fn log_of<'b, 'a>(input: &'b Input<'a>, database: &Blob) -> Option<&'b Blob<'a>> {
    input.companion(&format!("{}-wal", database.name()))
}

/// A problem of one row.
fn row_problem(
    main: &Blob,
    kind: ProblemKind,
    table: &str,
    rowid: i64,
    detail: impl Into<String>,
) -> Problem {
    let place = Place::Row { table: table.to_owned(), rowid };
    Problem::at(kind, main.at(place), table, detail)
}

/// A problem of a table as a whole.
fn table_problem(main: &Blob, kind: ProblemKind, table: &str, detail: String) -> Problem {
    Problem::at(kind, main.at(Place::Whole), table, detail)
}
