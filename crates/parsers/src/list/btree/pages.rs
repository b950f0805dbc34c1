//! The pages of a database file, read in larger blocks of which a few are kept.

use super::{damaged, u16_at, u32_at};
use crate::list::{ListSource, Unsound};

/// Bytes read at a time; a multiple of every page size.
const BLOCK: u64 = 256 << 10;
/// Blocks kept: a table's pages and its overflow pages alternate.
const KEPT: usize = 8;

const MAGIC: &[u8] = b"SQLite format 3\0";

/// Pages by number, from 1.
pub(super) struct Pages<'s> {
    source: &'s mut dyn ListSource,
    size: usize,
    usable: usize,
    count: u32,
    /// Number and bytes, the block used last at the end.
    blocks: Vec<(u64, Vec<u8>)>,
}

impl<'s> Pages<'s> {
    pub(super) fn open(source: &'s mut dyn ListSource) -> Result<Self, Unsound> {
        let mut head = [0; 100];
        let length = source.size();
        if length == 0 {
            return Err(damaged("the file is empty"));
        }
        let got = source.read_at(0, &mut head)?;
        if !head.get(..got).unwrap_or_default().starts_with(MAGIC) {
            let why = "this is no SQLite database; unpack the set, or load its SQL dump, first";
            return Err(Unsound::Unsupported(why.to_owned()));
        }
        let size = match u16_at(&head, 16) {
            Some(1) => 65_536,
            Some(size) => usize::from(size),
            None => 0,
        };
        if size < 512 || !size.is_power_of_two() {
            return Err(damaged("its header states an impossible page size"));
        }
        let reserved = head.get(20).copied().map_or(0, usize::from);
        let usable = size - reserved.min(size);
        if usable < 480 {
            return Err(damaged("its header reserves too much of each page"));
        }
        if u32_at(&head, 56).is_some_and(|encoding| encoding > 1) {
            return Err(Unsound::Unsupported("its texts are UTF-16, which is not read".to_owned()));
        }
        let count = count(&head, length, size as u64)?;
        Ok(Self { source, size, usable, count, blocks: Vec::new() })
    }

    /// How many pages there are.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// Bytes of each page that hold content.
    pub(super) fn usable(&self) -> usize {
        self.usable
    }

    /// Copies the content of a page.
    pub(super) fn read(&mut self, number: u32, into: &mut Vec<u8>) -> Result<(), Unsound> {
        if number == 0 || number > self.count {
            return Err(damaged("a table names a page that is not there"));
        }
        let offset = u64::from(number - 1) * self.size as u64;
        let usable = self.usable;
        let block = self.block(offset / BLOCK)?;
        let at = usize::try_from(offset % BLOCK).unwrap_or(usize::MAX);
        let page = block.get(at..at.saturating_add(usable));
        into.clear();
        into.extend_from_slice(page.ok_or_else(|| damaged("a page cannot be read as a whole"))?);
        Ok(())
    }

    fn block(&mut self, number: u64) -> Result<&[u8], Unsound> {
        match self.blocks.iter().position(|(other, _)| *other == number) {
            Some(at) => {
                let found = self.blocks.remove(at);
                self.blocks.push(found);
            }
            None => {
                let full = self.blocks.len() == KEPT;
                let mut bytes = if full { self.blocks.remove(0).1 } else { Vec::new() };
                let start = number * BLOCK;
                let length = self.source.size().saturating_sub(start).min(BLOCK);
                bytes.resize(usize::try_from(length).unwrap_or_default(), 0);
                let got = self.source.read_at(start, &mut bytes)?;
                bytes.truncate(got);
                self.blocks.push((number, bytes));
            }
        }
        Ok(self.blocks.last().map_or(&[], |(_, bytes)| bytes.as_slice()))
    }
}

/// Number of pages. The stated one counts only when the version that wrote it also wrote the change
/// counter (bytes 24 and 92); a file that is shorter is cut.
fn count(head: &[u8], length: u64, size: u64) -> Result<u32, Unsound> {
    if !length.is_multiple_of(size) {
        return Err(damaged("its last page is cut"));
    }
    let there = u32::try_from(length / size).unwrap_or(u32::MAX);
    let valid = head.get(24..28) == head.get(92..96);
    match u32_at(head, 28).filter(|count| valid && *count > 0) {
        Some(stated) if stated > there => {
            Err(Unsound::Malformed(format!("it has {there} of {stated} pages")))
        }
        Some(stated) => Ok(stated),
        None => Ok(there),
    }
}
