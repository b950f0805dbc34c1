//! A read-only walk over the tables of a SQLite file of any size, page by page.
//!
//! A reference set can have a hundred gigabytes, so the file cannot be copied into memory as the
//! stores of apps are. Only table b-trees are followed: no index, no view, no statement of the
//! schema runs. Every number in the file is taken as a claim: pages are counted, so that a tree
//! that goes in circles ends, and rowids must climb.
//! Format: <https://www.sqlite.org/fileformat2.html>.

mod pages;
mod record;
mod schema;

pub(crate) use record::{Value, values};
pub(crate) use schema::{Schema, TableInfo};

use super::window::MAX_ROW;
use super::{ListSource, Unsound};
use pages::Pages;

/// Deeper trees than this are not made of real data.
const MAX_DEPTH: usize = 20;

const LEAF: u8 = 0x0d;
const INTERIOR: u8 = 0x05;

/// A database file, open for walks.
pub(crate) struct Database<'s> {
    pages: Pages<'s>,
}

/// The stored form of one row, or why it cannot be had.
pub(crate) type Payload<'p> = Result<&'p [u8], &'static str>;

impl<'s> Database<'s> {
    /// Checks the header against the file.
    ///
    /// # Errors
    /// [`Unsound`] when it is no database, or not all of one.
    pub(crate) fn open(source: &'s mut dyn ListSource) -> Result<Self, Unsound> {
        Ok(Self { pages: Pages::open(source)? })
    }

    /// The ordinary tables that the schema names.
    pub(crate) fn schema(&mut self) -> Result<Schema, Unsound> {
        Schema::read(self)
    }

    /// Hands out each row of the table whose tree begins at this page, in the order of rowids.
    pub(crate) fn walk(
        &mut self,
        root: u32,
        row: &mut dyn FnMut(i64, Payload) -> Result<(), Unsound>,
    ) -> Result<(), Unsound> {
        let mut open = vec![vec![root]];
        let (mut visited, mut last) = (0_u32, None);
        let (mut page, mut payload) = (Vec::new(), Vec::new());
        while let Some(level) = open.last_mut() {
            let Some(number) = level.pop() else {
                open.pop();
                continue;
            };
            visited += 1;
            if visited > self.pages.count() {
                return Err(damaged("a table goes in circles"));
            }
            self.pages.read(number, &mut page)?;
            let node = Node::read(&page, number)?;
            if node.leaf {
                self.leaf(&node, &mut payload, &mut last, row)?;
            } else {
                let children = node.children()?;
                if open.len() >= MAX_DEPTH {
                    return Err(damaged("a table is nested too deeply"));
                }
                open.push(children);
            }
        }
        Ok(())
    }

    fn leaf(
        &mut self,
        node: &Node,
        payload: &mut Vec<u8>,
        last: &mut Option<i64>,
        row: &mut dyn FnMut(i64, Payload) -> Result<(), Unsound>,
    ) -> Result<(), Unsound> {
        for index in 0..node.cells {
            let cell = node.cell(index)?;
            let (size, rest) = varint(cell).ok_or_else(cell_cut)?;
            let (rowid, rest) = varint(rest).ok_or_else(cell_cut)?;
            if last.is_some_and(|last| rowid <= last) {
                return Err(damaged("the rows of a table are out of order"));
            }
            *last = Some(rowid);
            match usize::try_from(size) {
                Ok(size) if size <= MAX_ROW => {
                    let fault = self.gather(rest, size, payload)?;
                    row(rowid, fault.map_or(Ok(&payload[..]), Err))?;
                }
                _ => row(rowid, Err("row over 1 MiB"))?,
            }
        }
        Ok(())
    }

    /// Puts a row together from its cell and its overflow pages.
    fn gather(
        &mut self,
        cell: &[u8],
        size: usize,
        payload: &mut Vec<u8>,
    ) -> Result<Option<&'static str>, Unsound> {
        let usable = self.pages.usable();
        let local = local_size(size, usable);
        payload.clear();
        payload.extend_from_slice(cell.get(..local).ok_or_else(cell_cut)?);
        if local == size {
            return Ok(None);
        }
        let mut next = u32_at(cell, local).ok_or_else(cell_cut)?;
        let mut page = Vec::new();
        while payload.len() < size {
            if next == 0 || next > self.pages.count() {
                return Ok(Some("row whose overflow pages break off"));
            }
            self.pages.read(next, &mut page)?;
            next = u32_at(&page, 0).unwrap_or_default();
            let rest = page.get(4..usable).unwrap_or_default();
            let wanted = (size - payload.len()).min(rest.len());
            payload.extend_from_slice(rest.get(..wanted).unwrap_or_default());
        }
        Ok(None)
    }
}

