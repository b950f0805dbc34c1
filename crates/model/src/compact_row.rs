//! A row of a list of known hashes in bytes: which fields are there, the hashes, then everything
//! else. The same bytes cross the border of a worker and lie in compiled lists.

use crate::wire::{Reader, put_text, put_varint};
use crate::{Bits256, KnownHash, Md5, Pdq, PhotoDna, Place, Sha1, Sha256};
use std::collections::BTreeSet;

// One bit for each field that may be absent, and for the value of each that may be yes or no.
const MD5: u16 = 1;
const SHA1: u16 = 1 << 1;
const SHA256: u16 = 1 << 2;
const PDQ: u16 = 1 << 3;
const FRAMES: u16 = 1 << 4;
const PHOTODNA: u16 = 1 << 5;
const CODE: u16 = 1 << 6;
const SERIES: u16 = 1 << 7;
const DISTRIBUTED: u16 = 1 << 8;
const DISTRIBUTED_YES: u16 = 1 << 9;
const VICTIM: u16 = 1 << 10;
const VICTIM_YES: u16 = 1 << 11;
const SIZE: u16 = 1 << 12;
const NAME: u16 = 1 << 13;
const OTHER: u16 = 1 << 14;

const WHOLE: u8 = 0;
const ROW: u8 = 1;
const BYTES: u8 = 2;
const JSON: u8 = 3;
const PAGE: u8 = 4;

/// Bits and quality.
const PDQ_BYTES: usize = 33;

/// The hashes of a row, which come first in it, read where they lie.
#[derive(Debug)]
pub struct RowHashes<'a> {
    /// MD5.
    pub md5: Option<&'a [u8; 16]>,
    /// SHA-1.
    pub sha1: Option<&'a [u8; 20]>,
    /// SHA-256.
    pub sha256: Option<&'a [u8; 32]>,
    /// PDQ with its quality.
    pub pdq: Option<Pdq>,
    frames: &'a [u8],
}

impl<'a> RowHashes<'a> {
    /// Reads them; `None` when the row is cut.
    pub fn decode(row: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::new(row);
        let flags = reader.u16()?;
        Self::read(&mut reader, flags)
    }

    /// The frames that can be compared, each once, in ascending order.
    #[must_use]
    pub fn unique_frames(&self) -> BTreeSet<Bits256> {
        match self.frames.is_empty() {
            true => BTreeSet::new(),
            false => unique_frames(&self.frames()),
        }
    }

    fn read(reader: &mut Reader<'a>, flags: u16) -> Option<Self> {
        let has = |bit| flags & bit != 0;
        Some(Self {
            md5: if has(MD5) { Some(reader.array()?) } else { None },
            sha1: if has(SHA1) { Some(reader.array()?) } else { None },
            sha256: if has(SHA256) { Some(reader.array()?) } else { None },
            pdq: if has(PDQ) { Some(pdq(reader.array()?)) } else { None },
            frames: match has(FRAMES) {
                true => {
                    let length = reader.length()?.checked_mul(PDQ_BYTES)?;
                    reader.take(length)?
                }
                false => &[],
            },
        })
    }

    fn frames(&self) -> Vec<Pdq> {
        self.frames.as_chunks().0.iter().map(pdq).collect()
    }
}

/// The frames good enough to be compared, in ascending order, equal ones once: so does vPDQ before
/// it counts shares.
#[must_use]
pub fn unique_frames(frames: &[Pdq]) -> BTreeSet<Bits256> {
    frames.iter().filter(|frame| frame.matchable()).map(|frame| frame.bits).collect()
}

fn pdq(bytes: &[u8; PDQ_BYTES]) -> Pdq {
    let mut bits = [0; 32];
    bits.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    let [.., quality] = *bytes;
    Pdq { bits: Bits256(bits), quality }
}

fn put_pdq(out: &mut Vec<u8>, pdq: &Pdq) {
    out.extend_from_slice(&pdq.bits.0);
    out.push(pdq.quality);
}

