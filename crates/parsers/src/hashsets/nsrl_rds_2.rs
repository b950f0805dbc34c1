//! NSRL RDS 2: `NSRLFile.txt`, the text form in which NIST published its reference data set.
//!
//! Known is not harmless: the catalogue lists malicious files as well, with the special code `M`.
//! The code stays with the row, under its own name.

use crate::list::table::{Column, Table};
use crate::{Family, Limits, ListOut, ListParser, ListSource, Spec, Tier, Unsound};
use amparo_model::{ListHeader, ListNature, RecordKind};

/// Reads an NSRL RDS 2 file list.
#[derive(Debug)]
pub struct NsrlRds2;

static SPEC: Spec = Spec {
    id: "nsrl_rds_2",
    title: "NSRL RDS 2 file list (NSRLFile.txt), as CSV",
    family: Family::HashSet,
    apps: &["NIST NSRL"],
    claims: &["**/NSRLFile*.txt", "**/NSRLFile*.csv"],
    companions: &[],
    emits: &[RecordKind::ListHeader, RecordKind::KnownHash, RecordKind::ListEnd],
    version: 1,
    tier: Tier::FromVendorSource,
    tested_on: &["generated: 1 list, 7 rows"],
    gaps: &[
        "`list_header.scheme`, `list_header.title`, `list_header.version`, `list_header.dated`: \
         the file has no place for them",
        "`known_hash.sha256`, `known_hash.pdq`, `known_hash.photodna`, `known_hash.frames`, \
         `known_hash.code`, `known_hash.series`, `known_hash.is_distributed`, \
         `known_hash.victim_identified`: the file has no column for them",
        "products, makers and systems (NSRLProd.txt, NSRLMfg.txt, NSRLOS.txt) are not read",
        "SpecialCode M (malicious) and S (special) are kept beside the row, not acted upon",
        "a cut between two lines cannot be noticed: the format has no end and no count; compare \
         the number of rows with what the issuer states",
    ],
    references: &["NIST, NSRL RDS 2 data formats, as described by readers of it, seen 2026"],
    time: "no time is read; the list's date is stated at import",
    limits: Limits {
        input_bytes: 1 << 40,
        records: 2_000_000_000,
        nesting: 1,
        wall_ms_per_mb: 200,
        memory_bytes: 1 << 30,
    },
};

static TABLE: Table = Table {
    name: "an NSRL RDS 2 file list",
    delimiters: b",",
    latin: true,
    accepts,
    column,
    header: || ListHeader {
        scheme: None,
        title: None,
        version: None,
        dated: None,
        nature: ListNature::Catalogue,
    },
};

impl ListParser for NsrlRds2 {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn probe(&self, head: &[u8]) -> bool {
        TABLE.probe(head)
    }

    fn read_list(&self, source: &mut dyn ListSource, out: &mut ListOut) -> Result<(), Unsound> {
        TABLE.read(source, out)
    }
}

pub(super) fn accepts(names: &[String]) -> bool {
    ["sha1", "md5", "crc32", "filename"].iter().all(|name| names.iter().any(|other| other == name))
}

fn column(name: &str) -> Column {
    match name {
        "sha1" => Column::Sha1,
        "md5" => Column::Md5,
        "filename" => Column::Name,
        "filesize" => Column::Size,
        _ => Column::Other,
    }
}
