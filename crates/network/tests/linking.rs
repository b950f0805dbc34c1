//! Linking: strong, conditional and weak keys, undoing, parts of the whole.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use amparo_model::{
    Capture, HashAlgorithm, Identifier, IdentifierKind, Moment, Party, RecordedHash, Stated,
    TipFile, TipId, TipRevision,
};
use amparo_network::{
    DEFAULT_MOST_SHARED, LinkRules, Linking, Strength, TipNode, Undone, keys, kinds, link_tips,
    link_tips_with, proposals,
};

const EMAIL: IdentifierKind = IdentifierKind::Email;
const PHONE: IdentifierKind = IdentifierKind::Phone;
const NAME: IdentifierKind = IdentifierKind::ScreenName;

fn id(number: usize) -> TipId {
    TipId::new(format!("ncmec/9000{number:05}")).unwrap()
}

fn identifier(kind: IdentifierKind, value: &str, verified: Stated) -> Identifier {
    Identifier { kind, raw: value.to_owned(), norm: value.to_owned(), verified }
}

/// A tip whose identifiers the provider verified.
fn node(number: usize, keys: &[(IdentifierKind, &str)]) -> TipNode {
    let identifiers = keys.iter().map(|(k, v)| identifier(*k, v, Stated::Yes)).collect();
    TipNode { identifiers, ..TipNode::new(id(number)) }
}

/// A tip about which the provider says nothing of the kind.
fn plain(number: usize, keys: &[(IdentifierKind, &str)]) -> TipNode {
    let identifiers = keys.iter().map(|(k, v)| identifier(*k, v, Stated::NotStated)).collect();
    TipNode { identifiers, ..TipNode::new(id(number)) }
}

fn capture(port: Option<u16>, at: &str) -> Capture {
    let ip = Some("192.0.2.1".to_owned());
    Capture { ip, port, at: Some(Moment::from_iso(at)), ..Capture::default() }
}

fn online(number: usize, port: Option<u16>, at: &str) -> TipNode {
    TipNode { captures: vec![capture(port, at)], ..TipNode::new(id(number)) }
}

fn sizes(nodes: &[TipNode]) -> Vec<usize> {
    link_tips(nodes).iter().map(|group| group.tips.len()).collect()
}

fn link(nodes: &[TipNode]) -> Linking {
    link_tips_with(nodes, &LinkRules::default())
}

fn hinted(linking: &Linking, kind: &str) -> bool {
    linking.hints.iter().any(|hint| hint.kind == kind)
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
    let reasons: Vec<(&str, &str, usize)> =
        groups[0].reasons.iter().map(|r| (r.value.as_str(), r.rule, r.tips.len())).collect();
    assert_eq!(reasons, [("a@example.org", "link_email", 2), ("+34600000001", "link_phone", 2)]);
    assert_eq!((groups[1].tips.clone(), groups[1].reasons.len()), (vec![id(4)], 0));
}

#[test]
fn names_bare_addresses_and_placeholders_join_nothing() {
    let check = |kind, value: &str, expect: &[usize]| {
        assert_eq!(
            sizes(&[node(1, &[(kind, value)]), node(2, &[(kind, value)])]),
            expect,
            "{value}"
        );
    };
    check(NAME, "example:sun", &[1, 1]);
    check(IdentifierKind::DisplayName, "Sun", &[1, 1]);
    check(IdentifierKind::Url, "https://example.org/u/1", &[1, 1]);
    check(IdentifierKind::DeviceId, "000000000000000", &[1, 1]);
    check(EMAIL, "n/a", &[1, 1]);
    check(EMAIL, "", &[1, 1]);
    check(PHONE, "600000001", &[1, 1]);
    check(IdentifierKind::AccountId, "example:none", &[1, 1]);
    check(IdentifierKind::AccountId, "example:12", &[2]);
    check(IdentifierKind::DeviceId, "352099001761481", &[2]);
    check(IdentifierKind::Url, "https://example.org/profile?id=100001234", &[2]);
    let names = link(&[node(1, &[(NAME, "example:sun")]), node(2, &[(NAME, "example:sun")])]);
    assert!(hinted(&names, kinds::SCREEN_NAME));
}

