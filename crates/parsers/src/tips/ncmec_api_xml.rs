//! CyberTipline reports in the XML form in which providers submit them.
//!
//! Law enforcement meets this form in direct copies from a provider, in partner systems and in test
//! data. Its schema is not public; key names are those that public tools read and write. Children
//! are taken in any order, and every element and attribute that this version does not use is kept.

mod files;
mod incident;
mod parties;
mod tree;

use crate::tip_parts::{self, plain};
use crate::{Blob, Family, Input, Limits, Parser, Sink, Spec, Tier};
use amparo_model::{Located, Place, Problem, ProblemKind, Record, RecordKind, TipId, TipRevision};
use std::borrow::Cow;
use std::collections::BTreeSet;
use tree::{Element, Unknown};

/// Reads reports of the National Center for Missing & Exploited Children as the reporting API takes
/// them.
#[derive(Debug)]
pub struct NcmecApiXml;

static SPEC: Spec = Spec {
    id: "ncmec_api_xml",
    title: "CyberTipline report as a provider submits it, XML",
    family: Family::Tip,
    apps: &["NCMEC CyberTipline Reporting API"],
    claims: &["**/*.xml"],
    companions: &[],
    emits: &[RecordKind::Tip],
    version: 1,
    tier: Tier::FromVendorSource,
    tested_on: &["generated: 2 reports with 3 files"],
    gaps: &[
        "`tip.received_at`, `tip.originator_level`: the provider sends the report before either \
         exists",
        "the report itself carries no number; it is taken from an answer or from file details \
         beside it, and without one nothing is emitted",
        "channels of the incident are kept as notes, served legal process, disabled accounts and \
         what a device was used for as unknown paths",
        "annotations of a file are listed with its tags",
        "paths of unknown elements start at the report or at the file details, not at the file",
    ],
    references: &["public writers of the form: ncmec-go, Coop and others, after the schema of \
         2025-11, seen 2026"],
    time: "xs:dateTime; without Z or offset the zone is unknown",
    limits: Limits {
        input_bytes: 64 << 20,
        records: 100_000,
        nesting: 32,
        wall_ms_per_mb: 1000,
        memory_bytes: 2 << 30,
    },
};

impl Parser for NcmecApiXml {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn probe(&self, head: &[u8]) -> bool {
        let text = plain(head);
        let text = String::from_utf8_lossy(&text);
        let tags = ["incidentSummary", "reportResponse", "fileDetails", "personOrUserReported"];
        let starts = text.trim_start_matches('\u{feff}').trim_start().starts_with('<');
        starts && tags.iter().any(|tag| text.contains(tag))
    }

    fn read(&self, input: &Input, out: &mut dyn Sink) {
        let main = &input.main;
        let text = plain(main.bytes);
        // Offsets in converted text are no offsets in the file.
        let located = matches!(text, Cow::Borrowed(_));
        let (root, fault) = tree::read(if located { &text } else { undeclared(&text) });
        if let Some((kind, detail)) = fault {
            out.problem(main.problem(kind, detail));
        }
        let mut parts = Parts::default();
        if let Some(root) = root {
            parts.sort(root);
        }
        if parts.reports.is_empty() {
            let detail = "there is no whole report in this file";
            out.problem(main.problem(ProblemKind::Malformed, detail));
        }
        parts.emit(main, located, out);
    }
}

/// Converted text without its declaration, which names the encoding that it no longer has.
fn undeclared(text: &[u8]) -> &[u8] {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text).trim_ascii_start();
    let end = memchr::memmem::find(text, b"?>").filter(|_| text.starts_with(b"<?xml"));
    end.and_then(|end| text.get(end + 2..)).unwrap_or(text)
}

/// What a file of this form holds, in the order in which it stands there.
#[derive(Default)]
struct Parts {
    reports: Vec<Element>,
    files: Vec<Element>,
    answers: Vec<Element>,
    /// Numbers that a wrapper states.
    numbers: BTreeSet<String>,
}

impl Parts {
    /// Sorts the document; wrappers of any name are looked into.
    fn sort(&mut self, mut element: Element) {
        match element.name().to_ascii_lowercase().as_str() {
            "report" => self.reports.push(element),
            "filedetails" => self.files.push(element),
            "reportresponse" | "reportdoneresponse" => self.answers.push(element),
            _ => {
                self.numbers.extend(element.number());
                for child in element.children() {
                    self.sort(child);
                }
            }
        }
    }

