//! The boot sectors of exFAT.
//!
//! Facts: Microsoft, *exFAT file system specification*, section 3.

use crate::bytes::{Bytes, le16, le32, le64, vec_at};
use crate::fault::Fault;

/// Sectors that the checksum in the twelfth covers.
const SUMMED: u64 = 11;
/// Bytes that change while the volume is in use: its flags and how full it is.
const UNSUMMED: [usize; 3] = [106, 107, 112];

/// How a volume is divided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Boot {
    /// Bytes of a sector.
    pub sector: u64,
    /// Bytes of a cluster.
    pub cluster_bytes: u64,
    /// Where the table in use begins.
    pub table: u64,
    /// Whether the second bitmap is in use, with the second table.
    pub second: bool,
    /// Where cluster 2 begins.
    pub data_at: u64,
    /// How many clusters there are.
    pub clusters: u32,
    /// First cluster of the root folder.
    pub root: u32,
    /// Bytes of the whole volume.
    pub volume_bytes: u64,
}

/// Reads a boot sector; `None` when any number of it is one that no exFAT volume has.
pub fn read(head: &[u8]) -> Option<Boot> {
    let signed = head.get(..11)? == b"\xEB\x76\x90EXFAT   ";
    let blank = head.get(11..64)?.iter().all(|byte| *byte == 0);
    if !signed || !blank || head.get(510..512)? != [0x55, 0xAA] {
        return None;
    }
    let (sector_shift, cluster_shift) = (*head.get(108)?, *head.get(109)?);
    let tables = *head.get(110)?;
    if !(9..=12).contains(&sector_shift) || cluster_shift > 25 - sector_shift {
        return None;
    }
    // Revision 1; a later one may change anything.
    if !matches!(tables, 1 | 2) || head.get(105) != Some(&1) {
        return None;
    }
    let sector = 1_u64 << sector_shift;
    let table_at = u64::from(le32(head, 80)) * sector;
    let table_bytes = u64::from(le32(head, 84)) * sector;
    let data_at = u64::from(le32(head, 88)) * sector;
    let clusters = le32(head, 92);
    let root = le32(head, 96);
    let second = tables == 2 && le16(head, 106) & 1 != 0;
    let room = table_bytes / 4 >= u64::from(clusters) + 2;
    let behind = table_at >= 24 * sector && data_at >= table_at + table_bytes * u64::from(tables);
    let inside = root >= 2 && root - 2 < clusters && clusters <= 0xFFFF_FFF5;
    let volume_bytes = le64(head, 72).checked_mul(sector)?;
    let boot = Boot {
        sector,
        cluster_bytes: sector << cluster_shift,
        table: table_at + if second { table_bytes } else { 0 },
        second,
        data_at,
        clusters,
        root,
        volume_bytes,
    };
    (room && behind && inside).then_some(boot)
}

/// Whether the boot sectors are as they were written.
///
/// # Errors
/// [`Fault`] when they are not, or cannot be read.
pub fn verify(bytes: &dyn Bytes, sector: u64) -> Result<(), Fault> {
    let length = (SUMMED + 1) * sector;
    let all = vec_at(bytes, 0, length, length)?;
    let end = usize::try_from(SUMMED * sector).unwrap_or(0);
    let summed = all.iter().take(end).enumerate().filter(|(at, _)| !UNSUMMED.contains(at));
    let sum =
        summed.fold(0_u32, |sum, (_, byte)| sum.rotate_right(1).wrapping_add(u32::from(*byte)));
    if le32(&all, end) == sum {
        return Ok(());
    }
    Err(Fault::damaged(SUMMED * sector, "the boot sectors do not have their checksum"))
}
