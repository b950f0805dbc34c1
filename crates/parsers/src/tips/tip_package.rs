//! The ZIP in which a portal hands out reports: documents beside the files that they report.
//!
//! Documents come out whole, so that an importer can publish and parse them. Every other member is
//! hashed as a stream; it is never decoded, copied or kept. Nothing is ever written to a path that
//! the package names.

mod member;

use crate::{Blob, Family, Input, Limits, Parser, Sink, Spec, Tier};
use amparo_model::{Locator, Place, Problem, ProblemKind, RecordKind};
use member::{Budget, Member};
use rawzip::{ZipArchive, ZipFileHeaderRecord, ZipSliceArchive};

/// Lists what is in a package.
#[derive(Debug)]
pub struct TipPackage;

static SPEC: Spec = Spec {
    id: "tip_package",
    title: "ZIP around a report and its files",
    family: Family::Tip,
    apps: &["ICAC Data System", "NCMEC Case Management Tool"],
    claims: &["**/*.zip"],
    companions: &[],
    emits: &[RecordKind::PackageMember],
    version: 1,
    tier: Tier::Unexercised,
    tested_on: &["generated: 1 package of 8 members"],
    gaps: &[
        "members that are packed with anything but deflate, or that need a password, are told and \
         not listed: their bytes cannot be had",
        "a package that breaks off gives nothing, because its directory stands at its end",
        "links are listed with the path they hold as their bytes, and are not followed",
        "documents over 64 MiB, or over 256 MiB together, are listed and not handed out",
    ],
    references: &["PKWARE APPNOTE 6.3.10, sections 4.3 and 4.4"],
    time: "times of members are not read",
    limits: Limits {
        input_bytes: 8 << 30,
        records: 100_000,
        nesting: 1,
        wall_ms_per_mb: 500,
        memory_bytes: 12 << 30,
    },
};

impl Parser for TipPackage {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn probe(&self, head: &[u8]) -> bool {
        matches!(head, [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] | [b'P', b'K', 7, 8, ..])
    }

    fn read(&self, input: &Input, out: &mut dyn Sink) {
        let main = &input.main;
        match open(main) {
            Ok(archive) => list(main, &archive, out),
            Err(detail) => out.problem(main.problem(ProblemKind::Malformed, detail)),
        }
    }
}

/// The directory, unless the bytes are no whole package.
fn open<'a>(main: &Blob<'a>) -> Result<ZipSliceArchive<&'a [u8]>, String> {
    let spanned = main.bytes.starts_with(b"PK\x07\x08") || disk(main.bytes).is_some_and(|n| n > 0);
    match ZipArchive::from_slice(main.bytes) {
        _ if spanned => Err("this is one part of a package in several parts; put all parts \
                             together first"
            .to_owned()),
        Ok(archive) => Ok(archive),
        Err(_) if main.bytes.is_empty() => Err("there is nothing in this file".to_owned()),
        Err(error) => Err(format!("this is no whole package: {error}; get the file again")),
    }
}

/// The number of the part that the end of the directory states; the first is 0.
fn disk(bytes: &[u8]) -> Option<u16> {
    let tail = bytes.get(bytes.len().saturating_sub(65_557)..)?;
    let at = memchr::memmem::rfind(tail, b"PK\x05\x06")?;
    match tail.get(at + 4..at + 6)? {
        // The true number stands in the ZIP64 record then; one part is the usual case.
        [0xff, 0xff] => None,
        [low, high] => Some(u16::from_le_bytes([*low, *high])),
        _ => None,
    }
}

fn list(main: &Blob, archive: &ZipSliceArchive<&[u8]>, out: &mut dyn Sink) {
    let mut entries = archive.entries();
    let mut budget = Budget::default();
    let mut count = 0_u64;
    let mut documents = 0_u64;
    loop {
        let entry = match entries.next_entry() {
            Ok(Some(entry)) => entry,
            Ok(None) => break,
            Err(error) => {
                let detail = format!("the directory is damaged after {count} entries: {error}");
                out.problem(main.problem(ProblemKind::Malformed, detail));
                break;
            }
        };
        count += 1;
        if count > SPEC.limits.records {
            let detail = format!("over {} members; the rest was not read", SPEC.limits.records);
            out.problem(main.problem(ProblemKind::Limit, detail));
            break;
        }
        match one(main, archive, &entry, &mut budget, out) {
            Some(found) => documents += u64::from(found),
            None => break,
        }
    }
    if count != archive.entries_hint() {
        let detail = format!("{count} members of the {} that it states", archive.entries_hint());
        out.problem(main.problem(ProblemKind::Malformed, detail));
    }
    if documents == 0 {
        let detail = "no report is in this package that could be read";
        out.problem(main.problem(ProblemKind::Skipped, detail));
    }
}

/// Reads one entry; whether it is a document, or nothing when the rest must not be read.
fn one(
    main: &Blob,
    archive: &ZipSliceArchive<&[u8]>,
    entry: &ZipFileHeaderRecord,
    budget: &mut Budget,
    out: &mut dyn Sink,
) -> Option<bool> {
    let path = String::from_utf8_lossy(entry.file_path().as_bytes()).replace('\\', "/");
    if path.ends_with('/') && entry.uncompressed_size_hint() == 0 {
        return Some(false);
    }
    let mut told = |kind, at: Locator, detail: &str| {
        out.problem(Problem::at(kind, at, path.as_str(), detail));
    };
    let raw = match archive.get_entry(entry.wayfinder()) {
        Ok(raw) => raw,
        Err(error) => {
            let detail = format!("the member cannot be found: {error}");
            told(ProblemKind::Malformed, main.at(Place::Whole), &detail);
            return Some(false);
        }
    };
    let place = Place::Bytes {
        start: entry.local_header_offset().min(raw.compressed_data_range().0.saturating_sub(1)),
        end: raw.compressed_data_range().1,
    };
    let at = main.at(place);
    if leads_outside(&path) {
        let detail = "the path leads outside the package; it is listed and never used as a path";
        told(ProblemKind::Unsupported, at.clone(), detail);
    }
    if entry.mode().is_symlink() {
        told(ProblemKind::Unsupported, at.clone(), "a link; it is listed and not followed");
    }
    if entry.flags().is_encrypted() {
        told(ProblemKind::Unsupported, at, "the member needs a password; it was not read");
        return Some(false);
    }
    let read = Member { path: &path, entry, raw: &raw }.read(budget);
    match read {
        Ok((mut record, limit)) => {
            if entry.mode().is_symlink() {
                record.document = None;
            }
            if let Some(detail) = limit {
                told(ProblemKind::Limit, at.clone(), &detail);
            }
            let found = record.document.is_some();
            out.record(member::located(record, at));
            Some(found)
        }
        Err((kind, detail)) => {
            told(kind, at, &detail);
            (!budget.is_spent()).then_some(false)
        }
    }
}

fn leads_outside(path: &str) -> bool {
    let drive = path.as_bytes().get(1) == Some(&b':');
    path.starts_with('/') || drive || path.split('/').any(|part| part == "..")
}
