//! INTERPOL ICSE: the semicolon-separated export of the database of child sexual exploitation.
//!
//! `Baseline` is the only verdict in it. `no` means "not baseline", never "legal", and an empty
//! value is no verdict at all.

use crate::list::table::{Column, Table};
use crate::{Family, Limits, ListOut, ListParser, ListSource, Spec, Tier, Unsound};
use amparo_model::{ListHeader, ListNature, RecordKind, Scheme};

/// Reads an INTERPOL ICSE export.
#[derive(Debug)]
pub struct IcseCsv;

static SPEC: Spec = Spec {
    id: "icse_csv",
    title: "INTERPOL ICSE export, as CSV",
    family: Family::HashSet,
    apps: &["INTERPOL ICSE"],
    claims: &["**/*.csv"],
    companions: &[],
    emits: &[RecordKind::ListHeader, RecordKind::KnownHash, RecordKind::ListEnd],
    version: 1,
    tier: Tier::FromVendorSource,
    tested_on: &["generated: 1 list, 9 rows"],
    gaps: &[
        "`list_header.title`, `list_header.version`, `list_header.dated`: \
         the format has no place for them",
        "`known_hash.sha256`, `known_hash.pdq`, `known_hash.frames`, `known_hash.size`, \
         `known_hash.name`: the export has no column for them",
        "flags of other words than y, yes, t, true, 1 and their opposites are left open",
        "a cut between two lines cannot be noticed: the format has no end and no count; compare \
         the number of rows with what the issuer states",
    ],
    references: &["IPED, reader of ICSE exports, seen 2026"],
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
    name: "an INTERPOL ICSE export",
    delimiters: b";",
    latin: false,
    accepts,
    column,
    header: || ListHeader {
        scheme: Some(Scheme {
            name: "INTERPOL-Baseline".to_owned(),
            realm: "ICSE".to_owned(),
            version: "UNKNOWN".to_owned(),
        }),
        title: None,
        version: None,
        dated: None,
        nature: ListNature::Illegal,
    },
};

impl ListParser for IcseCsv {
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

/// IPED asks for all twelve columns; a hash and two of those that only ICSE has are enough here.
pub(super) fn accepts(names: &[String]) -> bool {
    let own = ["imageid", "isdistributed", "victimidentified", "numberofsubmissions", "baseline"];
    let own = own.iter().filter(|name| names.iter().any(|other| other == *name));
    let submissions = ["numberofsubmissions", "baseline", "imageid"];
    let telling = submissions.iter().any(|name| names.iter().any(|other| other == name));
    telling && own.count() >= 2 && names.iter().any(|name| column(name).is_hash())
}

fn column(name: &str) -> Column {
    match name {
        "md5" => Column::Md5,
        "sha1" => Column::Sha1,
        "photodna" => Column::PhotoDna,
        "isdistributed" => Column::Distributed,
        "victimidentified" => Column::Identified,
        "seriesname" => Column::Series,
        "baseline" => Column::Verdict,
        _ => Column::Other,
    }
}
