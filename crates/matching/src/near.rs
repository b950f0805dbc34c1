//! All PDQ hashes within a distance, none missed: 16 bands of 16 bits, each sorted into buckets.
//!
//! Two hashes that differ in at most 31 bits differ in at most one bit of some band. More holds:
//! seen as a ring, some band `i` has at most 31/16 differing bits, `i` and the next one together at
//! most 2 * 31/16, and so on round the ring (Qin and Xiao, "Pigeonring: a principle for faster
//! thresholded similarity search", VLDB 2018). So only buckets at distance 0 and 1 are read, and
//! beside each entry lie the 16 bits of the next band: they turn away more than 99 in 100 entries
//! of unrelated hashes before anything else is read. What is left is compared in full.
//!
//! Neighbouring bits of a PDQ depend on each other, and so would the bits of a band made of them;
//! [`mix`] makes each band of one bit of every row of the transform. Few hashes, and distances
//! from 32 bits up, are answered by a plain scan.

mod build;
mod search;

pub(crate) use build::Plan;

use crate::mapped::Bytes;
use crate::seal::{Damage, Kind, unseal};
use amparo_model::Bits256;
use amparo_model::wire::Reader;
use std::ops::Range;

pub(crate) const KIND: Kind = *b"AMPNEAR1";

/// The row number's highest bit says that the hash is that of a video frame.
pub(crate) const FRAME: u32 = 1 << 31;

const HEADER: usize = 64;
const HASH: usize = 32;
const BANDS: usize = 16;
const BUCKETS: usize = 1 << 16;
/// Below this many hashes the tables of the bands would be larger than all else.
const BANDED_FROM: u64 = 1 << 16;

/// A hash as its 16 bands.
pub(crate) type Mixed = [u16; BANDS];

/// Cuts a hash into bands: band `i` takes from each of its 16 words one bit, five places further
/// in every word. Distances stay as they are.
pub(crate) fn mix(bits: &Bits256) -> Mixed {
    let mut bands = [0; BANDS];
    for (at, word) in bits.0.as_chunks::<2>().0.iter().enumerate() {
        let word = u16::from_be_bytes(*word).rotate_right(5 * at as u32 % 16);
        for (band, mixed) in bands.iter_mut().enumerate() {
            *mixed |= ((word >> band) & 1) << at;
        }
    }
    bands
}

fn to_bytes(mixed: &Mixed) -> [u8; HASH] {
    let mut bytes = [0; HASH];
    for (to, band) in bytes.as_chunks_mut::<2>().0.iter_mut().zip(mixed) {
        *to = band.to_le_bytes();
    }
    bytes
}

#[inline(always)]
fn distance(a: &[u8; HASH], b: &[u8; HASH]) -> u32 {
    let (a, b) = (a.as_chunks::<8>().0, b.as_chunks::<8>().0);
    let differing = |(a, b): (&[u8; 8], &[u8; 8])| u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b);
    a.iter().zip(b).map(differing).map(u64::count_ones).sum()
}

/// The index, read where it lies.
pub(crate) struct NearIndex {
    bytes: Bytes,
    layout: Layout,
}

/// Where the parts lie.
struct Layout {
    count: usize,
    hashes: Range<usize>,
    rows: Range<usize>,
    /// Empty for few hashes.
    bands: Vec<Band>,
    end: usize,
}

struct Band {
    /// First entry of each bucket, one more than there are buckets.
    starts: Range<usize>,
    /// The next band's bits of each entry.
    next: Range<usize>,
    /// The number of each entry's hash.
    ids: Range<usize>,
}

impl Layout {
    fn new(hashes: u64) -> Option<Self> {
        let count = usize::try_from(hashes).ok()?;
        let mut at = HEADER;
        let mut part = |length: Option<usize>| {
            let start = at;
            at = at.checked_add(length?)?;
            Some(start..at)
        };
        let (hashes_at, rows) = (part(count.checked_mul(HASH))?, part(count.checked_mul(4))?);
        let bands = if hashes < BANDED_FROM { 0 } else { BANDS };
        let bands = (0..bands).map(|_| {
            Some(Band {
                starts: part(Some((BUCKETS + 1) * 4))?,
                next: part(count.checked_mul(2))?,
                ids: part(count.checked_mul(4))?,
            })
        });
        let bands: Vec<Band> = bands.collect::<Option<_>>()?;
        Some(Self { count, hashes: hashes_at, rows, bands, end: at })
    }
}

impl NearIndex {
    /// Checks all of the bytes.
    pub(crate) fn new(bytes: Bytes) -> Result<Self, Damage> {
        let (body, _) = unseal(&bytes, KIND)?;
        let count = Reader::new(body).u64().ok_or(Damage::Contradiction("header"))?;
        let layout = Layout::new(count).filter(|layout| layout.end == body.len());
        Ok(Self { layout: layout.ok_or(Damage::Contradiction("sections"))?, bytes })
    }

    /// The row of a hash, with [`FRAME`] where it is that of a video frame.
    pub(crate) fn row(&self, hash: u32) -> Option<u32> {
        number(self.part(&self.layout.rows), hash as usize)
    }

    fn part(&self, range: &Range<usize>) -> &[u8] {
        self.bytes.get(range.clone()).unwrap_or_default()
    }

    fn hashes(&self) -> &[[u8; HASH]] {
        self.part(&self.layout.hashes).as_chunks().0
    }
}

#[inline]
fn number(numbers: &[u8], at: usize) -> Option<u32> {
    numbers.as_chunks().0.get(at).map(|bytes| u32::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};

    #[test]
    fn mixing_moves_every_bit_to_a_place_of_its_own_and_keeps_distances() {
        let mut seen = std::collections::BTreeSet::new();
        for bit in 0..256 {
            let mut one = Bits256([0; 32]);
            one.0[bit / 8] = 1 << (bit % 8);
            let bytes = to_bytes(&mix(&one));
            assert_eq!(bytes.iter().map(|byte| byte.count_ones()).sum::<u32>(), 1);
            assert!(seen.insert(bytes));
        }
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        let (a, b) = (Bits256(rng.random()), Bits256(rng.random()));
        let plain: u32 = a.0.iter().zip(b.0).map(|(a, b)| (a ^ b).count_ones()).sum();
        assert_eq!(distance(&to_bytes(&mix(&a)), &to_bytes(&mix(&b))), plain);
    }
}
