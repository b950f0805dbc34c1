//! Which identifiers are strong enough to join two tips.
//!
//! Strong: e-mail, phone, the provider's account id, device id, compared in their normalised form.
//! Weak, and never joined on: screen names and URLs, which repeat across people, and IP addresses,
//! which carriers share among thousands.

use amparo_model::{Identifier, IdentifierKind, Stated};

/// A strong key: kind and normalised value.
pub(crate) type Key = (IdentifierKind, String);

/// The strong key of an identifier. None when its kind is weak, when the provider says that it is
/// not verified, or when the value is a placeholder (`00000000`, `n/a`).
pub(crate) fn strong(identifier: &Identifier) -> Option<Key> {
    let strong = matches!(
        identifier.kind,
        IdentifierKind::Email
            | IdentifierKind::Phone
            | IdentifierKind::AccountId
            | IdentifierKind::DeviceId
    );
    let value = identifier.norm.trim();
    let usable = strong && identifier.verified != Stated::No && !placeholder(value);
    usable.then(|| (identifier.kind, value.to_owned()))
}

/// Words that exports write where there is no value.
const NO_VALUE: [&str; 8] = ["n/a", "na", "none", "null", "nil", "unknown", "undefined", "-"];

/// Nothing, a word for nothing, or one sign repeated. Account ids carry their provider in front, so
/// the part behind the last colon counts.
fn placeholder(value: &str) -> bool {
    let own = value.rsplit(':').next().unwrap_or(value).trim();
    let mut signs: Vec<char> = own.chars().filter(|c| c.is_alphanumeric()).collect();
    let count = signs.len();
    signs.dedup();
    NO_VALUE.contains(&own.to_lowercase().as_str()) || count == 0 || (count >= 4 && signs.len() < 2)
}
