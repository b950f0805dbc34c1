//! The record at the end of a ZIP archive, which says where its directory lies.

use crate::bytes::{Bytes, array_at, le16, le32, le64, vec_at};
use crate::fault::Fault;

/// Marks the end record.
pub const END: &[u8; 4] = b"PK\x05\x06";
const END_BYTES: usize = 22;
/// Marks where the larger end record of ZIP64 lies.
const LOCATOR: &[u8; 4] = b"PK\x06\x07";
const LOCATOR_BYTES: u64 = 20;
const END_64: &[u8; 4] = b"PK\x06\x06";
const END_64_BYTES: u64 = 56;
/// The end record with the longest comment, and as much again of what was appended.
const TAIL: u64 = 2 * (0xFFFF + END_BYTES as u64);

/// Where the directory lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Directory {
    /// Where its first record lies in the file.
    pub start: u64,
    /// Where it ends in the file.
    pub end: u64,
    /// Stated number of entries.
    pub entries: u64,
    /// Bytes in front of the archive, which stated offsets do not count.
    pub base: u64,
    /// The directory, or a part of it, lies in another file.
    pub split: bool,
}

/// Where the directory is said to lie; `None` without an end record.
///
/// # Errors
/// Whatever the reading gives.
pub fn directory(bytes: &dyn Bytes) -> Result<Option<Directory>, Fault> {
    let length = bytes.len().min(TAIL);
    let tail_at = bytes.len() - length;
    let tail = vec_at(bytes, tail_at, length, TAIL)?;
    let marks: Vec<usize> = memchr::memmem::rfind_iter(&tail, END).collect();
    let is_last = |at: &usize| {
        let comment = usize::from(le16(&tail, at + END_BYTES - 2));
        at + END_BYTES + comment == tail.len()
    };
    let whole = |at: &usize| at + END_BYTES <= tail.len();
    // The comment may hold the mark: the record that ends with the file is the one, if any does.
    let at = marks.iter().find(|at| is_last(at)).or(marks.iter().find(|at| whole(at)));
    let Some(at) = at.copied() else { return Ok(None) };
    let record = tail.get(at..).unwrap_or_default();
    read(bytes, record, tail_at + at as u64).map(Some)
}

/// The end record `end`, which lies at `end_at`.
fn read(bytes: &dyn Bytes, end: &[u8], end_at: u64) -> Result<Directory, Fault> {
    let mut entries = u64::from(le16(end, 10));
    let mut size = u64::from(le32(end, 12));
    let mut offset = u64::from(le32(end, 16));
    let mut disk = u32::from(le16(end, 4));
    let mut end_of_directory = end_at;
    if let Some((at, large)) = large_end(bytes, end_at)? {
        entries = le64(&large, 32);
        size = le64(&large, 40);
        offset = le64(&large, 48);
        disk = le32(&large, 16);
        end_of_directory = at;
    }
    // What lies in front of the archive shows as the distance between where the directory is
    // said to begin and where it must begin.
    let must = end_of_directory.checked_sub(size);
    let base = must.and_then(|must| must.checked_sub(offset)).unwrap_or(0);
    let begins = |at: u64| matches!(array_at::<4>(bytes, at), Ok(mark) if mark == *b"PK\x01\x02");
    let base = if base > 0 && !begins(base + offset) && begins(offset) { 0 } else { base };
    let start = base.saturating_add(offset);
    let stop = start.saturating_add(size).min(end_of_directory).max(start);
    // ZIP64 writes all ones where the large record holds the number of the disk.
    let split = disk != 0 && disk != 0xFFFF && disk != u32::MAX;
    Ok(Directory { start, end: stop, entries, base, split })
}

/// The end record of ZIP64 and where it lies.
fn large_end(bytes: &dyn Bytes, end_at: u64) -> Result<Option<(u64, [u8; 56])>, Fault> {
    let Some(locator_at) = end_at.checked_sub(LOCATOR_BYTES) else { return Ok(None) };
    let locator = array_at::<20>(bytes, locator_at)?;
    if !locator.starts_with(LOCATOR) {
        return Ok(None);
    }
    // Directly in front of its locator, when something in front of the archive moved it.
    for at in [Some(le64(&locator, 8)), locator_at.checked_sub(END_64_BYTES)].into_iter().flatten()
    {
        match array_at::<56>(bytes, at) {
            Ok(large) if large.starts_with(END_64) && at < locator_at => {
                return Ok(Some((at, large)));
            }
            Ok(_) | Err(Fault::Truncated { .. }) => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(None)
}
