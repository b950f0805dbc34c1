//! Searches many queries together, one band after another, in the order of the buckets.
//!
//! What a search costs is waiting for memory: 272 buckets lie in as many pages. Queries that are
//! asked together read the buckets of a band in ascending order instead, so that pages and lines
//! are shared between them and come before they are needed. A single query is a batch of one.

use super::{BANDS, Band, HASH, Mixed, NearIndex, distance, number, to_bytes};
use crate::mapped::{Wide, prefetch, widest};

/// From here on a band may differ in two bits everywhere, and a scan is simpler.
const SCAN_FROM: u32 = 2 * BANDS as u32;
/// Queries in one batch: enough to read a band nearly in one stroke, few enough for the caches.
const BATCH: usize = 4096;
/// Entries compared at a time; one vector register of 16-bit numbers.
const LANES: usize = 16;
/// Memory is asked for so many steps before it is read.
const AHEAD: usize = 16;
const LINE: usize = 64;
/// Buckets are visited in groups of 64, which is about a page or two of a large index.
const GROUP_BITS: u32 = 6;
const GROUPS: usize = 1 << (16 - GROUP_BITS);

/// A bucket to be read for a query.
#[derive(Clone, Copy, Default)]
struct Probe {
    query: u32,
    bucket: u16,
    /// Bits in which the next band may differ.
    limit: u16,
}

/// A hash that lies within the radius of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Found {
    /// Number of the query.
    pub(crate) query: u32,
    /// Number of the hash.
    pub(crate) hash: u32,
    /// Differing bits.
    pub(crate) distance: u32,
}

impl NearIndex {
    /// Every hash within `radius` differing bits of each query, in ascending order.
    pub(crate) fn within(&self, queries: &[Mixed], radius: u32) -> Vec<Found> {
        let mut all = Vec::new();
        let scan = self.layout.bands.is_empty() || radius >= SCAN_FROM;
        for (batch, first) in queries.chunks(BATCH).zip((0_u32..).step_by(BATCH)) {
            let mut found = match scan {
                true => widest(ScanAll { index: self, queries: batch, radius }),
                false => widest(ReadBands { index: self, queries: batch, radius }),
            };
            found.iter_mut().for_each(|found| found.query += first);
            all.append(&mut found);
        }
        all
    }
}

/// Compares everything with everything.
struct ScanAll<'a> {
    index: &'a NearIndex,
    queries: &'a [Mixed],
    radius: u32,
}

impl Wide for ScanAll<'_> {
    type Result = Vec<Found>;

    #[inline(always)]
    fn run(self) -> Vec<Found> {
        let mut found = Vec::new();
        for (query, mixed) in (0..).zip(self.queries) {
            let bytes = to_bytes(mixed);
            for (hash, known) in (0..).zip(self.index.hashes()) {
                let distance = distance(known, &bytes);
                if distance <= self.radius {
                    found.push(Found { query, hash, distance });
                }
            }
        }
        found
    }
}

/// Reads the buckets of every band that can hold a hash within the radius.
struct ReadBands<'a> {
    index: &'a NearIndex,
    queries: &'a [Mixed],
    radius: u32,
}

