//! What the alarm is told. The caller gathers it from the store; nothing here reads anything.

use amparo_model::{AccountKey, ChatKind, Direction, Novelty, Sha256, UtcMillis};
use std::collections::BTreeMap;

/// Everything known so far of one case.
#[derive(Debug, Clone, Default)]
pub struct AlarmFacts {
    /// Accounts the stores belong to.
    pub owners: Vec<AccountKey>,
    /// Names the stores show for an account.
    pub names: BTreeMap<AccountKey, Vec<String>>,
    /// Rows of the transfer ledger.
    pub transfers: Vec<TransferFact>,
    /// Phrases found in messages.
    pub signals: Vec<SignalFact>,
    /// Address-book entries by account.
    pub contacts: BTreeMap<AccountKey, SavedContact>,
    /// Kind of each chat, by owner and chat id; a chat not named here is of unknown kind.
    pub chat_kinds: BTreeMap<(AccountKey, String), ChatKind>,
    /// Last message of a counterpart, by owner and counterpart, where the caller knows it. Times of
    /// transfers and phrases count anyway.
    pub last_contact: BTreeMap<(AccountKey, AccountKey), LastContact>,
}

/// What an address book calls an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedContact {
    /// The name as saved.
    pub name: String,
    /// Reference anyone can follow: `object-sha256 place`.
    pub evidence: String,
}

/// The latest record of a counterpart. Ordered by time, then by reference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LastContact {
    /// When.
    pub at: UtcMillis,
    /// Reference anyone can follow: `object-sha256 place`.
    pub evidence: String,
}

/// One file that went through a chat.
#[derive(Debug, Clone)]
pub struct TransferFact {
    /// Whose store.
    pub owner: AccountKey,
    /// The chat's id.
    pub chat: String,
    /// The message that carried it.
    pub message: String,
    /// Who sent it, where the store tells.
    pub from: Option<AccountKey>,
    /// To whom, where the store tells.
    pub to: Vec<AccountKey>,
    /// Seen from the owner.
    pub direction: Direction,
    /// When, by the app's record.
    pub at: Option<UtcMillis>,
    /// The file, where its SHA-256 is known; equal files count once.
    pub object: Option<Sha256>,
    /// Whether it is a picture or a video, see [`is_visual`]; others never count as "in no list".
    pub visual: bool,
    /// What a look-up said; `None` when nothing was looked up yet.
    pub novelty: Option<Novelty>,
    /// `NoveltyStatement::unsure_because`, when the answer was `Unsure`.
    pub unsure_because: Option<String>,
    /// A list of known material, not one of harmless files, has it or has one like it.
    pub alert_match: bool,
    /// A list calls the material widely distributed.
    pub is_distributed: bool,
    /// The app marks the message as forwarded.
    pub forwarded: bool,
    /// When the picture was taken by its own record; wall clock, up to 14 hours off.
    pub taken_at: Option<UtcMillis>,
    /// Camera make, model and serial as far as the picture names them.
    pub camera: Option<String>,
    /// Reference anyone can follow: `object-sha256 place`.
    pub evidence: String,
}

/// One phrase in one message.
#[derive(Debug, Clone)]
pub struct SignalFact {
    /// Whose store; without it a signal joins no row.
    pub owner: Option<AccountKey>,
    /// Who wrote it, where the store tells.
    pub account: Option<AccountKey>,
    /// The owner wrote it.
    pub from_owner: bool,
    /// The chat's id.
    pub chat: String,
    /// The lexicon's rule.
    pub rule: String,
    /// Literal text.
    pub excerpt: String,
    /// When.
    pub at: Option<UtcMillis>,
    /// Reference anyone can follow.
    pub evidence: String,
}

/// What is known of one file's place in the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// A list of known material has it.
    Listed,
    /// Compared exactly and by appearance; in no list.
    Unlisted,
    /// Looked up by hash only; in no list so far.
    Provisional,
    /// Nothing could be looked up.
    NotLookedUp,
    /// A known harmless file, or no picture at all.
    Beside,
}

impl TransferFact {
    pub(super) fn standing(&self) -> Standing {
        if self.alert_match {
            return Standing::Listed;
        }
        if !self.visual {
            return Standing::Beside;
        }
        match self.novelty {
            Some(Novelty::Known | Novelty::NearKnown) => Standing::Beside,
            Some(Novelty::Unseen) => Standing::Unlisted,
            Some(Novelty::Unsure) if self.was_looked_up() => Standing::Provisional,
            Some(Novelty::Unsure) | None => Standing::NotLookedUp,
        }
    }

    fn was_looked_up(&self) -> bool {
        !matches!(self.unsure_because.as_deref(), Some("no_list" | "nothing_to_compare"))
    }
}

/// Whether a file is a picture or a video, by the type the app stored or else by its name. A file
/// that names neither counts as one: unknown is not "no".
#[must_use]
pub fn is_visual(mime: Option<&str>, file_name: Option<&str>) -> bool {
    let lower = |text: &str| text.trim().to_ascii_lowercase();
    match mime.map(lower).filter(|mime| !mime.is_empty() && mime != "application/octet-stream") {
        Some(mime) => {
            ["image", "photo", "video", "sticker"].iter().any(|kind| mime.starts_with(kind))
        }
        None => match file_name.and_then(|name| name.rsplit_once('.')) {
            Some((_, extension)) => !NOT_VISUAL.contains(&lower(extension).as_str()),
            None => true,
        },
    }
}

/// Extensions of sounds and documents that messengers carry most.
const NOT_VISUAL: [&str; 17] = [
    "opus", "ogg", "oga", "mp3", "m4a", "aac", "wav", "amr", "pdf", "doc", "docx", "xls", "xlsx",
    "txt", "vcf", "zip", "apk",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_and_videos_count_sounds_and_documents_do_not() {
        let check =
            |mime, name, expect| assert_eq!(is_visual(mime, name), expect, "{mime:?} {name:?}");
        check(Some("image/jpeg"), None, true);
        check(Some("video/mp4"), Some("a.opus"), true);
        check(Some("audio/ogg; codecs=opus"), None, false);
        check(None, Some("PTT-1.opus"), false);
        check(Some(""), Some("IMG.JPG"), true);
        check(None, None, true);
    }
}
