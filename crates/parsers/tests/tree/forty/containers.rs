//! Encodings and containers: inputs 1 to 9.

use super::*;
use crate::support::hex;
use crate::zip::{Member, package};
use crate::{pdf, zip};
use amparo_model::ProblemKind;

#[test]
fn input_01_a_byte_order_mark_is_passed_over() {
    assert_eq!(tips(&parse("ncmec_le_json", b"\xef\xbb\xbf{\"reportId\":900000001}")).len(), 1);
    let marked = b"\xef\xbb\xbf<report reportId=\"900000001\"/>";
    assert_eq!(tips(&parse("ncmec_api_xml", marked)).len(), 1);
}

#[test]
fn input_02_other_encodings_are_converted_or_told() {
    let wide = |text: &str| -> Vec<u8> {
        format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
    };
    assert_eq!(tips(&parse("ncmec_le_json", &wide("{\"reportId\":900000001}"))).len(), 1);
    assert_eq!(tips(&parse("ncmec_api_xml", &wide("<report reportId=\"900000001\"/>"))).len(), 1);
    let declared = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><report reportId=\"900000001\"/>";
    assert_eq!(tips(&parse("ncmec_api_xml", &wide(declared))).len(), 1);
    let latin = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><report reportId=\"900000001\"/>";
    assert!(told(&parse("ncmec_api_xml", latin), "UTF-8"));
    let windows = parse("ncmec_le_json", b"{\"reportId\":900000001,\"x\":\"\xe1\"}");
    assert!(told(&windows, "UTF-8") && tips(&windows).len() == 1);
    let party =
        json_party("\"screenName\":{\"value\":\"\\ud83d\\ude00 \\ud83d \\u0000\\u202eana\"}");
    assert_eq!(party.identifiers[0].raw, "😀 \u{fffd} \0\u{202e}ana");
    assert_eq!(party.identifiers[0].norm, "example:😀 \u{fffd} \0ana");
    // A Cyrillic letter that looks the same is another account.
    let party = json_party("\"screenName\":\"\u{430}na\"");
    assert_ne!(party.identifiers[0].norm, "example:ana");
}

#[test]
fn input_03_cut_and_concatenated_documents() {
    let check = |bytes: &[u8], count: usize, problem: bool| {
        let found = parse("ncmec_le_json", bytes);
        let text = String::from_utf8_lossy(bytes);
        assert_eq!((tips(&found).len(), !found.problems.is_empty()), (count, problem), "{text}");
    };
    check(b"{\"reportId\":900000001,\"da", 0, true);
    check(b"{\"reportId\":900000001} trailing", 1, true);
    check(b"[{\"reportId\":900000001}]", 1, false);
    check(b"{\"reportId\":900000001}{\"reportId\":900000002}", 2, false);
}

#[test]
fn input_04_numbers_as_text_and_repeated_keys() {
    let check = |text: &str, expect: &str| {
        assert_eq!(tips(&parse("ncmec_le_json", text.as_bytes()))[0].tip.as_str(), expect);
    };
    check("{\"reportId\":900000001}", "ncmec/900000001");
    check("{\"reportId\":\"900000001\"}", "ncmec/900000001");
    check("{\"reportId\":9007199254740993}", "ncmec/9007199254740993");
    let twice = parse("ncmec_le_json", b"{\"reportId\":1,\"reportId\":2}");
    assert_eq!(tips(&twice)[0].unknown["/reportId (occurrence 1)"], "1");
    assert!(told(&twice, "repeated"));
}

#[test]
fn input_05_xml_that_reaches_out_or_grows_is_refused() {
    let check = |text: &str, kind: ProblemKind| {
        let found = parse("ncmec_api_xml", text.as_bytes());
        assert!(found.problems.iter().any(|problem| problem.kind == kind), "{text:.60}");
        assert!(tips(&found).is_empty(), "{text:.60}");
    };
    check(
        "<!DOCTYPE r [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>\
         <report reportId=\"1\">&a;</report>",
        ProblemKind::Unsupported,
    );
    check("<report reportId=\"1\">&a;</report>", ProblemKind::Unsupported);
    let deep = format!("<report reportId=\"1\">{}", "<a>".repeat(5000));
    check(&deep, ProblemKind::Limit);
    let long = format!("<report reportId=\"1\"><a>{}</a></report>", "x".repeat(2 << 20));
    check(&long, ProblemKind::Limit);
    let fine = "<n:report xmlns:n=\"urn:x\" reportId=\"900000001\"><n:additionalInfo>a<!-- x -->\
                <![CDATA[<b>]]></n:additionalInfo></n:report>";
    assert_eq!(tips(&parse("ncmec_api_xml", fine.as_bytes()))[0].notes, ["a<b>"]);
}

#[test]
fn input_06_order_unknown_children_and_presence_marks() {
    let summary = |marks: &str| {
        xml_tip(&format!(
            "<odd>kept</odd><incidentSummary><reportAnnotations>{marks}</reportAnnotations>\
             <incidentType>x</incidentType></incidentSummary>"
        ))
    };
    assert_eq!(summary("<spam/>").annotations, ["spam"]);
    assert_eq!(summary("<spam>true</spam>").annotations, ["spam"]);
    assert!(summary("<spam>false</spam>").annotations.is_empty());
    let odd = summary("<spam>perhaps</spam>");
    assert!(odd.annotations.is_empty());
    assert_eq!(odd.unknown["/report/incidentSummary/reportAnnotations/spam"], "perhaps");
    assert_eq!(odd.unknown["/report/odd"], "kept");
    let file = "<fileDetails><viral/><fileAnnotations><viral/><infant>false</infant>\
                </fileAnnotations></fileDetails>";
    let tip = xml_tip(file);
    assert_eq!(tip.files[0].tags, ["viral"]);
    assert!(tip.unknown.contains_key("/fileDetails/viral"));
}

