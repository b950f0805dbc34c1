//! What of a tip finds accounts that app stores on exhibits hold, and what finding one is worth.
//!
//! Strong: a telephone with its country, an e-mail, the account's id at the same service. Weak, and
//! never more than a hint: a user name and the name that an account shows, which repeat across
//! people. Everything else finds nothing, because app stores do not record it.

use crate::keys::placeholder;
use crate::{Strength, kinds};
use amparo_model::{Identifier, IdentifierKind, app_account};

/// Kinds of identifier that join a tip and an account.
pub const JOINING: [IdentifierKind; 3] =
    [IdentifierKind::AccountId, IdentifierKind::Email, IdentifierKind::Phone];

/// Shorter names are half the world's.
const NAME_CHARS: usize = 6;

/// Fewer digits are an extension or a part of a number.
const PHONE_DIGITS: usize = 8;

/// What to look for among the accounts on exhibits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sought {
    /// Which kind of identifier.
    pub kind: IdentifierKind,
    /// The identifier as accounts have it.
    pub value: String,
    /// [`Strength::Strong`] or [`Strength::Weak`].
    pub strength: Strength,
    /// The rule; its sentence is `network-<rule>`, with hyphens.
    pub rule: &'static str,
}

/// What to look for, for one identifier of a tip; `None` where it can find no account.
#[must_use]
pub fn sought(identifier: &Identifier) -> Option<Sought> {
    let norm = identifier.norm.trim();
    if placeholder(norm) {
        return None;
    }
    let kind = identifier.kind;
    let value = match kind {
        IdentifierKind::Phone => norm.starts_with('+').then(|| norm.to_owned())?,
        IdentifierKind::AccountId => account(norm)?,
        IdentifierKind::Email => norm.contains('@').then(|| norm.to_owned())?,
        IdentifierKind::ScreenName => screen_name(norm)?,
        IdentifierKind::DisplayName => norm.to_owned(),
        IdentifierKind::Url | IdentifierKind::DeviceId => return None,
    };
    let long_enough = match kind {
        IdentifierKind::Phone => value.len() > PHONE_DIGITS,
        IdentifierKind::DisplayName => value.chars().count() >= NAME_CHARS,
        _ => true,
    };
    let (strength, rule) = match JOINING.contains(&kind) {
        true => (Strength::Strong, kinds::link_rule(kind.as_str())),
        false => (Strength::Weak, kinds::hint_rule(kind.as_str())),
    };
    long_enough.then_some(Sought { kind, value, strength, rule })
}

/// The id with the service in front, written as the app's own.
fn account(norm: &str) -> Option<String> {
    let (service, id) = norm.split_once(':')?;
    Some(format!("{service}:{}", app_account(service, id)?))
}

/// Some write the sign that stands before a user name, some do not.
fn screen_name(norm: &str) -> Option<String> {
    let (service, name) = norm.split_once(':')?;
    Some(format!("{service}:{}", name.trim_start_matches('@')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use amparo_model::Stated;

    #[test]
    fn what_joins_what_hints_and_what_finds_nothing() {
        use IdentifierKind::*;
        let check = |kind, norm: &str, expect: Option<(&str, Strength)>| {
            let (raw, norm) = (norm.to_owned(), norm.to_owned());
            let found = sought(&Identifier { kind, raw, norm, verified: Stated::NotStated });
            let found = found.as_ref().map(|found| (found.value.as_str(), found.strength));
            assert_eq!(found, expect, "{kind:?}");
        };
        let strong = |value| Some((value, Strength::Strong));
        let weak = |value| Some((value, Strength::Weak));
        check(Phone, "+34600000001", strong("+34600000001"));
        check(Phone, "600000001", None);
        check(Phone, "+34600", None);
        check(Email, "ana@example.org", strong("ana@example.org"));
        check(Email, "ana", None);
        check(AccountId, "whatsapp:+34 600 000 001", strong("whatsapp:34600000001"));
        check(AccountId, "telegram:1000001", strong("telegram:1000001"));
        check(AccountId, "example:none", None);
        check(ScreenName, "telegram:@ana_example", weak("telegram:ana_example"));
        check(DisplayName, "ana ejemplo", weak("ana ejemplo"));
        check(DisplayName, "ana", None);
        check(DeviceId, "d-1", None);
        check(Url, "https://example.org/1000001", None);
    }

    #[test]
    fn every_joining_kind_has_a_rule_of_its_own() {
        let rules = JOINING.map(|kind| kinds::link_rule(kind.as_str()));
        assert_eq!(rules, ["link_account_id", "link_email", "link_phone"]);
    }
}
