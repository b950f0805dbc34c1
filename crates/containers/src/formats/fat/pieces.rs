//! The bytes of an entry: its clusters one behind the other, as far as they are there.

use crate::bytes::{Bytes, read_exact_at};
use crate::fault::Fault;
use std::rc::Rc;

/// A stretch of an entry that lies in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    /// Where it begins in the entry.
    from: u64,
    /// Where it begins in the volume.
    place: u64,
}

/// Stretches of a volume as one sequence of bytes.
pub struct Pieces {
    volume: Rc<dyn Bytes>,
    pieces: Vec<Piece>,
    /// Where the last piece ends.
    held: u64,
    length: u64,
    valid: u64,
    missing: Option<Fault>,
}

impl Pieces {
    /// `length` bytes that lie in `runs` (place and length). Of those, `valid` were written; zeros
    /// follow. `missing` says why the runs end before `valid`, if they do.
    pub fn new(
        volume: Rc<dyn Bytes>,
        runs: impl Iterator<Item = (u64, u64)>,
        length: u64,
        valid: u64,
        missing: Option<Fault>,
    ) -> Self {
        let mut held = 0_u64;
        let pieces = runs.map(|(place, length)| {
            let piece = Piece { from: held, place };
            held = held.saturating_add(length);
            piece
        });
        let pieces = pieces.collect();
        Self { volume, pieces, held, length, valid: valid.min(length), missing }
    }

    /// Where the byte `at` lies in the volume.
    pub fn place(&self, at: u64) -> Option<u64> {
        self.piece(at).map(|(place, _)| place)
    }

    /// Where the byte `at` lies, and how many follow it there.
    fn piece(&self, at: u64) -> Option<(u64, u64)> {
        if at >= self.held {
            return None;
        }
        let next = self.pieces.partition_point(|piece| piece.from <= at);
        let piece = self.pieces.get(next.checked_sub(1)?)?;
        let end = self.pieces.get(next).map_or(self.held, |piece| piece.from);
        Some((piece.place + (at - piece.from), end - at))
    }

    fn fault(&self) -> Fault {
        self.missing.clone().unwrap_or(Fault::Truncated { at: self.held })
    }
}

impl Bytes for Pieces {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
        let there = usize::try_from(self.length.saturating_sub(at)).unwrap_or(usize::MAX);
        let count = there.min(into.len());
        let mut rest = into.get_mut(..count).unwrap_or_default();
        let mut at = at;
        while !rest.is_empty() {
            if at >= self.valid {
                rest.fill(0);
                break;
            }
            let (place, there) = self.piece(at).ok_or_else(|| self.fault())?;
            let there = usize::try_from(there.min(self.valid - at)).unwrap_or(usize::MAX);
            let (now, later) = rest.split_at_mut(there.min(rest.len()));
            read_exact_at(&*self.volume, place, now)?;
            at += now.len() as u64;
            rest = later;
        }
        Ok(count)
    }

    fn runs(&self) -> Option<Vec<(Option<u64>, u64)>> {
        if self.held < self.valid {
            return None;
        }
        let (mut runs, mut at) = (Vec::with_capacity(self.pieces.len()), 0);
        while at < self.valid {
            let (place, there) = self.piece(at)?;
            let there = there.min(self.valid - at);
            runs.push((Some(place), there));
            at += there;
        }
        if self.length > self.valid {
            runs.push((None, self.length - self.valid));
        }
        Some(runs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Memory;

    #[test]
    fn pieces_join_zeros_follow_and_what_is_missing_says_why() {
        let volume: Rc<dyn Bytes> = Rc::new(Memory((0..100).collect()));
        let runs = [(50, 4), (10, 4)];
        let pieces = |length, valid| {
            let missing = Some(Fault::damaged(1, "gone"));
            Pieces::new(Rc::clone(&volume), runs.into_iter(), length, valid, missing)
        };
        let whole = pieces(9, 7);
        let mut into = [9; 12];
        assert_eq!(whole.read_at(1, &mut into), Ok(8));
        assert_eq!(into, [51, 52, 53, 10, 11, 12, 0, 0, 9, 9, 9, 9]);
        assert_eq!(whole.runs(), Some(vec![(Some(50), 4), (Some(10), 3), (None, 2)]));
        assert_eq!((whole.place(5), whole.place(8)), (Some(11), None));
        let short = pieces(12, 12);
        assert_eq!(short.read_at(0, &mut into[..8]), Ok(8));
        assert_eq!(short.read_at(0, &mut into), Err(Fault::damaged(1, "gone")));
        assert_eq!((short.runs(), short.read_at(u64::MAX, &mut into)), (None, Ok(0)));
    }
}
