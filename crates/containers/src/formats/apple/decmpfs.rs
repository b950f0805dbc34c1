//! Files that the file system itself compressed, in the attribute `com.apple.decmpfs` or in the
//! resource fork.
//!
//! The layout is that of `decmpfs.h` in Apple's open-source kernel: a header of 16 bytes, then
//! either the compressed data or, in the resource fork, blocks of 64 KiB each compressed alone.

use super::cached::Cached;
use crate::bytes::{Bytes, Memory, array_at, be32, le32, le64, vec_at};
use crate::fault::Fault;
use std::cell::RefCell;
use std::io::Read;
use std::rc::Rc;

/// Name of the attribute.
pub const NAME: &str = "com.apple.decmpfs";
/// The header: magic, method, size of the data in plain form.
const HEADER: usize = 16;
const MAGIC: u32 = u32::from_be_bytes(*b"cmpf");
/// Bytes of a block in plain form.
const BLOCK: u64 = 64 << 10;
/// A compressed block is hardly longer than its plain form; more than this is no block.
const STORED_MAX: u64 = 2 * BLOCK;
/// What one attribute may grow to in memory.
const INLINE_MAX: u64 = 4 << 20;
/// Longest table of blocks: enough for a file of half a TiB.
const TABLE_MAX: u64 = 64 << 20;

/// How the data are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Stored,
    Zlib,
    Lzvn,
    Lzfse,
}

/// The size in plain form; `None` when this is no such attribute.
pub fn size(attribute: &[u8]) -> Option<u64> {
    let is = attribute.len() >= HEADER && le32(attribute, 0) == MAGIC;
    is.then(|| le64(attribute, 8))
}

/// Whether the data lie in the resource fork, which then is no fork of the user's.
pub fn in_fork(attribute: &[u8]) -> bool {
    matches!(le32(attribute, 4), 4 | 8 | 12)
}

/// The data in plain form. `fork` gives the resource fork, if there is one.
///
/// # Errors
/// [`Fault::Unsupported`] for a method that is not read; [`Fault::Damaged`].
pub fn open(attribute: &[u8], fork: Option<Rc<dyn Bytes>>) -> Result<Rc<dyn Bytes>, Fault> {
    let size = size(attribute).ok_or_else(|| Fault::damaged(0, "no header of compressed data"))?;
    let data = attribute.get(HEADER..).unwrap_or_default();
    let number = le32(attribute, 4);
    let method = match number {
        1 => Method::Stored,
        3 | 4 => Method::Zlib,
        7 | 8 => Method::Lzvn,
        11 | 12 => Method::Lzfse,
        _ => return Err(Fault::unsupported(format!("file compressed with method {number}"))),
    };
    if !in_fork(attribute) {
        if size > INLINE_MAX {
            let what = format!("{size} bytes from an attribute; at most {INLINE_MAX}");
            return Err(Fault::Limit { what });
        }
        return Ok(Rc::new(Memory(plain(method, data, size)?)));
    }
    let fork = fork.ok_or_else(|| Fault::damaged(0, "the resource fork with the data is gone"))?;
    let fork = Cached::new(fork);
    let table = if method == Method::Zlib { zlib_table(&fork, size) } else { table(&fork, size) };
    Ok(Rc::new(Blocks { table: table?, fork, method, size, kept: RefCell::default() }))
}

/// The resource of type `cmpf`: its length, then the number of blocks, then for each its place
/// counted from that number, and its length.
fn zlib_table(fork: &Cached, size: u64) -> Result<Vec<(u64, u64)>, Fault> {
    let start = u64::from(be32(&array_at::<4>(fork, 0)?, 0)) + 4;
    let count = u64::from(le32(&array_at::<4>(fork, start)?, 0));
    let blocks = enough(count, size, start)?;
    let table = vec_at(fork, start + 4, blocks * 8, TABLE_MAX)?;
    let row = |row: &[u8]| (start + u64::from(le32(row, 0)), u64::from(le32(row, 4)));
    Ok(table.chunks_exact(8).map(row).collect())
}

/// The fork begins with the places of all blocks and of the end of the last.
fn table(fork: &Cached, size: u64) -> Result<Vec<(u64, u64)>, Fault> {
    let first = u64::from(le32(&array_at::<4>(fork, 0)?, 0));
    let blocks = enough((first / 4).saturating_sub(1), size, 0)?;
    let table = vec_at(fork, 0, (blocks + 1) * 4, TABLE_MAX)?;
    let places: Vec<u64> = table.chunks_exact(4).map(|at| u64::from(le32(at, 0))).collect();
    let pairs = places.iter().zip(places.iter().skip(1));
    Ok(pairs.map(|(at, end)| (*at, end.saturating_sub(*at))).collect())
}

