//! Golden files: the fixed referral must give exactly these bytes. A difference is written over the
//! golden file and fails once, so that the change shows in the diff and is committed on purpose.
#![expect(clippy::disallowed_methods, reason = "tests read and rewrite their golden files")]

mod support;

use amparo_referral::{draft, jsonld, to_json};
use std::path::Path;

#[test]
fn the_record_is_as_expected() {
    golden("referral.json", &to_json(&draft(&support::facts())).unwrap());
}

#[test]
fn the_graph_is_as_expected() {
    golden("referral.jsonld", &jsonld::write(&draft(&support::facts())).unwrap());
}

fn golden(name: &str, actual: &[u8]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    let expected = std::fs::read(&path).unwrap_or_default();
    if expected != actual {
        std::fs::write(&path, actual).unwrap();
        panic!("{name} differed and was rewritten; review the diff and run again");
    }
}
