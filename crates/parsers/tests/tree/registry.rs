//! The registry, the declarations and the files on disk agree.

use crate::support::{self, fixture, fixture_path, name, none, parsers};
use amparo_parsers::{CompanionTest, Family};
use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn ids_are_sorted_and_unique() {
    let ids: Vec<_> = parsers().map(|parser| parser.spec().id).collect();
    let sorted: BTreeSet<_> = ids.iter().copied().collect();
    assert_eq!(ids, sorted.into_iter().collect::<Vec<_>>());
}

#[test]
fn every_file_is_a_unit_and_every_unit_a_file() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut offenders = Vec::new();
    for family in [Family::Tip, Family::App, Family::HashSet] {
        let registered: BTreeSet<_> = parsers()
            .filter(|parser| parser.spec().family == family)
            .map(|parser| format!("{}.rs", parser.spec().id))
            .collect();
        let files = support::list(&source.join(family.folder()));
        let files = files.iter().map(|path| name(path));
        let found: BTreeSet<_> =
            files.filter(|file| file.ends_with(".rs") && file != "mod.rs").collect();
        offenders.extend(registered.symmetric_difference(&found).cloned());
    }
    none("either not registered or without a file", &offenders);
}

#[test]
fn every_unit_has_fixture_expected_output_and_hostile_inputs() {
    let mut offenders = Vec::new();
    for parser in parsers() {
        let id = parser.spec().id;
        if !fixture_path(parser).exists() {
            offenders.push(format!("{id}: no fixture"));
        }
        if !support::unit_file(parser, "expected.jsonl").exists() {
            offenders.push(format!("{id}: no expected output"));
        }
        if support::list(&support::unit_file(parser, "bad")).len() < 3 {
            offenders.push(format!("{id}: fewer than three hostile inputs"));
        }
    }
    none("incomplete units", &offenders);
}

#[test]
fn declarations_are_filled_and_claim_no_more_than_is_read() {
    let words = ["proves", "always", "all messages", "every message", "the user "];
    let mut offenders = Vec::new();
    for parser in parsers() {
        let spec = parser.spec();
        let empty = [
            ("apps", spec.apps.is_empty()),
            ("claims", spec.claims.is_empty()),
            ("emits", spec.emits.is_empty()),
            ("gaps", spec.gaps.is_empty()),
            ("references", spec.references.is_empty()),
            ("tested_on", spec.tested_on.is_empty()),
            ("time", spec.time.is_empty()),
        ];
        let empty = empty.iter().filter(|(_, empty)| *empty);
        offenders.extend(empty.map(|(field, _)| format!("{}: {field} is empty", spec.id)));
        let title = spec.title.to_lowercase();
        let claimed = words.iter().filter(|word| title.contains(**word));
        offenders.extend(claimed.map(|word| format!("{}: title says {word:?}", spec.id)));
    }
    none("declarations", &offenders);
}

#[test]
fn globs_compile_and_match_the_fixture() {
    let mut offenders = Vec::new();
    for parser in parsers() {
        let (spec, files) = (parser.spec(), fixture(parser));
        let globs = spec.claims.iter().map(|glob| globset::Glob::new(glob));
        offenders.extend(globs.filter_map(Result::err).map(|error| error.to_string()));
        if !spec.claims_path(&files.main.path) {
            offenders.push(format!("{} does not claim {}", spec.id, files.main.path));
        }
        let companions: CompanionTest = spec.companions_of(&files.main.path);
        let lost = files.companions.iter().filter(|file| !companions.matches(&file.path));
        offenders.extend(lost.map(|file| format!("{}: {} not found", spec.id, file.path)));
    }
    none("path globs", &offenders);
}

#[test]
fn each_probe_knows_its_own_fixture_and_no_other() {
    let mut offenders = Vec::new();
    for parser in parsers() {
        for other in parsers() {
            let files = fixture(other);
            let head = &files.main.bytes[..files.main.bytes.len().min(1 << 16)];
            let (own, found) = (parser.spec().id == other.spec().id, parser.probe(head));
            if own != found {
                let (parser, other) = (parser.spec().id, other.spec().id);
                offenders.push(format!("{parser} says {found} to the fixture of {other}"));
            }
        }
    }
    none("probes", &offenders);
}

#[test]
fn declared_and_emitted_kinds_are_the_same() {
    let mut offenders = Vec::new();
    for parser in parsers() {
        let declared: BTreeSet<_> = parser.spec().emits.iter().copied().collect();
        let records = fixture(parser).parse(parser).records;
        let emitted: BTreeSet<_> = records.iter().map(|record| record.record().kind()).collect();
        let odd = declared.symmetric_difference(&emitted);
        offenders.extend(odd.map(|kind| format!("{}: {kind:?}", parser.spec().id)));
    }
    none("kinds either not declared or not in the fixture's output", &offenders);
}
