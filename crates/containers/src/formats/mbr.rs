//! Partition tables of the Master Boot Record, with the chain of logical partitions.
//!
//! The boot sector of a file system ends in the same two bytes as that of a divided medium, so
//! what is recognised here must also have a slot that makes sense, and must not be such a sector.

use super::gpt;
use crate::bytes::{Bytes, array_at, le16, le32};
use crate::fault::Fault;
use crate::format::{Family, Format, Opened, Opening, Spec};
use crate::medium::{Volume, VolumeList};
use amparo_model::Problem;
use std::collections::BTreeSet;
use std::rc::Rc;

/// Bytes of a sector. Media of 4 KiB sectors with this table are rare, and do not say so.
const SECTOR: u64 = 512;
/// Number of the first logical partition, as Linux and The Sleuth Kit count.
const FIRST_LOGICAL: u64 = 5;
/// Logical partitions; Linux reads up to 255.
const LOGICAL_MAX: u64 = 255;

static SPEC: Spec = Spec {
    id: "mbr",
    title: "Partitions of a Master Boot Record",
    family: Family::Volumes,
    version: 1,
    checksums: false,
    suffixes: &[".dd", ".raw", ".img", ".bin"],
    gaps: &[
        "Sectors are taken to have 512 bytes.",
        "What lies between partitions is not shown, nor are the slices inside a partition of BSD \
         or Solaris.",
    ],
    sources: &["UEFI Specification 2.10, section 5.2", "The Sleuth Kit 4.12, output of mmls"],
};

/// The format.
#[derive(Debug, Clone, Copy)]
pub struct Mbr;

impl Format for Mbr {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn recognises(&self, head: &[u8], bytes: &dyn Bytes) -> bool {
        is_divided(head, bytes.len()) && !is_wrapped(head, bytes) && !gpt::is_signed(head, bytes)
    }

    fn open(&self, opening: Opening<'_>) -> Result<Opened, Fault> {
        let sector: [u8; 512] = array_at(&*opening.bytes, 0)?;
        let (mut volumes, mut problems) = (Vec::new(), Vec::new());
        for (number, slot) in (1..).zip(slots(&sector)) {
            if slot.is_extended() {
                logical(&*opening.bytes, slot, &mut volumes, &mut problems);
            } else if slot.is_used() {
                volumes.push(slot.volume(number, 0));
            }
        }
        volumes.sort_by_key(|volume| volume.slot);
        let list = VolumeList::new(opening.bytes, volumes, problems);
        Ok(Opened::Entries(Rc::new(list)))
    }
}

/// One of the four slots of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    boot: u8,
    kind: u8,
    first: u32,
    sectors: u32,
}

impl Slot {
    fn is_used(self) -> bool {
        self.kind != 0 && self.sectors > 0
    }

    fn is_extended(self) -> bool {
        matches!(self.kind, 0x05 | 0x0F | 0x85) && self.sectors > 0
    }

    /// Stands for a GUID partition table, so that older tools leave it alone.
    pub(super) fn is_protective(self) -> bool {
        self.kind == 0xEE
    }

    fn is_plausible(self, length: u64) -> bool {
        let start = u64::from(self.first) * SECTOR;
        self.is_used() && !self.is_protective() && self.first > 0 && start < length
    }

    fn volume(self, slot: u64, base: u64) -> Volume {
        let start = base.saturating_add(self.first.into()).saturating_mul(SECTOR);
        Volume { slot, start, length: u64::from(self.sectors) * SECTOR }
    }
}

/// The slots of a boot record; unused ones when there is none.
pub(super) fn slots(sector: &[u8]) -> [Slot; 4] {
    let is_signed = le16(sector, 510) == 0xAA55;
    [446, 462, 478, 494].map(|at| Slot {
        boot: sector.get(at).copied().unwrap_or(0),
        kind: sector.get(at + 4).copied().filter(|_| is_signed).unwrap_or(0),
        first: le32(sector, at + 8),
        sectors: le32(sector, at + 12),
    })
}

/// Whether the first sector divides a medium of this length by itself.
pub(super) fn is_divided(head: &[u8], length: u64) -> bool {
    let slots = slots(head);
    slots.iter().all(|slot| matches!(slot.boot, 0x00 | 0x80))
        && slots.iter().any(|slot| slot.is_plausible(length))
        && !is_boot_sector(head)
}

/// Whether these bytes are something around a medium, or a file system that is told by a later
/// mark: a fixed VHD, an ISO 9660 volume that also starts from a stick.
pub(super) fn is_wrapped(head: &[u8], bytes: &dyn Bytes) -> bool {
    let footer = bytes.len().checked_sub(512).and_then(|at| array_at::<8>(bytes, at).ok());
    head.get(0x8001..0x8006) == Some(b"CD001") || footer.as_ref() == Some(b"conectix")
}

/// Whether this is the first sector of a FAT, exFAT, NTFS or BitLocker volume.
fn is_boot_sector(head: &[u8]) -> bool {
    let named = head.get(3..11).is_some_and(|name| {
        [b"NTFS    ", b"EXFAT   ", b"-FVE-FS-"].iter().any(|known| *known == name)
    });
    let byte = |at: usize| head.get(at).copied().unwrap_or(0);
    let jumps = (byte(0) == 0xEB && byte(2) == 0x90) || byte(0) == 0xE9;
    let is_fat = matches!(le16(head, 11), 512 | 1024 | 2048 | 4096)
        && byte(13).is_power_of_two()
        && le16(head, 14) > 0
        && matches!(byte(16), 1 | 2)
        && byte(21) >= 0xF0;
    named || (jumps && is_fat)
}

