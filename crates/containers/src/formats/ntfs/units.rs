//! Bytes that are unpacked in units, some at a time, the last ones kept.

use crate::bytes::Bytes;
use crate::fault::Fault;
use std::cell::RefCell;

/// Unpacked bytes that are read and kept at once. No unit is larger.
pub const BATCH: u64 = 1 << 20;

/// An unpacked unit, or why it is none.
pub type Unit = Result<Vec<u8>, Fault>;

/// What holds packed units.
pub trait Packed {
    /// The units that begin at `start`, which is a multiple of their size, and before `end`.
    fn unpack(&self, start: u64, end: u64) -> Vec<Unit>;
}

/// The unpacked bytes.
pub struct Units<P> {
    packed: P,
    size: u64,
    written: u64,
    unit: u64,
    /// Where the first of them begins.
    kept: RefCell<(u64, Vec<Unit>)>,
}

impl<P: Packed> Units<P> {
    /// `size` bytes, of which those before `written` are packed and the rest reads as zeros, in
    /// units of `unit` bytes, more than none.
    pub fn new(packed: P, size: u64, written: u64, unit: u64) -> Self {
        Self { packed, size, written: written.min(size), unit, kept: RefCell::default() }
    }

    /// Copies from the unit in which a byte lies, and says how many.
    fn copy(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
        let start = at / self.unit * self.unit;
        let mut kept = self.kept.borrow_mut();
        let index = |first: u64| usize::try_from(start.checked_sub(first)? / self.unit).ok();
        if index(kept.0).is_none_or(|index| index >= kept.1.len()) {
            let end = start.saturating_add(BATCH / self.unit * self.unit).min(self.written);
            *kept = (start, self.packed.unpack(start, end));
        }
        let missing = || Fault::damaged(at, "of the unpacked file: it ends here");
        let unit = index(kept.0).and_then(|index| kept.1.get(index)).ok_or_else(missing)?;
        let unit = unit.as_ref().map_err(Clone::clone)?;
        let from = unit.get(usize::try_from(at - start).unwrap_or(0)..).unwrap_or_default();
        let count = from.len().min(into.len());
        match (into.get_mut(..count), from.get(..count)) {
            (Some(into), Some(from)) if count > 0 => into.copy_from_slice(from),
            _ => return Err(missing()),
        }
        Ok(count)
    }
}

impl<P: Packed> Bytes for Units<P> {
    fn len(&self) -> u64 {
        self.size
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
        let there = self.size.saturating_sub(at).min(into.len() as u64);
        let into = into.get_mut(..usize::try_from(there).unwrap_or(0)).unwrap_or_default();
        let packed = usize::try_from(self.written.saturating_sub(at).min(there)).unwrap_or(0);
        let (mut left, blank) = into.split_at_mut_checked(packed).unwrap_or_default();
        let mut at = at;
        while !left.is_empty() {
            let count = self.copy(at, left)?;
            at += count as u64;
            left = left.split_at_mut_checked(count).unwrap_or_default().1;
        }
        blank.fill(0);
        Ok(usize::try_from(there).unwrap_or(0))
    }
}
