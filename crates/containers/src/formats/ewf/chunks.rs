//! The tables of chunks, and the chunks as blocks of the medium.

use super::segment::{Found, adler32};
use crate::bytes::{Bytes, le32, vec_at};
use crate::fault::Fault;
use crate::medium::{Inflater, Layout, Place};
use amparo_model::Problem;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

/// In an entry: the chunk is compressed.
const COMPRESSED: u32 = 1 << 31;
/// Entries of one table.
const ENTRIES_MAX: u32 = 1 << 22;
/// Entries of all tables kept in memory: 16 MiB.
const ENTRIES_KEPT: usize = 1 << 22;
/// Bytes behind an uncompressed chunk: its Adler-32.
const SEAL_BYTES: u64 = 4;

/// A table of chunks as its header describes it.
#[derive(Debug, Clone)]
pub(super) struct Table {
    /// Number of its first chunk on the medium.
    pub(super) first: u64,
    pub(super) count: u32,
    /// Index of the segment among those that are there, and the segment's own number.
    pub(super) segment: usize,
    pub(super) number: u32,
    /// Added to the entries.
    pub(super) base: u64,
    /// Where its entries and those of its copy begin.
    pub(super) at: u64,
    pub(super) copy: Option<u64>,
    /// Where the last of its chunks ends.
    pub(super) chunks_end: u64,
    /// A checksum follows the entries.
    pub(super) sealed: bool,
}

/// The entries of a table.
struct Entries {
    raw: Vec<u32>,
    /// From here on the entries have no mark: all 32 bits are the offset.
    overflow: usize,
}

/// A chunk in its segment.
struct Chunk {
    at: u64,
    length: u64,
    /// As the entry says; behind the overflow no entry says it.
    compressed: Option<bool>,
}

/// All chunks.
pub(super) struct Chunks {
    segments: Vec<Rc<dyn Bytes>>,
    tables: Vec<Table>,
    loaded: RefCell<VecDeque<(usize, Rc<Entries>)>>,
    chunk_bytes: u64,
    length: u64,
    inflater: Inflater,
    complaints: RefCell<Vec<Fault>>,
}

impl Chunks {
    pub(super) fn new(
        segments: Vec<Rc<dyn Bytes>>,
        found: Found,
        chunk_bytes: u64,
        length: u64,
        problems: &mut Vec<Problem>,
    ) -> Self {
        Self {
            segments,
            tables: numbered(found, length.div_ceil(chunk_bytes), problems),
            loaded: RefCell::default(),
            chunk_bytes,
            length,
            inflater: Inflater::new(true),
            complaints: RefCell::default(),
        }
    }

    fn chunk(&self, number: u64) -> Result<(&Table, Chunk), Fault> {
        let behind = self.tables.partition_point(|table| table.first <= number);
        let index = behind.checked_sub(1);
        let table = index
            .and_then(|index| self.tables.get(index))
            .filter(|table| number - table.first < u64::from(table.count));
        let (Some(index), Some(table)) = (index, table) else {
            let why = format!("chunk {number} is in none of the tables that are there");
            return Err(Fault::Source { why });
        };
        let entries = self.entries(index, table)?;
        let within = usize::try_from(number - table.first).unwrap_or(usize::MAX);
        entries.chunk(table, within, self.chunk_bytes).map(|chunk| (table, chunk)).ok_or_else(
            || Fault::damaged(table.at, format!("table without an entry for chunk {number}")),
        )
    }

    fn entries(&self, index: usize, table: &Table) -> Result<Rc<Entries>, Fault> {
        let mut loaded = self.loaded.borrow_mut();
        if let Some(found) = loaded.iter().position(|(number, _)| *number == index) {
            loaded.swap(0, found);
        } else {
            let entries = Rc::new(self.load(table)?);
            let mut room = ENTRIES_KEPT.saturating_sub(entries.raw.len());
            loaded.retain(|(_, kept)| {
                let stays = room >= kept.raw.len();
                room = room.saturating_sub(kept.raw.len());
                stays
            });
            loaded.push_front((index, entries));
        }
        let front = loaded.front().map(|(_, entries)| Rc::clone(entries));
        front.ok_or(Fault::Truncated { at: table.at })
    }