/// Follows the chain: each record holds one logical partition, counted from the record, and the
/// next record, counted from the start of the extended partition.
fn logical(
    bytes: &dyn Bytes,
    extended: Slot,
    volumes: &mut Vec<Volume>,
    problems: &mut Vec<Problem>,
) {
    let before = volumes.iter().filter(|volume| volume.slot >= FIRST_LOGICAL).count() as u64;
    let (mut number, mut seen) = (FIRST_LOGICAL + before, BTreeSet::new());
    let start = u64::from(extended.first);
    let mut next = Some(start);
    while let Some(at) = next.take() {
        let fault = Fault::damaged(at * SECTOR, "logical partitions form a loop");
        if !seen.insert(at) {
            return problems.push(fault.problem(""));
        }
        if number >= FIRST_LOGICAL + LOGICAL_MAX {
            let what = format!("more than {LOGICAL_MAX} logical partitions");
            return problems.push(Fault::Limit { what }.problem(""));
        }
        let sector = match array_at::<512>(bytes, at * SECTOR) {
            Ok(sector) => sector,
            Err(fault) => return problems.push(fault.problem("")),
        };
        if le16(&sector, 510) != 0xAA55 {
            let fault = Fault::damaged(at * SECTOR, "record of a logical partition is not signed");
            return problems.push(fault.problem(""));
        }
        for slot in slots(&sector).into_iter().take(2) {
            if slot.is_extended() {
                next = next.or(Some(start + u64::from(slot.first)));
            } else if slot.is_used() {
                volumes.push(slot.volume(number, at));
                number += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Memory;
    use crate::format::{NoSiblings, Secrets};
    use crate::limits::Limits;

    fn record(medium: &mut [u8], sector: usize, slots: &[Filled]) {
        let record = &mut medium[sector * 512..][..512];
        for (slot, (kind, first, sectors)) in record[446..510].chunks_mut(16).zip(slots) {
            slot[4] = *kind;
            slot[8..12].copy_from_slice(&first.to_le_bytes());
            slot[12..16].copy_from_slice(&sectors.to_le_bytes());
        }
        record[510..].copy_from_slice(&[0x55, 0xAA]);
    }

    fn list(medium: Vec<u8>) -> (Vec<(String, u64)>, Vec<String>) {
        let opening = Opening {
            bytes: Rc::new(Memory(medium)),
            name: Vec::new(),
            siblings: Rc::new(NoSiblings),
            secrets: &Secrets::default(),
            limits: Limits::default(),
        };
        let Ok(Opened::Entries(container)) = Mbr.open(opening) else { panic!("not opened") };
        let (mut volumes, mut problems) = (Vec::new(), Vec::new());
        container.list(&mut |found| {
            match found {
                Ok(found) => {
                    volumes.push((String::from_utf8(found.path).unwrap(), found.size / 512));
                }
                Err(problem) => problems.push(format!("{}: {}", problem.subject, problem.detail)),
            }
            crate::found::Go::On
        });
        (volumes, problems)
    }

    /// Kind, first sector and sectors of a slot.
    type Filled = (u8, u32, u32);

    fn check(records: &[(usize, &[Filled])], volumes: &[(&str, u64)], problem: &str) {
        let mut medium = vec![0; 200 * 512];
        for (sector, slots) in records {
            record(&mut medium, *sector, slots);
        }
        let (found, problems) = list(medium);
        let found: Vec<(&str, u64)> = found.iter().map(|(name, n)| (name.as_str(), *n)).collect();
        assert_eq!(found, volumes);
        assert_eq!(problems.is_empty(), problem.is_empty(), "{problems:?}");
        assert!(problems.join("\n").contains(problem), "{problems:?}");
    }

    #[test]
    fn bad_tables_name_what_is_wrong() {
        let sound: &[Filled] = &[(0x83, 10, 20), (0, 0, 0), (7, 40, 5)];
        check(&[(0, sound)], &[("p1", 20), ("p3", 5)], "");
        check(
            &[(0, &[(0x83, 190, 20)])],
            &[("p1", 10)],
            "p1: damaged at byte 97280: volume claims",
        );
        check(&[(0, &[(0x83, 300, 20)])], &[("p1", 0)], "volume claims to reach to byte 163840");
        check(&[(0, &[(7, 10, 20), (7, 29, 5)])], &[("p1", 20), ("p2", 5)], "overlaps p1");
        let chain: &[Filled] = &[(0x83, 2, 6), (5, 0, 9)];
        check(&[(0, &[(5, 100, 50)]), (100, chain)], &[("p5", 6)], "form a loop");
        check(&[(0, &[(15, 100, 50)])], &[], "is not signed");
        check(&[(0, &[(15, 500, 50)])], &[], "the bytes end");
    }

    #[test]
    fn boot_sectors_of_volumes_are_no_tables() {
        let mut medium = vec![0; 200 * 512];
        record(&mut medium, 0, &[(0x83, 10, 20)]);
        let recognised = |medium: &[u8]| Mbr.recognises(medium, &Memory(medium.to_vec()));
        assert!(recognised(&medium));
        let mut ntfs = medium.clone();
        ntfs[3..11].copy_from_slice(b"NTFS    ");
        assert!(!recognised(&ntfs));
        let mut odd = medium.clone();
        odd[446] = 0x81;
        assert!(!recognised(&odd));
        let mut protective = medium.clone();
        protective[450] = 0xEE;
        assert!(!recognised(&protective));
        let mut iso = medium.clone();
        iso[0x8001..0x8006].copy_from_slice(b"CD001");
        assert!(!recognised(&iso));
        let mut outside = medium;
        record(&mut outside, 0, &[(0x83, 200, 20)]);
        assert!(!recognised(&outside));
    }
}
