//! Tips that concern the same person or device, joined over shared identifiers.

use crate::keys::{Key, strong};
use crate::union::Union;
use amparo_model::{Capture, Identifier, IdentifierKind, TipId};
use std::collections::{BTreeMap, BTreeSet};

/// A key that more tips than this share belongs to a carrier, a viral wave or a placeholder.
pub const DEFAULT_MOST_SHARED: usize = 20;

/// One tip with what may link it. The caller passes the identifiers of the persons reported, not
/// those of the reporter or of the clearing house.
#[derive(Debug, Clone)]
pub struct TipNode {
    /// Which tip.
    pub tip: TipId,
    /// Identifiers of the persons reported.
    pub identifiers: Vec<Identifier>,
    /// IP events; reported when shared, never joined on.
    pub captures: Vec<Capture>,
}

/// Tips joined, directly or through others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TipGroup {
    /// The tips, sorted.
    pub tips: Vec<TipId>,
    /// Every key that joined two or more of them, sorted; empty for a tip alone.
    pub reasons: Vec<LinkReason>,
}

/// Why tips were joined.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LinkReason {
    /// Kind of the shared key.
    pub kind: IdentifierKind,
    /// The shared key, normalised.
    pub value: String,
    /// The tips that share it, sorted.
    pub tips: Vec<TipId>,
}

/// Something shared that joined nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SharedKey {
    /// `email`, `phone`, `account_id`, `device_id` or `ip`.
    pub kind: String,
    /// The shared value.
    pub value: String,
    /// How many tips share it.
    pub tips: usize,
}

/// Groups, and what was shared but joined nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linking {
    /// Every tip is in exactly one group; larger groups first, then by first tip.
    pub groups: Vec<TipGroup>,
    /// Strong keys that too many tips share, most shared first.
    pub too_common: Vec<SharedKey>,
    /// IP addresses in more than one tip, most shared first: a hint for a person, no link.
    pub shared_addresses: Vec<SharedKey>,
}

/// Joins tips over strong keys that at most 20 tips share.
#[must_use]
pub fn link_tips(nodes: &[TipNode]) -> Vec<TipGroup> {
    link_tips_with(nodes, DEFAULT_MOST_SHARED).groups
}

/// Joins tips over strong keys that at most `most_shared` tips share, and reports the rest.
#[must_use]
pub fn link_tips_with(nodes: &[TipNode], most_shared: usize) -> Linking {
    let (rare, common) =
        holders(nodes).into_iter().partition::<Vec<_>, _>(|(_, tips)| tips.len() <= most_shared);
    let tips: Vec<&TipId> =
        nodes.iter().map(|node| &node.tip).collect::<BTreeSet<_>>().into_iter().collect();
    let number: BTreeMap<&TipId, usize> = tips.iter().copied().zip(0..).collect();
    let mut union = Union::new(tips.len());
    for (_, holders) in &rare {
        let numbers: Vec<usize> =
            holders.iter().filter_map(|tip| number.get(tip).copied()).collect();
        for pair in numbers.windows(2) {
            if let [a, b] = pair {
                union.join(*a, *b);
            }
        }
    }
    let too_common =
        common.into_iter().map(|((kind, value), tips)| shared(kind.as_str(), value, tips.len()));
    Linking {
        groups: groups(&tips, &number, &mut union, rare),
        too_common: most_first(too_common.collect()),
        shared_addresses: shared_addresses(nodes),
    }
}

type Holders<'a> = (Key, BTreeSet<&'a TipId>);

/// Each strong key with the tips that hold it; only keys that two or more hold.
fn holders(nodes: &[TipNode]) -> Vec<Holders<'_>> {
    let mut holders: BTreeMap<Key, BTreeSet<&TipId>> = BTreeMap::new();
    for node in nodes {
        for key in node.identifiers.iter().filter_map(strong) {
            holders.entry(key).or_default().insert(&node.tip);
        }
    }
    holders.into_iter().filter(|(_, tips)| tips.len() > 1).collect()
}

fn groups(
    tips: &[&TipId],
    number: &BTreeMap<&TipId, usize>,
    union: &mut Union,
    rare: Vec<Holders<'_>>,
) -> Vec<TipGroup> {
    let mut groups: BTreeMap<usize, TipGroup> = BTreeMap::new();
    let empty = || TipGroup { tips: Vec::new(), reasons: Vec::new() };
    for (at, tip) in tips.iter().enumerate() {
        groups.entry(union.find(at)).or_insert_with(empty).tips.push((*tip).clone());
    }
    for ((kind, value), holders) in rare {
        let set = holders.first().and_then(|tip| number.get(tip)).map(|at| union.find(*at));
        if let Some(group) = set.and_then(|set| groups.get_mut(&set)) {
            let tips = holders.into_iter().cloned().collect();
            group.reasons.push(LinkReason { kind, value, tips });
        }
    }
    let mut groups: Vec<TipGroup> = groups.into_values().collect();
    groups.sort_by(|a, b| (b.tips.len(), &a.tips).cmp(&(a.tips.len(), &b.tips)));
    groups
}

fn shared_addresses(nodes: &[TipNode]) -> Vec<SharedKey> {
    let mut seen: BTreeMap<&str, BTreeSet<&TipId>> = BTreeMap::new();
    for node in nodes {
        for ip in node.captures.iter().filter_map(|capture| capture.ip.as_deref()) {
            seen.entry(ip).or_default().insert(&node.tip);
        }
    }
    let several = seen.into_iter().filter(|(_, tips)| tips.len() > 1);
    most_first(several.map(|(ip, tips)| shared("ip", ip.to_owned(), tips.len())).collect())
}

