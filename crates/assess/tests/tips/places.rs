//! Territory: look-ups, estimates, tables, words that name no country, names that several have.

use super::*;
use amparo_assess::territory::{IpTable, Names, territory};
use amparo_model::PlaceOrigin;
use std::sync::Arc;

fn looked_up(country: &str, ip: &str) -> Address {
    let (origin, ip) = (PlaceOrigin::IpLookup, Some(ip.to_owned()));
    Address { origin, ip, ..address("", "", "", country) }
}

fn with_table() -> TipRules {
    let table = "# source: test\n# licence: none\n# dated: 2026-02-01\n\
        192.0.2.0,192.0.2.255,ES,ES-A\n\
        198.51.100.0,198.51.100.255,A1\n2001:db8::,2001:db8::ff,FR\n";
    TipRules::bundled().with_places(Arc::new(IpTable::parse(table).unwrap()))
}

#[test]
fn every_country_is_known_by_its_codes_and_its_names_in_three_languages() {
    let names = Names::bundled();
    let check = |raw: &str, expect: Option<&str>| assert_eq!(names.country(raw), expect, "{raw}");
    for (raw, code) in [
        ("JPN", "JP"),
        ("Japón", "JP"),
        ("Japão", "JP"),
        ("jp", "JP"),
        ("XK", "XK"),
        ("Kosovo", "XK"),
        ("Côte d’Ivoire", "CI"),
        ("Cote d'Ivoire", "CI"),
        ("Alemanha", "DE"),
        ("South Korea", "KR"),
        ("Curaçao", "CW"),
        ("ZAF", "ZA"),
        ("Vietnã", "VN"),
        ("Namibia", "NA"),
    ] {
        check(raw, Some(code));
    }
    for raw in ["A1", "a2", "O1", "AP", "EU", "AN", "FX", "Europe", "Anonymous Proxy", "", "N/A"] {
        check(raw, None);
    }
    assert_eq!(names.calling("+81300000000"), Some("JP"));
}

#[test]
fn a_look_up_counts_less_than_an_address_and_an_estimate_is_named_as_one() {
    let found = assess(|tip| {
        tip.parties[0].addresses = vec![
            looked_up("France", "203.0.113.1"),
            looked_up("France", "203.0.113.2"),
            looked_up("France", "203.0.113.2"),
            address("", "", "", "Spain"),
        ];
    });
    assert_eq!((found.territory.country.as_deref(), found.territory.conflict), (Some("ES"), true));
    let lookup = found.territory.reasons.iter().find(|r| r.rule == "territory_ip_lookup").unwrap();
    assert_eq!((lookup.args["count"].as_str(), lookup.evidence.len()), ("2", 3));
    let estimate = assess(|tip| {
        let place = Address { origin: PlaceOrigin::ProviderEstimate, ..address("", "", "", "AR") };
        tip.parties[0].addresses = vec![place];
    });
    assert!(has(&estimate.territory.reasons, "territory_estimate"));
    let many = assess(|tip| {
        let lookup = |n: u8| looked_up("France", &format!("203.0.113.{n}"));
        tip.parties[0].addresses =
            (0..100).map(lookup).chain([address("", "", "", "ES")]).collect();
    });
    assert_eq!(many.territory.country.as_deref(), Some("ES"));
}

#[test]
fn a_table_places_addresses_and_a_proxy_counts_for_nothing() {
    let rules = with_table();
    let assess = |ip: &str, proxy: Stated| {
        let mut tip = tip();
        let event =
            Capture { ip: Some(ip.to_owned()), possible_proxy: proxy, ..Capture::default() };
        tip.parties[0].captures = vec![event];
        let assessed = urgency(&tip, &TipContext::default(), &rules, now());
        assessed.territory.reasons.iter().for_each(complete);
        assessed.territory
    };
    let spain = assess("192.0.2.7", Stated::NotStated);
    assert_eq!((spain.country.as_deref(), spain.division.as_deref()), (Some("ES"), Some("ES-A")));
    assert!(has(&spain.reasons, "territory_ip_table"));
    assert_eq!(assess("2001:db8::1", Stated::No).country.as_deref(), Some("FR"));
    let proxy = assess("192.0.2.7", Stated::Yes);
    assert!(proxy.country.is_none() && has(&proxy.reasons, "territory_proxy"));
    let none = assess("198.51.100.1", Stated::No);
    assert!(none.country.is_none() && has(&none.reasons, "not_a_country"));
    assert!(rules.version().ends_with("test 2026-02-01") && rules.version() != RULES.version());
}

#[test]
fn a_name_that_several_countries_have_decides_nothing_and_is_shown() {
    let check = |state: &str, city: &str, country: &str, expect: Option<&str>, rule: &str| {
        let found = assess(|tip| {
            tip.parties[0].addresses = vec![address(state, city, "", country)];
        });
        assert_eq!(found.territory.country.as_deref(), expect, "{state} {city} {country}");
        assert!(has(&found.territory.reasons, rule), "{state} {city} {country}");
    };
    check("", "Cordoba", "", None, "place_ambiguous");
    check("", "Cartagena", "", None, "place_ambiguous");
    check("Guadalajara", "", "", None, "place_ambiguous");
    check("Georgia", "", "", None, "place_ambiguous");
    check("Granada", "", "", None, "place_ambiguous");
    check("", "", "Córdoba", None, "place_ambiguous");
    check("", "", "Georgia", Some("GE"), "territory_address");
    check("AR", "", "", None, "no_country");
    check("AR", "", "US", Some("US"), "territory_address");
    check("", "", "Alicante", Some("ES"), "territory_division_name");
    check("Alicante", "", "Alicante", Some("ES"), "territory_division_name");
    check("", "", "EU", None, "not_a_country");
    check("", "", "Ruritania", None, "country_not_recognised");
    check("Córdoba", "", "AR", Some("AR"), "territory_address");
}

#[test]
fn no_statement_gives_no_country() {
    let found = territory(&tip(), &Names::bundled());
    assert!(found.country.is_none() && has(&found.reasons, "no_country"));
}
