//! Where a file's blocks lie: trees of extents, block maps with up to three levels, and contents
//! inside the inode.

use super::Volume;
use super::crc32c::crc32c;
use super::inode::Inode;
use crate::bytes::{le16, le32, vec_at};
use crate::fault::Fault;
use crate::pieces::{Origin, Pieces};
use std::collections::HashSet;

const EXTENT_MAGIC: u16 = 0xF30A;
/// Kernels write five levels at most.
const DEEPEST: u16 = 5;
/// Longer extents are reserved and not yet written.
const WRITTEN_MOST: u64 = 32_768;
const ATTRIBUTE_MAGIC: u32 = 0xEA02_0000;
/// Index of the names that the file system itself keeps; the rest of an inline file is `data`.
const SYSTEM: u8 = 7;

impl Volume {
    /// The content of an inode, as far as it can be mapped.
    pub fn content(&self, inode: &Inode) -> Pieces {
        let mut content = Pieces::new(self.bytes.clone());
        if !inode.sound {
            let why = format!("the checksum of inode {} does not match", inode.number);
            content.complain(Fault::damaged(inode.at, why));
        }
        if !inode.has_content() {
            return content;
        }
        if inode.is_short_link() {
            content.push(inode.size, Origin::At(inode.at + 0x28));
            return content;
        }
        if inode.is_inline() {
            content.push(60, Origin::At(inode.at + 0x28));
            self.push_attribute(inode, &mut content);
            return content.ended(inode.size);
        }
        let blocks = inode.size.div_ceil(self.superblock.block);
        let mut mapping = Mapping { volume: self, inode, content, blocks, seen: HashSet::new() };
        if inode.has_extents() {
            mapping.extents(&inode.map, None, blocks);
        } else {
            mapping.block_map();
        }
        mapping.content.ended(inode.size)
    }

    /// What of an inline file does not fit into the map's place: the attribute `system.data`.
    fn push_attribute(&self, inode: &Inode, content: &mut Pieces) {
        if inode.size <= 60 {
            return;
        }
        let start = 128 + usize::from(inode.extra);
        let found = self.tables.with(inode.at, usize::from(self.superblock.inode_size), |raw| {
            find_attribute(raw.get(start..)?)
        });
        match found {
            Ok(Some((at, length))) => {
                content.push(length, Origin::At(inode.at + start as u64 + at));
            }
            Ok(None) => {
                let why = format!("inode {} has not all of its inline content", inode.number);
                let fault = Box::new(Fault::damaged(inode.at, why));
                content.push(inode.size - 60, Origin::Lost(fault));
            }
            Err(fault) => content.push(inode.size - 60, Origin::Lost(Box::new(fault))),
        }
    }
}

/// Offset and length of the value of `system.data` among the attributes inside an inode.
fn find_attribute(raw: &[u8]) -> Option<(u64, u64)> {
    if le32(raw, 0) != ATTRIBUTE_MAGIC {
        return None;
    }
    let entries = raw.get(4..)?;
    let mut at = 0;
    while le32(entries, at) != 0 {
        let entry = entries.get(at..at + 16)?;
        let name = usize::from(*entry.first()?);
        if *entry.get(1)? == SYSTEM && entries.get(at + 16..at + 16 + name)? == b"data" {
            let (value, length) = (usize::from(le16(entry, 2)), le32(entry, 8));
            let inside = value.checked_add(usize::try_from(length).ok()?)? <= entries.len();
            return inside.then_some((4 + value as u64, u64::from(length)));
        }
        at += (16 + name).next_multiple_of(4);
    }
    None
}

/// A map on its way from the inode to pieces. Blocks of the map are entered once: a loop ends.
struct Mapping<'v> {
    volume: &'v Volume,
    inode: &'v Inode,
    content: Pieces,
    blocks: u64,
    seen: HashSet<u64>,
}

