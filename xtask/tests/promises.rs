//! SECURITY.md names its tests truthfully: each promise stands there, and each name it calls a test
//! is one.
//!
//! To add a promise or a proof: write it into SECURITY.md; this test finds the name by itself.
#![expect(clippy::disallowed_methods, reason = "reads the tree it judges")]
#![expect(clippy::unwrap_used, reason = "a helper that cannot go on fails the test")]

use std::path::{Path, PathBuf};

const PROMISES: usize = 12;

#[test]
fn every_promise_stands_in_order_and_says_what_tests_it() {
    let text = std::fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let promises: Vec<&str> = text.split("\n**P").skip(1).collect();
    let mut complaints = Vec::new();
    for (number, promise) in (1..).zip(&promises) {
        if !promise.starts_with(&format!("{number} ")) {
            complaints.push(format!("P{number} is not where it belongs"));
        }
        if !promise.contains("\n- tested by `") && !promise.contains("\n- not yet") {
            complaints.push(format!("P{number} names neither a test nor what is missing"));
        }
    }
    assert_eq!(promises.len(), PROMISES);
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn every_test_that_a_promise_names_exists() {
    let text = std::fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let mut sources = String::new();
    for folder in ["crates", "xtask"] {
        collect(&root().join(folder), &mut sources);
    }
    let names = test_names(&text);
    let missing: Vec<_> =
        names.iter().filter(|name| !sources.contains(&format!("fn {name}("))).collect();
    assert!(names.len() > 40, "only {} names were found", names.len());
    assert!(missing.is_empty(), "SECURITY.md names tests that do not exist: {missing:?}");
}

/// What stands in code marks between `tested by` and the next item of a list, and reads like the
/// name of a test.
fn test_names(text: &str) -> Vec<&str> {
    let lists = text.split("\n- tested by ").skip(1);
    let names = lists.flat_map(|list| list.split("\n- ").next().unwrap_or_default().split('`'));
    names.filter(|word| word.contains('_') && word.chars().all(is_part_of_a_name)).collect()
}

fn is_part_of_a_name(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'
}

fn collect(folder: &Path, into: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}
