//! Any CSV whose header names its hashes: what hotlines, partners and spreadsheets hand over.
//!
//! Nothing in such a file tells whose category numbers follow; that is stated at import.

use super::{hashkeeper, icse_csv, nsrl_rds_2};
use crate::list::table::{Column, Table};
use crate::{Family, Limits, ListOut, ListParser, ListSource, Spec, Tier, Unsound};
use amparo_model::{ListHeader, ListNature, RecordKind};

/// Reads a CSV with named columns of hashes.
#[derive(Debug)]
pub struct CsvHeader;

static SPEC: Spec = Spec {
    id: "csv_header",
    title: "CSV whose header names columns of hashes",
    family: Family::HashSet,
    apps: &["spreadsheets", "other tools"],
    claims: &["**/*.csv", "**/*.tsv"],
    companions: &[],
    emits: &[RecordKind::ListHeader, RecordKind::KnownHash, RecordKind::ListEnd],
    version: 1,
    tier: Tier::Unexercised,
    tested_on: &["generated: 1 list, 9 rows"],
    gaps: &[
        "`list_header.scheme`, `list_header.title`, `list_header.version`, `list_header.dated`: \
         the file has no place for them",
        "without a column of qualities a PDQ is taken as quality 100; timestamps of vPDQ frames \
         are not kept",
        "files in UTF-16 or other encodings than UTF-8 are refused or read with replaced letters",
        "a cut between two lines cannot be noticed: the format has no end and no count; compare \
         the number of rows with what the issuer states",
    ],
    references: &["RFC 4180, Common Format and MIME Type for CSV Files"],
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
    name: "a CSV with named columns of hashes",
    delimiters: b",;\t",
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

impl ListParser for CsvHeader {
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

/// A file of a single column of plain hashes is left to the unit for lines, and the exports that
/// have units of their own to those.
fn accepts(names: &[String]) -> bool {
    let own = [icse_csv::accepts, nsrl_rds_2::accepts, hashkeeper::accepts];
    let lines = matches!(names, [name] if ["md5", "sha1", "sha256"].contains(&name.as_str()));
    names.iter().any(|name| column(name).is_hash()) && !lines && !own.iter().any(|own| own(names))
}

fn column(name: &str) -> Column {
    match name {
        "md5" | "md5hash" | "hashmd5" => Column::Md5,
        "sha1" | "sha1hash" | "hashsha1" => Column::Sha1,
        "sha256" | "sha256hash" | "hashsha256" => Column::Sha256,
        "pdq" | "pdqhash" => Column::Pdq,
        "pdqquality" => Column::PdqQuality,
        "photodna" | "pdna" | "photodnahash" => Column::PhotoDna,
        "vpdq" | "vpdqhash" => Column::Vpdq,
        "category" | "code" => Column::Code,
        "series" | "seriesname" => Column::Series,
        "size" | "filesize" | "mediasize" => Column::Size,
        "name" | "filename" => Column::Name,
        "isdistributed" | "distributed" => Column::Distributed,
        "victimidentified" => Column::Identified,
        _ => Column::Other,
    }
}
