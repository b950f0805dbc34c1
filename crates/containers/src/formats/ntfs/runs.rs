//! Values in clusters: where they lie, and their bytes.
//!
//! Source: the documentation of the Linux-NTFS project, "Data runs".

use crate::bytes::Bytes;
use crate::fault::Fault;
use crate::formats::ntfs::boot::Geometry;
use crate::formats::ntfs::record::Extent;
use std::rc::Rc;

/// More pieces than an attribute list can describe on a volume that Windows wrote.
const RUNS_MAX: usize = 4 << 20;

/// A stretch of a value, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// Where in the value.
    pub at: u64,
    /// How long.
    pub length: u64,
    /// Where on the volume.
    pub place: Place,
}

/// Where a stretch lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// From this byte of the volume on.
    At(u64),
    /// Nowhere: it reads as zeros.
    Hole,
    /// Nobody says: the part of the MFT that described it is missing.
    Lost,
}

/// Where a whole value lies: runs in order, without gaps.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// In order.
    pub runs: Vec<Run>,
    /// Behind the last run.
    pub end: u64,
    /// Why it goes no further.
    why: Option<String>,
}

impl Layout {
    /// Adds the next part. Parts must come in order.
    pub fn add(&mut self, extent: &Extent<'_>, geometry: &Geometry) {
        let Some(first) = extent.first.checked_mul(geometry.cluster) else {
            return self.stop("a part of its runs begins beyond every volume");
        };
        if self.why.is_some() {
            return;
        }
        if first < self.end {
            return self.stop("parts of its runs overlap");
        }
        if first > self.end {
            self.push(first - self.end, Place::Lost);
        }
        if let Err(why) = self.unpack(extent.packed, geometry) {
            self.stop(why);
        }
    }

    fn stop(&mut self, why: &str) {
        self.why.get_or_insert_with(|| why.to_owned());
    }

    fn push(&mut self, length: u64, place: Place) {
        self.runs.push(Run { at: self.end, length, place });
        self.end += length;
    }

    fn unpack(&mut self, packed: &[u8], geometry: &Geometry) -> Result<(), &'static str> {
        let (mut rest, mut cluster) = (packed, 0_i64);
        while let Some((&head, after)) = rest.split_first().filter(|(head, _)| **head != 0) {
            let (length_bytes, place_bytes) = (usize::from(head & 15), usize::from(head >> 4));
            let ends = after.split_at_checked(length_bytes).and_then(|(length, after)| {
                let (place, after) = after.split_at_checked(place_bytes)?;
                Some((signed(length)?, place, after))
            });
            let (count, place, after) = ends.ok_or("a run is cut off")?;
            rest = after;
            let length = u64::try_from(count).ok().and_then(|n| n.checked_mul(geometry.cluster));
            let length = length.filter(|n| *n > 0 && self.end.checked_add(*n).is_some());
            let length = length.ok_or("a run has no sensible length")?;
            if self.runs.len() >= RUNS_MAX {
                return Err("it has more runs than a volume can hold");
            }
            if place.is_empty() {
                self.push(length, Place::Hole);
                continue;
            }
            let moved = signed(place).and_then(|by| cluster.checked_add(by));
            cluster = moved.ok_or("a run lies nowhere")?;
            let start = u64::try_from(cluster).ok().and_then(|n| n.checked_mul(geometry.cluster));
            let inside =
                |start: &u64| start.checked_add(length).is_some_and(|e| e <= geometry.length);
            let start = start.filter(inside).ok_or("a run leaves the volume")?;
            self.push(length, Place::At(start));
        }
        Ok(())
    }

    /// The run at a byte of the value, from that byte on.
    pub fn at(&self, at: u64) -> Option<Run> {
        let behind = self.runs.partition_point(|run| run.at <= at);
        let run = self.runs.get(behind.checked_sub(1)?)?;
        let skip = at - run.at;
        let length = run.length.checked_sub(skip).filter(|length| *length > 0)?;
        let place = match run.place {
            Place::At(place) => Place::At(place + skip),
            other => other,
        };
        Some(Run { at, length, place })
    }

    /// The runs of one stretch of the value, cut to it; a last one is lost when they end before.
    pub fn between(&self, mut at: u64, end: u64) -> Vec<Run> {
        let mut runs = Vec::new();
        while at < end {
            let lost = Run { at, length: end - at, place: Place::Lost };
            let mut run = self.at(at).unwrap_or(lost);
            run.length = run.length.min(end - at);
            at += run.length;
            runs.push(run);
        }
        runs
    }

    /// Why nobody knows where the value goes on.
    pub fn lost(&self, at: u64) -> Fault {
        let why = self.why.as_deref().unwrap_or("nothing says where it goes on");
        Fault::damaged(at, format!("of this value: {why}"))
    }
}

/// A little-endian number in two's complement; `None` for more than eight bytes or none.
fn signed(bytes: &[u8]) -> Option<i64> {
    let top = *bytes.last()?;
    let fill = if top & 0x80 != 0 { 0xFF } else { 0 };
    let mut all = [fill; 8];
    all.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(i64::from_le_bytes(all))
}

/// The bytes of a value that is stored as it is.
pub struct Scattered {
    /// The volume.
    pub volume: Rc<dyn Bytes>,
    /// Where they lie.
    pub layout: Layout,
    /// How many there are.
    pub size: u64,
    /// How many of them were written; the rest reads as zeros.
    pub written: u64,
}

impl Scattered {
    /// Reads what one run holds, from its beginning.
    fn read_run(&self, run: &Run, into: &mut [u8]) -> Result<(), Fault> {
        match run.place {
            Place::At(place) => crate::bytes::read_exact_at(&*self.volume, place, into),
            Place::Hole => {
                into.fill(0);
                Ok(())
            }
            Place::Lost => Err(self.layout.lost(run.at)),
        }
    }
}

impl Bytes for Scattered {
    fn len(&self) -> u64 {
        self.size
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
        let there = self.size.saturating_sub(at).min(into.len() as u64);
        let end = at + there;
        let written = self.written.clamp(at, end);
        let mut left = into;
        for run in self.layout.between(at, written) {
            let (part, rest) = left.split_at_mut(usize::try_from(run.length).unwrap_or(0));
            self.read_run(&run, part)?;
            left = rest;
        }
        let blank = usize::try_from(end - written).unwrap_or(0);
        left.iter_mut().take(blank).for_each(|byte| *byte = 0);
        Ok(usize::try_from(there).unwrap_or(0))
    }

    fn runs(&self) -> Option<Vec<(Option<u64>, u64)>> {
        let written = self.written.min(self.size);
        let place = |run: Run| match run.place {
            Place::At(at) => {
                (at + run.length <= self.volume.len()).then_some((Some(at), run.length))
            }
            Place::Hole => Some((None, run.length)),
            Place::Lost => None,
        };
        let mut runs: Vec<_> =
            self.layout.between(0, written).into_iter().map(place).collect::<Option<_>>()?;
        if written < self.size {
            runs.push((None, self.size - written));
        }
        Some(runs)
    }
}
