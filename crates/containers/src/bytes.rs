//! Bytes that can be read at any place: a file, a partition, an entry of an archive.
//!
//! Everything is shared by [`Rc`](std::rc::Rc) inside one worker thread. Numbers in foreign bytes
//! are read with the functions at the end, which never panic.

use crate::fault::Fault;
use std::rc::Rc;

/// A sequence of bytes of known length.
pub trait Bytes {
    /// How many bytes there are.
    fn len(&self) -> u64;

    /// Fills `into` with the bytes from `at` on and says how many there were: all that fit, less
    /// only at the end. Reading behind the end gives 0.
    ///
    /// # Errors
    /// [`Fault`]: what of these bytes cannot be had. Others may still be readable.
    fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault>;

    /// No bytes at all.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What turned out to be wrong while these bytes were read, though they could be given: a
    /// stored checksum that does not match. Complete once the last byte was read in order.
    fn complaints(&self) -> Vec<Fault> {
        Vec::new()
    }

    /// These bytes lie unchanged in those from which they were made, as `(offset, length)` in
    /// order; a gap of zeros has no offset. `None` where they are computed.
    fn runs(&self) -> Option<Vec<(Option<u64>, u64)>> {
        None
    }
}

/// Bytes held in memory.
#[derive(Debug, Clone)]
pub struct Memory(pub Vec<u8>);

impl Bytes for Memory {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
        let from = usize::try_from(at).ok().and_then(|at| self.0.get(at..)).unwrap_or_default();
        let count = from.len().min(into.len());
        if let (Some(into), Some(from)) = (into.get_mut(..count), from.get(..count)) {
            into.copy_from_slice(from);
        }
        Ok(count)
    }
}

/// So many zeros, which lie nowhere.
#[derive(Debug, Clone, Copy)]
pub struct Blank(pub u64);

impl Bytes for Blank {
    fn len(&self) -> u64 {
        self.0
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
        let count = fitting(self.0, at, into.len());
        into.iter_mut().take(count).for_each(|byte| *byte = 0);
        Ok(count)
    }

    fn runs(&self) -> Option<Vec<(Option<u64>, u64)>> {
        Some(vec![(None, self.0)])
    }
}

/// Part of other bytes: a partition, a stored member of an archive.
#[derive(Clone)]
pub struct Window {
    within: Rc<dyn Bytes>,
    start: u64,
    length: u64,
}

impl Window {
    /// `length` bytes of `within` from `start` on.
    ///
    /// # Errors
    /// [`Fault::Truncated`] when they do not all lie inside.
    pub fn new(within: Rc<dyn Bytes>, start: u64, length: u64) -> Result<Self, Fault> {
        let inside = start.checked_add(length).is_some_and(|end| end <= within.len());
        if !inside {
            return Err(Fault::Truncated { at: start });
        }
        Ok(Self { within, start, length })
    }

    /// As many of the `length` bytes from `start` on as there are.
    #[must_use]
    pub fn clipped(within: Rc<dyn Bytes>, start: u64, length: u64) -> Self {
        let start = start.min(within.len());
        let length = length.min(within.len().saturating_sub(start));
        Self { within, start, length }
    }
}

impl Bytes for Window {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
        let count = fitting(self.length, at, into.len());
        match into.get_mut(..count) {
            Some(into) if count > 0 => self.within.read_at(self.start + at, into),
            _ => Ok(0),
        }
    }

    fn runs(&self) -> Option<Vec<(Option<u64>, u64)>> {
        Some(vec![(Some(self.start), self.length)])
    }
}

/// How many of `wanted` bytes from `at` on there are.
fn fitting(length: u64, at: u64, wanted: usize) -> usize {
    usize::try_from(length.saturating_sub(at)).unwrap_or(usize::MAX).min(wanted)
}

/// Fills `into` or says where the bytes end.
///
/// # Errors
/// [`Fault::Truncated`] when there are fewer; whatever the reading gives.
pub fn read_exact_at(bytes: &dyn Bytes, at: u64, into: &mut [u8]) -> Result<(), Fault> {
    let read = bytes.read_at(at, into)?;
    if read == into.len() { Ok(()) } else { Err(Fault::Truncated { at: at + read as u64 }) }
}

