//! Inclusion and consistency proofs of RFC 6962 sections 2.1.1 and 2.1.2, read from tiles.

use crate::error::AuditError;
use crate::head::Reader;
use crate::merkle::{Hash, node_hash, root, split};
use crate::tile::FULL;

/// A tree of `size` entries on the disk.
#[derive(Clone, Copy)]
pub(crate) struct Tree<'a> {
    pub reader: Reader<'a>,
    pub size: u64,
}

impl Tree<'_> {
    /// Root over the first `size` entries of a log that may have more.
    pub(crate) fn root_at(&self, size: u64) -> Result<Hash, AuditError> {
        if size == 0 { Ok(root(&[])) } else { self.subtree(0, size) }
    }

    /// PATH(m, D[n]): the hashes beside the way from entry `index` to the root over `size`.
    pub(crate) fn inclusion(&self, index: u64, size: u64) -> Result<Vec<Hash>, AuditError> {
        let mut proof = Vec::new();
        let (mut low, mut high) = (0, size);
        while high - low > 1 {
            let middle = low + split(high - low);
            if index < middle {
                proof.push(self.subtree(middle, high)?);
                high = middle;
            } else {
                proof.push(self.subtree(low, middle)?);
                low = middle;
            }
        }
        proof.reverse();
        Ok(proof)
    }

    /// PROOF(m, D[n]): the hashes that show the first `old` entries to be a prefix of `new`.
    pub(crate) fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, AuditError> {
        let mut proof = Vec::new();
        if old == 0 || old == new {
            return Ok(proof);
        }
        let (mut low, mut high) = (0, new);
        while high != old {
            let middle = low + split(high - low);
            if old <= middle {
                proof.push(self.subtree(middle, high)?);
                high = middle;
            } else {
                proof.push(self.subtree(low, middle)?);
                low = middle;
            }
        }
        // The verifier knows the old root itself, so it is left out when it is a whole subtree.
        if low > 0 {
            proof.push(self.subtree(low, high)?);
        }
        proof.reverse();
        Ok(proof)
    }

    /// MTH(D[low:high]); `low` is a multiple of the largest power of two in the length.
    fn subtree(&self, low: u64, high: u64) -> Result<Hash, AuditError> {
        let length = high - low;
        if length.is_power_of_two() {
            return self.complete(low, length);
        }
        let middle = low + split(length);
        Ok(node_hash(&self.subtree(low, middle)?, &self.subtree(middle, high)?))
    }

    /// A complete subtree lies within one tile of the highest level that it reaches.
    fn complete(&self, low: u64, length: u64) -> Result<Hash, AuditError> {
        let level = length.ilog2() / 8;
        let (first, count) = (low >> (8 * level), length >> (8 * level));
        let hashes = self.reader.tile(self.size, level, first / FULL)?;
        let start = (first % FULL) as usize;
        let part = hashes.get(start..start + count as usize);
        part.map(root).ok_or(AuditError::OutOfRange { asked: low + length, size: self.size })
    }
}
