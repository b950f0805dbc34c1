//! Bytes with a stated CRC-32, which is compared while they are read in order.

use crate::bytes::Bytes;
use crate::fault::Fault;
use crc32fast::Hasher;
use std::cell::RefCell;
use std::rc::Rc;

/// Bytes of which their container states the CRC-32 (ISO-HDLC, as in ZIP, gzip and 7z).
pub struct Checked {
    bytes: Rc<dyn Bytes>,
    /// Nothing where none is stated.
    stated: Option<u32>,
    /// Where in the container they begin, for the complaint.
    place: u64,
    seen: RefCell<(u64, Hasher)>,
    notes: Vec<Fault>,
    /// Other bytes whose complaints are told too: those that these were made from.
    below: Option<Rc<dyn Bytes>>,
    is_computed: bool,
}

impl Checked {
    /// `bytes`, which begin at `place` in their container and have the CRC-32 `stated`.
    pub fn new(bytes: Rc<dyn Bytes>, stated: impl Into<Option<u32>>, place: u64) -> Self {
        let (stated, seen) = (stated.into(), RefCell::default());
        Self { bytes, stated, place, seen, notes: Vec::new(), below: None, is_computed: false }
    }

    /// What is wrong from the beginning.
    pub fn with(self, notes: Vec<Fault>) -> Self {
        Self { notes, ..self }
    }

    /// Made from `below`, whose complaints are told too.
    pub fn over(self, below: Rc<dyn Bytes>) -> Self {
        Self { below: Some(below), is_computed: true, ..self }
    }

    /// They do not lie unchanged in the container, although they do in what they are a part of.
    pub fn computed(self) -> Self {
        Self { is_computed: true, ..self }
    }
}

impl Bytes for Checked {
    fn len(&self) -> u64 {
        self.bytes.len()
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
        let read = self.bytes.read_at(at, into)?;
        let mut seen = self.seen.borrow_mut();
        let known = seen.0.checked_sub(at).and_then(|known| usize::try_from(known).ok());
        if let Some(new) = known.and_then(|known| into.get(known..read)) {
            seen.1.update(new);
            seen.0 += new.len() as u64;
        }
        Ok(read)
    }

    fn complaints(&self) -> Vec<Fault> {
        let mut complaints = self.notes.clone();
        complaints.extend(self.bytes.complaints());
        complaints.extend(self.below.iter().flat_map(|below| below.complaints()));
        let seen = self.seen.borrow();
        let found = seen.1.clone().finalize();
        if let Some(stated) = self.stated.filter(|stated| *stated != found)
            && seen.0 == self.bytes.len()
        {
            let why = format!("CRC-32 is {found:08x}; stated is {stated:08x}");
            complaints.push(Fault::damaged(self.place, why));
        }
        complaints
    }

    fn runs(&self) -> Option<Vec<(Option<u64>, u64)>> {
        if self.is_computed { None } else { self.bytes.runs() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Memory;

    #[test]
    fn a_wrong_checksum_is_told_once_all_was_read_in_order() {
        let check = |stated: u32, reads: &[(u64, usize)]| {
            let bytes = Checked::new(Rc::new(Memory(b"123456789".to_vec())), stated, 40);
            for (at, length) in reads {
                bytes.read_at(*at, &mut vec![0; *length]).unwrap();
            }
            bytes.complaints().len()
        };
        assert_eq!(check(0xCBF4_3926, &[(0, 9)]), 0);
        assert_eq!(check(0xCBF4_3926, &[(0, 4), (2, 4), (7, 1), (6, 10)]), 0);
        assert_eq!(check(0, &[(0, 4), (4, 5)]), 1);
        assert_eq!(check(0, &[(0, 4), (5, 4)]), 0);
    }
}
