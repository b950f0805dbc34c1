//! Identifiers, times, hashes, names and places: inputs 21 to 30.

use super::*;
use amparo_model::{HashAlgorithm, PlaceOrigin, Stated, Zone};

#[test]
fn input_21_addresses_of_every_spelling() {
    let check = |raw: &str, ip: Option<&str>, port: Option<u16>| {
        let capture = json_capture(raw, "");
        assert_eq!((capture.ip.as_deref(), capture.port), (ip, port), "{raw}");
        let pdf = pdf_tip("", &format!("Suspect\nIP Address: {raw} (Login)"));
        assert_eq!(pdf.parties[0].captures[0].ip.as_deref(), ip, "{raw}");
    };
    check("2001:0db8:0000:0000:0000:0000:0000:0001", Some("2001:db8::1"), None);
    check("fe80::1%eth0", Some("fe80::1"), None);
    check("192.000.002.001", Some("192.0.2.1"), None);
    check("::ffff:192.0.2.1", Some("192.0.2.1"), None);
    check("192.0.2.1:8080", Some("192.0.2.1"), Some(8080));
    check("10.0.0.1", Some("10.0.0.1"), None);
    check("100.64.0.1", Some("100.64.0.1"), None);
    check("127.0.0.1", Some("127.0.0.1"), None);
    check("0.0.0.0", Some("0.0.0.0"), None);
    check("gateway.example.net", None, None);
    let both = json_party(
        "\"sourceInformation\":{\"sourceCaptures\":[{\"captureType\":\"IP Address\",\"value\":\
         \"192.0.2.1, 2001:db8::2\",\"eventName\":\"Login\"}]}",
    );
    let ips: Vec<_> = both.captures.iter().filter_map(|one| one.ip.as_deref()).collect();
    assert_eq!(ips, ["192.0.2.1", "2001:db8::2"]);
    assert!(both.captures.iter().all(|one| one.event.as_deref() == Some("Login")));
}

#[test]
fn input_22_ports_and_events() {
    let check = |port: &str, expect: Option<u16>| {
        assert_eq!(json_capture("192.0.2.1", &format!(",\"port\":{port}")).port, expect, "{port}");
    };
    check("443", Some(443));
    check("\"443\"", Some(443));
    check("0", None);
    check("70000", None);
    check("\"\"", None);
    let event = json_capture("192.0.2.1", ",\"eventName\":\"UPLOAD\"").event;
    assert_eq!(event.as_deref(), Some("UPLOAD"));
    let tip = pdf_tip("", "Suspect\nIP Address: 192.0.2.1 (Login (Verified))");
    assert_eq!(tip.parties[0].captures[0].event.as_deref(), Some("Login (Verified)"));
    let tip = pdf_tip("", "Suspect\nIP Address: 192.0.2.1\nPort: 70000");
    assert_eq!(tip.parties[0].captures[0].port, None);
    assert!(tip.unknown.values().any(|line| line == "Port: 70000"));
}

#[test]
fn input_23_times_claim_no_more_than_they_say() {
    let check = |raw: &str, utc: Option<&str>, zone: Zone| {
        let at = json_capture("192.0.2.1", &format!(",\"dateTime\":\"{raw}\"")).at.unwrap();
        assert_eq!(at.utc.map(|utc| utc.to_string()).as_deref(), utc, "{raw}");
        assert_eq!((at.zone, at.raw.as_str()), (zone, raw), "{raw}");
    };
    check("2026-01-30T21:00:00Z", Some("2026-01-30T21:00:00Z"), Zone::Utc);
    check("2026-01-30T21:00:00.123Z", Some("2026-01-30T21:00:00.123Z"), Zone::Utc);
    let offset = Zone::Offset { minutes: -180 };
    check("2026-01-30T18:00:00-03:00", Some("2026-01-30T21:00:00Z"), offset);
    check("2026-01-30T21:00:00", None, Zone::Unknown);
    check("01-30-2026 21:00:00 UTC", Some("2026-01-30T21:00:00Z"), Zone::Utc);
    check("30-01-2026 21:00:00 UTC", None, Zone::Unknown);
    check("0001-01-01T00:00:00Z", Some("0001-01-01T00:00:00Z"), Zone::Utc);
    check("2106-02-07T06:28:16Z", Some("2106-02-07T06:28:16Z"), Zone::Utc);
    check("2016-12-31T23:59:60Z", Some("2016-12-31T23:59:59Z"), Zone::Utc);
    assert_eq!(json_capture("192.0.2.1", "").at, None);
    assert_eq!(pdf_tip("", "Suspect\nIP Address: 192.0.2.1").parties[0].captures[0].at, None);
}

