//! The boot sector of an NTFS volume: where its parts lie.
//!
//! Source: the published layout of the NTFS BIOS parameter block (Microsoft, "NTFS Technical
//! Reference"), and the documentation of the Linux-NTFS project.

use crate::bytes::{Bytes, le16, le64, read_exact_at};
use crate::formats::ntfs::record::STRIDE;

/// Bytes of a boot sector that matter.
pub const SECTOR: usize = 512;
/// The largest cluster that Windows makes.
const CLUSTER_MAX: u64 = 2 << 20;
/// Larger than any MFT record in use; 1 and 4 KiB are known.
const RECORD_MAX: u64 = 64 << 10;

/// Sizes and places, checked against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geometry {
    /// Bytes of a cluster.
    pub cluster: u64,
    /// Bytes of an MFT record.
    pub record: u64,
    /// Byte at which the MFT begins.
    pub mft: u64,
    /// Byte at which the copy of its first records begins.
    pub mirror: u64,
    /// Bytes of the volume as claimed, without the copy of the boot sector behind it.
    pub length: u64,
}

impl Geometry {
    /// What a boot sector says; `None` when it is none, or one that contradicts itself.
    pub fn read(sector: &[u8]) -> Option<Self> {
        let ours = sector.get(3..11)? == b"NTFS    ";
        let bytes = u64::from(le16(sector, 11));
        let per_cluster = match *sector.get(13)? {
            count @ (1 | 2 | 4 | 8 | 16 | 32 | 64 | 128) => u64::from(count),
            // Clusters above 64 KiB: the byte is the exponent, negative.
            shift @ 0xF4.. => 1 << (256 - u32::from(shift)),
            _ => return None,
        };
        let cluster = bytes * per_cluster;
        let record = match *sector.get(64)? {
            count @ 1..0x80 => u64::from(count) * cluster,
            shift @ 0xF0.. => 1 << (256 - u32::from(shift)),
            _ => return None,
        };
        let length = le64(sector, 40).checked_mul(bytes)?;
        let mft = le64(sector, 48).checked_mul(cluster)?;
        let mirror = le64(sector, 56).checked_mul(cluster)?;
        let fits = matches!(bytes, 256 | 512 | 1024 | 2048 | 4096)
            && cluster <= CLUSTER_MAX
            && (STRIDE as u64..=RECORD_MAX).contains(&record)
            && record.is_power_of_two()
            && length >= cluster
            && mft < length
            && mirror < length;
        (ours && fits).then_some(Self { cluster, record, mft, mirror, length })
    }

    /// From the beginning, or from the copy in the last sector when the first one was wiped. Says
    /// which.
    pub fn find(head: &[u8], bytes: &dyn Bytes) -> Option<(Self, bool)> {
        if let Some(geometry) = Self::read(head) {
            return Some((geometry, false));
        }
        // Only bytes that were wiped: everything else would be asked for its end in vain.
        let first = *head.first()?;
        let wiped = head.get(..SECTOR)?.iter().all(|byte| *byte == first);
        let last = bytes.len().checked_sub(SECTOR as u64)?;
        if !wiped || last == 0 {
            return None;
        }
        let mut sector = [0; SECTOR];
        read_exact_at(bytes, last, &mut sector).ok()?;
        Self::read(&sector).filter(|geometry| geometry.length <= last).map(|found| (found, true))
    }
}
