//! FAT12, FAT16 and FAT32 with long names: memory cards, USB sticks, older phones and cameras.

mod boot;
pub(super) mod cache;
pub(super) mod name;
pub(super) mod pieces;
mod slots;
pub(super) mod table;
pub(super) mod taken;
#[cfg(test)]
mod tests;
pub(super) mod volume;
pub(super) mod walk;

use crate::bytes::{Bytes, array_at};
use crate::fault::Fault;
use crate::format::{Container, Family, Format, Opened, Opening, Spec};
use crate::found::{Go, Report};
use crate::limits::Limits;
use boot::{Boot, Root};
use cache::Cache;
use pieces::Pieces;
use slots::{FatSlots, Short};
use std::rc::Rc;
use table::{Table, Width};
use taken::Taken;
use volume::{Volume, Wanted};
use walk::{Dialect, Entry, Slots, list, open};

/// Bytes of the largest folder: 65,536 slots.
const FOLDER_MOST: u64 = 2 << 20;

const SPEC: Spec = Spec {
    id: "fat",
    title: "FAT12, FAT16 and FAT32 file system",
    family: Family::FileSystem,
    version: 1,
    checksums: false,
    suffixes: &[],
    gaps: &[
        "Deleted entries are read from their first cluster on over clusters that are free now; a \
         file that lay in pieces, or was written over, then holds other bytes.",
        "A deleted folder is walked when its first cluster is free and still begins as a folder's, \
         and only through clusters that follow each other.",
        "Some systems erase the upper half of a deleted entry's first cluster on FAT32; its bytes \
         are then those of another place.",
        "Entries that no folder names any more are not searched for, nor what lies behind the end \
         of a folder or a file.",
        "Times are local without a zone and are not given.",
        "Short names above ASCII are given as the bytes that are stored, since the volume does not \
         state their code page.",
        "The boot sector's copy is not used when the first is damaged; copies of the table are \
         used where the first cannot be read, and not compared.",
    ],
    sources: &[
        "Microsoft, FAT32 File System Specification, version 1.03 (2000)",
        "Linux kernel documentation, vfat (2024)",
    ],
};

/// The format.
pub struct Fat;

impl Format for Fat {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn recognises(&self, head: &[u8], _bytes: &dyn Bytes) -> bool {
        boot::read(head).is_some()
    }

    fn open(&self, opening: Opening<'_>) -> Result<Opened, Fault> {
        let head: [u8; 512] = array_at(&*opening.bytes, 0)?;
        let boot = boot::read(&head).ok_or_else(|| Fault::damaged(0, "no FAT boot sector"))?;
        let table = Table {
            cache: Cache::new(Rc::clone(&opening.bytes)),
            copies: boot.tables.clone(),
            width: boot.width,
        };
        let volume = Volume {
            bytes: opening.bytes,
            data_at: boot.data_at,
            cluster_bytes: boot.cluster_bytes,
            clusters: boot.clusters,
            table,
            bitmap: None,
        };
        Ok(Opened::Entries(Rc::new(FatVolume { boot, volume, limits: opening.limits })))
    }
}

/// An opened volume.
struct FatVolume {
    boot: Boot,
    volume: Volume,
    limits: Limits,
}

impl FatVolume {
    fn wide(&self) -> bool {
        self.boot.width == Width::ThirtyTwo
    }

    /// A folder ends with its chain; no larger one is made.
    fn most_clusters(&self) -> Wanted {
        Wanted::AtMost(self.volume.count(FOLDER_MOST))
    }
}

impl Container for FatVolume {
    fn list(&self, report: &mut Report<'_>) {
        let there = self.volume.bytes.len();
        let short = there < self.boot.volume_bytes;
        if short && report(Err(Fault::Truncated { at: there }.problem(""))) == Go::Stop {
            return;
        }
        list(self, &self.limits, report);
    }

    fn open(&self, address: u64) -> Result<Rc<dyn Bytes>, Fault> {
        open(self, address)
    }
}

impl Dialect for FatVolume {
    fn volume(&self) -> &Volume {
        &self.volume
    }

    fn root(&self, taken: &mut Taken) -> (Pieces, Option<Fault>) {
        match self.boot.root {
            Root::Fixed(at, length) => {
                let bytes = Rc::clone(&self.volume.bytes);
                let run = std::iter::once((at, length));
                (Pieces::new(bytes, run, length, length, None), None)
            }
            Root::Chain(first) => {
                let chain = self.volume.linked(first, self.most_clusters(), taken);
                (self.volume.folder(&chain), chain.fault)
            }
        }
    }

    fn slots(&self) -> Box<dyn Slots> {
        Box::new(FatSlots::new(self.wide(), self.volume.clusters))
    }

    fn folder_clusters(&self, _entry: &Entry) -> Wanted {
        self.most_clusters()
    }

    fn looks_like_folder(&self, cluster: &[u8], number: u32) -> bool {
        slots::begins_folder(cluster, number, self.wide())
    }

    fn looks_like_slots(&self, cluster: &[u8]) -> bool {
        slots::holds_slots(cluster, self.wide(), self.volume.clusters)
    }

    fn read(&self, address: u64) -> Result<Entry, Fault> {
        let slot = array_at(&*self.volume.bytes, address)?;
        let short = Short(&slot);
        if !short.is_sound(self.volume.clusters, self.wide()) {
            return Err(Fault::damaged(address, "no entry of a folder"));
        }
        Ok(short.entry(self.wide(), address))
    }
}