#[test]
fn input_24_phones_and_mail_addresses() {
    let check = |line: &str, raw: &str, norm: &str, verified: Stated| {
        let tip = pdf_tip("", &format!("Suspect\n{line}"));
        let found = &tip.parties[0].identifiers[0];
        assert_eq!((found.raw.as_str(), found.norm.as_str()), (raw, norm), "{line}");
        assert_eq!(found.verified, verified, "{line}");
    };
    let none = Stated::NotStated;
    let yes = Stated::Yes;
    check("Phone: +34 600 000 001 (Verified 01-01-2024)", "+34 600 000 001", "+34600000001", yes);
    check("Phone: 600 000 001", "600 000 001", "600000001", none);
    check("Phone: +1 555 010 0001 ext 12", "+1 555 010 0001 ext 12", "+15550100001", none);
    check(
        "Email Address: A.B+tag@EXAMPLE.ORG.",
        "A.B+tag@EXAMPLE.ORG.",
        "a.b+tag@example.org",
        none,
    );
    check("Email: a@ejempló.example", "a@ejempló.example", "a@xn--ejempl-gxa.example", none);
}

#[test]
fn input_25_hashes_are_what_their_label_says() {
    let hash = |kind: &str, value: &str| {
        let file = format!("<originalFileHash hashType=\"{kind}\">{value}</originalFileHash>");
        let found = xml(&format!("<fileDetails><fileId>a</fileId>{file}</fileDetails>"));
        let tip = tips(&found)[0].clone();
        let hash = tip.files[0].hashes.first().map(|hash| hash.algorithm);
        // What is not used is kept and told.
        assert_eq!(hash.is_none(), tip.unknown.values().any(|kept| kept == value), "{kind}");
        assert_eq!(hash.is_none(), !found.problems.is_empty(), "{kind}");
        hash
    };
    let long = "AB".repeat(32);
    assert_eq!(hash("MD5", "0CC175B9C0F1B6A831C399E269772661"), Some(HashAlgorithm::Md5));
    assert_eq!(hash("sha-256", &long), Some(HashAlgorithm::Sha256));
    assert_eq!(hash("PDQ", &long), Some(HashAlgorithm::Pdq));
    assert_eq!(hash("MD5", &long), None);
    assert_eq!(hash("MD5", "0CC175B9"), None);
    assert_eq!(hash("PhotoDNA", &"1,2,".repeat(70)), None);
    assert_eq!(hash("SHA256", "ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs="), None);
    assert_eq!(hash("MD5", "d41d8cd98f00b204e9800998ecf8427e"), None);
    let tip = pdf_tip("", "Filename: a\nMD5: 0CC1 75B9 C0F1 B6A8 31C3 99E2 6977 2661");
    assert_eq!(tip.files[0].hashes[0].value, "0cc175b9c0f1b6a831c399e269772661");
}

