//! Work with tips: revisions that call for a look, packages, decisions, search, queues, days, folds
//! and what leaves for other programs. Tests with a number are those of the forty hostile inputs
//! that are about import, storage, rights and export; the rest are in the parsers' tests.

use super::support::{NOW, Unit, count, fixture, tip};
use serde_json::{Value, json};
use std::process::{Command, Stdio};
use std::time::Duration;
use zip::Member;

/// The writer with which the parser's own tests make packages.
#[path = "../../../parsers/tests/tree/zip.rs"]
#[expect(dead_code, reason = "recipes and hostile members are for those tests")]
mod zip;

#[path = "../../../parsers/tests/tree/pdf.rs"]
mod pdf;

/// A report of one person with a verified e-mail, one file, and whatever else is set.
fn report(number: u32, change: impl Fn(&mut Value)) -> String {
    let mut report = json!({
        "reportId": number,
        "dateReceived": "2026-02-01T08:00:00Z",
        "priorityLevel": "3",
        "reportedInformation": {
            "reportingEsp": { "espName": "Example Cloud" },
            "incidentSummary": { "incidentDateTime": "2026-01-30T08:00:00Z" },
            "reportedPeople": { "reportedPersons": [{
                "espUserId": format!("user{number}"),
                "emails": { "emails": [
                    { "value": format!("u{number}@example.org"), "verified": true },
                ]},
                "sourceInformation": { "sourceCaptures": [{
                    "captureType": "IP Address", "value": "192.0.2.7",
                    "port": (40_000 + number % 1_000).to_string(),
                    "dateTime": "2026-01-30T08:00:05Z", "eventName": "Login",
                }]},
            }]},
            "uploadedFiles": { "uploadedFiles": [{
                "filename": "a.jpg", "verificationHash": format!("{number:032x}"),
            }]},
        }
    });
    change(&mut report);
    report.to_string()
}

fn person(report: &mut Value) -> &mut Value {
    &mut report["reportedInformation"]["reportedPeople"]["reportedPersons"][0]
}

fn import(unit: &Unit, name: &str, text: &str) -> Value {
    let path = unit.write(name, text);
    unit.run("ana", &["tips", "import", &path]).ended(0).json()
}

fn list(unit: &Unit, args: &[&str]) -> Value {
    unit.run("ana", &[&["tips", "list"], args].concat()).ended(0).json()
}