#[test]
fn input_07_hostile_packages() {
    let report = Member::new("a.json", b"{\"reportId\":900000001}");
    let check = |members: &[Member], count: usize, words: &str| {
        let found = parse("tip_package", &package(members));
        assert_eq!(self::members(&found).len(), count, "{words}");
        assert!(words.is_empty() || told(&found, words), "{words}: {:?}", found.problems);
    };
    let with = |path: &str| vec![report.clone(), Member::new(path, b"media")];
    check(&with("../../up.jpg"), 2, "leads outside");
    check(&with("/etc/up.jpg"), 2, "leads outside");
    check(&with("C:\\up.jpg"), 2, "leads outside");
    check(&with("a.json"), 2, "");
    let link = Member { symlink: true, ..Member::new("link", b"{\"reportId\":2}") };
    check(&[report.clone(), link.clone()], 2, "not followed");
    // What a link holds is a path, whatever it looks like.
    assert!(told(&parse("tip_package", &package(&[link])), "no report"));
    let locked = Member { encrypted: true, ..Member::new("b.json", b"noise") };
    check(&[report.clone(), locked], 1, "needs a password");
    check(&[Member::new("a.jpg", b"media")], 1, "no report");
    let two = [Member::new("a.pdf", b"%PDF-1.4 a"), Member::new("b.pdf", b"%PDF-1.4 b")];
    check(&two, 2, "");
    let inner = Member::new("inner.dat", &package(std::slice::from_ref(&report)));
    let found = parse("tip_package", &package(&[inner]));
    assert!(members(&found)[0].document.is_some());
    let many: Vec<_> = (0..3000).map(|n| Member::new(&format!("{n}.jpg"), b"media")).collect();
    check(&[std::slice::from_ref(&report), &many].concat(), 3001, "");
    let bomb = Member { deflate: true, ..Member::new("bomb.jpg", &vec![0; 40 << 20]) };
    check(&[report.clone(), bomb, Member::new("after.jpg", b"media")], 2, "reading stopped");
    let whole = package(&[report]);
    assert!(members(&parse("tip_package", &whole[..whole.len() - 9])).is_empty());
    assert!(told(&parse("tip_package", b"PK\x07\x08PK\x03\x04"), "several parts"));
    assert!(told(&parse("tip_package", b""), "nothing"));
}

#[test]
fn input_08_contents_go_before_names() {
    for id in ["ncmec_le_json", "ncmec_le_pdf", "ncmec_api_xml", "tip_package"] {
        assert!(!parse(id, b"").problems.is_empty(), "{id}");
        let probe = |bytes: &[u8]| by_id(id).unwrap().probe(bytes);
        assert_eq!(probe(b"{\"reportId\":1}"), id == "ncmec_le_json");
        assert_eq!(probe(b"%PDF-1.4"), id == "ncmec_le_pdf");
        assert_eq!(probe(b"PK\x03\x04"), id == "tip_package");
        assert_eq!(probe(b"<report><incidentSummary/>"), id == "ncmec_api_xml");
    }
}

#[test]
fn input_09_pdfs_that_are_locked_scanned_broken_or_repeat_themselves() {
    let open = hex(include_str!("../aes_empty_password.hex"));
    let found = parse("ncmec_le_pdf", &open);
    assert_eq!(tips(&found)[0].originator_level.as_deref(), Some("2"), "{:?}", found.problems);
    assert_eq!(tips(&found)[0].parties[0].identifiers[0].raw, "Ana");
    let locked = include_str!("../../../src/tips/ncmec_le_pdf.bad/needs_a_password.hex");
    let found = parse("ncmec_le_pdf", &hex(locked));
    assert!(told(&found, "password") && tips(&found).is_empty());
    let scan = parse("ncmec_le_pdf", &pdf::from_recipe(""));
    assert!(told(&scan, "no text"));
    let whole = pdf::from_recipe("CyberTipline Report 900000001\nPriority Level: 1\n");
    let text = String::from_utf8_lossy(&whole).replace("startxref\n", "startxref\n9");
    let broken = parse("ncmec_le_pdf", text.as_bytes());
    assert!(told(&broken, "broken"), "{:?}", broken.problems);
    let contents = format!("Contents\nSuspect\nName: Nobody\n{}\nSuspect\nName: Ana", pdf::PAGE);
    let tip = pdf_tip("", &contents);
    let names: Vec<_> = tip.parties.iter().map(|party| party.name.as_deref()).collect();
    assert_eq!(names, [Some("Ana")]);
    let split = format!("Filename: long_\nPage 2 of 3\n{}\nname.jpg", pdf::PAGE);
    assert_eq!(pdf_tip("", &split).files[0].file_name.as_deref(), Some("long_name.jpg"));
}

#[test]
fn recipes_of_packages_are_read() {
    let found = parse("tip_package", &zip::from_recipe("--- a.json deflate\n{}\n"));
    assert_eq!(members(&found)[0].path, "a.json");
}
