//! Bytes that lie in pieces within other bytes: a file's blocks, with holes and lost parts between.

use crate::bytes::Bytes;
use crate::fault::Fault;
use std::rc::Rc;

/// Pieces kept for one file; a hostile map may name many more.
const MOST: usize = 4 << 20;

/// Where a piece comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The bytes within the others from here on.
    At(u64),
    /// Zeros that lie nowhere.
    Hole,
    /// Not to be had, and why.
    Lost(Box<Fault>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    start: u64,
    length: u64,
    origin: Origin,
}

/// Bytes put together from pieces. They are pushed in order; [`Pieces::ended`] sets the length.
#[derive(Clone)]
pub struct Pieces {
    within: Rc<dyn Bytes>,
    pieces: Vec<Piece>,
    length: u64,
    complaints: Vec<Fault>,
}

impl Pieces {
    /// No pieces yet.
    pub fn new(within: Rc<dyn Bytes>) -> Self {
        Self { within, pieces: Vec::new(), length: 0, complaints: Vec::new() }
    }

    /// The next piece. What lies behind the end of the bytes is lost; what is above the limit of
    /// pieces as well.
    pub fn push(&mut self, length: u64, origin: Origin) {
        let length = length.min(u64::MAX - self.length);
        if length == 0 {
            return;
        }
        match origin {
            Origin::At(at) => {
                let there = self.within.len().saturating_sub(at).min(length);
                self.add(there, Origin::At(at));
                let ended = Fault::Truncated { at: self.within.len() };
                self.add(length - there, Origin::Lost(Box::new(ended)));
            }
            other => self.add(length, other),
        }
    }

    fn add(&mut self, length: u64, origin: Origin) {
        if length == 0 {
            return;
        }
        let start = self.length;
        self.length += length;
        let full = || Fault::Limit { what: format!("more than {MOST} pieces") };
        let origin = if self.pieces.len() < MOST { origin } else { Origin::Lost(Box::new(full())) };
        if let Some(last) = self.pieces.last_mut() {
            let joins = match (&last.origin, &origin) {
                (Origin::At(at), Origin::At(next)) => at.checked_add(last.length) == Some(*next),
                (last, next) => last == next,
            };
            if joins {
                last.length += length;
                return;
            }
        }
        self.pieces.push(Piece { start, length, origin });
    }

    /// Whether more pieces would only be lost.
    pub fn full(&self) -> bool {
        self.pieces.len() > MOST
    }

    /// Length so far.
    pub fn pushed(&self) -> u64 {
        self.length
    }

    /// Adds what is wrong although the bytes can be given.
    pub fn complain(&mut self, fault: Fault) {
        self.complaints.push(fault);
    }

    /// Cut to this length, or filled up to it with a hole.
    pub fn ended(mut self, length: u64) -> Self {
        if self.length < length {
            self.add(length - self.length, Origin::Hole);
        }
        let kept = self.pieces.partition_point(|piece| piece.start < length);
        self.pieces.truncate(kept);
        if let Some(last) = self.pieces.last_mut() {
            last.length = last.length.min(length - last.start);
        }
        self.length = length;
        self
    }

    /// The pieces in order, as `(length, origin)`.
    pub fn each(&self) -> impl Iterator<Item = (u64, &Origin)> {
        self.pieces.iter().map(|piece| (piece.length, &piece.origin))
    }
}

impl Bytes for Pieces {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
        let first = self.pieces.partition_point(|piece| piece.start + piece.length <= at);
        let mut filled = 0_usize;
        for piece in self.pieces.get(first..).unwrap_or_default() {
            let skip = (at + filled as u64).saturating_sub(piece.start);
            let left = usize::try_from(piece.length - skip).unwrap_or(usize::MAX);
            let end = filled.saturating_add(left).min(into.len());
            let Some(part) = into.get_mut(filled..end).filter(|part| !part.is_empty()) else {
                break;
            };
            match &piece.origin {
                Origin::At(from) => crate::read_exact_at(&*self.within, from + skip, part)?,
                Origin::Hole => part.fill(0),
                Origin::Lost(fault) => return Err((**fault).clone()),
            }
            filled = end;
        }
        Ok(filled)
    }

    fn complaints(&self) -> Vec<Fault> {
        self.complaints.clone()
    }

    fn runs(&self) -> Option<Vec<(Option<u64>, u64)>> {
        let run = |piece: &Piece| match piece.origin {
            Origin::At(at) => Some((Some(at), piece.length)),
            Origin::Hole => Some((None, piece.length)),
            Origin::Lost(_) => None,
        };
        self.pieces.iter().map(run).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Memory;

    #[test]
    fn pieces_join_holes_are_zeros_and_only_what_is_lost_is_refused() {
        let mut pieces = Pieces::new(Rc::new(Memory((0..20).collect())));
        for (length, origin) in [
            (2, Origin::At(4)),
            (3, Origin::At(6)),
            (2, Origin::Hole),
            (4, Origin::At(18)),
            (5, Origin::At(0)),
        ] {
            pieces.push(length, origin);
        }
        let pieces = pieces.ended(14);
        let read = |at: u64, wanted: usize| {
            let mut into = vec![9; wanted];
            pieces.read_at(at, &mut into).map(|read| into[..read].to_vec())
        };
        assert_eq!(pieces.len(), 14);
        assert_eq!(read(1, 8), Ok(vec![5, 6, 7, 8, 0, 0, 18, 19]));
        assert_eq!(read(1, 9), Err(Fault::Truncated { at: 20 }));
        assert_eq!(read(11, 9), Ok(vec![0, 1, 2]));
        assert_eq!(read(14, 1), Ok(vec![]));
        assert_eq!(pieces.runs(), None);
        assert_eq!(pieces.ended(7).runs(), Some(vec![(Some(4), 5), (None, 2)]));
    }
}