fn shared(kind: &str, value: String, tips: usize) -> SharedKey {
    SharedKey { kind: kind.to_owned(), value, tips }
}

fn most_first(mut keys: Vec<SharedKey>) -> Vec<SharedKey> {
    keys.sort_by(|a, b| b.tips.cmp(&a.tips).then_with(|| a.cmp(b)));
    keys
}

#[cfg(test)]
mod tests {
    use super::*;
    use amparo_model::Stated;

    fn id(number: usize) -> TipId {
        TipId::new(format!("ncmec/9000{number:05}")).unwrap()
    }

    fn node(number: usize, keys: &[(IdentifierKind, &str)]) -> TipNode {
        let identifier = |(kind, value): &(IdentifierKind, &str)| Identifier {
            kind: *kind,
            raw: (*value).to_owned(),
            norm: (*value).to_owned(),
            verified: Stated::NotStated,
        };
        let identifiers = keys.iter().map(identifier).collect();
        TipNode { tip: id(number), identifiers, captures: Vec::new() }
    }

    const EMAIL: IdentifierKind = IdentifierKind::Email;
    const PHONE: IdentifierKind = IdentifierKind::Phone;

    fn sizes(nodes: &[TipNode]) -> Vec<usize> {
        link_tips(nodes).iter().map(|group| group.tips.len()).collect()
    }

    #[test]
    fn tips_join_through_others_and_each_link_says_why() {
        let nodes = [
            node(1, &[(EMAIL, "a@example.org")]),
            node(2, &[(EMAIL, "a@example.org"), (PHONE, "+34600000001")]),
            node(3, &[(PHONE, "+34600000001")]),
            node(4, &[(EMAIL, "b@example.org")]),
        ];
        let groups = link_tips(&nodes);
        assert_eq!(groups[0].tips, [id(1), id(2), id(3)]);
        let reasons: Vec<(&str, usize)> =
            groups[0].reasons.iter().map(|r| (r.value.as_str(), r.tips.len())).collect();
        assert_eq!(reasons, [("a@example.org", 2), ("+34600000001", 2)]);
        assert_eq!((groups[1].tips.clone(), groups[1].reasons.len()), (vec![id(4)], 0));
    }

    #[test]
    fn weak_unverified_and_placeholder_keys_join_nothing() {
        let check = |kind, value: &str, expect: &[usize]| {
            assert_eq!(sizes(&[node(1, &[(kind, value)]), node(2, &[(kind, value)])]), expect);
        };
        check(IdentifierKind::ScreenName, "example:sun", &[1, 1]);
        check(IdentifierKind::Url, "https://example.org/u/1", &[1, 1]);
        check(IdentifierKind::DeviceId, "000000000000000", &[1, 1]);
        check(EMAIL, "n/a", &[1, 1]);
        check(EMAIL, "", &[1, 1]);
        check(IdentifierKind::AccountId, "example:none", &[1, 1]);
        check(IdentifierKind::AccountId, "example:12", &[2]);
        check(IdentifierKind::DeviceId, "352099001761481", &[2]);
        let mut unverified =
            [node(1, &[(EMAIL, "a@example.org")]), node(2, &[(EMAIL, "a@example.org")])];
        unverified[1].identifiers[0].verified = Stated::No;
        assert_eq!(sizes(&unverified), [1, 1]);
    }

    #[test]
    fn a_key_that_too_many_share_is_reported_and_joins_nothing() {
        let nodes: Vec<TipNode> =
            (0..21).map(|n| node(n, &[(EMAIL, "relay@example.org")])).collect();
        let linking = link_tips_with(&nodes, DEFAULT_MOST_SHARED);
        assert_eq!(linking.groups.len(), 21);
        assert_eq!(linking.too_common, [shared("email", "relay@example.org".to_owned(), 21)]);
        assert_eq!(sizes(&nodes[..20]), [20]);
    }

    #[test]
    fn a_shared_address_is_a_hint_and_no_link() {
        let capture = Capture {
            address_raw: "192.0.2.1".to_owned(),
            ip: Some("192.0.2.1".to_owned()),
            port: None,
            event: None,
            at: None,
        };
        let with = |number| TipNode { captures: vec![capture.clone()], ..node(number, &[]) };
        let linking = link_tips_with(&[with(1), with(2), node(3, &[])], DEFAULT_MOST_SHARED);
        assert_eq!(linking.groups.len(), 3);
        assert_eq!(linking.shared_addresses, [shared("ip", "192.0.2.1".to_owned(), 2)]);
    }

    #[test]
    fn the_order_of_input_changes_nothing_and_every_tip_is_in_one_group() {
        let mut nodes: Vec<TipNode> = (0..60)
            .map(|n| {
                let email = format!("u{}@example.org", n * 7 % 25);
                let phone = format!("+3460000{:04}", n * 11 % 40);
                node(n, &[(EMAIL, email.as_str()), (PHONE, phone.as_str())])
            })
            .collect();
        let forward = link_tips_with(&nodes, DEFAULT_MOST_SHARED);
        nodes.reverse();
        nodes.push(nodes[5].clone());
        assert_eq!(link_tips_with(&nodes, DEFAULT_MOST_SHARED), forward);
        let mut all: Vec<TipId> = forward.groups.into_iter().flat_map(|g| g.tips).collect();
        all.sort();
        assert_eq!(all, (0..60).map(id).collect::<Vec<_>>());
    }
}
