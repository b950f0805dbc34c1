//! The exact table of one algorithm: sorted hashes behind a table of their first two bytes.
//!
//! Sorted rows are compact (hash plus four bytes), equal hashes of several lists lie side by side,
//! and nothing depends on a hasher's seed. The two-byte table leaves a binary search over a few
//! rows even for lists of millions, because cryptographic hashes spread evenly.

const BUCKETS: usize = 1 << 16;

/// Hash to row numbers, for hashes of `N` bytes.
pub(crate) struct ExactTable<const N: usize> {
    /// Sorted by hash, then row.
    entries: Vec<([u8; N], u32)>,
    /// Where the entries of each two-byte prefix start; one more than there are prefixes.
    starts: Vec<usize>,
}

impl<const N: usize> ExactTable<N> {
    /// Builds the table; the order of `entries` does not matter.
    pub(crate) fn build(mut entries: Vec<([u8; N], u32)>) -> Self {
        entries.sort_unstable();
        entries.dedup();
        let mut starts = vec![0_usize; BUCKETS + 1];
        for (hash, _) in &entries {
            if let Some(count) = starts.get_mut(prefix(hash) + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        Self { entries, starts }
    }

    /// The rows of this hash in ascending order; empty when no list has it.
    pub(crate) fn rows(&self, hash: &[u8; N]) -> impl Iterator<Item = u32> + '_ {
        let bucket = self.bucket(prefix(hash));
        let from = bucket.partition_point(|(other, _)| other < hash);
        let upto = bucket.partition_point(|(other, _)| other <= hash);
        bucket.get(from..upto).unwrap_or_default().iter().map(|(_, row)| *row)
    }

    fn bucket(&self, prefix: usize) -> &[([u8; N], u32)] {
        let (Some(&from), Some(&upto)) = (self.starts.get(prefix), self.starts.get(prefix + 1))
        else {
            return &[];
        };
        self.entries.get(from..upto).unwrap_or_default()
    }
}

fn prefix<const N: usize>(hash: &[u8; N]) -> usize {
    let byte = |at: usize| usize::from(hash.get(at).copied().unwrap_or(0));
    byte(0) << 8 | byte(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};

    #[test]
    fn every_inserted_hash_is_found_and_no_other() {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        let entries: Vec<([u8; 4], u32)> = (0..5000).map(|row| (rng.random(), row)).collect();
        let table = ExactTable::build(entries.clone());
        for (hash, row) in &entries {
            assert!(table.rows(hash).any(|found| found == *row), "{hash:?}");
        }
        for _ in 0..5000 {
            let hash: [u8; 4] = rng.random();
            let expect: Vec<u32> =
                entries.iter().filter(|(other, _)| *other == hash).map(|(_, row)| *row).collect();
            assert_eq!(table.rows(&hash).collect::<Vec<_>>(), expect);
        }
    }

    #[test]
    fn equal_hashes_give_all_their_rows_in_order() {
        let table = ExactTable::build(vec![([7; 16], 9), ([8; 16], 2), ([7; 16], 3)]);
        assert_eq!(table.rows(&[7; 16]).collect::<Vec<_>>(), [3, 9]);
        assert_eq!(table.rows(&[255; 16]).count(), 0);
    }
}
