//! Which keys a tip brings, and how strong each is.
//!
//! Strong alone: the provider's account id, a device id, an e-mail or telephone that the provider
//! verified, a URL that holds an account id, the exact hash of a rare file. Conditional: an e-mail
//! or telephone that nobody verified (the two tips must agree on a second key), an IP address with
//! its source port (the two events must lie close together), the number of another report (it must
//! be that report). Weak, and never joined on: names and other URLs, which repeat across people,
//! and bare IP addresses, which carriers share among thousands.

use crate::{kinds, node::TipNode};
use amparo_model::{Capture, Identifier, IdentifierKind, RecordedHash, Stated, UtcMillis};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What sharing a key is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// A hint for a person.
    Weak,
    /// Joins where a further condition holds.
    Conditional,
    /// Joins.
    Strong,
}

/// Every key of a tip, once, as kind, value and strength; sorted. A store that keeps them finds the
/// tips that may belong to a new one.
#[must_use]
pub fn keys(node: &TipNode) -> Vec<(&'static str, String, Strength)> {
    let mut found: BTreeMap<(&'static str, String), Strength> = BTreeMap::new();
    each_key(node, |kind, value, strength| {
        let slot = found.entry((kind, value.into_owned())).or_insert(strength);
        *slot = (*slot).max(strength);
    });
    found.into_iter().map(|((kind, value), strength)| (kind, value, strength)).collect()
}

/// Every key of a tip as it comes, some more than once.
pub(crate) fn each_key<'a>(
    node: &'a TipNode,
    mut add: impl FnMut(&'static str, Cow<'a, str>, Strength),
) {
    let accounts: Vec<&str> = node.identifiers.iter().filter_map(account).collect();
    for identifier in node.identifiers.iter().filter(|found| !placeholder(&found.norm)) {
        let (kind, strength) = of_identifier(identifier, &accounts);
        add(kind, identifier.norm.trim().into(), strength);
    }
    for capture in &node.captures {
        let Some(ip) = &capture.ip else { continue };
        add(kinds::IP, ip.into(), Strength::Weak);
        if let Some(line) = line(capture) {
            add(kinds::IP_PORT, line.into(), Strength::Conditional);
        }
    }
    for tip in [&node.tip].into_iter().chain(&node.related) {
        add(kinds::REPORT, tip.as_str().into(), Strength::Conditional);
    }
    node.hashes.iter().for_each(|hash| add(kinds::HASH, written(hash).into(), Strength::Strong));
}

fn of_identifier(identifier: &Identifier, accounts: &[&str]) -> (&'static str, Strength) {
    let verified = identifier.verified == Stated::Yes;
    let confirmed = if verified { Strength::Strong } else { Strength::Conditional };
    match identifier.kind {
        IdentifierKind::AccountId => (kinds::ACCOUNT_ID, Strength::Strong),
        IdentifierKind::DeviceId => (kinds::DEVICE_ID, Strength::Strong),
        IdentifierKind::Email => (kinds::EMAIL, confirmed),
        // Without its country a number is several people's.
        IdentifierKind::Phone if !identifier.norm.starts_with('+') => {
            (kinds::PHONE, Strength::Conditional)
        }
        IdentifierKind::Phone => (kinds::PHONE, confirmed),
        IdentifierKind::Url if holds_account(&identifier.norm, accounts) => {
            (kinds::URL, Strength::Strong)
        }
        IdentifierKind::Url => (kinds::URL, Strength::Weak),
        IdentifierKind::ScreenName => (kinds::SCREEN_NAME, Strength::Weak),
        IdentifierKind::DisplayName => (kinds::DISPLAY_NAME, Strength::Weak),
    }
}

/// The provider's id alone, without the provider in front.
fn account(identifier: &Identifier) -> Option<&str> {
    let own = identifier.norm.rsplit(':').next()?.trim();
    (identifier.kind == IdentifierKind::AccountId && own.len() >= 4).then_some(own)
}

/// Digits from which on a number in a URL is an account's id and no page or year.
const ID_DIGITS: usize = 8;

/// Whether one part of the path or of the query is the tip's own account id, or a number that only
/// an id is as long as.
fn holds_account(url: &str, accounts: &[&str]) -> bool {
    let after_host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let parts = after_host.split(['/', '?', '&', '=', '#']).skip(1);
    let long_number =
        |part: &str| part.len() >= ID_DIGITS && part.chars().all(|c| c.is_ascii_digit());
    parts.into_iter().any(|part| long_number(part) || accounts.contains(&part))
}

/// `192.0.2.1 40000`: one line of one moment, where the event has a usable time.
fn line(capture: &Capture) -> Option<String> {
    capture.at.as_ref()?.utc?;
    Some(format!("{} {}", capture.ip.as_deref()?, capture.port?))
}

/// When the events of a line were.
pub(crate) fn times<'a>(node: &'a TipNode, line: &'a str) -> impl Iterator<Item = UtcMillis> + 'a {
    let (ip, port) = line.split_once(' ').unwrap_or_default();
    let port: Option<u16> = port.parse().ok();
    let own = node.captures.iter().filter(move |c| c.port == port && c.ip.as_deref() == Some(ip));
    own.filter_map(|capture| capture.at.as_ref()?.utc)
}

fn written(hash: &RecordedHash) -> String {
    format!("{} {}", hash.algorithm, hash.value)
}

/// Words that exports write where there is no value.
const NO_VALUE: [&str; 8] = ["n/a", "na", "none", "null", "nil", "unknown", "undefined", "-"];

/// Nothing, a word for nothing, or one sign repeated. Account ids carry their provider in front, so
/// the part behind the last colon counts.
pub(crate) fn placeholder(value: &str) -> bool {
    let own = value.rsplit(':').next().unwrap_or(value).trim();
    let mut signs = own.chars().filter(|c| c.is_alphanumeric());
    let Some(first) = signs.next() else { return true };
    let (mut count, mut same) = (1, true);
    for sign in signs {
        count += 1;
        same &= sign == first;
    }
    (count >= 4 && same) || NO_VALUE.iter().any(|word| own.eq_ignore_ascii_case(word))
}
