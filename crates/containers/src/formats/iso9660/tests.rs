//! Named bad discs, each with what it must say. The disc is made by hand: a descriptor in sector
//! 16, the root folder in sector 20.

use super::record::{long_date, short_date};
use super::*;
use crate::bytes::Memory;
use crate::format::{NoSiblings, Secrets};
use crate::limits::Limits;

const FOLDER: u8 = 2;
const GOES_ON: u8 = 0x80;

/// A record: first sector, bytes, flags, name, system area.
fn record(extent: u32, length: u32, flags: u8, name: &[u8], system: &[u8]) -> Vec<u8> {
    let mut raw = vec![0, 0];
    for number in [extent, length] {
        raw.extend(number.to_le_bytes());
        raw.extend(number.to_be_bytes());
    }
    raw.extend([124, 3, 1, 12, 0, 0, 4, flags, 0, 0, 1, 0, 0, 1, name.len() as u8]);
    raw.extend(name);
    raw.resize(raw.len().next_multiple_of(2), 0);
    raw.extend(system);
    raw[0] = raw.len() as u8;
    raw
}

fn disc(records: &[Vec<u8>]) -> Vec<u8> {
    let mut disc = vec![0; 32 * 2_048];
    let mut put = |at: usize, bytes: &[u8]| disc[at..at + bytes.len()].copy_from_slice(bytes);
    put(0x8000, b"\x01CD001\x01");
    put(0x8000 + 128, &2_048_u16.to_le_bytes());
    put(0x8000 + 156, &record(20, 2_048, FOLDER, b"\0", b""));
    put(0x8800, b"\xffCD001\x01");
    put(20 * 2_048, &records.concat());
    put(25 * 2_048, &[1; 2_048]);
    put(27 * 2_048, &[2; 2_048]);
    disc
}

fn open(disc: Vec<u8>) -> Result<Rc<dyn Container>, Fault> {
    let secrets = Secrets::default();
    let opening = Opening {
        bytes: Rc::new(Memory(disc)),
        name: Vec::new(),
        siblings: Rc::new(NoSiblings),
        secrets: &secrets,
        limits: Limits::default(),
    };
    match Iso9660.open(opening)? {
        Opened::Entries(container) => Ok(container),
        Opened::Image(_) => panic!("no image"),
    }
}

/// What opening the first entry gives.
type First = Option<Result<Rc<dyn Bytes>, Fault>>;

/// What is listed, the problems, and the first entry.
fn look(records: &[Vec<u8>]) -> (Vec<String>, String, First) {
    let container = open(disc(records)).unwrap();
    let (mut entries, mut problems) = (Vec::new(), Vec::new());
    let mut first = None;
    container.list(&mut |found| {
        match found {
            Ok(found) => {
                let path = String::from_utf8_lossy(&found.path).into_owned();
                entries.push(format!("{path} {}", found.size));
                first = first.or(Some(found.address));
            }
            Err(problem) => problems.push(format!("{}: {}", problem.subject, problem.detail)),
        }
        Go::On
    });
    (entries, problems.join("\n"), first.map(|address| container.open(address)))
}

#[test]
fn parts_of_a_file_are_one_file() {
    let parts = |second: &[u8]| {
        [record(25, 2_048, GOES_ON, b"BIG.;1", b""), record(27, 100, 0, second, b"")]
    };
    let (entries, problems, opened) = look(&parts(b"BIG.;1"));
    assert_eq!((entries, problems.as_str()), (vec!["BIG 2148".to_owned()], ""));
    let file = opened.unwrap().unwrap();
    assert_eq!(file.runs(), Some(vec![(Some(25 * 2_048), 2_048), (Some(27 * 2_048), 100)]));
    let opened = look(&parts(b"OTHER.;1")).2.unwrap();
    assert!(matches!(opened.err(), Some(Fault::Damaged { .. })));
}

