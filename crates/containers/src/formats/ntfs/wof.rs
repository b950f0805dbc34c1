//! Files that Windows keeps compressed in a stream beside the empty file (CompactOS, `compact
//! /exe`): chunks one behind the other, after a table of where they end.
//!
//! Source: Microsoft, [MS-FSCC] 2.1.2.1 (the tag) and the header `ntifs.h` of the Windows driver
//! kit (`WOF_EXTERNAL_INFO`, `FILE_PROVIDER_EXTERNAL_INFO_V1`); the layout of the stream as the
//! project wimlib describes it, which is that of a file in a WIM archive. Checked with archives
//! that wimlib writes, not with a volume of Windows.

use crate::bytes::{Bytes, le32, le64, vec_at};
use crate::fault::Fault;
use crate::formats::ntfs::units::{BATCH, Packed, Unit, Units};
use crate::formats::ntfs::xpress;
use std::rc::Rc;

/// Tag of the reparse point.
pub const TAG: u32 = 0x8000_0017;
/// Name of the stream.
pub const STREAM: &[u8] = b"WofCompressedData";
/// Where the algorithm stands in the reparse point, behind its head and two versions.
const ALGORITHM: usize = 20;
/// The provider that keeps the bytes in a stream of the same file.
const FILE_PROVIDER: u32 = 2;

/// Bytes of a chunk, if it is one of those that are read here.
///
/// # Errors
/// [`Fault::Unsupported`] with what it is instead.
pub fn chunk_bytes(reparse: &[u8]) -> Result<u64, Fault> {
    match (le32(reparse, 12), le32(reparse, ALGORITHM)) {
        (FILE_PROVIDER, 0) => Ok(4 << 10),
        (FILE_PROVIDER, 2) => Ok(8 << 10),
        (FILE_PROVIDER, 3) => Ok(16 << 10),
        (FILE_PROVIDER, 1) => Err(Fault::unsupported("a file that Windows compressed with LZX")),
        _ => Err(Fault::unsupported("a file that Windows keeps in another file (WIM)")),
    }
}

/// The file of `size` bytes that is packed in a stream in chunks of `chunk` bytes.
pub fn open(stream: Rc<dyn Bytes>, size: u64, chunk: u64) -> Units<Chunks> {
    Units::new(Chunks { stream, size, chunk }, size, size, chunk)
}

/// The packed chunks.
pub struct Chunks {
    stream: Rc<dyn Bytes>,
    size: u64,
    chunk: u64,
}

impl Packed for Chunks {
    fn unpack(&self, start: u64, end: u64) -> Vec<Unit> {
        let chunks = end.div_ceil(self.chunk) - start / self.chunk;
        let read = self.read(start / self.chunk, chunks);
        let mut next = start;
        let mut units = Vec::new();
        while next < end {
            let length = self.chunk.min(self.size - next);
            units.push(read.clone().and_then(|(packed, ends)| {
                let index = usize::try_from((next - start) / self.chunk).unwrap_or(0);
                let range = ends.get(index).zip(ends.get(index + 1));
                let packed =
                    range.and_then(|(from, to)| packed.get(*from..*to)).unwrap_or_default();
                unpack_one(packed, usize::try_from(length).unwrap_or(0))
                    .map_err(|why| Fault::damaged(next, format!("of the unpacked file: {why}")))
            }));
            next += self.chunk;
        }
        units
    }
}

impl Chunks {
    /// Packed bytes of some chunks, and where in them each begins and the last ends.
    fn read(&self, first: u64, count: u64) -> Result<(Vec<u8>, Vec<usize>), Fault> {
        let width = if self.size > u64::from(u32::MAX) { 8 } else { 4 };
        let chunks = self.size.div_ceil(self.chunk);
        let table = (chunks - 1) * width;
        // Before the first chunk stands no entry, and the end of the last is the stream's.
        let from = first.saturating_sub(1);
        let listed = (first + count).min(chunks - 1) - from;
        let entries = vec_at(&*self.stream, from * width, listed * width, BATCH)?;
        let entry =
            |at: usize| if width == 8 { le64(&entries, at) } else { le32(&entries, at).into() };
        let step = usize::try_from(width).unwrap_or(8);
        let mut ends: Vec<u64> = (0..entries.len()).step_by(step).map(entry).collect();
        if first == 0 {
            ends.insert(0, 0);
        }
        if first + count == chunks {
            ends.push(self.stream.len().saturating_sub(table));
        }
        let (start, end) = (ends.first().copied(), ends.last().copied());
        let (start, end) = (start.unwrap_or(0), end.unwrap_or(0));
        let rises = ends.is_sorted_by(|a, b| a <= b && b - a <= self.chunk);
        if !rises {
            return Err(Fault::damaged(first * width, "the table of chunks does not rise"));
        }
        let packed = vec_at(&*self.stream, table.saturating_add(start), end - start, BATCH)?;
        let inside = |at: &u64| usize::try_from(at - start).unwrap_or(0);
        Ok((packed, ends.iter().map(inside).collect()))
    }
}

fn unpack_one(packed: &[u8], length: usize) -> Result<Vec<u8>, &'static str> {
    // What does not become smaller is kept as it is.
    if packed.len() == length {
        return Ok(packed.to_vec());
    }
    let mut unpacked = vec![0; length];
    xpress::unpack(packed, &mut unpacked)?;
    Ok(unpacked)
}
