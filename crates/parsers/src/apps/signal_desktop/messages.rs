//! Messages with their attachments and the states of delivery.

use super::conversations::People;
use super::{APP, column_or, emit, told};
use crate::json::{Node, Object};
use crate::sqlite::{Db, Row};
use crate::{Blob, Sink};
use amparo_model::{
    AccountKey, Direction, HashAlgorithm, Message, MessageState, Moment, Place, Problem,
    ProblemKind, Receipt, Record, RecordedHash, Sha256, Transfer,
};
use std::collections::BTreeMap;

/// Types of rows that readers know. Source: Signal-Desktop, ts/model-types.d.ts, general knowledge.
const KNOWN_TYPES: &[&str] = &[
    "call-history",
    "change-number-notification",
    "chat-session-refreshed",
    "contact-removed-notification",
    "conversation-merge",
    "delivery-issue",
    "group-v1-migration",
    "group-v2-change",
    "incoming",
    "joined-signal-notification",
    "keychange",
    "message-history-unsynced",
    "message-request-response-event",
    "outgoing",
    "phone-number-discovery",
    "profile-change",
    "story",
    "timer-notification",
    "title-transition-notification",
    "universal-timer-notification",
    "verified-change",
];

const COLUMNS: [&str; 11] = [
    "json",
    "id",
    "conversationId",
    "type",
    "body",
    "sent_at",
    "source",
    "sourceServiceId",
    "sourceUuid",
    "isErased",
    "hasAttachments",
];

/// Reads all messages of one view.
pub(super) fn read(db: &Db, main: &Blob, people: &People, out: &mut dyn Sink) {
    let mut reader = Reader { main, people, out, unknown: BTreeMap::new(), unlisted: 0 };
    let scan = db.scan("messages", &COLUMNS, |rowid, row| reader.message(rowid, row));
    let Reader { out, unknown, unlisted, .. } = reader;
    told(scan.fault, main, "messages", out);
    for (word, count) in unknown {
        let detail = format!("message type {word:?}: {count} rows kept without interpretation");
        out.problem(super::problem(main, ProblemKind::Unsupported, "messages", detail));
    }
    if unlisted > 0 {
        let detail = format!("{unlisted} rows have attachments that the row does not list");
        out.problem(super::problem(main, ProblemKind::Skipped, "messages", detail));
    }
}

struct Reader<'r, 'a> {
    main: &'r Blob<'a>,
    people: &'r People,
    out: &'r mut dyn Sink,
    unknown: BTreeMap<String, u64>,
    unlisted: u64,
}

impl Reader<'_, '_> {
    fn message(&mut self, rowid: i64, row: &Row) {
        let raw = row.text(0).unwrap_or_default();
        let json = self.json(rowid, &raw);
        let Some(id) = column_or(row, 1, &json, "id") else {
            return self.problem(ProblemKind::Malformed, rowid, "message without an id; skipped");
        };
        let chat = column_or(row, 2, &json, "conversationId").unwrap_or_default();
        let kind = column_or(row, 3, &json, "type").unwrap_or_default();
        if !KNOWN_TYPES.contains(&kind.as_str()) {
            *self.unknown.entry(kind.clone()).or_default() += 1;
        }
        let (from, direction) = self.sender(row, &json, &kind, &chat);
        let sent_at = row.integer(5).or_else(|| json.integer("sent_at"));
        let sent_at = sent_at.or_else(|| json.integer("timestamp"));
        let erased = row.integer(9) == Some(1) || is_true(&json, "deletedForEveryone");
        let edited = json.get("editHistory").and_then(|_| json.integer("editMessageTimestamp"));
        let message = Message {
            app: APP.to_owned(),
            chat,
            message: id,
            from,
            direction,
            at: sent_at.map(Moment::from_unix_ms),
            text: column_or(row, 4, &json, "body"),
            forwarded: false,
            edited_at: edited.map(Moment::from_unix_ms),
            state: if erased { MessageState::Deleted } else { MessageState::Live },
            type_as_stored: kind,
        };
        self.attachments(rowid, row, &json, &message);
        if direction == Direction::Sent {
            self.receipts(rowid, &json, &message);
        }
        emit(self.out, self.main, Record::Message(message), "messages", rowid);
    }

