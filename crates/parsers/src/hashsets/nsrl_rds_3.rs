//! NSRL RDS 3: the SQLite form in which NIST publishes its reference data set.
//!
//! The minimal set has a table `FILE`; the full one has a table `METADATA`, and `FILE` is a view of
//! it. Sets of a hundred gigabytes exist, so the pages are walked where they lie.

use crate::list::btree::{Database, Payload, Schema, TableInfo, Value, values};
use crate::list::fields::{Draft, folded, stated};
use crate::{Family, Limits, ListOut, ListParser, ListSource, Spec, Tier, Unsound, sqlite};
use amparo_model::{ListHeader, ListNature, Place, ProblemKind, RecordKind};

/// Reads minimal and full sets.
#[derive(Debug)]
pub struct NsrlRds3;

static SPEC: Spec = Spec {
    id: "nsrl_rds_3",
    title: "NSRL RDS 3 reference data set, minimal or full, as SQLite",
    family: Family::HashSet,
    apps: &["NIST NSRL"],
    claims: &["**/RDS*.db", "**/*.db", "**/*.sqlite"],
    companions: &[],
    emits: &[RecordKind::ListHeader, RecordKind::KnownHash, RecordKind::ListEnd],
    version: 1,
    tier: Tier::FromVendorSource,
    tested_on: &["generated: 1 minimal set of 8 rows, 1 full set"],
    gaps: &[
        "`list_header.scheme`: the set has no categories",
        "`known_hash.pdq`, `known_hash.photodna`, `known_hash.frames`, `known_hash.code`, \
         `known_hash.series`, `known_hash.is_distributed`, `known_hash.victim_identified`: the \
         set has no column for them",
        "a write-ahead log beside the file is not applied; a set that was changed after it came \
         is read as it was before",
        "SQL dumps and quarterly SQL deltas are not read; load them into a database first",
        "names of packages, makers and systems (PKG, MFG, OS) are not joined to the rows",
        "known is not harmless: the set holds hacking tools and malware as well",
    ],
    references: &[
        "NIST, NSRL RDS 3 schema, as described by readers of it, seen 2026",
        "https://www.sqlite.org/fileformat2.html",
    ],
    time: "the set's release date is read as it stands in its table VERSION",
    limits: Limits {
        input_bytes: 1 << 40,
        records: 2_000_000_000,
        nesting: 20,
        wall_ms_per_mb: 200,
        memory_bytes: 1 << 30,
    },
};

impl ListParser for NsrlRds3 {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    /// The schema stands in the first page; without it in sight nothing tells the set from a store.
    fn probe(&self, head: &[u8]) -> bool {
        let holds = |word: &str| memchr::memmem::find(head, word.as_bytes()).is_some();
        sqlite::probe(head, &["FILE", "METADATA"])
            && ["CREATE TABLE FILE", "CREATE TABLE METADATA", "CREATE TABLE \"FILE\""]
                .iter()
                .any(|table| holds(table))
    }

    fn read_list(&self, source: &mut dyn ListSource, out: &mut ListOut) -> Result<(), Unsound> {
        let mut database = Database::open(source)?;
        let schema = database.schema()?;
        let Some(table) = files(&schema) else {
            let why = "there is no table FILE or METADATA with hashes; this is no NSRL set";
            return Err(Unsound::Unsupported(why.to_owned()));
        };
        let header = header(&mut database, &schema)?;
        out.header(header);
        let columns: Vec<String> = table.columns.iter().map(|name| folded(name)).collect();
        database.walk(table.root, &mut |rowid, payload| {
            let place = Place::Row { table: table.name.clone(), rowid };
            match row(table, &columns, payload) {
                Ok(draft) => out.draft(draft, place),
                Err(why) => out.reject(place, ProblemKind::Malformed, why),
            }
            Ok(())
        })
    }
}

/// The table that holds the files: views are no tables, so the full set is found by its base.
fn files(schema: &Schema) -> Option<&TableInfo> {
    let hashes = |table: &&TableInfo| {
        let hash = |name: &String| matches!(folded(name).as_str(), "md5" | "sha1" | "sha256");
        table.columns.iter().any(hash)
    };
    let tables = ["FILE", "METADATA"].iter().filter_map(|name| schema.table(name));
    tables.into_iter().find(hashes)
}

fn row(table: &TableInfo, columns: &[String], payload: Payload) -> Result<Draft, &'static str> {
    let values = values(payload?).ok_or("row that is damaged")?;
    let mut draft = Draft::default();
    for ((name, column), value) in table.columns.iter().zip(columns).zip(&values) {
        let Some(text) = value.text() else {
            if matches!(value, Value::Blob(_)) {
                draft.faults.push(format!("{name}: bytes instead of text"));
            }
            continue;
        };
        match column.as_str() {
            "md5" => draft.known.md5 = draft.hash(&text, name),
            "sha1" => draft.known.sha1 = draft.hash(&text, name),
            "sha256" => draft.known.sha256 = draft.hash(&text, name),
            "filename" => draft.known.name = stated(&text).map(str::to_owned),
            "filesize" | "bytes" | "size" => draft.size(&text, name),
            _ => draft.other(name, text),
        }
    }
    Ok(draft)
}

/// What the last row of `VERSION` says: version, build set, build date, release date, description.
fn header(database: &mut Database, schema: &Schema) -> Result<ListHeader, Unsound> {
    let nature = ListNature::Catalogue;
    let mut header = ListHeader { scheme: None, title: None, version: None, dated: None, nature };
    let Some(table) = schema.table("VERSION") else { return Ok(header) };
    database.walk(table.root, &mut |_, payload| {
        let Some(values) = payload.ok().and_then(values) else { return Ok(()) };
        for (name, value) in table.columns.iter().zip(&values) {
            let text = value.text().as_deref().and_then(stated).map(str::to_owned);
            match folded(name).as_str() {
                "version" => header.version = text,
                "description" => header.title = text,
                "releasedate" => header.dated = text.map(|date| day(&date)),
                _ => {}
            }
        }
        Ok(())
    })?;
    Ok(header)
}

/// The day of a date with or without a time behind it.
fn day(date: &str) -> String {
    date.split([' ', 'T']).next().unwrap_or(date).to_owned()
}
