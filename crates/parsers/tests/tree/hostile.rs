//! Hostile input costs at most its own result: no panic, no flood, and a visible problem.

use crate::support::{Files, bad_inputs, fixture, none, parsers};
use amparo_parsers::{Blob, Collected, Input, Parser};

/// Inputs tried for each parser and kind of damage, spread evenly over the fixture.
const TRIES: usize = 250;

/// How a format of lines without an end declares it among its gaps.
pub const CUT_BETWEEN_LINES: &str = "a cut between two lines cannot be noticed";

#[test]
fn hostile_inputs_produce_problems() {
    let mut offenders = Vec::new();
    for parser in parsers() {
        for (name, files) in bad_inputs(parser) {
            if files.parse(parser).problems.is_empty() {
                offenders.push(format!("{}: {name} passed in silence", parser.spec().id));
            }
        }
    }
    none("hostile inputs", &offenders);
}

#[test]
fn every_parser_survives_the_hostile_inputs_of_all_others() {
    for parser in parsers() {
        for other in parsers() {
            for (_, files) in bad_inputs(other) {
                files.parse(parser);
            }
        }
    }
}

#[test]
fn a_cut_input_gives_less_only_with_a_problem() {
    let mut offenders = Vec::new();
    for parser in parsers() {
        let files = fixture(parser);
        let whole = files.parse(parser);
        let bytes = &files.main.bytes;
        for len in spread(bytes.len()) {
            let found = parse_with(parser, &files, &bytes[..len]);
            let told = found.problems.iter().any(|problem| !whole.problems.contains(problem));
            // Only a list of lines may be cut in silence, only between two lines, and it says so.
            let between_lines = len > 0 && bytes[len - 1] == b'\n';
            if between_lines && parser.spec().gaps.join(" ").contains(CUT_BETWEEN_LINES) {
                continue;
            }
            if found.records != whole.records && !told {
                offenders.push(format!("{}: cut at {len} in silence", parser.spec().id));
            }
        }
    }
    none("cut inputs", &offenders);
}

#[test]
fn a_flipped_bit_neither_stops_nor_floods() {
    let mut offenders = Vec::new();
    for parser in parsers() {
        let files = fixture(parser);
        let roof = 10 * files.parse(parser).records.len() + 100;
        let mut bytes = files.main.bytes.clone();
        for (turn, at) in spread(bytes.len()).enumerate() {
            let bit = 1 << (turn % 8);
            bytes[at] ^= bit;
            let found = parse_with(parser, &files, &bytes);
            bytes[at] ^= bit;
            if found.records.len() > roof || found.problems.len() > roof {
                offenders.push(format!("{}: flood after byte {at}", parser.spec().id));
            }
        }
    }
    none("flipped bits", &offenders);
}

#[test]
fn damaged_logs_neither_stop_nor_flood() {
    for parser in parsers() {
        let files = fixture(parser);
        let Some(wal) = files.companions.iter().position(|file| file.path.ends_with("-wal")) else {
            continue;
        };
        let mut damaged = files.clone();
        for (turn, at) in spread(files.companions[wal].bytes.len()).enumerate() {
            damaged.companions[wal].bytes = files.companions[wal].bytes.clone();
            if turn % 2 == 0 {
                damaged.companions[wal].bytes.truncate(at);
            } else {
                damaged.companions[wal].bytes[at] ^= 0x10;
            }
            damaged.parse(parser);
        }
    }
}

fn parse_with(parser: &dyn Parser, files: &Files, bytes: &[u8]) -> Collected {
    let main = Blob { bytes, ..files.main.blob() };
    let mut out = Collected::default();
    parser.parse(&Input { main, ..files.input() }, &mut out);
    out
}

/// Positions over the whole length, ends included, with an odd step so that no period is missed.
fn spread(len: usize) -> impl Iterator<Item = usize> {
    let step = (len / TRIES).max(1) | 1;
    (0..len).step_by(step)
}
