//! Every territory has one unit or a queue that says why not.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use amparo_assess::Territory;
use amparo_assess::routing::Routing;
use amparo_text::{Lang, Text};

const UNITS: &str = r#"
[[unit]]
id = "es"
name = "Unidad central"
kind = "national"
country = "ES"
contact = "unidad@example.org"

[[unit]]
id = "es-alicante"
name = "Unidad de Alicante"
kind = "provincial"
country = "ES"
divisions = ["ES-A"]

[[unit]]
id = "fr"
name = "Liaison"
kind = "abroad"
country = "FR"

[[unit]]
id = "world"
name = "Rest of the world"
kind = "abroad"
"#;

fn at(country: Option<&str>, division: Option<&str>, conflict: bool) -> Territory {
    let text = |code: Option<&str>| code.map(str::to_owned);
    Territory { country: text(country), division: text(division), conflict, ..Territory::default() }
}

fn check(units: &str, territory: &Territory, unit: Option<&str>, queue: &str) {
    let routed = Routing::from_toml(units).unwrap().unit_for(territory);
    assert_eq!((routed.unit.as_deref(), routed.queue.to_string().as_str()), (unit, queue));
    for lang in Lang::ALL {
        for reason in &routed.reasons {
            let args: Vec<(&str, &str)> =
                reason.args.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let id = format!("tip-{}", reason.rule).replace('_', "-");
            let sentence = Text::new(lang).get(&id, &args);
            assert!(!sentence.contains("{$") && !sentence.contains('⟦'), "{sentence}");
        }
    }
}

#[test]
fn the_most_specific_unit_wins_and_what_has_none_says_so() {
    check(UNITS, &at(Some("ES"), Some("ES-A"), false), Some("es-alicante"), "division:ES-A");
    check(UNITS, &at(Some("ES"), Some("ES-M"), false), Some("es"), "national:ES");
    check(UNITS, &at(Some("ES"), None, false), Some("es"), "national:ES");
    check(UNITS, &at(Some("FR"), None, false), Some("fr"), "abroad:FR");
    check(UNITS, &at(Some("AR"), Some("AR-B"), false), Some("world"), "abroad:AR");
    check(UNITS, &at(None, None, false), None, "no_country");
    check(UNITS, &at(Some("ES"), Some("ES-A"), true), Some("es"), "conflict");
    check(UNITS, &at(Some("AR"), None, true), Some("es"), "conflict");
    let alone = UNITS.split("[[unit]]").nth(2).unwrap();
    let alone = format!("[[unit]]{alone}");
    check(&alone, &at(Some("ES"), Some("ES-A"), false), Some("es-alicante"), "division:ES-A");
    check(&alone, &at(Some("ES"), None, false), None, "national:ES");
    check(&alone, &at(Some("FR"), None, false), None, "abroad:FR");
}

#[test]
fn a_file_that_could_send_a_tip_to_two_units_is_refused_with_its_remedy() {
    let refuse = |change: (&str, &str), expect: &str| {
        let text = UNITS.replacen(change.0, change.1, 1);
        assert_ne!(text, UNITS, "the change must apply");
        let error = Routing::from_toml(&text).unwrap_err().to_string();
        assert!(error.contains(expect), "{error}");
    };
    refuse(("id = \"es-alicante\"", "id = \"es\""), "two units have the id \"es\"");
    refuse(("\"ES-A\"", "\"AR-B\""), "is no ISO 3166-2 code");
    refuse(("divisions = [\"ES-A\"]", ""), "lists its divisions");
    refuse(("country = \"ES\"", "country = \"Spain\""), "two capital letters");
    refuse(("country = \"FR\"\n", ""), "both take abroad everywhere");
    refuse(("kind = \"provincial\"", "kind = \"local\""), "not readable");
    refuse(("name = \"Liaison\"", "name = \" \""), "no name");
    refuse(("kind = \"abroad\"", "kind = \"abroad\"\ncolour = \"blue\""), "colour");
}