#[test]
fn input_26_file_names_are_kept_as_written() {
    let check = |name: &str, expect: &str| {
        let file = json_file(&format!("\"filename\":\"{name}\""));
        assert_eq!(file.file_name.as_deref(), Some(expect));
    };
    check("../a/b.jpg", "../a/b.jpg");
    check("a\\u0007b.jpg", "a\u{7}b.jpg");
    check("exe\\u202egpj.scr", "exe\u{202e}gpj.scr");
    let long = "x".repeat(3000);
    check(&long, &long);
    let wrapped = pdf_tip("", "Filename: first_part_\nsecond_part_\nthird.jpg\nMD5: x");
    assert_eq!(wrapped.files[0].file_name.as_deref(), Some("first_part_second_part_third.jpg"));
    let blanks = pdf_tip("", "Filename: a name with\nblanks.jpg");
    assert_eq!(blanks.files[0].file_name.as_deref(), Some("a name with blanks.jpg"));
    let md5 = "0cc175b9c0f1b6a831c399e269772661";
    let both = pdf_tip("", &format!("Filename: a\nMD5: {md5}\nFilename: b\nMD5: {md5}"));
    assert_eq!(both.files.len(), 2);
}

#[test]
fn input_27_names_stay_text() {
    for name in ["=1+1", "+1", "@a", "a,b", "a\\\"b", "a\\nb"] {
        let party = json_party(&format!("\"screenName\":{{\"value\":\"{name}\"}}"));
        let expect = name.replace("\\\"", "\"").replace("\\n", "\n");
        assert_eq!(party.identifiers[0].raw, expect);
    }
}

#[test]
fn input_28_countries_are_kept_as_written_and_by_origin() {
    for country in ["España", "ES", "ESP", "A1", "A2", "O1", "AP", "EU", "AN", "FX", "XK"] {
        let address = format!("\"addresses\":{{\"addresses\":[{{\"country\":\"{country}\"}}]}}");
        assert_eq!(json_party(&address).addresses[0].country.as_deref(), Some(country));
    }
    // The estimate never decides how a phone number is read.
    let tip = xml_tip(
        "<personOrUserReported><personOrUserReportedPerson><phone>600000001</phone>\
         </personOrUserReportedPerson><estimatedLocation><city>Cartagena</city>\
         <countryCode>ES</countryCode></estimatedLocation></personOrUserReported>",
    );
    assert_eq!(tip.parties[0].addresses[0].origin, PlaceOrigin::ProviderEstimate);
    assert_eq!(tip.parties[0].identifiers[0].norm, "600000001");
    // Two countries decide nothing.
    let two = json_party(
        "\"phones\":[\"600000001\"],\"addresses\":[{\"country\":\"ES\"},{\"country\":\"AR\"}]",
    );
    assert_eq!(two.identifiers[0].norm, "600000001");
}

#[test]
fn input_29_tables_with_blanks_gaps_and_wraps() {
    let tip = pdf_tip(
        "",
        "Suspect\nIP Address: 192.0.2.1\nSection B: Automated Information\nGeo-Lookup (Suspect)\n\
         IP\tCountry\tRegion\tCity\n192.0.2.1\tUS\tSouth\tColumbia\n\t\tCarolina\n\
         192.0.2.2\t\t\tLyon",
    );
    let places: Vec<_> = tip.parties[0]
        .addresses
        .iter()
        .map(|place| (place.state.as_deref(), place.city.as_deref(), place.country.as_deref()))
        .collect();
    let expect =
        [(Some("South Carolina"), Some("Columbia"), Some("US")), (None, Some("Lyon"), None)];
    assert_eq!(places, expect);
    assert!(tip.parties[0].addresses.iter().all(|place| place.origin == PlaceOrigin::IpLookup));
}

#[test]
fn input_30_prior_reports() {
    let json = json(
        "\"reportedPeople\":[{\"priorCTReports\":[900000001,\"1234567\",1234567,\"1234567890\",\
         \"see file\"]}]",
    );
    assert_eq!(tips(&json)[0].related, ["1234567", "1234567890"]);
    assert!(told(&json, "see file"));
    let lines = "Suspect\nPrior CT Reports: 900000001, 1234567,\n1234567, 1234567890, none";
    assert_eq!(pdf_tip("", lines).related, ["1234567", "1234567890"]);
}
