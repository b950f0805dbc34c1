//! CyberTipline reports in the PDF form that law enforcement receives.
//!
//! The form is made for people: there is no schema, and its labels are those that public tools look
//! for. Values are taken from the block in which they stand and from nowhere else, so that the
//! contact data of a provider, the clearing house or an agency never becomes a suspect's. Every
//! line that is not understood is kept, and the share of lines that were is stated.

mod cover;
mod lines;
mod lookups;
mod reader;
mod section_a;
mod table;
mod words;

use crate::pdf::{self, Refusal};
use crate::{Family, Input, Limits, Parser, Sink, Spec, Tier};
use amparo_model::{Located, Place, Problem, ProblemKind, Record, RecordKind};

/// Reads reports of the National Center for Missing & Exploited Children as PDF.
#[derive(Debug)]
pub struct NcmecLePdf;

static SPEC: Spec = Spec {
    id: "ncmec_le_pdf",
    title: "CyberTipline report as law enforcement receives it, PDF",
    family: Family::Tip,
    apps: &["ICAC Data System", "NCMEC Case Management Tool"],
    claims: &["**/*.pdf"],
    companions: &[],
    emits: &[RecordKind::Tip],
    version: 1,
    tier: Tier::Unexercised,
    tested_on: &["generated: 1 report of 6 pages"],
    gaps: &[
        "the layout is put together from the labels that public tools look for; it was never tried \
         on a real report",
        "nesting that no report has slows the reading down; the limit of time ends it",
        "a scanned report has no text; it is told and not read",
        "a file name that is wrapped is joined without a blank unless it has blanks elsewhere",
        "lines of an additional information that look like a name, a mail address or a phone \
         number stay text: whose they are is not certain there",
        "annotations, channels of the incident and tags have no known labels",
        "pages that are turned or written in columns come out in the order of their heights",
    ],
    references: &[
        "labels in public readers of the form: LUKO, CB, VSE, PDFP, LLF, DKF, seen 2026",
        "ISO 32000-1",
    ],
    time: "MM-DD-YYYY HH:MM:SS UTC; without UTC the zone is unknown",
    limits: Limits {
        input_bytes: 64 << 20,
        records: 1,
        nesting: 512,
        wall_ms_per_mb: 5000,
        memory_bytes: 4 << 30,
    },
};

/// Below this share of understood lines the layout is taken to be another one.
const UNDERSTOOD_ENOUGH: u8 = 70;

impl Parser for NcmecLePdf {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn probe(&self, head: &[u8]) -> bool {
        let start = head.get(..1024.min(head.len())).unwrap_or_default();
        memchr::memmem::find(start, b"%PDF-").is_some() && !start.starts_with(b"PK")
    }

    fn read(&self, input: &Input, out: &mut dyn Sink) {
        let main = &input.main;
        let mut problem = |kind, detail: String| out.problem(main.problem(kind, detail));
        let text = match pdf::text(main.bytes) {
            Ok(text) => text,
            Err(refusal) => {
                let kind = match refusal {
                    Refusal::Password | Refusal::Encryption => ProblemKind::Unsupported,
                    Refusal::Broken => ProblemKind::Malformed,
                    Refusal::Limit(_) => ProblemKind::Limit,
                };
                return problem(kind, refusal.to_string());
            }
        };
        if text.damaged {
            let detail = "the file breaks off or its table of contents is broken; parts may be \
                          missing, get it again";
            problem(ProblemKind::Malformed, detail.to_owned());
        }
        if let Some(detail) = &text.limited {
            problem(ProblemKind::Limit, detail.clone());
        }
        if text.unknown_letters > 0 {
            let detail = format!("{} letters have no known meaning", text.unknown_letters);
            problem(ProblemKind::Unsupported, detail);
        }
        if text.pages.iter().all(Vec::is_empty) {
            let detail = "there is no text in this document; it may be a scan, which needs text \
                          recognition first";
            return problem(ProblemKind::Unsupported, detail.to_owned());
        }
        match reader::read(&text) {
            Ok(found) => {
                let at = main.at(Place::Page { page: found.at.0, line: found.at.1 });
                for (subject, detail) in found.odd {
                    out.problem(Problem::at(ProblemKind::Unsupported, at.clone(), subject, detail));
                }
                let share = found.tip.understood_percent.unwrap_or(0);
                if share < UNDERSTOOD_ENOUGH {
                    let detail = format!(
                        "only {share} percent of the lines were understood; the layout may have \
                         changed, read the original"
                    );
                    out.problem(main.problem(ProblemKind::Unsupported, detail));
                }
                out.record(Located::new(Record::Tip(Box::new(found.tip)), at));
            }
            Err(detail) => problem(ProblemKind::Malformed, detail),
        }
    }
}
