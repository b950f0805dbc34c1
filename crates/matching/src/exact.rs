//! The exact index of one algorithm: sorted hashes behind a table of fingerprints.
//!
//! Cryptographic hashes spread evenly, so their first bits cut them into lines of 16 to 32. Each
//! line is one cache line of the table; it says where its entries begin and holds 12 further bits
//! of each, in order. So a hash that no list has costs one read from memory in all but about one
//! case in 150, and one that a list has costs two. The fingerprints are no extra space: the bits
//! that a line and a fingerprint imply are left out of the entry.
//!
//! ```text
//! line   0..4 first entry   4 count, up to 39   5..44 bits 0-7 of each   44..64 bits 8-11
//! entry  the hash without its implied bytes, then the row number
//! ```
//!
//! A line of more than 39 hashes (by chance, or one hash in many rows) is spilled: its entries lie
//! whole in a third section and are searched by bisection. A fingerprint only ever leads to a
//! second look: the answer comes from the bytes of the entry. Hashes are kept up to 20 bytes; of a
//! SHA-256 the rest is compared with the row itself by the caller.

mod build;

pub(crate) use build::Plan;

use crate::mapped::{Bytes, equal_bytes, prefetch};
use crate::seal::{Damage, Kind, unseal};
use amparo_model::wire::Reader;
use std::ops::Range;

pub(crate) const KIND: Kind = *b"AMPEXCT1";

/// The first bytes of a hash, zeros behind a shorter one.
pub(crate) type Key = [u8; 20];

const HEADER: usize = 64;
const LINE: usize = 64;
const MOST_IN_LINE: usize = 39;
const LOW_BITS_AT: usize = 5 + MOST_IN_LINE;
const SPILLED: u8 = 0xff;
const TAG_BITS: u32 = 12;
/// Whole key and row number.
const SPILL_ENTRY: usize = size_of::<Key>() + 4;
/// So many look-ups are under way at a time: a processor has some 20 reads of memory under way,
/// and twice as many lines and entries asked for at once take longer, not shorter (measured).
const GROUP: usize = 16;

/// Sizes that follow from the number of entries, equal for builder and reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shape {
    /// Entries in lines that are not spilled.
    plain: u64,
    /// Entries of spilled lines.
    spilled: u64,
    /// Bits of a hash that choose its line.
    line_bits: u32,
    /// Bytes of the hash that are kept at all.
    key_bytes: u32,
    /// Bytes of a row number.
    row_bytes: u32,
}

impl Shape {
    fn dropped(&self) -> usize {
        ((self.line_bits + TAG_BITS) / 8) as usize
    }

    fn entry(&self) -> usize {
        self.key_bytes as usize - self.dropped() + self.row_bytes as usize
    }

    fn sections(&self) -> Option<(Range<usize>, Range<usize>, Range<usize>)> {
        let lines_end = HEADER.checked_add(LINE.checked_shl(self.line_bits)?)?;
        let plain = usize::try_from(self.plain).ok()?.checked_mul(self.entry())?;
        let entries_end = lines_end.checked_add(plain)?;
        let spilled = usize::try_from(self.spilled).ok()?.checked_mul(SPILL_ENTRY)?;
        let end = entries_end.checked_add(spilled)?;
        Some((HEADER..lines_end, lines_end..entries_end, entries_end..end))
    }

    fn read(body: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(body);
        let (plain, spilled) = (reader.u64()?, reader.u64()?);
        let (line_bits, key_bytes, row_bytes) = (reader.u32()?, reader.u32()?, reader.u32()?);
        let shape = Self { plain, spilled, line_bits, key_bytes, row_bytes };
        let sane = line_bits <= 32 && (16..=20).contains(&key_bytes) && row_bytes <= 4;
        sane.then_some(shape)
    }

    fn header(&self) -> Vec<u8> {
        let mut header = [self.plain, self.spilled].map(u64::to_le_bytes).concat();
        let rest = [self.line_bits, self.key_bytes, self.row_bytes];
        header.extend(rest.iter().flat_map(|number| number.to_le_bytes()));
        header
    }
}

