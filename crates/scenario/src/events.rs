//! What happens in chats, before any app's format: who says or sends what, where and when.

use crate::pictures::PictureId;

/// One message of one chat.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    /// Unix milliseconds.
    pub(crate) at: i64,
    /// Number of the chat in its [`Chats`](crate::chats::Chat) list.
    pub(crate) chat: usize,
    /// Number of the contact who wrote it; `None` for the owner.
    pub(crate) from: Option<usize>,
    pub(crate) body: Body,
    /// The app marks it as forwarded.
    pub(crate) forwarded: bool,
    pub(crate) fate: Fate,
}

/// What a message carries.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    /// Text alone.
    Text(String),
    /// A picture, and the path by which the store refers to its file.
    Picture { picture: PictureId, path: String },
    /// The sender took it back.
    Revoked,
    /// The group was made.
    GroupMade,
    /// A type number that no reader knows.
    Unknown,
}

/// What becomes of a message when the WAL is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It stays.
    Stays,
    /// The WAL deletes it: only the main file holds it.
    DeletedInWal,
    /// The WAL turns it into a revoked message.
    RevokedInWal,
}

impl Event {
    /// A message that stays.
    pub(crate) fn new(at: i64, chat: usize, from: Option<usize>, body: Body) -> Self {
        Self { at, chat, from, body, forwarded: false, fate: Fate::Stays }
    }

    /// A text that stays.
    pub(crate) fn text(at: i64, chat: usize, from: Option<usize>, text: &str) -> Self {
        Self::new(at, chat, from, Body::Text(text.to_owned()))
    }
}
