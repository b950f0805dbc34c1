//! Folders: the names in their blocks, and the names that deletion left between them.

use super::Volume;
use super::crc32c::crc32c;
use super::inode::Inode;
use crate::bytes::{Bytes, le16, le32, vec_at};
use crate::fault::Fault;
use crate::pieces::Origin;
use std::collections::HashSet;
use std::ops::Range;

/// Bytes of a folder that are read; several million names.
const MOST: u64 = 64 << 20;
/// Before a name: inode, length of the record, length of the name, kind.
const HEADER: usize = 8;
/// Kind of the record that holds a block's checksum.
const SUM_KIND: u8 = 0xDE;
const SUM_BYTES: usize = 12;

/// A name in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name {
    /// Inode that it names; 0 when deletion took it.
    pub inode: u32,
    /// What the folder says that it is; 0 when it does not say.
    pub kind: u8,
    start: usize,
    length: u8,
}

/// What a folder's blocks hold.
#[derive(Default)]
pub struct Names {
    data: Vec<u8>,
    /// What is there, by inode.
    pub live: Vec<Name>,
    /// What was deleted, each once, without what is there again.
    pub deleted: Vec<Name>,
    /// What could not be read.
    pub faults: Vec<Fault>,
}

impl Names {
    /// The bytes of a name.
    pub fn bytes(&self, name: &Name) -> &[u8] {
        self.data.get(name.start..name.start + usize::from(name.length)).unwrap_or_default()
    }
}

/// Bytes of a folder that will be looked at.
pub fn cost(inode: &Inode) -> u64 {
    inode.size.min(MOST)
}

impl Volume {
    /// All names of a folder.
    pub fn names(&self, inode: &Inode) -> Names {
        let mut names = Names::default();
        self.read_folder(inode, &mut names);
        let data = std::mem::take(&mut names.data);
        let mut scan = Scan {
            data: &data,
            inodes: self.superblock.inodes,
            typed: self.superblock.has(super::superblock::incompat::FILE_TYPE),
            indexed: inode.indexed(),
            seed: inode.seed.filter(|_| !inode.is_inline()),
            wrong_sums: 0,
            into: &mut names,
        };
        if inode.is_inline() {
            // The number of the parent, names in the inode, and names in the attribute.
            scan.block(4..data.len().min(60));
            scan.block(60.min(data.len())..data.len());
        } else {
            let block = usize::try_from(self.superblock.block).unwrap_or(usize::MAX);
            for start in (0..data.len()).step_by(block) {
                scan.block(start..data.len().min(start.saturating_add(block)));
            }
        }
        let wrong = scan.wrong_sums;
        if wrong > 0 {
            let why = format!("the checksums of {wrong} blocks of the folder do not match");
            names.faults.push(Fault::damaged(inode.at, why));
        }
        names.data = data;
        names.settle();
        names
    }

    /// Gathers what can be read of a folder's blocks.
    fn read_folder(&self, inode: &Inode, names: &mut Names) {
        let mut part = inode.clone();
        part.size = cost(inode);
        let content = self.content(&part);
        if inode.size > MOST {
            names.faults.push(Fault::Limit { what: format!("a folder of {} bytes", inode.size) });
        }
        names.faults.extend(content.complaints().into_iter().filter(|_| inode.sound));
        for (length, origin) in content.each() {
            let from = match origin {
                Origin::At(from) => *from,
                Origin::Hole => {
                    names.faults.push(Fault::damaged(inode.at, "a folder with a hole"));
                    continue;
                }
                Origin::Lost(fault) => {
                    names.faults.push((**fault).clone());
                    continue;
                }
            };
            let read = usize::try_from(length).unwrap_or(usize::MAX);
            let read = self.folders.with(from, read, |part| names.data.extend_from_slice(part));
            if read.is_err() {
                self.read_blocks(from, length, names);
            }
        }
    }

    /// Large parts at once, and block by block what cannot be read so.
    fn read_blocks(&self, from: u64, length: u64, names: &mut Names) {
        if let Ok(part) = vec_at(&*self.bytes, from, length, MOST) {
            names.data.extend_from_slice(&part);
            return;
        }
        let mut at = from;
        while at < from + length {
            match vec_at(&*self.bytes, at, self.superblock.block, MOST) {
                Ok(part) => names.data.extend_from_slice(&part),
                Err(fault) => names.faults.push(fault),
            }
            at += self.superblock.block;
        }
    }
}

impl Names {
    /// Sorts by inode, so that tables are read in order, and drops deleted names that are there.
    fn settle(&mut self) {
        if !self.deleted.is_empty() {
            let deleted = std::mem::take(&mut self.deleted);
            let mut known: HashSet<(u32, &[u8])> =
                self.live.iter().map(|name| (name.inode, self.bytes(name))).collect();
            let kept = deleted.iter().filter(|name| known.insert((name.inode, self.bytes(name))));
            self.deleted = kept.copied().collect();
        }
        self.live.sort_unstable_by_key(|name| name.inode);
        self.deleted.sort_unstable_by_key(|name| name.inode);
    }
}

/// One look at a folder's blocks.
struct Scan<'s> {
    data: &'s [u8],
    inodes: u32,
    typed: bool,
    indexed: bool,
    seed: Option<u32>,
    wrong_sums: u32,
    into: &'s mut Names,
}