fn enough(count: u64, size: u64, at: u64) -> Result<u64, Fault> {
    let blocks = size.div_ceil(BLOCK);
    if count >= blocks {
        return Ok(blocks);
    }
    Err(Fault::damaged(at, format!("{count} compressed blocks for {size} bytes")))
}

/// Data in blocks of the resource fork.
struct Blocks {
    fork: Cached,
    method: Method,
    /// Offset and length of each block in the fork.
    table: Vec<(u64, u64)>,
    size: u64,
    kept: RefCell<Option<(u64, Rc<Vec<u8>>)>>,
}

impl Blocks {
    fn block(&self, index: u64) -> Result<Rc<Vec<u8>>, Fault> {
        if let Some((of, block)) = &*self.kept.borrow()
            && *of == index
        {
            return Ok(Rc::clone(block));
        }
        let entry = usize::try_from(index).ok().and_then(|index| self.table.get(index));
        let (at, length) = *entry.ok_or_else(|| Fault::damaged(0, "no such compressed block"))?;
        let stored = vec_at(&self.fork, at, length, STORED_MAX)?;
        let wanted = BLOCK.min(self.size - index * BLOCK);
        let block = Rc::new(plain(self.method, &stored, wanted)?);
        *self.kept.borrow_mut() = Some((index, Rc::clone(&block)));
        Ok(block)
    }
}

impl Bytes for Blocks {
    fn len(&self) -> u64 {
        self.size
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
        let mut filled = 0;
        while filled < into.len() {
            let from = at.saturating_add(filled as u64);
            let Some(rest) = into.get_mut(filled..).filter(|_| from < self.size) else { break };
            let block = self.block(from / BLOCK)?;
            let skip = usize::try_from(from % BLOCK).unwrap_or(usize::MAX);
            let there = block.get(skip..).unwrap_or_default();
            let count = there.len().min(rest.len());
            if let (Some(rest), Some(there)) = (rest.get_mut(..count), there.get(..count)) {
                rest.copy_from_slice(there);
            }
            filled += count;
        }
        Ok(filled)
    }
}

/// Exactly `size` bytes in plain form. What does not compress is stored behind one byte that no
/// compressed data begins with.
fn plain(method: Method, data: &[u8], size: u64) -> Result<Vec<u8>, Fault> {
    let wrong = |why: String| Fault::damaged(0, format!("compressed data: {why}"));
    let first = data.first().copied().unwrap_or(0);
    let stored = match method {
        Method::Stored => Some(data),
        Method::Zlib if first & 0x0F == 0x0F => data.get(1..),
        Method::Lzvn if first == 0x06 => data.get(1..),
        Method::Lzfse if first != b'b' => data.get(1..),
        _ => None,
    };
    let wanted = usize::try_from(size).unwrap_or(usize::MAX);
    let plain = match (stored, method) {
        (Some(stored), _) => stored.get(..wanted).unwrap_or(stored).to_vec(),
        (None, Method::Lzvn) => {
            let mut plain = vec![0; wanted];
            let made = lzvn::decode_raw_into(data, &mut plain).map_err(|e| wrong(e.to_string()))?;
            plain.truncate(made);
            plain
        }
        (None, Method::Lzfse) => {
            // The streaming decoder: its output is bounded here and not by what the data claim.
            let mut decoder = lzfse_rust::LzfseRingDecoder::default();
            capped(decoder.reader(data), size).map_err(|e| wrong(e.to_string()))?
        }
        (None, _) => {
            capped(flate2::read::ZlibDecoder::new(data), size).map_err(|e| wrong(e.to_string()))?
        }
    };
    if plain.len() != wanted {
        return Err(wrong(format!("{} bytes instead of {size}", plain.len())));
    }
    Ok(plain)
}

/// One byte more than announced is enough to know.
fn capped(from: impl Read, size: u64) -> std::io::Result<Vec<u8>> {
    let mut plain = Vec::new();
    from.take(size + 1).read_to_end(&mut plain)?;
    Ok(plain)
}

#[cfg(test)]
mod tests;
