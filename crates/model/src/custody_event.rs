//! The chain of custody of an exhibit: who had it, under which seal, and what its bytes hashed to.

use crate::{Sha256, UtcMillis};
use serde::{Deserialize, Serialize};

/// What happened to an exhibit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustodyAct {
    /// Taken from where it was found.
    Seized,
    /// A seal was put on.
    Sealed,
    /// A seal was opened.
    Opened,
    /// Passed from one holder to another.
    HandedOver,
    /// Copied; what is examined from then on is the copy.
    Copied,
    /// All of it was read by this program, and hashed while it was read.
    Read,
    /// Hashed again, to see whether it is unchanged.
    Hashed,
    /// Given back.
    Returned,
}

impl CustodyAct {
    /// All acts, in the order of their words.
    pub const ALL: [Self; 8] = [
        Self::Copied,
        Self::HandedOver,
        Self::Hashed,
        Self::Opened,
        Self::Read,
        Self::Returned,
        Self::Sealed,
        Self::Seized,
    ];

    /// The word used on the command line and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Seized => "seized",
            Self::Sealed => "sealed",
            Self::Opened => "opened",
            Self::HandedOver => "handed_over",
            Self::Copied => "copied",
            Self::Read => "read",
            Self::Hashed => "hashed",
            Self::Returned => "returned",
        }
    }
}

/// One entry of the record. Nothing is ever taken out; a mistake is followed by its correction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustodyEvent {
    /// What happened.
    pub act: CustodyAct,
    /// When it happened, as stated.
    pub at: UtcMillis,
    /// When it was written down.
    pub recorded_at: UtcMillis,
    /// Who wrote it down.
    pub recorded_by: String,
    /// Who holds the exhibit from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
    /// Number on the seal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<String>,
    /// From whom or where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// To whom or where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What the bytes hashed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sums: Option<SourceSums>,
    /// Whether that is what they hashed to before; `None` without an earlier hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unchanged: Option<bool>,
}

/// The hash of a whole source, which anybody can compute again: SHA-256 over one line
/// `<sha256 of the file>  <path>` for each file, sorted by path, each line ended by a newline (the
/// output of `sha256sum`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceSums {
    /// Files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The hash of the lines.
    pub sha256: Sha256,
}
