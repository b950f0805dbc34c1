//! Tables of an image file, read in pages when they are needed.

use super::read_there;
use crate::bytes::Bytes;
use crate::fault::Fault;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

const PAGE_BYTES: u64 = 64 << 10;
/// Pages kept: 4 MiB.
const KEPT: usize = 64;

/// Small pieces of bytes, fetched in pages.
pub(crate) struct Pages {
    bytes: Rc<dyn Bytes>,
    kept: RefCell<VecDeque<(u64, Vec<u8>)>>,
}

impl Pages {
    pub(crate) fn new(bytes: Rc<dyn Bytes>) -> Self {
        Self { bytes, kept: RefCell::default() }
    }

    /// The bytes below.
    pub(crate) fn bytes(&self) -> &Rc<dyn Bytes> {
        &self.bytes
    }

    /// `N` bytes from `at` on.
    ///
    /// # Errors
    /// As [`crate::bytes::read_exact_at`].
    pub(crate) fn array_at<const N: usize>(&self, at: u64) -> Result<[u8; N], Fault> {
        let (page, within) = (at / PAGE_BYTES, at % PAGE_BYTES);
        if within + N as u64 > PAGE_BYTES {
            let mut array = [0; N];
            return read_there(&*self.bytes, at, &mut array).map(|()| array);
        }
        let within = usize::try_from(within).unwrap_or(usize::MAX);
        let mut kept = self.kept.borrow_mut();
        match kept.iter().position(|(number, _)| *number == page) {
            Some(0) => {}
            Some(found) => kept.swap(0, found),
            None => {
                kept.truncate(KEPT - 1);
                let read = self.read(page)?;
                kept.push_front((page, read));
            }
        }
        let page = kept.front().map(|(_, bytes)| bytes.as_slice()).unwrap_or_default();
        let array = page.get(within..).and_then(|rest| rest.first_chunk().copied());
        array.ok_or(Fault::Truncated { at: self.bytes.len() })
    }

    fn read(&self, page: u64) -> Result<Vec<u8>, Fault> {
        let at = page.saturating_mul(PAGE_BYTES);
        let there = self.bytes.len().saturating_sub(at).min(PAGE_BYTES);
        let mut bytes = vec![0; usize::try_from(there).unwrap_or(0)];
        read_there(&*self.bytes, at, &mut bytes)?;
        Ok(bytes)
    }
}
