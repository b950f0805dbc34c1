//! Urgency, perishability and territory of tips: what is shared, and the oldest promises.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use amparo_assess::tips::urgency;
use amparo_assess::{TipAssessment, TipContext, TipRules};
use amparo_model::{
    Address, Capture, HashAlgorithm, Identifier, IdentifierKind, Moment, Party, PartyRole, Reason,
    RecordedHash, Stated, TipFile, TipId, TipRevision, UtcMillis,
};
use amparo_text::{Lang, Text};
use std::sync::LazyLock;

mod losses;
mod marks;
mod places;
mod validity;

static RULES: LazyLock<TipRules> = LazyLock::new(TipRules::bundled);
static TEXTS: LazyLock<Vec<Text>> = LazyLock::new(|| Lang::ALL.map(Text::new).into());

fn now() -> UtcMillis {
    UtcMillis::parse("2026-03-02T08:00:00Z").unwrap()
}

fn days_ago(days: i64) -> Option<Moment> {
    Some(Moment::from_unix_ms(now().0 - days * UtcMillis::DAY_MS))
}

fn tip() -> TipRevision {
    TipRevision {
        received_at: days_ago(40),
        provider: Some("Example Cloud".to_owned()),
        incident_at: days_ago(60),
        originator_level: Some("3".to_owned()),
        parties: vec![party(PartyRole::Suspect)],
        files: vec![file(1)],
        ..TipRevision::new(TipId::new("ncmec/900000001").unwrap())
    }
}

fn party(role: PartyRole) -> Party {
    Party { role, ..Party::default() }
}

fn file(number: u8) -> TipFile {
    let value = format!("{number:032x}");
    TipFile {
        hashes: vec![RecordedHash { algorithm: HashAlgorithm::Md5, value }],
        ..TipFile::default()
    }
}

fn capture(at: Option<Moment>, port: Option<u16>) -> Capture {
    let ip = "192.0.2.1".to_owned();
    Capture { address_raw: ip.clone(), ip: Some(ip), port, at, ..Capture::default() }
}

fn address(state: &str, city: &str, postal: &str, country: &str) -> Address {
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Address {
        city: text(city),
        state: text(state),
        postal_code: text(postal),
        country: text(country),
        ..Address::default()
    }
}

fn assess(change: impl Fn(&mut TipRevision)) -> TipAssessment {
    with(TipContext::default(), change)
}

fn with(context: TipContext, change: impl Fn(&mut TipRevision)) -> TipAssessment {
    let mut tip = tip();
    change(&mut tip);
    let assessed = urgency(&tip, &context, &RULES, now());
    let all = [&assessed.reasons, &assessed.perishability.reasons, &assessed.territory.reasons];
    all.into_iter().flatten().for_each(complete);
    assessed
}

fn complete(reason: &Reason) {
    let args: Vec<(&str, &str)> =
        reason.args.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let id = format!("tip-{}", reason.rule).replace('_', "-");
    for text in TEXTS.iter() {
        let sentence = text.get(&id, &args);
        assert!(!sentence.contains("{$") && !sentence.contains('⟦'), "{sentence}");
    }
}

fn danger(change: impl Fn(&mut TipRevision)) -> i32 {
    assess(change).danger_points
}

fn has(reasons: &[Reason], rule: &str) -> bool {
    reasons.iter().any(|reason| reason.rule == rule)
}

#[test]
fn every_danger_sign_raises_and_e_is_never_below_three() {
    let plain = danger(|_| {});
    let level = |level: Option<&str>| danger(|tip| tip.originator_level = level.map(str::to_owned));
    assert!(level(Some("1")) > level(Some("2")) && level(Some("2")) > level(Some("3")));
    for unknown in [Some("E"), Some("e"), Some("Q"), None] {
        assert!(level(unknown) >= level(Some("3")), "{unknown:?}");
    }
    let signs: [fn(&mut TipRevision); 6] = [
        |tip| tip.parties[0].access_to_children = Stated::Yes,
        |tip| tip.parties.push(Party { name: Some("A".to_owned()), ..party(PartyRole::Victim) }),
        |tip| tip.files[0].industry_classification = Some("A1".to_owned()),
        |tip| tip.files[0].tags = vec!["Live Streaming".to_owned()],
        |tip| tip.incident_at = days_ago(3),
        |tip| tip.files = (0..30).map(file).collect(),
    ];
    for (number, sign) in signs.into_iter().enumerate() {
        assert!(danger(sign) > plain, "sign {number}");
    }
    let group = TipContext { group_size: 4, ..TipContext::default() };
    assert!(with(group, |_| {}).danger_points > plain);
}

#[test]
fn unknown_is_not_zero() {
    let denied = danger(|tip| tip.parties[0].access_to_children = Stated::No);
    assert!(danger(|_| {}) > denied);
    let old = danger(|tip| tip.incident_at = days_ago(400));
    assert!(danger(|tip| tip.incident_at = None) > old);
}

#[test]
fn viral_files_lower_but_never_outweigh_a_child_in_danger_and_never_delete() {
    let plain = TipContext { files_looked_up: 1, ..TipContext::default() };
    let viral = TipContext { files_looked_up: 1, known_files: 1, viral_files: 1, group_size: 1 };
    let lowered = with(viral, |_| {});
    assert!(lowered.danger_points < with(plain, |_| {}).danger_points);
    assert!(lowered.danger_points >= 1 && has(&lowered.reasons, "viral_all"));
    let access = |tip: &mut TipRevision| tip.parties[0].access_to_children = Stated::Yes;
    let kept = with(viral, access);
    assert!(has(&kept.reasons, "viral_outweighed"));
    assert!(kept.reasons.iter().all(|reason| reason.points >= 0));
}

