//! Every record can be found again from its own locator.

use crate::support::{File, Files, fixture, none, parsers};
use amparo_model::{Locator, Place, View};
use amparo_parsers::sqlite::{Image, Reading};
use std::collections::BTreeSet;

#[test]
fn every_place_exists_in_its_object() {
    let mut offenders = Vec::new();
    for parser in parsers() {
        let files = fixture(parser);
        for record in files.parse(parser).records {
            if !exists(&files, record.at()) {
                offenders.push(format!("{}: {:?}", parser.spec().id, record.at()));
            }
        }
    }
    none("places that do not exist", &offenders);
}

#[test]
fn no_two_records_are_equal() {
    let mut offenders = Vec::new();
    for parser in parsers() {
        let mut seen = BTreeSet::new();
        for record in fixture(parser).parse(parser).records {
            let line = serde_json::to_string(&record).unwrap();
            if !seen.insert(line.clone()) {
                offenders.push(format!("{}: {line}", parser.spec().id));
            }
        }
    }
    none("the same record twice", &offenders);
}

fn exists(files: &Files, at: &Locator) -> bool {
    let all = std::iter::once(&files.main).chain(&files.companions);
    let Some(file) = all.into_iter().find(|file| file.sha256 == at.object) else { return false };
    match &at.place {
        Place::Whole => true,
        Place::Bytes { start, end } => start < end && *end <= file.bytes.len() as u64,
        Place::Json { pointer } => {
            let text = file.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&file.bytes);
            let value: serde_json::Value = serde_json::from_slice(text).unwrap();
            value.pointer(pointer).is_some()
        }
        // Pages are counted by the parser's own reader; the tests of that reader check its count.
        Place::Page { page, line } => *page > 0 && *line > 0,
        Place::Row { table, rowid } => row_exists(files, file, table, *rowid, at.view),
    }
}

fn row_exists(files: &Files, file: &File, table: &str, rowid: i64, view: View) -> bool {
    let log = format!("{}-wal", file.path);
    let wal = files.companions.iter().find(|companion| companion.path == log);
    let (image, _) = Image::open(&file.blob(), wal.map(File::blob).as_ref());
    let image = image.unwrap();
    let readings = match view {
        View::Only => image.readings(),
        View::OnlyWithWal => &[Reading::WithLog],
        View::OnlyWithoutWal => &[Reading::WithoutLog],
    };
    readings.iter().all(|reading| {
        let mut found = false;
        let db = image.connect(*reading).unwrap();
        db.scan(table, &[], |row, _| found |= row == rowid);
        found
    })
}