impl Wide for ReadBands<'_> {
    type Result = Vec<Found>;

    #[inline(always)]
    fn run(self) -> Vec<Found> {
        let queries: Vec<[u8; HASH]> = self.queries.iter().map(to_bytes).collect();
        let (mut found, mut left) = (Vec::new(), Vec::new());
        for (number, band) in self.index.layout.bands.iter().enumerate() {
            let probes = self.probes(number);
            left.clear();
            self.read_buckets(band, (number + 1) % BANDS, &probes, &mut left);
            self.look_up_hashes(band, &mut left);
            self.compare(&queries, &left, &mut found);
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

impl ReadBands<'_> {
    /// Each query's own bucket and, where the radius asks for it, those that differ in one bit; in
    /// ascending groups. See the module doc of `near` for why two bands may differ in `radius / 8`
    /// bits.
    fn probes(&self, band: usize) -> Vec<Probe> {
        let both = (self.radius / (BANDS as u32 / 2)) as u16;
        let flips = if self.radius >= BANDS as u32 { 16 } else { 0 };
        let all = || {
            (0..).zip(self.queries).flat_map(move |(query, mixed)| {
                let own = mixed.get(band).copied().unwrap_or_default();
                let near = (0..flips).map(move |bit| (own ^ (1 << bit), both - 1));
                std::iter::once((own, both)).chain(near).map(move |(bucket, limit)| Probe {
                    query,
                    bucket,
                    limit,
                })
            })
        };
        let mut places = vec![0_usize; GROUPS + 1];
        for probe in all() {
            places.get_mut(group(probe) + 1).into_iter().for_each(|count| *count += 1);
        }
        let mut sum = 0;
        for place in &mut places {
            sum += *place;
            *place = sum;
        }
        let mut sorted = vec![Probe::default(); sum];
        for probe in all() {
            let Some(place) = places.get_mut(group(probe)) else { continue };
            sorted.get_mut(*place).into_iter().for_each(|to| *to = probe);
            *place += 1;
        }
        sorted
    }

    /// Notes query and place of the entries that the next band does not turn away.
    #[inline(always)]
    fn read_buckets(
        &self,
        band: &Band,
        following: usize,
        probes: &[Probe],
        left: &mut Vec<(u32, u32)>,
    ) {
        let starts = self.index.part(&band.starts).as_chunks::<4>().0;
        let next = self.index.part(&band.next).as_chunks::<2>().0;
        let start_of = |bucket: usize| starts.get(bucket).map(|start| u32::from_le_bytes(*start));
        for (at, probe) in probes.iter().enumerate() {
            if let Some(later) = probes.get(at + AHEAD) {
                let start = start_of(usize::from(later.bucket)).unwrap_or_default();
                let byte = band.next.start + start as usize * 2;
                (0..5).for_each(|line| prefetch(&self.index.bytes, byte + line * LINE));
            }
            let bucket = usize::from(probe.bucket);
            let (Some(start), Some(end)) = (start_of(bucket), start_of(bucket + 1)) else {
                continue;
            };
            let entries = next.get(start as usize..end as usize).unwrap_or_default();
            let query = self.queries.get(probe.query as usize);
            let want = query.and_then(|mixed| mixed.get(following)).copied().unwrap_or_default();
            close(entries, want, probe.limit, |place| left.push((probe.query, start + place)));
        }
    }

    /// Turns the places of entries into numbers of hashes.
    #[inline(always)]
    fn look_up_hashes(&self, band: &Band, left: &mut [(u32, u32)]) {
        let ids = self.index.part(&band.ids);
        for at in 0..left.len() {
            if let Some((_, later)) = left.get(at + AHEAD) {
                prefetch(ids, *later as usize * 4);
            }
            if let Some((_, place)) = left.get_mut(at) {
                *place = number(ids, *place as usize).unwrap_or(u32::MAX);
            }
        }
    }

    #[inline(always)]
    fn compare(&self, queries: &[[u8; HASH]], left: &[(u32, u32)], found: &mut Vec<Found>) {
        let hashes = self.index.hashes();
        let at_hash = self.index.layout.hashes.start;
        for (at, (query, hash)) in left.iter().enumerate() {
            if let Some((_, later)) = left.get(at + AHEAD) {
                prefetch(&self.index.bytes, at_hash + *later as usize * HASH);
            }
            let pair = (queries.get(*query as usize), hashes.get(*hash as usize));
            let (Some(wanted), Some(known)) = pair else { continue };
            let distance = distance(known, wanted);
            if distance <= self.radius {
                found.push(Found { query: *query, hash: *hash, distance });
            }
        }
    }
}

fn group(probe: Probe) -> usize {
    usize::from(probe.bucket >> GROUP_BITS)
}

/// Calls `note` with the place of each entry whose next band differs in few enough bits. Most
/// lanes hold none, so they are tested for any before one by one.
#[inline(always)]
fn close(entries: &[[u8; 2]], want: u16, limit: u16, mut note: impl FnMut(u32)) {
    let differing = |next: &[u8; 2]| (u16::from_le_bytes(*next) ^ want).count_ones() as u16;
    let (whole, rest) = entries.as_chunks::<LANES>();
    let mut first = 0;
    for lanes in whole {
        let any = lanes.iter().fold(false, |any, next| any | (differing(next) <= limit));
        if any {
            let near = (first..).zip(lanes).filter(|(_, next)| differing(next) <= limit);
            near.for_each(|(place, _)| note(place));
        }
        first += LANES as u32;
    }
    let near = (first..).zip(rest).filter(|(_, next)| differing(next) <= limit);
    near.for_each(|(place, _)| note(place));
}