/// Appends a row. Nothing of it is left out or changed.
pub fn encode(out: &mut Vec<u8>, place: &Place, known: &KnownHash) {
    out.extend_from_slice(&flags(known).to_le_bytes());
    out.extend(known.md5.iter().flat_map(|hash| hash.0));
    out.extend(known.sha1.iter().flat_map(|hash| hash.0));
    out.extend(known.sha256.iter().flat_map(|hash| hash.0));
    known.pdq.iter().for_each(|pdq| put_pdq(out, pdq));
    if !known.frames.is_empty() {
        put_varint(out, known.frames.len() as u64);
        known.frames.iter().for_each(|frame| put_pdq(out, frame));
    }
    out.extend(known.photodna.iter().flat_map(|hash| hash.0));
    put_place(out, place);
    known.code.iter().for_each(|code| put_text(out, code));
    known.series.iter().for_each(|series| put_text(out, series));
    known.size.iter().for_each(|size| put_varint(out, *size));
    known.name.iter().for_each(|name| put_text(out, name));
    if !known.other.is_empty() {
        put_varint(out, known.other.len() as u64);
        known.other.iter().for_each(|(key, value)| {
            put_text(out, key);
            put_text(out, value);
        });
    }
}

fn flags(known: &KnownHash) -> u16 {
    let bit = |is: bool, bit: u16| if is { bit } else { 0 };
    bit(known.md5.is_some(), MD5)
        | bit(known.sha1.is_some(), SHA1)
        | bit(known.sha256.is_some(), SHA256)
        | bit(known.pdq.is_some(), PDQ)
        | bit(!known.frames.is_empty(), FRAMES)
        | bit(known.photodna.is_some(), PHOTODNA)
        | bit(known.code.is_some(), CODE)
        | bit(known.series.is_some(), SERIES)
        | bit(known.is_distributed.is_some(), DISTRIBUTED)
        | bit(known.is_distributed == Some(true), DISTRIBUTED_YES)
        | bit(known.victim_identified.is_some(), VICTIM)
        | bit(known.victim_identified == Some(true), VICTIM_YES)
        | bit(known.size.is_some(), SIZE)
        | bit(known.name.is_some(), NAME)
        | bit(!known.other.is_empty(), OTHER)
}

fn put_place(out: &mut Vec<u8>, place: &Place) {
    match place {
        Place::Whole => out.push(WHOLE),
        Place::Row { table, rowid } => {
            out.push(ROW);
            put_text(out, table);
            out.extend_from_slice(&rowid.to_le_bytes());
        }
        Place::Bytes { start, end } => {
            out.push(BYTES);
            put_varint(out, *start);
            // Wraps for an end before its start, and wraps back when it is read.
            put_varint(out, end.wrapping_sub(*start));
        }
        Place::Page { page, line } => {
            out.push(PAGE);
            put_varint(out, u64::from(*page));
            put_varint(out, u64::from(*line));
        }
        Place::Json { pointer } => {
            out.push(JSON);
            put_text(out, pointer);
        }
    }
}

/// The whole row; `None` when its bytes are not what `encode` writes.
#[must_use]
pub fn decode(row: &[u8]) -> Option<(Place, KnownHash)> {
    let mut reader = Reader::new(row);
    let flags = reader.u16()?;
    let has = |bit| flags & bit != 0;
    let answer = |given: u16, yes: u16| has(given).then_some(has(yes));
    let hashes = RowHashes::read(&mut reader, flags)?;
    let photodna = if has(PHOTODNA) { Some(PhotoDna(*reader.array()?)) } else { None };
    let place = place(&mut reader)?;
    let known = KnownHash {
        md5: hashes.md5.map(|hash| Md5(*hash)),
        sha1: hashes.sha1.map(|hash| Sha1(*hash)),
        sha256: hashes.sha256.map(|hash| Sha256(*hash)),
        pdq: hashes.pdq,
        frames: hashes.frames(),
        photodna,
        code: if has(CODE) { Some(reader.text()?.to_owned()) } else { None },
        series: if has(SERIES) { Some(reader.text()?.to_owned()) } else { None },
        is_distributed: answer(DISTRIBUTED, DISTRIBUTED_YES),
        victim_identified: answer(VICTIM, VICTIM_YES),
        size: if has(SIZE) { Some(reader.varint()?) } else { None },
        name: if has(NAME) { Some(reader.text()?.to_owned()) } else { None },
        other: if has(OTHER) { other(&mut reader)? } else { Vec::new() },
    };
    reader.is_empty().then_some((place, known))
}

fn place(reader: &mut Reader<'_>) -> Option<Place> {
    Some(match reader.byte()? {
        WHOLE => Place::Whole,
        ROW => {
            let table = reader.text()?.to_owned();
            Place::Row { table, rowid: i64::from_le_bytes(*reader.array()?) }
        }
        BYTES => {
            let start = reader.varint()?;
            Place::Bytes { start, end: start.wrapping_add(reader.varint()?) }
        }
        PAGE => {
            let page = reader.varint()?.try_into().ok()?;
            Place::Page { page, line: reader.varint()?.try_into().ok()? }
        }
        JSON => Place::Json { pointer: reader.text()?.to_owned() },
        _ => return None,
    })
}

