//! Lists of known hashes: whole or not at all, in bounded memory, with totals that add up.

use crate::hostile::CUT_BETWEEN_LINES;
use crate::support::{bad_inputs, database, fixture, none};
use amparo_model::{
    KnownHash, ListTotals, Located, Md5, Place, Problem, Record, RecordKind, Sha1, Sha256,
};
use amparo_parsers::{
    Collected, Family, LISTS, ListParser, ListSource, PARSERS, Parser, Sink, list,
};
use std::collections::BTreeSet;
use std::io;

/// The largest request that any list parser may make, in bytes.
const WINDOW: usize = 256 << 10;

fn read(parser: &dyn ListParser, bytes: &[u8]) -> Collected {
    let mut out = Collected::default();
    list::read(parser, "device/list", Sha256([0; 32]), &mut { bytes }, &mut out);
    out
}

fn id(parser: &dyn ListParser) -> &'static str {
    ListParser::spec(parser).id
}

/// The same unit as a parser like all others.
fn unit(parser: &dyn ListParser) -> &'static dyn Parser {
    amparo_parsers::by_id(id(parser)).unwrap()
}

fn by_id(wanted: &str) -> &'static dyn ListParser {
    *LISTS.iter().find(|parser| id(**parser) == wanted).unwrap()
}

fn rows(found: &Collected) -> Vec<&Located<Record>> {
    let is_row = |record: &&Located<Record>| record.record().kind() == RecordKind::KnownHash;
    found.records.iter().filter(is_row).collect()
}

fn known(record: &Located<Record>) -> Option<&KnownHash> {
    if let Record::KnownHash(known) = record.record() { Some(known) } else { None }
}

fn totals(found: &Collected) -> Option<ListTotals> {
    match found.records.last()?.record() {
        Record::ListEnd(totals) => Some(*totals),
        _ => None,
    }
}

#[test]
fn lists_are_the_parsers_of_their_family_in_the_same_order() {
    let lists: Vec<_> = LISTS.iter().map(|parser| id(*parser)).collect();
    let family = PARSERS.iter().filter(|parser| parser.spec().family == Family::HashSet);
    assert_eq!(lists, family.map(|parser| parser.spec().id).collect::<Vec<_>>());
    let sorted: BTreeSet<_> = lists.iter().copied().collect();
    assert_eq!(lists, sorted.into_iter().collect::<Vec<_>>());
}

#[test]
fn a_header_comes_first_and_totals_last_and_they_add_up() {
    let mut offenders = Vec::new();
    for parser in LISTS {
        let mut inputs = bad_inputs(unit(*parser));
        inputs.push(("fixture".to_owned(), fixture(unit(*parser))));
        for (name, files) in inputs {
            let found = read(*parser, &files.main.bytes);
            let headers = found.records.iter().filter(|record| is_header(record)).count();
            let led = found.records.is_empty() || (headers == 1 && is_header(&found.records[0]));
            let added = totals(&found).is_none_or(|totals| {
                totals.stored == rows(&found).len() as u64
                    && totals.rows == totals.stored + totals.rejected
            });
            let ended = name != "fixture" || totals(&found).is_some();
            if !led || !added || !ended {
                offenders.push(format!("{}: {name}", id(*parser)));
            }
        }
    }
    none("headers and totals", &offenders);
}

fn is_header(record: &Located<Record>) -> bool {
    record.record().kind() == RecordKind::ListHeader
}

#[test]
fn a_list_that_is_cut_anywhere_has_no_end() {
    let mut offenders = Vec::new();
    for parser in LISTS {
        let bytes = fixture(unit(*parser)).main.bytes;
        let whole = read(*parser, &bytes);
        let lines = ListParser::spec(*parser).gaps.join(" ").contains(CUT_BETWEEN_LINES);
        // Behind the last bracket only blanks may be missing.
        let content = bytes.trim_ascii_end().len();
        for len in 0..content {
            let found = read(*parser, &bytes[..len]);
            if totals(&found).is_none() {
                continue;
            }
            if !lines || !is_start_of(&found, &whole, len) {
                offenders.push(format!("{}: cut at {len} and closed", id(*parser)));
            }
        }
    }
    none("lists cut and closed", &offenders);
}

/// Whether what came of a cut list of lines is what the whole list has up to there. A row whose
/// line is cut may differ in its last value, but then it is told.
fn is_start_of(found: &Collected, whole: &Collected, cut: usize) -> bool {
    rows(found).iter().all(|row| {
        let Place::Bytes { start, end } = row.at().place else { return false };
        let told = |problem: &Problem| {
            problem.at.as_ref().is_some_and(|at| at.place == row.at().place)
                && problem.detail.contains("has no end")
        };
        let last = end == cut as u64 && found.problems.iter().any(told);
        rows(whole).contains(row) || (last && same_hashes(row, whole, start))
    })
}

/// Whether the whole list has the same hashes in the row that begins there, if it takes that row.
fn same_hashes(row: &Located<Record>, whole: &Collected, start: u64) -> bool {
    let begins = |place: &Place| matches!(place, Place::Bytes { start: at, .. } if *at == start);
    let other = rows(whole).into_iter().find(|other| begins(&other.at().place));
    other.is_none_or(|other| known(other).map(hashes) == known(row).map(hashes))
}

