//! HashKeeper: the CSV of the hash sets that the U.S. National Drug Intelligence Center gave out.
//!
//! Sets of harmless and of notable files have the same form; nothing in the file tells which.

use crate::list::table::{Column, Table};
use crate::{Family, Limits, ListOut, ListParser, ListSource, Spec, Tier, Unsound};
use amparo_model::{ListHeader, ListNature, RecordKind};

/// Reads a HashKeeper hash set.
#[derive(Debug)]
pub struct HashKeeper;

static SPEC: Spec = Spec {
    id: "hashkeeper",
    title: "HashKeeper hash set, as CSV",
    family: Family::HashSet,
    apps: &["HashKeeper"],
    claims: &["**/*.hsh", "**/*.csv"],
    companions: &[],
    emits: &[RecordKind::ListHeader, RecordKind::KnownHash, RecordKind::ListEnd],
    version: 1,
    tier: Tier::FromVendorSource,
    tested_on: &["generated: 1 list, 7 rows"],
    gaps: &[
        "`list_header.scheme`, `list_header.title`, `list_header.version`, `list_header.dated`: \
         they stand in a second file (.hke) that is not read",
        "`known_hash.sha1`, `known_hash.sha256`, `known_hash.pdq`, `known_hash.photodna`, \
         `known_hash.frames`, `known_hash.code`, `known_hash.series`, \
         `known_hash.is_distributed`, `known_hash.victim_identified`: no column for them",
        "a cut between two lines cannot be noticed: the format has no end and no count; compare \
         the number of rows with what the issuer states",
    ],
    references: &["The Sleuth Kit, hk_index.c, description of the columns, seen 2026"],
    time: "times are kept as written, in the zone that the row states",
    limits: Limits {
        input_bytes: 1 << 40,
        records: 2_000_000_000,
        nesting: 1,
        wall_ms_per_mb: 200,
        memory_bytes: 1 << 30,
    },
};

static TABLE: Table = Table {
    name: "a HashKeeper hash set",
    delimiters: b",",
    latin: false,
    accepts,
    column,
    header: || ListHeader {
        scheme: None,
        title: None,
        version: None,
        dated: None,
        nature: ListNature::NotStated,
    },
};

impl ListParser for HashKeeper {
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
    ["fileid", "hashsetid", "hash"].iter().all(|name| names.iter().any(|other| other == name))
}

fn column(name: &str) -> Column {
    match name {
        "hash" => Column::Md5,
        "filename" => Column::Name,
        "filesize" => Column::Size,
        _ => Column::Other,
    }
}
