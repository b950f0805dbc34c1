//! Whom the records of one app store name, and in which role.

use crate::Result;
use crate::sql::{Value, json, key, values};
use amparo_model::{AccountKey, ChatKind, Identifier, IdentifierKind, Located, Locator, Record};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What an account is to the store that names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountRole {
    /// The store belongs to it.
    Owner,
    /// It wrote, was written to, called or was called, sent or was sent a file.
    Counterpart,
    /// It stands in the address book.
    Contact,
    /// The store names it; nothing more is recorded.
    Named,
}

impl AccountRole {
    /// The word in tables and texts.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Counterpart => "counterpart",
            Self::Contact => "contact",
            Self::Named => "named",
        }
    }
}

/// An account by one of its identifiers, as a store names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AccountNamed {
    /// Which kind of identifier.
    pub kind: IdentifierKind,
    /// The identifier as compared.
    pub norm: String,
    /// The identifier as the store has it.
    pub raw: String,
    /// The account as `app:id`; the telephone of an entry in an address book that names none.
    pub account: String,
    /// What it is to the store.
    pub role: AccountRole,
    /// Names that it shows, or that the owner gave it.
    pub names: Vec<String>,
    /// Where it was read.
    pub at: Locator,
}

/// What the records say of one account.
struct Seen<'r> {
    identifiers: Vec<Identifier>,
    names: BTreeSet<&'r str>,
    owner: bool,
    at: &'r Locator,
}

/// The accounts that the records name, each with its identifiers and roles.
pub(super) fn named(records: &[Located<Record>]) -> Vec<AccountNamed> {
    let exchanged = exchanged(records);
    let mut accounts: BTreeMap<&AccountKey, Seen<'_>> = BTreeMap::new();
    let mut found = Vec::new();
    for record in records {
        match record.record() {
            Record::Account(account) => {
                let seen = accounts.entry(&account.key).or_insert_with(|| Seen::at(record.at()));
                seen.identifiers.extend(account.identifiers());
                seen.names.extend(account.names.iter().map(String::as_str));
                seen.owner |= account.is_owner;
            }
            Record::Contact(contact) => {
                let known = contact.account.as_ref().map(ToString::to_string);
                let names: Vec<String> = contact.name.iter().cloned().collect();
                for one in contact.identifiers() {
                    let account = known.clone().unwrap_or_else(|| one.norm.clone());
                    let of = (AccountRole::Contact, names.clone(), record.at().clone());
                    found.push(of_identifier(one, account, of));
                }
            }
            _ => {}
        }
    }
    for (key, at) in &exchanged {
        accounts.entry(key).or_insert_with(|| Seen::at(at)).identifiers.extend(key.identifiers());
    }
    for (key, seen) in accounts {
        let role = match (seen.owner, exchanged.contains_key(key)) {
            (true, _) => AccountRole::Owner,
            (false, true) => AccountRole::Counterpart,
            (false, false) => AccountRole::Named,
        };
        let names: Vec<String> = seen.names.iter().map(|name| (*name).to_owned()).collect();
        for one in seen.identifiers {
            let of = (role, names.clone(), seen.at.clone());
            found.push(of_identifier(one, key.to_string(), of));
        }
    }
    found
}

impl<'r> Seen<'r> {
    fn at(at: &'r Locator) -> Self {
        Self { identifiers: Vec::new(), names: BTreeSet::new(), owner: false, at }
    }
}

fn of_identifier(
    one: Identifier,
    account: String,
    (role, names, at): (AccountRole, Vec<String>, Locator),
) -> AccountNamed {
    AccountNamed { kind: one.kind, norm: one.norm, raw: one.raw, account, role, names, at }
}

/// The accounts that took part in something, each with a place that says so. Where a direct chat
/// has a message, its members exchanged it, whoever wrote.
fn exchanged(records: &[Located<Record>]) -> HashMap<&AccountKey, &Locator> {
    let mut took_part = HashMap::new();
    let mut spoken: HashSet<&str> = HashSet::new();
    for record in records {
        let (one, more): (Option<&AccountKey>, &[AccountKey]) = match record.record() {
            Record::Message(message) => {
                spoken.insert(&message.chat);
                (message.from.as_ref(), &[])
            }
            Record::Transfer(transfer) => (transfer.from.as_ref(), &transfer.to),
            Record::Call(call) => (call.with.as_ref(), &[]),
            _ => continue,
        };
        for key in one.into_iter().chain(more) {
            took_part.entry(key).or_insert_with(|| record.at());
        }
    }
    for record in records {
        if let Record::Chat(chat) = record.record()
            && chat.chat_kind == ChatKind::Direct
            && spoken.contains(chat.chat.as_str())
        {
            for key in &chat.members {
                took_part.entry(key).or_insert_with(|| record.at());
            }
        }
    }
    took_part
}

/// Rows of a fact, each key of an account once in each role.
pub(super) fn rows(fact: i64, found: &[AccountNamed]) -> Result<Vec<Vec<Value>>> {
    let mut once = BTreeMap::new();
    for one in found {
        let place = (one.kind.as_str(), key(&one.norm), key(&one.account), one.role.as_str());
        once.entry(place).or_insert(one);
    }
    let row = |((kind, norm, account, role), one): ((&str, String, String, &str), _)| {
        Ok(values![fact, kind, norm, account, role, json(one)?])
    };
    once.into_iter().map(row).collect()
}
