//! Randomness as a tree of named streams: whoever draws numbers owns a stream of its own.
//!
//! Two parts of the world never share a stream, so that adding a draw in one place leaves every
//! other place as it was, and so that parts can be made in any order and on any number of threads.
//! The mapping from bits to choices is written here and does not change with a library's version.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use sha2::{Digest, Sha256};

/// A stream of choices that depends on the seed, a name and an index, and on nothing else.
pub(crate) struct Stream(ChaCha8Rng);

impl Stream {
    /// Opens the stream `name`, number `index`, of the world `seed`.
    pub(crate) fn new(seed: u64, name: &str, index: u64) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(seed.to_le_bytes());
        hasher.update(index.to_le_bytes());
        hasher.update(name.as_bytes());
        Self(ChaCha8Rng::from_seed(hasher.finalize().into()))
    }

    /// A number from 0 to `n - 1`; 0 when `n` is 0. The bias is below 2^-32 for the sizes used.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.0.next_u64()) * u128::from(n)) >> 64) as u64
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below(high.abs_diff(low) + 1) as i64
    }

    /// True in `percent` of 100 draws.
    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// A fraction from 0 up to, not including, 1.
    pub(crate) fn fraction(&mut self) -> f32 {
        (self.0.next_u32() >> 8) as f32 / (1u32 << 24) as f32
    }

    /// A fraction between two bounds.
    pub(crate) fn span(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.fraction()
    }

    /// One of `items`; the default value when there is none.
    pub(crate) fn pick<T: Copy + Default>(&mut self, items: &[T]) -> T {
        items.get(self.below(items.len() as u64) as usize).copied().unwrap_or_default()
    }

    /// Random bytes.
    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill_bytes(&mut bytes);
        bytes
    }

    /// As many random bytes as `length` says.
    pub(crate) fn blob(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.0.fill_bytes(&mut bytes);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_depends_on_seed_name_and_index_only() {
        let draw = |seed, name, index| Stream::new(seed, name, index).below(u64::MAX);
        assert_eq!(draw(1, "a", 0), draw(1, "a", 0));
        assert_ne!(draw(1, "a", 0), draw(2, "a", 0));
        assert_ne!(draw(1, "a", 0), draw(1, "b", 0));
        assert_ne!(draw(1, "a", 0), draw(1, "a", 1));
    }

    #[test]
    fn numbers_stay_within_their_bounds() {
        let mut stream = Stream::new(7, "bounds", 0);
        for _ in 0..1000 {
            assert!((-3..=3).contains(&stream.between(-3, 3)));
            assert!((0.0..1.0).contains(&stream.fraction()));
        }
        assert_eq!(stream.below(0), 0);
    }
}
