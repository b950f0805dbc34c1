//! A write-ahead log adds rows and hides rows; both are shown and marked.

use crate::support::{File, Files, database, sha256};
use amparo_model::{ProblemKind, Record, View};
use amparo_parsers::sqlite::{Image, Reading};
use amparo_parsers::{Collected, by_id};

const STORE: &str = "
PRAGMA page_size = 512;
CREATE TABLE jid (_id INTEGER PRIMARY KEY, raw_string TEXT);
CREATE TABLE chat (_id INTEGER PRIMARY KEY, jid_row_id INTEGER);
CREATE TABLE message (_id INTEGER PRIMARY KEY, chat_row_id INTEGER, from_me INTEGER, text_data);
INSERT INTO jid VALUES (1, '34600000001@s.whatsapp.net');
INSERT INTO chat VALUES (1, 1);
INSERT INTO message VALUES (1, 1, 0, 'stays'), (2, 1, 0, 'changes'), (3, 1, 0, 'goes');
-- wal
UPDATE message SET text_data = 'changed' WHERE _id = 2;
DELETE FROM message WHERE _id = 3;
INSERT INTO message VALUES (4, 1, 0, 'comes');
";

fn files(main: Vec<u8>, wal: Option<Vec<u8>>) -> Files {
    let file =
        |path: &str, bytes: Vec<u8>| File { path: path.to_owned(), sha256: sha256(&bytes), bytes };
    let wal = wal.map(|bytes| file("msgstore.db-wal", bytes));
    Files { main: file("msgstore.db", main), companions: wal.into_iter().collect() }
}

fn parse(files: &Files) -> Collected {
    files.parse(by_id("whatsapp_android").unwrap())
}

fn texts(found: &Collected) -> Vec<(String, View)> {
    let texts = found.records.iter().filter_map(|record| match record.record() {
        Record::Message(message) => Some((message.text.clone()?, record.at().view)),
        _ => None,
    });
    let mut texts: Vec<_> = texts.collect();
    texts.sort();
    texts
}

fn pairs(list: &[(&str, View)]) -> Vec<(String, View)> {
    list.iter().map(|(text, view)| ((*text).to_owned(), *view)).collect()
}

#[test]
fn rows_that_differ_are_marked_and_kept() {
    let (main, wal) = database(STORE);
    let expect = pairs(&[
        ("changed", View::OnlyWithWal),
        ("changes", View::OnlyWithoutWal),
        ("comes", View::OnlyWithWal),
        ("goes", View::OnlyWithoutWal),
        ("stays", View::Only),
    ]);
    assert_eq!(texts(&parse(&files(main, wal))), expect);
}

#[test]
fn without_a_log_there_is_one_view() {
    let (main, _) = database(STORE);
    let expect = pairs(&[("changes", View::Only), ("goes", View::Only), ("stays", View::Only)]);
    assert_eq!(texts(&parse(&files(main, None))), expect);
}

#[test]
fn the_merged_pages_are_those_that_sqlite_sees() {
    let (main, wal) = database(STORE);
    let files = files(main, wal);
    let wal = files.companions[0].blob();
    let (image, problems) = Image::open(&files.main.blob(), Some(&wal));
    assert_eq!(problems, []);
    let db = image.unwrap().connect(Reading::WithLog).unwrap();
    let mut rows = Vec::new();
    let scan = db.scan("MESSAGE", &["TEXT_DATA", "no_such_column"], |rowid, row| {
        rows.push((rowid, row.text(0), row.text(1)));
    });
    assert_eq!((scan.read, scan.fault), (3, None));
    let text = |text: &str| Some(text.to_owned());
    let expect = [(1, text("stays"), None), (2, text("changed"), None), (4, text("comes"), None)];
    assert_eq!(rows, expect);
}

#[test]
fn a_frame_that_fails_its_checksum_ends_the_log_visibly() {
    let (main, wal) = database(STORE);
    let mut wal = wal.unwrap();
    let last = wal.len() - 1;
    wal[last] ^= 1;
    let found = parse(&files(main, Some(wal)));
    let told = |problem: &&amparo_model::Problem| {
        problem.kind == ProblemKind::Malformed && problem.detail.contains("checksum")
    };
    assert_eq!(found.problems.iter().filter(told).count(), 1, "{:?}", found.problems);
    // The last transaction is gone, what was committed before it is not.
    assert!(!texts(&found).iter().any(|(text, _)| text == "comes"));
    assert!(texts(&found).contains(&("changed".to_owned(), View::OnlyWithWal)));
}

#[test]
fn frames_of_an_earlier_generation_are_not_applied() {
    let (main, wal) = database(STORE);
    let mut wal = wal.unwrap();
    wal[32 + 8] ^= 0xff;
    let found = parse(&files(main, Some(wal)));
    assert!(found.problems.iter().any(|problem| problem.detail.contains("earlier generation")));
    assert_eq!(texts(&found).len(), 3);
}

#[test]
fn a_log_of_another_database_is_refused() {
    let (main, _) = database(STORE);
    let (_, wal) = database(&STORE.replace("512", "1024"));
    let found = parse(&files(main, wal));
    assert!(found.problems.iter().any(|problem| problem.detail.contains("page size")));
    assert_eq!(texts(&found).len(), 3);
}

#[test]
fn rows_on_both_sides_of_a_damaged_page_are_read() {
    let rows: String = (1..=400)
        .map(|n| format!("INSERT INTO message VALUES ({n}, 1, 0, 'text number {n:08}');"))
        .collect();
    let sql = STORE.split_once("INSERT INTO message").unwrap().0.to_owned() + &rows;
    let (mut main, _) = database(&sql);
    let at = main.windows(20).position(|window| window == b"text number 00000200").unwrap();
    let page = at / 512 * 512;
    main[page..page + 512].fill(0xaa);
    let found = parse(&files(main, None));
    let texts = texts(&found);
    assert!(texts.len() > 350, "{} rows", texts.len());
    assert!(texts.iter().any(|(text, _)| text.ends_with("0001")));
    assert!(texts.iter().any(|(text, _)| text.ends_with("0400")));
    assert!(found.problems.iter().any(|problem| problem.detail.contains("not all")));
}

#[test]
fn a_column_or_a_time_that_is_not_there_is_told() {
    let check = |timestamp: &str, value: &str, expect: &str| {
        let sql = STORE
            .split("-- wal")
            .next()
            .unwrap()
            .replace("from_me INTEGER, text", &format!("from_me, message_type, {timestamp}, text"))
            .replace(", 0, '", &format!(", 0, 0, {value}, '"));
        let (main, wal) = database(&sql);
        let problems = parse(&files(main, wal)).problems;
        let told: Vec<&str> = problems
            .iter()
            .filter(|problem| problem.subject == "message")
            .map(|problem| problem.detail.as_str())
            .collect();
        assert_eq!(told.join("; "), expect);
    };
    check("timestamp", "1772440200000", "");
    check("timestamp", "'later'", "3 messages have no readable time");
    let missing = "there is no column timestamp; nothing is known of what it would hold; \
                   3 messages have no readable time";
    check("sent_when", "1772440200000", missing);
}
