//! Opt-in: real exports and stores that lie outside the repository. With `AMPARO_CORPUS` naming a
//! folder that holds `chats/`, each store is built and parsed, and what came out is printed.

use crate::support::{File, Files, database, list, name, sha256};
use amparo_model::RecordKind;
use amparo_parsers::by_id;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

#[test]
fn stores_of_the_corpus_are_read() {
    let Ok(root) = std::env::var("AMPARO_CORPUS") else { return };
    let mut read = 0;
    for folder in list(&Path::new(&root).join("chats")) {
        let parsers = [
            ("whatsapp", "whatsapp_android", "msgstore.db"),
            ("telegram", "telegram_desktop", "result.json"),
            ("signal", "signal_desktop", "plaintext.db"),
        ];
        for (prefix, id, main) in parsers {
            if name(&folder).starts_with(prefix) {
                check(&folder, id, main);
                read += 1;
            }
        }
    }
    assert!(read > 0, "there is no store under {root}/chats");
}

fn check(folder: &Path, id: &str, main: &str) {
    let files = files(folder, main);
    let found = files.parse(by_id(id).unwrap());
    let mut counts: BTreeMap<RecordKind, usize> = BTreeMap::new();
    for record in &found.records {
        *counts.entry(record.record().kind()).or_default() += 1;
    }
    println!("{}: {counts:?}", name(folder));
    for problem in &found.problems {
        println!("  {:?} {}: {}", problem.kind, problem.subject, problem.detail);
    }
    assert!(counts.contains_key(&RecordKind::Message), "{} gave no messages", name(folder));
    assert!(counts.contains_key(&RecordKind::Chat), "{} gave no chats", name(folder));
}

fn files(folder: &Path, main: &str) -> Files {
    let mut all = list(folder).into_iter().map(|path| {
        let text = fs::read(&path).unwrap();
        let name = name(&path).replace(".sql", ".db");
        let bytes = match path.extension().is_some_and(|ending| ending == "sql") {
            true => database(&String::from_utf8(text).unwrap()).0,
            false => text,
        };
        File { sha256: sha256(&bytes), path: name, bytes }
    });
    let mut companions: Vec<_> = all.by_ref().collect();
    let at = companions.iter().position(|file| file.path == main).unwrap();
    let main = companions.remove(at);
    Files { main, companions }
}