fn other(reader: &mut Reader<'_>) -> Option<Vec<(String, String)>> {
    let count = reader.length()?;
    (0..count).map(|_| Some((reader.text()?.to_owned(), reader.text()?.to_owned()))).collect()
}

/// Whether [`decode`] reads the row; nothing is copied.
#[must_use]
pub fn is_sound(row: &[u8]) -> bool {
    pass(row).is_some_and(|rest| rest.is_empty())
}

/// Passes over what [`decode`] reads, in the same order.
fn pass(row: &[u8]) -> Option<Reader<'_>> {
    let mut reader = Reader::new(row);
    let flags = reader.u16()?;
    let has = |bit| flags & bit != 0;
    RowHashes::read(&mut reader, flags)?;
    if has(PHOTODNA) {
        reader.array::<{ size_of::<PhotoDna>() }>()?;
    }
    pass_place(&mut reader)?;
    let texts =
        |reader: &mut Reader<'_>, count| (0..count).try_for_each(|_| reader.text().map(|_| ()));
    texts(&mut reader, usize::from(has(CODE)) + usize::from(has(SERIES)))?;
    if has(SIZE) {
        reader.varint()?;
    }
    texts(&mut reader, usize::from(has(NAME)))?;
    if has(OTHER) {
        let pairs = reader.length()?;
        texts(&mut reader, pairs.checked_mul(2)?)?;
    }
    Some(reader)
}

fn pass_place(reader: &mut Reader<'_>) -> Option<()> {
    match reader.byte()? {
        WHOLE => Some(()),
        ROW => reader.text().and_then(|_| reader.array::<8>()).map(|_| ()),
        BYTES => reader.varint().and_then(|_| reader.varint()).map(|_| ()),
        PAGE => pass_u32(reader).and_then(|()| pass_u32(reader)),
        JSON => reader.text().map(|_| ()),
        _ => None,
    }
}

fn pass_u32(reader: &mut Reader<'_>) -> Option<()> {
    u32::try_from(reader.varint()?).ok().map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<(Place, KnownHash)> {
        let hash = Pdq { bits: Bits256([3; 32]), quality: 70 };
        let full = KnownHash {
            md5: Some(Md5([1; 16])),
            sha1: Some(Sha1([2; 20])),
            sha256: Some(Sha256([3; 32])),
            pdq: Some(hash),
            frames: vec![hash; 3],
            photodna: Some(PhotoDna([4; 144])),
            code: Some("1".to_owned()),
            series: Some("a series".to_owned()),
            is_distributed: Some(false),
            victim_identified: Some(true),
            size: Some(70_000),
            name: Some("año.jpg".to_owned()),
            other: vec![("Tags".to_owned(), "one,two".to_owned())],
        };
        let short = KnownHash { sha1: Some(Sha1([5; 20])), ..KnownHash::default() };
        vec![
            (Place::Json { pointer: "/value/0".to_owned() }, full.clone()),
            (Place::Bytes { start: 9, end: 12 }, full),
            (Place::Row { table: "FILE".to_owned(), rowid: -1 }, short.clone()),
            (Place::Page { page: 3, line: 70_000 }, short.clone()),
            (Place::Whole, short),
        ]
    }

    #[test]
    fn rows_come_back_as_they_were_and_no_cut_or_longer_one_does() {
        for (place, known) in rows() {
            let mut bytes = Vec::new();
            encode(&mut bytes, &place, &known);
            assert_eq!(decode(&bytes), Some((place, known)));
            assert!(is_sound(&bytes));
            for cut in 0..bytes.len() {
                assert!(decode(&bytes[..cut]).is_none() && !is_sound(&bytes[..cut]), "{cut}");
            }
            bytes.push(0);
            assert!(decode(&bytes).is_none() && !is_sound(&bytes));
        }
    }

    #[test]
    fn what_is_sound_is_what_can_be_read_whatever_the_bytes() {
        let mut sound = 0;
        for (place, known) in rows() {
            let mut bytes = Vec::new();
            encode(&mut bytes, &place, &known);
            for (at, bit) in (0..bytes.len()).flat_map(|at| (0..8).map(move |bit| (at, bit))) {
                bytes[at] ^= 1 << bit;
                assert_eq!(decode(&bytes).is_some(), is_sound(&bytes), "byte {at}, bit {bit}");
                sound += usize::from(is_sound(&bytes));
                bytes[at] ^= 1 << bit;
            }
        }
        assert!(sound > 1_000, "most changes of hashes and texts leave a row that can be read");
    }
}
