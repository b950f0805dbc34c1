//! The live-source alarm: a counterpart who may be abusing a child now, with reasons.

use crate::AccountKey;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How urgently a person must look. Bands order work; they accuse nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    /// Signs that a child is in danger now.
    Top,
    /// Several signs; to be looked at today.
    High,
    /// A sign, with nothing behind it yet.
    Review,
    /// The counterpart appears to be a minor: the protection path, not offender ranking.
    Protection,
    /// Nothing that raises concern in what was read so far.
    Low,
}

impl Band {
    /// The word used in tables and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Top => "top",
            Self::High => "high",
            Self::Review => "review",
            Self::Protection => "protection",
            Self::Low => "low",
        }
    }
}

/// One reason, for or against, with its evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Rule id; the sentence is looked up under it in the Fluent files.
    pub rule: String,
    /// Points; negative for counter-evidence.
    pub points: i32,
    /// Values for the sentence.
    pub args: BTreeMap<String, String>,
    /// References anyone can follow: `object-sha256 place`, sorted.
    pub evidence: Vec<String>,
}

/// One counterpart, assessed on what is known so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// The owner's account of the store in which they met.
    pub owner: AccountKey,
    /// Who.
    pub counterpart: AccountKey,
    /// Names shown in the stores.
    pub names: Vec<String>,
    /// How urgent.
    pub band: Band,
    /// Sum of the points; orders within a band.
    pub points: i32,
    /// All reasons, strongest first.
    pub reasons: Vec<Reason>,
    /// Version of the rules that said so.
    pub rules_version: String,
}
