//! Refusals: exit code 4, what would be needed in words, and an entry in the log.

use super::support::{CASE, Unit};

#[test]
fn a_refusal_says_what_is_needed_and_is_logged() {
    let unit = Unit::new("Unit");
    let args = ["case", "open", "C-1", "--title", "t"];
    unit.run("ana", &args).ended(4).says(&["ana", "analyst", "supervisor"]);
    assert_eq!(unit.run("sofia", &["case", "list"]).json()["cases"].as_array().unwrap().len(), 0);
    let log = unit.run("otto", &["audit", "show"]).ended(0).json();
    let entries = log["entries"].as_array().unwrap();
    let refused = entries.iter().find(|entry| entry["action"] == "refused").unwrap();
    assert_eq!(refused["actor"], "ana");
    assert_eq!(refused["detail"]["action"], "open_case");
    assert_eq!(refused["detail"]["why"], "refusal-role");
}

#[test]
fn a_stranger_is_refused_and_logged() {
    let unit = Unit::new("Unit");
    unit.run("mallory", &["tips", "list"]).ended(4).says(&["mallory"]);
    let log = unit.run("otto", &["audit", "show"]).json();
    let last = log["entries"].as_array().unwrap().iter().rfind(|e| e["actor"] == "mallory");
    assert_eq!(last.unwrap()["detail"]["why"], "refusal-unknown-user");
}

#[test]
fn acts_carry_their_reason_and_come_before_the_effect() {
    let unit = Unit::new("Unit");
    let args = ["--reason", "joint duty", "case", "open", "C-1", "--title", "t"];
    unit.run("sofia", &args).ended(0);
    // The effect of this one fails; the act stands in the log all the same.
    unit.run("sofia", &["case", "open", "C-1", "--title", "other"]).ended(3);
    let log = unit.run("otto", &["audit", "show"]).json();
    let entries = log["entries"].as_array().unwrap();
    let opened: Vec<_> = entries.iter().filter(|e| e["action"] == "open_case").collect();
    assert_eq!(opened.len(), 2);
    assert_eq!(opened[0]["reason"], "joint duty");
}

#[test]
fn an_expired_order_opens_nothing() {
    let unit = Unit::with_case("Unit");
    unit.authorise("O-2", "2026-02-01T00:00:00Z", "communications,media");
    let device = unit.export();
    let args = ["evidence", "add", &device, "--case", CASE, "--authorisation", "O-2"];
    unit.run("ines", &args).ended(4).says(&["O-2", "expired"]);
    let list = unit.run("ines", &["evidence", "list", "--case", CASE]).ended(0).json();
    assert_eq!(list["items"].as_array().unwrap().len(), 0);
}

#[test]
fn content_is_closed_to_those_who_are_not_on_the_case() {
    let unit = Unit::with_case("Unit");
    unit.run("admin", &["user", "add", "eva", "--role", "examiner"]).ended(0);
    let args = ["alarms", "--case", CASE];
    unit.run("eva", &args).ended(4).says(&[CASE]);
    unit.run("admin", &args).ended(4);
    unit.run("ines", &args).ended(0);
}
