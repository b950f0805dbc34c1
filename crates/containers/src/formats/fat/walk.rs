//! The walk through the folders of a volume, which FAT and exFAT share: depth first, one open
//! folder for each level, so that memory does not grow with the number of entries.

use super::pieces::Pieces;
use super::taken::Taken;
use super::volume::{Chain, Volume, Wanted};
use crate::bytes::{Bytes, read_exact_at};
use crate::fault::Fault;
use crate::found::{Found, Go, Kind, Report};
use crate::limits::Limits;
use amparo_model::UtcMillis;
use std::collections::VecDeque;
use std::rc::Rc;

/// Bytes of a folder entry's slot in both formats.
pub const SLOT: usize = 32;
/// Bytes of a folder read at once.
const CHUNK: u64 = 128 << 10;
/// Bytes read at once where more could not be read.
const SMALL: u64 = 4 << 10;
/// Set in an address when the entry lies in a deleted folder and is gone with it; slots begin at
/// multiples of 32.
const GONE: u64 = 1;

/// One entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name alone.
    pub name: Vec<u8>,
    /// A folder, or else a file.
    pub folder: bool,
    /// Bytes claimed.
    pub size: u64,
    /// Of these, how many were written.
    pub valid: u64,
    /// First cluster, or 0.
    pub first: u32,
    /// Its clusters follow each other, and the table says nothing of them.
    pub contiguous: bool,
    /// Marked as deleted.
    pub deleted: bool,
    /// Where the slot lies that [`Dialect::read`] needs.
    pub address: u64,
    /// Last modification, where the zone is known.
    pub modified_at: Option<UtcMillis>,
    /// What is wrong with the entry although it can be read.
    pub fault: Option<Fault>,
}

/// Puts slots together to entries.
pub trait Slots {
    /// The next slot of the folder and where it lies in the volume; says whether more may follow.
    fn take(&mut self, slot: &[u8; SLOT], at: u64, out: &mut Items) -> Go;

    /// The folder ended.
    fn end(&mut self, out: &mut Items);
}

/// Entries that are complete, and what was wrong between them.
pub type Items = VecDeque<Result<Entry, Fault>>;

/// What FAT and exFAT do differently.
pub trait Dialect {
    /// The volume.
    fn volume(&self) -> &Volume;

    /// The root folder, and why it is not complete.
    fn root(&self, taken: &mut Taken) -> (Pieces, Option<Fault>);

    /// What reads the slots of a folder.
    fn slots(&self) -> Box<dyn Slots>;

    /// How many clusters a folder has.
    fn folder_clusters(&self, entry: &Entry) -> Wanted;

    /// Whether a cluster once was the first of a folder.
    fn looks_like_folder(&self, cluster: &[u8], number: u32) -> bool;

    /// Whether a further cluster of a deleted folder may still be one of it.
    fn looks_like_slots(&self, cluster: &[u8]) -> bool;

    /// The entry at the address that [`Entry::address`] gave, without its name.
    ///
    /// # Errors
    /// [`Fault`] when there is none.
    fn read(&self, address: u64) -> Result<Entry, Fault>;
}

/// Lists all of a volume.
pub fn list(dialect: &dyn Dialect, limits: &Limits, report: &mut Report<'_>) {
    let taken = || Taken::new(dialect.volume().clusters, limits.held_bytes / 4);
    let mut walk = Walk { dialect, limits, taken: taken(), gone: taken(), report };
    let (root, fault) = walk.dialect.root(&mut walk.taken);
    let mut levels = vec![Level::new(Vec::new(), root, false, dialect.slots())];
    if fault.is_some_and(|fault| walk.problem(&fault, b"") == Go::Stop) {
        return;
    }
    while let Some(level) = levels.last_mut() {
        let (path, gone) = (level.path.clone(), level.gone);
        let went = match level.next() {
            None => {
                levels.pop();
                continue;
            }
            Some(Err(fault)) => walk.problem(&fault, &path),
            Some(Ok(entry)) => {
                let depth = levels.len();
                walk.entry(entry, &path, gone, depth, &mut levels)
            }
        };
        if went == Go::Stop {
            return;
        }
    }
    if !walk.taken.complete() {
        let what = "more clusters than are noted; later chains are not compared".to_owned();
        walk.problem(&Fault::Limit { what }, b"");
    }
}

