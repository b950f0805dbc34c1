//! The superblock: sizes, features and where the groups describe themselves.

use super::crc32c::crc32c;
use crate::bytes::{Bytes, array_at, le16, le32};
use crate::fault::Fault;

/// Where the first copy lies.
pub const AT: u64 = 1_024;
const MAGIC: u16 = 0xEF53;
/// Where the second copy lies, by the size of a block, when a group is as large as one block of its
/// bitmap can tell: that is how `mke2fs` makes them unless told otherwise.
const SECOND: [(u32, u64); 3] = [(0, 8_193 << 10), (1, 16_384 << 11), (2, 32_768 << 12)];

/// Incompatible features that change what is read here.
pub mod incompat {
    /// Compressed files, of which Linux never had a reader.
    pub const COMPRESSION: u32 = 0x1;
    /// Entries of folders tell the kind of file.
    pub const FILE_TYPE: u32 = 0x2;
    /// The journal holds what was not yet written to its place.
    pub const RECOVER: u32 = 0x4;
    /// Only the journal of another volume.
    pub const JOURNAL_DEVICE: u32 = 0x8;
    /// Each group's descriptors lie near it.
    pub const META_GROUPS: u32 = 0x10;
    /// Group descriptors of 64 bytes and more.
    pub const WIDE: u32 = 0x80;
    /// The seed of checksums is stored, not made from the volume's id.
    pub const SEED: u32 = 0x2000;
    /// Folders larger than 4 GiB.
    pub const LARGE_FOLDERS: u32 = 0x4000;
    /// All that are known here.
    pub const KNOWN: u32 = 0x3_F7DF;
}

const COMPAT_SPARSE_2: u32 = 0x200;
const RO_SPARSE: u32 = 0x1;
const RO_CHECKSUMS: u32 = 0x400;

/// What the superblock says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Superblock {
    /// Bytes of a block.
    pub block: u64,
    /// Blocks of the volume.
    pub blocks: u64,
    /// Inodes of the volume.
    pub inodes: u32,
    /// Inodes of a group.
    pub inodes_per_group: u32,
    /// Bytes of an inode.
    pub inode_size: u16,
    /// Incompatible features.
    pub incompat: u32,
    /// What every checksum starts with, when there are checksums.
    pub seed: Option<u32>,
    first_block: u64,
    blocks_per_group: u64,
    compat: u32,
    read_only: u32,
    descriptor: u64,
    first_meta_group: u64,
    backups: [u32; 2],
}

/// Whether these bytes begin with a superblock, or did before its first copy was damaged.
pub fn claims(head: &[u8], bytes: &dyn Bytes) -> bool {
    let first = head.get(1_024..2_048).unwrap_or_default();
    if parse(first).is_ok() {
        return true;
    }
    // A second copy may be left of what the volume was before it was formatted anew.
    let Some((at, second)) = second(bytes) else { return false };
    let descriptors = |at: u64| array_at::<12>(bytes, at).ok();
    let ours = descriptors((second.first_block + 1) * second.block);
    let stated = ours.is_some_and(|ours| ours != [0; 12]);
    let same = stated && ours == descriptors(at + second.block);
    same || head.iter().all(|byte| *byte == 0)
}

/// The superblock, and what is wrong with it.
///
/// # Errors
/// [`Fault`] when neither copy makes sense.
pub fn read(bytes: &dyn Bytes) -> Result<(Superblock, Option<Fault>), Fault> {
    let first = array_at::<1_024>(bytes, AT).and_then(|raw| {
        let parsed = parse(&raw)?;
        let sum = crc32c(!0, raw.get(..0x3FC).unwrap_or_default());
        let wrong = parsed.seed.is_some() && sum != le32(&raw, 0x3FC);
        let wrong = wrong.then(|| Fault::damaged(AT, "the superblock's checksum does not match"));
        Ok((parsed, wrong))
    });
    match first {
        Ok(read) => Ok(read),
        Err(fault) => {
            let (at, second) = second(bytes).ok_or(fault)?;
            let why = format!("no superblock; its second copy at byte {at} was used");
            Ok((second, Some(Fault::damaged(AT, why))))
        }
    }
}

fn second(bytes: &dyn Bytes) -> Option<(u64, Superblock)> {
    SECOND.iter().find_map(|(log, at)| {
        let raw = array_at::<1_024>(bytes, *at).ok()?;
        let parsed = parse(&raw).ok()?;
        (le32(&raw, 0x18) == *log && le16(&raw, 0x5A) == 1).then_some((*at, parsed))
    })
}

