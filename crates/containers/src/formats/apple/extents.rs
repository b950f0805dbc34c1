//! The bytes of a file that lies in several places of its volume.

use crate::bytes::{Bytes, read_exact_at};
use crate::fault::Fault;
use std::rc::Rc;

/// Bytes that lie in extents, one after another.
pub struct Extents {
    within: Rc<dyn Bytes>,
    runs: Vec<Run>,
    length: u64,
}

/// Where a part of a file lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lies {
    /// From this byte of the volume on.
    At(u64),
    /// Nowhere, and it is zeros: a hole.
    Hole,
    /// Nowhere, and it should: no record says where.
    Lost,
}

#[derive(Clone, Copy)]
struct Run {
    /// Where it begins in the file.
    start: u64,
    length: u64,
    lies: Lies,
}

impl Extents {
    /// `length` bytes of `within`, in runs of a place and a length. Runs that follow one another
    /// become one. Where the runs end before `length`, reading is a fault.
    pub fn new(
        within: Rc<dyn Bytes>,
        extents: impl IntoIterator<Item = (Lies, u64)>,
        length: u64,
    ) -> Self {
        let (mut runs, mut start) = (Vec::<Run>::new(), 0_u64);
        for (lies, of) in extents {
            let of = of.min(length.saturating_sub(start));
            if of == 0 {
                continue;
            }
            match runs.last_mut() {
                Some(last) if last.goes_on(lies) => {
                    last.length += of;
                }
                _ => runs.push(Run { start, length: of, lies }),
            }
            start += of;
        }
        Self { within, runs, length }
    }

    fn run(&self, at: u64) -> Result<(Run, u64), Fault> {
        let behind = self.runs.partition_point(|run| run.start <= at);
        let run = behind.checked_sub(1).and_then(|index| self.runs.get(index));
        let inside =
            run.map(|run| (*run, at - run.start)).filter(|(run, in_run)| *in_run < run.length);
        inside.ok_or_else(|| lost(at))
    }
}

impl Bytes for Extents {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
        let wanted = usize::try_from(self.length.saturating_sub(at)).unwrap_or(usize::MAX);
        let wanted = wanted.min(into.len());
        let mut filled = 0;
        while filled < wanted {
            let (run, in_run) = self.run(at + filled as u64)?;
            let left = usize::try_from(run.length - in_run).unwrap_or(usize::MAX);
            let end = wanted.min(filled.saturating_add(left));
            let Some(part) = into.get_mut(filled..end) else { break };
            match run.lies {
                Lies::Hole => part.fill(0),
                Lies::Lost => return Err(lost(at + filled as u64)),
                Lies::At(start) => {
                    read_exact_at(&*self.within, start.saturating_add(in_run), part)?
                }
            }
            filled = end;
        }
        Ok(filled)
    }

    fn runs(&self) -> Option<Vec<(Option<u64>, u64)>> {
        let covered = self.runs.last().map_or(0, |run| run.start + run.length);
        let place = |run: &Run| match run.lies {
            Lies::Hole => Some((None, run.length)),
            Lies::Lost => None,
            Lies::At(at) => {
                let inside = at.checked_add(run.length).is_some_and(|end| end <= self.within.len());
                inside.then_some((Some(at), run.length))
            }
        };
        let runs = self.runs.iter().map(place).collect::<Option<Vec<_>>>();
        runs.filter(|_| covered == self.length)
    }
}

impl Run {
    fn goes_on(&self, lies: Lies) -> bool {
        match (self.lies, lies) {
            (Lies::At(at), Lies::At(next)) => at.checked_add(self.length) == Some(next),
            (this, next) => this == next,
        }
    }
}

fn lost(at: u64) -> Fault {
    Fault::damaged(at, "no extent says where these bytes of the file lie")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Memory;

    #[test]
    fn runs_in_any_order_with_holes_give_the_file() {
        let volume: Rc<dyn Bytes> = Rc::new(Memory((0..40).collect()));
        let runs = [
            (Lies::At(30), 3),
            (Lies::Hole, 2),
            (Lies::At(8), 4),
            (Lies::At(12), 4),
            (Lies::At(38), 9),
        ];
        let file = Extents::new(Rc::clone(&volume), runs, 15);
        let mut into = [9; 20];
        assert_eq!(file.read_at(0, &mut into), Ok(15));
        assert_eq!(into[..15], [30, 31, 32, 0, 0, 8, 9, 10, 11, 12, 13, 14, 15, 38, 39]);
        assert_eq!(file.read_at(4, &mut into[..3]), Ok(3));
        assert_eq!(into[..3], [0, 8, 9]);
        assert_eq!(file.read_at(15, &mut into), Ok(0));
        let runs = vec![(Some(30), 3), (None, 2), (Some(8), 8), (Some(38), 2)];
        assert_eq!(file.runs(), Some(runs));
    }

    #[test]
    fn what_no_extent_covers_is_a_fault_and_no_zeros() {
        let volume: Rc<dyn Bytes> = Rc::new(Memory(vec![7; 40]));
        let short = Extents::new(Rc::clone(&volume), [(Lies::At(0), 4)], 10);
        assert_eq!(short.read_at(0, &mut [0; 4]), Ok(4));
        assert!(matches!(short.read_at(2, &mut [0; 4]), Err(Fault::Damaged { at: 4, .. })));
        assert_eq!(short.runs(), None);
        let lost = Extents::new(Rc::clone(&volume), [(Lies::Lost, 4), (Lies::At(0), 4)], 8);
        assert_eq!(lost.read_at(4, &mut [0; 4]), Ok(4));
        assert!(matches!(lost.read_at(3, &mut [0; 4]), Err(Fault::Damaged { at: 3, .. })));
        assert_eq!(lost.runs(), None);
        let outside = Extents::new(volume, [(Lies::At(38), 10)], 10);
        assert_eq!(outside.read_at(0, &mut [0; 4]), Err(Fault::Truncated { at: 40 }));
        assert_eq!(outside.runs(), None);
    }
}