#[test]
fn a_suspect_who_may_be_a_minor_is_flagged() {
    let check = |age: &str, expect: bool| {
        let assessed = assess(|tip| tip.parties[0].approximate_age = Some(age.to_owned()));
        assert_eq!(assessed.suspected_minor, expect, "{age}");
    };
    check("16-17", true);
    check("approx. 15", true);
    check("35", false);
    check("0", false);
    check("unknown", false);
}

#[test]
fn clocks_run_by_country_and_missing_ports_and_times_are_said() {
    let spain = |tip: &mut TipRevision| {
        tip.parties[0].addresses = vec![address("Alicante", "", "", "Spain")];
        tip.parties[0].captures = vec![capture(days_ago(300), None), capture(days_ago(2), Some(1))];
    };
    let clock = assess(spain).perishability;
    assert_eq!(clock.days_left(now()), Some(65));
    assert!(has(&clock.reasons, "capture_in_steep_part") && has(&clock.reasons, "port_missing"));
    let soon = assess(|tip| {
        spain(tip);
        tip.parties[0].captures = vec![capture(days_ago(350), Some(1))];
    });
    assert_eq!(soon.perishability.days_left(now()), Some(15));
    assert!(has(&soon.perishability.reasons, "loss_soon"));
    let argentina = assess(|tip| {
        tip.parties[0].addresses = vec![address("", "", "", "Argentina")];
        tip.parties[0].captures = vec![capture(None, Some(1)), capture(days_ago(90), Some(1))];
    });
    let reasons = argentina.perishability.reasons;
    assert!(has(&reasons, "no_clock_known") && has(&reasons, "capture_time_missing"));
    assert!(has(&assess(|_| {}).perishability.reasons, "no_capture"));
}

#[test]
fn perishability_changes_no_danger() {
    let fresh = |tip: &mut TipRevision| tip.parties[0].captures = vec![capture(days_ago(1), None)];
    assert_eq!(danger(fresh), danger(|_| {}));
    assert!(assess(fresh).perishability.points > assess(|_| {}).perishability.points);
}

#[test]
fn territory_comes_from_addresses_and_telephones_with_reasons() {
    let check = |change: &dyn Fn(&mut Party), country: Option<&str>, division: Option<&str>| {
        let found = assess(|tip| change(&mut tip.parties[0])).territory;
        assert_eq!((found.country.as_deref(), found.division.as_deref()), (country, division));
        assert!(!found.reasons.is_empty());
    };
    let at =
        |state: &'static str, city: &'static str, postal: &'static str, country: &'static str| {
            move |party: &mut Party| party.addresses = vec![address(state, city, postal, country)]
        };
    check(&at("Alacant", "", "", "ES"), Some("ES"), Some("ES-A"));
    check(&at("", "Elche", "", "España"), Some("ES"), Some("ES-A"));
    check(&at("", "", "03201", "esp"), Some("ES"), Some("ES-A"));
    check(&at("", "", "B6700", "Argentina"), Some("AR"), Some("AR-B"));
    check(&at("Pcia. de", "Luján", "", "AR"), Some("AR"), Some("AR-B"));
    check(&at("CABA", "Buenos Aires", "", "AR"), Some("AR"), Some("AR-C"));
    check(&at("", "Buenos Aires", "", "AR"), Some("AR"), None);
    check(&at("Córdoba", "", "", "AR"), Some("AR"), Some("AR-X"));
    check(&at("Córdoba", "", "", ""), None, None);
    check(&at("Alicante", "", "", ""), Some("ES"), Some("ES-A"));
    check(&at("España", "", "", ""), Some("ES"), None);
    check(&at("", "", "", "A1"), None, None);
    check(&at("", "", "", "Ruritania"), None, None);
    check(&|_| {}, None, None);
    let phone = |number: &'static str| {
        move |party: &mut Party| {
            let (kind, verified) = (IdentifierKind::Phone, Stated::NotStated);
            let (raw, norm) = (number.to_owned(), number.to_owned());
            party.identifiers = vec![Identifier { kind, raw, norm, verified }];
        }
    };
    check(&phone("+34600000001"), Some("ES"), None);
    check(&phone("+598200000"), Some("UY"), None);
    check(&phone("600000001"), None, None);
    check(&phone("+1\u{e9}"), None, None);
}

#[test]
fn two_countries_are_a_visible_conflict_and_the_reporter_does_not_count() {
    let conflict = assess(|tip| {
        tip.parties[0].addresses = vec![
            address("", "", "", "Spain"),
            address("Salta", "", "", "AR"),
            address("", "", "", "ES"),
        ];
        tip.parties.push(Party {
            addresses: vec![address("", "", "", "France")],
            ..party(PartyRole::Reporter)
        });
    });
    let territory = conflict.territory;
    assert_eq!((territory.country.as_deref(), territory.conflict), (Some("ES"), true));
    let reason = territory.reasons.iter().find(|r| r.rule == "territory_conflict").unwrap();
    assert_eq!(reason.args["countries"], "AR, ES");
}

#[test]
fn a_time_after_now_is_no_old_incident() {
    assert!(has(&assess(|tip| tip.incident_at = days_ago(-5)).reasons, "recent_incident"));
}