/// The bytes of an entry.
///
/// # Errors
/// [`Fault`] when nothing of them can be had.
pub fn open(dialect: &dyn Dialect, address: u64) -> Result<Rc<dyn Bytes>, Fault> {
    let entry = dialect.read(address & !GONE)?;
    if entry.folder {
        return Err(Fault::unsupported("a folder has no bytes of its own"));
    }
    let volume = dialect.volume();
    let gone = entry.deleted || address & GONE != 0;
    let (written, all) = (volume.count(entry.valid), volume.count(entry.size));
    let mut chain = match (written, gone, entry.contiguous) {
        (0, _, _) => Chain::default(),
        (_, true, contiguous) => volume.remains(entry.first, all, contiguous),
        (_, false, true) => volume.contiguous(entry.first, written),
        (_, false, false) => volume.linked_alone(entry.first, Wanted::Exactly(written)),
    };
    match chain.fault.take_if(|_| chain.runs.is_empty()) {
        Some(fault) => Err(fault),
        None => Ok(Rc::new(volume.pieces(&chain, entry.size, entry.valid))),
    }
}

struct Walk<'w, 'r> {
    dialect: &'w dyn Dialect,
    limits: &'w Limits,
    /// Clusters of live entries met so far.
    taken: Taken,
    /// First clusters of deleted folders met so far.
    gone: Taken,
    report: &'w mut Report<'r>,
}

impl Walk<'_, '_> {
    fn problem(&mut self, fault: &Fault, path: &[u8]) -> Go {
        (self.report)(Err(fault.problem(&String::from_utf8_lossy(path))))
    }

    fn entry(
        &mut self,
        entry: Entry,
        folder: &[u8],
        gone: bool,
        depth: usize,
        levels: &mut Vec<Level>,
    ) -> Go {
        let path = joined(folder, &entry.name);
        let deleted = gone || entry.deleted;
        let found = Found {
            path: path.clone(),
            kind: if entry.folder { Kind::Folder } else { Kind::File },
            size: if entry.folder { 0 } else { entry.size },
            address: entry.address | if gone { GONE } else { 0 },
            deleted,
            modified_at: entry.modified_at,
        };
        if (self.report)(Ok(found)) == Go::Stop {
            return Go::Stop;
        }
        let mut faults: Vec<Fault> = entry.fault.clone().into_iter().collect();
        if self.dialect.volume().too_large(entry.size) {
            let why = format!("{} bytes claimed, more than the volume holds", entry.size);
            faults.push(Fault::damaged(entry.address, why));
        } else {
            let inside = if deleted { self.remains(&entry) } else { self.chain(&entry) };
            faults.extend(inside.fault.clone());
            let deep = depth >= usize::try_from(self.limits.folders_deep).unwrap_or(usize::MAX);
            // Of paths that are too long the caller tells; what lies below is no shorter.
            let long = path.len() > self.limits.path_bytes;
            if entry.folder && !inside.runs.is_empty() && !deep && !long {
                let folder = self.dialect.volume().folder(&inside);
                levels.push(Level::new(path.clone(), folder, deleted, self.dialect.slots()));
            } else if entry.folder && deep {
                faults.push(Fault::Limit { what: format!("folders deeper than {depth}") });
            }
        }
        let stops = faults.iter().any(|fault| self.problem(fault, &path) == Go::Stop);
        if stops { Go::Stop } else { Go::On }
    }

    /// The clusters of a live entry, none of which another one has.
    fn chain(&mut self, entry: &Entry) -> Chain {
        let volume = self.dialect.volume();
        let wanted = if entry.folder {
            self.dialect.folder_clusters(entry)
        } else {
            Wanted::Exactly(volume.count(entry.size))
        };
        if !entry.contiguous {
            return volume.linked(entry.first, wanted, &mut self.taken);
        }
        let (Wanted::Exactly(count) | Wanted::AtMost(count)) = wanted;
        let mut chain = volume.contiguous(entry.first, count);
        if let Some((first, count)) = chain.runs.first_mut() {
            let mut clusters = *first..first.saturating_add(*count);
            if let Some(cluster) = clusters.find(|cluster| !self.taken.take(cluster - 2)) {
                let why = format!("cluster {cluster} belongs to a chain already");
                let at = volume.place(cluster).unwrap_or(0);
                chain.fault = Some(Fault::damaged(at, why));
                *count = cluster - *first;
            }
        }
        chain.runs.retain(|(_, count)| *count > 0);
        chain
    }

