//! A fork: the data of a file, or its resources, in extents (TN1150, "Fork Data Structure" and
//! "Extents Overflow File").

use super::btree::BTree;
use crate::bytes::{Bytes, be32, be64};
use crate::fault::Fault;
use crate::formats::apple::extents::{Extents, Lies};
use std::rc::Rc;

/// Bytes of the structure.
pub const BYTES: usize = 80;
/// Extents in one record.
const IN_RECORD: usize = 8;
/// Records of further extents of one fork.
const RECORDS_MAX: usize = 1 << 20;

/// Which of a file's two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// What every system calls the file.
    Data,
    /// What only Macs know.
    Resource,
}

/// Where a volume's blocks lie.
#[derive(Clone)]
pub struct Ground {
    /// What was opened: the volume, or the HFS volume around it.
    pub bytes: Rc<dyn Bytes>,
    /// Where the volume begins in them.
    pub start: u64,
    /// Bytes of a block.
    pub block_bytes: u32,
}

/// A fork as stored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fork {
    /// Bytes.
    pub length: u64,
    /// Blocks that it takes.
    pub blocks: u32,
    /// The first extents: first block and number of blocks.
    pub extents: Vec<(u32, u32)>,
}

impl Fork {
    /// Reads it; zeros behind the end.
    pub fn parse(bytes: &[u8]) -> Self {
        let extents = extents(bytes.get(16..).unwrap_or_default());
        Self { length: be64(bytes, 0), blocks: be32(bytes, 12), extents }
    }

    /// Its bytes. `overflow` gives the tree of further extents when the first do not suffice.
    ///
    /// # Errors
    /// [`Fault`] when further extents cannot be read.
    pub fn bytes(
        &self,
        ground: &Ground,
        file: (u32, Which),
        overflow: Option<&BTree>,
    ) -> Result<Extents, Fault> {
        let mut all = self.extents.clone();
        let mut known = blocks(&all);
        let needed = self.length.div_ceil(u64::from(ground.block_bytes));
        if let Some(tree) = overflow.filter(|_| known < needed) {
            for _ in 0..RECORDS_MAX {
                let more = further(tree, file, known)?;
                if more.is_empty() {
                    break;
                }
                known += blocks(&more);
                all.extend(more);
                if known >= needed {
                    break;
                }
            }
        }
        let size = u64::from(ground.block_bytes);
        let place = |(at, count): (u32, u32)| {
            (Lies::At(ground.start + u64::from(at) * size), u64::from(count) * size)
        };
        let runs = all.into_iter().map(place);
        Ok(Extents::new(Rc::clone(&ground.bytes), runs, self.length))
    }
}

fn blocks(extents: &[(u32, u32)]) -> u64 {
    extents.iter().map(|(_, count)| u64::from(*count)).sum()
}

/// Up to eight extents; an empty one ends them.
fn extents(bytes: &[u8]) -> Vec<(u32, u32)> {
    let pairs = bytes.chunks_exact(8).take(IN_RECORD).map(|pair| (be32(pair, 0), be32(pair, 4)));
    pairs.take_while(|(_, count)| *count > 0).collect()
}

/// The extents of a fork from this block of it on; none when no record says.
fn further(tree: &BTree, file: (u32, Which), from: u64) -> Result<Vec<(u32, u32)>, Fault> {
    let Ok(from) = u32::try_from(from) else { return Ok(Vec::new()) };
    let kind = if file.1 == Which::Data { 0_u8 } else { 0xFF };
    let wanted = (file.0, kind, from);
    let order = |key: &[u8]| {
        let kind = key.first().copied().unwrap_or(0);
        (be32(key, 2), kind, be32(key, 6)).cmp(&wanted)
    };
    let found = tree.get(&order)?;
    Ok(found.map(|data| extents(&data)).unwrap_or_default())
}
