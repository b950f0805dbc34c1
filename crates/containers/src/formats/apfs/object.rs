//! Blocks and the objects in them (reference, "Objects").

use crate::bytes::{Bytes, le32, le64, vec_at};
use crate::fault::Fault;
use crate::formats::apple::cached::Cached;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Types of objects, the lower half of the field.
pub const NX_SUPERBLOCK: u16 = 0x1;
pub const BTREE: u16 = 0x2;
pub const BTREE_NODE: u16 = 0x3;
pub const OMAP: u16 = 0xB;
pub const VOLUME: u16 = 0xD;
/// Bad blocks that are remembered for the report.
const BAD_MAX: usize = 10_000;

/// The blocks of a container.
pub struct Blocks {
    /// All bytes, for the files' contents.
    pub bytes: Rc<dyn Bytes>,
    /// Bytes of a block.
    pub size: u32,
    cached: Cached,
    /// Blocks whose checksum does not match.
    bad: RefCell<BTreeMap<u64, Fault>>,
}

impl Blocks {
    /// Nothing is read yet.
    pub fn new(bytes: Rc<dyn Bytes>, size: u32) -> Self {
        let cached = Cached::new(Rc::clone(&bytes));
        Self { bytes, size, cached, bad: RefCell::default() }
    }

    /// A block, whatever it holds.
    ///
    /// # Errors
    /// [`Fault`] outside the container.
    pub fn block(&self, number: u64) -> Result<Vec<u8>, Fault> {
        let size = u64::from(self.size);
        let outside = || Fault::Truncated { at: self.bytes.len() };
        let at = number.checked_mul(size).ok_or_else(outside)?;
        vec_at(&self.cached, at, size, size)
    }

    /// The object in a block, of one of these types. A checksum that does not match is remembered;
    /// what the object says is used all the same, as its neighbours may depend on it.
    ///
    /// # Errors
    /// [`Fault::Damaged`] when it is of another type.
    pub fn object(&self, number: u64, types: &[u16]) -> Result<Vec<u8>, Fault> {
        let block = self.block(number)?;
        if !types.contains(&kind(&block)) {
            let why = format!("an object of type {} instead of {}", kind(&block), types[0]);
            return Err(self.wrong(number, why));
        }
        if !is_whole(&block) {
            let mut bad = self.bad.borrow_mut();
            if bad.len() < BAD_MAX {
                bad.insert(number, self.wrong(number, "the checksum does not match"));
            }
        }
        Ok(block)
    }

    /// What was wrong with blocks that were used.
    pub fn bad(&self) -> Vec<Fault> {
        self.bad.borrow().values().cloned().collect()
    }

    /// A fault at a block.
    pub fn wrong(&self, number: u64, why: impl Into<String>) -> Fault {
        Fault::damaged(number.saturating_mul(u64::from(self.size)), why)
    }
}

/// The type of an object.
pub fn kind(block: &[u8]) -> u16 {
    let [low, high, ..] = le32(block, 24).to_le_bytes();
    u16::from_le_bytes([low, high])
}

/// The transaction that wrote an object.
pub fn transaction(block: &[u8]) -> u64 {
    le64(block, 16)
}

/// Whether the stored checksum is that of the block.
pub fn is_whole(block: &[u8]) -> bool {
    block.get(8..).is_some_and(|rest| fletcher64(rest) == le64(block, 0))
}

/// Fletcher's checksum with 64 bits, in the variant of the reference ("Objects", `o_cksum`).
fn fletcher64(bytes: &[u8]) -> u64 {
    const MODULUS: u64 = 0xFFFF_FFFF;
    let (mut one, mut two) = (0_u64, 0_u64);
    // A block has at most 16,384 words: the sums stay below 2^64 without reducing on the way.
    for word in bytes.chunks_exact(4) {
        one += u64::from(le32(word, 0));
        two = two.wrapping_add(one);
    }
    let low = MODULUS - (one + two % MODULUS) % MODULUS;
    let high = MODULUS - (one + low) % MODULUS;
    high << 32 | low
}
