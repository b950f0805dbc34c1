//! VICS 2.0 hash sets: the JSON in which Project VIC and compatible lists are distributed.
//!
//! A list that is cut must not be imported at all, or hashes would be missing without anyone
//! knowing: then this parser hands out no record, only the problem, and [`incomplete`] says so.

use crate::json::{Items, Node, Object, step};
use crate::{Blob, Family, Input, Limits, Parser, Sink, Spec, Tier};
use amparo_model::{
    KnownHash, Located, Md5, Pdq, Place, Problem, ProblemKind, Record, RecordKind, Scheme,
};

/// Reads VICS 2.0 `#Media` documents.
#[derive(Debug)]
pub struct Vics2;

static SPEC: Spec = Spec {
    id: "vics_2",
    title: "VICS 2.0 hash set (#Media), as JSON",
    family: Family::HashSet,
    apps: &["Project VIC", "Griffeye", "CAID"],
    claims: &["**/*.json"],
    companions: &[],
    emits: &[RecordKind::KnownHash],
    version: 1,
    tier: Tier::FromVendorSource,
    tested_on: &["generated: 1 list, 7 rows"],
    gaps: &[
        "PhotoDNA values are not read",
        "VICS 1.x and case exports (#Cases) are refused",
        "MediaFiles, Exifs, Segments, Identifiers, Tags and Comments are not read",
        "PDQ carries no quality in this format; 100 is assumed",
        "rows with the same MD5 and different categories are all handed on",
    ],
    references: &[
        "GriffeyePS, copy of the VICS 2.0 EDMX, seen 2026",
        "GLEAPP and IPED, readers of VICS #Media, seen 2026",
    ],
    time: "no time of the list is read; its date is stated at import",
    limits: Limits {
        input_bytes: 16 << 30,
        records: 50_000_000,
        nesting: 128,
        wall_ms_per_mb: 100,
        memory_bytes: 20 << 30,
    },
};

impl Parser for Vics2 {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn probe(&self, head: &[u8]) -> bool {
        let head = String::from_utf8_lossy(head.get(..512.min(head.len())).unwrap_or_default());
        head.contains("odata.context") && head.contains("#Media")
    }

    fn read(&self, input: &Input, out: &mut dyn Sink) {
        let main = &input.main;
        let list = match envelope(main.bytes) {
            Ok((_, list)) => list,
            Err(error) => return out.problem(main.problem(error.kind(), error.to_string())),
        };
        let mut rows = list.items();
        for (index, row) in rows.by_ref().enumerate() {
            read_row(main, &step("/value", index), &row.node, out);
        }
    }
}

/// What kept a list from being read as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// Ask for the file in another form.
    #[error("{found:?} is not the context of a VICS 2.0 hash set; export the list as VICS 2.0")]
    NotVics2 {
        /// What the file says it is, at most 200 characters.
        found: String,
    },
    /// Ask for the file again.
    #[error("the list is incomplete or damaged ({fault}); nothing was taken from it, get it again")]
    Incomplete {
        /// Where it breaks.
        fault: String,
    },
}

impl HeaderError {
    fn kind(&self) -> ProblemKind {
        match self {
            Self::NotVics2 { .. } => ProblemKind::Unsupported,
            Self::Incomplete { .. } => ProblemKind::Malformed,
        }
    }
}

/// The scheme that the list's category numbers follow: `VICS`, realm and version 2.0. The realm
/// is the only thing in the file that tells whose numbers they are.
///
/// # Errors
/// [`HeaderError`] when this is no VICS 2.0 hash set, or one that does not end.
pub fn header(bytes: &[u8]) -> Result<Scheme, HeaderError> {
    envelope(bytes).map(|(scheme, _)| scheme)
}

/// Whether these problems of a parse mean that the list is not whole, so that nothing of it may be
/// imported. Problems of single rows do not.
#[must_use]
pub fn incomplete(problems: &[Problem]) -> bool {
    let whole = |problem: &Problem| match &problem.at {
        Some(at) => at.place == Place::Whole,
        None => true,
    };
    let more_rows = |problem: &Problem| problem.detail.contains("problems are not listed");
    problems.iter().any(|problem| whole(problem) && !more_rows(problem))
}

/// Scheme and record list, after making sure that the document is whole down to each row's end.
fn envelope(bytes: &[u8]) -> Result<(Scheme, Node<'_>), HeaderError> {
    let mut documents = Node::documents(bytes);
    let Some(root) = documents.next().map(|item| item.node) else {
        return Err(not_vics(bytes));
    };
    let object = root.object();
    let context = object.text("@odata.context").ok_or_else(|| not_vics(bytes))?;
    let scheme = scheme(&context)?;
    let fault = object.fault.or(documents.fault).map(|fault| fault.to_string());
    if let Some(fault) = fault.or_else(|| trailing(&mut documents)) {
        return Err(HeaderError::Incomplete { fault });
    }
    let missing = || HeaderError::Incomplete { fault: "there is no list under `value`".to_owned() };
    let list = object.get("value").filter(Node::is_array).ok_or_else(missing)?;
    let mut rows = list.items();
    rows.by_ref().for_each(drop);
    match rows.fault {
        Some(fault) => Err(HeaderError::Incomplete { fault: fault.to_string() }),
        None => Ok((scheme, list)),
    }
}

fn trailing(documents: &mut Items) -> Option<String> {
    let more = documents.next().is_some() || documents.fault.is_some();
    more.then(|| "something follows the end of the list".to_owned())
}

