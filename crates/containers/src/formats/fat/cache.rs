//! Metadata read in large pieces and kept for a while: a reading below may cost a round trip to
//! another process.

use crate::bytes::{Bytes, array_at, vec_at};
use crate::fault::Fault;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

/// Bytes of one piece.
const PIECE: u64 = 256 << 10;
/// Bytes of a piece where a large one could not be read: a bad sector costs only its neighbours.
const SMALL: u64 = 4 << 10;
/// Pieces kept, the last used first.
const KEPT: usize = 16;

/// Bytes below with their last read pieces.
pub struct Cache {
    bytes: Rc<dyn Bytes>,
    pieces: RefCell<VecDeque<(u64, Vec<u8>)>>,
}

impl Cache {
    /// Nothing is read yet.
    pub fn new(bytes: Rc<dyn Bytes>) -> Self {
        Self { bytes, pieces: RefCell::default() }
    }

    /// `N` bytes from `at` on.
    ///
    /// # Errors
    /// As [`array_at`].
    pub fn array<const N: usize>(&self, at: u64) -> Result<[u8; N], Fault> {
        if let Some(array) = self.kept(at) {
            return Ok(array);
        }
        if at.checked_add(N as u64).is_none_or(|end| end > self.bytes.len()) {
            return Err(Fault::Truncated { at: self.bytes.len() });
        }
        let large = self.load(at, PIECE);
        if large.is_err() {
            self.load(at, SMALL)?;
        }
        // What straddles two pieces, or the end, is read as it is.
        self.kept(at).map_or_else(|| array_at(&*self.bytes, at), Ok)
    }

    fn kept<const N: usize>(&self, at: u64) -> Option<[u8; N]> {
        let mut pieces = self.pieces.borrow_mut();
        let holds = |(start, piece): &(u64, Vec<u8>)| within::<N>(*start, piece, at).is_some();
        let found = pieces.iter().position(holds)?;
        if found > 0 {
            let piece = pieces.remove(found)?;
            pieces.push_front(piece);
        }
        let (start, piece) = pieces.front()?;
        within(*start, piece, at)
    }

    fn load(&self, at: u64, size: u64) -> Result<(), Fault> {
        let start = at - at % size;
        let length = size.min(self.bytes.len().saturating_sub(start));
        let piece = vec_at(&*self.bytes, start, length, size)?;
        let mut pieces = self.pieces.borrow_mut();
        pieces.push_front((start, piece));
        pieces.truncate(KEPT);
        Ok(())
    }
}

fn within<const N: usize>(start: u64, piece: &[u8], at: u64) -> Option<[u8; N]> {
    let from = usize::try_from(at.checked_sub(start)?).ok()?;
    piece.get(from..)?.first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    /// Counts readings; nothing of the second 4 KiB can be read.
    struct Scratched(Cell<u32>);

    impl Bytes for Scratched {
        fn len(&self) -> u64 {
            1 << 20
        }

        fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
            self.0.set(self.0.get() + 1);
            if at < 8_192 && at + into.len() as u64 > 4_096 {
                return Err(Fault::Source { why: "scratched".to_owned() });
            }
            let count = into.len().min(((1 << 20) - at) as usize);
            into[..count].fill(7);
            Ok(count)
        }
    }

    #[test]
    fn a_bad_sector_costs_its_neighbours_only_and_a_piece_is_read_once() {
        let bytes = Rc::new(Scratched(Cell::default()));
        let cache = Cache::new(Rc::clone(&bytes) as Rc<dyn Bytes>);
        for at in 0..1_024 {
            assert_eq!(cache.array::<4>(at), Ok([7; 4]));
        }
        assert_eq!(bytes.0.replace(0), 2);
        assert!(matches!(cache.array::<4>(5_000), Err(Fault::Source { .. })));
        bytes.0.set(0);
        for at in 0..1_024 {
            assert_eq!(cache.array::<4>((512 << 10) + at * 4), Ok([7; 4]));
        }
        assert_eq!(bytes.0.get(), 1);
        assert_eq!(cache.array::<4>((1 << 20) - 2), Err(Fault::Truncated { at: 1 << 20 }));
    }
}
