//! Conversations, and the people behind the ids that messages use.

use super::{APP, column_or, emit, key, told};
use crate::json::{Node, Object};
use crate::sqlite::{Db, Row};
use crate::{Blob, Sink};
use amparo_model::{Account, AccountKey, Chat, ChatKind, Contact, Problem, ProblemKind, Record};
use std::collections::{BTreeMap, HashMap};

/// Who is who in one store.
#[derive(Default)]
pub(super) struct People {
    /// The account of the store.
    pub(super) owner: Option<AccountKey>,
    /// By conversation id, service id and phone number.
    accounts: HashMap<String, AccountKey>,
    /// Conversations by id.
    pub(super) chats: BTreeMap<String, Conversation>,
}

/// One conversation.
pub(super) struct Conversation {
    rowid: i64,
    kind: ChatKind,
    title: Option<String>,
    /// Ids of members as stored: conversation ids or service ids.
    member_ids: Vec<String>,
    /// The other side of a direct conversation.
    pub(super) peer: Option<AccountKey>,
}

const COLUMNS: [&str; 11] = [
    "json",
    "id",
    "type",
    "name",
    "profileName",
    "profileFamilyName",
    "profileFullName",
    "e164",
    "serviceId",
    "uuid",
    "members",
];

impl People {
    /// Reads the owner and all conversations, and hands out what they say.
    pub(super) fn read(db: &Db, main: &Blob, out: &mut dyn Sink) -> Self {
        let mut people = Self { owner: owner(db, main, out), ..Self::default() };
        let scan = db.scan("conversations", &COLUMNS, |rowid, row| {
            people.conversation(main, rowid, row, out);
        });
        told(scan.fault, main, "conversations", out);
        people.emit_chats(main, out);
        people
    }

    /// The account with this conversation id, service id or number. An id that looks like a service
    /// id stands for itself.
    pub(super) fn account(&self, id: &str) -> Option<AccountKey> {
        let known = self.accounts.get(id).cloned();
        known.or_else(|| (id.len() == 36 && id.contains('-')).then(|| key(id)))
    }

    /// The members of a conversation without the owner.
    pub(super) fn others(&self, chat: &str) -> Vec<AccountKey> {
        let Some(chat) = self.chats.get(chat) else { return Vec::new() };
        let mut others = self.members(chat);
        others.retain(|member| Some(member) != self.owner.as_ref());
        others
    }

    fn members(&self, chat: &Conversation) -> Vec<AccountKey> {
        match &chat.peer {
            Some(peer) => vec![peer.clone()],
            None => chat.member_ids.iter().filter_map(|id| self.account(id)).collect(),
        }
    }

    fn conversation(&mut self, main: &Blob, rowid: i64, row: &Row, out: &mut dyn Sink) {
        let raw = row.text(0).unwrap_or_default();
        let json = Node::documents(raw.as_bytes()).next();
        let json = json.map(|item| item.node.object()).unwrap_or_default();
        let Some(id) = column_or(row, 1, &json, "id") else {
            let detail = "conversation without an id; skipped";
            let at = super::Place::Row { table: "conversations".to_owned(), rowid };
            let problem = Problem::at(ProblemKind::Malformed, main.at(at), "conversations", detail);
            return out.problem(problem);
        };
        let kind = match column_or(row, 2, &json, "type").as_deref() {
            Some("private") => ChatKind::Direct,
            Some("group") => ChatKind::Group,
            _ => ChatKind::Unknown,
        };
        let name = column_or(row, 3, &json, "name");
        let service = row.text(8).or_else(|| row.text(9));
        let service = service.or_else(|| json.text("serviceId")).or_else(|| json.text("uuid"));
        let phone = column_or(row, 7, &json, "e164");
        let peer = (kind == ChatKind::Direct)
            .then(|| key(service.clone().or_else(|| phone.clone()).unwrap_or_else(|| id.clone())));
        if let Some(account) = &peer {
            let ids = [Some(id.clone()), service, phone.clone()];
            for id in ids.into_iter().flatten() {
                self.accounts.insert(id, account.clone());
            }
            let record = Account {
                key: account.clone(),
                is_owner: Some(account) == self.owner.as_ref(),
                names: profile_name(row, &json).into_iter().collect(),
                phone: phone.clone(),
                username: json.text("username"),
            };
            emit(out, main, Record::Account(record), "conversations", rowid);
            if name.is_some() {
                let name = name.clone();
                let contact = Contact { account: Some(account.clone()), name, phone };
                emit(out, main, Record::Contact(contact), "conversations", rowid);
            }
        }
        let members = column_or(row, 10, &json, "members").unwrap_or_default();
        let member_ids = members.split_whitespace().map(str::to_owned).collect();
        let title = name.or_else(|| profile_name(row, &json));
        self.chats.insert(id, Conversation { rowid, kind, title, member_ids, peer });
    }

    fn emit_chats(&self, main: &Blob, out: &mut dyn Sink) {
        for (id, chat) in &self.chats {
            let is_self = chat.peer.is_some() && chat.peer == self.owner;
            let record = Chat {
                app: APP.to_owned(),
                chat: id.clone(),
                chat_kind: if is_self { ChatKind::SavedMessages } else { chat.kind },
                title: chat.title.clone(),
                members: self.members(chat),
            };
            emit(out, main, Record::Chat(record), "conversations", chat.rowid);
        }
    }
}

fn profile_name(row: &Row, json: &Object) -> Option<String> {
    let full = column_or(row, 6, json, "profileFullName");
    let parts =
        [column_or(row, 4, json, "profileName"), column_or(row, 5, json, "profileFamilyName")];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    full.or_else(|| (!parts.is_empty()).then(|| parts.join(" ")))
}

/// `items` holds `uuid_id`: the own service id with the number of the device behind a dot.
fn owner(db: &Db, main: &Blob, out: &mut dyn Sink) -> Option<AccountKey> {
    let mut owner = None;
    let scan = db.scan("items", &["id", "json"], |_, row| {
        if row.text(0).as_deref() == Some("uuid_id")
            && let Some(raw) = row.text(1)
            && let Some(item) = Node::documents(raw.as_bytes()).next()
            && let Some(value) = item.node.object().text("value")
        {
            let id = value.rsplit_once('.').map_or(value.as_str(), |(id, _)| id);
            owner = Some(key(id));
        }
    });
    told(scan.fault, main, "items", out);
    if owner.is_none() {
        let detail = "the owner's account is not stated; what the owner sent has no sender";
        out.problem(super::problem(main, ProblemKind::Unsupported, "items", detail));
    }
    owner
}
