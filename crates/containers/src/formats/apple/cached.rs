//! Bytes read in large pieces, the latest kept. Records of metadata are small and lie close
//! together, and each reading of a source is a message to another process.

use crate::bytes::Bytes;
use crate::fault::Fault;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

/// Length of a piece.
const PIECE: u64 = 256 << 10;
/// Pieces kept: 16 MiB.
const KEPT: usize = 64;

/// Other bytes, with the latest pieces of them.
pub struct Cached {
    within: Rc<dyn Bytes>,
    kept: RefCell<VecDeque<(u64, Rc<Vec<u8>>)>>,
}

impl Cached {
    /// Nothing is read yet.
    pub fn new(within: Rc<dyn Bytes>) -> Self {
        Self { within, kept: RefCell::default() }
    }

    fn piece(&self, index: u64) -> Result<Rc<Vec<u8>>, Fault> {
        let mut kept = self.kept.borrow_mut();
        if let Some(at) = kept.iter().position(|(of, _)| *of == index)
            && let Some((_, piece)) = kept.remove(at)
        {
            kept.push_front((index, Rc::clone(&piece)));
            return Ok(piece);
        }
        let at = index * PIECE;
        let length = PIECE.min(self.within.len().saturating_sub(at));
        let mut piece = vec![0; usize::try_from(length).unwrap_or(0)];
        let read = self.within.read_at(at, &mut piece)?;
        piece.truncate(read);
        let piece = Rc::new(piece);
        kept.push_front((index, Rc::clone(&piece)));
        kept.truncate(KEPT);
        Ok(piece)
    }
}

impl Bytes for Cached {
    fn len(&self) -> u64 {
        self.within.len()
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
        let mut filled = 0;
        while filled < into.len() {
            let from = at.saturating_add(filled as u64);
            let Some(rest) = into.get_mut(filled..).filter(|_| from < self.len()) else { break };
            let Ok(piece) = self.piece(from / PIECE) else {
                // A bad place within the piece; what is asked for may lie beside it.
                return Ok(filled + self.within.read_at(from, rest)?);
            };
            let skip = usize::try_from(from % PIECE).unwrap_or(usize::MAX);
            let there = piece.get(skip..).unwrap_or_default();
            let count = there.len().min(rest.len());
            if count == 0 {
                break;
            }
            if let (Some(rest), Some(there)) = (rest.get_mut(..count), there.get(..count)) {
                rest.copy_from_slice(there);
            }
            filled += count;
        }
        Ok(filled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Memory;

    /// Refuses every reading that touches one byte.
    struct Scratched(Memory, u64);

    impl Bytes for Scratched {
        fn len(&self) -> u64 {
            self.0.len()
        }

        fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
            if (at..at + into.len() as u64).contains(&self.1) {
                return Err(Fault::Source { why: "scratch".into() });
            }
            self.0.read_at(at, into)
        }
    }

    #[test]
    fn the_same_bytes_whether_kept_or_not_and_beside_a_scratch() {
        let all: Vec<u8> = (0..700_000_u32).map(|n| (n % 251) as u8).collect();
        let cached = Cached::new(Rc::new(Scratched(Memory(all.clone()), 300_000)));
        let check = |at: usize, length: usize| {
            let mut into = vec![0; length];
            let read = cached.read_at(at as u64, &mut into).unwrap();
            assert_eq!(into[..read], all[at.min(all.len())..(at + length).min(all.len())], "{at}");
        };
        check(0, 10);
        check(262_140, 8);
        check(262_140, 30_000);
        check(300_001, 5);
        check(699_999, 5);
        check(700_000, 5);
        assert!(cached.read_at(299_999, &mut [0; 2]).is_err());
    }
}