#[test]
fn bad_records_are_named() {
    let check = |record: Vec<u8>, problem: &str, opens: bool| {
        let (entries, problems, opened) = look(&[record]);
        assert!(!entries.is_empty() && problems.contains(problem), "{entries:?} {problems}");
        assert_eq!(problems.is_empty(), problem.is_empty(), "{problems}");
        let mut byte = [0];
        let read = opened.unwrap().and_then(|bytes| bytes.read_at(0, &mut byte));
        assert_eq!(read.is_ok(), opens, "{read:?}");
    };
    check(record(25, 10, 0, b"A.TXT;1", b""), "", true);
    check(record(20, 2_048, FOLDER, b"LOOP", b""), "LOOP: damaged", true);
    check(record(21, u32::MAX, FOLDER, b"HUGE", b""), "HUGE: above the limit", true);
    check(record(9_999, 10, 0, b"FAR", b""), "", false);
    check(record(25, u32::MAX, 0, b"LONG", b""), "", true);
    let mut disagrees = record(25, 10, 0, b"TWO", b"");
    disagrees[9] ^= 1;
    check(disagrees, "TWO: damaged", true);
    let mut interleaved = record(25, 10, 0, b"MIXED", b"");
    interleaved[26] = 1;
    check(interleaved, "", false);
    let (entries, problems, _) = look(&[vec![200, 0], vec![0; 33]]);
    assert!(entries.is_empty() && problems.contains("makes no sense"), "{problems}");
}

#[test]
fn continued_areas_that_go_in_circles_end() {
    let own = record(20, 2_048, FOLDER, b"\0", &[b'S', b'P', 7, 1, 0xBE, 0xEF, 0]);
    let number = |number: u32| [number.to_le_bytes(), number.to_be_bytes()].concat();
    let circle = [&[b'C', b'E', 28, 1][..], &number(26), &number(0), &number(28)].concat();
    let name = [&b"NM\x0a\x01\x00"[..], b"a name"].concat();
    let mut name_field = name.clone();
    name_field[2] = name.len() as u8;
    let system = [name_field, circle.clone()].concat();
    let mut bytes = disc(&[own, record(25, 5, 0, b"A", &system)]);
    bytes[26 * 2_048..][..28].copy_from_slice(&circle);
    let mut told = Vec::new();
    open(bytes).unwrap().list(&mut |found| {
        told.push(
            found.map_or_else(
                |problem| problem.detail,
                |found| String::from_utf8(found.path).unwrap(),
            ),
        );
        Go::On
    });
    assert!(told.len() == 2 && told[0].contains("in circles") && told[1] == "a name", "{told:?}");
}

#[test]
fn udf_alone_is_refused_by_name() {
    let mut bytes = vec![0; 64 << 10];
    bytes[0x8000..0x8007].copy_from_slice(b"\0BEA01\x01");
    bytes[0x8800..0x8807].copy_from_slice(b"\0NSR03\x01");
    assert!(Iso9660.recognises(&bytes, &Memory(Vec::new())));
    assert!(matches!(open(bytes).err(), Some(Fault::Unsupported { .. })));
}

#[test]
fn dates_are_moved_to_utc_by_their_zone() {
    let ms = |text: &str| Some(amparo_model::UtcMillis::parse(text).unwrap());
    assert_eq!(short_date(&[124, 3, 1, 0, 30, 5, 4]), ms("2024-02-29T23:30:05Z"));
    assert_eq!(short_date(&[70, 1, 1, 0, 0, 0, 0xEC]), ms("1970-01-01T05:00:00Z"));
    assert_eq!(short_date(&[100, 13, 1, 0, 0, 0, 0]), None);
    assert_eq!(short_date(&[0; 7]), None);
    assert_eq!(long_date(b"2026022812000050\x00"), ms("2026-02-28T12:00:00.5Z"));
    assert_eq!(long_date(b"0000000000000000\x00"), None);
}
