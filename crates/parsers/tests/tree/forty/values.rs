//! Missing and odd values: inputs 10 to 20.

use super::*;
use amparo_model::{PartyRole, Stated};

#[test]
fn input_10_unstated_in_every_spelling() {
    for text in ["null", "\"N/A\"", "\"\"", "[]", "{}"] {
        let found = json(&format!(
            "\"incidentSummary\":{{\"incidentType\":{text}}},\"reportedPeople\":{{\
             \"reportedPersons\":[{{\"firstName\":{text},\"displayName\":{text}}}]}}"
        ));
        let tip = &tips(&found)[0];
        assert_eq!((&tip.incident_type, &tip.parties[0].name), (&None, &None), "{text}");
        assert!(tip.parties[0].identifiers.is_empty() && tip.unknown.is_empty(), "{text}");
    }
    let tip = xml_tip("<victim><victimPerson><firstName>N/A</firstName></victimPerson></victim>");
    assert_eq!(tip.parties[0].name, None);
    assert_eq!(pdf_tip("", "Suspect\nName: N/A\nPhone:\nScreen Name: x").parties[0].name, None);
}

#[test]
fn input_11_wrappers_without_lists() {
    for text in ["null", "{}", "{\"reportedPersons\":null}", "[]"] {
        assert!(tips(&json(&format!("\"reportedPeople\":{text}")))[0].parties.is_empty(), "{text}");
    }
}

#[test]
fn input_12_viewed_has_three_states() {
    let check = |text: &str, expect| {
        assert_eq!(
            json_file(&format!("\"filename\":\"a\",\"viewedByEsp\":{text}")).viewed_by_provider,
            expect
        );
    };
    check("true", Stated::Yes);
    check("\"Yes\"", Stated::Yes);
    check("1", Stated::Yes);
    check("\"false\"", Stated::No);
    check("null", Stated::NotStated);
    assert_eq!(json_file("\"filename\":\"a\"").viewed_by_provider, Stated::NotStated);
    let xml = xml_tip("<fileDetails><fileId>a</fileId></fileDetails>");
    assert_eq!(xml.files[0].viewed_by_provider, Stated::NotStated);
    let pdf = pdf_tip("", "Filename: a\nDid ESP view it? Information Not Provided");
    assert_eq!(pdf.files[0].viewed_by_provider, Stated::NotStated);
}

#[test]
fn input_13_any_mix_of_parties() {
    assert!(tips(&json(""))[0].parties.is_empty());
    let roles = |reported: &str| -> Vec<PartyRole> {
        pdf_tip("", reported).parties.iter().map(|party| party.role).collect()
    };
    use PartyRole::{Recipient, Suspect, Victim};
    assert_eq!(roles("Suspect 1\nName: A\nSuspect 2\nName: B"), [Suspect, Suspect]);
    assert_eq!(roles("Recipient\nName: A\nIntended Recipient 2\nName: B"), [Recipient, Recipient]);
    let victim = xml_tip("<victim><victimPerson><age>9</age></victimPerson></victim>");
    assert_eq!(victim.parties[0].role, Victim);
    assert!(victim.files.is_empty());
}

#[test]
fn input_14_declared_and_listed_files_may_differ() {
    let tip = pdf_tip("Total Uploaded Files: 1,003", "Filename: a.jpg");
    assert_eq!((tip.declared_files, tip.files.len()), (Some(1003), 1));
    let tip = &tips(&json("\"totalUploadedFiles\":\"12\""))[0];
    assert_eq!((tip.declared_files, tip.files.len()), (Some(12), 0));
}

#[test]
fn input_15_thousands_of_files_and_captures() {
    let one = "{\"captureType\":\"IP Address\",\"value\":\"192.0.2.1\"}";
    let captures = vec![one; 5000].join(",");
    let party = json_party(&format!("\"sourceInformation\":{{\"sourceCaptures\":[{captures}]}}"));
    assert_eq!(party.captures.len(), 5000);
    let files = "<fileDetails><fileId>a</fileId></fileDetails>".repeat(5000);
    assert_eq!(xml_tip(&files).files.len(), 5000);
}

#[test]
fn input_16_every_tag_of_every_group() {
    let file = json_file(
        "\"filename\":\"a\",\"ncmecTags\":{\"groups\":[{\"tags\":[{\"value\":\"a\"},{\"value\":\
         \"b\"}]},{\"tags\":[]},{\"tags\":[{\"value\":null},{\"value\":\"c\"}]}]}",
    );
    assert_eq!(file.tags, ["a", "b", "c"]);
}

#[test]
fn input_17_free_texts_stay_whole() {
    let text = "{\\\"report_surface\\\":1}\\nFrom: a@example.org";
    let found =
        json(&format!("\"additionalInformations\":[{{\"value\":\"{text}\"}},{{\"value\":\"b\"}}]"));
    let tip = &tips(&found)[0];
    assert_eq!(tip.notes, ["{\"report_surface\":1}\nFrom: a@example.org", "b"]);
    assert!(tip.parties.is_empty());
    let lines = "Suspect\nAdditional Information: log\nEmail: somebody@example.org\nPhone: 555";
    let party = &pdf_tip("", lines).parties[0];
    assert!(party.identifiers.is_empty());
    assert_eq!(party.notes, ["log\nEmail: somebody@example.org\nPhone: 555"]);
}

#[test]
fn input_18_new_words_are_kept_as_they_are() {
    let tip = xml_tip(
        "<incidentSummary><incidentType>Online Enticement of Children for Sexual Act</incidentType>\
         <reportAnnotations><neverSeen/></reportAnnotations></incidentSummary>",
    );
    assert_eq!(tip.incident_type.unwrap(), "Online Enticement of Children for Sexual Act");
    assert_eq!(tip.annotations, ["neverSeen"]);
    let kind = json("\"incidentSummary\":{\"incidentType\":\"Something New\"}");
    assert_eq!(tips(&kind)[0].incident_type.as_deref(), Some("Something New"));
}

#[test]
fn input_19_section_a_goes_before_the_cover() {
    let cover = "Incident Type: Auto-referred International";
    let tip = pdf_tip(cover, "Incident Information\nIncident Type: Child Sex Tourism");
    assert_eq!(tip.incident_type.as_deref(), Some("Child Sex Tourism"));
    assert!(tip.unknown.values().any(|line| line.contains("Auto-referred")));
    let tip = pdf_tip("Incident Type: unconfirmed", "Suspect\nName: A");
    assert_eq!(tip.incident_type.as_deref(), Some("unconfirmed"));
}

#[test]
fn input_20_the_level_is_kept_as_written() {
    for level in ["1", "2", "3", "E", "e", "X", "not set"] {
        let tip = pdf_tip(&format!("Priority Level: {level}"), "Suspect");
        assert_eq!(tip.originator_level.as_deref(), Some(level));
    }
    assert_eq!(pdf_tip("", "Suspect").originator_level, None);
    let next_line = pdf_tip("Priority Level:\nE", "Suspect");
    assert_eq!(next_line.originator_level.as_deref(), Some("E"));
}
