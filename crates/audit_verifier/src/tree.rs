//! The tree, grown leaf by leaf as a stack of complete subtrees (RFC 6962, section 2.1).

use sha2::{Digest, Sha256};

/// SHA-256.
pub type Hash = [u8; 32];

/// Hash of an entry as a leaf.
#[must_use]
pub fn hash_leaf(entry: &[u8]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(b"\x00");
    hasher.update(entry);
    hasher.finalize().into()
}

/// Hash of a node over its two children.
pub(crate) fn hash_children(left: &Hash, right: &Hash) -> Hash {
    let mut input = [1_u8; 65];
    let (_, both) = input.split_at_mut(1);
    let (first, second) = both.split_at_mut(32);
    first.copy_from_slice(left);
    second.copy_from_slice(right);
    Sha256::digest(input).into()
}

/// Complete subtrees of the leaves so far, widest first, like the ones of a binary number.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stack {
    subtrees: Vec<(u32, Hash)>,
}

impl Stack {
    /// Adds a leaf and tells of each subtree that it completed, the leaf included: its height and
    /// its hash.
    pub(crate) fn push(&mut self, leaf: Hash, mut completed: impl FnMut(u32, Hash)) {
        let (mut height, mut hash) = (0, leaf);
        completed(height, hash);
        while let Some((_, left)) = self.subtrees.pop_if(|(other, _)| *other == height) {
            height += 1;
            hash = hash_children(&left, &hash);
            completed(height, hash);
        }
        self.subtrees.push((height, hash));
    }

    /// Root over the leaves so far.
    pub(crate) fn root(&self) -> Hash {
        let mut from_right = self.subtrees.iter().rev().map(|(_, hash)| *hash);
        match from_right.next() {
            None => Sha256::digest(b"").into(),
            Some(last) => from_right.fold(last, |right, left| hash_children(&left, &right)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::HEXLOWER;

    /// Leaves and roots from the test data of the Certificate Transparency project.
    const VECTORS: &str = "
- e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
'' 6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d
00 fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125
10 aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77
2021 d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7
3031 4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4
40414243 76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef
5051525354555657 ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c
606162636465666768696a6b6c6d6e6f 5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328";

    #[test]
    fn roots_are_those_of_the_published_vectors() {
        let mut stack = Stack::default();
        for line in VECTORS.lines().filter(|line| !line.is_empty()) {
            let (leaf, root) = line.trim().split_once(' ').expect("two columns");
            if leaf != "-" {
                let bytes = HEXLOWER.decode(leaf.trim_matches('\'').as_bytes()).expect("hex");
                stack.push(hash_leaf(&bytes), |_, _| {});
            }
            assert_eq!(HEXLOWER.encode(&stack.root()), root.trim(), "after {leaf}");
        }
    }

    #[test]
    fn each_completed_subtree_is_told_once() {
        let mut stack = Stack::default();
        let mut heights = Vec::new();
        for _ in 0..4 {
            stack.push([0; 32], |height, _| heights.push(height));
        }
        assert_eq!(heights, [0, 0, 1, 0, 0, 1, 2]);
    }
}