    /// What is left of a deleted folder: its first cluster, if that still looks like one, and those
    /// behind that still may be. Of a file nothing is looked at.
    fn remains(&mut self, entry: &Entry) -> Chain {
        let (dialect, volume) = (self.dialect, self.dialect.volume());
        let mut chain = Chain::default();
        let most = match dialect.folder_clusters(entry) {
            Wanted::Exactly(count) | Wanted::AtMost(count) => count,
        };
        let mut number = entry.first;
        while entry.folder && u64::from(number.saturating_sub(entry.first)) < most {
            let Some(cluster) = self.free_cluster(number) else {
                break;
            };
            let first = number == entry.first;
            let looks = match first {
                true => dialect.looks_like_folder(&cluster, number),
                false => dialect.looks_like_slots(&cluster),
            };
            if !looks || (first && !self.gone.take(number - 2)) {
                break;
            }
            chain.runs.push((number, 1));
            let ends = cluster.chunks_exact(SLOT).any(|slot| slot.first() == Some(&0));
            match number.checked_add(1) {
                Some(next) if !ends && volume.place(next).is_some() => number = next,
                _ => break,
            }
        }
        chain
    }

    /// The bytes of a cluster that belongs to nothing, as far as a folder could need them.
    fn free_cluster(&self, number: u32) -> Option<Vec<u8>> {
        let volume = self.dialect.volume();
        let place = volume.place(number)?;
        if !volume.is_free(number).ok()? {
            return None;
        }
        let length = volume.cluster_bytes.min(CHUNK);
        let mut cluster = vec![0; usize::try_from(length).ok()?];
        read_exact_at(&*volume.bytes, place, &mut cluster).ok()?;
        Some(cluster)
    }
}

/// A folder that is being read.
struct Level {
    path: Vec<u8>,
    folder: Pieces,
    /// The folder is deleted, and with it all that it holds.
    gone: bool,
    slots: Box<dyn Slots>,
    /// Where the next slots are read.
    at: u64,
    /// Up to where only little is read at once, after a reading failed.
    careful: u64,
    chunk: Vec<u8>,
    /// The next slot in `chunk`, and where the chunk begins in the folder.
    next: usize,
    chunk_at: u64,
    waiting: Items,
}

impl Level {
    fn new(path: Vec<u8>, folder: Pieces, gone: bool, slots: Box<dyn Slots>) -> Self {
        let (at, careful, next, chunk_at) = (0, 0, 0, 0);
        let (chunk, waiting) = (Vec::new(), Items::new());
        Self { path, folder, gone, slots, at, careful, chunk, next, chunk_at, waiting }
    }

    fn next(&mut self) -> Option<Result<Entry, Fault>> {
        loop {
            if let Some(item) = self.waiting.pop_front() {
                return Some(item);
            }
            if let Some(slot) = self.chunk.get(self.next..).and_then(|rest| rest.first_chunk()) {
                let at = self.folder.place(self.chunk_at + self.next as u64).unwrap_or(0);
                self.next += SLOT;
                if self.slots.take(slot, at, &mut self.waiting) == Go::Stop {
                    self.at = self.folder.len();
                    self.chunk.clear();
                }
            } else if self.at < self.folder.len() {
                self.fill();
            } else {
                self.slots.end(&mut self.waiting);
                return self.waiting.pop_front();
            }
        }
    }

    fn fill(&mut self) {
        let size = if self.at < self.careful { SMALL } else { CHUNK };
        let size = size.min(self.folder.len() - self.at);
        self.chunk.resize(usize::try_from(size).unwrap_or(0), 0);
        (self.next, self.chunk_at) = (0, self.at);
        match self.folder.read_at(self.at, &mut self.chunk) {
            Ok(_) => self.at += size,
            Err(_) if size > SMALL => {
                self.careful = self.at + size;
                self.chunk.clear();
            }
            Err(fault) => {
                self.chunk.clear();
                self.slots.end(&mut self.waiting);
                // Nothing lies behind the end of the source: one word for all of it.
                let ended = matches!(fault, Fault::Truncated { .. });
                self.at = if ended { self.folder.len() } else { self.at + size };
                self.waiting.push_back(Err(fault));
            }
        }
    }
}

fn joined(folder: &[u8], name: &[u8]) -> Vec<u8> {
    if folder.is_empty() { name.to_vec() } else { [folder, b"/", name].concat() }
}
