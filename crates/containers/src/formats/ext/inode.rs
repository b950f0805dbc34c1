//! Inodes: what a file is, how large it is, and where its map lies.

use super::Volume;
use super::crc32c::crc32c;
use super::superblock::incompat;
use crate::bytes::{le16, le32};
use crate::fault::Fault;
use crate::found::Kind;
use amparo_model::UtcMillis;

const FLAG_ENCRYPTED: u32 = 0x800;
const FLAG_INDEX: u32 = 0x1000;
const FLAG_EXTENTS: u32 = 0x8_0000;
const FLAG_INLINE: u32 = 0x1000_0000;
/// Places of the two halves of an inode's own checksum.
const SUM_LOW: usize = 0x7C;
const SUM_HIGH: usize = 0x82;
/// Bytes of an inode before its own size tells of more.
const BASE: usize = 128;

/// One inode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inode {
    /// Its number, from 1 on.
    pub number: u32,
    /// Where it lies in the volume.
    pub at: u64,
    /// Size in bytes as claimed.
    pub size: u64,
    /// The block map, or the bytes of a small file.
    pub map: [u8; 60],
    /// Last modification; zero is what was never set.
    pub modified_at: Option<UtcMillis>,
    /// What its checksums start with, when there are checksums.
    pub seed: Option<u32>,
    /// Its checksum matches, or there is none.
    pub sound: bool,
    /// Bytes behind the first 128 that are in use.
    pub extra: u16,
    mode: u16,
    links: u16,
    deletion: u32,
    flags: u32,
}

impl Inode {
    /// Whether it was never used, or cleared.
    pub fn is_blank(&self) -> bool {
        self.mode == 0
    }

    /// Whether it describes a file that was deleted: no folder names it, as it counts itself, or it
    /// has a time of deletion.
    pub fn deleted(&self) -> bool {
        self.mode != 0 && (self.links == 0 || self.deletion != 0)
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        match self.mode >> 12 {
            0x4 => Kind::Folder,
            0x8 => Kind::File,
            _ => Kind::Other,
        }
    }

    /// Whether its content is encrypted.
    pub fn encrypted(&self) -> bool {
        self.flags & FLAG_ENCRYPTED != 0
    }

    /// Whether its folder has a hash tree.
    pub fn indexed(&self) -> bool {
        self.flags & FLAG_INDEX != 0
    }

    /// Whether its map is a tree of extents.
    pub fn has_extents(&self) -> bool {
        self.flags & FLAG_EXTENTS != 0
    }

    /// Whether its content lies in the inode, with the rest in an attribute.
    pub fn is_inline(&self) -> bool {
        self.flags & FLAG_INLINE != 0
    }

    /// Whether its content, the target of a link, lies where others have their map.
    pub fn is_short_link(&self) -> bool {
        let maps = self.has_extents() || self.is_inline();
        self.mode >> 12 == 0xA && self.size < 60 && !maps
    }

    /// Whether it has a content at all: devices, pipes and sockets keep other things in their map.
    pub fn has_content(&self) -> bool {
        matches!(self.mode >> 12, 0x4 | 0x8 | 0xA)
    }
}

impl Volume {
    /// Reads an inode.
    ///
    /// # Errors
    /// [`Fault`] when there is none of this number, or its table cannot be found or read.
    pub fn inode(&self, number: u32) -> Result<Inode, Fault> {
        let index = match number.checked_sub(1) {
            Some(index) if number <= self.superblock.inodes => index,
            _ => return Err(Fault::damaged(0, format!("there is no inode {number}"))),
        };
        let per_group = self.superblock.inodes_per_group;
        let table = self.table_of(index / per_group)?;
        let size = self.superblock.inode_size;
        let at = table.saturating_add(u64::from(index % per_group) * u64::from(size));
        self.tables.with(at, usize::from(size), |raw| self.parse_inode(number, at, raw))
    }

    fn parse_inode(&self, number: u32, at: u64, raw: &[u8]) -> Inode {
        let extra = if raw.len() > BASE { le16(raw, 0x80) } else { 0 };
        let extra = if usize::from(extra) + BASE <= raw.len() { extra } else { 0 };
        let mode = le16(raw, 0);
        // Folders kept something else in the upper half before they could be that large.
        let wide = match mode >> 12 {
            0x4 => self.superblock.has(incompat::LARGE_FOLDERS),
            kind => kind == 0x8,
        };
        let high = if wide { u64::from(le32(raw, 0x6C)) << 32 } else { 0 };
        let own = |seed: u32| {
            crc32c(crc32c(seed, &number.to_le_bytes()), raw.get(0x64..0x68).unwrap_or_default())
        };
        let seed = self.superblock.seed.map(own);
        Inode {
            number,
            at,
            size: high | u64::from(le32(raw, 0x4)),
            map: raw.get(0x28..).and_then(<[u8]>::first_chunk).copied().unwrap_or([0; 60]),
            modified_at: modified_at(raw, extra),
            seed,
            // A table that was never written has no sums.
            sound: seed.is_none_or(|seed| mode == 0 || sum_matches(seed, raw, extra)),
            extra,
            mode,
            links: le16(raw, 0x1A),
            deletion: le32(raw, 0x14),
            flags: le32(raw, 0x20),
        }
    }
}

/// The time since 1970: seconds with a sign; two more bits above them, and nanoseconds, when the
/// inode is large enough.
fn modified_at(raw: &[u8], extra: u16) -> Option<UtcMillis> {
    let seconds = i64::from(le32(raw, 0x10).cast_signed());
    let more = if extra >= 12 { le32(raw, 0x88) } else { 0 };
    let ms = (seconds + (i64::from(more & 3) << 32)) * 1_000 + i64::from(more >> 2) / 1_000_000;
    (ms != 0).then_some(UtcMillis(ms))
}

/// The sum covers the inode with the sum itself taken as zeros.
fn sum_matches(seed: u32, raw: &[u8], extra: u16) -> bool {
    let part = |from: usize, to: usize| raw.get(from..to).unwrap_or_default();
    let sum = crc32c(seed, part(0, SUM_LOW));
    let sum = crc32c(crc32c(sum, &[0; 2]), part(SUM_LOW + 2, BASE));
    let low = u32::from(le16(raw, SUM_LOW));
    if raw.len() <= BASE {
        return sum & 0xFFFF == low;
    }
    if extra < 4 {
        return crc32c(sum, part(BASE, raw.len())) & 0xFFFF == low;
    }
    let sum = crc32c(crc32c(sum, part(BASE, SUM_HIGH)), &[0; 2]);
    let sum = crc32c(sum, part(SUM_HIGH + 2, raw.len()));
    sum == low | u32::from(le16(raw, SUM_HIGH)) << 16
}
