//! What an importer of tips must survive, case by case, beyond the fixture.

use crate::support::{File, Files, sha256};
use amparo_model::{Identifier, Place, Record, Stated, TipRevision};
use amparo_parsers::{Collected, by_id};

fn parse(bytes: &[u8]) -> Collected {
    let main = File { path: "tip.json".into(), sha256: sha256(bytes), bytes: bytes.to_vec() };
    Files { main, companions: Vec::new() }.parse(by_id("ncmec_le_json").unwrap())
}

fn tips(found: &Collected) -> Vec<&TipRevision> {
    let tips = found.records.iter().filter_map(|record| match record.record() {
        Record::Tip(tip) => Some(&**tip),
        _ => None,
    });
    tips.collect()
}

/// One person with these members.
fn person(members: &str) -> TipRevision {
    let text = format!(
        "{{\"reportId\":1,\"reportedInformation\":{{\"reportingEsp\":{{\"espName\":\"Example\"}},\
         \"reportedPeople\":{{\"reportedPersons\":[{{{members}}}]}}}}}}"
    );
    tips(&parse(text.as_bytes()))[0].clone()
}

#[test]
fn containers_and_encodings() {
    let check = |bytes: &[u8], expect: &[&str], told: bool| {
        let found = parse(bytes);
        let ids: Vec<_> = tips(&found).iter().map(|tip| tip.tip.to_string()).collect();
        let text = String::from_utf8_lossy(bytes);
        assert_eq!(ids, expect, "{text}");
        assert_eq!(!found.problems.is_empty(), told, "{text}: {:?}", found.problems);
    };
    check(b"\xef\xbb\xbf{\"reportId\":1}", &["ncmec/1"], false);
    check(b"{\"reportId\":\"0001\"}", &["ncmec/0001"], false);
    check(b"{\"reportId\":12345678901234567890123}", &["ncmec/12345678901234567890123"], false);
    check(b"[{\"reportId\":1},{\"reportId\":2}]", &["ncmec/1", "ncmec/2"], false);
    check(b"{\"reportId\":1}{\"reportId\":2}", &["ncmec/1", "ncmec/2"], false);
    check(b"[{\"reportId\":1},{\"reportId\":2,\"da", &["ncmec/1"], true);
    check(b"{\"reportId\":1} <html>", &["ncmec/1"], true);
    check(b"{\"reportId\":null}", &[], true);
    check(b"{\"reportId\":1,\"dateReceived\":\"\xe1\"}", &["ncmec/1"], true);
    let utf16: Vec<u8> =
        "\u{feff}{\"reportId\":7}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    check(&utf16, &["ncmec/7"], false);
}

#[test]
fn concatenated_reports_are_located_by_their_bytes() {
    let found = parse(b"{\"reportId\":1}\n{\"reportId\":2}");
    let places: Vec<_> = found.records.iter().map(|record| record.at().place.clone()).collect();
    let bytes = |start, end| Place::Bytes { start, end };
    assert_eq!(places, [bytes(0, 14), bytes(15, 29)]);
}

#[test]
fn unstated_stays_unstated() {
    for text in ["null", "\"N/A\"", "\"n/a\"", "\"\"", "\" \"", "[]", "{}"] {
        let keys = ["firstName", "emails", "screenName", "accessToChildren", "addresses", "gender"];
        let members: Vec<_> = keys.iter().map(|key| format!("\"{key}\":{text}")).collect();
        let tip = person(&members.join(","));
        let party = &tip.parties[0];
        assert_eq!((&party.name, party.access_to_children), (&None, Stated::NotStated), "{text}");
        assert!(party.identifiers.is_empty() && party.addresses.is_empty(), "{text}");
        assert!(tip.unknown.is_empty(), "{text}: {:?}", tip.unknown);
    }
}

#[test]
fn three_states_of_viewed() {
    let check = |text: &str, expect| {
        let json = format!(
            "{{\"reportId\":1,\"reportedInformation\":{{\"uploadedFiles\":[{{\"filename\":\"a\",\
             \"viewedByEsp\":{text}}}]}}}}"
        );
        assert_eq!(tips(&parse(json.as_bytes()))[0].files[0].viewed_by_provider, expect, "{text}");
    };
    check("true", Stated::Yes);
    check("\"Yes\"", Stated::Yes);
    check("1", Stated::Yes);
    check("false", Stated::No);
    check("\"no\"", Stated::No);
    check("null", Stated::NotStated);
    check("\"sometimes\"", Stated::NotStated);
}

#[test]
fn identifiers_are_normalised_and_kept_raw() {
    let check = |members: &str, raw: &str, norm: &str| {
        let tip = person(members);
        let Some(Identifier { raw: found, norm: normal, .. }) = tip.parties[0].identifiers.first()
        else {
            panic!("no identifier from {members}");
        };
        assert_eq!((found.as_str(), normal.as_str()), (raw, norm));
    };
    check("\"emails\":[{\"value\":\"A.B+tag@X.ORG\"}]", "A.B+tag@X.ORG", "a.b+tag@x.org");
    check("\"phones\":\"0034 600 000 001\"", "0034 600 000 001", "+34600000001");
    check("\"espUserId\":77", "77", "example:77");
    check("\"espUserId\":\"aB\",\"espService\":\"Other, Inc.\"", "aB", "other:aB");
    check("\"screenName\":\"=Ana\\n,\\\"\"", "=Ana\n,\"", "example:=ana\n,\"");
}

#[test]
fn unknown_keys_are_kept_with_their_raw_text() {
    let tip = person("\"future\":{\"a\": [1, 2.50]},\"emails\":[{\"value\":\"a@b.c\",\"x\":true}]");
    let base = "/reportedInformation/reportedPeople/reportedPersons/0";
    let expect = [
        (format!("{base}/emails/0/x"), "true".to_owned()),
        (format!("{base}/future"), "{\"a\": [1, 2.50]}".to_owned()),
    ];
    assert_eq!(tip.unknown.into_iter().collect::<Vec<_>>(), expect);
}