/// `N` bytes from `at` on.
///
/// # Errors
/// As [`read_exact_at`].
pub fn array_at<const N: usize>(bytes: &dyn Bytes, at: u64) -> Result<[u8; N], Fault> {
    let mut array = [0; N];
    read_exact_at(bytes, at, &mut array)?;
    Ok(array)
}

/// `length` bytes from `at` on, if that is no more than `limit`: a claimed length allocates nothing
/// that a caller did not allow.
///
/// # Errors
/// [`Fault::Limit`] above the limit; as [`read_exact_at`].
pub fn vec_at(bytes: &dyn Bytes, at: u64, length: u64, limit: u64) -> Result<Vec<u8>, Fault> {
    if length > limit {
        return Err(Fault::Limit { what: format!("{length} bytes at byte {at}; at most {limit}") });
    }
    // Memory grows with what is there, not with what is claimed.
    let there = length.min(bytes.len().saturating_sub(at));
    let mut vec = vec![0; usize::try_from(there).unwrap_or(0)];
    read_exact_at(bytes, at, &mut vec)?;
    if there < length { Err(Fault::Truncated { at: at + there }) } else { Ok(vec) }
}

/// Two bytes, little end first; 0 behind the end.
#[must_use]
pub fn le16(bytes: &[u8], at: usize) -> u16 {
    part(bytes, at).map_or(0, u16::from_le_bytes)
}

/// Four bytes, little end first; 0 behind the end.
#[must_use]
pub fn le32(bytes: &[u8], at: usize) -> u32 {
    part(bytes, at).map_or(0, u32::from_le_bytes)
}

/// Eight bytes, little end first; 0 behind the end.
#[must_use]
pub fn le64(bytes: &[u8], at: usize) -> u64 {
    part(bytes, at).map_or(0, u64::from_le_bytes)
}

/// Two bytes, big end first; 0 behind the end.
#[must_use]
pub fn be16(bytes: &[u8], at: usize) -> u16 {
    part(bytes, at).map_or(0, u16::from_be_bytes)
}

/// Four bytes, big end first; 0 behind the end.
#[must_use]
pub fn be32(bytes: &[u8], at: usize) -> u32 {
    part(bytes, at).map_or(0, u32::from_be_bytes)
}

/// Eight bytes, big end first; 0 behind the end.
#[must_use]
pub fn be64(bytes: &[u8], at: usize) -> u64 {
    part(bytes, at).map_or(0, u64::from_be_bytes)
}

fn part<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_never_shows_what_lies_outside() {
        let all: Rc<dyn Bytes> = Rc::new(Memory((0..10).collect()));
        let window = Window::new(Rc::clone(&all), 3, 4).unwrap();
        let check = |at: u64, wanted: usize, expect: &[u8]| {
            let mut into = vec![0; wanted];
            let read = window.read_at(at, &mut into).unwrap();
            assert_eq!(&into[..read], expect);
        };
        check(0, 10, &[3, 4, 5, 6]);
        check(2, 1, &[5]);
        check(4, 1, &[]);
        check(u64::MAX, 1, &[]);
        assert!(Window::new(Rc::clone(&all), 8, 3).is_err());
        assert!(Window::new(Rc::clone(&all), u64::MAX, 2).is_err());
        assert_eq!(Window::clipped(all, 8, 9).len(), 2);
    }

    #[test]
    fn a_claimed_length_allocates_nothing() {
        let few = Memory(vec![1; 5]);
        assert_eq!(vec_at(&few, 1, 3, 10).unwrap(), [1, 1, 1]);
        assert_eq!(vec_at(&few, 1, 1 << 40, 1 << 50), Err(Fault::Truncated { at: 5 }));
        assert!(matches!(vec_at(&few, 0, 11, 10), Err(Fault::Limit { .. })));
    }
}
