//! One search after another over the same index, with its working memory kept between them.

use super::{BANDS, BUCKETS, HASH, Mixed, NearIndex, distance, number, to_bytes};
use crate::mapped::{prefetch, widest};

/// From here on a band may differ in two bits everywhere, and a scan is simpler.
const SCAN_FROM: u32 = 2 * BANDS as u32;
const LINE: usize = 64;
/// Entries compared at a time; one vector instruction's worth of 16-bit numbers.
const LANES: usize = 16;

/// A bucket to read.
struct Probe {
    band: usize,
    start: usize,
    end: usize,
    /// The next band's bits of the query.
    next: u16,
    /// Bits in which the next band may differ.
    limit: u32,
}

/// Searches of one thread.
pub(crate) struct Search<'i> {
    index: &'i NearIndex,
    probes: Vec<Probe>,
    /// `(band, entry)` of what the next band did not turn away.
    left: Vec<(usize, usize)>,
    candidates: Vec<u32>,
}

impl<'i> Search<'i> {
    pub(crate) fn new(index: &'i NearIndex) -> Self {
        let (probes, left, candidates) = (Vec::new(), Vec::new(), Vec::new());
        Self { index, probes, left, candidates }
    }

    /// Every hash within `radius` differing bits as `(number, distance)`, in ascending order.
    pub(crate) fn within(&mut self, query: &Mixed, radius: u32) -> Vec<(u32, u32)> {
        if self.index.layout.bands.is_empty() || radius >= SCAN_FROM {
            return self.scan_all(query, radius);
        }
        self.choose_buckets(query, radius);
        widest(|| self.read_buckets());
        self.collect_candidates();
        let query = to_bytes(query);
        widest(|| self.compare(&query, radius))
    }

    fn scan_all(&self, query: &Mixed, radius: u32) -> Vec<(u32, u32)> {
        let query = to_bytes(query);
        let hashes = self.index.hashes();
        widest(|| {
            let distances = hashes.iter().map(|hash| distance(hash, &query));
            (0..).zip(distances).filter(|(_, distance)| *distance <= radius).collect()
        })
    }

    /// The query's own bucket in each band and, where the radius asks for it, those that differ in
    /// one bit. See the module doc of `near` for why two bands may differ in `radius / 8` bits.
    fn choose_buckets(&mut self, query: &Mixed, radius: u32) {
        self.probes.clear();
        let both = radius / (BANDS as u32 / 2);
        let ring = query.iter().zip(query.iter().cycle().skip(1)).enumerate();
        for (band, (own, next)) in ring {
            self.probe(band, *own, *next, both);
            if radius >= BANDS as u32 {
                for bit in 0..16 {
                    self.probe(band, own ^ (1 << bit), *next, both - 1);
                }
            }
        }
    }

    fn probe(&mut self, band: usize, bucket: u16, next: u16, limit: u32) {
        let Some(parts) = self.index.layout.bands.get(band) else { return };
        let starts = self.index.part(&parts.starts);
        let bucket = usize::from(bucket);
        debug_assert!(bucket < BUCKETS);
        if let (Some(start), Some(end)) = (number(starts, bucket), number(starts, bucket + 1)) {
            let (start, end) = (start as usize, end as usize);
            let first = parts.next.start + start * 2;
            // Further lines of a long bucket are fetched by the processor of its own accord.
            (0..4).for_each(|line| prefetch(&self.index.bytes, first + line * LINE));
            self.probes.push(Probe { band, start, end, next, limit });
        }
    }

    #[inline(always)]
    fn read_buckets(&mut self) {
        self.left.clear();
        for probe in &self.probes {
            let Some(parts) = self.index.layout.bands.get(probe.band) else { continue };
            let next = self.index.part(&parts.next).as_chunks::<2>().0;
            let bucket = next.get(probe.start..probe.end).unwrap_or_default();
            close(bucket, probe, &mut self.left);
        }
    }

    fn collect_candidates(&mut self) {
        let bands = &self.index.layout.bands;
        for (band, entry) in &self.left {
            if let Some(parts) = bands.get(*band) {
                prefetch(&self.index.bytes, parts.ids.start + entry * 4);
            }
        }
        self.candidates.clear();
        for (band, entry) in &self.left {
            let Some(parts) = bands.get(*band) else { continue };
            let Some(id) = number(self.index.part(&parts.ids), *entry) else { continue };
            prefetch(&self.index.bytes, self.index.layout.hashes.start + id as usize * HASH);
            self.candidates.push(id);
        }
    }

    #[inline(always)]
    fn compare(&self, query: &[u8; HASH], radius: u32) -> Vec<(u32, u32)> {
        let hashes = self.index.hashes();
        let measure = |id: &u32| Some((*id, distance(hashes.get(*id as usize)?, query)));
        let measured = self.candidates.iter().filter_map(measure);
        let mut found: Vec<_> = measured.filter(|(_, distance)| *distance <= radius).collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// Notes the entries of a bucket whose next band is close enough. Most buckets hold none, so
/// whole lanes are tested for any before one by one.
#[inline(always)]
fn close(bucket: &[[u8; 2]], probe: &Probe, left: &mut Vec<(usize, usize)>) {
    let limit = probe.limit as u16;
    let differing = |next: &[u8; 2]| (u16::from_le_bytes(*next) ^ probe.next).count_ones() as u16;
    let mut note = |lanes: &[[u8; 2]], first: usize| {
        for (at, next) in lanes.iter().enumerate() {
            if differing(next) <= limit {
                left.push((probe.band, probe.start + first + at));
            }
        }
    };
    let (whole, rest) = bucket.as_chunks::<LANES>();
    for (block, lanes) in whole.iter().enumerate() {
        let any = lanes.iter().fold(false, |any, next| any | (differing(next) <= limit));
        if any {
            note(lanes, block * LANES);
        }
    }
    note(rest, whole.len() * LANES);
}
