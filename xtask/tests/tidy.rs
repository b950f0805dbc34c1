//! The house numbers, as a test that names every offender at once.
//!
//! To add a rule: write a function from a [`Source`] to complaints and list it in `RULES`.

#![expect(clippy::disallowed_methods, reason = "reads the tree it judges")]
#![expect(clippy::unwrap_used, reason = "a helper that cannot go on fails the test")]

use std::path::{Path, PathBuf};

/// Lines of a file: more is refused. A parser is held to less, because a longer one is two parsers.
const FILE_LINES_MAX: usize = 900;
const PARSER_LINES_MAX: usize = 500;
const FUNCTION_LINES_MAX: usize = 70;
const COLUMNS_MAX: usize = 100;

/// One Rust file of the workspace.
struct Source {
    path: String,
    text: String,
}

type Rule = fn(&Source) -> Vec<String>;

const RULES: &[(&str, Rule)] = &[
    ("every file starts with a module doc", module_doc),
    ("files stay short", file_length),
    ("functions stay short", function_length),
    ("lines stay within the page", line_length),
    ("no note without an issue", leftover_notes),
    ("an expected lint has a reason", reasons),
    ("no path of one machine", machine_paths),
];

#[test]
fn the_tree_keeps_the_house_numbers() {
    let mut complaints = Vec::new();
    for source in sources() {
        for (name, rule) in RULES {
            complaints.extend(rule(&source).into_iter().map(|c| format!("{c}  ({name})")));
        }
    }
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn every_crate_says_what_it_is_and_keeps_the_lints() {
    let mut complaints = Vec::new();
    for manifest in manifests() {
        let text = std::fs::read_to_string(&manifest).unwrap();
        for needed in ["description = \"", "[lints]\nworkspace = true"] {
            if !text.contains(needed) {
                complaints.push(format!("{}: no {needed:?}", manifest.display()));
            }
        }
    }
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn the_root_stays_readable() {
    let entries = std::fs::read_dir(root()).unwrap();
    let names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| !["target", ".git", "amparo-data", "amparo-demo"].contains(&name.as_str()))
        .collect();
    assert!(names.len() <= 24, "too many entries at the root: {names:?}");
    let architecture = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    assert!(architecture.lines().count() <= 250, "ARCHITECTURE.md is over 250 lines");
}

#[test]
fn the_rules_catch_what_they_name() {
    let long = format!("fn f() {{\n{}}}\n", "    x();\n".repeat(80));
    let check = |rule: Rule, text: &str| {
        rule(&Source { path: "crates/x/src/a.rs".into(), text: text.into() }).len()
    };
    assert_eq!(check(module_doc, "fn f() {}\n"), 1);
    assert_eq!(check(function_length, &long), 1);
    assert_eq!(check(line_length, &"x".repeat(101)), 1);
    assert_eq!(check(leftover_notes, concat!("// TO", "DO later\n")), 1);
    assert_eq!(check(reasons, concat!("#[exp", "ect(dead_code)]\n")), 1);
    assert_eq!(check(module_doc, "//! Doc.\n"), 0);
}

fn module_doc(source: &Source) -> Vec<String> {
    let starts = source.text.starts_with("//!");
    if starts { vec![] } else { vec![format!("{}:1: no module doc", source.path)] }
}

fn file_length(source: &Source) -> Vec<String> {
    let parser =
        source.path.starts_with("crates/parsers/src/") && source.path.matches('/').count() > 3;
    let max = if parser { PARSER_LINES_MAX } else { FILE_LINES_MAX };
    let lines = source.text.lines().count();
    if lines <= max { vec![] } else { vec![format!("{}: {lines} lines", source.path)] }
}

/// Counts from a line that opens a function to the closing brace at the same indentation, which is
/// exact for formatted code.
fn function_length(source: &Source) -> Vec<String> {
    let lines: Vec<&str> = source.text.lines().collect();
    let mut complaints = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let trimmed = line.trim_start();
        if !opens_function(trimmed) {
            continue;
        }
        let close = format!("{}}}", &line[..line.len() - trimmed.len()]);
        let end = lines[number..].iter().position(|line| *line == close).unwrap_or(0);
        if end > FUNCTION_LINES_MAX {
            complaints.push(format!("{}:{}: {end} lines", source.path, number + 1));
        }
    }
    complaints
}

fn opens_function(line: &str) -> bool {
    let mut words = line.split_whitespace().skip_while(|word| {
        word.starts_with("pub") || ["const", "async", "unsafe", "extern"].contains(word)
    });
    words.next() == Some("fn") && !line.ends_with(';') && !line.ends_with('}')
}

fn line_length(source: &Source) -> Vec<String> {
    let long = |line: &str| line.chars().count() > COLUMNS_MAX && !line.contains("http");
    let numbered = source.text.lines().enumerate().filter(|(_, line)| long(line));
    numbered.map(|(n, _)| format!("{}:{}: too long", source.path, n + 1)).collect()
}

fn leftover_notes(source: &Source) -> Vec<String> {
    let words = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:")];
    let found = |line: &str| words.iter().any(|word| line.contains(word));
    let numbered = source.text.lines().enumerate().filter(|(_, line)| found(line));
    numbered.map(|(n, _)| format!("{}:{}: leftover note", source.path, n + 1)).collect()
}

fn reasons(source: &Source) -> Vec<String> {
    let mut complaints = Vec::new();
    for (at, _) in source.text.match_indices("[expect(") {
        let end = source.text[at..].find(")]").map_or(source.text.len(), |end| at + end);
        let before = &source.text[..at];
        let is_attribute = before.ends_with('#') || before.ends_with("#!");
        if is_attribute && !source.text[at..end].contains("reason") {
            let line = before.lines().count();
            complaints.push(format!("{}:{line}: no reason", source.path));
        }
    }
    complaints
}

fn machine_paths(source: &Source) -> Vec<String> {
    let paths = [concat!("/wo", "rk/"), concat!("/ro", "ot/")];
    let found = |line: &str| paths.iter().any(|path| line.contains(path));
    let numbered = source.text.lines().enumerate().filter(|(_, line)| found(line));
    numbered.map(|(n, _)| format!("{}:{}: machine path", source.path, n + 1)).collect()
}

fn sources() -> Vec<Source> {
    let mut files = Vec::new();
    for folder in ["crates", "xtask"] {
        collect(&root().join(folder), &mut files);
    }
    files.sort();
    let read = |path: PathBuf| Source {
        text: std::fs::read_to_string(&path).unwrap(),
        path: path.strip_prefix(root()).unwrap().to_string_lossy().into_owned(),
    };
    files.into_iter().map(read).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn manifests() -> Vec<PathBuf> {
    let crates = std::fs::read_dir(root().join("crates")).unwrap();
    let mut manifests: Vec<_> =
        crates.map(|entry| entry.unwrap().path().join("Cargo.toml")).collect();
    manifests.push(root().join("xtask/Cargo.toml"));
    manifests
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}