    fn json<'j>(&mut self, rowid: i64, raw: &'j str) -> Object<'j> {
        let Some(item) = Node::documents(raw.as_bytes()).next() else {
            return Object::default();
        };
        let object = item.node.object();
        if !item.node.complete || object.fault.is_some() || !item.node.is_object() {
            let detail = "the json column is damaged; what it lacks is taken from the columns";
            self.problem(ProblemKind::Malformed, rowid, detail);
        }
        object
    }

    fn sender(
        &self,
        row: &Row,
        json: &Object,
        kind: &str,
        chat: &str,
    ) -> (Option<AccountKey>, Direction) {
        match kind {
            "outgoing" => (self.people.owner.clone(), Direction::Sent),
            "incoming" => {
                let service = column_or(row, 7, json, "sourceServiceId")
                    .or_else(|| column_or(row, 8, json, "sourceUuid"));
                let stated = service.or_else(|| column_or(row, 6, json, "source"));
                let known =
                    stated.map(|id| self.people.account(&id).unwrap_or_else(|| super::key(id)));
                let peer = || self.people.chats.get(chat)?.peer.clone();
                (known.or_else(peer), Direction::Received)
            }
            _ => (None, Direction::Unknown),
        }
    }

    fn attachments(&mut self, rowid: i64, row: &Row, json: &Object, message: &Message) {
        let Some(list) = json.get("attachments") else {
            let stated = row.integer(10) == Some(1);
            self.unlisted += u64::from(stated);
            return;
        };
        for item in list.items() {
            let entry = item.node.object();
            let stored = entry.text("plaintextHash");
            let hash = stored.as_ref().and_then(|text| text.parse::<Sha256>().ok());
            if stored.is_some() && hash.is_none() {
                let detail = "plaintextHash is no SHA-256; the transfer is kept without it";
                self.problem(ProblemKind::Malformed, rowid, detail);
            }
            let transfer = Transfer {
                app: APP.to_owned(),
                chat: message.chat.clone(),
                message: message.message.clone(),
                from: message.from.clone(),
                to: self.recipients(json, message),
                direction: message.direction,
                at: message.at.clone(),
                path: entry.text("path").map(|path| path.replace('\\', "/")),
                file_name: entry.text("fileName"),
                mime: entry.text("contentType"),
                size: entry.integer("size").and_then(|size| size.try_into().ok()),
                recorded_hash: hash.map(|hash| RecordedHash {
                    algorithm: HashAlgorithm::Sha256,
                    value: hash.to_string(),
                }),
                caption: entry.text("caption").or_else(|| message.text.clone()),
                forwarded: false,
                state: message.state,
            };
            emit(self.out, self.main, Record::Transfer(transfer), "messages", rowid);
        }
    }

    /// Those to whom the store says it was sent; without such a list, the conversation's members.
    fn recipients(&self, json: &Object, message: &Message) -> Vec<AccountKey> {
        match message.direction {
            Direction::Received => self.people.owner.clone().into_iter().collect(),
            Direction::Unknown => Vec::new(),
            Direction::Sent => {
                let stated: Vec<_> = self.states(json).map(|(account, _)| account).collect();
                if stated.is_empty() { self.people.others(&message.chat) } else { stated }
            }
        }
    }

    /// `sendStateByConversationId`, the owner's own devices left out.
    fn states<'j>(&self, json: &Object<'j>) -> impl Iterator<Item = (AccountKey, Object<'j>)> {
        let states = json.get("sendStateByConversationId").map(|node| node.object());
        let members = states.map(|states| states.members).unwrap_or_default();
        members.into_iter().filter_map(|(id, node)| {
            let account = self.people.account(&id)?;
            (Some(&account) != self.people.owner.as_ref()).then(|| (account, node.object()))
        })
    }

    fn receipts(&mut self, rowid: i64, json: &Object, message: &Message) {
        let states: Vec<_> = self.states(json).collect();
        for (account, state) in states {
            let at = state.integer("updatedAt").map(Moment::from_unix_ms);
            let status = state.text("status").unwrap_or_default();
            let at_if = |word: &str| at.clone().filter(|_| status == word);
            let receipt = Receipt {
                app: APP.to_owned(),
                message: message.message.clone(),
                account,
                delivered_at: at_if("Delivered"),
                read_at: at_if("Read"),
                played_at: at_if("Viewed"),
                orphan: false,
            };
            let reported = ["Delivered", "Read", "Viewed"].contains(&status.as_str());
            if reported {
                emit(self.out, self.main, Record::Receipt(receipt), "messages", rowid);
            }
        }
    }

    fn problem(&mut self, kind: ProblemKind, rowid: i64, detail: &str) {
        let place = Place::Row { table: "messages".to_owned(), rowid };
        self.out.problem(Problem::at(kind, self.main.at(place), "messages", detail));
    }
}

fn is_true(json: &Object, key: &str) -> bool {
    json.text(key).as_deref() == Some("true")
}
