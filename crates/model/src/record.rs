//! What app stores hold: accounts, contacts, chats, messages, transfers, receipts and calls.
//!
//! Field names are the same for every app because the structs are the same.

use crate::{Moment, RecordedHash};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Any record a parser may emit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Record {
    /// An account of the app; with `is_owner`, the one the store belongs to.
    Account(Account),
    /// An address-book entry.
    Contact(Contact),
    /// A conversation.
    Chat(Chat),
    /// A message.
    Message(Message),
    /// A file that went from one account to others.
    Transfer(Transfer),
    /// What one recipient's app reported back.
    Receipt(Receipt),
    /// A call.
    Call(Call),
    /// A tip as its issuer sent it.
    Tip(Box<crate::TipRevision>),
    /// A member of a package that a tip came in.
    PackageMember(crate::PackageMember),
    /// What a known-hash list says of itself.
    ListHeader(crate::ListHeader),
    /// One row of a known-hash list.
    KnownHash(crate::KnownHash),
    /// The end of a known-hash list that is whole.
    ListEnd(crate::ListTotals),
}

/// The names of the records, for declarations and tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordKind {
    /// See [`Account`].
    Account,
    /// See [`Contact`].
    Contact,
    /// See [`Chat`].
    Chat,
    /// See [`Message`].
    Message,
    /// See [`Transfer`].
    Transfer,
    /// See [`Receipt`].
    Receipt,
    /// See [`Call`].
    Call,
    /// See [`crate::TipRevision`].
    Tip,
    /// See [`crate::PackageMember`].
    PackageMember,
    /// See [`crate::ListHeader`].
    ListHeader,
    /// See [`crate::KnownHash`].
    KnownHash,
    /// See [`crate::ListTotals`].
    ListEnd,
}

impl Record {
    /// Which kind this is.
    #[must_use]
    pub fn kind(&self) -> RecordKind {
        match self {
            Self::Account(_) => RecordKind::Account,
            Self::Contact(_) => RecordKind::Contact,
            Self::Chat(_) => RecordKind::Chat,
            Self::Message(_) => RecordKind::Message,
            Self::Transfer(_) => RecordKind::Transfer,
            Self::Receipt(_) => RecordKind::Receipt,
            Self::Call(_) => RecordKind::Call,
            Self::Tip(_) => RecordKind::Tip,
            Self::PackageMember(_) => RecordKind::PackageMember,
            Self::ListHeader(_) => RecordKind::ListHeader,
            Self::KnownHash(_) => RecordKind::KnownHash,
            Self::ListEnd(_) => RecordKind::ListEnd,
        }
    }
}

/// An account in one app, by the id the app itself uses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AccountKey {
    /// `whatsapp`, `telegram`, `signal`.
    pub app: String,
    /// The app's own id, as stored (`34600000001@s.whatsapp.net`, `user123`).
    pub id: String,
}

impl AccountKey {
    /// Builds a key.
    #[must_use]
    pub fn new(app: &str, id: impl Into<String>) -> Self {
        Self { app: app.to_owned(), id: id.into() }
    }
}

impl fmt::Display for AccountKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.app, self.id)
    }
}

/// An integer whose meaning is not documented; shown as stored, never interpreted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AsStored(pub i64);

impl fmt::Display for AsStored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (as stored)", self.0)
    }
}

/// An account of the app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Which account.
    pub key: AccountKey,
    /// The store belongs to this account.
    pub is_owner: bool,
    /// Names the account shows, as stored.
    pub names: Vec<String>,
    /// Phone number as stored.
    pub phone: Option<String>,
    /// User name as stored.
    pub username: Option<String>,
}

/// An address-book entry of the owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Whom it names; `None` when the entry has only a phone number.
    pub account: Option<AccountKey>,
    /// The name the owner gave.
    pub name: Option<String>,
    /// Phone number as stored.
    pub phone: Option<String>,
}

/// What kind of conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatKind {
    /// Between the owner and one other.
    Direct,
    /// Several members.
    Group,
    /// One to many.
    Channel,
    /// The owner's notes to self.
    SavedMessages,
    /// With a program.
    Bot,
    /// The app names a kind this version does not know.
    Unknown,
}

/// A conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chat {
    /// The app.
    pub app: String,
    /// The app's own id of the chat.
    pub chat: String,
    /// What kind.
    pub chat_kind: ChatKind,
    /// Subject or name as stored.
    pub title: Option<String>,
    /// Members, as far as the store names them.
    pub members: Vec<AccountKey>,
}

/// Seen from the owner of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The owner sent it.
    Sent,
    /// The owner received it.
    Received,
    /// The store does not tell.
    Unknown,
}

/// Whether the message is still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// Present.
    Live,
    /// The app marks it as deleted; content may be gone.
    Deleted,
}

/// A message. Its text may be absent: then there was none, or it was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The app.
    pub app: String,
    /// The chat's id.
    pub chat: String,
    /// The app's own id of the message within the store.
    pub message: String,
    /// Who wrote it; `None` when the store does not tell.
    pub from: Option<AccountKey>,
    /// Seen from the owner.
    pub direction: Direction,
    /// When, by the app's own record.
    pub at: Option<Moment>,
    /// The text.
    pub text: Option<String>,
    /// The app marks it as forwarded.
    pub forwarded: bool,
    /// When it was edited, if it was.
    pub edited_at: Option<Moment>,
    /// Present or deleted.
    pub state: MessageState,
    /// The app's type number or word, as stored.
    pub type_as_stored: String,
}

/// A file that went from one account to others: the row of the transfer ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// The app.
    pub app: String,
    /// The chat's id.
    pub chat: String,
    /// The message that carried it.
    pub message: String,
    /// Who sent it; `None` when the store does not tell.
    pub from: Option<AccountKey>,
    /// To whom, as far as the store tells.
    pub to: Vec<AccountKey>,
    /// Seen from the owner.
    pub direction: Direction,
    /// When, by the app's own record.
    pub at: Option<Moment>,
    /// The path by which the store refers to the file, with `/` separators.
    pub path: Option<String>,
    /// File name as stored.
    pub file_name: Option<String>,
    /// MIME type as stored.
    pub mime: Option<String>,
    /// Size in bytes as stored.
    pub size: Option<u64>,
    /// The hash that the app itself recorded of the plain file.
    pub recorded_hash: Option<RecordedHash>,
    /// Caption.
    pub caption: Option<String>,
    /// The app marks it as forwarded.
    pub forwarded: bool,
    /// Present or deleted.
    pub state: MessageState,
}

/// What one recipient's app reported back about one message. It can outlive the message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The app.
    pub app: String,
    /// The message.
    pub message: String,
    /// Whose app reported.
    pub account: AccountKey,
    /// Delivered.
    pub delivered_at: Option<Moment>,
    /// Read.
    pub read_at: Option<Moment>,
    /// Played or opened.
    pub played_at: Option<Moment>,
    /// The message itself is no longer in the store.
    pub orphan: bool,
}

/// A call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The app.
    pub app: String,
    /// The other side.
    pub with: Option<AccountKey>,
    /// Seen from the owner.
    pub direction: Direction,
    /// When.
    pub at: Option<Moment>,
    /// Seconds.
    pub duration_s: Option<i64>,
    /// With picture.
    pub video: bool,
    /// The app's result code.
    pub result: Option<AsStored>,
}
