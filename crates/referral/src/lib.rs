//! The urgent referral: draft, completeness gate, seal, open, receipts, JSON-LD and PDF.
//!
//! Facts become a [`Draft`] ([`draft()`]); [`check()`] names what it lacks; [`approve`] records the
//! second person; [`seal`] makes one file, signed by the unit and encrypted to the addressee, that
//! stock tools (`age`, `tar`, `ssh-keygen`) open and verify; [`open`] believes such a file only
//! after every check; [`acknowledge`] and [`open_receipt`] carry the answer back.
//!
//! This crate knows no network, storage or clock. The only randomness is `age`'s own, for the file
//! key of each sealed file. No imagery is ever part of a referral.
//!
//! To add a field: `fields.rs`, then `draft.rs`, `facts.rs`, `check.rs`, `pdf/content.rs`, and its
//! words in `crates/text/locales/*/referral.ftl`.

mod canonical;
mod check;
mod draft;
mod facts;
mod fields;
mod findings;
pub mod jsonld;
mod keys;
mod ledger;
mod manifest;
mod open;
mod package;
pub mod pdf;
mod receipt;
mod seal;
mod states;
pub mod vics;

pub use check::{Gap, Incomplete, REASON_MIN_CHARS, Severity, approve, blocked, check};
pub use draft::*;
pub use facts::{Answers, DraftFacts, TipFacts, draft};
pub use fields::{FIELDS, Field, Requirement, field};
pub use findings::*;
pub use keys::{
    KeyError, RECEIPT_NAMESPACE, REFERRAL_NAMESPACE, UnitCard, UnitKeys, public_key_of,
    recipient_of,
};
pub use ledger::{FileFacts, LedgerRow, Party};
pub use manifest::{FORMAT, Manifest, ManifestAddressee, ManifestFile, ManifestSender};
pub use open::{OpenError, Opened, Opening, open};
pub use receipt::{ReceiptError, acknowledge, answers, open_receipt};
pub use seal::{SealError, Sealed, Sealing, seal};
pub use states::{STEPS, Side, receipt_may_say, step};

/// The draft as the canonical `referral.json`.
///
/// # Errors
/// Only when the draft cannot be written as JSON, which its types rule out.
pub fn to_json(draft: &Draft) -> Result<Vec<u8>, serde_json::Error> {
    canonical::pretty(draft)
}
