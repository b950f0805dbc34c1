//! Tips: imported whole, revised, refused file by file, listed in working order.

use super::support::{Unit, count, fixture, tip};

#[test]
fn good_files_are_taken_in_whatever_lies_beside_them() {
    let unit = Unit::new("Unit");
    unit.write("in/a.json", tip(900_000_001, "one"));
    let cut = tip(900_000_002, "two");
    unit.write("in/b.json", &cut[..cut.len() / 2]);
    unit.write("in/c.json", "{\"weather\": \"fine\"}");
    unit.write("in/d.json", tip(900_000_004, "four"));
    unit.write("in/e.pdf", "%PDF-1.7");
    unit.write("in/f.txt", "shopping");
    let ran = unit.run("ana", &["tips", "import", &unit.path("in")]).ended(3);
    let said = ran.json();
    assert_eq!(said["new"], 2, "{said}");
    let refused: Vec<&str> = said["refused"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| problem["subject"].as_str().unwrap().rsplit('/').next().unwrap())
        .collect();
    assert_eq!(refused, ["b.json", "c.json", "e.pdf"], "{said}");
    for problem in said["refused"].as_array().unwrap() {
        assert!(problem["detail"].as_str().unwrap().len() > 10, "{problem}");
    }
    assert_eq!(count(&said, "skipped"), 1, "{said}");
    assert_eq!(unit.run("ana", &["tips", "list"]).ended(0).json()["tip_count"], 2);
    // The bytes of a refused file are kept, and the store of objects is whole.
    let fsck = unit.run("admin", &["fsck"]).ended(0).json();
    assert_eq!(fsck["objects"], 5, "{fsck}");
}

#[test]
fn the_same_bytes_change_nothing_and_other_bytes_are_a_revision() {
    let unit = Unit::new("Unit");
    let path = unit.write("t.json", tip(900_000_001, "first"));
    let import = || unit.run("ana", &["tips", "import", &path]).ended(0).json();
    assert_eq!(import()["new"], 1);
    assert_eq!(import()["unchanged"], 1);
    unit.write("t.json", tip(900_000_001, "second"));
    assert_eq!(import()["revised"], 1);
    let shown = unit.run("ana", &["tips", "show", "900000001"]).ended(0).json();
    let notes: Vec<_> = shown["revisions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|revision| revision["tip"]["notes"][0].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(notes, ["first", "second"]);
}

#[test]
fn linked_tips_stand_together_with_the_reason() {
    let unit = Unit::new("Unit");
    unit.write("in/a.json", tip(900_000_001, "one"));
    unit.write("in/b.json", tip(900_000_002, "two"));
    unit.run("ana", &["tips", "import", &unit.path("in")]).ended(0);
    let list = unit.run("ana", &["tips", "list"]).ended(0).json();
    assert_eq!(list["group_count"], 1, "{list}");
    assert_eq!(list["groups"][0]["links"][0]["value"], "shared@example.org");
    assert!(count(&list["groups"][0]["tips"][0], "sentences") > 0);
    let text = unit.plain("ana", &["tips", "list"]).ended(0).stdout;
    assert!(text.contains("shared@example.org") && !text.contains('⟦'), "{text}");
}

#[test]
fn unknown_keys_and_problems_are_shown() {
    let unit = Unit::new("Unit");
    let path = unit.write("t.json", fixture("tips/ncmec_le_json.fixture.json"));
    unit.run("ana", &["tips", "import", &path]).ended(0);
    let text = unit.plain("ana", &["tips", "show", "ncmec/900000001"]).ended(0).stdout;
    assert!(text.contains("unknown key") && text.contains("occupation"), "{text}");
    unit.run("ana", &["tips", "show", "ncmec/1"]).ended(3).says(&["ncmec/1"]);
}

#[test]
fn a_missing_or_unsupported_file_that_was_named_is_refused() {
    let unit = Unit::new("Unit");
    let good = unit.write("good.json", tip(900_000_001, "one"));
    let alien = unit.write("notes.txt", "shopping");
    let missing = unit.path("missing.json");
    let said = unit.run("ana", &["tips", "import", &good, &alien, &missing]).ended(3).json();
    assert_eq!(said["new"], 1, "{said}");
    assert_eq!(count(&said, "refused"), 2, "{said}");
}

#[test]
fn text_from_a_tip_cannot_act_on_the_terminal() {
    let unit = Unit::new("Unit");
    let path = unit.write("t.json", tip(900_000_001, "a\u{1b}[2Jb\u{202e}c"));
    unit.run("ana", &["tips", "import", &path]).ended(0);
    let text = unit.plain("ana", &["tips", "show", "900000001"]).ended(0).stdout;
    assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
    let json = unit.run("ana", &["tips", "show", "900000001"]).ended(0);
    assert!(!json.stdout.contains(['\u{1b}', '\u{202e}']));
    assert_eq!(json.json()["revisions"][0]["tip"]["notes"][0], "a\u{1b}[2Jb\u{202e}c");
}
