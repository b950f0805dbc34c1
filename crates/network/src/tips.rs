//! Tips that belong together, joined over shared keys, each link with its reason.

use crate::index::{Index, Shared};
use crate::kinds;
use crate::node::TipNode;
use crate::pairs::Pairs;
use crate::rules::LinkRules;
use crate::union::Union;
use amparo_model::TipId;
use std::collections::BTreeSet;

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
    /// Kind of the shared key, one of [`kinds`].
    pub kind: &'static str,
    /// The shared key, normalised.
    pub value: String,
    /// The tips that it joins, sorted.
    pub tips: Vec<TipId>,
    /// The rule; its sentence is `network-<rule>`, with hyphens.
    pub rule: &'static str,
}

/// Something shared that joined nothing but may mean something to a person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hint {
    /// Kind of the shared key, one of [`kinds`].
    pub kind: &'static str,
    /// The shared key.
    pub value: String,
    /// The tips that share it, sorted.
    pub tips: Vec<TipId>,
    /// The rule; its sentence is `network-<rule>`, with hyphens.
    pub rule: &'static str,
}

/// Something that too many tips share.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SharedKey {
    /// Kind of the key, one of [`kinds`].
    pub kind: String,
    /// The shared value.
    pub value: String,
    /// How many of the tips looked at share it.
    pub tips: usize,
}

/// Groups, and what was shared but joined nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linking {
    /// Every tip is in exactly one group; larger groups first, then by first tip.
    pub groups: Vec<TipGroup>,
    /// Keys of any kind that too many tips share, most shared first.
    pub too_common: Vec<SharedKey>,
    /// Keys that join nothing or not all who share them, fewest tips first. Only those between
    /// groups: within a group nobody needs a hint.
    pub hints: Vec<Hint>,
}

impl Linking {
    /// What whoever links only a part of these tips must put into [`LinkRules::common`].
    #[must_use]
    pub fn common(&self) -> BTreeSet<(String, String)> {
        self.too_common.iter().map(|key| (key.kind.clone(), key.value.clone())).collect()
    }
}

/// Joins tips with the usual bounds.
#[must_use]
pub fn link_tips(nodes: &[TipNode]) -> Vec<TipGroup> {
    link_tips_with(nodes, &LinkRules::default()).groups
}

/// Joins tips and reports what joined nothing.
///
/// Groups of any part of the tips that is closed under links come out as over all of them, as long
/// as [`LinkRules::common`] names the keys that are too common in the whole. A part that holds,
/// with each tip, all tips that share a strong or conditional key with it that is not too common,
/// is closed.
#[must_use]
pub fn link_tips_with(nodes: &[TipNode], rules: &LinkRules) -> Linking {
    let index = Index::new(nodes, rules);
    let pairs = Pairs::new(&index, rules);
    let mut union = Union::new(index.tips.len());
    let mut links: Vec<(&Shared, Vec<usize>)> = Vec::new();
    for (number, key) in index.shared.iter().enumerate() {
        for cluster in pairs.clusters(number) {
            cluster.windows(2).for_each(|pair| {
                if let [a, b] = pair {
                    union.join(*a, *b);
                }
            });
            links.push((key, cluster));
        }
    }
    Linking {
        too_common: too_common(&index),
        hints: hints(&index, &mut union),
        groups: groups(&index, &mut union, links),
    }
}

fn groups(
    index: &Index<'_>,
    union: &mut Union,
    links: Vec<(&Shared, Vec<usize>)>,
) -> Vec<TipGroup> {
    let mut groups: Vec<TipGroup> = Vec::new();
    let mut slots: Vec<Option<usize>> = vec![None; index.tips.len()];
    for (at, tip) in index.tips.iter().enumerate() {
        let Some(slot) = slots.get_mut(union.find(at)) else { continue };
        let slot = *slot.get_or_insert_with(|| {
            groups.push(TipGroup { tips: Vec::new(), reasons: Vec::new() });
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(slot) {
            group.tips.push((*tip).clone());
        }
    }
    for (key, cluster) in links {
        let slot = cluster.first().and_then(|tip| slots.get(union.find(*tip)).copied().flatten());
        if let Some(group) = slot.and_then(|slot| groups.get_mut(slot)) {
            let (kind, value) = (key.kind, key.value.clone());
            let rule = kinds::link_rule(kind);
            group.reasons.push(LinkReason { kind, value, tips: named(index, &cluster), rule });
        }
    }
    groups.iter_mut().for_each(|group| group.reasons.sort_unstable());
    // They stand in the order of their first tips, and the sort keeps that.
    groups.sort_by_key(|group| std::cmp::Reverse(group.tips.len()));
    groups
}

fn hints(index: &Index<'_>, union: &mut Union) -> Vec<Hint> {
    let mut hints: Vec<Hint> = Vec::new();
    for key in index.shared.iter().filter(|key| !key.too_common) {
        let mut sets = key.holders.iter().map(|(tip, _)| union.find(*tip));
        let first = sets.next();
        let joined = sets.all(|set| Some(set) == first);
        // A port shared at different times says no more than the bare address.
        if !joined && key.kind != kinds::IP_PORT {
            let tips: Vec<usize> = key.holders.iter().map(|(tip, _)| *tip).collect();
            let (kind, value) = (key.kind, key.value.clone());
            let rule = kinds::hint_rule(kind);
            hints.push(Hint { kind, value, tips: named(index, &tips), rule });
        }
    }
    hints.sort_by(|a, b| a.tips.len().cmp(&b.tips.len()).then_with(|| a.cmp(b)));
    hints
}

fn too_common(index: &Index<'_>) -> Vec<SharedKey> {
    let common = index.shared.iter().filter(|key| key.too_common);
    let mut keys: Vec<SharedKey> = common
        .map(|key| SharedKey {
            kind: key.kind.to_owned(),
            value: key.value.clone(),
            tips: key.holders.len(),
        })
        .collect();
    keys.sort_by(|a, b| b.tips.cmp(&a.tips).then_with(|| a.cmp(b)));
    keys
}

fn named(index: &Index<'_>, numbers: &[usize]) -> Vec<TipId> {
    numbers.iter().filter_map(|tip| index.tips.get(*tip)).map(|tip| (*tip).clone()).collect()
}
