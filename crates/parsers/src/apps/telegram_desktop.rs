//! The JSON export of Telegram Desktop (`result.json`), of all chats or of one.
//!
//! The export is read chat by chat and message by message from the bytes, so that a cut file gives
//! everything before the cut, and size costs no memory.

mod fields;

use crate::json::{Items, Node, Object, step};
use crate::{Blob, Family, Input, Limits, Parser, Sink, Spec, Tier};
use amparo_model::{
    Account, AccountKey, Chat, ChatKind, Contact, Direction, Located, Message, MessageState, Place,
    Problem, ProblemKind, Record, RecordKind, Transfer,
};
use fields::{chat_kind, full_name, moment, text_of};
use std::collections::{BTreeMap, BTreeSet};

/// Reads Telegram Desktop exports.
#[derive(Debug)]
pub struct TelegramDesktop;

const APP: &str = "telegram";

static SPEC: Spec = Spec {
    id: "telegram_desktop",
    title: "Telegram Desktop export, as JSON",
    family: Family::App,
    apps: &["org.telegram.desktop"],
    claims: &["**/result.json"],
    companions: &[],
    emits: &[
        RecordKind::Account,
        RecordKind::Contact,
        RecordKind::Chat,
        RecordKind::Message,
        RecordKind::Transfer,
    ],
    version: 1,
    tier: Tier::Proven,
    tested_on: &[
        "exports of 2021-05 and 2023-01 from the loader tests of chat-history-manager",
        "generated: full export and single-chat export",
    ],
    gaps: &[
        "the export records no receipts, no deleted messages and no hash of any file",
        "`transfer.recorded_hash` stays empty",
        "members of groups are not exported; `chat.members` holds only the other side of a direct \
         chat, and `transfer.to` is empty for what was sent to a group",
        "without date_unixtime (exports before 2022) the zone of a time is not stated",
        "a single-chat export does not name the owner, so direction stays unknown",
        "pictures of service events (a new group picture) are no transfers",
        "calls, polls, places, reactions and shared contacts are kept as messages only",
        "an export is made by the owner's choice: chats and media may have been left out",
        "most exports name no account for an address-book entry; `contact.account` is then empty",
    ],
    references: &[
        "chat-history-manager, crates/loaders telegram, seen 2026",
        "Telegram Desktop, Telegram/SourceFiles/export/output/export_output_json.cpp, general \
         knowledge",
    ],
    time: "date_unixtime: Unix seconds, UTC. date: wall clock of the exporting computer, no zone",
    limits: Limits {
        input_bytes: 4 << 30,
        records: 20_000_000,
        nesting: 128,
        wall_ms_per_mb: 500,
        memory_bytes: 6 << 30,
    },
};

impl Parser for TelegramDesktop {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn probe(&self, head: &[u8]) -> bool {
        let head = String::from_utf8_lossy(head.get(..4096.min(head.len())).unwrap_or_default());
        let has = |key: &str| head.contains(key);
        head.trim_start_matches('\u{feff}').trim_start().starts_with('{')
            && (has("\"personal_information\"")
                || has("\"chats\"")
                || (has("\"messages\"") && has("\"type\"")))
    }

    fn read(&self, input: &Input, out: &mut dyn Sink) {
        let mut documents = Node::documents(input.main.bytes);
        let root = documents.next().map(|item| item.node).filter(Node::is_object);
        let Some(root) = root else {
            let detail = "this is no JSON object, so no Telegram export";
            return out.problem(input.main.problem(ProblemKind::Malformed, detail));
        };
        let mut reader = Reader::new(&input.main, out);
        reader.export(&root.object());
        if documents.next().is_some() || documents.fault.is_some() {
            let detail = "something follows the end of the export; it was not read";
            out.problem(input.main.problem(ProblemKind::Malformed, detail));
        }
    }
}

struct Reader<'r, 'a> {
    main: &'r Blob<'a>,
    out: &'r mut dyn Sink,
    owner: Option<AccountKey>,
    /// Accounts already handed out with this name.
    named: BTreeSet<(String, String)>,
    /// Message types this version does not know, with their number.
    unknown: BTreeMap<String, u64>,
}

/// One chat while its messages are read.
struct Context {
    id: String,
    kind: ChatKind,
    peer: Option<AccountKey>,
}

