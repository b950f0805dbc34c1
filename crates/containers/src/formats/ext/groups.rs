//! Groups: where each has its table of inodes.

use super::Volume;
use super::crc32c::crc32c;
use super::superblock::incompat;
use crate::bytes::{le16, le32};
use crate::fault::Fault;

/// Place of a descriptor's checksum.
const SUM: usize = 0x1E;

impl Volume {
    /// Where a group's table of inodes lies. A descriptor that makes no sense is replaced by its
    /// second copy, which is noted.
    ///
    /// # Errors
    /// [`Fault`] when no copy makes sense.
    pub fn table_of(&self, group: u32) -> Result<u64, Fault> {
        let (kept, table) = self.group.get();
        if kept == Some(group) {
            return Ok(table);
        }
        let [first, second] = self.superblock.descriptor_at(group);
        let first = self.table_at(group, first);
        let table = if let Ok((table, None)) = first {
            table
        } else {
            let second = self.table_at(group, second);
            let (fault, table) = match (first, second) {
                (Ok((_, Some(fault))) | Err(fault), Ok((table, None))) => (fault, table),
                // Neither is sound: what the first says still fits the volume.
                (Ok((table, Some(fault))), _) | (Err(fault), Ok((table, _))) => (fault, table),
                (Ok((table, None)), _) => return Ok(table),
                (Err(fault), Err(_)) => return Err(fault),
            };
            self.note(fault);
            table
        };
        self.group.set((Some(group), table));
        Ok(table)
    }

    /// The table by one descriptor, and what is wrong with its checksum.
    fn table_at(&self, group: u32, at: Option<u64>) -> Result<(u64, Option<Fault>), Fault> {
        let at = at.ok_or(Fault::damaged(0, "a group without descriptor"))?;
        let bytes = usize::try_from(self.superblock.descriptor_bytes()).unwrap_or(0);
        let (table, sound) = self.tables.with(at, bytes, |raw| {
            let high = if self.superblock.has(incompat::WIDE) { le32(raw, 0x28) } else { 0 };
            let sound = self.superblock.seed.is_none_or(|seed| {
                let sum = crc32c(seed, &group.to_le_bytes());
                let sum = crc32c(sum, raw.get(..SUM).unwrap_or_default());
                let sum = crc32c(crc32c(sum, &[0; 2]), raw.get(SUM + 2..).unwrap_or_default());
                sum & 0xFFFF == u32::from(le16(raw, SUM))
            });
            (u64::from(high) << 32 | u64::from(le32(raw, 0x8)), sound)
        })?;
        let damaged = |what: &str| Fault::damaged(at, format!("group {group} has {what}"));
        if table == 0 || table >= self.superblock.blocks {
            return Err(damaged("an impossible table of inodes"));
        }
        let wrong = (!sound).then(|| damaged("a descriptor whose checksum does not match"));
        Ok((table.saturating_mul(self.superblock.block), wrong))
    }
}
