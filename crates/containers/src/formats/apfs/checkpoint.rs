//! The container's superblock and its checkpoints (reference, "Container").

use super::object::{Blocks, NX_SUPERBLOCK, is_whole, kind, transaction};
use crate::bytes::{Bytes, array_at, le32, le64, vec_at};
use crate::fault::Fault;
use std::ops::RangeInclusive;
use std::rc::Rc;

/// Bytes of a block.
pub const BLOCK_BYTES: RangeInclusive<u32> = 4096..=65_536;
const MAGIC: &[u8] = b"NXSB";
/// Incompatible feature: two disks as one.
const FUSION: u64 = 0x100;
/// The area of checkpoints is scattered, which only a tree tells.
const SCATTERED: u32 = 1 << 31;
/// Largest area of checkpoints that is read.
const AREA_MAX: u64 = 64 << 20;
/// Volumes that a container may have.
const VOLUMES: usize = 100;

/// A superblock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Superblock {
    /// The transaction that it ends.
    pub transaction: u64,
    /// The block of the container's object map.
    pub omap: u64,
    /// Numbers of the volumes' superblocks.
    pub volumes: Vec<u64>,
    blocks: u64,
    features: u64,
    area: (u64, u32),
}

impl Superblock {
    fn parse(block: &[u8]) -> Option<Self> {
        if block.get(32..36) != Some(MAGIC) || kind(block) != NX_SUPERBLOCK {
            return None;
        }
        let count = usize::try_from(le32(block, 180)).unwrap_or(VOLUMES).min(VOLUMES);
        let volumes = (0..count).map(|n| le64(block, 184 + n * 8)).filter(|id| *id != 0);
        Some(Self {
            transaction: transaction(block),
            omap: le64(block, 160),
            volumes: volumes.collect(),
            blocks: le64(block, 40),
            features: le64(block, 64),
            area: (le64(block, 112), le32(block, 104)),
        })
    }
}

/// The superblocks that are whole, the newest first.
///
/// # Errors
/// [`Fault`] when there is none, or the container is of a kind that is not read.
pub fn superblocks(
    bytes: &Rc<dyn Bytes>,
    faults: &mut Vec<Fault>,
) -> Result<(Blocks, Vec<Superblock>), Fault> {
    let size = le32(&array_at::<40>(&**bytes, 0)?, 36);
    if !BLOCK_BYTES.contains(&size) || !size.is_power_of_two() {
        return Err(Fault::damaged(36, format!("blocks of {size} bytes")));
    }
    let blocks = Blocks::new(Rc::clone(bytes), size);
    let head = blocks.block(0)?;
    let first = Superblock::parse(&head).ok_or_else(|| Fault::damaged(0, "no superblock"))?;
    if first.features & FUSION != 0 {
        return Err(Fault::unsupported("an APFS container on two disks (Fusion)"));
    }
    let mut all = Vec::new();
    if is_whole(&head) {
        all.push(first.clone());
    } else {
        faults.push(Fault::damaged(0, "the superblock's checksum does not match"));
    }
    if let Err(fault) = checkpoints(&blocks, first.area, &mut all, faults) {
        faults.push(fault);
    }
    if all.is_empty() {
        return Err(Fault::damaged(0, "no superblock and no checkpoint is whole"));
    }
    all.sort_by_key(|superblock| std::cmp::Reverse(superblock.transaction));
    all.dedup();
    let there = all.first().map_or(0, |newest| newest.blocks.saturating_mul(u64::from(size)));
    if there > bytes.len() {
        faults.push(Fault::Truncated { at: bytes.len() });
    }
    Ok((blocks, all))
}

/// Adds the superblocks of the checkpoints.
fn checkpoints(
    blocks: &Blocks,
    (base, count): (u64, u32),
    all: &mut Vec<Superblock>,
    faults: &mut Vec<Fault>,
) -> Result<(), Fault> {
    if count & SCATTERED != 0 {
        return Err(Fault::unsupported("checkpoints in several places; the first block was used"));
    }
    let size = u64::from(blocks.size);
    let outside = || blocks.wrong(base, "checkpoints outside the container");
    let at = base.checked_mul(size).ok_or_else(outside)?;
    let area = vec_at(&*blocks.bytes, at, u64::from(count) * size, AREA_MAX)?;
    let step = usize::try_from(size).unwrap_or(usize::MAX);
    for (number, block) in (base..).zip(area.chunks_exact(step)) {
        let Some(superblock) = Superblock::parse(block) else { continue };
        if is_whole(block) {
            all.push(superblock);
        } else {
            let transaction = superblock.transaction;
            let why = format!("the checksum of checkpoint {transaction} does not match");
            faults.push(blocks.wrong(number, why));
        }
    }
    Ok(())
}