fn not_vics(bytes: &[u8]) -> HeaderError {
    let head = bytes.get(..200.min(bytes.len())).unwrap_or_default();
    HeaderError::NotVics2 { found: String::from_utf8_lossy(head).into_owned() }
}

/// `http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/<REALM>/$metadata#Media`.
fn scheme(context: &str) -> Result<Scheme, HeaderError> {
    let not = || HeaderError::NotVics2 { found: context.chars().take(200).collect() };
    let body = context.strip_suffix("#Media").ok_or_else(not)?;
    let (_, tail) = body.split_once("/2.0.xml").ok_or_else(not)?;
    let realm = tail.trim_start_matches('/').split('/').next().unwrap_or_default();
    let realm = if realm.is_empty() || realm == "$metadata" { "UNKNOWN" } else { realm };
    Ok(Scheme { name: "VICS".to_owned(), realm: realm.to_owned(), version: "2.0".to_owned() })
}

fn read_row(main: &Blob, pointer: &str, node: &Node, out: &mut dyn Sink) {
    let at = main.at(Place::Json { pointer: pointer.to_owned() });
    let row = node.object();
    let mut faults = Vec::new();
    let known = known_hash(&row, &mut faults);
    let usable = known.md5.is_some()
        || known.sha1.is_some()
        || known.sha256.is_some()
        || known.pdq.is_some();
    let empty = known.md5 == Some(Md5::EMPTY_FILE) || known.size == Some(0);
    let reason = match (row.fault, empty, usable) {
        (Some(fault), ..) => Some((ProblemKind::Malformed, fault.to_string())),
        (_, true, _) => Some((ProblemKind::Skipped, "row of the empty file, rejected".to_owned())),
        (.., false) => Some((ProblemKind::Malformed, "row without a usable hash".to_owned())),
        _ => None,
    };
    for fault in faults {
        out.problem(Problem::at(ProblemKind::Malformed, at.clone(), main.path, fault));
    }
    match reason {
        Some((kind, detail)) => out.problem(Problem::at(kind, at, main.path, detail)),
        None => out.record(Located::new(Record::KnownHash(known), at)),
    }
}

fn known_hash(row: &Object, faults: &mut Vec<String>) -> KnownHash {
    let mut known = KnownHash {
        md5: hash(row.text("MD5"), "MD5", faults),
        sha1: hash(row.text("SHA1"), "SHA1", faults),
        sha256: hash(row.text("SHA256"), "SHA256", faults),
        pdq: None,
        code: row.text("Category").filter(|code| code != "null"),
        series: row.text("Series"),
        is_distributed: flag(row, "IsDistributed", faults),
        victim_identified: flag(row, "VictimIdentified", faults),
        size: row.integer("MediaSize").and_then(|size| size.try_into().ok()),
        ..KnownHash::default()
    };
    if let Some(list) = row.get("AlternativeHashes") {
        for item in list.items() {
            alternative(&item.node.object(), &mut known, faults);
        }
    }
    known
}

fn alternative(entry: &Object, known: &mut KnownHash, faults: &mut Vec<String>) {
    let name = entry.text("HashName").unwrap_or_default();
    let plain = name.to_ascii_uppercase().replace(['-', '_', ' '], "");
    let value = entry.text("HashValue");
    match plain.as_str() {
        "MD5" => fill(&mut known.md5, hash(value, &name, faults)),
        "SHA1" => fill(&mut known.sha1, hash(value, &name, faults)),
        "SHA256" => fill(&mut known.sha256, hash(value, &name, faults)),
        "PDQ" | "PDQHASH" => {
            let bits = hash(value, &name, faults);
            // The format has no place for the quality; the list's maker is trusted to omit noise.
            fill(&mut known.pdq, bits.map(|bits| Pdq { bits, quality: 100 }));
        }
        _ => {}
    }
}

fn fill<T>(slot: &mut Option<T>, value: Option<T>) {
    if slot.is_none() {
        *slot = value;
    }
}

fn hash<H>(text: Option<String>, name: &str, faults: &mut Vec<String>) -> Option<H>
where
    H: std::str::FromStr,
    H::Err: std::fmt::Display,
{
    match text?.parse() {
        Ok(hash) => Some(hash),
        Err(error) => {
            faults.push(format!("{name}: {error}"));
            None
        }
    }
}

/// Distributed lists write the strings `"true"` and `"false"`, others real booleans. Absent stays
/// unknown.
fn flag(row: &Object, key: &str, faults: &mut Vec<String>) -> Option<bool> {
    let text = row.text(key)?;
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => {
            faults.push(format!("{key} is neither true nor false and is left open"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const US: &str = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata";

    #[test]
    fn the_realm_is_kept() {
        let list = format!("{{\"@odata.context\":\"{US}#Media\",\"value\":[]}}");
        assert_eq!(header(list.as_bytes()).unwrap().to_string(), "VICS-US 2.0");
    }

    #[test]
    fn other_documents_are_refused_with_a_reason() {
        let cases = format!("{{\"@odata.context\":\"{US}#Cases\",\"value\":[]}}");
        let check = |text: &str| match header(text.as_bytes()) {
            Err(HeaderError::NotVics2 { .. }) => {}
            other => panic!("{text}: {other:?}"),
        };
        check(&cases);
        check("{}");
        check("");
        check("[1]");
    }

    #[test]
    fn a_cut_between_two_rows_is_noticed() {
        let list = format!("{{\"@odata.context\":\"{US}#Media\",\"value\":[{{}},");
        assert!(matches!(header(list.as_bytes()), Err(HeaderError::Incomplete { .. })));
    }
}
