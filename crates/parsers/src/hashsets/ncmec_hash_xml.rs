//! NCMEC hash sharing, version 2: the XML that the exchange answers with.
//!
//! An answer is one page of updates. A deleted entry takes something back that an earlier page
//! gave; it is no row and is told as such.

mod entry;

use crate::list::window::Window;
use crate::list::xml::{Step, Xml};
use crate::{Family, Limits, ListOut, ListParser, ListSource, Spec, Tier, Unsound};
use amparo_model::{ListHeader, ListNature, Place, ProblemKind, RecordKind, Scheme};
use entry::Entry;

/// Reads answers to queries for entries.
#[derive(Debug)]
pub struct NcmecHashXml;

static SPEC: Spec = Spec {
    id: "ncmec_hash_xml",
    title: "NCMEC hash sharing v2, entries as XML",
    family: Family::HashSet,
    apps: &["NCMEC Hash Sharing"],
    claims: &["**/*.xml"],
    companions: &[],
    emits: &[RecordKind::ListHeader, RecordKind::KnownHash, RecordKind::ListEnd],
    version: 1,
    tier: Tier::FromVendorSource,
    tested_on: &["generated: 1 answer, 8 entries"],
    gaps: &[
        "`list_header.title`, `list_header.version`, `list_header.dated`: the answer has no place \
         for them; the newest time of its entries is not its date",
        "`known_hash.sha256`, `known_hash.frames`, `known_hash.series`, \
         `known_hash.is_distributed`, `known_hash.victim_identified`, `known_hash.size`, \
         `known_hash.name`: the format has no place for them",
        "PDQ carries no quality in this format; 100 is assumed",
        "fingerprints of other kinds (NetClean, Videntifier, TMK+PDQF, SSVH) are kept as written",
        "a deleted entry does not remove what another page gave",
        "which of the exchange's lists (industry, NGO, exploitative) it is does not stand in it",
    ],
    references: &["ThreatExchange, ncmec/hash_api.py and its tests, seen 2026"],
    time: "times of entries are kept as written, in UTC; the list's date is stated at import",
    limits: Limits {
        input_bytes: 1 << 40,
        records: 2_000_000_000,
        nesting: 32,
        wall_ms_per_mb: 200,
        memory_bytes: 1 << 30,
    },
};

impl ListParser for NcmecHashXml {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn probe(&self, head: &[u8]) -> bool {
        let head = String::from_utf8_lossy(head.get(..4096.min(head.len())).unwrap_or_default());
        head.trim_start_matches('\u{feff}').trim_start().starts_with('<')
            && head.contains("hashsharing")
            && head.contains("queryResult")
    }

    fn read_list(&self, source: &mut dyn ListSource, out: &mut ListOut) -> Result<(), Unsound> {
        if source.size() == 0 {
            return Err(Unsound::Malformed("the file is empty".to_owned()));
        }
        let mut xml = Xml::new(Window::new(source))?;
        begin(&mut xml)?;
        out.header(header());
        let (mut depth, mut paging, mut more) = (1_u32, false, false);
        loop {
            match xml.next()? {
                Step::Open(name, attributes) => match Entry::of(&name) {
                    Some(entry) => entry.read(&mut xml, out)?,
                    None => {
                        depth += 1;
                        paging |= name == "paging";
                        // Some answers link the next page by an attribute.
                        more |= paging && attributes.iter().any(|(name, _)| name == "href");
                    }
                },
                Step::Text(text) => more |= paging && !text.trim().is_empty(),
                Step::Close => {
                    depth = depth.saturating_sub(1);
                    paging &= depth > 1;
                }
                Step::End => break,
            }
        }
        if more {
            let why = "this is one page of a longer answer; import the next pages as well";
            out.note(Place::Whole, ProblemKind::Skipped, why);
        }
        Ok(())
    }
}

fn begin(xml: &mut Xml) -> Result<(), Unsound> {
    loop {
        match xml.next()? {
            Step::Open(name, attributes) => {
                let spaces = attributes.iter().any(|(_, value)| value.contains("hashsharing"));
                if name == "queryResult" && spaces {
                    return Ok(());
                }
                let why = format!("<{name}> is no answer of NCMEC hash sharing v2 with entries");
                return Err(Unsound::Unsupported(why.chars().take(200).collect()));
            }
            Step::Text(_) => {}
            Step::Close | Step::End => return Err(Unsound::Malformed("it is empty".to_owned())),
        }
    }
}

fn header() -> ListHeader {
    let (name, realm, version) = ("NCMEC".to_owned(), "US".to_owned(), "v2".to_owned());
    let scheme = Some(Scheme { name, realm, version });
    let nature = ListNature::Illegal;
    ListHeader { scheme, title: None, version: None, dated: None, nature }
}
