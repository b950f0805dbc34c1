//! Search by Hamming distance over PDQ bits: every hash is compared, so nothing is missed.
//!
//! The hashes lie in one flat vector and the loop holds nothing but exclusive-or and bit counts,
//! which the compiler turns into vector instructions. A linear scan of a million hashes takes
//! milliseconds; a multi-index belongs here when lists of tens of millions are loaded.

use amparo_model::Pdq;

/// PDQ hashes with the rows they came from.
#[derive(Default)]
pub(crate) struct NearTable {
    bits: Vec<[u64; 4]>,
    rows: Vec<u32>,
}

impl NearTable {
    /// Adds a hash, unless its quality forbids any statement of nearness.
    pub(crate) fn push(&mut self, pdq: &Pdq, row: u32) {
        if pdq.matchable() {
            self.bits.push(words(pdq));
            self.rows.push(row);
        }
    }

    /// How many hashes can be compared against.
    pub(crate) fn len(&self) -> usize {
        self.bits.len()
    }

    /// Every row within `threshold` differing bits, with its distance, in order of insertion.
    /// Empty when the query's own quality is too low.
    pub(crate) fn within(&self, query: &Pdq, threshold: u32) -> Vec<(u32, u32)> {
        if !query.matchable() {
            return Vec::new();
        }
        let query = words(query);
        let distances = self.bits.iter().map(|bits| distance(bits, &query));
        let pairs = self.rows.iter().copied().zip(distances);
        pairs.filter(|(_, distance)| *distance <= threshold).collect()
    }
}

fn words(pdq: &Pdq) -> [u64; 4] {
    let mut words = [0_u64; 4];
    for (word, bytes) in words.iter_mut().zip(pdq.bits.0.as_chunks::<8>().0) {
        *word = u64::from_be_bytes(*bytes);
    }
    words
}

#[inline]
fn distance(a: &[u64; 4], b: &[u64; 4]) -> u32 {
    a.iter().zip(b).map(|(a, b)| (a ^ b).count_ones()).sum()
}
