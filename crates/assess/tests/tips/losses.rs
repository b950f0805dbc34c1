//! What can be lost, the list for the day, and the drafts of requests.

use super::*;
use amparo_assess::losses::{Holder, Loss, day_list, losses};
use amparo_assess::preservation::{Line, PreservationRequest, requests};
use amparo_model::{Identifier, PlaceOrigin};

fn at(text: &str) -> UtcMillis {
    UtcMillis::parse(text).unwrap()
}

fn sample() -> TipRevision {
    let mut tip = tip();
    let account = Identifier {
        kind: IdentifierKind::AccountId,
        raw: "k7f3a".to_owned(),
        norm: "example cloud:k7f3a".to_owned(),
        verified: Stated::NotStated,
    };
    tip.parties[0].identifiers = vec![account];
    tip.parties[0].captures = vec![
        Capture {
            event: Some("Login".to_owned()),
            ..capture(Some(Moment::from_iso("2026-02-28T10:11:12.345Z")), Some(40_000))
        },
        capture(None, None),
        Capture { address_raw: "host.example.org".to_owned(), ..Capture::default() },
    ];
    let mut berlin = capture(Some(Moment::from_iso("2026-02-27T10:00:00")), None);
    berlin.ip = Some("198.51.100.9".to_owned());
    tip.files[0].captures = vec![berlin];
    tip.parties[0].addresses = vec![Address {
        origin: PlaceOrigin::IpLookup,
        ip: Some("198.51.100.9".to_owned()),
        ..address("", "", "", "Germany")
    }];
    tip
}

#[test]
fn an_address_with_its_port_is_written_in_one_way() {
    let line = |ip: &str, port| {
        let mut tip = sample();
        tip.parties[0].captures =
            vec![Capture { ip: Some(ip.to_owned()), port, ..Capture::default() }];
        losses(&tip, None, &RULES, now())[0].what.line()
    };
    assert_eq!(line("2001:db8::1", Some(443)), "[2001:db8::1]:443");
    assert_eq!(line("192.0.2.1", Some(443)), "192.0.2.1:443");
    assert_eq!(line("2001:db8::1", None), "2001:db8::1");
}

fn found(country: Option<&str>) -> Vec<Loss> {
    losses(&sample(), country, &RULES, now())
}

#[test]
fn each_event_and_account_has_its_holder_and_its_clock() {
    let found = found(Some("ES"));
    let places: Vec<&str> = found.iter().map(|loss| loss.place.as_str()).collect();
    let expect = ["parties/0/captures/0", "parties/0/captures/1", "files/0/captures/0"];
    assert_eq!(places[..3], expect);
    assert_eq!(places[3], "parties/0/identifiers/0");
    assert_eq!(found[0].what.line(), "192.0.2.1:40000 2026-02-28T10:11:12Z");
    assert_eq!(found[0].clock.as_deref(), Some("es_operator_traffic"));
    assert_eq!(found[0].lost_from, Some(at("2027-02-28T10:11:12.345Z")));
    assert_eq!((found[1].lost_from, found[1].what.line().as_str()), (None, "192.0.2.1"));
    assert_eq!(found[2].holder, Holder::Operator { country: Some("DE".to_owned()) });
    assert_eq!(found[2].lost_from, Some(at("2026-03-06T10:00:00Z")));
    assert_eq!(found[2].what.line(), "198.51.100.9 2026-02-27T10:00:00");
    assert_eq!(found[3].holder, Holder::Provider { name: Some("Example Cloud".to_owned()) });
    assert_eq!(found[3].clock.as_deref(), Some("us_provider_content"));
}

#[test]
fn without_a_known_duty_it_may_be_lost_any_day_and_the_source_is_said() {
    let argentina = &found(Some("AR"))[0];
    assert_eq!((argentina.lost_from, argentina.passed), (None, false));
    assert!(argentina.source.as_deref().is_some_and(|source| source.contains("Halabi")));
    let nowhere = &found(None)[0];
    assert_eq!((nowhere.lost_from, &nowhere.clock), (None, &None));
    let later = losses(&sample(), Some("ES"), &RULES, at("2028-01-01T00:00:00Z"));
    assert!(later.iter().filter(|loss| loss.lost_from.is_some()).all(|loss| loss.passed));
}

#[test]
fn the_day_list_runs_by_day_then_danger_and_leaves_out_what_has_passed() {
    let id = |number: u32| TipId::new(format!("ncmec/{number}")).unwrap();
    let all = |danger: i32, number: u32| {
        found(Some("ES")).into_iter().map(move |loss| (id(number), danger, loss))
    };
    let lines = day_list(all(5, 900_000_001).chain(all(90, 900_000_002)), now(), 7);
    let shown: Vec<(Option<&str>, i32)> =
        lines.iter().map(|line| (line.day.as_deref(), line.danger)).collect();
    let loss = Some("2026-03-06");
    assert_eq!(shown, [(None, 90), (None, 5), (loss, 90), (loss, 5)]);
    let far = day_list(all(5, 900_000_001), at("2030-01-01T00:00:00Z"), 7);
    assert_eq!(far.len(), 1, "only what has no date is still due");
}

fn drafts(country: &str, moment: UtcMillis) -> Vec<PreservationRequest> {
    requests(&sample(), &found(Some("ES")), country, &RULES, moment)
}

#[test]
fn each_holder_gets_one_draft_with_the_law_that_reaches_him() {
    let basis = |drafts: &[PreservationRequest]| -> Vec<(String, Option<i64>)> {
        let id = |draft: &PreservationRequest| draft.basis.as_ref().map(|b| b.id.clone());
        drafts.iter().map(|d| (id(d).unwrap_or_default(), d.asked_days)).collect()
    };
    let row = |id: &str, days| (id.to_owned(), Some(days));
    let before = drafts("ES", now());
    let expect =
        [row("order_budapest_29", 60), row("es_order_lecrim", 90), row("order_budapest_29", 60)];
    assert_eq!(basis(&before), expect);
    let after = drafts("ES", at("2026-08-18T00:00:00Z"));
    assert_eq!(basis(&after)[0], row("es_order_e_evidence", 60));
    assert_eq!(basis(&after)[2], row("es_order_e_evidence", 60));
    let unknown = requests(&sample(), &found(None)[..1], "ES", &RULES, now());
    assert_eq!((unknown[0].basis.clone(), unknown[0].asked_days), (None, None));
}

#[test]
fn the_text_holds_the_exact_identifier_and_says_what_is_missing() {
    for text in TEXTS.iter() {
        for draft in drafts("ES", now()) {
            let page = draft.to_text(text);
            assert!(!page.contains('⟦') && !page.contains("{ $") && !page.contains("{$"), "{page}");
            for item in &draft.items {
                assert!(
                    page.contains(&item.what.line()) && page.contains(&item.evidence),
                    "{page}"
                );
            }
            let lines = draft.lines(text);
            let items = lines.iter().filter(|line| matches!(line, Line::Item { .. })).count();
            assert_eq!(items, draft.items.len());
        }
    }
    let spanish = &TEXTS[0];
    let operator = drafts("ES", now())[1].to_text(spanish);
    assert!(operator.contains("1. 192.0.2.1:40000 2026-02-28T10:11:12Z"), "{operator}");
    assert!(operator.contains("No consta el puerto de origen."), "{operator}");
    assert!(operator.contains("se conservan 365 días"), "{operator}");
    let german = drafts("ES", now())[0].to_text(spanish);
    assert!(german.contains("no consta su zona horaria"), "{german}");
}
