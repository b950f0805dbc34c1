//! Images written by hand: what a damaged, large or hostile one must give.

use super::segment::adler32;
use super::*;
use crate::bytes::Memory;
use crate::format::{NoSiblings, Secrets};
use crate::limits::Limits;
use flate2::{Compression, write::ZlibEncoder};
use std::io::Write;

const CHUNK: usize = 1024;

/// Few bytes at places far apart, zeros between them.
struct Scattered(Vec<(u64, Vec<u8>)>, u64);

impl Bytes for Scattered {
    fn len(&self) -> u64 {
        self.1
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
        let count = usize::try_from(self.1.saturating_sub(at)).unwrap().min(into.len());
        for (byte, at) in into[..count].iter_mut().zip(at..) {
            let piece = self
                .0
                .iter()
                .find(|(from, piece)| (*from..*from + piece.len() as u64).contains(&at));
            *byte = piece.map_or(0, |(from, piece)| piece[(at - from) as usize]);
        }
        Ok(count)
    }
}

fn head(magic: &[u8], number: u16) -> Vec<u8> {
    [magic, &[1], &number.to_le_bytes(), &[0, 0]].concat()
}

fn with_seal(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.extend(adler32(&bytes).to_le_bytes());
    bytes
}

fn descriptor(kind: &str, next: u64, size: u64) -> Vec<u8> {
    let mut bytes = vec![0; 72];
    bytes[..kind.len()].copy_from_slice(kind.as_bytes());
    bytes[16..24].copy_from_slice(&next.to_le_bytes());
    bytes[24..32].copy_from_slice(&size.to_le_bytes());
    with_seal(bytes)
}

/// A section at `at`, whose data is followed by the next.
fn section(kind: &str, at: u64, data: &[u8]) -> Vec<u8> {
    let size = 76 + data.len() as u64;
    [descriptor(kind, at + size, size), data.to_vec()].concat()
}

fn volume(chunks: u32, sectors_per_chunk: u32, sectors: u64) -> Vec<u8> {
    let mut bytes = vec![0; 1048];
    bytes[4..8].copy_from_slice(&chunks.to_le_bytes());
    bytes[8..12].copy_from_slice(&sectors_per_chunk.to_le_bytes());
    bytes[12..16].copy_from_slice(&512_u32.to_le_bytes());
    bytes[16..24].copy_from_slice(&sectors.to_le_bytes());
    with_seal(bytes)
}

fn table(count: u32, entries: &[u32]) -> Vec<u8> {
    let mut header = count.to_le_bytes().to_vec();
    header.resize(20, 0);
    let entries = entries.iter().flat_map(|entry| entry.to_le_bytes()).collect();
    [with_seal(header), with_seal(entries)].concat()
}

fn open(bytes: impl Bytes + 'static) -> Result<Image, Fault> {
    let opening = Opening {
        bytes: Rc::new(bytes),
        name: b"image.E01".to_vec(),
        siblings: Rc::new(NoSiblings),
        secrets: &Secrets::default(),
        limits: Limits::default(),
    };
    match Ewf.open(opening)? {
        Opened::Image(image) => Ok(image),
        Opened::Entries(_) => panic!("an image is no container"),
    }
}

fn details(image: &Image) -> Vec<&str> {
    image.problems.iter().map(|problem| problem.detail.as_str()).collect()
}

/// Header and volume, and where the next section begins.
fn begun(volume: &[u8]) -> (Vec<u8>, u64) {
    let bytes = [head(IMAGE, 1), section("volume", 13, volume)].concat();
    let at = bytes.len() as u64;
    (bytes, at)
}

#[test]
fn what_is_not_read_is_named() {
    let check = |magic: &[u8], number: u16, expected: &str| {
        let fault = open(Memory([head(magic, number), vec![0; 100]].concat())).err().unwrap();
        assert!(
            matches!(&fault, Fault::Unsupported { what } if what.contains(expected)),
            "{fault}"
        );
    };
    check(LOGICAL, 1, "L01");
    check(LOGICAL_2, 1, "L01");
    check(IMAGE_2, 1, "Ex01");
    check(IMAGE, 7, "segment 7");
}

#[test]
fn offsets_above_two_gib_are_read_without_the_mark() {
    let chunk = |byte: u8| vec![byte; CHUNK];
    let packed = |byte: u8| {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&chunk(byte)).unwrap();
        encoder.finish().unwrap()
    };
    let (start, at) = begun(&volume(4, 2, 8));
    let end = 0x8002_0000_u64;
    let first = u32::try_from(at).unwrap() + 76;
    let entries = [first, 0x7FFF_FF00 | 1 << 31, 0x8000_1000, 0x8001_0000];
    let tail = [section("table", end, &table(4, &entries)), descriptor("done", 0, 0)].concat();
    let length = end + tail.len() as u64;
    let pieces = vec![
        (0, start),
        (at, descriptor("sectors", end, end - at)),
        (at + 76, with_seal(chunk(1))),
        (0x7FFF_FF00, packed(2)),
        (0x8000_1000, with_seal(chunk(3))),
        (0x8001_0000, packed(4)),
        (end, tail),
    ];
    let image = open(Scattered(pieces, length)).unwrap();
    assert_eq!(details(&image), [] as [&str; 0]);
    let mut all = vec![0; 4 * CHUNK];
    assert_eq!(image.bytes.read_at(0, &mut all), Ok(all.len()));
    assert_eq!(all, [chunk(1), chunk(2), chunk(3), chunk(4)].concat());
}

#[test]
fn a_loop_of_sections_ends() {
    let (mut bytes, at) = begun(&volume(1, 2, 2));
    bytes.extend(descriptor("header", at, 76));
    let image = open(Memory(bytes)).unwrap();
    assert!(details(&image)[0].contains("sections form a loop"), "{:?}", details(&image));
}

#[test]
fn claims_cost_nothing() {
    let (mut bytes, at) = begun(&volume(u32::MAX, 64, u64::MAX));
    // A table for more chunks than there are bytes.
    bytes.extend(section("table", at, &table(u32::MAX, &[1, 2, 3])));
    bytes.extend(descriptor("done", 0, 0));
    let image = open(Memory(bytes)).unwrap();
    let details = details(&image).join("\n");
    assert!(details.contains("above the limit: a medium of"), "{details}");
    assert!(details.contains("a table of chunks and its copy are damaged"), "{details}");
    assert_eq!(image.bytes.len(), 1 << 53);
    for at in [0, 1 << 52, (1 << 53) - 1] {
        let fault = image.bytes.read_at(at, &mut [0; 9]).unwrap_err();
        assert!(matches!(fault, Fault::Source { .. }), "{fault}");
    }

    let (bytes, _) = begun(&volume(1, 1 << 30, 1));
    let fault = open(Memory(bytes)).err().unwrap();
    assert!(fault.to_string().contains("no section says how large"), "{fault}");
}

#[test]
fn entries_that_lie_anywhere_give_a_fault_each() {
    let (mut bytes, at) = begun(&volume(4, 2, 8));
    bytes.extend(section("sectors", at, &[9; 50]));
    let next = bytes.len() as u64;
    bytes.extend(section("table", next, &table(4, &[u32::MAX, 0, 5, u32::MAX >> 1])));
    bytes.extend(descriptor("done", 0, 0));
    let image = open(Memory(bytes)).unwrap();
    for chunk in 0..4 {
        assert!(image.bytes.read_at(chunk * CHUNK as u64, &mut [0; 4]).is_err(), "chunk {chunk}");
    }
}
