//! Values that NTFS itself compresses, unit by unit.
//!
//! A unit is usually 16 clusters. It is stored as it is when all its clusters are there, reads as
//! zeros when none is, and is compressed when some are. Source: the documentation of the Linux-NTFS
//! project, "Compression".

use crate::bytes::{Bytes, vec_at};
use crate::fault::Fault;
use crate::formats::ntfs::lznt1;
use crate::formats::ntfs::runs::{Layout, Place, Run};
use crate::formats::ntfs::units::{BATCH, Packed, Unit};
use std::rc::Rc;

/// The clusters of a compressed value.
pub struct Compressed {
    /// The volume.
    pub volume: Rc<dyn Bytes>,
    /// Where its clusters lie.
    pub layout: Layout,
    /// Bytes of a unit; at most [`BATCH`].
    pub unit: u64,
}

impl Packed for Compressed {
    fn unpack(&self, start: u64, end: u64) -> Vec<Unit> {
        let mut units = Vec::new();
        let mut at = start;
        while at < end {
            let mut runs = self.layout.between(at, at.saturating_add(self.unit));
            // Clusters behind the value's end need not be described.
            runs.retain(|run| run.place != Place::Lost || run.at < end);
            units.push(runs);
            at = at.saturating_add(self.unit);
        }
        let Ok(packed) = self.read(&units) else {
            // Where one of the clusters cannot be read, only its own unit is lost.
            let alone = |runs: &Vec<Run>| self.unit(runs, &self.read(std::slice::from_ref(runs))?);
            return units.iter().map(alone).collect();
        };
        let mut rest = packed.as_slice();
        let mut next = |runs: &Vec<Run>| {
            let (clusters, after) = rest.split_at_checked(stored(runs)).unwrap_or_default();
            rest = after;
            self.unit(runs, clusters)
        };
        units.iter().map(&mut next).collect()
    }
}

impl Compressed {
    /// The stored clusters of these units, one behind the other, in as few reads as they allow.
    fn read(&self, units: &[Vec<Run>]) -> Result<Vec<u8>, Fault> {
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
            packed.extend(vec_at(&*self.volume, place, length, BATCH)?);
        }
        Ok(packed)
    }

    fn unit(&self, runs: &[Run], clusters: &[u8]) -> Unit {
        if let Some(run) = runs.iter().find(|run| run.place == Place::Lost) {
            return Err(self.layout.lost(run.at));
        }
        let mut unpacked = vec![0; usize::try_from(self.unit).unwrap_or(0)];
        if runs.iter().any(|run| run.place == Place::Hole) {
            let start = runs.first().map_or(0, |run| run.at);
            lznt1::unpack(clusters, &mut unpacked)
                .map_err(|why| Fault::damaged(start, format!("of the unpacked file: {why}")))?;
        } else if let Some(to) = unpacked.get_mut(..clusters.len()) {
            // The last unit, when it is stored as it is, has only the clusters that it needs.
            to.copy_from_slice(clusters);
        }
        Ok(unpacked)
    }
}

/// Bytes of the clusters that are there.
fn stored(runs: &[Run]) -> usize {
    let there = runs.iter().filter(|run| matches!(run.place, Place::At(_)));
    usize::try_from(there.map(|run| run.length).sum::<u64>()).unwrap_or(usize::MAX)
}
