//! exFAT: large memory cards and sticks, cameras and phones.

mod boot;
mod slots;

use super::fat::cache::Cache;
use super::fat::pieces::Pieces;
use super::fat::table::{Table, Width};
use super::fat::taken::Taken;
use super::fat::volume::{Volume, Wanted};
use super::fat::walk::{Dialect, Entry, SLOT, Slots, list, open};
use crate::bytes::{Bytes, array_at};
use crate::fault::Fault;
use crate::format::{Container, Family, Format, Opened, Opening, Spec};
use crate::found::{Go, Report};
use crate::limits::Limits;
use boot::Boot;
use slots::{ExSlots, FOLDER_MOST};
use std::rc::Rc;

/// Bytes of the root folder read at once while its first entries are looked for.
const ROOT_CHUNK: usize = 64 << 10;

const SPEC: Spec = Spec {
    id: "exfat",
    title: "exFAT file system",
    family: Family::FileSystem,
    version: 1,
    checksums: false,
    suffixes: &[],
    gaps: &[
        "Deleted entries are read along their chain where that is still whole and free, else from \
         their first cluster on over clusters that are free now; a file that lay in pieces, or was \
         written over, then holds other bytes.",
        "A deleted folder is walked when its first cluster is free and begins with a whole entry, \
         and only through clusters that follow each other.",
        "Entries that no folder names any more are not searched for, nor what lies behind the end \
         of a folder or a file.",
        "A time without its distance from UTC is not given.",
        "The boot sectors' copy is not used when the first are damaged. The bitmap is not compared \
         with what live files use.",
    ],
    sources: &["Microsoft, exFAT file system specification (2019)"],
};

/// The format.
pub struct ExFat;

impl Format for ExFat {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn recognises(&self, head: &[u8], _bytes: &dyn Bytes) -> bool {
        boot::read(head).is_some()
    }

    fn open(&self, opening: Opening<'_>) -> Result<Opened, Fault> {
        let head: [u8; 512] = array_at(&*opening.bytes, 0)?;
        let boot = boot::read(&head).ok_or_else(|| Fault::damaged(0, "no exFAT boot sector"))?;
        let table = Table {
            cache: Cache::new(Rc::clone(&opening.bytes)),
            copies: vec![boot.table],
            width: Width::Ex,
        };
        let mut volume = Volume {
            bytes: opening.bytes,
            data_at: boot.data_at,
            cluster_bytes: boot.cluster_bytes,
            clusters: boot.clusters,
            table,
            bitmap: None,
        };
        volume.bitmap = Some(bitmap(&volume, &boot));
        Ok(Opened::Entries(Rc::new(ExVolume { boot, volume, limits: opening.limits })))
    }
}

/// The allocation bitmap, which the root folder names.
fn bitmap(volume: &Volume, boot: &Boot) -> Result<Cache, Fault> {
    let root = volume.linked_alone(boot.root, Wanted::AtMost(volume.count(FOLDER_MOST)));
    let (first, length) = find_bitmap(&volume.folder(&root), boot.second)?
        .ok_or_else(|| Fault::damaged(boot.data_at, "no allocation bitmap in the root folder"))?;
    if length < u64::from(volume.clusters).div_ceil(8) || volume.too_large(length) {
        let why =
            format!("an allocation bitmap of {length} bytes for {} clusters", volume.clusters);
        return Err(Fault::damaged(boot.data_at, why));
    }
    let chain = volume.linked_alone(first, Wanted::Exactly(volume.count(length)));
    match &chain.fault {
        Some(fault) => Err(fault.clone()),
        None => Ok(Cache::new(Rc::new(volume.pieces(&chain, length, length)))),
    }
}

fn find_bitmap(root: &Pieces, second: bool) -> Result<Option<(u32, u64)>, Fault> {
    let (mut chunk, mut at) = (vec![0; ROOT_CHUNK], 0);
    loop {
        let read = root.read_at(at, &mut chunk)?;
        let slots = chunk.get(..read).unwrap_or_default().chunks_exact(SLOT);
        for slot in slots.filter_map(|slot| slot.first_chunk()) {
            if slot[0] == 0 {
                return Ok(None);
            }
            if let Some(found) = slots::bitmap(slot, second) {
                return Ok(Some(found));
            }
        }
        if read < SLOT {
            return Ok(None);
        }
        at += read as u64;
    }
}

/// An opened volume.
struct ExVolume {
    boot: Boot,
    volume: Volume,
    limits: Limits,
}

impl ExVolume {
    /// What is wrong with the volume itself.
    fn faults(&self) -> Vec<Fault> {
        let there = self.volume.bytes.len();
        let short = (there < self.boot.volume_bytes).then_some(Fault::Truncated { at: there });
        let sum = boot::verify(&*self.volume.bytes, self.boot.sector).err();
        let bitmap = self.volume.bitmap.as_ref().and_then(|bitmap| bitmap.as_ref().err().cloned());
        [short, sum, bitmap].into_iter().flatten().collect()
    }
}

impl Container for ExVolume {
    fn list(&self, report: &mut Report<'_>) {
        for fault in self.faults() {
            if report(Err(fault.problem(""))) == Go::Stop {
                return;
            }
        }
        list(self, &self.limits, report);
    }

    fn open(&self, address: u64) -> Result<Rc<dyn Bytes>, Fault> {
        open(self, address)
    }
}

impl Dialect for ExVolume {
    fn volume(&self) -> &Volume {
        &self.volume
    }

    fn root(&self, taken: &mut Taken) -> (Pieces, Option<Fault>) {
        let most = Wanted::AtMost(self.volume.count(FOLDER_MOST));
        let chain = self.volume.linked(self.boot.root, most, taken);
        (self.volume.folder(&chain), chain.fault)
    }

    fn slots(&self) -> Box<dyn Slots> {
        Box::new(ExSlots::default())
    }

    fn folder_clusters(&self, entry: &Entry) -> Wanted {
        Wanted::Exactly(self.volume.count(entry.size.min(FOLDER_MOST)))
    }

    fn looks_like_folder(&self, cluster: &[u8], _number: u32) -> bool {
        slots::begins_folder(cluster)
    }

    fn looks_like_slots(&self, cluster: &[u8]) -> bool {
        slots::holds_slots(cluster)
    }

    fn read(&self, address: u64) -> Result<Entry, Fault> {
        // The address is the stream entry's: its set may go on in another cluster.
        let slot = array_at(&*self.volume.bytes, address)?;
        let damaged = || Fault::damaged(address, "no entry of a folder");
        slots::stream(&slot, address).ok_or_else(damaged)
    }
}