impl Scan<'_> {
    fn block(&mut self, block: Range<usize>) {
        let mut at = block.start;
        let mut lost = None;
        while at + HEADER <= block.end {
            let Some(length) = self.record(at, block.end) else {
                // What follows may be sound again: the next record that could be one.
                lost = lost.or(Some(at));
                at += 4;
                while at + HEADER <= block.end && self.plausible(at, block.end).is_none() {
                    at += 4;
                }
                continue;
            };
            if self.kind(at) == SUM_KIND && self.name_length(at) == 0 && length == SUM_BYTES {
                self.check_sum(block.start..at);
                break;
            }
            if self.is_index(at, length, &block) {
                break;
            }
            self.take(at, length);
            at += length;
        }
        if let Some(at) = lost {
            let why = "records of a folder make no sense; names behind them may be deleted ones";
            self.into.faults.push(Fault::damaged(at as u64, format!("{why} (byte of the folder)")));
        }
    }

    /// Length of the record here, when it fits.
    fn record(&self, at: usize, end: usize) -> Option<usize> {
        let length = match le16(self.data, at + 4) {
            // The largest block does not fit into two bytes.
            0 | 0xFFFF if end - at == 65_536 => 65_536,
            length => usize::from(length & !3) | usize::from(length & 3) << 16,
        };
        let named = le32(self.data, at) == 0 || length >= HEADER + self.name_length(at);
        (length >= HEADER && at + length <= end && named).then_some(length)
    }

    fn name_length(&self, at: usize) -> usize {
        usize::from(self.data.get(at + 6).copied().unwrap_or(0))
    }

    /// The kind as the folder states it; without that feature, the upper half of a length.
    fn kind(&self, at: usize) -> u8 {
        self.data.get(at + 7).copied().unwrap_or(0)
    }

    /// An inner node of a hash tree looks like one empty record over the whole block.
    fn is_index(&self, at: usize, length: usize, block: &Range<usize>) -> bool {
        let whole = at == block.start && length == block.len();
        let limit = usize::from(le16(self.data, at + HEADER));
        let most = (block.len() - HEADER) / 8;
        self.indexed && whole && self.name_length(at) == 0 && (limit == most || limit + 1 == most)
    }

    fn name(&self, at: usize) -> Name {
        let kind = if self.typed { self.kind(at) & 7 } else { 0 };
        let length = u8::try_from(self.name_length(at)).unwrap_or(0);
        Name { inode: le32(self.data, at), kind, start: at + HEADER, length }
    }

    /// The record's own name, and what lies behind it.
    fn take(&mut self, at: usize, length: usize) {
        let name = self.name(at);
        let bytes = self.data.get(name.start..name.start + usize::from(name.length));
        let dots = matches!(bytes, Some(b"." | b".."));
        let mut used = HEADER;
        if name.inode != 0 && name.length > 0 {
            if !dots {
                self.into.live.push(name);
            }
            used = padded(name.length);
        } else if let Some(name) = self.plausible(at, at + length) {
            self.into.deleted.push(name);
            used = padded(name.length);
        }
        // The root of a hash tree lies behind the name of the parent.
        if !(self.indexed && bytes == Some(b"..")) {
            self.slack(at + used, at + length);
        }
    }

    /// Names that lie between the end of one record's name and the next record.
    fn slack(&mut self, from: usize, to: usize) {
        let mut at = from;
        while at + HEADER < to {
            match self.plausible(at, to).filter(|name| name.inode != 0) {
                Some(name) => {
                    let dots = matches!(self.data.get(name.start..), Some([b'.', ..]))
                        && (name.length == 1 || self.data.get(name.start + 1) == Some(&b'.'))
                        && name.length <= 2;
                    if !dots {
                        self.into.deleted.push(name);
                    }
                    at += padded(name.length);
                }
                None => at += 4,
            }
        }
    }

    /// The name here, if it could be one whose bytes end before `end`.
    fn plausible(&self, at: usize, end: usize) -> Option<Name> {
        let (inode, length) = (le32(self.data, at), usize::from(le16(self.data, at + 4)));
        let name = self.name(at);
        let bytes = self.data.get(name.start..name.start + usize::from(name.length))?;
        let odd = |byte: &u8| *byte < 0x20 || *byte == b'/' || *byte == 0x7F;
        let could = name.length > 0
            && inode <= self.inodes
            && length % 4 == 0
            && length >= padded(name.length)
            && at + length <= self.data.len()
            && name.start + usize::from(name.length) <= end
            && self.kind(at) <= if self.typed { 7 } else { 0 }
            && !bytes.iter().any(odd);
        could.then_some(name)
    }

    fn check_sum(&mut self, summed: Range<usize>) {
        let stored = le32(self.data, summed.end + HEADER);
        let Some(seed) = self.seed else { return };
        if crc32c(seed, self.data.get(summed).unwrap_or_default()) != stored {
            self.wrong_sums += 1;
        }
    }
}

/// Bytes of the record of a name of this length.
fn padded(length: u8) -> usize {
    (HEADER + usize::from(length)).next_multiple_of(4)
}
