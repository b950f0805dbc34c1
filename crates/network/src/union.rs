//! Union-find over numbers, with path halving and union by size.

/// Disjoint sets of `0..n`.
pub(crate) struct Union {
    parent: Vec<usize>,
    size: Vec<usize>,
}

impl Union {
    pub(crate) fn new(count: usize) -> Self {
        Self { parent: (0..count).collect(), size: vec![1; count] }
    }

    /// The number that stands for the set of `item`.
    pub(crate) fn find(&mut self, mut item: usize) -> usize {
        while let Some(&parent) = self.parent.get(item) {
            if parent == item {
                break;
            }
            let above = self.parent.get(parent).copied().unwrap_or(parent);
            if let Some(slot) = self.parent.get_mut(item) {
                *slot = above;
            }
            item = above;
        }
        item
    }

    /// Joins the sets of two items.
    pub(crate) fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a), self.find(b));
        let size = |set: &Self, of: usize| set.size.get(of).copied().unwrap_or(0);
        let (small, large) = if size(self, a) <= size(self, b) { (a, b) } else { (b, a) };
        if small == large {
            return;
        }
        let sum = size(self, small) + size(self, large);
        if let Some(slot) = self.parent.get_mut(small) {
            *slot = large;
        }
        if let Some(slot) = self.size.get_mut(large) {
            *slot = sum;
        }
    }
}