/// Where a hash belongs: its line and its fingerprint.
#[inline]
fn position(key: &Key, line_bits: u32) -> (usize, u16) {
    let top = u64::from_be_bytes(key.first_chunk().copied().unwrap_or_default());
    let line = top.checked_shr(64 - line_bits).unwrap_or(0);
    (line as usize, ((top << line_bits) >> (64 - TAG_BITS)) as u16)
}

/// The index, read where it lies.
pub(crate) struct ExactIndex {
    bytes: Bytes,
    shape: Shape,
    lines: Range<usize>,
    entries: Range<usize>,
    spill: Range<usize>,
    // What follows from the shape, at hand for every look-up.
    dropped: usize,
    entry_bytes: usize,
    row_mask: u32,
}

/// A look-up whose fingerprint agreed: which one, and which entry to compare.
#[derive(Clone, Copy)]
struct Candidate {
    query: u32,
    entry: u32,
}

impl ExactIndex {
    /// Checks all of the bytes.
    pub(crate) fn new(bytes: Bytes) -> Result<Self, Damage> {
        let (body, _) = unseal(&bytes, KIND)?;
        let shape = Shape::read(body).ok_or(Damage::Contradiction("header"))?;
        let sections = shape.sections().filter(|(_, _, spill)| spill.end == body.len());
        let (lines, entries, spill) = sections.ok_or(Damage::Contradiction("sections"))?;
        let row_mask = u32::MAX.checked_shr(32 - shape.row_bytes * 8).unwrap_or(0);
        let (dropped, entry_bytes) = (shape.dropped(), shape.entry());
        Ok(Self { bytes, shape, lines, entries, spill, dropped, entry_bytes, row_mask })
    }

    /// The rows of each key, as `hit(number of the key, row)`; those of one key follow each other
    /// in ascending order.
    pub(crate) fn find(&self, keys: &[Key], hit: &mut impl FnMut(usize, u32)) {
        let (mut now, mut before) = (Vec::with_capacity(GROUP), Vec::with_capacity(GROUP));
        self.prefetch_lines(keys.get(..GROUP.min(keys.len())).unwrap_or_default());
        for (group, queries) in keys.chunks(GROUP).enumerate() {
            let next = (group + 1) * GROUP;
            let upto = (next + GROUP).min(keys.len());
            self.prefetch_lines(keys.get(next..upto).unwrap_or_default());
            for (at, key) in queries.iter().enumerate() {
                self.check_line(group * GROUP + at, key, &mut now, hit);
            }
            self.prefetch_entries(&now);
            self.compare(keys, &before, hit);
            before.clear();
            std::mem::swap(&mut now, &mut before);
        }
        self.compare(keys, &before, hit);
    }

    fn prefetch_lines(&self, keys: &[Key]) {
        for key in keys {
            let (line, _) = position(key, self.shape.line_bits);
            prefetch(&self.bytes, self.lines.start + line * LINE);
        }
    }

    /// In a loop of its own, like the one above: the processor waits for the page of a prefetch,
    /// and only a loop this short has many of them under way.
    fn prefetch_entries(&self, candidates: &[Candidate]) {
        for candidate in candidates {
            let entry = candidate.entry as usize;
            let at = self.entries.start + entry * self.entry_bytes;
            prefetch(&self.bytes, at);
            // It may lie across two cache lines.
            prefetch(&self.bytes, at + self.entry_bytes - 1);
        }
    }

    fn line(&self, number: usize) -> Option<&[u8; LINE]> {
        let at = self.lines.start + number * LINE;
        self.bytes.get(at..)?.first_chunk()
    }

