//! One segment: a chain of sections, each with a descriptor that names the next.

use super::chunks::Table;
use crate::bytes::{Bytes, array_at, le32, le64, read_exact_at};
use crate::fault::Fault;
use amparo_model::Problem;
use simd_adler32::Adler32;
use std::rc::Rc;

/// Bytes of the segment's own header.
const HEADER_BYTES: u64 = 13;
/// Bytes of a section's descriptor.
const DESCRIPTOR_BYTES: u64 = 76;
/// Bytes before the entries of a table.
const TABLE_HEADER_BYTES: u64 = 24;
/// Sections of all segments together; an image of 100 TB has fewer.
const SECTIONS_MAX: u64 = 1 << 20;
/// Largest chunk: 32,768 sectors of 512 bytes, as in the tools that write the format.
const CHUNK_BYTES_MAX: u64 = 16 << 20;

/// What was found in the segments.
#[derive(Default)]
pub(super) struct Found {
    pub(super) volume: Option<Volume>,
    pub(super) tables: Vec<Table>,
    /// Before the table of each of these indexes lie chunks whose number is not known.
    pub(super) gaps: Vec<usize>,
    /// The last segment was there.
    pub(super) done: bool,
    pub(super) md5: Option<[u8; 16]>,
    pub(super) sha1: Option<[u8; 20]>,
    pub(super) problems: Vec<Problem>,
    sections: u64,
}

impl Found {
    /// Chunks are missing here.
    pub(super) fn gap(&mut self) {
        if self.gaps.last() != Some(&self.tables.len()) {
            self.gaps.push(self.tables.len());
        }
    }
}

/// What the section `volume` says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Volume {
    pub(super) chunk_bytes: u64,
    pub(super) length: u64,
}

/// How the chain of a segment ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// It is the last one.
    Done,
    /// Another one follows.
    Next,
    /// It is cut or damaged.
    Broken,
}

/// A segment's bytes.
pub(super) struct Segment {
    /// From 1 on.
    pub(super) number: u32,
    /// Among those that are there.
    pub(super) index: usize,
    pub(super) bytes: Rc<dyn Bytes>,
}

/// Where the walk through a segment is.
struct Section {
    kind: Vec<u8>,
    /// First byte behind the descriptor.
    data: u64,
    next: u64,
    end: u64,
    /// The descriptor and the first bytes of the data.
    head: Vec<u8>,
}

/// What earlier sections of the segment leave to later ones.
#[derive(Default)]
struct Walk {
    /// End of the last section of chunks.
    chunks_end: Option<u64>,
    /// A table was damaged, and its copy is still to come.
    owed: bool,
}

impl Segment {
    /// Takes every section, and says how the chain ends.
    pub(super) fn walk(&self, found: &mut Found) -> End {
        let (mut at, mut walk) = (HEADER_BYTES, Walk::default());
        let end = loop {
            let section = match self.section(at, found) {
                Ok(section) => section,
                Err(fault) => {
                    found.problems.push(self.problem(&fault));
                    found.gap();
                    break End::Broken;
                }
            };
            match section.kind.as_slice() {
                b"next" => break End::Next,
                b"done" => break End::Done,
                _ => self.take(&section, &mut walk, found),
            }
            at = section.next;
        };
        self.settle(&mut walk, found);
        found.done = end == End::Done;
        end
    }

    fn section(&self, at: u64, found: &mut Found) -> Result<Section, Fault> {
        found.sections += 1;
        if found.sections > SECTIONS_MAX {
            return Err(Fault::Limit { what: format!("more than {SECTIONS_MAX} sections") });
        }
        let there = self.bytes.len().saturating_sub(at).min(DESCRIPTOR_BYTES + TABLE_HEADER_BYTES);
        let mut head = vec![0; usize::try_from(there).unwrap_or(0)];
        read_exact_at(&*self.bytes, at, &mut head)?;
        let Some(descriptor) = head.get(..DESCRIPTOR_BYTES as usize) else {
            return Err(Fault::Truncated { at: self.bytes.len() });
        };
        if !sealed(descriptor, 72) {
            return Err(Fault::damaged(at, "descriptor of a section contradicts its checksum"));
        }
        let name = descriptor.get(..16).unwrap_or_default();
        let kind: Vec<u8> = name.iter().copied().take_while(|byte| *byte != 0).collect();
        let (next, size) = (le64(descriptor, 16), le64(descriptor, 24));
        let ends = matches!(kind.as_slice(), b"next" | b"done");
        if !ends && next < at.saturating_add(DESCRIPTOR_BYTES) {
            return Err(Fault::damaged(at, "sections form a loop"));
        }
        // Some tools leave the size open; the next section tells it.
        let end = if size > DESCRIPTOR_BYTES { at.saturating_add(size) } else { next };
        Ok(Section { kind, data: at + DESCRIPTOR_BYTES, next, end, head })
    }

    fn take(&self, section: &Section, walk: &mut Walk, found: &mut Found) {
        let taken = match section.kind.as_slice() {
            b"volume" | b"disk" | b"data" => self.take_volume(section, found),
            b"sectors" => {
                self.settle(walk, found);
                walk.chunks_end = Some(section.end);
                Ok(())
            }
            b"table" => {
                self.settle(walk, found);
                self.take_table(section, walk, found);
                Ok(())
            }
            b"table2" => {
                self.take_copy(section, walk, found);
                Ok(())
            }
            b"hash" | b"digest" => self.take_hashes(section, found),
            _ => Ok(()),
        };
        if let Err(fault) = taken {
            found.problems.push(self.problem(&fault));
        }
    }