    fn emit(mut self, main: &Blob, located: bool, out: &mut dyn Sink) {
        let mut reports = std::mem::take(&mut self.reports);
        let owns: Vec<_> = reports.iter_mut().map(Element::number).collect();
        let nameless = owns.iter().filter(|own| own.is_none()).count();
        for (report, own) in reports.into_iter().zip(&owns) {
            let place = if located { report.place() } else { Place::Whole };
            let number = match own {
                Some(number) => Ok(number.clone()),
                None if nameless == 1 => self.number_beside(&owns),
                None => Err("several reports without numbers of their own".to_owned()),
            };
            self.one(report, number, &main.at(place), main.path, owns.len() == 1, out);
        }
        for file in self.files {
            let detail = "file details of another report, or without their report";
            out.problem(main.problem(ProblemKind::Skipped, format!("{}: {detail}", file.path())));
        }
    }

    /// The one number beside the report that no other report claims. What the clearing house
    /// answered goes before what file details say.
    fn number_beside(&self, owns: &[Option<String>]) -> Result<String, String> {
        let mut answered = self.numbers.clone();
        answered.extend(self.answers.iter().filter_map(|answer| answer.peek("reportId")));
        let stated = self.files.iter().filter_map(|file| file.peek("reportId")).collect();
        let free = |numbers: BTreeSet<String>| -> Vec<String> {
            numbers.into_iter().filter(|number| !owns.contains(&Some(number.clone()))).collect()
        };
        let answered = free(answered);
        let numbers = if answered.is_empty() { free(stated) } else { answered };
        match numbers.as_slice() {
            [number] => Ok(number.clone()),
            [] => Err("there is no report number, so this cannot become a tip".to_owned()),
            many => Err(format!("{} report numbers for one report", many.len())),
        }
    }

    fn one(
        &mut self,
        report: Element,
        number: Result<String, String>,
        at: &amparo_model::Locator,
        path: &str,
        alone: bool,
        out: &mut dyn Sink,
    ) {
        let tip = match number.and_then(|number| tip_parts::tip_id(&number)) {
            Ok(tip) => tip,
            Err(detail) => {
                out.problem(Problem::at(ProblemKind::Malformed, at.clone(), path, detail));
                return;
            }
        };
        let mut shared = Shared::default();
        let files = self.files_of(&tip, alone);
        let tip = revision(tip, report, files, &self.answers, &mut shared);
        for (path, detail) in shared.odd {
            out.problem(Problem::at(ProblemKind::Unsupported, at.clone(), path, detail));
        }
        out.record(Located::new(Record::Tip(Box::new(tip)), at.clone()));
    }

    /// The files that name the report; those that name none belong to a report that is alone.
    fn files_of(&mut self, tip: &TipId, alone: bool) -> Vec<Element> {
        let belongs = |file: &Element| match file.peek("reportId") {
            Some(number) => tip.as_str() == format!("ncmec/{number}"),
            None => alone,
        };
        let (own, other) = std::mem::take(&mut self.files).into_iter().partition(belongs);
        self.files = other;
        own
    }
}

/// What a whole report shares while its parts are read.
#[derive(Default)]
struct Shared {
    /// The provider, for identifiers that are unique only there.
    provider: String,
    /// What was not understood.
    unknown: Unknown,
    /// Path and sentence for each value that could not be used.
    odd: Vec<(String, String)>,
}

fn revision(
    tip: TipId,
    mut report: Element,
    files: Vec<Element>,
    answers: &[Element],
    shared: &mut Shared,
) -> TipRevision {
    let mut revision = TipRevision::new(tip);
    parties::reporter(&mut report, &mut revision, shared);
    incident::incident(&mut report, &mut revision, shared);
    parties::parties(&mut report, &mut revision, shared);
    for inside in report.all("fileDetails") {
        revision.files.push(files::file(inside, shared));
    }
    revision.files.extend(files.into_iter().map(|file| files::file(file, shared)));
    files::hashes_of_uploads(answers, &mut revision);
    report.finish(&mut shared.unknown);
    revision.unknown = std::mem::take(&mut shared.unknown);
    revision
}