fn hashes(known: &KnownHash) -> (Option<Md5>, Option<Sha1>, Option<Sha256>) {
    (known.md5, known.sha1, known.sha256)
}

#[test]
fn the_hash_of_the_empty_file_never_comes_out() {
    let mut offenders = Vec::new();
    for parser in LISTS {
        let mut met = false;
        let mut inputs = bad_inputs(unit(*parser));
        inputs.push(("fixture".to_owned(), fixture(unit(*parser))));
        for (name, files) in inputs {
            let found = read(*parser, &files.main.bytes);
            met |= found.problems.iter().any(|problem| problem.detail.contains("empty file, rej"));
            let empty = (Md5::EMPTY_FILE, Sha1::EMPTY_FILE, Sha256::EMPTY_FILE);
            let out = rows(&found).into_iter().filter_map(known).any(|row| {
                let (md5, sha1, sha256) = hashes(row);
                md5 == Some(empty.0) || sha1 == Some(empty.1) || sha256 == Some(empty.2)
            });
            if out {
                offenders.push(format!("{}: {name} let it out", id(*parser)));
            }
        }
        if !met {
            offenders.push(format!("{}: no input holds it", id(*parser)));
        }
    }
    none("the empty file", &offenders);
}

#[test]
fn an_empty_input_is_no_list() {
    for parser in LISTS {
        for bytes in [&b""[..], b"\xef\xbb\xbf", b"\r\n"] {
            let found = read(*parser, bytes);
            assert!(totals(&found).is_none() && !found.problems.is_empty(), "{}", id(*parser));
        }
    }
}

/// Makes a list of any size on the fly: a head, rows with a number in them, a tail.
struct Endless {
    head: Vec<u8>,
    row: Box<dyn Fn(u64) -> String>,
    row_len: u64,
    rows: u64,
    tail: Vec<u8>,
    largest: usize,
    asked: u64,
}

impl Endless {
    fn new(head: &str, row: impl Fn(u64) -> String + 'static, tail: &str, size: u64) -> Self {
        let row_len = row(0).len() as u64;
        let row = Box::new(row);
        let (head, tail) = (head.as_bytes().to_vec(), tail.as_bytes().to_vec());
        Self { head, row, row_len, rows: size / row_len, tail, largest: 0, asked: 0 }
    }

    fn byte_runs(&self, offset: u64) -> Vec<u8> {
        let head = self.head.len() as u64;
        if offset < head {
            return self.head[offset as usize..].to_vec();
        }
        let (row, inside) = ((offset - head) / self.row_len, (offset - head) % self.row_len);
        if row < self.rows {
            return (self.row)(row).into_bytes().split_off(inside as usize);
        }
        let tail = (offset - head - self.rows * self.row_len) as usize;
        self.tail.get(tail..).unwrap_or_default().to_vec()
    }
}

impl ListSource for Endless {
    fn size(&self) -> u64 {
        (self.head.len() + self.tail.len()) as u64 + self.rows * self.row_len
    }

    fn read_at(&mut self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        self.largest = self.largest.max(into.len());
        self.asked += into.len() as u64;
        let mut done = 0;
        while done < into.len() {
            let run = self.byte_runs(offset + done as u64);
            if run.is_empty() {
                break;
            }
            let length = run.len().min(into.len() - done);
            into[done..done + length].copy_from_slice(&run[..length]);
            done += length;
        }
        Ok(done)
    }
}

/// Counts and forgets.
#[derive(Default)]
struct Count {
    rows: u64,
    problems: u64,
    end: Option<ListTotals>,
}

impl Sink for Count {
    fn record(&mut self, record: Located<Record>) {
        match record.record() {
            Record::KnownHash(_) => self.rows += 1,
            Record::ListEnd(totals) => self.end = Some(*totals),
            _ => {}
        }
    }

    fn problem(&mut self, _: Problem) {
        self.problems += 1;
    }
}

#[test]
fn lists_larger_than_the_window_are_read_in_one_pass() {
    let vics = "{\"odata.metadata\":\"a/DataModels/1.3.xml#Media\",\"value\":[{}";
    let xml = "<queryResult xmlns=\"https://hashsharing.ncmec.org/hashsharing/v2\"><images>";
    let check = |id: &str, mut source: Endless, other: u64| {
        let mut count = Count::default();
        list::read(by_id(id), "list", Sha256([0; 32]), &mut source, &mut count);
        let totals = count.end.unwrap_or_else(|| panic!("{id} did not come to its end"));
        assert_eq!((totals.stored, totals.rejected), (source.rows, other), "{id}");
        assert_eq!((count.rows, count.problems), (source.rows, other), "{id}");
        assert!(source.largest <= WINDOW, "{id} asked for {} bytes", source.largest);
        assert_eq!(source.asked, source.size(), "{id} read other than once");
    };
    let rows = row_of(",{\"MD5\":\"", "\",\"Comments\":\"", "\"}\n");
    check("vics", Endless::new(vics, rows, "]}", 200 << 20), 1);
    let rows = row_of("", ";1;\"", "\"\n");
    check("csv_header", Endless::new("md5;code;note\n", rows, "", 20 << 20), 0);
    let rows = row_of("", "  ", "\n");
    check("hash_lines", Endless::new("", rows, "", 20 << 20), 0);
    let open = "<image><fingerprints><md5>";
    let rows = row_of(open, "</md5></fingerprints>", "</image>");
    check("ncmec_hash_xml", Endless::new(xml, rows, "</images></queryResult>", 20 << 20), 0);
}

