//! Proofs for somebody who has a checkpoint but may not see the log: one entry lies in it, or one
//! checkpoint continues another. Written after RFC 9162, sections 2.1.3.2 and 2.1.4.2.

use crate::tree::{Hash, hash_children};

/// Whether `proof` shows that the entry with hash `leaf` has position `index` in the tree of `size`
/// entries with that `root`.
#[must_use]
pub fn check_inclusion(leaf: Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if node % 2 == 1 || node == last {
            hash = hash_children(sibling, &hash);
            climb_to_right_child(&mut node, &mut last);
        } else {
            hash = hash_children(&hash, sibling);
        }
        (node, last) = (node / 2, last / 2);
    }
    last == 0 && hash == *root
}

/// Whether `proof` shows that the tree of `old` entries with root `old_root` is a prefix of that of
/// `new` entries with `new_root`.
#[must_use]
pub fn check_consistency(
    (old, old_root): (u64, &Hash),
    (new, new_root): (u64, &Hash),
    proof: &[Hash],
) -> bool {
    if old == 0 || old >= new {
        return proof.is_empty() && (old == 0 || (old == new && old_root == new_root));
    }
    let own = old.is_power_of_two().then_some(old_root);
    let mut steps = own.into_iter().chain(proof);
    let Some(first) = steps.next() else { return false };
    let (mut node, mut last) = (old - 1, new - 1);
    while node % 2 == 1 {
        (node, last) = (node / 2, last / 2);
    }
    let (mut old_hash, mut new_hash) = (*first, *first);
    for step in steps {
        if last == 0 {
            return false;
        }
        if node % 2 == 1 || node == last {
            old_hash = hash_children(step, &old_hash);
            new_hash = hash_children(step, &new_hash);
            climb_to_right_child(&mut node, &mut last);
        } else {
            new_hash = hash_children(&new_hash, step);
        }
        (node, last) = (node / 2, last / 2);
    }
    last == 0 && old_hash == *old_root && new_hash == *new_root
}

/// Skips the levels on which the node has no sibling because the tree ends there.
fn climb_to_right_child(node: &mut u64, last: &mut u64) {
    while node.is_multiple_of(2) && *node != 0 {
        (*node, *last) = (*node / 2, *last / 2);
    }
}
