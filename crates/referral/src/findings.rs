//! Fields 10 to 16: what was found, about places, children, files, words and others.
//!
//! Everything here is either read in evidence, with its reference, or a belief that says so.

use crate::draft::{Basis, Confidence};
use amparo_model::{HashSetId, NoveltyStatement, UtcMillis};
use serde::{Deserialize, Serialize};

/// Field 10: one IP event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TechnicalEvent {
    /// The address.
    pub ip: String,
    /// Source port.
    pub port: Option<u16>,
    /// When, to the second, in UTC.
    pub at: Option<UtcMillis>,
    /// Service or provider.
    pub service: String,
    /// Event as written.
    pub event: Option<String>,
    /// Reference.
    pub evidence: String,
}

/// Field 11.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocationBelief {
    /// Country.
    pub country: String,
    /// Province or state.
    pub province: Option<String>,
    /// Town.
    pub town: Option<String>,
    /// Why, with basis and confidence.
    pub because: String,
    /// On what it rests.
    pub basis: Basis,
    /// Weight.
    pub confidence: Confidence,
}

/// Field 12.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Victims {
    /// How many children; `None` is not known.
    pub count: Option<u32>,
    /// One entry for each child that can be told apart.
    pub children: Vec<Child>,
    /// The entries need special handling.
    pub special_handling: bool,
}

/// A child, by pseudonym.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Child {
    /// `V-0001`; never a name.
    pub pseudonym: String,
    /// Apparent age band, or `unknown`.
    pub age_band: String,
    /// Sex, or `unknown`.
    pub sex: String,
    /// The relation that the counterpart claims.
    pub relation_claimed: Option<String>,
    /// Anything that may lead to the child.
    pub identity_lead: Option<String>,
}

/// Field 13. No imagery: numbers, dates, hashes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MediaSummary {
    /// Files in a list.
    pub known: u32,
    /// Files near one in a list.
    pub near_known: u32,
    /// Files that could not be compared well enough.
    pub unsure: u32,
    /// Files in none of the lists named in field 14.
    pub unseen: u32,
    /// First exchange.
    pub first_at: Option<UtcMillis>,
    /// Last exchange.
    pub last_at: Option<UtcMillis>,
    /// Cameras named in the files, sorted.
    pub cameras: Vec<String>,
    /// Where the files can be obtained lawfully.
    pub obtainable_from: String,
}

/// Field 14.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Novelties {
    /// One per file.
    pub statements: Vec<NoveltyStatement>,
    /// Lists compared against, with dates, sorted.
    pub against: Vec<(HashSetId, String)>,
    /// Perceptual algorithm.
    pub algorithm: String,
    /// Its threshold in bits.
    pub threshold: u32,
    /// Who compared: program and unit.
    pub compared_by: String,
    /// When, at the latest; it may be long before the referral was drafted.
    pub compared_at: UtcMillis,
}

/// Field 15: a quoted message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extract {
    /// Who wrote it, as an account.
    pub from: String,
    /// When, as shown in evidence.
    pub at: Option<UtcMillis>,
    /// As written.
    pub quote: String,
    /// Translation.
    pub translation: Option<String>,
    /// Person or program that translated.
    pub translator: Option<String>,
    /// Reference.
    pub evidence: String,
}

/// Field 16: a hypothesis about somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkLink {
    /// Account or person.
    pub with: String,
    /// Country, if believed.
    pub country: Option<String>,
    /// Role, always as a possibility.
    pub role_hypothesis: String,
    /// Whether that country's unit got a referral.
    pub referral_sent: bool,
}
