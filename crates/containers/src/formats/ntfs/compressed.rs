//! Values that are compressed unit by unit.
//!
//! A unit is usually 16 clusters. It is stored as it is when all its clusters are there, reads as
//! zeros when none is, and is compressed when some are. Source: the documentation of the Linux-NTFS
//! project, "Compression".

use crate::bytes::Bytes;
use crate::fault::Fault;
use crate::formats::ntfs::lznt1;
use crate::formats::ntfs::runs::{Layout, Place, Run};
use std::cell::RefCell;
use std::rc::Rc;

/// Unpacked bytes that are read and kept at once.
const BATCH: u64 = 1 << 20;

/// The unpacked bytes of a compressed value.
pub struct Compressed {
    /// The volume.
    pub volume: Rc<dyn Bytes>,
    /// Where its clusters lie.
    pub layout: Layout,
    /// Unpacked bytes.
    pub size: u64,
    /// How many of them were written; the rest reads as zeros.
    pub written: u64,
    /// Bytes of a unit; at most [`Compressed::UNIT_MAX`].
    pub unit: u64,
    /// The last units that were unpacked, with the byte at which the first begins.
    pub kept: RefCell<(u64, Vec<Unit>)>,
}

/// An unpacked unit, or why it is none.
type Unit = Result<Vec<u8>, Fault>;

impl Compressed {
    /// The largest unit: 16 clusters of 4 KiB in practice, with room.
    pub const UNIT_MAX: u64 = BATCH;

    /// Unpacks the units from `start` on, which is a multiple of the unit.
    fn unpack_batch(&self, start: u64) -> Vec<Unit> {
        let end = start.saturating_add(BATCH / self.unit * self.unit).min(self.written);
        let mut units = Vec::new();
        let mut at = start;
        while at < end {
            units.push(self.layout.between(at, at.saturating_add(self.unit)));
            at = at.saturating_add(self.unit);
        }
        let packed = self.read_packed(&units);
        let mut rest = packed.as_deref().unwrap_or_default();
        let mut unpacked = Vec::new();
        for runs in &units {
            let (clusters, after) = rest.split_at_checked(stored(runs)).unwrap_or_default();
            rest = after;
            // Where one of the clusters cannot be read, only its own unit is lost.
            let alone = if packed.is_err() {
                self.read_packed(std::slice::from_ref(runs))
            } else {
                Ok(vec![])
            };
            unpacked.push(alone.and_then(|alone| {
                self.unpack(runs, if packed.is_err() { &alone } else { clusters })
            }));
        }
        unpacked
    }

    /// The stored clusters of these units, one behind the other, in as few reads as they allow.
    fn read_packed(&self, units: &[Vec<Run>]) -> Result<Vec<u8>, Fault> {
        let mut joined: Vec<(u64, u64)> = Vec::new();
        for run in units.iter().flatten() {
            match (run.place, joined.last_mut()) {
                (Place::At(place), Some((from, length))) if *from + *length == place => {
                    *length += run.length;
                }
                (Place::At(place), _) => joined.push((place, run.length)),
                (Place::Hole | Place::Lost, _) => {}
            }
        }
        let mut packed = Vec::new();
        for (place, length) in joined {
            packed.extend(crate::bytes::vec_at(&*self.volume, place, length, 2 * BATCH)?);
        }
        Ok(packed)
    }

    fn unpack(&self, runs: &[Run], clusters: &[u8]) -> Unit {
        if let Some(run) = runs.iter().find(|run| run.place == Place::Lost) {
            return self.lost_end(runs, run).map_or_else(
                || Err(self.layout.lost(run.at)),
                |whole| self.unpack(&whole, clusters),
            );
        }
        let unit = usize::try_from(self.unit).unwrap_or(0);
        if clusters.len() == unit {
            return Ok(clusters.to_vec());
        }
        let mut unpacked = vec![0; unit];
        // A last unit that is stored as it is has only as many clusters as it needs.
        let holes = runs.iter().any(|run| run.place == Place::Hole);
        if clusters.is_empty() || holes {
            let start = runs.first().map_or(0, |run| run.at);
            lznt1::unpack(clusters, &mut unpacked)
                .map_err(|why| Fault::damaged(start, format!("of the unpacked file: {why}")))?;
        } else if let Some(to) = unpacked.get_mut(..clusters.len()) {
            to.copy_from_slice(clusters);
        }
        Ok(unpacked)
    }

    /// The runs without a missing end that lies behind the value's own.
    fn lost_end(&self, runs: &[Run], lost: &Run) -> Option<Vec<Run>> {
        let behind = lost.at >= self.written && runs.last() == Some(lost);
        behind.then(|| runs.iter().copied().take(runs.len() - 1).collect())
    }

    fn copy(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
        let start = at / self.unit * self.unit;
        let mut kept = self.kept.borrow_mut();
        let index = |first: u64| usize::try_from(start.checked_sub(first)? / self.unit).ok();
        if index(kept.0).is_none_or(|index| index >= kept.1.len()) {
            *kept = (start, self.unpack_batch(start));
        }
        let unit = index(kept.0).and_then(|index| kept.1.get(index));
        let unit = unit.ok_or_else(|| self.layout.lost(at))?.as_ref().map_err(Clone::clone)?;
        let from = unit.get(usize::try_from(at - start).unwrap_or(0)..).unwrap_or_default();
        let count = from.len().min(into.len());
        if let (Some(into), Some(from)) = (into.get_mut(..count), from.get(..count)) {
            into.copy_from_slice(from);
        }
        Ok(count)
    }
}

/// Bytes of the clusters that are there.
fn stored(runs: &[Run]) -> usize {
    let there = runs.iter().filter(|run| matches!(run.place, Place::At(_)));
    usize::try_from(there.map(|run| run.length).sum::<u64>()).unwrap_or(usize::MAX)
}

impl Bytes for Compressed {
    fn len(&self) -> u64 {
        self.size
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
        let there = self.size.saturating_sub(at).min(into.len() as u64);
        let written = self.written.clamp(at, at + there);
        let mut at = at;
        let mut left = into.get_mut(..usize::try_from(there).unwrap_or(0)).unwrap_or_default();
        while at < written {
            let wanted = usize::try_from(written - at).unwrap_or(usize::MAX).min(left.len());
            let (part, _) = left.split_at_mut(wanted);
            let count = self.copy(at, part)?.max(1);
            at += count as u64;
            left = left.split_at_mut_checked(count).map_or(&mut [], |(_, rest)| rest);
        }
        left.fill(0);
        Ok(usize::try_from(there).unwrap_or(0))
    }
}
