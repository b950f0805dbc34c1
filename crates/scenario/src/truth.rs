//! The ground truth: what is in the world, for those who measure whether it was found.

use amparo_model::{AccountKey, IdentifierKind, Sha256, UtcMillis};
use serde::{Deserialize, Serialize};

/// What is in a world. Written beside it as `truth.json`; nothing that is measured may read it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    /// World time: the moment at which the devices were taken, Unix milliseconds.
    pub now: UtcMillis,
    /// The seed the world was made from.
    pub seed: u64,
    /// The factor the world was made with.
    pub scale: f64,
    /// Number of tips.
    pub tips: u64,
    /// The user whom only linking shows to be one.
    pub suspect: SuspectTruth,
    /// The accounts that the two devices belong to.
    pub owner_accounts: Vec<AccountKey>,
    /// The counterpart who is a live source.
    pub source: SourceTruth,
    /// Counterparts who look interesting and must not reach the top band.
    pub decoys: Vec<DecoyTruth>,
    /// Pictures on the devices, by what the hash set can say about them.
    pub media: MediaTruth,
    /// Messages of both apps: WhatsApp rows of the merged view plus Telegram messages.
    pub messages: u64,
    /// WhatsApp messages as the database shows them with its WAL.
    pub whatsapp_messages: u64,
    /// Telegram messages, service messages not counted.
    pub telegram_messages: u64,
    /// WhatsApp messages that only the WAL holds.
    pub wal_only_messages: u64,
    /// WhatsApp messages that only the main file holds, because the WAL deletes them.
    pub main_only_messages: u64,
    /// WhatsApp messages whose content differs with and without the WAL.
    pub replaced_messages: u64,
    /// Records of the hash set that a reader can use.
    pub hash_set_records: u64,
    /// Records of the hash set that a reader must set aside (the hash of the empty file).
    pub hash_set_unusable_records: u64,
}

/// The person behind several accounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuspectTruth {
    /// Invented name.
    pub name: String,
    /// All identifiers under which he appears, as written in the tips.
    pub identifiers: Vec<IdentifierTruth>,
    /// Report numbers of his tips, in the order of arrival.
    pub tips: Vec<String>,
    /// Province that the addresses state.
    pub province: String,
}

/// One identifier of the suspect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentifierTruth {
    /// Which kind.
    pub kind: IdentifierKind,
    /// As written.
    pub value: String,
}

/// The counterpart who sent never-seen pictures of one series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceTruth {
    /// His account.
    pub account: AccountKey,
    /// The name in the address book.
    pub name: String,
    /// Country by ISO 3166.
    pub country: String,
    /// Province he names in the chat.
    pub province: String,
    /// The chat's id in the store.
    pub chat: String,
    /// SHA-256 of the six pictures, in the order of sending.
    pub pictures: Vec<Sha256>,
}

/// A counterpart who must not be taken for the source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecoyTruth {
    /// The account.
    pub account: AccountKey,
    /// The name in the address book.
    pub name: String,
    /// Why somebody might look twice.
    pub kind: DecoyKind,
}

/// The ways to look like a source without being one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecoyKind {
    /// Forwards many files, all known and in wide circulation.
    Forwarder,
    /// A minor exchanging with a minor: the protection path.
    Teenager,
    /// Promises and never sends.
    Boaster,
    /// Sends family photos.
    Relative,
}

/// Picture files on the two devices.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaTruth {
    /// All files on the devices, damaged and foreign ones included.
    pub files: u64,
    /// Picture files whose exact hash is in the list.
    pub known_exact: u64,
    /// Picture files that the list knows only by the perceptual hash.
    pub known_reencoded: u64,
    /// Picture files that the list does not know.
    pub unseen: u64,
    /// Transfers that the store records while their file is gone.
    pub gone: u64,
}
