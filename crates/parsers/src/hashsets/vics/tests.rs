//! Envelopes: which are read, which are refused, and where their rows lie.

use super::*;
use crate::{Blob, Collected, Input, Parser, list};
use amparo_model::{Record, Sha256};

const ROW: &str = "{\"MD5\":\"0cc175b9c0f1b6a831c399e269772661\",\"Category\":1}";

fn read(path: &str, text: &str) -> Collected {
    let mut out = Collected::default();
    list::read(&Vics, path, Sha256([0; 32]), &mut text.as_bytes(), &mut out);
    out
}

fn enveloped(context: &str, list: &str) -> String {
    format!("{{\"odata.metadata\":\"http://example.org/DataModels/{context}\",\"value\":{list}}}")
}

fn header(out: &Collected) -> Option<ListHeader> {
    out.records.iter().find_map(|record| match record.record() {
        Record::ListHeader(header) => Some(header.clone()),
        _ => None,
    })
}

fn pointers(out: &Collected) -> Vec<String> {
    let rows = out.records.iter().filter(|record| record.record().kind() == RecordKind::KnownHash);
    rows.map(|record| record.at().place.to_string()).collect()
}

fn whole(out: &Collected) -> bool {
    out.records.last().is_some_and(|record| record.record().kind() == RecordKind::ListEnd)
}

#[test]
fn version_and_realm_are_kept() {
    let check = |context: &str, expect: &str| {
        let out = read("a.json", &enveloped(context, "[]"));
        let scheme = header(&out).and_then(|header| header.scheme).map(|s| s.to_string());
        assert_eq!((scheme.as_deref(), whole(&out)), (Some(expect), true), "{context}");
    };
    check("1.1.xml#Media", "VICS-UNKNOWN 1.1");
    check("1.3.xml#Cases", "VICS-UNKNOWN 1.3");
    check("2.0.xml/US/$metadata#Media", "VICS-US 2.0");
    check("2.0.xml/UK/$metadata#Cases", "VICS-UK 2.0");
    check("2.0.xml/$metadata#Media", "VICS-UNKNOWN 2.0");
}

#[test]
fn other_models_and_other_json_are_refused_without_a_header() {
    let check = |text: &str, expect: ProblemKind| {
        let out = read("a.json", text);
        let kinds: Vec<_> = out.problems.iter().map(|problem| problem.kind).collect();
        assert_eq!((kinds, out.records.len()), (vec![expect], 0), "{text}");
    };
    check("", ProblemKind::Malformed);
    check(" \n", ProblemKind::Malformed);
    check("{}", ProblemKind::Unsupported);
    check("true", ProblemKind::Unsupported);
    check("{\"value\":1}", ProblemKind::Unsupported);
    check(&enveloped("3.0.xml/US/$metadata#Media", "[]"), ProblemKind::Unsupported);
    check(&enveloped("2.0.xml/US/$metadata#Alerts", "[]"), ProblemKind::Unsupported);
    check(&enveloped("edmx#Media", "[]"), ProblemKind::Unsupported);
}

#[test]
fn lists_are_found_under_all_their_names() {
    let check = |text: String, expect: &[&str]| {
        let out = read("a.json", &text);
        assert!(whole(&out), "{text}: {:?}", out.problems);
        assert_eq!(pointers(&out), expect, "{text}");
    };
    check(format!("\u{feff}[{ROW},\r\n{ROW}]\r\n"), &["/0", "/1"]);
    check(format!("{{\"media\":[{ROW}]}}"), &["/media/0"]);
    check(format!("{{\"a\":{{\"b\":[1]}},\"objects\":[{ROW}],\"z\":1}}"), &["/objects/0"]);
    check(format!("{{\"data\":[{ROW},7,{ROW}]}}"), &["/data/0", "/data/2"]);
    let cases =
        format!("[{{\"CaseNumber\":\"1\",\"Media\":[{ROW},{ROW}]}},{{\"Media\" : [{ROW}]}}]");
    let expect = ["/0/Media/0", "/0/Media/1", "/1/Media/0"];
    check(cases.clone(), &expect);
    check(
        enveloped("1.3.xml#Cases", &cases),
        &expect.map(|pointer| format!("/value{pointer}")).each_ref().map(String::as_str),
    );
}

#[test]
fn harmless_lists_are_told_by_model_and_source_never_by_category() {
    let check = |path: &str, context: &str, expect: ListNature| {
        let row = ROW.replace("\"Category\":1", "\"Category\":8");
        let out = read(path, &enveloped(context, &format!("[{row}]")));
        assert_eq!(header(&out).unwrap().nature, expect, "{path} {context}");
    };
    check("lists/NSRL-CAID-nonRDS.json", "1.2.xml#Media", ListNature::Catalogue);
    check("lists/administration.json", "1.2.xml#Media", ListNature::Illegal);
    check("nsrl/list.json", "1.2.xml#Media", ListNature::Illegal);
    check("NSRL.json", "1.3.xml#Media", ListNature::Illegal);
    check("NSRL.json", "2.0.xml/UK/$metadata#Media", ListNature::Illegal);
}

#[test]
fn a_model_stated_after_the_rows_and_two_lists_of_one_name_are_refused() {
    let check = |text: String| assert!(!whole(&read("a.json", &text)), "{text}");
    check(format!("{{\"media\":[{ROW}],\"@odata.context\":\"x/2.0.xml/US/$metadata#Media\"}}"));
    check(format!("{{\"media\":[{ROW}],\"media\":[{ROW}]}}"));
    check(format!("[{{\"Media\":[{ROW}],\"Media\":[{ROW}]}}]"));
    check(format!("[{ROW}] x"));
    check(format!("[{ROW} {ROW}]"));
}

#[test]
fn a_row_that_is_no_json_costs_only_itself() {
    for bad in ["{\"a\" 1}", "{\"a\":\"\\ud800\"}", "{\"MD5\":1,\"MD5\":2}", "7", "{]"] {
        let out = read("a.json", &format!("[{ROW},{bad},{ROW}]"));
        let structure = bad != "{]";
        assert_eq!(whole(&out), structure, "{bad}: {:?}", out.problems);
        assert_eq!(pointers(&out).len(), if structure { 2 } else { 1 }, "{bad}");
        assert_eq!(out.problems.len(), 1, "{bad}");
    }
}

#[test]
fn it_is_a_parser_like_all_others() {
    let text = format!("[{ROW}]");
    let main = Blob { path: "a.json", sha256: Sha256([0; 32]), bytes: text.as_bytes() };
    let mut out = Collected::default();
    Parser::parse(&Vics, &Input::new(main), &mut out);
    assert!(whole(&out));
}