/// How much of a payload lies in its leaf cell; section 1.6 of the format.
fn local_size(size: usize, usable: usize) -> usize {
    let most = usable - 35;
    if size <= most {
        return size;
    }
    let least = (usable - 12) * 32 / 255 - 23;
    let wished = least + (size - least) % (usable - 4);
    if wished <= most { wished } else { least }
}

/// One page of a table's tree.
struct Node<'p> {
    page: &'p [u8],
    /// Where the list of cells begins.
    list: usize,
    cells: usize,
    leaf: bool,
    rightmost: u32,
}

impl<'p> Node<'p> {
    fn read(page: &'p [u8], number: u32) -> Result<Self, Unsound> {
        // The first page begins with the header of the file.
        let head = if number == 1 { 100 } else { 0 };
        let leaf = match page.get(head) {
            Some(&LEAF) => true,
            Some(&INTERIOR) => false,
            Some(0x0a | 0x02) => {
                let why = "the table has no rowids (WITHOUT ROWID); such tables are not read";
                return Err(Unsound::Unsupported(why.to_owned()));
            }
            _ => return Err(damaged("a page of a table is something else")),
        };
        let cells = u16_at(page, head + 3).ok_or_else(cell_cut)?;
        let list = head + if leaf { 8 } else { 12 };
        let rightmost = u32_at(page, head + 8).unwrap_or_default();
        Ok(Self { page, list, cells: usize::from(cells), leaf, rightmost })
    }

    fn cell(&self, index: usize) -> Result<&'p [u8], Unsound> {
        let at = u16_at(self.page, self.list + 2 * index).ok_or_else(cell_cut)?;
        let at = usize::from(at);
        if at < self.list + 2 * self.cells {
            return Err(cell_cut());
        }
        self.page.get(at..).ok_or_else(cell_cut)
    }

    /// The pages below, the last one first, as the walk takes them from the end.
    fn children(&self) -> Result<Vec<u32>, Unsound> {
        let mut children = Vec::with_capacity(self.cells + 1);
        children.push(self.rightmost);
        for index in (0..self.cells).rev() {
            children.push(u32_at(self.cell(index)?, 0).ok_or_else(cell_cut)?);
        }
        Ok(children)
    }
}

fn damaged(why: &str) -> Unsound {
    Unsound::Malformed(why.to_owned())
}

fn cell_cut() -> Unsound {
    damaged("a page of a table is damaged")
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let word = bytes.get(at..at.checked_add(2)?)?;
    word.try_into().ok().map(u16::from_be_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let word = bytes.get(at..at.checked_add(4)?)?;
    word.try_into().ok().map(u32::from_be_bytes)
}

/// A number of one to nine bytes, and what follows it.
fn varint(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let mut value = 0_u64;
    for (index, byte) in bytes.iter().take(9).enumerate() {
        let rest = bytes.get(index + 1..).unwrap_or_default();
        if index == 8 {
            return Some(((value << 8 | u64::from(*byte)).cast_signed(), rest));
        }
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value.cast_signed(), rest));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_to_nine_bytes() {
        let check = |bytes: &[u8], expect: Option<i64>| {
            assert_eq!(varint(bytes).map(|(value, _)| value), expect, "{bytes:?}");
        };
        check(&[0x7f], Some(127));
        check(&[0x81, 0x00], Some(128));
        check(&[0xff; 9], Some(-1));
        check(&[0x80, 0x80], None);
        check(&[], None);
    }

    #[test]
    fn payloads_overflow_as_the_format_says() {
        // Values computed from the formulas for a page of 4096 bytes.
        assert_eq!(local_size(4061, 4096), 4061);
        assert_eq!(local_size(4062, 4096), 489);
        assert_eq!(local_size(4581, 4096), 489);
        assert_eq!(local_size(4582, 4096), 490);
    }
}
