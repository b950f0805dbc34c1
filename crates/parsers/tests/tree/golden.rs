//! Output reproduces byte for byte, and cannot change without a new version.
//!
//! On a difference the expected file is rewritten and the test fails: the diff is the review.

use crate::support::{fixture, none, parsers, sha256, unit_file};
use amparo_parsers::{Collected, Parser};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn expected_output_reproduces() {
    let mut offenders = Vec::new();
    for parser in parsers() {
        let path = unit_file(parser, "expected.jsonl");
        let (found, expected) = (output(parser), fs::read_to_string(&path).unwrap_or_default());
        if found != expected {
            fs::write(&path, &found).unwrap();
            offenders.push(format!("{}: rewritten, read the diff", path.display()));
        }
    }
    none("output changed", &offenders);
}

#[test]
fn a_second_run_gives_the_same() {
    for parser in parsers() {
        assert_eq!(output(parser), output(parser), "{}", parser.spec().id);
    }
}

#[test]
fn output_changes_only_with_the_version() {
    let pins = fs::read_to_string(pins_path()).unwrap_or_default();
    let mut offenders = Vec::new();
    let mut lines: Vec<String> = pins.lines().map(str::to_owned).collect();
    for parser in parsers() {
        let spec = parser.spec();
        let key = format!("{} {} ", spec.id, spec.version);
        let line = format!("{key}{}", sha256(output(parser).as_bytes()));
        match lines.iter().find(|pin| pin.starts_with(&key)) {
            Some(pin) if *pin == line => {}
            Some(_) => offenders.push(format!("{}: raise the version of its Spec", spec.id)),
            None => {
                let id = format!("{} ", spec.id);
                lines.retain(|pin| !pin.starts_with(&id));
                lines.push(line);
                offenders.push(format!("{}: new pin written", spec.id));
            }
        }
    }
    lines.sort();
    fs::write(pins_path(), lines.join("\n") + "\n").unwrap();
    none("pins", &offenders);
}

fn pins_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tree/pins.txt")
}

/// Records in order, then problems, one JSON object per line.
fn output(parser: &dyn Parser) -> String {
    let Collected { records, problems } = fixture(parser).parse(parser);
    let records = records.iter().map(|record| serde_json::to_string(record).unwrap());
    let problems = problems.iter().map(|problem| json!({ "problem": problem }).to_string());
    records.chain(problems).map(|line| line + "\n").collect()
}
