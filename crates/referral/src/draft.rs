//! The referral as data: what `referral.json` holds, field by field.
//!
//! A draft is edited until it is approved, then it is never edited again: `revised` makes the next
//! version. Every statement carries its basis, a confidence and the places in evidence that anyone
//! can follow. To add to a field: extend its struct here, the prefill in `facts.rs`, the gate in
//! `check.rs` and the document in `pdf/content.rs`.

use crate::facts::TipFacts;
use crate::findings::{
    Extract, LocationBelief, MediaSummary, NetworkLink, Novelties, TechnicalEvent, Victims,
};
use crate::ledger::{LedgerRow, Party};
use amparo_model::{
    Authorisation, Case, EvidenceItem, ReferralId, Sha256, UrgencyClass, UtcMillis,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One version of one referral.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// Field 1: which referral, which version.
    pub header: Header,
    /// Field 2: who sends.
    pub sender: Sender,
    /// Field 3: who is to receive.
    pub addressee: Addressee,
    /// Field 4: when.
    pub times: Times,
    /// Field 5: how urgent and why.
    pub urgency: Urgency,
    /// Field 6: why a child is believed to be in danger now.
    pub signals: Vec<Statement>,
    /// Field 6: what speaks against it; shown beside the signals.
    pub counter_signals: Vec<Statement>,
    /// Field 7: purpose, legal basis, permitted use, codes.
    pub handling: Handling,
    /// Field 8: how source and information are graded.
    pub grading: Grading,
    /// Field 9: the counterpart's accounts and identifiers.
    pub subjects: Vec<Party>,
    /// Field 10: IP events.
    pub events: Vec<TechnicalEvent>,
    /// Field 11: where the subject is believed to be, best first.
    pub locations: Vec<LocationBelief>,
    /// Field 12: the child or children.
    pub victims: Victims,
    /// Field 13: what was exchanged, in numbers and hashes.
    pub media: MediaSummary,
    /// Field 14: what was compared with what.
    pub novelty: Novelties,
    /// Field 15: quoted conversation.
    pub extracts: Vec<Extract>,
    /// Field 16: links to others, as hypotheses.
    pub network: Vec<NetworkLink>,
    /// Field 17: what is asked.
    pub asks: Asks,
    /// Field 18: what must not be disturbed; `None` until somebody answers.
    pub do_not_alert: Option<DoNotAlert>,
    /// Field 19: preservation made or needed.
    pub preservation: Vec<Preservation>,
    /// Field 20: where the evidence stands.
    pub evidence_status: Option<EvidenceStatus>,
    /// Field 21: child protection to be told locally.
    pub child_protection: Option<ChildProtection>,
    /// Field 22: other documents that exist, described and never enclosed here.
    pub attachments: Vec<Attachment>,
    /// Field 23: who wrote and who approved.
    pub signers: Signers,

    /// The case at the sender.
    pub case: Case,
    /// Under which orders the evidence was read.
    pub authorisations: Vec<Authorisation>,
    /// The exhibits that the ledger rows come from.
    pub exhibits: Vec<EvidenceItem>,
    /// The accounts of the devices' owner.
    pub owners: Vec<Party>,
    /// The tips that led here.
    pub tips: Vec<TipFacts>,
    /// The extract of the transfer ledger.
    pub ledger: Vec<LedgerRow>,
    /// Program and version that prepared this.
    pub software: String,
}

/// Field 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Immutable.
    pub id: ReferralId,
    /// Starts at 1.
    pub version: u32,
    /// The version this one replaces.
    pub supersedes: Option<u32>,
    /// Languages of the documents (`es`, `en`, `pt`), main one first.
    pub languages: Vec<String>,
}

/// An authority that can be reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authority {
    /// Unit name.
    pub unit: String,
    /// ISO 3166-1 alpha-2 country code.
    pub country: String,
    /// Telephone answered at all hours.
    pub phone_24_7: String,
    /// Secure mailbox.
    pub mailbox: String,
}

/// Field 2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sender {
    /// Which unit.
    pub authority: Authority,
    /// Role of the officer in charge; a role account is enough.
    pub officer: String,
}

/// Field 3.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addressee {
    /// Which unit.
    pub authority: Authority,
    /// Through which channel the file travels, in words (`I-24/7`, `liaison officer`).
    pub channel: String,
    /// Who else gets a copy.
    pub copies: Vec<String>,
    /// The age recipient of the unit, from its card; only its holder can open the file.
    pub age_recipient: String,
}

/// Field 4.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// When the draft was made.
    pub created_at: UtcMillis,
    /// Minutes east of UTC at the sender.
    pub local_offset_minutes: i32,
    /// Where the clock comes from.
    pub clock_source: String,
}

/// Field 5.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Urgency {
    /// From the closed list.
    pub class: UrgencyClass,
    /// One sentence of at least 30 characters.
    pub reason: String,
    /// By when the sender hopes for action.
    pub act_by: Option<UtcMillis>,
}

/// On what a statement rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// It stands in evidence.
    Seen,
    /// Somebody says so in evidence.
    Stated,
    /// An officer or a rule concludes it.
    Inferred,
}

/// How much weight the sender gives a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// May well be otherwise.
    Low,
    /// More likely than not.
    Medium,
    /// Hard to see how it could be otherwise.
    High,
}