#[test]
fn an_unverified_address_needs_a_second_key() {
    let mail = (EMAIL, "a@example.org");
    let alone = link(&[plain(1, &[mail]), plain(2, &[mail])]);
    assert_eq!(alone.groups.len(), 2);
    assert!(hinted(&alone, kinds::EMAIL));
    let name = (NAME, "example:sun");
    assert_eq!(sizes(&[plain(1, &[mail, name]), plain(2, &[mail, name])]), [2]);
    assert_eq!(sizes(&[node(1, &[mail]), plain(2, &[mail])]), [1, 1]);
    // A third tip that shares only the unverified key stays outside.
    let three = [plain(1, &[mail, name]), plain(2, &[mail, name]), plain(3, &[mail])];
    assert_eq!(sizes(&three), [2, 1]);
}

#[test]
fn a_url_with_the_account_of_one_tip_joins_the_other() {
    let url = (IdentifierKind::Url, "https://example.org/u/k7f3a");
    let owner = plain(1, &[(IdentifierKind::AccountId, "example:k7f3a"), url]);
    assert_eq!(sizes(&[owner, plain(2, &[url])]), [2]);
}

#[test]
fn an_address_joins_only_with_its_port_and_within_seconds() {
    let check = |a: TipNode, b: TipNode, expect: &[usize]| assert_eq!(sizes(&[a, b]), expect);
    let (first, near, far) =
        ("2026-02-01T10:00:00Z", "2026-02-01T10:00:30Z", "2026-02-01T11:00:00Z");
    check(online(1, Some(40_000), first), online(2, Some(40_000), near), &[2]);
    check(online(1, Some(40_000), first), online(2, Some(40_000), far), &[1, 1]);
    check(online(1, Some(40_000), first), online(2, Some(40_001), first), &[1, 1]);
    check(online(1, None, first), online(2, None, first), &[1, 1]);
    check(online(1, Some(1), "2026-02-01T10:00:00"), online(2, Some(1), first), &[1, 1]);
    assert!(hinted(&link(&[online(1, None, first), online(2, None, far)]), kinds::IP));
}

#[test]
fn a_report_that_names_another_joins_it() {
    let mut one = TipRevision::new(id(1));
    one.related = vec!["900000002".to_owned(), "not a number!".to_owned(), "900000001".to_owned()];
    let one = TipNode::of(&one, &|_| false);
    assert_eq!(one.related, [id(2)]);
    assert_eq!(sizes(&[one.clone(), node(2, &[])]), [2]);
    let third = TipNode { related: vec![id(2)], ..node(3, &[]) };
    let both_name_a_report_nobody_has = link(&[one.clone(), third.clone()]);
    assert_eq!(both_name_a_report_nobody_has.groups.len(), 2);
    assert!(hinted(&both_name_a_report_nobody_has, kinds::REPORT));
    assert_eq!(sizes(&[one, third, node(2, &[])]), [3]);
}

#[test]
fn a_rare_file_joins_and_a_viral_or_common_one_does_not() {
    let hash = |algorithm| RecordedHash { algorithm, value: "5a".repeat(16) };
    let tip = |number, algorithm| TipRevision {
        files: vec![TipFile { hashes: vec![hash(algorithm)], ..TipFile::default() }],
        ..TipRevision::new(id(number))
    };
    let with = |count: usize, algorithm, viral: bool| {
        let nodes: Vec<TipNode> =
            (0..count).map(|n| TipNode::of(&tip(n, algorithm), &|_| viral)).collect();
        sizes(&nodes)
    };
    assert_eq!(with(2, HashAlgorithm::Md5, false), [2]);
    assert_eq!(with(2, HashAlgorithm::Md5, true), [1, 1]);
    assert_eq!(with(2, HashAlgorithm::Pdq, false), [1, 1]);
    assert_eq!(with(6, HashAlgorithm::Md5, false), [1; 6]);
}

#[test]
fn a_key_that_too_many_share_is_reported_and_joins_nothing() {
    let of = |kind, value: &str, count: usize| -> Vec<TipNode> {
        (0..count).map(|n| node(n, &[(kind, value)])).collect()
    };
    let nodes = of(EMAIL, "relay@example.org", DEFAULT_MOST_SHARED + 1);
    let linking = link(&nodes);
    assert_eq!(linking.groups.len(), 21);
    let common: Vec<(&str, usize)> =
        linking.too_common.iter().map(|key| (key.value.as_str(), key.tips)).collect();
    assert_eq!(common, [("relay@example.org", 21)]);
    assert_eq!(sizes(&nodes[..20]), [20]);
    // One account may well be reported many times.
    assert_eq!(sizes(&of(IdentifierKind::AccountId, "example:k7f3a", 300)), [300]);
}

