//! Who works with the software.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// What a person may do in general; what they may do to one thing is decided by `authz`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Triages tips.
    Analyst,
    /// Attaches and reads evidence.
    Examiner,
    /// Drafts and sends referrals.
    Liaison,
    /// Opens cases, approves referrals.
    Supervisor,
    /// Reads the log, nothing else.
    Auditor,
    /// Keeps users, keys and lists; sees no case content.
    Admin,
}

impl Role {
    /// All roles, for tables and tests.
    pub const ALL: [Self; 6] = [
        Self::Analyst,
        Self::Examiner,
        Self::Liaison,
        Self::Supervisor,
        Self::Auditor,
        Self::Admin,
    ];

    /// The word used on the command line and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Analyst => "analyst",
            Self::Examiner => "examiner",
            Self::Liaison => "liaison",
            Self::Supervisor => "supervisor",
            Self::Auditor => "auditor",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| {
            format!(
                "{text:?} is no role; use analyst, examiner, liaison, supervisor, auditor or admin"
            )
        })
    }
}

/// A person of this unit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Actor {
    /// Login name.
    pub name: String,
    /// Exactly one role; a person with two tasks has two names, so that the log tells them apart.
    pub role: Role,
}
