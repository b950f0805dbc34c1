//! Known-hash lists and the category schemes their numbers belong to.
//!
//! A number means nothing without its scheme, realm and version; a negative in one scheme says
//! nothing in another. So a category always carries all of them, and nothing here converts.

use crate::{HashSetId, Md5, Pdq, Sha1, Sha256};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A category scheme as one list uses it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Scheme {
    /// `VICS`, `UK`, `INTERPOL-Baseline`, `NCMEC`, ...
    pub name: String,
    /// `US`, `UK`, `Default`, ...; the only hint in the file of what the numbers mean.
    pub realm: String,
    /// Version of the data model or of the scheme.
    pub version: String,
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{} {}", self.name, self.realm, self.version)
    }
}

/// One verdict, kept as it was given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Category {
    /// What the code means.
    pub scheme: Scheme,
    /// The code as stated (`1`, `A`, `yes`).
    pub code: String,
    /// Agency, human or list that said so.
    pub by: String,
    /// On what ground.
    pub basis: Basis,
}

/// On what a verdict rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// A person looked.
    HumanView,
    /// The list gives it for this exact hash.
    List,
    /// A provider claims it.
    ProviderClaim,
}

/// What a list is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Known illegal or exploitive material: a match matters.
    Alert,
    /// Known harmless files: a match needs no second look.
    KnownGood,
}

impl Purpose {
    /// The word used on the command line and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::KnownGood => "known_good",
        }
    }
}

/// One dated list of known hashes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct HashSetHeader {
    /// Chosen at import.
    pub id: HashSetId,
    /// For people.
    pub title: String,
    /// Which scheme its codes follow.
    pub scheme: Scheme,
    /// The list's own date, as stated at import (`2026-03-01`).
    pub dated: String,
    /// Who issued it.
    pub source: String,
    /// What it is for.
    pub purpose: Purpose,
}

/// One row of a list. At least one hash is present.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownHash {
    /// MD5, if stated.
    pub md5: Option<Md5>,
    /// SHA-1, if stated.
    pub sha1: Option<Sha1>,
    /// SHA-256, if stated.
    pub sha256: Option<Sha256>,
    /// PDQ, if stated; quality 100 when the list names none.
    pub pdq: Option<Pdq>,
    /// The verdict's code; `None` is "no verdict", which is not code 0.
    pub code: Option<String>,
    /// The list's series name, if any.
    pub series: Option<String>,
    /// Whether the list says that the material is in wide circulation; absent is not "no".
    pub is_distributed: Option<bool>,
    /// Whether the list says that the victim is identified; absent is not "no".
    pub victim_identified: Option<bool>,
    /// Size in bytes, if stated.
    pub size: Option<u64>,
}
