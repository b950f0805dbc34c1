//! Finds the files of each unit and builds its inputs from text recipes.

use crate::{pdf, zip};
use amparo_model::Sha256;
use amparo_parsers::{Blob, Collected, Input, PARSERS, Parser};
use rusqlite::Connection;
use sha2::Digest;
use std::fs;
use std::path::{Path, PathBuf};

/// Everything after this line of a recipe goes into the write-ahead log.
const WAL_MARK: &str = "\n-- wal\n";

/// One file as a parser sees it.
#[derive(Debug, Clone)]
pub struct File {
    pub path: String,
    pub sha256: Sha256,
    pub bytes: Vec<u8>,
}

/// A main file with its companions.
#[derive(Debug, Clone)]
pub struct Files {
    pub main: File,
    pub companions: Vec<File>,
}

impl File {
    /// The hash is that of the recipe: SQLite writes other bytes with each of its own versions.
    fn new(path: String, recipe: &[u8], bytes: Vec<u8>) -> Self {
        Self { path, sha256: sha256(recipe), bytes }
    }

    pub fn blob(&self) -> Blob<'_> {
        Blob { path: &self.path, sha256: self.sha256, bytes: &self.bytes }
    }
}

impl Files {
    pub fn input(&self) -> Input<'_> {
        let companions = self.companions.iter().map(File::blob).collect();
        Input { main: self.main.blob(), companions }
    }

    pub fn parse(&self, parser: &dyn Parser) -> Collected {
        let mut out = Collected::default();
        parser.parse(&self.input(), &mut out);
        out
    }
}

pub fn sha256(bytes: &[u8]) -> Sha256 {
    Sha256(sha2::Sha256::digest(bytes).into())
}

pub fn folder(parser: &dyn Parser) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    source.join(parser.spec().family.folder())
}

/// `<id>.<tail>` in the unit's folder.
pub fn unit_file(parser: &dyn Parser, tail: &str) -> PathBuf {
    folder(parser).join(format!("{}.{tail}", parser.spec().id))
}

/// Files in a folder, sorted by name.
pub fn list(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

pub fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// A path that the parser claims.
fn main_path(parser: &dyn Parser) -> String {
    let last = parser.spec().claims[0].rsplit('/').next().unwrap();
    format!("device/{}", last.replace('*', "file"))
}

/// Endings of fixtures; the first that exists is the unit's.
const FIXTURES: [&str; 8] = ["json", "sql", "csv", "xml", "txt", "hex", "pdf.txt", "zip.txt"];

pub fn fixture_path(parser: &dyn Parser) -> PathBuf {
    let paths = FIXTURES.map(|ending| unit_file(parser, &format!("fixture.{ending}")));
    paths.iter().find(|path| path.exists()).unwrap_or(&paths[0]).clone()
}

/// The unit's fixture with its companions.
pub fn fixture(parser: &dyn Parser) -> Files {
    let mut files = built(&fixture_path(parser), main_path(parser));
    let prefix = format!("{}.companion.", parser.spec().id);
    for path in list(&folder(parser)) {
        if let Some(tail) = name(&path).strip_prefix(&prefix) {
            let name = tail.strip_suffix(".sql").unwrap_or(tail);
            let companion = built(&path, format!("device/{name}"));
            files.companions.push(companion.main);
            files.companions.extend(companion.companions);
        }
    }
    files
}

/// The unit's hostile inputs, with the name that tells what is wrong.
pub fn bad_inputs(parser: &dyn Parser) -> Vec<(String, Files)> {
    let paths = list(&unit_file(parser, "bad"));
    paths.iter().map(|path| (name(path), built(path, main_path(parser)))).collect()
}

/// Builds a file from its recipe; the ending tells how.
fn built(recipe: &Path, path: String) -> Files {
    let text = fs::read(recipe).unwrap();
    if let Some(bytes) = container(&name(recipe), &text) {
        return Files { main: File::new(path, &text, bytes), companions: Vec::new() };
    }
    let ending = recipe.extension().unwrap_or_default().to_string_lossy().into_owned();
    match ending.as_str() {
        "sql" => {
            let (main, wal) = database(&String::from_utf8(text.clone()).unwrap());
            let log = format!("{path}-wal");
            let wal = wal.map(|bytes| File::new(log, &[&text[..], b"-wal"].concat(), bytes));
            let main = File::new(path, &text, main);
            Files { main, companions: wal.into_iter().collect() }
        }
        "hex" => {
            let bytes = hex(&String::from_utf8(text.clone()).unwrap());
            Files { main: File::new(path, &text, bytes), companions: Vec::new() }
        }
        _ => Files { main: File::new(path, &text, text.clone()), companions: Vec::new() },
    }
}

/// A package or a document of pages, written from lines of text.
fn container(name: &str, text: &[u8]) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(text);
    if name.ends_with(".pdf.txt") {
        return Some(pdf::from_recipe(&text));
    }
    if name.ends_with(".zip.txt") {
        return Some(zip::from_recipe(&text));
    }
    None
}

/// Runs the SQL; what follows the mark stays in a log that was never written back.
pub fn database(sql: &str) -> (Vec<u8>, Option<Vec<u8>>) {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("store.db");
    let (first, second) = match sql.split_once(WAL_MARK) {
        Some((first, second)) => (first, Some(second)),
        None => (sql, None),
    };
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch(first).unwrap();
    let Some(second) = second else {
        drop(connection);
        return (fs::read(&path).unwrap(), None);
    };
    connection.pragma_update(None, "journal_mode", "wal").unwrap();
    connection.pragma_update(None, "wal_autocheckpoint", 0).unwrap();
    connection.execute_batch(second).unwrap();
    let main = fs::read(&path).unwrap();
    let wal = fs::read(scratch.path().join("store.db-wal")).unwrap();
    (main, Some(wal))
}

pub fn hex(text: &str) -> Vec<u8> {
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    let digits: String = lines.collect::<String>().split_whitespace().collect();
    data_encoding::HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).unwrap()
}

/// Fails once, with all offenders.
pub fn none(rule: &str, offenders: &[String]) {
    assert!(offenders.is_empty(), "{rule}:\n  {}", offenders.join("\n  "));
}

/// All parsers.
pub fn parsers() -> impl Iterator<Item = &'static dyn Parser> {
    PARSERS.iter().copied()
}
