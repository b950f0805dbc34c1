//! Known-hash lists and the category schemes their numbers belong to.
//!
//! A number means nothing without its scheme, realm and version; a negative in one scheme says
//! nothing in another. So a category always carries all of them, and nothing here converts.

use crate::{HashSetId, Md5, Pdq, PhotoDna, Sha1, Sha256};
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
    /// Known series: a match matters, and says above all to which series a file belongs.
    Series,
}

impl Purpose {
    /// Whether a match matters. Only a list of harmless files is silent.
    #[must_use]
    pub fn alerts(self) -> bool {
        self != Self::KnownGood
    }

    /// The word used on the command line and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::KnownGood => "known_good",
            Self::Series => "series",
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
    /// The list's own version or edition, as stated (`2026.1`).
    pub version: Option<String>,
    /// Who issued it.
    pub source: String,
    /// Under what terms the unit holds it, in the operator's words.
    pub licence: Option<String>,
    /// What it is for.
    pub purpose: Purpose,
}

/// What a list file says of itself. Everything else is stated by whoever imports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListHeader {
    /// Whose numbers its codes are; `None` when nothing in the file tells.
    pub scheme: Option<Scheme>,
    /// Its name, if stated.
    pub title: Option<String>,
    /// Its version or edition, if stated.
    pub version: Option<String>,
    /// Its own date (`2026-03-01`), if stated.
    pub dated: Option<String>,
    /// Which material such a file holds.
    pub nature: ListNature,
}

/// Which material a list's format or its own statements speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListNature {
    /// Illegal or exploitive: it can never be imported as known-good.
    Illegal,
    /// Catalogued software and the like.
    Catalogue,
    /// Nothing in the file tells.
    NotStated,
}

/// The last record of a list that was read to its end. Without it nothing may be imported: a list
/// that is cut would miss hashes without anyone knowing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListTotals {
    /// Rows in the file; always `stored + rejected`.
    pub rows: u64,
    /// Rows handed on.
    pub stored: u64,
    /// Rows that could not be used, each with a reason.
    pub rejected: u64,
}

/// One row of a list. At least one hash is present.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownHash {
    /// MD5, if stated.
    pub md5: Option<Md5>,
    /// SHA-1, if stated.
    pub sha1: Option<Sha1>,
    /// SHA-256, if stated.
    pub sha256: Option<Sha256>,
    /// PDQ, if stated; quality 100 when the list names none.
    pub pdq: Option<Pdq>,
    /// PhotoDNA, if stated; kept and passed on, never computed or compared here.
    pub photodna: Option<PhotoDna>,
    /// PDQ of a video's frames in their order, in the manner of vPDQ; empty for anything else.
    pub frames: Vec<Pdq>,
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
    /// The file's name, if stated.
    pub name: Option<String>,
    /// Whatever else the row says, as `(key, value)` in the list's own words and order.
    pub other: Vec<(String, String)>,
}
