//! The file allocation table: for each cluster, which comes next.
//!
//! Facts: Microsoft, *FAT32 File System Specification* 1.03, "FAT Data Structure"; Microsoft,
//! *exFAT file system specification*, section 4.

use super::cache::Cache;
use crate::fault::Fault;

/// How wide an entry of the table is, and with that which values have a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// FAT12.
    Twelve,
    /// FAT16.
    Sixteen,
    /// FAT32; the upper four bits mean nothing.
    ThirtyTwo,
    /// exFAT; all 32 bits count.
    Ex,
}

/// What the table says of a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// Belongs to nothing.
    Free,
    /// Goes on at this cluster, which is not checked yet.
    Next(u32),
    /// The last of its chain.
    End,
    /// Marked as unusable.
    Bad,
}

/// The table with its copies.
pub struct Table {
    /// The bytes of the volume.
    pub cache: Cache,
    /// Where the copies begin, the valid one first.
    pub copies: Vec<u64>,
    /// Form of an entry.
    pub width: Width,
}

impl Table {
    /// What the first readable copy says of a cluster.
    ///
    /// # Errors
    /// [`Fault`] when no copy can be read there.
    pub fn link(&self, cluster: u32) -> Result<Link, Fault> {
        let mut last = Fault::damaged(0, "no allocation table");
        for copy in &self.copies {
            match self.value(*copy, cluster) {
                Ok(value) => return Ok(self.width.link(value)),
                Err(fault) => last = fault,
            }
        }
        Err(last)
    }

    fn value(&self, copy: u64, cluster: u32) -> Result<u32, Fault> {
        let number = u64::from(cluster);
        match self.width {
            Width::Twelve => {
                let both = u16::from_le_bytes(self.cache.array(copy + number + number / 2)?);
                Ok(u32::from(if number % 2 == 0 { both & 0xFFF } else { both >> 4 }))
            }
            Width::Sixteen => {
                Ok(u32::from(u16::from_le_bytes(self.cache.array(copy + number * 2)?)))
            }
            Width::ThirtyTwo => {
                Ok(u32::from_le_bytes(self.cache.array(copy + number * 4)?) & 0x0FFF_FFFF)
            }
            Width::Ex => Ok(u32::from_le_bytes(self.cache.array(copy + number * 4)?)),
        }
    }
}

impl Width {
    /// Bits of an entry as it lies in the table.
    pub fn bits(self) -> u64 {
        match self {
            Self::Twelve => 12,
            Self::Sixteen => 16,
            Self::ThirtyTwo | Self::Ex => 32,
        }
    }

    fn link(self, value: u32) -> Link {
        let (bad, end) = match self {
            Self::Twelve => (0xFF7, 0xFF8),
            Self::Sixteen => (0xFFF7, 0xFFF8),
            Self::ThirtyTwo => (0x0FFF_FFF7, 0x0FFF_FFF8),
            Self::Ex => (0xFFFF_FFF7, 0xFFFF_FFFF),
        };
        match value {
            0 => Link::Free,
            value if value == bad => Link::Bad,
            value if value >= end => Link::End,
            value => Link::Next(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Memory;
    use std::rc::Rc;

    #[test]
    fn each_width_has_its_own_marks() {
        let check = |width, bytes: &[u8], cluster, expect| {
            let cache = Cache::new(Rc::new(Memory(bytes.to_vec())));
            let table = Table { cache, copies: vec![900, 1], width };
            assert_eq!(table.link(cluster), Ok(expect), "{width:?} {cluster}");
        };
        let twelve = [0, 0xF8, 0xFF, 0xFF, 0x03, 0x70, 0xFF, 0xF8, 0x0F, 0x00];
        check(Width::Twelve, &twelve, 2, Link::Next(3));
        check(Width::Twelve, &twelve, 3, Link::Bad);
        check(Width::Twelve, &twelve, 4, Link::End);
        check(Width::Twelve, &twelve, 5, Link::Free);
        check(Width::Sixteen, &[0, 0xF7, 0xFF, 0xF8, 0xFF], 0, Link::Bad);
        check(Width::Sixteen, &[0, 0xF7, 0xFF, 0xF8, 0xFF], 1, Link::End);
        check(Width::ThirtyTwo, &[0, 0xFA, 0xFF, 0xFF, 0x4F], 0, Link::End);
        check(Width::ThirtyTwo, &[0, 0, 0, 0, 0x40], 0, Link::Free);
        check(Width::Ex, &[0, 0, 0, 0, 0x40], 0, Link::Next(0x4000_0000));
        check(Width::Ex, &[0, 0xFF, 0xFF, 0xFF, 0xFF], 0, Link::End);
    }
}
