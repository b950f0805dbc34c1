//! Bytes put together from parts of other bytes, with gaps of zeros: sparse files.

use crate::bytes::{Bytes, read_exact_at};
use crate::fault::Fault;
use std::rc::Rc;

/// One part: where it lies, or a gap; its length.
pub type Piece = (Option<u64>, u64);

/// Parts in order. Where they lie is not compared with the end of the other bytes, whose length
/// may be costly to find: reading what is not there is a fault.
pub struct Pieces {
    bytes: Rc<dyn Bytes>,
    /// Where each begins in what is put together.
    parts: Vec<(u64, Piece)>,
    length: u64,
}

impl Pieces {
    /// These parts of `bytes`.
    ///
    /// # Errors
    /// [`Fault::Damaged`] when their lengths or ends exceed 64 bits.
    pub fn new(bytes: Rc<dyn Bytes>, parts: Vec<Piece>) -> Result<Self, Fault> {
        let mut placed = Vec::with_capacity(parts.len());
        let mut length = 0_u64;
        for (lies, part) in parts {
            let end = length
                .checked_add(part)
                .filter(|_| lies.is_none_or(|lies| lies.checked_add(part).is_some()));
            let Some(end) = end else {
                return Err(Fault::damaged(lies.unwrap_or(0), "a length beyond 64 bits"));
            };
            placed.push((length, (lies, part)));
            length = end;
        }
        Ok(Self { bytes, parts: placed, length })
    }

    fn fill(&self, at: u64, into: &mut [u8]) -> Result<(), Fault> {
        let first = self.parts.partition_point(|(start, (_, part))| start + part <= at);
        let mut filled = 0_usize;
        for (start, (lies, part)) in self.parts.iter().skip(first) {
            let within = (at + filled as u64).saturating_sub(*start);
            let room = usize::try_from(part.saturating_sub(within)).unwrap_or(usize::MAX);
            let rest = into.get_mut(filled..).unwrap_or_default();
            let count = room.min(rest.len());
            let Some(part) = rest.get_mut(..count).filter(|part| !part.is_empty()) else {
                continue;
            };
            match lies {
                Some(lies) => read_exact_at(&*self.bytes, lies + within, part)?,
                None => part.fill(0),
            }
            filled += count;
            if filled == into.len() {
                break;
            }
        }
        Ok(())
    }
}

impl Bytes for Pieces {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
        let room = usize::try_from(self.length.saturating_sub(at)).unwrap_or(usize::MAX);
        let count = room.min(into.len());
        self.fill(at, into.get_mut(..count).unwrap_or_default())?;
        Ok(count)
    }

    fn runs(&self) -> Option<Vec<(Option<u64>, u64)>> {
        Some(self.parts.iter().map(|(_, piece)| *piece).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Memory;

    #[test]
    fn parts_and_gaps_read_as_one() {
        let all: Rc<dyn Bytes> = Rc::new(Memory((0..100).collect()));
        let parts = vec![(Some(10), 3), (None, 2), (Some(0), 0), (Some(50), 4)];
        let pieces = Pieces::new(Rc::clone(&all), parts).unwrap();
        let whole = [10, 11, 12, 0, 0, 50, 51, 52, 53];
        for from in 0..10 {
            for length in 0..12 {
                let mut into = vec![9; length];
                let read = pieces.read_at(from as u64, &mut into).unwrap();
                assert_eq!(&into[..read], &whole[from.min(9)..(from + length).min(9)]);
            }
        }
        let outside = Pieces::new(Rc::clone(&all), vec![(Some(98), 5)]).unwrap();
        assert!(matches!(outside.read_at(0, &mut [0; 5]), Err(Fault::Truncated { at: 100 })));
        assert!(Pieces::new(all, vec![(None, 5), (None, u64::MAX)]).is_err());
    }
}
