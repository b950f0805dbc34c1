//! Who shares what: every key that two or more tips hold, with its holders.

use crate::keys::{Strength, each_key};
use crate::node::TipNode;
use crate::rules::LinkRules;
use amparo_model::TipId;
use std::borrow::Cow;
use std::collections::HashMap;

/// A key with the tips that hold it, as numbers of [`Index::tips`], sorted.
pub(crate) struct Shared {
    pub(crate) kind: &'static str,
    pub(crate) value: String,
    pub(crate) holders: Vec<(usize, Strength)>,
    /// More tips share it than its kind allows.
    pub(crate) too_common: bool,
}

/// The tips, sorted, and what they share.
pub(crate) struct Index<'a> {
    pub(crate) tips: Vec<&'a TipId>,
    pub(crate) nodes: Vec<Vec<&'a TipNode>>,
    /// In no order; nothing that comes out may depend on it.
    pub(crate) shared: Vec<Shared>,
    /// For each tip the keys it shares that are not too common, as numbers of `shared`, sorted.
    pub(crate) keys_of: Vec<Vec<usize>>,
}

impl<'a> Index<'a> {
    pub(crate) fn new(nodes: &'a [TipNode], rules: &LinkRules) -> Self {
        let mut sorted: Vec<&TipNode> = nodes.iter().collect();
        sorted.sort_by(|a, b| a.tip.cmp(&b.tip));
        let nodes: Vec<Vec<&TipNode>> =
            sorted.chunk_by(|a, b| a.tip == b.tip).map(<[_]>::to_vec).collect();
        let tips: Vec<&TipId> =
            nodes.iter().filter_map(|nodes| Some(&nodes.first()?.tip)).collect();
        let shared = shared(&nodes, rules);
        let mut keys_of = vec![Vec::new(); tips.len()];
        for (number, key) in shared.iter().enumerate().filter(|(_, key)| !key.too_common) {
            for (tip, _) in &key.holders {
                if let Some(keys) = keys_of.get_mut(*tip) {
                    keys.push(number);
                }
            }
        }
        Self { tips, nodes, shared, keys_of }
    }
}

type Key<'a> = (&'static str, Cow<'a, str>);

/// Holders of a key while it is counted. Nearly all keys have one, so that one needs no list.
enum Holders {
    One(usize, Strength),
    Several(Vec<(usize, Strength)>),
}

impl Holders {
    /// Tips come in order, so only the last can be the same.
    fn add(&mut self, tip: usize, strength: Strength) {
        match self {
            Self::One(last, held) if *last == tip => *held = (*held).max(strength),
            Self::One(last, held) => *self = Self::Several(vec![(*last, *held), (tip, strength)]),
            Self::Several(list) => match list.last_mut() {
                Some((last, held)) if *last == tip => *held = (*held).max(strength),
                _ => list.push((tip, strength)),
            },
        }
    }
}

fn shared(nodes: &[Vec<&TipNode>], rules: &LinkRules) -> Vec<Shared> {
    let mut holders: HashMap<Key<'_>, Holders> = HashMap::with_capacity(nodes.len() * 4);
    for (tip, nodes) in nodes.iter().enumerate() {
        for node in nodes {
            each_key(node, |kind, value, strength| {
                let slot = holders.entry((kind, value));
                slot.and_modify(|holders| holders.add(tip, strength))
                    .or_insert(Holders::One(tip, strength));
            });
        }
    }
    let several = holders.into_iter().filter_map(|((kind, value), holders)| {
        let Holders::Several(holders) = holders else { return None };
        let too_common = rules.too_common(kind, &value, holders.len());
        Some(Shared { kind, value: value.into_owned(), holders, too_common })
    });
    several.collect()
}