    /// The section repeats in every segment; the first sound one counts.
    fn take_volume(&self, section: &Section, found: &mut Found) -> Result<(), Fault> {
        if found.volume.is_some() {
            return Ok(());
        }
        let is_short = section.end.saturating_sub(section.data) < 1052;
        let mut bytes = vec![0; if is_short { 94 } else { 1052 }];
        read_exact_at(&*self.bytes, section.data, &mut bytes)?;
        if !sealed(&bytes, bytes.len() - 4) {
            let why = "description of the medium contradicts its checksum";
            found.problems.push(self.problem(&Fault::damaged(section.data, why)));
        }
        let chunks = u64::from(le32(&bytes, 4));
        let chunk_bytes = u64::from(le32(&bytes, 8)).saturating_mul(le32(&bytes, 12).into());
        if chunk_bytes == 0 || chunk_bytes > CHUNK_BYTES_MAX {
            return Err(Fault::damaged(section.data + 8, format!("chunks of {chunk_bytes} bytes")));
        }
        let sectors = if is_short { le32(&bytes, 16).into() } else { le64(&bytes, 16) };
        let length = match sectors.saturating_mul(le32(&bytes, 12).into()) {
            0 => chunks.saturating_mul(chunk_bytes),
            length => length,
        };
        found.volume = Some(Volume { chunk_bytes, length });
        Ok(())
    }

    fn take_table(&self, section: &Section, walk: &mut Walk, found: &mut Found) {
        match self.table(section, walk) {
            Some(table) => found.tables.push(table),
            None => walk.owed = true,
        }
    }

    fn take_copy(&self, section: &Section, walk: &mut Walk, found: &mut Found) {
        let copy = self.table(section, walk);
        match (copy, found.tables.last_mut()) {
            (Some(copy), _) if walk.owed => {
                walk.owed = false;
                let why = format!("table before byte {} is damaged; its copy is used", copy.at);
                found.problems.push(self.problem(&Fault::damaged(section.data, why)));
                found.tables.push(copy);
            }
            (Some(copy), Some(table)) if table.count == copy.count => table.copy = Some(copy.at),
            _ => {}
        }
    }

    /// A damaged table without a sound copy: its chunks are lost and so is their number.
    fn settle(&self, walk: &mut Walk, found: &mut Found) {
        if std::mem::take(&mut walk.owed) {
            let why = "a table of chunks and its copy are damaged; its chunks cannot be read";
            found.problems.push(self.problem(&Fault::damaged(0, why)));
            found.gap();
        }
    }

    fn table(&self, section: &Section, walk: &Walk) -> Option<Table> {
        let header = section.head.get(DESCRIPTOR_BYTES as usize..)?;
        let count = le32(header, 0);
        let at = section.data.checked_add(TABLE_HEADER_BYTES)?;
        let fits = at.checked_add(u64::from(count) * 4)? <= section.end.min(self.bytes.len());
        (header.len() as u64 == TABLE_HEADER_BYTES && sealed(header, 20) && fits).then(|| Table {
            first: 0,
            count,
            segment: self.index,
            number: self.number,
            base: le64(header, 8),
            at,
            copy: None,
            // The oldest images keep the chunks behind the table's entries, without a checksum.
            chunks_end: walk.chunks_end.unwrap_or(section.end),
            sealed: walk.chunks_end.is_some(),
        })
    }

    fn take_hashes(&self, section: &Section, found: &mut Found) -> Result<(), Fault> {
        if section.kind == b"hash" {
            let bytes: [u8; 36] = array_at(&*self.bytes, section.data)?;
            self.check_hashes(section, &bytes)?;
            found.md5 = found.md5.or(bytes.first_chunk().copied()).filter(is_set);
            return Ok(());
        }
        let bytes: [u8; 80] = array_at(&*self.bytes, section.data)?;
        self.check_hashes(section, &bytes)?;
        found.md5 = found.md5.or(bytes.first_chunk().copied()).filter(is_set);
        let sha1 = bytes.get(16..).and_then(|rest| rest.first_chunk().copied());
        found.sha1 = sha1.filter(is_set);
        Ok(())
    }

    fn check_hashes(&self, section: &Section, bytes: &[u8]) -> Result<(), Fault> {
        if sealed(bytes, bytes.len() - 4) {
            return Ok(());
        }
        Err(Fault::damaged(section.data, "stored hashes contradict their checksum"))
    }

    fn problem(&self, fault: &Fault) -> Problem {
        let mut problem = fault.problem("");
        problem.detail = format!("segment {}: {}", self.number, problem.detail);
        problem
    }
}

fn is_set<const N: usize>(hash: &[u8; N]) -> bool {
    hash.iter().any(|byte| *byte != 0)
}

/// Whether the Adler-32 of the first `length` bytes stands behind them.
fn sealed(bytes: &[u8], length: usize) -> bool {
    bytes.get(..length).is_some_and(|sealed| adler32(sealed) == le32(bytes, length))
}

pub(super) fn adler32(bytes: &[u8]) -> u32 {
    let mut sum = Adler32::new();
    sum.write(bytes);
    sum.finish()
}
