//! Reads ahead: a stream's compressed bytes, or the headers of a listing, in few large pieces.

use crate::bytes::Bytes;
use crate::fault::Fault;
use std::rc::Rc;

/// Read after a jump.
const SMALL: usize = 16 << 10;
/// Read at first of what is likely read in order.
const MIDDLE: usize = 128 << 10;
/// Read once it is clear that the bytes are read in order.
const LARGE: usize = 512 << 10;

/// A part of other bytes, the latest piece of it held in memory. Positions are those of the other
/// bytes, so that a fault names a place which an examiner finds.
pub struct Input {
    bytes: Rc<dyn Bytes>,
    end: u64,
    from: u64,
    held: Vec<u8>,
    piece: usize,
}

impl Input {
    /// Of `bytes`, what lies before `end`. The length of `bytes` is not asked for: to know it may
    /// cost the inflation of a whole stream.
    pub fn new(bytes: Rc<dyn Bytes>, end: u64) -> Self {
        Self { bytes, end, from: 0, held: Vec::new(), piece: SMALL }
    }

    /// The same for bytes that are likely read in order.
    pub fn in_order(bytes: Rc<dyn Bytes>, end: u64) -> Self {
        Self { piece: MIDDLE, ..Self::new(bytes, end) }
    }

    /// The bytes from `at` on that are held, at least `least` unless they end before.
    ///
    /// # Errors
    /// Whatever the reading gives.
    pub fn look(&mut self, at: u64, least: usize) -> Result<&[u8], Fault> {
        if self.skipped(at).is_none_or(|skipped| self.held.len() - skipped < least) {
            self.fill(at, least)?;
        }
        let skipped = self.skipped(at).unwrap_or(0);
        Ok(self.held.get(skipped..).unwrap_or_default())
    }

    /// Exactly `N` bytes from `at` on.
    ///
    /// # Errors
    /// [`Fault::Truncated`] when there are fewer; whatever the reading gives.
    pub fn array<const N: usize>(&mut self, at: u64) -> Result<[u8; N], Fault> {
        let seen = self.look(at, N)?;
        let there = seen.len() as u64;
        seen.first_chunk().copied().ok_or(Fault::Truncated { at: at.saturating_add(there) })
    }

    /// How many held bytes lie before `at`; `None` when `at` lies outside.
    fn skipped(&self, at: u64) -> Option<usize> {
        let skipped = usize::try_from(at.checked_sub(self.from)?).ok()?;
        (skipped <= self.held.len()).then_some(skipped)
    }

    fn fill(&mut self, at: u64, least: usize) -> Result<(), Fault> {
        let held_end = self.from.saturating_add(self.held.len() as u64);
        let near = at >= self.from && at - held_end.min(at) < self.piece as u64;
        if !self.held.is_empty() {
            self.piece = if near { (self.piece * 2).min(LARGE) } else { SMALL };
        }
        let there = usize::try_from(self.end.saturating_sub(at)).unwrap_or(usize::MAX);
        self.held.clear();
        self.held.resize(self.piece.max(least).min(there), 0);
        self.from = at;
        match self.bytes.read_at(at, &mut self.held) {
            Ok(read) => self.held.truncate(read),
            Err(fault) => {
                self.held.clear();
                return Err(fault);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Memory;
    use std::cell::Cell;

    /// Counts how often it is read.
    struct Counted(Memory, Cell<u32>);

    impl Bytes for Counted {
        fn len(&self) -> u64 {
            self.0.len()
        }

        fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
            self.1.set(self.1.get() + 1);
            self.0.read_at(at, into)
        }
    }

    #[test]
    fn bytes_in_order_cost_few_reads_and_a_jump_costs_one() {
        let length: u32 = 4 << 20;
        let all = Memory((0..length).map(|at| (at % 251) as u8).collect());
        let bytes = Rc::new(Counted(all, Cell::new(0)));
        let mut input = Input::new(Rc::clone(&bytes) as Rc<dyn Bytes>, u64::MAX);
        for at in (0..u64::from(length)).step_by(512) {
            assert_eq!(u64::from(input.array::<512>(at).unwrap()[0]), at % 251);
        }
        assert!(bytes.1.get() < 20, "{} reads", bytes.1.get());
        bytes.1.set(0);
        assert_eq!(input.array::<1>(7).unwrap(), [7]);
        assert_eq!(bytes.1.get(), 1);
        assert_eq!(input.look(u64::from(length) + 9, 4).unwrap(), [0_u8; 0]);
        assert_eq!(Input::new(bytes, 10).look(8, 4).unwrap(), [8, 9]);
    }
}