#[test]
fn a_link_can_be_undone_for_the_tips_named_and_over_that_key_alone() {
    let mail = (EMAIL, "a@example.org");
    let phone = (PHONE, "+34600000001");
    let undone = |tips: &[usize]| LinkRules {
        undone: vec![Undone {
            kind: kinds::EMAIL.to_owned(),
            value: mail.1.to_owned(),
            tips: tips.iter().map(|tip| id(*tip)).collect(),
        }],
        ..LinkRules::default()
    };
    let groups = |nodes: &[TipNode], rules: &LinkRules| link_tips_with(nodes, rules).groups.len();
    let two = [node(1, &[mail]), node(2, &[mail])];
    assert_eq!(groups(&two, &undone(&[1, 2])), 2);
    assert_eq!(groups(&two, &undone(&[1, 3])), 1);
    let other_key = [node(1, &[mail, phone]), node(2, &[mail, phone])];
    let linking = link_tips_with(&other_key, &undone(&[1, 2]));
    assert_eq!(linking.groups[0].reasons.len(), 1);
    assert_eq!(linking.groups[0].reasons[0].kind, kinds::PHONE);
    let three = [node(1, &[mail]), node(2, &[mail]), node(3, &[mail])];
    assert_eq!(groups(&three, &undone(&[1, 2])), 1);
    assert_eq!(groups(&three, &undone(&[1, 2, 3])), 3);
    // An undone key is no second key either.
    let unverified = [plain(1, &[mail, phone]), plain(2, &[mail, phone])];
    assert_eq!(groups(&unverified, &LinkRules::default()), 1);
    assert_eq!(groups(&unverified, &undone(&[1, 2])), 2);
}

#[test]
fn keys_are_listed_once_with_their_strength() {
    let mut tip = node(1, &[(EMAIL, "a@example.org"), (NAME, "example:sun")]);
    tip.identifiers.push(identifier(EMAIL, "a@example.org", Stated::No));
    let listed = keys(&tip);
    assert_eq!(
        listed,
        [
            (kinds::EMAIL, "a@example.org".to_owned(), Strength::Strong),
            (kinds::REPORT, "ncmec/900000001".to_owned(), Strength::Conditional),
            (kinds::SCREEN_NAME, "example:sun".to_owned(), Strength::Weak),
        ]
    );
}

#[test]
fn persons_are_proposed_over_keys_of_persons_only() {
    let mail = (EMAIL, "a@example.org");
    let mut nodes = [node(1, &[mail]), node(2, &[mail]), node(3, &[])];
    nodes[0].names = vec!["Ana Ejemplo".to_owned()];
    nodes[1].names = vec!["A. Ejemplo".to_owned()];
    nodes[2].related = vec![id(1)];
    let linking = link(&nodes);
    assert_eq!(linking.groups[0].tips.len(), 3);
    let proposed = proposals(&linking, &nodes);
    assert_eq!(proposed.len(), 1);
    assert_eq!(proposed[0].tips, [id(1), id(2)]);
    assert_eq!(proposed[0].names, ["A. Ejemplo", "Ana Ejemplo"]);
    assert_eq!(proposed[0].identifiers, [(kinds::EMAIL, mail.1.to_owned())]);
}

#[test]
fn only_the_persons_reported_bring_keys() {
    let party = |role, mail: &str| Party {
        role,
        identifiers: vec![identifier(EMAIL, mail, Stated::Yes)],
        ..Party::default()
    };
    let mut tip = TipRevision::new(id(1));
    tip.parties = vec![
        party(amparo_model::PartyRole::Suspect, "a@example.org"),
        party(amparo_model::PartyRole::Reporter, "desk@example.org"),
        party(amparo_model::PartyRole::Victim, "v@example.org"),
    ];
    let node = TipNode::of(&tip, &|_| false);
    assert_eq!(node.identifiers.len(), 1);
}
