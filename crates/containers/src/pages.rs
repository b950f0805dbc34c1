//! Metadata read in large pieces and kept for a while, since every reading below costs a round trip
//! to another process.

use crate::bytes::{Bytes, vec_at};
use crate::fault::Fault;
use std::cell::RefCell;
use std::rc::Rc;

/// A cache of pages of one size; which was longest unused goes first.
pub struct Pages {
    within: Rc<dyn Bytes>,
    size: u64,
    most: usize,
    /// Latest first.
    kept: RefCell<Vec<(u64, Rc<Vec<u8>>)>>,
}

impl Pages {
    /// At most `most` pages of `size` bytes each.
    pub fn new(within: Rc<dyn Bytes>, size: u64, most: usize) -> Self {
        Self { within, size, most, kept: RefCell::default() }
    }

    /// Shows `length` bytes from `at` on. What does not lie in one page is read for itself, and so
    /// is what lies in a page of which another part cannot be read.
    ///
    /// # Errors
    /// [`Fault`] when these bytes cannot be had.
    pub fn with<R>(
        &self,
        at: u64,
        length: usize,
        look: impl FnOnce(&[u8]) -> R,
    ) -> Result<R, Fault> {
        let (number, inside) = (at / self.size, at % self.size);
        if inside + length as u64 <= self.size
            && let Ok(page) = self.page(number)
            && let Ok(inside) = usize::try_from(inside)
            && let Some(part) = page.get(inside..inside + length)
        {
            return Ok(look(part));
        }
        vec_at(&*self.within, at, length as u64, self.size.max(1 << 20)).map(|part| look(&part))
    }

    fn page(&self, number: u64) -> Result<Rc<Vec<u8>>, Fault> {
        let mut kept = self.kept.borrow_mut();
        if let Some(place) = kept.iter().position(|(of, _)| *of == number) {
            // Mostly the first already; moving the others costs less than a look-up would.
            if let Some(before) = kept.get_mut(..=place) {
                before.rotate_right(1);
            }
        } else {
            let at = number.saturating_mul(self.size);
            let length = self.size.min(self.within.len().saturating_sub(at));
            let page = vec_at(&*self.within, at, length, self.size)?;
            kept.truncate(self.most.saturating_sub(1));
            kept.insert(0, (number, Rc::new(page)));
        }
        let first = kept.first().map(|(_, page)| Rc::clone(page));
        first.ok_or(Fault::Truncated { at: number })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    /// Counts readings; refuses the byte 25.
    struct Counted(Cell<usize>);

    impl Bytes for Counted {
        fn len(&self) -> u64 {
            32
        }

        fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
            self.0.set(self.0.get() + 1);
            if (at..at + into.len() as u64).contains(&25) {
                return Err(Fault::Source { why: "bad sector".into() });
            }
            into.iter_mut().zip(at..).for_each(|(byte, at)| *byte = at as u8);
            Ok(into.len())
        }
    }

    #[test]
    fn a_page_is_read_once_and_a_bad_byte_costs_only_itself() {
        let counted = Rc::new(Counted(Cell::new(0)));
        let pages = Pages::new(Rc::clone(&counted) as Rc<dyn Bytes>, 8, 2);
        let read = |at: u64, length: usize| pages.with(at, length, <[u8]>::to_vec).ok();
        assert_eq!(read(0, 2), Some(vec![0, 1]));
        assert_eq!(read(6, 2), Some(vec![6, 7]));
        assert_eq!(read(9, 2), Some(vec![9, 10]));
        assert_eq!(read(1, 1), Some(vec![1]));
        assert_eq!(counted.0.get(), 2);
        assert_eq!(read(7, 2), Some(vec![7, 8]));
        assert_eq!(read(26, 2), Some(vec![26, 27]));
        assert_eq!(read(24, 2), None);
        assert_eq!(read(31, 2), None);
    }
}
