//! Possible persons behind linked tips: proposed to a person, never decided.

use crate::kinds::OF_A_PERSON;
use crate::node::TipNode;
use crate::tips::{LinkReason, Linking, TipGroup};
use crate::union::Union;
use amparo_model::TipId;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Somebody who may be behind several tips. Shared devices, sold accounts and wrong reports make
/// any proposal wrong; it says only on what it rests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonProposal {
    /// The tips, sorted.
    pub tips: Vec<TipId>,
    /// Names that these tips write for persons reported, sorted.
    pub names: Vec<String>,
    /// Kind and value of the keys that join them, sorted.
    pub identifiers: Vec<(&'static str, String)>,
    /// The links it rests on.
    pub reasons: Vec<LinkReason>,
}

/// One proposal for each set of tips that keys of a person join. Tips that only share a file, a
/// line or a report number stay apart.
#[must_use]
pub fn proposals(linking: &Linking, nodes: &[TipNode]) -> Vec<PersonProposal> {
    let mut names: HashMap<&TipId, Vec<&str>> = HashMap::new();
    for node in nodes {
        names.entry(&node.tip).or_default().extend(node.names.iter().map(String::as_str));
    }
    linking.groups.iter().flat_map(|group| of_group(group, &names)).collect()
}

fn of_group(group: &TipGroup, names: &HashMap<&TipId, Vec<&str>>) -> Vec<PersonProposal> {
    let number: BTreeMap<&TipId, usize> = group.tips.iter().zip(0..).collect();
    let reasons: Vec<&LinkReason> =
        group.reasons.iter().filter(|reason| OF_A_PERSON.contains(&reason.kind)).collect();
    let mut union = Union::new(group.tips.len());
    for reason in &reasons {
        let numbers: Vec<usize> =
            reason.tips.iter().filter_map(|tip| number.get(tip).copied()).collect();
        numbers.windows(2).for_each(|pair| {
            if let [a, b] = pair {
                union.join(*a, *b);
            }
        });
    }
    let mut sets: BTreeMap<usize, Vec<&LinkReason>> = BTreeMap::new();
    for reason in reasons {
        if let Some(at) = reason.tips.first().and_then(|tip| number.get(tip)) {
            sets.entry(union.find(*at)).or_default().push(reason);
        }
    }
    sets.into_values().map(|reasons| proposal(&reasons, names)).collect()
}

fn proposal(reasons: &[&LinkReason], names: &HashMap<&TipId, Vec<&str>>) -> PersonProposal {
    let tips: BTreeSet<&TipId> = reasons.iter().flat_map(|reason| &reason.tips).collect();
    let names: BTreeSet<&str> =
        tips.iter().filter_map(|tip| names.get(tip)).flatten().copied().collect();
    let keys: BTreeSet<(&'static str, String)> =
        reasons.iter().map(|reason| (reason.kind, reason.value.clone())).collect();
    PersonProposal {
        tips: tips.into_iter().cloned().collect(),
        names: names.into_iter().map(str::to_owned).collect(),
        identifiers: keys.into_iter().collect(),
        reasons: reasons.iter().map(|reason| (*reason).clone()).collect(),
    }
}