    /// Notes the entries whose fingerprint agrees.
    #[inline]
    fn check_line(
        &self,
        query: usize,
        key: &Key,
        found: &mut Vec<Candidate>,
        hit: &mut impl FnMut(usize, u32),
    ) {
        let (number, tag) = position(key, self.shape.line_bits);
        let Some(line) = self.line(number) else { return };
        let [a, b, c, d, count, ..] = *line;
        let first = u32::from_le_bytes([a, b, c, d]);
        if count == SPILLED {
            return self.search_spill(query, key, line, first, hit);
        }
        let mut agreeing = agreeing(line, (tag >> 4) as u8, count);
        while agreeing != 0 {
            let at = agreeing.trailing_zeros();
            agreeing &= agreeing - 1;
            if low_bits(line, at as usize) == (tag & 0xf) as u8 {
                let entry = first.saturating_add(at);
                found.push(Candidate { query: query as u32, entry });
            }
        }
    }

    fn compare(&self, keys: &[Key], found: &[Candidate], hit: &mut impl FnMut(usize, u32)) {
        for candidate in found {
            let query = candidate.query as usize;
            if let Some(row) = keys.get(query).and_then(|key| self.row_of(candidate.entry, key)) {
                hit(query, row);
            }
        }
    }

    /// The row of an entry if its hash is the key's.
    #[inline]
    fn row_of(&self, entry: u32, key: &Key) -> Option<u32> {
        let at = self.entries.start.checked_add((entry as usize).checked_mul(self.entry_bytes)?)?;
        let (dropped, row_at) = (self.dropped, self.entry_bytes - self.shape.row_bytes as usize);
        // The row number's four bytes may reach into what follows, which is at least the seal.
        let entry = self.bytes.get(at..at + row_at + 4)?;
        let kept = key.get(dropped..dropped + row_at)?;
        let row = u32::from_le_bytes(*entry.get(row_at..)?.first_chunk()?);
        equal(entry, kept).then_some(row & self.row_mask)
    }

    #[cold]
    fn search_spill(
        &self,
        query: usize,
        key: &Key,
        line: &[u8; LINE],
        first: u32,
        hit: &mut impl FnMut(usize, u32),
    ) {
        let [_, _, _, _, _, a, b, c, d, ..] = *line;
        let count = u32::from_le_bytes([a, b, c, d]) as usize;
        let spill = self.bytes.get(self.spill.clone()).unwrap_or_default();
        let entries = spill.as_chunks::<SPILL_ENTRY>().0;
        let from = first as usize;
        let entries = entries.get(from..from.saturating_add(count)).unwrap_or_default();
        let hash = |entry: &[u8; SPILL_ENTRY]| entry.first_chunk().is_some_and(|h: &Key| h < key);
        let start = entries.partition_point(hash);
        for entry in entries.get(start..).unwrap_or_default() {
            let [hash @ .., a, b, c, d] = entry;
            if hash != key {
                return;
            }
            hit(query, u32::from_le_bytes([*a, *b, *c, *d]));
        }
    }
}

/// Whether `kept`, of 8 to 24 bytes, is how `entry` begins: three overlapping words, because a
/// comparison of unknown length is a call.
#[inline]
fn equal(entry: &[u8], kept: &[u8]) -> bool {
    let last = kept.len().saturating_sub(8);
    let word = |bytes: &[u8], at: usize| -> Option<u64> {
        bytes.get(at..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
    };
    let differs = |at| match (word(entry, at), word(kept, at)) {
        (Some(a), Some(b)) => a ^ b,
        _ => 1,
    };
    differs(0) | differs(last / 2) | differs(last) == 0
}

/// A bit for each of the first `count` entries of a line whose first eight fingerprint bits are
/// `tag`.
#[inline]
fn agreeing(line: &[u8; LINE], tag: u8, count: u8) -> u64 {
    equal_bytes(line, tag) >> 5 & ((1 << count.min(MOST_IN_LINE as u8)) - 1)
}

#[inline]
fn low_bits(line: &[u8; LINE], at: usize) -> u8 {
    let pair = line.get(LOW_BITS_AT + at / 2).copied().unwrap_or(0);
    if at.is_multiple_of(2) { pair & 0xf } else { pair >> 4 }
}