impl<'r, 'a> Reader<'r, 'a> {
    fn new(main: &'r Blob<'a>, out: &'r mut dyn Sink) -> Self {
        Self { main, out, owner: None, named: BTreeSet::new(), unknown: BTreeMap::new() }
    }

    fn export(&mut self, root: &Object) {
        self.fault(root.fault.map(|fault| fault.to_string()), "");
        if let Some(person) = root.get("personal_information") {
            self.read_owner(&person.object());
        }
        if let Some(contacts) = root.get("contacts").and_then(|node| node.object().get("list")) {
            self.each(contacts.items(), "/contacts/list", Self::contact);
        }
        let mut found = false;
        for key in ["chats", "left_chats"] {
            if let Some(list) = root.get(key).and_then(|node| node.object().get("list")) {
                found = true;
                self.each(list.items(), &format!("/{key}/list"), |reader, node, pointer| {
                    reader.chat(&node.object(), pointer);
                });
            }
        }
        if root.get("messages").is_some() {
            self.chat(root, "");
        } else if !found {
            self.problem(ProblemKind::Unsupported, "", "neither chats nor messages are in it");
        }
        for (word, count) in std::mem::take(&mut self.unknown) {
            let detail = format!("message type {word:?}: {count} rows kept without interpretation");
            self.problem(ProblemKind::Unsupported, "", &detail);
        }
    }

    /// Reads each element and says when the list breaks off.
    fn each(
        &mut self,
        mut items: Items,
        pointer: &str,
        mut read: impl FnMut(&mut Self, &Node, &str),
    ) {
        for (index, item) in items.by_ref().enumerate() {
            read(self, &item.node, &step(pointer, index));
        }
        self.fault(items.fault.map(|fault| fault.to_string()), pointer);
    }

    fn read_owner(&mut self, person: &Object) {
        let Some(id) = person.text("user_id") else {
            let detail = "the export names no user_id for its owner";
            return self.problem(ProblemKind::Unsupported, "/personal_information", detail);
        };
        let key = AccountKey::new(APP, format!("user{id}"));
        self.owner = Some(key.clone());
        let account = Account {
            key,
            is_owner: true,
            names: full_name(person).into_iter().collect(),
            phone: person.text("phone_number"),
            username: person.text("username"),
        };
        self.emit(Record::Account(account), "/personal_information");
    }

    fn contact(&mut self, node: &Node, pointer: &str) {
        let entry = node.object();
        let user = entry.integer("user_id").filter(|id| *id > 0);
        let contact = Contact {
            account: user.map(|id| AccountKey::new(APP, format!("user{id}"))),
            name: full_name(&entry),
            phone: entry.text("phone_number"),
        };
        if contact.name.is_none() && contact.phone.is_none() {
            let detail = "address-book entry without name and number";
            return self.problem(ProblemKind::Skipped, pointer, detail);
        }
        self.emit(Record::Contact(contact), pointer);
    }

    fn chat(&mut self, chat: &Object, pointer: &str) {
        let Some(id) = chat.text("id") else {
            return self.problem(ProblemKind::Malformed, pointer, "chat without an id; not read");
        };
        let (kind, prefix) = chat_kind(&chat.text("type").unwrap_or_default());
        let peer = matches!(kind, ChatKind::Direct | ChatKind::Bot)
            .then(|| AccountKey::new(APP, format!("user{id}")));
        let context = Context { id: format!("{prefix}{id}"), kind, peer: peer.clone() };
        let record = Chat {
            app: APP.to_owned(),
            chat: context.id.clone(),
            chat_kind: kind,
            title: chat.text("name"),
            members: peer.into_iter().collect(),
        };
        self.emit(Record::Chat(record), pointer);
        if pointer.is_empty() {
            let detail = "a single-chat export does not state whose account it is";
            self.problem(ProblemKind::Unsupported, pointer, detail);
        }
        let pointer = step(pointer, "messages");
        if let Some(messages) = chat.get("messages") {
            self.each(messages.items(), &pointer, |reader, node, pointer| {
                reader.message(&context, node, pointer);
            });
        }
    }