fn first_tips(list: &Value) -> Vec<String> {
    let groups = list["groups"].as_array().unwrap().iter();
    groups.map(|group| group["tips"][0]["tip"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn input_31_a_revision_that_says_less_takes_nothing_away_and_a_new_level_is_new_work() {
    let unit = Unit::new("Unit");
    import(&unit, "a.json", &report(900_000_001, |_| {}));
    let said = import(&unit, "b.json", &report(900_000_001, |r| r["priorityLevel"] = json!("1")));
    assert_eq!(
        (&said["revised"], &said["alerts"][0]["on"]),
        (&json!(1), &json!(["level"])),
        "{said}"
    );
    let less = report(900_000_001, |r| {
        r["priorityLevel"] = Value::Null;
        r["reportedInformation"]["reportedPeople"] = Value::Null;
        r["reportedInformation"]["uploadedFiles"] = Value::Null;
    });
    let said = import(&unit, "c.json", &less);
    assert_eq!((&said["revised"], count(&said, "alerts")), (&json!(1), 0), "{said}");
    let shown = unit.run("ana", &["tips", "show", "900000001"]).ended(0).json();
    assert_eq!(shown["assessment"]["originator_level"], "1");
    let change = &shown["revisions"][1]["changes"][0];
    assert_eq!((&change["before"], &change["after"]), (&json!("3"), &json!("1")), "{shown}");
    assert_eq!(count(&shown["revisions"][2], "changes"), 0, "{}", shown["revisions"][2]["changes"]);
    let alerts = unit.run("ana", &["tips", "alerts"]).ended(0).json();
    assert_eq!(alerts["alerts"][0]["revision"], 2);
    let text = unit.plain("ana", &["tips", "show", "900000001"]).ended(0).stdout;
    assert!(text.contains("originator_level") && !text.contains('⟦'), "{text}");
}

fn package(members: &[(&str, &[u8])]) -> Vec<u8> {
    let members: Vec<Member> = members.iter().map(|(path, data)| Member::new(path, data)).collect();
    zip::package(&members)
}

#[test]
fn input_07_a_package_gives_its_reports_and_keeps_its_media_closed() {
    let unit = Unit::new("Unit");
    let inner = package(&[("deep.json", report(900_000_002, |_| {}).as_bytes())]);
    let one = report(900_000_001, |_| {});
    let members: [(&str, &[u8]); 4] = [
        ("report.json", one.as_bytes()),
        ("media/a.jpg", b"\xff\xd8\xff not opened"),
        ("../up.json", b"{}"),
        ("inner.zip", &inner),
    ];
    let path = unit.write("tips.zip", package(&members));
    let said = unit.run("ana", &["tips", "import", &path]).json();
    assert_eq!(said["new"], 2, "{said}");
    let shown = unit.run("ana", &["tips", "show", "900000001"]).ended(0).json();
    let members = shown["members"].as_array().unwrap();
    let media = members.iter().find(|m| m["path"] == "media/a.jpg").unwrap();
    assert_eq!((&media["access"], &media["document"]), (&json!("locked"), &json!(false)));
    let again = unit.run("ana", &["tips", "import", &path]).json();
    assert_eq!((&again["new"], &again["unchanged"]), (&json!(0), &json!(2)), "{again}");
    let open = ["tips", "access", "900000001", "media/a.jpg", "--state", "cleared", "--why"];
    let open = [&open[..], &["order 4/2026"]].concat();
    unit.run("ana", &open).ended(4);
    assert_eq!(unit.run("sofia", &open).ended(0).json()["state"], "cleared");
    let unknown = ["tips", "access", "900000001", "b.jpg", "--state", "locked", "--why", "x"];
    unit.run("sofia", &unknown).ended(3).says(&["b.jpg"]);
    let shown = unit.run("ana", &["tips", "show", "900000001"]).ended(0).json();
    let media = shown["members"].as_array().unwrap().iter().find(|m| m["path"] == "media/a.jpg");
    assert_eq!(media.unwrap()["access"], "cleared");
    assert_eq!(media.unwrap()["decided"]["by"], "sofia");
    let text = unit.plain("ana", &["tips", "show", "900000001"]).ended(0).stdout;
    assert!(text.contains("order 4/2026") && !text.contains('⟦'), "{text}");
}

#[test]
fn a_table_of_ip_places_gives_a_country_with_source_and_date() {
    let unit = Unit::new("Unit");
    import(&unit, "a.json", &report(900_000_001, |_| {}));
    assert_eq!(first_tips(&list(&unit, &["--territory", "es"])), [] as [String; 0]);
    let load = |text: &str| {
        let path = unit.write("ip.csv", text);
        let from = ["--source", "registry extract", "--licence", "public", "--dated", "2026-02-01"];
        unit.run("sofia", &[&["places", "import", &path], &from[..]].concat())
    };
    load("192.0.2.0,192.0.2.255,Spain\n").ended(3).says(&["line 4"]);
    let none = unit.run("ana", &["places", "show"]).ended(0).json();
    assert_eq!(none["places"], Value::Null);
    assert_eq!(load("192.0.2.0,192.0.2.255,ES,ES-A\n").ended(0).json()["places"]["ranges"], 1);
    assert_eq!(first_tips(&list(&unit, &["--territory", "es"])), ["ncmec/900000001"]);
    let shown = unit.plain("ana", &["tips", "show", "900000001"]).ended(0).stdout;
    assert!(shown.contains("registry extract 2026-02-01"), "{shown}");
    let asked = unit.plain("ana", &["places", "show", "--ip", "192.0.2.7"]).ended(0).stdout;
    assert!(asked.contains("ES-A") && asked.contains("public"), "{asked}");
    unit.run(
        "ana",
        &[
            "places",
            "import",
            &unit.path("ip.csv"),
            "--source",
            "s",
            "--licence",
            "l",
            "--dated",
            "2026-02-01",
        ],
    )
    .ended(4);
    assert_eq!(unit.run("sofia", &["fsck"]).ended(0).json()["clean"], true);
}

#[test]
fn an_officer_joins_and_parts_tips_and_may_decide_again() {
    let unit = Unit::new("Unit");
    unit.write("in/a.json", tip(900_000_001, "one"));
    unit.write("in/b.json", tip(900_000_002, "two"));
    unit.write("in/c.json", report(900_000_003, |_| {}));
    unit.run("ana", &["tips", "import", &unit.path("in")]).ended(0);
    assert_eq!(list(&unit, &[])["group_count"], 2);
    let decide = |a: &str, b: &str, same: &str| {
        unit.run("ana", &["tips", "decide", a, b, "--same", same, "--why", "looked"]).ended(0);
        list(&unit, &[])["group_count"].as_u64().unwrap()
    };
    assert_eq!(decide("900000001", "900000002", "no"), 3);
    assert_eq!(decide("900000001", "900000002", "yes"), 2);
    assert_eq!(decide("900000001", "900000003", "yes"), 1);
    unit.run("ana", &["tips", "decide", "900000001", "900000001", "--same", "no", "--why", "x"])
        .ended(3);
    let log = unit.run("sofia", &["audit", "show"]).ended(0).stdout;
    assert!(log.contains("link_tips") && log.contains("decide_tips"), "{log}");
}

#[test]
fn an_override_carries_a_name_and_a_reason_and_the_rules_stay_beside_it() {
    let unit = Unit::new("Unit");
    import(&unit, "a.json", &report(900_000_001, |_| {}));
    import(&unit, "b.json", &report(900_000_002, |_| {}));
    let why = ["--danger", "500", "--why", "the school called"];
    unit.run("ana", &[&["tips", "override", "900000002"], &why[..]].concat()).ended(0);
    let listed = list(&unit, &[]);
    assert_eq!(first_tips(&listed)[0], "ncmec/900000002");
    let top = &listed["groups"][0]["tips"][0];
    assert_eq!((&top["danger_points"], &top["overridden"]["by"]), (&json!(500), &json!("ana")));
    assert!(top["danger_by_rules"].as_i64().unwrap() < 500);
    let text = unit.plain("ana", &["tips", "list"]).ended(0).stdout;
    assert!(text.contains("the school called") && !text.contains('⟦'), "{text}");
}

#[test]
fn input_32_many_reports_of_one_file_are_one_line_and_a_danger_sign_surfaces() {
    let unit = Unit::new("Unit");
    for number in 0..40 {
        let text = report(900_000_100 + number, |r| {
            let file = &mut r["reportedInformation"]["uploadedFiles"]["uploadedFiles"][0];
            file["verificationHash"] = json!("0123456789abcdef0123456789abcdef");
            file["ncmecTags"] = json!({ "groups": [{ "tags": [{ "value": "Viral" }] }] });
            r["priorityLevel"] = json!(if number == 30 { "1" } else { "E" });
        });
        unit.write(&format!("in/{number}.json"), text);
    }
    unit.run("ana", &["tips", "import", &unit.path("in")]).ended(0);
    let listed = list(&unit, &[]);
    assert_eq!((&listed["group_count"], &listed["tip_count"]), (&json!(2), &json!(40)));
    assert_eq!(first_tips(&listed)[0], "ncmec/900000130", "{}", listed["groups"][0]);
    let folded = &listed["groups"][1];
    assert_eq!((&folded["why"], &folded["size"]), (&json!("folded"), &json!(39)));
}

#[test]
fn tips_are_found_by_words_and_by_identifier() {
    let unit = Unit::new("Unit");
    import(&unit, "a.json", &report(900_000_001, |r| person(r)["firstName"] = json!("Añádeme")));
    let child = json!({ "emails": { "emails": [{ "value": "kim@example.org" }] } });
    let named = json!({ "intendedRecipients": [child] });
    let reach = |r: &mut Value| r["reportedInformation"]["intendedRecipients"] = named.clone();
    import(&unit, "b.json", &report(900_000_002, reach));
    let found = |args: &[&str]| -> Vec<String> {
        let said = unit.run("ana", &[&["tips", "search"], args].concat()).ended(0).json();
        let tips = said["tips"].as_array().unwrap().iter();
        tips.map(|tip| tip["tip"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(found(&["anadem"]), ["ncmec/900000001"]);
    assert_eq!(found(&["example", "cloud"]).len(), 2);
    assert!(found(&["nothing here"]).is_empty());
    assert_eq!(found(&["--by", "email", "U900000002@example.org"]), ["ncmec/900000002"]);
    // Whoever was written to is found as well, and links nothing.
    assert_eq!(found(&["--by", "email", "kim@example.org"]), ["ncmec/900000002"]);
    assert_eq!(found(&["--by", "ip", "::ffff:192.0.2.7"]).len(), 2);
    let hash = format!("{:032X}", 900_000_001);
    assert_eq!(found(&["--by", "hash", &hash]), ["ncmec/900000001"]);
}

#[test]
fn units_have_queues_and_no_country_is_one() {
    let unit = Unit::new("Unit");
    let units = "[[unit]]\nid = \"alicante\"\nname = \"Alicante\"\nkind = \"provincial\"\n\
                 country = \"ES\"\ndivisions = [\"ES-A\"]\n\n[[unit]]\nid = \"madrid\"\n\
                 name = \"Nacional\"\nkind = \"national\"\ncountry = \"ES\"\n";
    unit.write("data/units.toml", units);
    let address = |state: &str, country: &str| {
        let place = json!({ "state": state, "country": country });
        json!({ "addresses": [place] })
    };
    let lives = |number, state: &str, country: &str| {
        report(number, |r| person(r)["addresses"] = address(state, country))
    };
    import(&unit, "a.json", &lives(900_000_001, "Alicante", "ES"));
    import(&unit, "b.json", &lives(900_000_002, "Lugo", "ES"));
    import(&unit, "c.json", &lives(900_000_003, "", "Argentina"));
    import(&unit, "d.json", &report(900_000_004, |_| {}));
    import(&unit, "m.json", &report(900_000_006, |r| person(r)["approximateAge"] = json!("15")));
    let said = unit.run("ana", &["tips", "queues"]).ended(0).json();
    let names: Vec<&str> =
        said["queues"].as_array().unwrap().iter().map(|q| q["queue"].as_str().unwrap()).collect();
    assert_eq!(names, ["abroad:AR", "alicante", "madrid", "no_country", "protection"]);
    assert_eq!(first_tips(&list(&unit, &["--queue", "alicante"])), ["ncmec/900000001"]);
    assert_eq!(first_tips(&list(&unit, &["--territory", "es-a"])), ["ncmec/900000001"]);
    unit.write("data/units.toml", "[[unit]]\nid = 3\n");
    unit.write("e.json", report(900_000_005, |_| {}));
    unit.run("ana", &["tips", "import", &unit.path("e.json")]).ended(3).says(&["units.toml"]);
}

#[test]
fn what_may_be_lost_is_listed_by_day_and_drafted_to_the_second() {
    let unit = Unit::new("Unit");
    let spain = json!({ "addresses": [{ "country": "ES" }] });
    import(&unit, "a.json", &report(900_000_001, |r| person(r)["addresses"] = spain.clone()));
    let days = unit.run("ana", &["tips", "days", "--within", "400"]).ended(0).json();
    let lines: Vec<String> =
        days["days"].as_array().unwrap().iter().map(Value::to_string).collect();
    assert!(lines.iter().any(|line| line.contains("192.0.2.7")), "{days}");
    let out = unit.path("requests");
    std::fs::create_dir_all(&out).unwrap();
    let said = unit.run("ana", &["tips", "preserve", "900000001", "--out", &out]).ended(0).json();
    assert!(count(&said, "drafts") >= 1, "{said}");
    let drafts = said["drafts"].as_array().unwrap().iter();
    let texts: Vec<String> = drafts
        .map(|draft| {
            let pdf = std::fs::read(draft["pdf"].as_str().unwrap()).unwrap();
            assert!(pdf.starts_with(b"%PDF-"));
            std::fs::read_to_string(draft["text"].as_str().unwrap()).unwrap()
        })
        .collect();
    let exact = |text: &String| text.contains("192.0.2.7:40001 2026-01-30T08:00:05Z");
    assert!(texts.iter().any(exact) && !texts.iter().any(|t| t.contains('⟦')), "{texts:?}");
}

#[test]
fn input_27_tables_hold_no_formula_and_every_form_is_written() {
    let unit = Unit::new("Unit");
    let evil = "=HYPERLINK(\"x\")\n@SUM,\"q\"";
    import(
        &unit,
        "a.json",
        &report(900_000_001, |r| {
            r["reportedInformation"]["reportingEsp"]["espName"] = json!(evil);
        }),
    );
    for form in ["csv", "json", "case"] {
        let out = unit.path(&format!("tips.{form}"));
        unit.run("ana", &["tips", "export", "--form", form, "--out", &out]).ended(0);
        let text = std::fs::read_to_string(&out).unwrap();
        assert!(text.contains("900000001"), "{form}: {text}");
    }
    let table = std::fs::read_to_string(unit.path("tips.csv")).unwrap();
    assert!(table.contains("\"'=HYPERLINK(\"\"x\"\")\n@SUM,\"\"q\"\"\""), "{table}");
    unit.run("eva", &["tips", "export", "--out", &unit.path("x.csv")]).ended(4);
}

#[test]
fn who_stores_large_amounts_is_one_question() {
    let unit = Unit::new("Unit");
    let files = |count: u32| -> Value {
        (0..count).map(|n| json!({ "verificationHash": format!("{:032x}", 7_000 + n) })).collect()
    };
    let with = |number, count| {
        report(number, |r| {
            r["reportedInformation"]["uploadedFiles"]["uploadedFiles"] = files(count)
        })
    };
    import(&unit, "a.json", &with(900_000_001, 2));
    import(&unit, "b.json", &with(900_000_002, 30));
    let said = unit.run("ana", &["tips", "largest", "--top", "1"]).ended(0).json();
    assert_eq!(said["lines"][0]["files"], 30, "{said}");
}

#[test]
fn input_31_the_same_report_as_json_and_as_pdf_is_one_tip_and_no_news() {
    let unit = Unit::new("Unit");
    let recipe = fixture("../tests/tree/same_report.pdf.txt");
    let pdf = pdf::from_recipe(&String::from_utf8(recipe).unwrap());
    let json = unit.write("same.json", fixture("../tests/tree/same_report.json"));
    let paper = unit.write("same.pdf", pdf);
    unit.run("ana", &["tips", "import", &json]).ended(0);
    let said = unit.run("ana", &["tips", "import", &paper]).ended(0).json();
    assert_eq!((&said["revised"], count(&said, "alerts")), (&json!(1), 0), "{said}");
    assert_eq!(list(&unit, &[])["tip_count"], 1);
}

#[test]
fn input_34_a_killed_import_leaves_no_half_report_and_the_next_one_completes_it() {
    let world = tempfile::tempdir().unwrap();
    for number in 0..400 {
        let name = world.path().join(format!("{number}.json"));
        std::fs::write(name, report(900_000_000 + number, |_| {})).unwrap();
    }
    let tips = world.path().to_str().unwrap();
    let (killed, calm) = (Unit::new("Unit"), Unit::new("Unit"));
    let mut kills = 0;
    for wait_ms in [150, 400, 700, 1_100, 1_600] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_amparo"))
            .args(["--data", killed.data().to_str().unwrap(), "--actor", "ana", "--now", NOW])
            .args(["tips", "import", tips, "--one-by-one"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(wait_ms));
        child.kill().unwrap();
        kills += usize::from(!child.wait().unwrap().success());
    }
    assert!(kills >= 2, "only {kills} runs were killed while they worked");
    for unit in [&killed, &calm] {
        unit.run("ana", &["tips", "import", tips]).ended(0);
    }
    let lines = |unit: &Unit| {
        let listed = list(unit, &["--top", "500"]);
        (listed["tip_count"].clone(), listed["group_count"].clone(), first_tips(&listed))
    };
    assert_eq!(lines(&killed), lines(&calm));
    let fsck = killed.run("admin", &["fsck"]).ended(0).json();
    assert_eq!(fsck["clean"], true, "{fsck}");
}

#[test]
fn input_35_who_may_not_import_read_or_export_is_refused_and_named_in_the_log() {
    let unit = Unit::new("Unit");
    let path = unit.write("a.json", report(900_000_001, |_| {}));
    for who in ["ines", "leo", "otto", "admin"] {
        unit.run(who, &["tips", "import", &path]).ended(4).says(&[who]);
    }
    assert_eq!(unit.run("ana", &["tips", "import", &path]).ended(0).json()["new"], 1);
    let out = unit.path("x.csv");
    unit.run("ines", &["tips", "export", "--out", &out]).ended(4);
    unit.run("leo", &["tips", "override", "900000001", "--danger", "1", "--why", "x"]).ended(4);
    unit.run("otto", &["tips", "search", "example"]).ended(4);
    assert!(!std::path::Path::new(&out).exists());
    let log = unit.run("sofia", &["audit", "show"]).ended(0).stdout;
    assert!(log.contains("refused") && log.contains("otto"), "{log}");
}

#[test]
fn input_39_one_nickname_on_two_services_joins_nothing() {
    let unit = Unit::new("Unit");
    for (number, service) in [(900_000_001, "Example Chat"), (900_000_002, "Example Forum")] {
        let text = report(number, |r| {
            r["reportedInformation"]["reportingEsp"]["espName"] = json!(service);
            person(r)["screenName"] = json!({ "value": "luna" });
        });
        import(&unit, &format!("{number}.json"), &text);
    }
    assert_eq!(list(&unit, &[])["group_count"], 2);
}
