//! Which clusters were met already: the end of every loop, and the proof of every crossing.

/// Clusters of one page.
const PAGE: u32 = 65_536;
const WORDS: usize = 1_024;

/// A set of clusters; memory grows with what was met.
pub struct Taken {
    pages: Vec<Option<Box<[u64; WORDS]>>>,
    left: u64,
}

impl Taken {
    /// None yet, of a volume with so many clusters; at most `bytes` of memory.
    pub fn new(clusters: u32, bytes: u64) -> Self {
        let pages = usize::try_from(clusters / PAGE).unwrap_or(0) + 1;
        Self { pages: vec![None; pages], left: bytes / (WORDS as u64 * 8) }
    }

    /// Notes a cluster (counted from 0) and says whether it is new. Where memory ends, every
    /// cluster is new: what was judged before stands, and callers count their steps.
    pub fn take(&mut self, cluster: u32) -> bool {
        let page = usize::try_from(cluster / PAGE).ok().and_then(|page| self.pages.get_mut(page));
        let Some(page) = page else {
            return true;
        };
        if page.is_none() {
            if self.left == 0 {
                return true;
            }
            self.left -= 1;
        }
        let page = page.get_or_insert_with(|| Box::new([0; WORDS]));
        let within = cluster % PAGE;
        let word = usize::try_from(within / 64).ok().and_then(|word| page.get_mut(word));
        let bit = 1_u64 << (within % 64);
        word.is_none_or(|word| {
            let new = *word & bit == 0;
            *word |= bit;
            new
        })
    }

    /// Whether there was memory for all that came.
    pub fn complete(&self) -> bool {
        self.left > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_is_new_once() {
        let mut taken = Taken::new(200_000, 1 << 20);
        for cluster in [0, 63, 64, 65_535, 65_536, 199_999] {
            assert!(taken.take(cluster), "{cluster}");
            assert!(!taken.take(cluster), "{cluster}");
        }
        assert!(taken.complete());
        let mut none = Taken::new(10, 0);
        assert!(none.take(1) && none.take(1) && !none.complete());
    }
}
