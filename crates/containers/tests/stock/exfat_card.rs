//! Writes files into the empty exFAT volume that `mkfs.exfat` makes.
//!
//! Facts: Microsoft, *exFAT file system specification*, sections 3, 5, 6 and 7.

use super::support::run;
use std::path::PathBuf;
use tempfile::TempDir;

/// 2026-03-09 13:05:14, two hours east of UTC.
const TIME: u32 = (2026 - 1980) << 25 | 3 << 21 | 9 << 16 | 13 << 11 | 5 << 5 | 7;
const EAST: u8 = 0x80 | 8;

/// A volume of 4 MiB with clusters of 4 KiB.
pub struct Card {
    folder: TempDir,
    pub bytes: Vec<u8>,
    pub root: u32,
    pub clusters: u32,
    pub table: usize,
    data: usize,
    pub bitmap: u32,
}

/// A file or folder; what is not given is empty.
#[derive(Clone, Default)]
pub struct Set<'s> {
    pub name: &'s str,
    pub folder: bool,
    pub clusters: &'s [u32],
    pub size: u64,
    pub valid: u64,
    /// Its clusters are linked in the table.
    pub chained: bool,
    pub deleted: bool,
}

impl<'s> Set<'s> {
    /// So many bytes in these clusters, one behind the other.
    pub fn of(clusters: &'s [u32], size: u64) -> Self {
        Self { clusters, size, valid: size, ..Self::default() }
    }

    /// The slots, with their checksum.
    pub fn slots(&self) -> Vec<u8> {
        let units: Vec<u16> = self.name.encode_utf16().collect();
        let names = units.len().div_ceil(15);
        let mut slots = vec![0; (2 + names) * 32];
        (slots[0], slots[1]) = (0x85, 1 + names as u8);
        slots[4] = if self.folder { 0x10 } else { 0x20 };
        for at in [8, 12, 16] {
            slots[at..at + 4].copy_from_slice(&TIME.to_le_bytes());
        }
        slots[22..25].fill(EAST);
        let stream = &mut slots[32..64];
        stream[0] = 0xC0;
        stream[1] = match (self.clusters, self.chained) {
            ([], _) => 1,
            (_, true) => 1,
            (_, false) => 3,
        };
        stream[3] = units.len() as u8;
        stream[4..6].copy_from_slice(&hash(self.name).to_le_bytes());
        stream[8..16].copy_from_slice(&self.valid.to_le_bytes());
        let first = self.clusters.first().copied().unwrap_or(0);
        stream[20..24].copy_from_slice(&first.to_le_bytes());
        stream[24..32].copy_from_slice(&self.size.to_le_bytes());
        for (number, part) in units.chunks(15).enumerate() {
            let at = 64 + number * 32;
            slots[at] = 0xC1;
            for (unit, at) in part.iter().zip((at + 2..).step_by(2)) {
                slots[at..at + 2].copy_from_slice(&unit.to_le_bytes());
            }
        }
        let sum = rotated(slots.iter().enumerate().filter(|(at, _)| !matches!(at, 2 | 3)));
        slots[2..4].copy_from_slice(&sum.to_le_bytes());
        if self.deleted {
            slots.chunks_mut(32).for_each(|slot| slot[0] &= 0x7F);
        }
        slots
    }
}

fn hash(name: &str) -> u16 {
    let upper: String = name.chars().flat_map(char::to_uppercase).collect();
    let bytes: Vec<u8> = upper.encode_utf16().flat_map(u16::to_le_bytes).collect();
    rotated(bytes.iter().enumerate())
}

fn rotated<'b>(bytes: impl Iterator<Item = (usize, &'b u8)>) -> u16 {
    bytes.fold(0, |sum: u16, (_, byte)| sum.rotate_right(1).wrapping_add(u16::from(*byte)))
}

fn le32(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

impl Card {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let image = folder.path().join("card.img");
        std::fs::write(&image, vec![0; 4 << 20]).unwrap();
        run("mkfs.exfat", &["-c", "4096", "-L", "LABEL", image.to_str().unwrap()]);
        let bytes = std::fs::read(&image).unwrap();
        assert_eq!((bytes[108], bytes[109]), (9, 3));
        let (table, data) = (le32(&bytes, 80) as usize * 512, le32(&bytes, 88) as usize * 512);
        let (clusters, root) = (le32(&bytes, 92), le32(&bytes, 96));
        let mut card = Self { folder, bytes, root, clusters, table, data, bitmap: 0 };
        let at = card.place(root);
        let slot = (at..).step_by(32).find(|at| card.bytes[*at] == 0x81).unwrap();
        card.bitmap = le32(&card.bytes, slot + 20);
        card
    }

    /// Where a cluster begins.
    pub fn place(&self, cluster: u32) -> usize {
        self.data + (cluster as usize - 2) * 4_096
    }

    /// Fills clusters in this order.
    pub fn write(&mut self, clusters: &[u32], bytes: &[u8]) {
        for (cluster, part) in clusters.iter().zip(bytes.chunks(4_096)) {
            let at = self.place(*cluster);
            self.bytes[at..at + part.len()].copy_from_slice(part);
        }
    }

    /// Links clusters in the table; the last ends the chain, unless it goes on before.
    pub fn link(&mut self, clusters: &[u32]) {
        let end = [clusters[clusters.len() - 1], 0xFFFF_FFFF];
        for pair in std::iter::once(&end[..]).chain(clusters.windows(2)) {
            let at = self.table + pair[0] as usize * 4;
            self.bytes[at..at + 4].copy_from_slice(&pair[1].to_le_bytes());
        }
    }

    /// Marks clusters as in use, or free.
    pub fn mark(&mut self, clusters: &[u32], used: bool) {
        for cluster in clusters.iter().filter(|cluster| **cluster < self.clusters + 2) {
            let (index, bit) = ((cluster - 2) as usize / 8, 1 << ((cluster - 2) % 8));
            let at = self.place(self.bitmap) + index;
            self.bytes[at] = if used { self.bytes[at] | bit } else { self.bytes[at] & !bit };
        }
    }

    /// Names a file in the folder that begins with this cluster, behind what it holds.
    pub fn add(&mut self, folder: u32, set: &Set<'_>) {
        if !set.deleted {
            self.mark(set.clusters, true);
        }
        if set.chained && !set.deleted {
            self.link(set.clusters);
        }
        let mut cluster = folder;
        let mut at = self.place(cluster);
        for slot in set.slots().chunks(32) {
            while self.bytes[at] != 0 {
                at += 32;
                if (at - self.data).is_multiple_of(4_096) {
                    let next = le32(&self.bytes, self.table + cluster as usize * 4);
                    cluster = if next == 0 { cluster + 1 } else { next };
                    at = self.place(cluster);
                }
            }
            self.bytes[at..at + 32].copy_from_slice(slot);
        }
    }

    /// On disk, for stock tools.
    pub fn save(&self) -> PathBuf {
        let image = self.folder.path().join("card.img");
        std::fs::write(&image, &self.bytes).unwrap();
        image
    }
}
