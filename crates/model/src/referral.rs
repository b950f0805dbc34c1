//! The states a referral goes through, and the receipts that move it.

use crate::{ReferralId, UtcMillis};
use serde::{Deserialize, Serialize};

/// Where a referral stands. The order is the usual one; `NeedsInfo`, `NotCompetent` and `Refused`
/// are answers, not failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferralState {
    /// Being written.
    Drafted,
    /// Approved by a second person.
    Approved,
    /// Signed and encrypted to the addressee.
    Sealed,
    /// Handed to a channel.
    Sent,
    /// A machine of the addressee confirmed it.
    Delivered,
    /// A person of the addressee opened it.
    Read,
    /// The addressee takes it on.
    Accepted,
    /// The addressee asks for named fields.
    NeedsInfo,
    /// The addressee is not competent and says who is.
    NotCompetent,
    /// The addressee refuses, with a reason.
    Refused,
    /// A child has been found.
    ChildLocated,
    /// A child is safe.
    ChildSafeguarded,
    /// Done, with an outcome.
    Closed,
}

impl ReferralState {
    /// The word used on the command line and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Drafted => "drafted",
            Self::Approved => "approved",
            Self::Sealed => "sealed",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Accepted => "accepted",
            Self::NeedsInfo => "needs_info",
            Self::NotCompetent => "not_competent",
            Self::Refused => "refused",
            Self::ChildLocated => "child_located",
            Self::ChildSafeguarded => "child_safeguarded",
            Self::Closed => "closed",
        }
    }
}

/// Why a referral cannot wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UrgencyClass {
    /// Life or limb at risk now.
    Life,
    /// A child may be abused now.
    ChildInDanger,
    /// Evidence is about to be lost.
    EvidencePerishing,
    /// None of these.
    Ordinary,
}

/// A signed answer from the addressee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// For which referral.
    pub referral: ReferralId,
    /// SHA-256 of the manifest that was opened, so that nobody can confirm another text.
    pub manifest_sha256: crate::Sha256,
    /// What the addressee says.
    pub state: ReferralState,
    /// When, by the addressee's clock.
    pub at: UtcMillis,
    /// The addressee's unit.
    pub unit: String,
    /// The officer.
    pub officer: String,
    /// Free text: reason, fields missing, contact.
    pub note: String,
}
