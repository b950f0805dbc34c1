//! The forty inputs that an importer of tips must survive, each by its number, as far as they are
//! about reading. The rest are tests of the same numbers in `cli` (`tests/commands/tips_work.rs`):
//! 34 and 35, and that side of 7, 27, 31, 32 and 39 that is about import, storage, rights and
//! export.

mod behaviour;
mod containers;
mod identifiers;
mod values;

use crate::pdf;
use crate::support::{File, Files, sha256};
use amparo_model::{Capture, PackageMember, Party, Record, TipFile, TipRevision};
use amparo_parsers::{Collected, by_id};

fn parse(id: &str, bytes: &[u8]) -> Collected {
    let main = File { path: "tip".into(), sha256: sha256(bytes), bytes: bytes.to_vec() };
    Files { main, companions: Vec::new() }.parse(by_id(id).unwrap())
}

fn tips(found: &Collected) -> Vec<TipRevision> {
    let tips = found.records.iter().filter_map(|record| match record.record() {
        Record::Tip(tip) => Some((**tip).clone()),
        _ => None,
    });
    tips.collect()
}

fn members(found: &Collected) -> Vec<PackageMember> {
    let members = found.records.iter().filter_map(|record| match record.record() {
        Record::PackageMember(member) => Some(member.clone()),
        _ => None,
    });
    members.collect()
}

fn told(found: &Collected, words: &str) -> bool {
    found.problems.iter().any(|problem| problem.detail.contains(words))
}

/// A JSON report whose `reportedInformation` has these members.
fn json(info: &str) -> Collected {
    let text = format!(
        "{{\"reportId\":900000001,\"reportedInformation\":{{\"reportingEsp\":{{\"espName\":\
         \"Example\"}}{}{info}}}}}",
        if info.is_empty() { "" } else { "," }
    );
    parse("ncmec_le_json", text.as_bytes())
}

fn json_party(members: &str) -> Party {
    let found = json(&format!("\"reportedPeople\":{{\"reportedPersons\":[{{{members}}}]}}"));
    tips(&found)[0].parties[0].clone()
}

fn json_capture(value: &str, rest: &str) -> Capture {
    json_party(&format!(
        "\"sourceInformation\":{{\"sourceCaptures\":[{{\"captureType\":\"IP Address\",\"value\":\
         \"{value}\"{rest}}}]}}"
    ))
    .captures[0]
        .clone()
}

fn json_file(members: &str) -> TipFile {
    let found = json(&format!("\"uploadedFiles\":{{\"uploadedFiles\":[{{{members}}}]}}"));
    tips(&found)[0].files[0].clone()
}

fn xml(inside: &str) -> Collected {
    parse("ncmec_api_xml", format!("<report reportId=\"900000001\">{inside}</report>").as_bytes())
}

fn xml_tip(inside: &str) -> TipRevision {
    tips(&xml(inside))[0].clone()
}

/// A PDF report with these lines in section A.
fn pdf_report(cover: &str, reported: &str) -> Collected {
    let recipe = format!(
        "CyberTipline Report 900000001\n{cover}\n{}\nSection A: Reported Information\n{reported}\n",
        pdf::PAGE
    );
    parse("ncmec_le_pdf", &pdf::from_recipe(&recipe))
}

fn pdf_tip(cover: &str, reported: &str) -> TipRevision {
    tips(&pdf_report(cover, reported))[0].clone()
}
