//! Object maps: where the objects with virtual numbers lie (reference, "Object Maps").

use super::btree::Tree;
use super::object::{Blocks, OMAP};
use crate::bytes::{le32, le64};
use crate::fault::Fault;
use std::rc::Rc;

/// Flags of an entry.
const DELETED: u32 = 1;
const ENCRYPTED: u32 = 4;
/// Bytes of a key and of a value.
const FIXED: (usize, usize) = (16, 16);

/// An object map, as of one transaction.
pub struct Omap {
    tree: Tree,
    transaction: u64,
}

impl Omap {
    /// The map whose object lies in this block.
    ///
    /// # Errors
    /// [`Fault`] when it is none.
    pub fn open(blocks: &Rc<Blocks>, block: u64, transaction: u64) -> Result<Self, Fault> {
        let map = blocks.object(block, &[OMAP])?;
        let tree = Tree::new(Rc::clone(blocks), None, le64(&map, 48), FIXED);
        Ok(Self { tree, transaction })
    }

    /// The block in which an object lies.
    ///
    /// # Errors
    /// [`Fault::Damaged`] when the map does not know it, [`Fault::Locked`] when it is encrypted.
    pub fn block_of(&self, object: u64) -> Result<u64, Fault> {
        let wanted = (object, self.transaction);
        let found = self.tree.last_up_to(&|key| (le64(key, 0), le64(key, 8)).cmp(&wanted))?;
        let value = found.filter(|(key, _)| le64(key, 0) == object).map(|(_, value)| value);
        let value = value.filter(|value| value.len() >= 16 && le32(value, 0) & DELETED == 0);
        let Some(value) = value else {
            return Err(Fault::damaged(0, format!("object {object} is not in its object map")));
        };
        if le32(&value, 0) & ENCRYPTED != 0 {
            return Err(Fault::Locked { needs: "the password of the volume".into() });
        }
        Ok(le64(&value, 8))
    }
}
