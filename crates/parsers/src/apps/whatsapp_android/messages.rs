//! `msgstore.db`: accounts, chats, messages and transfers of one view.

use super::tables::{self, ChatRow, Jids, Media, told};
use super::{APP, events, row_problem, table_problem};
use crate::sqlite::{Db, Row};
use crate::{Blob, Sink};
use amparo_model::{
    Account, AccountKey, Chat, ChatKind, Direction, Located, Message, MessageState, Moment, Place,
    ProblemKind, Record, Transfer,
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Stands for the owner when no file states the account.
pub(super) const OWNER_UNSTATED: &str = "owner";

/// Message types whose meaning public readers agree on. Source: ALEAPP, WhatsApp.py and
/// whatsAppExtended.py; WhatsApp-Chat-Exporter.
const KNOWN_TYPES: &[i64] = &[
    0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 13, 15, 16, 20, 23, 24, 25, 26, 27, 28, 36, 42, 43, 44, 56,
    64, 66, 81, 82, 90, 99, 103, 106, 112, 116,
];
/// Deleted for all by the sender, deleted by a group's admin.
const DELETED_TYPES: [i64; 2] = [15, 64];
const SYSTEM_TYPE: i64 = 7;
/// Bit 0 of `origination_flags`.
const FORWARDED_FLAG: i64 = 1;
/// Tables with content that this version counts without reading.
const UNREAD: &[&str] = &[
    "deleted_chat_job",
    "message_add_on",
    "message_location",
    "message_poll_option",
    "message_quoted",
    "message_system",
    "message_vcard",
];

/// Reads one view of the message store.
pub(super) fn read(db: &Db, main: &Blob, owner: &AccountKey, out: &mut dyn Sink) {
    if !db.has("message") && !db.has("messages") {
        let detail = "there is no table of messages; this is no WhatsApp store".to_owned();
        return out.problem(table_problem(main, ProblemKind::Unsupported, "message", detail));
    }
    let jids = Jids::read(db, main, out);
    let chats = tables::chats(db, main, &jids, out);
    let media = tables::media(db, main, out);
    let forwarded = tables::marked(db, main, "message_forwarded", out);
    let revoked = tables::marked(db, main, "message_revoked", out);
    let edits = tables::edits(db, main, out);
    let mut reader = Reader {
        db,
        main,
        owner,
        out,
        jids,
        chats,
        media,
        forwarded,
        revoked,
        edits,
        seen: HashSet::new(),
        unknown: BTreeMap::new(),
        without_chat: 0,
        undated: 0,
    };
    reader.accounts();
    reader.emit_chats();
    reader.messages();
    reader.orphan_media();
    reader.count_unread();
    let Reader { seen, jids, out, .. } = reader;
    events::receipts(db, main, &jids, &seen, out);
    events::calls(db, main, &jids, out);
}

struct Reader<'r, 'a> {
    db: &'r Db,
    main: &'r Blob<'a>,
    owner: &'r AccountKey,
    out: &'r mut dyn Sink,
    jids: Jids,
    chats: BTreeMap<i64, ChatRow>,
    /// What is left here after the messages were read has lost its message.
    media: BTreeMap<i64, (i64, Media)>,
    forwarded: HashSet<i64>,
    revoked: HashSet<i64>,
    edits: HashMap<i64, i64>,
    seen: HashSet<i64>,
    unknown: BTreeMap<i64, u64>,
    without_chat: u64,
    undated: u64,
}

const MESSAGE_COLUMNS: [&str; 7] = [
    "chat_row_id",
    "from_me",
    "sender_jid_row_id",
    "timestamp",
    "message_type",
    "text_data",
    "origination_flags",
];

/// Columns that every current schema has; a store without one is read, and says so.
const ESSENTIAL_COLUMNS: [&str; 5] =
    ["chat_row_id", "from_me", "timestamp", "message_type", "text_data"];

impl Reader<'_, '_> {
    /// Every user the store knows by number, and the name of the owner.
    fn accounts(&mut self) {
        for (rowid, (raw, resolved)) in self.jids.rows() {
            let number = |id: &str| id.strip_suffix("@s.whatsapp.net").map(|n| format!("+{n}"));
            if !raw.ends_with("@s.whatsapp.net") && !raw.ends_with("@lid") {
                continue;
            }
            let account = Account {
                key: AccountKey::new(APP, raw),
                is_owner: raw == self.owner.id,
                names: Vec::new(),
                phone: number(raw).or_else(|| resolved.and_then(number)),
                username: None,
            };
            emit(self.out, self.main, Record::Account(account), "jid", rowid);
        }
        let mut own = Vec::new();
        let scan = self.db.scan("props", &["key", "value"], |rowid, row| {
            if row.text(0).as_deref() == Some("user_push_name") {
                own.push((rowid, row.text(1)));
            }
        });
        told(&scan, self.main, "props", self.out);
        for (rowid, name) in own {
            let account = Account {
                key: self.owner.clone(),
                is_owner: true,
                names: name.into_iter().collect(),
                phone: None,
                username: None,
            };
            emit(self.out, self.main, Record::Account(account), "props", rowid);
        }
    }

    fn emit_chats(&mut self) {
        for (rowid, row) in &self.chats {
            let chat = Chat {
                app: APP.to_owned(),
                chat: row.id.clone(),
                chat_kind: row.kind,
                title: row.title.clone(),
                members: row.members.clone(),
            };
            emit(self.out, self.main, Record::Chat(chat), "chat", *rowid);
        }
    }

    fn messages(&mut self) {
        let db = self.db;
        let scan = db.scan("message", &MESSAGE_COLUMNS, |rowid, row| self.message(rowid, row));
        told(&scan, self.main, "message", self.out);
        for (number, count) in &self.unknown {
            let detail = format!("message type {number}: {count} rows kept without interpretation");
            let problem = table_problem(self.main, ProblemKind::Unsupported, "message", detail);
            self.out.problem(problem);
        }
        if self.without_chat > 0 {
            let detail = format!("{} rows belong to no chat; skipped", self.without_chat);
            self.out.problem(table_problem(self.main, ProblemKind::Skipped, "message", detail));
        }
        self.tell_losses();
        let old = db.count("messages").unwrap_or_default();
        if old > scan.read {
            let detail = format!(
                "{old} rows in the old table messages, {} in the current; the old were not read",
                scan.read
            );
            self.out.problem(table_problem(
                self.main,
                ProblemKind::Unsupported,
                "messages",
                detail,
            ));
        }
    }

    /// What the rows do not say although they should.
    fn tell_losses(&mut self) {
        let mut losses = Vec::new();
        let lacking = self.db.lacking("message", &ESSENTIAL_COLUMNS);
        losses.extend(lacking.iter().map(|column| {
            format!("there is no column {column}; nothing is known of what it would hold")
        }));
        if self.undated > 0 {
            losses.push(format!("{} messages have no readable time", self.undated));
        }
        for detail in losses {
            let problem = table_problem(self.main, ProblemKind::Unsupported, "message", detail);
            self.out.problem(problem);
        }
    }

    fn message(&mut self, rowid: i64, row: &Row) {
        self.seen.insert(rowid);
        let chat_row = row.integer(0).unwrap_or_default();
        // The app keeps a row for no chat (-1 or 0) at the start of the table.
        if chat_row <= 0 {
            self.without_chat += 1;
            return;
        }
        self.undated += u64::from(row.integer(3).is_none());
        let kind = row.integer(4);
        if let Some(number) = kind.filter(|number| !KNOWN_TYPES.contains(number)) {
            *self.unknown.entry(number).or_default() += 1;
        }
        let media = self.media.remove(&rowid);
        let (from, direction) = self.sender(row, chat_row, kind);
        let flagged = row.integer(6).unwrap_or_default() & FORWARDED_FLAG != 0;
        let deleted = kind.is_some_and(|kind| DELETED_TYPES.contains(&kind));
        let gone = deleted || self.revoked.contains(&rowid);
        let caption = media.as_ref().and_then(|(_, media)| media.caption.clone());
        let message = Message {
            app: APP.to_owned(),
            chat: self.chat_id(chat_row),
            message: rowid.to_string(),
            from,
            direction,
            at: row.integer(3).map(Moment::from_unix_ms),
            text: row.text(5).or(caption),
            forwarded: flagged || self.forwarded.contains(&rowid),
            edited_at: self.edits.get(&rowid).copied().map(Moment::from_unix_ms),
            state: if gone { MessageState::Deleted } else { MessageState::Live },
            type_as_stored: kind.map_or_else(|| "none".to_owned(), |kind| kind.to_string()),
        };
        if let Some((media_row, media)) = media {
            self.transfer(media_row, media, &message, chat_row);
        }
        emit(self.out, self.main, Record::Message(message), "message", rowid);
    }

    fn sender(
        &self,
        row: &Row,
        chat_row: i64,
        kind: Option<i64>,
    ) -> (Option<AccountKey>, Direction) {
        // Events of the group itself: from_me and sender then tell whom the event concerns.
        if kind == Some(SYSTEM_TYPE) {
            return (None, Direction::Unknown);
        }
        match row.integer(1) {
            Some(0) => {
                let chat = self.chats.get(&chat_row);
                let peer = chat.filter(|chat| chat.kind == ChatKind::Direct);
                let peer = peer.map(|chat| AccountKey::new(APP, chat.id.clone()));
                let from = self.jids.account(row.integer(2)).or(peer);
                (from, Direction::Received)
            }
            Some(_) => (Some(self.owner.clone()), Direction::Sent),
            None => (None, Direction::Unknown),
        }
    }

    fn transfer(&mut self, rowid: i64, media: Media, message: &Message, chat_row: i64) {
        let to = match message.direction {
            Direction::Sent => self.members_but(chat_row, self.owner),
            Direction::Received => vec![self.owner.clone()],
            Direction::Unknown => Vec::new(),
        };
        let transfer = Transfer {
            app: APP.to_owned(),
            chat: message.chat.clone(),
            message: message.message.clone(),
            from: message.from.clone(),
            to,
            direction: message.direction,
            at: message.at.clone(),
            path: media.path,
            file_name: media.name,
            mime: media.mime,
            size: media.size,
            recorded_hash: media.hash,
            caption: message.text.clone(),
            forwarded: message.forwarded,
            state: message.state,
        };
        emit(self.out, self.main, Record::Transfer(transfer), "message_media", rowid);
    }

    fn members_but(&self, chat_row: i64, not: &AccountKey) -> Vec<AccountKey> {
        let members = self.chats.get(&chat_row).map(|chat| chat.members.as_slice());
        members.unwrap_or_default().iter().filter(|member| *member != not).cloned().collect()
    }

    /// Attachments whose message is gone: what they say of the file still counts.
    fn orphan_media(&mut self) {
        let orphans = std::mem::take(&mut self.media);
        for (message, (rowid, media)) in orphans {
            let transfer = Transfer {
                app: APP.to_owned(),
                chat: self.chat_id(media.chat.unwrap_or_default()),
                message: message.to_string(),
                from: None,
                to: Vec::new(),
                direction: Direction::Unknown,
                at: None,
                path: media.path,
                file_name: media.name,
                mime: media.mime,
                size: media.size,
                recorded_hash: media.hash,
                caption: media.caption,
                forwarded: false,
                state: MessageState::Deleted,
            };
            let detail = "the message of this attachment is not in the store";
            let kind = ProblemKind::Skipped;
            self.out.problem(row_problem(self.main, kind, "message_media", rowid, detail));
            let place = Place::Row { table: "message_media".to_owned(), rowid };
            self.out.record(Located::new(Record::Transfer(transfer), self.main.at(place)));
        }
    }

    fn count_unread(&mut self) {
        for table in UNREAD {
            if let Some(count) = self.db.count(table).filter(|count| *count > 0) {
                let detail = format!("{count} rows are not read by this version");
                self.out.problem(table_problem(self.main, ProblemKind::Skipped, table, detail));
            }
        }
    }

    fn chat_id(&self, row: i64) -> String {
        match self.chats.get(&row) {
            Some(chat) => chat.id.clone(),
            None => format!("chat row {row}"),
        }
    }
}

pub(super) fn emit(out: &mut dyn Sink, main: &Blob, record: Record, table: &str, rowid: i64) {
    let place = Place::Row { table: table.to_owned(), rowid };
    out.record(Located::new(record, main.at(place)));
}