/// One statement of field 6.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// In the draft's main language.
    pub text: String,
    /// The rule behind it, so that documents in other languages say the same.
    pub rule: Option<RuleUse>,
    /// On what it rests.
    pub basis: Basis,
    /// Weight.
    pub confidence: Confidence,
    /// References: `object-sha256 place`.
    pub evidence: Vec<String>,
}

/// A rule with its values; the sentence is a Fluent message of the same id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleUse {
    /// Rule id.
    pub id: String,
    /// Values of the sentence.
    pub args: BTreeMap<String, String>,
    /// Version of the rules.
    pub version: String,
}

/// Handling codes after SIENA; they combine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum HandlingCode {
    /// Only to prevent and combat crime.
    H0,
    /// Not as evidence in court without the sender's permission.
    H1,
    /// Not to be passed on without the sender's permission.
    H2,
    /// Other restriction, in words.
    H3,
}

impl HandlingCode {
    /// The code as written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::H0 => "H0",
            Self::H1 => "H1",
            Self::H2 => "H2",
            Self::H3 => "H3",
        }
    }
}

/// Field 7.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handling {
    /// Codes, sorted. The default keeps control with the sender (H1 and H2).
    pub codes: Vec<HandlingCode>,
    /// The words of H3.
    pub other: Option<String>,
    /// For what the data is shared.
    pub purpose: String,
    /// On what legal ground.
    pub legal_basis: String,
    /// What the addressee may do with it.
    pub permitted_use: String,
}

/// Field 8, in the scheme it was given; never converted silently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grading {
    /// `4x4`, `3x5x2`, `6x6`.
    pub scheme: String,
    /// Source grade.
    pub source: String,
    /// Information grade.
    pub information: String,
}

/// What can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// Identify the subject.
    Identify,
    /// Preserve data.
    Preserve,
    /// Locate the child and bring the child to safety.
    LocateChild,
    /// Agree on the time of any action.
    CoordinateTiming,
    /// Do not contact the subject.
    NoContact,
    /// Say whether somebody already works on this.
    Deconflict,
}

impl Ask {
    /// All of them, in the order in which documents show them.
    pub const ALL: [Self; 6] = [
        Self::LocateChild,
        Self::Identify,
        Self::Preserve,
        Self::CoordinateTiming,
        Self::NoContact,
        Self::Deconflict,
    ];

    /// The Fluent id of its sentence.
    #[must_use]
    pub fn message_id(self) -> &'static str {
        match self {
            Self::Identify => "referral-ask-identify",
            Self::Preserve => "referral-ask-preserve",
            Self::LocateChild => "referral-ask-locate-child",
            Self::CoordinateTiming => "referral-ask-coordinate-timing",
            Self::NoContact => "referral-ask-no-contact",
            Self::Deconflict => "referral-ask-deconflict",
        }
    }
}

/// Field 17.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Asks {
    /// From the closed list.
    pub list: Vec<Ask>,
    /// Anything else.
    pub other: Option<String>,
}

/// Field 18. "Nothing" is an answer; silence is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DoNotAlert {
    /// Actions taken, risk of tipping off, parallel operations; or that there are none.
    pub notes: String,
    /// No visible action before this time.
    pub embargo_until: Option<UtcMillis>,
}

/// Field 19.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preservation {
    /// Who holds the data.
    pub provider: String,
    /// Which account or line.
    pub target: String,
    /// Already made; otherwise it is needed.
    pub made: bool,
    /// The provider's reference.
    pub reference: Option<String>,
    /// Until when the data is kept.
    pub expires_at: Option<UtcMillis>,
}

/// Field 20.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceStatus {
    /// Where things stand with the owner of the devices.
    pub owner_status: String,
    /// Chain-of-custody reference.
    pub custody_reference: Option<String>,
    /// Judicial authority.
    pub judicial_authority: Option<String>,
    /// How this information can become evidence.
    pub way_to_evidence: Option<String>,
}

/// Field 21.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChildProtection {
    /// Who must be told locally.
    pub contact: String,
    /// Languages the child may speak.
    pub languages: Vec<String>,
}

/// Field 22: a document that exists elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    /// File name.
    pub name: String,
    /// Media type.
    pub mime: String,
    /// SHA-256.
    pub sha256: Sha256,
    /// Bytes.
    pub size: u64,
}

/// Field 23. Whether these persons may is decided by `authz`; here it is only recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signers {
    /// Who drafted.
    pub drafted_by: String,
    /// Who approved, once somebody did.
    pub approved_by: Option<String>,
    /// When.
    pub approved_at: Option<UtcMillis>,
}

impl Draft {
    /// The next version, to be edited and approved again. The old one stays as it is.
    #[must_use]
    pub fn revised(&self, by: &str, at: UtcMillis) -> Self {
        let mut next = self.clone();
        next.header.supersedes = Some(self.header.version);
        next.header.version = self.header.version.saturating_add(1);
        next.times.created_at = at;
        next.signers = Signers { drafted_by: by.to_owned(), approved_by: None, approved_at: None };
        next
    }

    /// Name and version of the file, without extension: `<id>-v<version>`.
    #[must_use]
    pub fn file_stem(&self) -> String {
        format!("{}-v{}", self.header.id.as_str().replace('/', "-"), self.header.version)
    }
}
