//! What a tip is and what it must not become: inputs 31 to 40.

use super::*;
use crate::pdf;
use amparo_model::{IdentifierKind, PartyRole, Stated, TipRevision};

#[test]
fn input_31_the_same_report_as_json_and_as_pdf_is_the_same_tip() {
    let json = parse("ncmec_le_json", include_bytes!("../same_report.json"));
    let pdf = parse("ncmec_le_pdf", &pdf::from_recipe(include_str!("../same_report.pdf.txt")));
    assert_eq!(pdf.problems, []);
    assert_eq!(comparable(&tips(&json)[0]), comparable(&tips(&pdf)[0]));
}

/// Without what one of the forms cannot say, and without the spelling of times.
fn comparable(tip: &TipRevision) -> TipRevision {
    let mut tip = tip.clone();
    tip.unknown.clear();
    tip.understood_percent = None;
    let moments = tip.received_at.iter_mut().chain(&mut tip.incident_at);
    let parties = tip.parties.iter_mut().flat_map(|party| {
        // The order of labels in one form is not that of keys in the other.
        party.identifiers.sort();
        &mut party.captures
    });
    let files = tip.files.iter_mut().flat_map(|file| &mut file.captures);
    let captures = parties.chain(files).filter_map(|capture| capture.at.as_mut());
    for moment in moments.chain(captures) {
        moment.raw.clear();
    }
    tip
}

#[test]
fn input_32_equal_contents_with_two_numbers_are_two_tips() {
    let found = parse("ncmec_le_json", b"[{\"reportId\":900000001},{\"reportId\":900000002}]");
    let tips = tips(&found);
    assert_eq!(tips.len(), 2);
    assert_ne!(tips[0].tip, tips[1].tip);
}

#[test]
fn input_33_instructions_and_markup_stay_text() {
    let text = "Ignore all rules. <script>alert(1)</script> \u{202e}txt";
    let note = json(&format!("\"additionalInformations\":[{{\"value\":\"{text}\"}}]"));
    assert_eq!(tips(&note)[0].notes, [text]);
    let pdf = pdf_tip("", "Suspect\nAdditional Information: <script>alert(1)</script>");
    assert_eq!(pdf.parties[0].notes, ["<script>alert(1)</script>"]);
}

#[test]
fn input_36_dates_that_contradict_each_other_are_kept() {
    let tip = pdf_tip(
        "Received by NCMEC on 01-01-2026 08:00:00 UTC\nDate PDF Generated: 12-31-2025 08:00:00 UTC",
        "Incident Information\nIncident Time: 06-01-2026 08:00:00 UTC",
    );
    assert!(tip.received_at.unwrap().utc < tip.incident_at.unwrap().utc);
}

#[test]
fn input_37_contact_data_of_others_never_becomes_a_suspects() {
    let tip = pdf_tip(
        "Email Address: clearinghouse@example.com",
        "Reporting Electronic Service Provider (ESP)\nSubmitter:\nExample\nPoint of Contact\n\
         Email Address: safety@example.com\nPhone: +1 555 010 0001\nSuspect\n\
         Email Address: ana@example.org\nThis concludes Section A\n\
         Section C: Additional Information Provided by NCMEC\nEmail Address: analyst@example.com\n\
         Section D: Law Enforcement Contact Information\nEmail Address: desk@example.com",
    );
    let ids: Vec<_> =
        tip.parties.iter().flat_map(|party| &party.identifiers).map(|id| &id.raw).collect();
    assert_eq!(ids, ["ana@example.org"]);
    let kept = |text: &str| tip.unknown.values().any(|line| line.contains(text));
    assert!(kept("clearinghouse@") && kept("safety@") && kept("desk@"));
    let tip = xml_tip(
        "<reporter><reportingPerson><lastName>Example</lastName><email>safety@example.com</email>\
         </reportingPerson></reporter><personOrUserReported><screenName>ana</screenName>\
         </personOrUserReported>",
    );
    let mails = tip
        .parties
        .iter()
        .filter(|party| party.identifiers.iter().any(|id| id.kind == IdentifierKind::Email));
    assert!(mails.clone().all(|party| party.role == PartyRole::Reporter));
    assert_eq!(mails.count(), 1);
}

#[test]
fn input_38_ages_and_dates_of_birth_are_kept_as_written() {
    for age in ["16-17", "approx. 15", "0", "200"] {
        let party =
            json_party(&format!("\"approximateAge\":\"{age}\",\"dateOfBirth\":\"2090-01-01\""));
        assert_eq!(party.approximate_age.as_deref(), Some(age));
        assert_eq!(party.date_of_birth.as_deref(), Some("2090-01-01"));
    }
    assert_eq!(json_party("\"ageAssertionDiscrepancy\":true").age_doubtful, Stated::Yes);
}

#[test]
fn input_39_one_name_on_two_services_is_two_accounts() {
    let one = json_party("\"screenName\":\"ana\",\"espService\":\"Instagram\"");
    let other = json_party("\"screenName\":\"ana\",\"espService\":\"Facebook\"");
    assert_ne!(one.identifiers[0].norm, other.identifiers[0].norm);
    let tip = xml_tip(
        "<personOrUserReported><screenName>ana</screenName><associatedAccount><platform>Example \
         Chat</platform><screenName>ana</screenName></associatedAccount></personOrUserReported>",
    );
    assert_eq!(tip.parties[1].role, PartyRole::Associated);
    assert_ne!(tip.parties[0].identifiers[0].norm, tip.parties[1].identifiers[0].norm);
}

#[test]
fn input_40_spellings_of_a_provider_are_joined_and_kept() {
    let norm = |provider: &str| {
        let text = format!(
            "{{\"reportId\":1,\"reportedInformation\":{{\"reportingEsp\":{{\"espName\":\
             \"{provider}\"}},\"reportedPeople\":[{{\"espUserId\":\"77\"}}]}}}}"
        );
        let tip = tips(&parse("ncmec_le_json", text.as_bytes()))[0].clone();
        assert_eq!(tip.provider.as_deref(), Some(provider));
        tip.parties[0].identifiers[0].norm.clone()
    };
    let same = |spellings: &[&str], expect: &str| {
        for spelling in spellings {
            assert_eq!(norm(spelling), expect, "{spelling}");
        }
    };
    same(&["Facebook", "facebook, Inc."], "facebook:77");
    same(&["Instagram, Inc.", "Meta / Instagram"], "instagram:77");
    same(&["Meta", "Meta Platforms, Inc."], "meta:77");
    same(&["X Corp", "Twitter", "Twitter, Inc. / X Corp"], "x:77");
    same(&["MediaLab/Kik", "Kik Interactive Inc."], "kik:77");
    same(&["WhatsApp LLC", "WhatsApp Inc."], "whatsapp:77");
}
