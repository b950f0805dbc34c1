//! Tips and exhibits that name the same account: shown to those who may read both, with the reason,
//! logged, and taken out of view by an officer's word.

use super::support::{CASE, Unit, count};
use serde_json::{Value, json};

/// The person reported has this telephone, this id at Telegram and this user name.
fn report(number: u32, phone: &str, id: &str, name: &str) -> String {
    json!({
        "reportId": number,
        "dateReceived": "2026-02-01T08:00:00Z",
        "reportedInformation": {
            "reportingEsp": { "espName": "Telegram" },
            "reportedPeople": { "reportedPersons": [{
                "espUserId": id,
                "screenName": { "value": name },
                "phones": { "phones": [{ "value": phone, "verified": true }] },
            }] },
        }
    })
    .to_string()
}

fn unit() -> Unit {
    let unit = Unit::with_case("Unit");
    let add = ["evidence", "add", "--case", CASE, "--authorisation", "O-1", "--label", "E-1"];
    unit.run("ines", &[&add[..], &[&unit.export()]].concat()).ended(0);
    let tips = [
        (900_000_001, report(900_000_001, "+34 600 000 001", "77", "nobody_1")),
        (900_000_002, report(900_000_002, "+34 600 000 099", "1000002", "nobody_2")),
        (900_000_003, report(900_000_003, "+34 600 000 098", "78", "@Ana_Example")),
        (900_000_004, report(900_000_004, "600000001", "79", "nobody_4")),
    ];
    for (number, text) in tips {
        let path = unit.write(&format!("{number}.json"), text);
        unit.run("ana", &["tips", "import", &path]).ended(0);
    }
    unit
}

fn appears(unit: &Unit, who: &str, tip: &str) -> Vec<Value> {
    let shown = unit.run(who, &["tips", "show", tip]).ended(0).json();
    shown["appears"].as_array().unwrap().clone()
}

#[test]
fn a_tip_finds_the_exhibits_on_which_its_accounts_appear() {
    let unit = unit();
    let owner = appears(&unit, "ines", "900000001");
    assert_eq!(owner.len(), 1, "{owner:?}");
    assert_eq!(owner[0]["account"], "telegram:user1000001");
    assert_eq!((&owner[0]["strength"], &owner[0]["kind"]), (&json!("strong"), &json!("phone")));
    assert_eq!(owner[0]["roles"], json!(["owner"]));
    assert_eq!(owner[0]["evidence"], format!("{CASE}/E-1"));
    let counterpart = appears(&unit, "sofia", "900000002");
    assert_eq!(counterpart[0]["kind"], "account_id", "{counterpart:?}");
    assert_eq!(counterpart[0]["roles"], json!(["counterpart"]));
    let hint = appears(&unit, "ines", "900000003");
    assert_eq!((&hint[0]["strength"], hint.len()), (&json!("weak"), 1), "{hint:?}");
    assert_eq!(appears(&unit, "ines", "900000004"), [] as [Value; 0], "a number without country");
    let text = unit.plain("ines", &["tips", "show", "900000001"]).ended(0).stdout;
    assert!(text.contains("Appears on exhibits") && text.contains("+34600000001"), "{text}");
    assert!(!text.contains('⟦'), "{text}");
}

#[test]
fn who_may_not_read_the_exhibit_learns_nothing_of_it() {
    let unit = unit();
    // Ana is an analyst; Leo was not put on the second case.
    assert_eq!(appears(&unit, "ana", "900000001"), [] as [Value; 0]);
    unit.run("sofia", &["case", "open", "ALC-2", "--title", "Pier"]).ended(0);
    unit.run("sofia", &["case", "assign", "ALC-2", "ines"]).ended(0);
    let order = ["authorisation", "add", "O-2", "--case", "ALC-2", "--authority", "Court 4"];
    let time = ["--from", "2026-01-01T00:00:00Z", "--until", "2026-06-01T00:00:00Z"];
    let covers = ["--covers", "communications,media,cloud"];
    unit.run("sofia", &[&order[..], &time, &covers].concat()).ended(0);
    let add = ["evidence", "add", "--case", "ALC-2", "--authorisation", "O-2", "--label", "E-2"];
    unit.run("ines", &[&add[..], &[&unit.path("device")]].concat()).ended(0);
    assert_eq!(appears(&unit, "ines", "900000001").len(), 2);
    let seen = appears(&unit, "leo", "900000001");
    assert_eq!((seen.len(), &seen[0]["case"]), (1, &json!(CASE)), "{seen:?}");
}

#[test]
fn an_exhibit_shows_the_tips_and_both_are_logged_as_a_combination() {
    let unit = unit();
    let item = format!("{CASE}/E-1");
    let status = unit.run("ines", &["evidence", "status", &item, "--case", CASE]).ended(0).json();
    assert_eq!(count(&status, "tips"), 2, "{status}");
    let tips: Vec<&Value> = [0, 1].map(|at| &status["tips"][at]["tip"]).to_vec();
    assert_eq!(tips, ["ncmec/900000001", "ncmec/900000002"]);
    let log = unit.run("sofia", &["audit", "show"]).ended(0).stdout;
    assert!(log.contains("link_tips") && log.contains("\"exhibits\""), "{log}");
}

#[test]
fn an_officer_parts_a_tip_and_an_account_and_may_decide_again() {
    let unit = unit();
    let decide = |same: &str| {
        let what = ["--account", "telegram:user1000001", "--same", same, "--why", "sold phone"];
        let told = unit.run("ana", &[&["tips", "decide", "900000001"], &what[..]].concat());
        told.ended(0).json()
    };
    assert_eq!(decide("no")["what"]["account"], "telegram:user1000001");
    assert_eq!(appears(&unit, "ines", "900000001"), [] as [Value; 0]);
    let item = format!("{CASE}/E-1");
    let status = unit.run("ines", &["evidence", "status", &item, "--case", CASE]).ended(0).json();
    assert_eq!(count(&status, "tips"), 1, "{status}");
    decide("yes");
    let shown = appears(&unit, "ines", "900000001");
    assert_eq!(shown[0]["confirmed"]["by"], "ana", "{shown:?}");
    let text = unit.plain("ines", &["tips", "show", "900000001"]).ended(0).stdout;
    assert!(text.contains("sold phone"), "{text}");
}