fn parse(raw: &[u8]) -> Result<Superblock, Fault> {
    let u32_at = |at: usize| le32(raw, at);
    let damaged = |why: &str| Err(Fault::damaged(AT, why));
    let log = u32_at(0x18);
    if le16(raw, 0x38) != MAGIC || raw.len() < 1_024 {
        return damaged("no superblock");
    }
    if log > 6 || u32_at(0x14) > 1 {
        return damaged("a superblock with an impossible size of blocks");
    }
    let block = 1_024_u64 << log;
    let dynamic = u32_at(0x4C) >= 1;
    let feature = |at: usize| if dynamic { u32_at(at) } else { 0 };
    let (compat, incompat, read_only) = (feature(0x5C), feature(0x60), feature(0x64));
    let wide = incompat & incompat::WIDE != 0;
    let inode_size = if dynamic { le16(raw, 0x58) } else { 128 };
    let descriptor = if wide { u64::from(le16(raw, 0xFE)) } else { 32 };
    let inodes_per_group = u32_at(0x28);
    let blocks_per_group = u64::from(u32_at(0x20));
    let sane = inodes_per_group > 0
        && blocks_per_group > 0
        && (128..=block).contains(&u64::from(inode_size))
        && inode_size.is_power_of_two()
        && (32..=block).contains(&descriptor)
        && descriptor.is_power_of_two();
    if !sane {
        return damaged("a superblock with impossible sizes of groups or inodes");
    }
    let high = if wide { u64::from(u32_at(0x150)) << 32 } else { 0 };
    let stored = incompat & incompat::SEED != 0;
    let seed =
        || if stored { u32_at(0x270) } else { crc32c(!0, raw.get(0x68..0x78).unwrap_or(&[])) };
    Ok(Superblock {
        block,
        blocks: high | u64::from(u32_at(0x4)),
        inodes: u32_at(0),
        inodes_per_group,
        inode_size,
        incompat,
        seed: (read_only & RO_CHECKSUMS != 0).then(seed),
        first_block: u64::from(u32_at(0x14)),
        blocks_per_group,
        compat,
        read_only,
        descriptor,
        first_meta_group: u64::from(u32_at(0x104)),
        backups: [u32_at(0x24C), u32_at(0x250)],
    })
}

impl Superblock {
    /// Whether it has an incompatible feature.
    pub fn has(&self, feature: u32) -> bool {
        self.incompat & feature != 0
    }

    /// Bytes of a group's descriptor.
    pub fn descriptor_bytes(&self) -> u64 {
        self.descriptor
    }

    /// Where a group's descriptor lies, in its first and its second copy, if there is one.
    pub fn descriptor_at(&self, group: u32) -> [Option<u64>; 2] {
        let per_block = self.block / self.descriptor;
        let (index, inside) = (u64::from(group) / per_block, u64::from(group) % per_block);
        let in_meta = self.has(incompat::META_GROUPS) && index >= self.first_meta_group;
        let block = |copy: Option<u64>| {
            let copy = copy?;
            let after = u64::from(in_meta && !self.has_super(copy));
            let index = if in_meta { 0 } else { index };
            let block = self.first_block + copy * self.blocks_per_group + 1 + index - after;
            // With blocks of a KiB the superblock is the second of a volume that counts from 0.
            let shifted = u64::from(self.block == 1_024 && self.first_block == 0 && copy == 0);
            (block + shifted).checked_mul(self.block)?.checked_add(inside * self.descriptor)
        };
        if in_meta {
            return [block(Some(index * per_block)), block(Some(index * per_block + 1))];
        }
        let second = if self.compat & COMPAT_SPARSE_2 == 0 { 1 } else { self.backups[0] };
        [block(Some(0)), block((second > 0).then_some(u64::from(second)))]
    }

    /// Whether a group holds a copy of the superblock.
    fn has_super(&self, group: u64) -> bool {
        if self.compat & COMPAT_SPARSE_2 != 0 {
            return group == 0 || self.backups.iter().any(|backup| u64::from(*backup) == group);
        }
        let power_of = |base: u64| {
            let mut power = base;
            while power < group {
                power *= base;
            }
            power == group
        };
        self.read_only & RO_SPARSE == 0 || group <= 1 || [3, 5, 7].into_iter().any(power_of)
    }
}