impl Mapping<'_> {
    /// The next block of the file.
    fn next(&self) -> u64 {
        self.content.pushed() / self.volume.superblock.block
    }

    fn done(&self) -> bool {
        self.next() >= self.blocks || self.content.full()
    }

    fn push(&mut self, blocks: u64, origin: Origin) {
        let blocks = blocks.min(self.blocks.saturating_sub(self.next()));
        self.content.push(blocks.saturating_mul(self.volume.superblock.block), origin);
    }

    fn push_until(&mut self, block: u64, origin: Origin) {
        self.push(block.saturating_sub(self.next()), origin);
    }

    fn lost_until(&mut self, block: u64, at: u64, why: &str) {
        let why = format!("inode {}: {why}", self.inode.number);
        self.push_until(block, Origin::Lost(Box::new(Fault::damaged(at, why))));
    }

    /// Blocks of the file, if they lie inside the volume.
    fn push_blocks(&mut self, first: u64, count: u64) {
        let superblock = &self.volume.superblock;
        let inside = first.checked_add(count).is_some_and(|end| end <= superblock.blocks);
        match first.checked_mul(superblock.block) {
            Some(at) if inside && first > 0 => self.push(count, Origin::At(at)),
            _ => {
                let until = self.next().saturating_add(count);
                let at = self.inode.at;
                self.lost_until(until, at, &format!("block {first} lies outside the volume"));
            }
        }
    }

    /// A block of the map itself, unless it was met before.
    fn map_block(&mut self, block: u64) -> Result<Vec<u8>, Fault> {
        let superblock = &self.volume.superblock;
        let at = block.saturating_mul(superblock.block);
        if block == 0 || block >= superblock.blocks || !self.seen.insert(block) {
            let why = format!("block {block} of a map lies outside the volume or in a loop");
            return Err(Fault::damaged(self.inode.at, why));
        }
        vec_at(&*self.volume.bytes, at, superblock.block, superblock.block)
    }

    /// A node of the tree of extents, which maps what lies before the block `until`. `expected` is
    /// the block where it lies and its depth, as its parent says.
    fn extents(&mut self, node: &[u8], expected: Option<(u64, u16)>, until: u64) {
        let (count, depth) = (usize::from(le16(node, 2)), le16(node, 6));
        let at = expected.map_or(self.inode.at + 0x28, |(at, _)| at);
        let entries = node.get(12..).unwrap_or_default();
        let fits = le16(node, 0) == EXTENT_MAGIC
            && count <= entries.len() / 12
            && expected.map_or(depth <= DEEPEST, |(_, expected)| depth == expected);
        if !fits {
            return self.lost_until(until, at, "a node of its extents makes no sense");
        }
        if expected.is_some() {
            self.check_sum(node, at);
        }
        let entries: Vec<&[u8]> = entries.chunks_exact(12).take(count).collect();
        for (number, entry) in entries.iter().enumerate() {
            if self.done() {
                return;
            }
            let first = u64::from(le32(entry, 0));
            if first < self.next() {
                return self.lost_until(until, at, "its extents are not in order");
            }
            self.push_until(first, Origin::Hole);
            if depth == 0 {
                self.extent(entry);
            } else {
                let next = entries.get(number + 1).map_or(until, |next| u64::from(le32(next, 0)));
                self.child(entry, depth - 1, next.min(until));
            }
        }
    }

    fn extent(&mut self, entry: &[u8]) {
        let length = u64::from(le16(entry, 4));
        let first = u64::from(le16(entry, 6)) << 32 | u64::from(le32(entry, 8));
        if length > WRITTEN_MOST {
            self.push(length - WRITTEN_MOST, Origin::Hole);
        } else {
            self.push_blocks(first, length);
        }
    }

    fn child(&mut self, entry: &[u8], depth: u16, until: u64) {
        let block = u64::from(le16(entry, 8)) << 32 | u64::from(le32(entry, 4));
        match self.map_block(block) {
            Ok(node) => {
                let at = block.saturating_mul(self.volume.superblock.block);
                self.extents(&node, Some((at, depth)), until);
            }
            Err(fault) => self.push_until(until, Origin::Lost(Box::new(fault))),
        }
    }

    fn check_sum(&mut self, node: &[u8], at: u64) {
        let end = 12 + usize::from(le16(node, 4)) * 12;
        let (Some(seed), Some(summed)) = (self.inode.seed, node.get(..end)) else { return };
        if crc32c(seed, summed) != le32(node, end) {
            let why = format!("a checksum of inode {}'s extents does not match", self.inode.number);
            self.content.complain(Fault::damaged(at, why));
        }
    }

    /// Twelve blocks, then one block of blocks, one of those, and one of those again.
    fn block_map(&mut self) {
        let map = self.inode.map;
        for (number, pointer) in map.chunks_exact(4).enumerate() {
            self.pointer(le32(pointer, 0), number.saturating_sub(11));
        }
    }

    /// One block of the file, or the map of as many as its levels hold.
    fn pointer(&mut self, block: u32, levels: usize) {
        if self.done() {
            return;
        }
        let per_block = self.volume.superblock.block / 4;
        let holds = (0..levels).fold(1, |holds: u64, _| holds.saturating_mul(per_block));
        match (block, levels) {
            (0, _) => self.push(holds, Origin::Hole),
            (block, 0) => self.push_blocks(u64::from(block), 1),
            (block, _) => match self.map_block(u64::from(block)) {
                Ok(map) => {
                    for pointer in map.chunks_exact(4) {
                        self.pointer(le32(pointer, 0), levels - 1);
                    }
                }
                Err(fault) => self.push(holds, Origin::Lost(Box::new(fault))),
            },
        }
    }
}