    fn message(&mut self, chat: &Context, node: &Node, pointer: &str) {
        let row = node.object();
        let Some(id) = row.text("id").filter(|_| node.complete && row.fault.is_none()) else {
            let detail = "message without an id or cut; not read";
            return self.problem(ProblemKind::Malformed, pointer, detail);
        };
        let kind = row.text("type").unwrap_or_default();
        if !matches!(kind.as_str(), "message" | "service" | "unsupported") {
            *self.unknown.entry(kind.clone()).or_default() += 1;
        }
        let from = self.sender(&row, pointer);
        let direction = match (&from, &self.owner) {
            (Some(from), Some(owner)) if from == owner => Direction::Sent,
            (Some(_), Some(_)) => Direction::Received,
            _ => Direction::Unknown,
        };
        let message = Message {
            app: APP.to_owned(),
            chat: chat.id.clone(),
            message: id,
            from,
            direction,
            at: moment(&row, "date"),
            text: text_of(&row),
            forwarded: row.get("forwarded_from").is_some(),
            edited_at: moment(&row, "edited"),
            state: MessageState::Live,
            type_as_stored: row.text("action").unwrap_or(kind),
        };
        for key in ["photo", "file"] {
            if let Some(transfer) = self.transfer(chat, &message, &row, key) {
                self.emit(Record::Transfer(transfer), pointer);
            }
        }
        self.emit(Record::Message(message), pointer);
    }

    /// The author, whose name is handed out once as an account.
    fn sender(&mut self, row: &Object, pointer: &str) -> Option<AccountKey> {
        let id = row.text("from_id").or_else(|| row.text("actor_id"))?;
        // Exports of 2020 write the bare number of a user.
        let id = if id.bytes().all(|b| b.is_ascii_digit()) { format!("user{id}") } else { id };
        let key = AccountKey::new(APP, id);
        let name = row.text("from").or_else(|| row.text("actor"));
        let known = self.owner.as_ref() == Some(&key);
        if let Some(name) = name.filter(|_| !known)
            && self.named.insert((key.id.clone(), name.clone()))
        {
            let account = Account {
                key: key.clone(),
                is_owner: false,
                names: vec![name],
                phone: None,
                username: None,
            };
            self.emit(Record::Account(account), pointer);
        }
        Some(key)
    }

    fn transfer(
        &self,
        chat: &Context,
        message: &Message,
        row: &Object,
        key: &str,
    ) -> Option<Transfer> {
        let stored = row.text(key)?;
        if row.text("type").as_deref() == Some("service") {
            return None;
        }
        let size_key = if key == "photo" { "photo_file_size" } else { "file_size" };
        // In place of a path the export writes a sentence in brackets when the file was left out.
        let path = (!stored.starts_with('(')).then_some(stored);
        let base = path.as_deref().and_then(|path| path.rsplit('/').next()).map(str::to_owned);
        Some(Transfer {
            app: APP.to_owned(),
            chat: chat.id.clone(),
            message: message.message.clone(),
            from: message.from.clone(),
            to: self.recipients(chat, message.direction),
            direction: message.direction,
            at: message.at.clone(),
            path,
            file_name: row.text("file_name").or(base),
            mime: row.text("mime_type"),
            size: row.integer(size_key).and_then(|size| size.try_into().ok()),
            recorded_hash: None,
            caption: message.text.clone(),
            forwarded: message.forwarded,
            state: MessageState::Live,
        })
    }

    fn recipients(&self, chat: &Context, direction: Direction) -> Vec<AccountKey> {
        let to = match direction {
            Direction::Sent => chat.peer.clone(),
            Direction::Received => self.owner.clone().filter(|_| chat.kind != ChatKind::Channel),
            Direction::Unknown => None,
        };
        to.into_iter().collect()
    }

    fn emit(&mut self, record: Record, pointer: &str) {
        let place = Place::Json { pointer: pointer.to_owned() };
        self.out.record(Located::new(record, self.main.at(place)));
    }

    fn problem(&mut self, kind: ProblemKind, pointer: &str, detail: &str) {
        let place = Place::Json { pointer: pointer.to_owned() };
        self.out.problem(Problem::at(kind, self.main.at(place), self.main.path, detail));
    }

    fn fault(&mut self, fault: Option<String>, pointer: &str) {
        if let Some(fault) = fault {
            self.problem(ProblemKind::Malformed, pointer, &fault);
        }
    }
}
