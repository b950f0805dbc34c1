//! Typed ids: a case id can never be passed where an evidence id is meant.
//!
//! Ids are short printable text, because officers read them aloud on the telephone.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The text offered as an id holds something that cannot be read aloud or used as a file name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} id {text:?} is not usable; use 1 to 80 letters, digits, '-', '_', '.' or '/'")]
pub struct InvalidId {
    /// Which kind of id was asked for.
    pub kind: &'static str,
    /// The text as offered.
    pub text: String,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks and wraps the text.
            ///
            /// # Errors
            /// [`InvalidId`] when the text is empty, over 80 bytes or holds other characters.
            pub fn new(text: impl Into<String>) -> Result<Self, InvalidId> {
                let text = text.into();
                if usable(&text) { Ok(Self(text)) } else { Err(InvalidId { kind: $kind, text }) }
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    };
}

id!(
    /// A tip: its issuer's report number, never re-keyed (`ncmec/900000001`).
    TipId, "tip"
);
id!(
    /// A case of this unit.
    CaseId, "case"
);
id!(
    /// An exhibit: device, cloud account, provider return or tip package.
    EvidenceId, "evidence"
);
id!(
    /// A court order or other authorisation.
    AuthorisationId, "authorisation"
);
id!(
    /// One dated list of known hashes.
    HashSetId, "hash set"
);
id!(
    /// A referral; the same in the unit that sends and in the unit that receives.
    ReferralId, "referral"
);

fn usable(text: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    (1..=80).contains(&text.len()) && text.chars().all(good) && !text.contains("..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_printable_and_cannot_climb_folders() {
        assert!(CaseId::new("ALC-2026-0001").is_ok());
        assert!(TipId::new("ncmec/900000001").is_ok());
        for bad in ["", "a b", "../x", "x\n", &"x".repeat(81)] {
            assert!(CaseId::new(bad).is_err(), "{bad:?}");
        }
    }
}
