//! The side tables of the message store, each read on its own and kept by row id.

use super::{APP, row_problem, table_problem};
use crate::sqlite::{Db, Scan};
use crate::{Blob, Sink};
use amparo_model::{AccountKey, ChatKind, ProblemKind, RecordedHash, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Ids of the app by row. Privacy ids are resolved to the phone number's id where the store does.
pub(super) struct Jids {
    raw: HashMap<i64, String>,
    phone_of: HashMap<i64, i64>,
}

impl Jids {
    pub(super) fn read(db: &Db, main: &Blob, out: &mut dyn Sink) -> Self {
        let mut jids = Self { raw: HashMap::new(), phone_of: HashMap::new() };
        let columns = ["raw_string", "user", "server"];
        let scan = db.scan("jid", &columns, |rowid, row| {
            let built = || Some(format!("{}@{}", row.text(1)?, row.text(2)?));
            if let Some(raw) = row.text(0).or_else(built) {
                jids.raw.insert(rowid, raw);
            }
        });
        told(&scan, main, "jid", out);
        let scan = db.scan("jid_map", &["lid_row_id", "jid_row_id"], |rowid, row| {
            if let (Some(lid), Some(jid)) = (row.integer(0).or(Some(rowid)), row.integer(1)) {
                jids.phone_of.insert(lid, jid);
            }
        });
        told(&scan, main, "jid_map", out);
        jids
    }

    /// The id in that row, resolved. Row 0 and missing rows give nothing.
    pub(super) fn get(&self, row: Option<i64>) -> Option<&str> {
        let row = row?;
        let resolved = self.phone_of.get(&row).and_then(|row| self.raw.get(row));
        resolved.or_else(|| self.raw.get(&row)).map(String::as_str)
    }

    /// The account in that row.
    pub(super) fn account(&self, row: Option<i64>) -> Option<AccountKey> {
        self.get(row).map(|id| AccountKey::new(APP, id))
    }

    /// Rows in order with the id as stored and the account it stands for.
    pub(super) fn rows(&self) -> BTreeMap<i64, (&str, Option<&str>)> {
        self.raw.iter().map(|(row, raw)| (*row, (raw.as_str(), self.get(Some(*row))))).collect()
    }
}

/// One conversation.
pub(super) struct ChatRow {
    pub(super) id: String,
    pub(super) kind: ChatKind,
    pub(super) title: Option<String>,
    pub(super) members: Vec<AccountKey>,
}

/// Conversations by row.
pub(super) fn chats(
    db: &Db,
    main: &Blob,
    jids: &Jids,
    out: &mut dyn Sink,
) -> BTreeMap<i64, ChatRow> {
    let members = members(db, main, jids, out);
    let mut chats = BTreeMap::new();
    let mut nameless = Vec::new();
    let scan = db.scan("chat", &["jid_row_id", "subject"], |rowid, row| {
        let Some(id) = jids.get(row.integer(0)) else {
            nameless.push(rowid);
            return;
        };
        let kind = chat_kind(id);
        let members = match kind {
            ChatKind::Direct | ChatKind::Bot => vec![AccountKey::new(APP, id)],
            _ => members.get(id).map(|set| set.iter().cloned().collect()).unwrap_or_default(),
        };
        chats.insert(rowid, ChatRow { id: id.to_owned(), kind, title: row.text(1), members });
    });
    for rowid in nameless {
        let detail = "the chat's id is missing in table jid; its messages name the row instead";
        out.problem(row_problem(main, ProblemKind::Malformed, "chat", rowid, detail));
    }
    told(&scan, main, "chat", out);
    chats
}

type Members = BTreeMap<String, BTreeSet<AccountKey>>;

/// Group members from the current table and from the older one with texts, as far as they exist.
fn members(db: &Db, main: &Blob, jids: &Jids, out: &mut dyn Sink) -> Members {
    let mut members = Members::new();
    let mut add = |group: &str, member: AccountKey| {
        members.entry(group.to_owned()).or_default().insert(member);
    };
    let columns = ["group_jid_row_id", "user_jid_row_id"];
    let scan = db.scan("group_participant_user", &columns, |_, row| {
        if let (Some(group), Some(user)) = (jids.get(row.integer(0)), jids.account(row.integer(1)))
        {
            add(group, user);
        }
    });
    told(&scan, main, "group_participant_user", out);
    let scan = db.scan("group_participants", &["gjid", "jid"], |_, row| {
        if let (Some(group), Some(user)) = (row.text(0), row.text(1)) {
            add(&group, AccountKey::new(APP, user));
        }
    });
    told(&scan, main, "group_participants", out);
    members
}

fn chat_kind(id: &str) -> ChatKind {
    match id.rsplit_once('@').map(|(_, server)| server) {
        Some("s.whatsapp.net" | "lid" | "c.us") => ChatKind::Direct,
        Some("g.us") => ChatKind::Group,
        Some("newsletter" | "broadcast") => ChatKind::Channel,
        Some("bot") => ChatKind::Bot,
        _ => ChatKind::Unknown,
    }
}

/// A row of `message_media`.
#[derive(Debug, Clone)]
pub(super) struct Media {
    pub(super) chat: Option<i64>,
    pub(super) path: Option<String>,
    pub(super) name: Option<String>,
    pub(super) mime: Option<String>,
    pub(super) size: Option<u64>,
    pub(super) hash: Option<RecordedHash>,
    pub(super) caption: Option<String>,
}

/// Attachments by the row of their message.
pub(super) fn media(db: &Db, main: &Blob, out: &mut dyn Sink) -> BTreeMap<i64, (i64, Media)> {
    let columns = [
        "message_row_id",
        "chat_row_id",
        "file_path",
        "media_name",
        "mime_type",
        "file_length",
        "file_size",
        "file_hash",
        "media_caption",
    ];
    let mut media = BTreeMap::new();
    let mut bad_hashes = Vec::new();
    let scan = db.scan("message_media", &columns, |rowid, row| {
        let hash = row.text(7).and_then(|text| {
            let hash = Sha256::from_base64(&text);
            if hash.is_none() {
                bad_hashes.push(rowid);
            }
            hash
        });
        let size = row.integer(5).filter(|size| *size > 0).or_else(|| row.integer(6));
        let entry = Media {
            chat: row.integer(1),
            path: row.text(2),
            name: row.text(3),
            mime: row.text(4),
            size: size.and_then(|size| size.try_into().ok()),
            hash: hash.map(|hash| RecordedHash {
                algorithm: amparo_model::HashAlgorithm::Sha256,
                value: hash.to_string(),
            }),
            caption: row.text(8),
        };
        media.insert(row.integer(0).unwrap_or(rowid), (rowid, entry));
    });
    for rowid in bad_hashes {
        let detail = "file_hash is no base64 of 32 bytes; the transfer is kept without it";
        out.problem(row_problem(main, ProblemKind::Malformed, "message_media", rowid, detail));
    }
    told(&scan, main, "message_media", out);
    media
}

/// The message rows that a side table names.
pub(super) fn marked(db: &Db, main: &Blob, table: &str, out: &mut dyn Sink) -> HashSet<i64> {
    let mut rows = HashSet::new();
    let scan = db.scan(table, &["message_row_id"], |rowid, row| {
        rows.insert(row.integer(0).unwrap_or(rowid));
    });
    told(&scan, main, table, out);
    rows
}

/// When messages were edited, by row.
pub(super) fn edits(db: &Db, main: &Blob, out: &mut dyn Sink) -> HashMap<i64, i64> {
    let mut edits = HashMap::new();
    let columns = ["message_row_id", "edited_timestamp"];
    let scan = db.scan("message_edit_info", &columns, |rowid, row| {
        if let Some(at) = row.integer(1) {
            edits.insert(row.integer(0).unwrap_or(rowid), at);
        }
    });
    told(&scan, main, "message_edit_info", out);
    edits
}

/// Says so when a table could not be read to its end.
pub(super) fn told(scan: &Scan, main: &Blob, table: &str, out: &mut dyn Sink) {
    if let Some(fault) = &scan.fault {
        let detail = format!("{} rows read, not all: {fault}", scan.read);
        out.problem(table_problem(main, ProblemKind::Malformed, table, detail));
    }
}