/// Rows of about 8 KiB: a hash that counts, and filler between two texts.
fn row_of(before: &'static str, middle: &str, after: &str) -> impl Fn(u64) -> String + 'static {
    let rest = format!("{middle}{}{after}", "x".repeat(8000));
    move |number| format!("{before}{number:032x}{rest}")
}

#[test]
fn a_row_of_many_mebibytes_costs_only_itself() {
    let long = "x".repeat(3 << 20);
    let md5 = "0cc175b9c0f1b6a831c399e269772661";
    let check = |id: &str, text: String| {
        let found = read(by_id(id), text.as_bytes());
        let totals = totals(&found).map(|totals| (totals.stored, totals.rejected));
        assert_eq!(totals, Some((2, 1)), "{id}: {:?}", found.problems);
    };
    let row = format!("{{\"MD5\":\"{md5}\"}}");
    check("vics", format!("[{row},{{\"MD5\":\"{md5}\",\"x\":\"{long}\"}},{row}]"));
    check("csv_header", format!("md5,name\n{md5},a\n{md5},{long}\n{md5},b\n"));
    check("hash_lines", format!("{md5}\n{md5}  {long}\n{md5}\n"));
    let image = format!("<image><fingerprints><md5>{md5}</md5></fingerprints>");
    let many = "<a>x</a>".repeat(400_000);
    let xml = "<queryResult xmlns=\"https://hashsharing.ncmec.org/hashsharing/v2\">";
    check(
        "ncmec_hash_xml",
        format!("{xml}{image}</image>{image}{many}</image>{image}</image></queryResult>"),
    );
}

const FULL: &str = "
PRAGMA page_size = 512;
CREATE TABLE METADATA
  (metadata_id INTEGER PRIMARY KEY, sha256, sha1, md5, file_name, bytes INTEGER);
CREATE VIEW FILE AS SELECT sha256, sha1, md5, file_name, bytes AS file_size FROM METADATA;
INSERT INTO METADATA
  WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 3000)
  SELECT n * 3, NULL, printf('%040X', n), printf('%032X', n * 7),
         printf('%*c', n % 1500, 'x'), n FROM c;
DELETE FROM METADATA WHERE metadata_id % 10 = 0;
";

#[test]
fn the_walk_over_pages_finds_what_sqlite_finds() {
    let (bytes, _) = database(FULL);
    let found = read(by_id("nsrl_rds_3"), &bytes);
    assert_eq!(found.problems, []);
    let mut connection = rusqlite::Connection::open_in_memory().unwrap();
    let length = bytes.len();
    connection.deserialize_read_exact("main", &bytes[..], length, true).unwrap();
    let mut statement = connection
        .prepare("SELECT rowid, lower(md5), lower(sha1), trim(file_name), bytes FROM METADATA")
        .unwrap();
    let expect = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)));
    let expect: Vec<(i64, String, String, String, i64)> =
        expect.unwrap().map(Result::unwrap).collect();
    let found: Vec<_> = rows(&found)
        .into_iter()
        .map(|record| {
            let Place::Row { rowid, .. } = record.at().place else { panic!("no rowid") };
            let known = known(record).unwrap();
            let (md5, sha1) = (known.md5.unwrap().to_string(), known.sha1.unwrap().to_string());
            (
                rowid,
                md5,
                sha1,
                known.name.clone().unwrap_or_default(),
                known.size.unwrap().cast_signed(),
            )
        })
        .collect();
    assert!(found.len() == 2700, "{} rows", found.len());
    assert_eq!(found, expect);
}

#[test]
fn a_tree_that_goes_in_circles_ends() {
    let (bytes, _) = database(FULL);
    let mut offenders = Vec::new();
    for page in 1..bytes.len() / 512 {
        let mut bytes = bytes.clone();
        // An interior page whose children are all the page above it.
        if bytes[page * 512] == 5 {
            let cells = u16::from_be_bytes([bytes[page * 512 + 3], bytes[page * 512 + 4]]);
            for cell in 0..usize::from(cells) {
                let at = page * 512 + 12 + 2 * cell;
                let cell = usize::from(u16::from_be_bytes([bytes[at], bytes[at + 1]]));
                bytes[page * 512 + cell..page * 512 + cell + 4].copy_from_slice(&[0, 0, 0, 2]);
            }
            let found = read(by_id("nsrl_rds_3"), &bytes);
            if totals(&found).is_some() {
                offenders.push(format!("page {page}"));
            }
        }
    }
    none("circles", &offenders);
}
