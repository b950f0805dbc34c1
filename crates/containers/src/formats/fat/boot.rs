//! The boot sector of FAT12, FAT16 and FAT32.
//!
//! Facts: Microsoft, *FAT32 File System Specification* 1.03, "Boot Sector and BPB".

use super::table::Width;
use crate::bytes::{le16, le32};

/// Bytes of a slot of the root folder.
const SLOT: u64 = 32;

/// How a volume is divided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Boot {
    /// Form of the table.
    pub width: Width,
    /// Bytes of a cluster.
    pub cluster_bytes: u64,
    /// Where the tables begin, the one in use first.
    pub tables: Vec<u64>,
    /// The root folder.
    pub root: Root,
    /// Where cluster 2 begins.
    pub data_at: u64,
    /// How many clusters there are.
    pub clusters: u32,
    /// Bytes of the whole volume.
    pub volume_bytes: u64,
}

/// Where the root folder lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Root {
    /// FAT12, FAT16: at a place of its own, so many bytes.
    Fixed(u64, u64),
    /// FAT32: a chain from this cluster on.
    Chain(u32),
}

/// Reads a boot sector; `None` when any number of it is one that no FAT volume has. NTFS and exFAT
/// have zeros where FAT has its tables; a partition table has code there.
pub fn read(head: &[u8]) -> Option<Boot> {
    let jumps = matches!(head.first(), Some(0xEB | 0xE9));
    if !jumps || head.get(510..512)? != [0x55, 0xAA] {
        return None;
    }
    let sector =
        Some(u64::from(le16(head, 11))).filter(|n| matches!(n, 512 | 1024 | 2048 | 4096))?;
    let per_cluster = u64::from(*head.get(13)?);
    let reserved = u64::from(le16(head, 14));
    let tables = u64::from(*head.get(16)?);
    let media = *head.get(21)?;
    if !per_cluster.is_power_of_two() || reserved == 0 || !matches!(tables, 1 | 2) {
        return None;
    }
    if media != 0xF0 && media < 0xF8 {
        return None;
    }
    let root_bytes = u64::from(le16(head, 17)) * SLOT;
    let (total16, total32) = (u64::from(le16(head, 19)), u64::from(le32(head, 32)));
    let total = if total16 != 0 { total16 } else { total32 };
    let (table16, table32) = (u64::from(le16(head, 22)), u64::from(le32(head, 36)));
    let table_sectors = if table16 != 0 { table16 } else { table32 };
    let root_at = reserved + tables * table_sectors;
    let data = root_at + root_bytes.div_ceil(sector);
    let claimed = total.checked_sub(data)? / per_cluster;
    let (width, root) = match (table16, root_bytes) {
        (0, 0) => (Width::ThirtyTwo, Root::Chain(le32(head, 44))),
        (0, _) | (_, 0) => return None,
        _ if claimed < 4_085 => (Width::Twelve, Root::Fixed(root_at * sector, root_bytes)),
        _ if claimed < 65_525 => (Width::Sixteen, Root::Fixed(root_at * sector, root_bytes)),
        _ => return None,
    };
    // Clusters that the table has no room for cannot be used.
    let room = (table_sectors * sector * 8 / width.bits()).checked_sub(2)?;
    let clusters =
        u32::try_from(claimed.min(room)).ok().filter(|n| (1..=0x0FFF_FFF5).contains(n))?;
    let starts_inside = match root {
        Root::Chain(first) => le16(head, 42) == 0 && first >= 2 && first - 2 < clusters,
        Root::Fixed(..) => true,
    };
    let volume_bytes = total * sector;
    let first = |number: u64| (reserved + number * table_sectors) * sector;
    let all = tables_in_use(head, width, tables).into_iter().map(first).collect();
    let (cluster_bytes, data_at) = (per_cluster * sector, data * sector);
    let boot = Boot { width, cluster_bytes, tables: all, root, data_at, clusters, volume_bytes };
    starts_inside.then_some(boot)
}

/// FAT32 may say that only one table is kept up to date; else all are alike.
fn tables_in_use(head: &[u8], width: Width, tables: u64) -> Vec<u64> {
    let flags = le16(head, 40);
    let only = u64::from(flags & 0x0F);
    if width == Width::ThirtyTwo && flags & 0x80 != 0 && only < tables {
        vec![only]
    } else {
        (0..tables).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn floppy() -> Vec<u8> {
        let mut head = vec![0; 512];
        head[..3].copy_from_slice(&[0xEB, 0x3C, 0x90]);
        head[11..24].copy_from_slice(&[0, 2, 1, 1, 0, 2, 224, 0, 0x40, 0x0B, 0xF0, 9, 0]);
        head[510..].copy_from_slice(&[0x55, 0xAA]);
        head
    }

    #[test]
    fn a_floppy_is_what_it_always_was() {
        let boot = read(&floppy()).unwrap();
        assert_eq!((boot.width, boot.cluster_bytes, boot.clusters), (Width::Twelve, 512, 2_847));
        assert_eq!((boot.tables, boot.root), (vec![512, 5_120], Root::Fixed(9_728, 7_168)));
        assert_eq!((boot.data_at, boot.volume_bytes), (16_896, 1_474_560));
    }

    #[test]
    fn one_number_that_no_fat_has_is_enough_to_refuse() {
        let check = |at: usize, bytes: &[u8]| {
            let mut head = floppy();
            head[at..at + bytes.len()].copy_from_slice(bytes);
            assert_eq!(read(&head), None, "{bytes:?} at {at}");
        };
        check(0, &[0x33]);
        check(11, &[0, 3]);
        check(13, &[0]);
        check(13, &[3]);
        check(14, &[0, 0]);
        check(16, &[0]);
        check(16, &[3]);
        check(17, &[0, 0]);
        check(19, &[20, 0]);
        check(21, &[0]);
        check(22, &[0, 0]);
        check(22, &[0xFF, 0xFF]);
        check(510, &[0]);
        assert_eq!(read(&floppy()[..511]), None);
    }
}
