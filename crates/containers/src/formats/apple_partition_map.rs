//! Partition maps of older Apple media: one entry for each partition, in blocks of their own.

use super::mbr;
use crate::bytes::{Bytes, array_at, be16, be32};
use crate::fault::Fault;
use crate::format::{Family, Format, Opened, Opening, Spec};
use crate::medium::{Volume, VolumeList};
use amparo_model::Problem;
use std::rc::Rc;

const DRIVER: &[u8] = b"ER";
const ENTRY: &[u8] = b"PM";
/// Entries of a map; the tools that write maps leave room for 63.
const ENTRIES_MAX: u64 = 1024;
/// Types of entries that hold no volume.
const NO_VOLUME: [&[u8]; 4] =
    [b"Apple_partition_map", b"Apple_Free", b"Apple_Void", b"Apple_Scratch"];

static SPEC: Spec = Spec {
    id: "apple_partition_map",
    title: "Apple partition map",
    family: Family::Volumes,
    version: 1,
    checksums: false,
    suffixes: &[".dd", ".raw", ".img", ".dmg"],
    gaps: &[
        "A medium that is also an ISO 9660 volume is read as that volume alone.",
        "Names and types of partitions are not shown, nor is what lies between partitions.",
    ],
    sources: &["Apple, Inside Macintosh: Devices, chapter 3, 1994"],
};

/// The format.
#[derive(Debug, Clone, Copy)]
pub struct ApplePartitionMap;

impl Format for ApplePartitionMap {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn recognises(&self, head: &[u8], bytes: &dyn Bytes) -> bool {
        head.starts_with(DRIVER)
            && map_block(head).is_some()
            && !mbr::is_divided(head, bytes.len())
            && !mbr::is_wrapped(head, bytes)
    }

    fn open(&self, opening: Opening<'_>) -> Result<Opened, Fault> {
        let head: [u8; 4100] = array_at(&*opening.bytes, 0)?;
        let block = map_block(&head).ok_or_else(|| Fault::damaged(512, "no partition map"))?;
        let (mut volumes, mut problems) = (Vec::new(), Vec::new());
        let (mut slot, mut count) = (1, 1);
        while slot <= count {
            let entry = match entry(&*opening.bytes, slot, slot * block) {
                Ok(entry) => entry,
                Err(fault) => {
                    problems.push(fault.problem(""));
                    break;
                }
            };
            // Every entry states how many there are; the first one counts.
            if slot == 1 {
                count = entries(be32(&entry, 4).into(), &mut problems);
            }
            volumes.extend(volume(slot, &entry, block));
            slot += 1;
        }
        let list = VolumeList::new(opening.bytes, volumes, problems);
        Ok(Opened::Entries(Rc::new(list)))
    }
}

fn entry(bytes: &dyn Bytes, slot: u64, at: u64) -> Result<[u8; 80], Fault> {
    let entry: [u8; 80] = array_at(bytes, at)?;
    let unsigned = || Fault::damaged(at, format!("entry {slot} of the map is not signed"));
    entry.starts_with(ENTRY).then_some(entry).ok_or_else(unsigned)
}

fn entries(claimed: u64, problems: &mut Vec<Problem>) -> u64 {
    if claimed > ENTRIES_MAX {
        let what = format!("a partition map of {claimed} entries; read up to {ENTRIES_MAX}");
        problems.push(Fault::Limit { what }.problem(""));
    }
    claimed.min(ENTRIES_MAX)
}

fn volume(slot: u64, entry: &[u8], block: u64) -> Option<Volume> {
    let kind = entry.get(48..80)?.split(|byte| *byte == 0).next()?;
    let length = u64::from(be32(entry, 12)) * block;
    let is_volume = length > 0 && !NO_VOLUME.iter().any(|known| known.eq_ignore_ascii_case(kind));
    let start = u64::from(be32(entry, 8)) * block;
    is_volume.then_some(Volume { slot, start, length })
}

/// Bytes of a block of the map: what the driver's block says, or 512 where it says something else
/// than the map itself, as on media for several machines.
fn map_block(head: &[u8]) -> Option<u64> {
    let stated = be16(head, 2);
    [stated, 512].into_iter().find_map(|block| {
        let entry = head.get(usize::from(block)..)?;
        ((512..=4096).contains(&block) && entry.starts_with(ENTRY)).then_some(block.into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Memory;
    use crate::format::{NoSiblings, Secrets};
    use crate::found::Go;
    use crate::limits::Limits;

    fn map(count: u32, kinds: &[&str]) -> Vec<u8> {
        let mut bytes = vec![0; 40 << 10];
        bytes[..4].copy_from_slice(b"ER\x02\x00");
        for (entry, kind) in bytes[512..].chunks_mut(512).zip(kinds) {
            entry[..2].copy_from_slice(ENTRY);
            entry[4..8].copy_from_slice(&count.to_be_bytes());
            entry[11] = 20;
            entry[15] = 4;
            entry[48..48 + kind.len()].copy_from_slice(kind.as_bytes());
        }
        bytes
    }

    fn check(bytes: Vec<u8>, volumes: &str, problem: &str) {
        assert!(ApplePartitionMap.recognises(&bytes, &Memory(bytes.clone())));
        let opening = Opening {
            bytes: Rc::new(Memory(bytes)),
            name: Vec::new(),
            siblings: Rc::new(NoSiblings),
            secrets: &Secrets::default(),
            limits: Limits::default(),
        };
        let Ok(Opened::Entries(container)) = ApplePartitionMap.open(opening) else {
            panic!("not opened");
        };
        let (mut names, mut problems) = (Vec::new(), String::new());
        container.list(&mut |found| {
            match found {
                Ok(found) => names.push(String::from_utf8(found.path).unwrap()),
                Err(problem) => problems += &problem.detail,
            }
            Go::On
        });
        assert_eq!(names.join(" "), volumes);
        assert!(problems.contains(problem) && problems.is_empty() == problem.is_empty());
    }

    #[test]
    fn bad_maps_name_what_is_wrong() {
        check(map(3, &["Apple_partition_map", "Apple_HFS", "apple_free"]), "p2", "");
        check(map(2, &["Apple_HFS", "Apple_HFS"]), "p1 p2", "overlaps");
        check(
            map(3, &["Apple_partition_map", "Apple_HFS"]),
            "p2",
            "entry 3 of the map is not signed",
        );
        check(map(u32::MAX, &["Apple_partition_map"]), "", "4294967295 entries");
        let mut iso = map(1, &["Apple_HFS"]);
        iso[0x8001..0x8006].copy_from_slice(b"CD001");
        assert!(!ApplePartitionMap.recognises(&iso, &Memory(iso.clone())));
    }
}
