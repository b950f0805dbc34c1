//! When two tips that share a key are joined over it.

use crate::index::{Index, Shared};
use crate::keys::{Strength, times};
use crate::kinds;
use crate::rules::LinkRules;
use crate::union::Union;
use amparo_model::{TipId, UtcMillis};
use std::collections::{BTreeMap, HashMap};

/// The conditions of links over one set of tips.
pub(crate) struct Pairs<'a> {
    index: &'a Index<'a>,
    rules: &'a LinkRules,
    undone: HashMap<(&'a str, &'a str), Vec<&'a [TipId]>>,
}

impl<'a> Pairs<'a> {
    pub(crate) fn new(index: &'a Index<'a>, rules: &'a LinkRules) -> Self {
        let mut undone: HashMap<(&str, &str), Vec<&[TipId]>> = HashMap::new();
        for decision in &rules.undone {
            let key = (decision.kind.as_str(), decision.value.as_str());
            undone.entry(key).or_default().push(&decision.tips);
        }
        Self { index, rules, undone }
    }

    /// The sets of tips that this key joins, each of two or more, sorted.
    pub(crate) fn clusters(&self, number: usize) -> Vec<Vec<usize>> {
        let Some(key) = self.index.shared.get(number).filter(|key| !key.too_common) else {
            return Vec::new();
        };
        let all = || key.holders.iter().map(|(tip, _)| *tip).collect::<Vec<_>>();
        if key.holders.iter().all(|(_, strength)| *strength == Strength::Weak) {
            return Vec::new();
        }
        if self.open(key) && key.holders.iter().all(|(_, held)| *held == Strength::Strong) {
            return vec![all()];
        }
        let mut union = Union::new(key.holders.len());
        for (at, a) in key.holders.iter().enumerate() {
            for (other, b) in key.holders.iter().enumerate().skip(at + 1) {
                if self.joined(number, key, *a, *b) {
                    union.join(at, other);
                }
            }
        }
        let mut sets: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, tip) in all().into_iter().enumerate() {
            sets.entry(union.find(at)).or_default().push(tip);
        }
        sets.into_values().filter(|tips| tips.len() > 1).collect()
    }

    /// Nobody undid a link over it.
    fn open(&self, key: &Shared) -> bool {
        !self.undone.contains_key(&(key.kind, key.value.as_str()))
    }

    fn joined(
        &self,
        number: usize,
        key: &Shared,
        (a, held_a): (usize, Strength),
        (b, held_b): (usize, Strength),
    ) -> bool {
        if self.was_undone(key, a, b) {
            return false;
        }
        let weaker = held_a.min(held_b);
        match key.kind {
            kinds::IP_PORT => self.same_moment(key, a, b),
            kinds::REPORT => [a, b].iter().any(|tip| self.is_report(key, *tip)),
            // That the URL holds the account's id is known of one of them and so of both.
            kinds::URL => held_a.max(held_b) == Strength::Strong,
            _ => match weaker {
                Strength::Strong => true,
                Strength::Conditional => self.second_key(number, a, b),
                Strength::Weak => false,
            },
        }
    }

    fn was_undone(&self, key: &Shared, a: usize, b: usize) -> bool {
        let Some(decisions) = self.undone.get(&(key.kind, key.value.as_str())) else {
            return false;
        };
        let names = |tips: &[TipId], tip: usize| {
            self.index.tips.get(tip).is_some_and(|tip| tips.contains(tip))
        };
        decisions.iter().any(|tips| names(tips, a) && names(tips, b))
    }

    fn is_report(&self, key: &Shared, tip: usize) -> bool {
        self.index.tips.get(tip).is_some_and(|tip| tip.as_str() == key.value)
    }

    /// Another key of any strength that both hold, that is not too common and not undone.
    fn second_key(&self, first: usize, a: usize, b: usize) -> bool {
        let keys = |tip: usize| self.index.keys_of.get(tip).map(Vec::as_slice).unwrap_or_default();
        let (mine, theirs) = (keys(a), keys(b));
        let shared = mine.iter().filter(|key| theirs.binary_search(key).is_ok());
        shared
            .filter(|key| **key != first)
            .any(|key| self.index.shared.get(*key).is_some_and(|key| !self.was_undone(key, a, b)))
    }

    fn same_moment(&self, key: &Shared, a: usize, b: usize) -> bool {
        let (mine, theirs) = (self.times(key, a), self.times(key, b));
        let near = |x: &UtcMillis, y: &UtcMillis| {
            x.0.abs_diff(y.0) / 1000 <= self.rules.port_seconds.unsigned_abs()
        };
        mine.iter().any(|x| theirs.iter().any(|y| near(x, y)))
    }

    fn times(&self, key: &Shared, tip: usize) -> Vec<UtcMillis> {
        let nodes = self.index.nodes.get(tip).into_iter().flatten();
        nodes.flat_map(|node| times(node, &key.value)).collect()
    }
}
