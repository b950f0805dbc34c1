//! The vocabulary of DESIGN as types.
//!
//! This crate knows no IO, no clock of its own and no storage. A fact that came from evidence is
//! [`Located`]: it cannot be built without saying where it was read. A time is a [`Moment`]: the
//! raw value stays beside the interpretation and beside what is known of its zone.
//!
//! To add a kind of record: write its struct in `record.rs`, add a variant to [`Record`] and its
//! name to [`RecordKind`]; the parsers' tree-wide tests then ask for a fixture that emits it.

mod alarm;
mod app_identity;
mod category;
mod clock;
pub mod compact_row;
mod custody;
mod custody_event;
mod hash;
mod id;
mod locator;
mod matching;
pub mod normal;
mod path;
mod people;
mod record;
mod referral;
mod time;
mod tip;
pub mod wire;

pub use alarm::{Alarm, Band, Reason};
pub use app_identity::app_account;
pub use category::{
    Basis, Category, HashSetHeader, KnownHash, ListHeader, ListNature, ListTotals, Purpose, Scheme,
};
pub use clock::{Clock, FixedClock, SteppingClock};
pub use custody::{
    Authorisation, Case, Container, DataCategory, Entry, EvidenceItem, EvidenceKind, Wave,
};
pub use custody_event::{CustodyAct, CustodyEvent, SourceSums};
pub use hash::{
    Bits256, HashAlgorithm, Hashes, Md5, ParseHashError, Pdq, PhotoDna, RecordedHash, Sha1, Sha256,
};
pub use id::{AuthorisationId, CaseId, EvidenceId, HashSetId, InvalidId, ReferralId, TipId};
pub use locator::{Located, Locator, Place, Problem, ProblemKind, View};
pub use matching::{Look, Match, MatchBasis, Novelty, NoveltyStatement};
pub use path::{escape_path, unescape_path};
pub use people::{Actor, Role};
pub use record::{
    Account, AccountKey, AsStored, Call, Chat, ChatKind, Contact, Direction, Message, MessageState,
    Receipt, Record, RecordKind, Transfer,
};
pub use referral::{Receipt as ReferralReceipt, ReferralState, UrgencyClass};
pub use time::{Moment, ParseTimeError, UtcMillis, Zone};
pub use tip::{
    Address, Capture, Identifier, IdentifierKind, PackageMember, Party, PartyRole, PlaceOrigin,
    Stated, TipFile, TipRevision,
};
