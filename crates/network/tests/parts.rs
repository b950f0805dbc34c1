//! Properties of linking over invented tips: order, completeness, and parts against the whole.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use amparo_model::{
    Capture, HashAlgorithm, Identifier, IdentifierKind, Moment, RecordedHash, Stated, TipId,
};
use amparo_network::{LinkRules, Strength, TipGroup, TipNode, keys, link_tips_with};
use std::collections::BTreeSet;

fn id(number: u64) -> TipId {
    TipId::new(format!("ncmec/9{number:08}")).unwrap()
}

/// A small generator of numbers, so that a failure repeats.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below.max(1)
    }
}

/// Invented tips; the fewer `people`, the more they share.
fn invented(count: u64, people: u64, seed: u64) -> Vec<TipNode> {
    let mut dice = Dice(seed);
    (0..count).map(|number| one(number, people, &mut dice)).collect()
}

fn one(number: u64, people: u64, dice: &mut Dice) -> TipNode {
    let who = dice.roll(people);
    let verified = [Stated::Yes, Stated::No, Stated::NotStated];
    let mut node = TipNode::new(id(number));
    let mut add = |kind, norm: String, stated: u64| {
        let verified = verified[usize::try_from(stated).unwrap_or(0)];
        node.identifiers.push(Identifier { kind, raw: norm.clone(), norm, verified });
    };
    add(IdentifierKind::Email, format!("u{who}@example.org"), dice.roll(3));
    add(IdentifierKind::ScreenName, format!("example:n{}", dice.roll(people / 2)), 2);
    if dice.roll(4) == 0 {
        add(IdentifierKind::Phone, format!("+3460000{:04}", dice.roll(people * 3)), dice.roll(3));
    }
    if dice.roll(5) == 0 {
        add(IdentifierKind::AccountId, format!("example:k{}", dice.roll(people * 2)), 2);
    }
    let second = dice.roll(60);
    node.captures.push(Capture {
        ip: Some(format!("198.51.100.{}", dice.roll(50))),
        port: Some(u16::try_from(40_000 + dice.roll(40)).unwrap_or(40_000)),
        at: Some(Moment::from_iso(&format!("2026-02-01T10:{second:02}:00Z"))),
        ..Capture::default()
    });
    if dice.roll(20) == 0 {
        node.related.push(id(dice.roll(count_near(number))));
    }
    let value = format!("{:032x}", dice.roll(people * 2));
    node.hashes.push(RecordedHash { algorithm: HashAlgorithm::Md5, value });
    node
}

fn count_near(number: u64) -> u64 {
    number.max(1)
}

#[test]
fn each_component_alone_links_as_it_does_among_all() {
    for seed in 0..12 {
        let nodes = invented(400, 150 + seed * 60, seed);
        let rules = LinkRules { most_shared: 6, ..LinkRules::default() };
        let whole = link_tips_with(&nodes, &rules);
        let rules = LinkRules { common: whole.common(), ..rules };
        let mut parts: Vec<TipGroup> = Vec::new();
        for group in &whole.groups {
            let part: Vec<TipNode> =
                nodes.iter().filter(|node| group.tips.contains(&node.tip)).cloned().collect();
            parts.extend(link_tips_with(&part, &rules).groups);
        }
        assert!(whole.groups.len() > 5 && whole.groups[0].tips.len() > 1, "seed {seed}");
        assert_eq!(parts, whole.groups, "seed {seed}");
    }
}

/// All tips that one reaches over keys that are more than weak and not too common.
fn reach(from: &TipNode, nodes: &[TipNode], rules: &LinkRules) -> Vec<TipNode> {
    let usable = |node: &TipNode| -> BTreeSet<(String, String)> {
        let all = keys(node).into_iter().filter(|(_, _, strength)| *strength != Strength::Weak);
        let all = all.map(|(kind, value, _)| (kind.to_owned(), value));
        all.filter(|key| !rules.common.contains(key)).collect()
    };
    let mut known = usable(from);
    let mut reached: BTreeSet<&TipId> = BTreeSet::from([&from.tip]);
    loop {
        let before = reached.len();
        for node in nodes {
            let own = usable(node);
            if !own.is_disjoint(&known) && reached.insert(&node.tip) {
                known.extend(own);
            }
        }
        if reached.len() == before {
            return nodes.iter().filter(|node| reached.contains(&node.tip)).cloned().collect();
        }
    }
}

#[test]
fn a_new_tip_needs_only_what_it_reaches() {
    let nodes = invented(250, 250, 5);
    let rules = LinkRules { most_shared: 6, ..LinkRules::default() };
    let whole = link_tips_with(&nodes, &rules);
    let rules = LinkRules { common: whole.common(), ..rules };
    for node in nodes.iter().step_by(25) {
        let part = reach(node, &nodes, &rules);
        let linked = link_tips_with(&part, &rules);
        let own = |groups: &[TipGroup]| {
            groups.iter().find(|group| group.tips.contains(&node.tip)).cloned()
        };
        assert_eq!(own(&linked.groups), own(&whole.groups), "{}", node.tip);
    }
}

#[test]
fn the_order_of_input_changes_nothing_and_every_tip_is_in_one_group() {
    let mut nodes = invented(300, 120, 7);
    let forward = link_tips_with(&nodes, &LinkRules::default());
    nodes.reverse();
    nodes.push(nodes[5].clone());
    assert_eq!(link_tips_with(&nodes, &LinkRules::default()), forward);
    let mut all: Vec<TipId> = forward.groups.into_iter().flat_map(|group| group.tips).collect();
    all.sort();
    assert_eq!(all, (0..300).map(id).collect::<Vec<_>>());
}

#[test]
#[ignore = "a measurement; run it in release"]
fn a_hundred_thousand_tips() {
    let nodes = invented(100_000, 60_000, 1);
    #[expect(clippy::disallowed_methods, reason = "a measurement")]
    let start = std::time::Instant::now();
    let linking = link_tips_with(&nodes, &LinkRules::default());
    println!("{} groups in {:?}", linking.groups.len(), start.elapsed());
}