    /// The entries of the table or, when they contradict their checksum, those of its copy.
    fn load(&self, table: &Table) -> Result<Entries, Fault> {
        let first = self.read_entries(table, table.at);
        let (Some(copy), Err(_) | Ok((_, false))) = (table.copy, &first) else {
            let (entries, sound) = first?;
            if !sound {
                self.complain(table, "table of chunks contradicts its checksum");
            }
            return Ok(entries);
        };
        match (first, self.read_entries(table, copy)) {
            (_, Ok((entries, true))) => {
                self.complain(table, "table of chunks is damaged; its copy is used");
                Ok(entries)
            }
            (Ok((entries, _)), _) | (Err(_), Ok((entries, _))) => {
                self.complain(table, "table of chunks and its copy contradict their checksums");
                Ok(entries)
            }
            (Err(fault), Err(_)) => Err(fault),
        }
    }

    /// The entries at `at`, and whether they are sound.
    fn read_entries(&self, table: &Table, at: u64) -> Result<(Entries, bool), Fault> {
        if table.count > ENTRIES_MAX {
            return Err(Fault::Limit { what: format!("a table of {} chunks", table.count) });
        }
        let Some(segment) = self.segments.get(table.segment) else {
            return Err(Fault::Truncated { at });
        };
        let length = u64::from(table.count) * 4;
        let seal = if table.sealed { SEAL_BYTES } else { 0 };
        let bytes = vec_at(&**segment, at, length + seal, u64::from(ENTRIES_MAX) * 4 + seal)?;
        let split = usize::try_from(length).unwrap_or(usize::MAX);
        let (entries, seal) = bytes.split_at_checked(split).unwrap_or_default();
        let sound = !table.sealed || adler32(entries) == le32(seal, 0);
        Ok((Entries::new(entries), sound))
    }

    fn complain(&self, table: &Table, why: &str) {
        let why = format!("segment {}: {why}", table.number);
        let fault = Fault::damaged(table.at, why);
        let mut complaints = self.complaints.borrow_mut();
        if complaints.len() < 100 && !complaints.contains(&fault) {
            complaints.push(fault);
        }
    }

    /// A chunk that is shorter than the others because the medium ends may be stored in full.
    fn inflate(&self, packed: &[u8], into: &mut [u8]) -> Result<(), String> {
        let filled = self.inflater.fill(packed, into);
        if filled.is_ok() || into.len() as u64 == self.chunk_bytes {
            return filled;
        }
        let mut whole = vec![0; usize::try_from(self.chunk_bytes).unwrap_or(0)];
        self.inflater.fill(packed, &mut whole)?;
        copy(&whole, into).ok_or_else(|| "it is too short".to_owned())
    }
}

impl Layout for Chunks {
    fn len(&self) -> u64 {
        self.length
    }

    fn block_bytes(&self) -> u64 {
        self.chunk_bytes
    }

    fn place(&self, block: u64) -> Result<Place, Fault> {
        let (table, chunk) = self.chunk(block)?;
        Ok(Place::Packed { source: table.segment, at: chunk.at, length: chunk.length })
    }

    fn source(&self, number: usize) -> Option<&Rc<dyn Bytes>> {
        self.segments.get(number)
    }

    fn unpack(&self, block: u64, at: u64, packed: &[u8], into: &mut [u8]) -> Result<(), Fault> {
        let (table, chunk) = self.chunk(block)?;
        let plain = || stored(packed, into.len(), self.chunk_bytes);
        let unpacked = match chunk.compressed {
            Some(true) => self.inflate(packed, into),
            Some(false) => plain()
                .and_then(|bytes| copy(bytes, into))
                .ok_or_else(|| "it contradicts its checksum".into()),
            None => match plain() {
                Some(bytes) => copy(bytes, into).ok_or_else(|| "it is too short".into()),
                None => self.inflate(packed, into),
            },
        };
        unpacked.map_err(|why| {
            Fault::damaged(at, format!("chunk {block} in segment {}: {why}", table.number))
        })
    }

    fn complaints(&self) -> Vec<Fault> {
        self.complaints.borrow().clone()
    }
}

impl Entries {
    fn new(bytes: &[u8]) -> Self {
        let raw: Vec<u32> = bytes.chunks_exact(4).map(|entry| le32(entry, 0)).collect();
        // EnCase 6.7 wrote segments of more than 2 GiB, whose offsets need the bit of the mark: the
        // offsets then fall without it, and rise with it.
        let place = |entry: &u32| entry & !COMPRESSED;
        let falls = raw.windows(2).position(|pair| match pair {
            [one, two] => place(two) < place(one) && *two >= place(one),
            _ => false,
        });
        let overflow = falls.map_or(raw.len(), |at| at + 1);
        Self { raw, overflow }
    }

    fn offset(&self, index: usize) -> Option<u64> {
        let raw = *self.raw.get(index)?;
        Some(if index < self.overflow { raw & !COMPRESSED } else { raw }.into())
    }

    /// A chunk ends where the next one begins, the last one with the section.
    fn chunk(&self, table: &Table, index: usize, chunk_bytes: u64) -> Option<Chunk> {
        let at = table.base.checked_add(self.offset(index)?)?;
        let next = self.offset(index + 1).map(|offset| table.base.saturating_add(offset));
        let end = next.unwrap_or(table.chunks_end);
        let length = match end.checked_sub(at) {
            None | Some(0) => chunk_bytes.saturating_add(SEAL_BYTES),
            Some(length) => length,
        };
        let raw = *self.raw.get(index)?;
        let compressed = (index < self.overflow).then_some(raw & COMPRESSED != 0);
        Some(Chunk { at, length, compressed })
    }
}

/// Gives the tables their first chunks, in order. Behind a gap they are counted from the end, which
/// is possible when it is the only one.
fn numbered(found: Found, chunks: u64, problems: &mut Vec<Problem>) -> Vec<Table> {
    let Found { mut tables, gaps, done, .. } = found;
    let count = |tables: &[Table]| tables.iter().map(|table| u64::from(table.count)).sum::<u64>();
    let gap = gaps.first().copied().unwrap_or(tables.len()).min(tables.len());
    let mut behind = tables.split_off(gap);
    let (before, after) = (count(&tables), count(&behind));
    let fits = before.saturating_add(after) <= chunks;
    if !behind.is_empty() && (gaps.len() > 1 || !done || !fits) {
        let why = format!("{after} chunks behind a gap cannot be placed");
        problems.push(Fault::damaged(0, why).problem(""));
        behind.clear();
    }
    if gaps.is_empty() && before != chunks {
        let why = format!("tables of {before} chunks for a medium of {chunks}");
        problems.push(Fault::damaged(0, why).problem(""));
    }
    number_from(0, &mut tables);
    number_from(chunks.saturating_sub(after), &mut behind);
    tables.append(&mut behind);
    tables.retain(|table| table.count > 0);
    tables
}

fn number_from(mut first: u64, tables: &mut [Table]) {
    for table in tables {
        table.first = first;
        first = first.saturating_add(table.count.into());
    }
}

/// An uncompressed chunk without its checksum, if that fits: as long as a whole chunk or, at the
/// end, as what the medium still has.
fn stored(packed: &[u8], wanted: usize, chunk_bytes: u64) -> Option<&[u8]> {
    let whole = usize::try_from(chunk_bytes).unwrap_or(usize::MAX);
    [whole, wanted].into_iter().find_map(|length| {
        let bytes = packed.get(..length)?;
        let seal = packed.get(length..)?.first_chunk()?;
        (adler32(bytes) == u32::from_le_bytes(*seal)).then_some(bytes)
    })
}

fn copy(from: &[u8], into: &mut [u8]) -> Option<()> {
    into.copy_from_slice(from.get(..into.len())?);
    Some(())
}
