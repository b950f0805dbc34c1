//! Bytes one behind the other, and what stands in for bytes that are not there.

use crate::bytes::Bytes;
use crate::fault::Fault;
use std::rc::Rc;

/// Several bytes, one behind the other.
pub(crate) struct Joined {
    /// Each with where it begins.
    parts: Vec<(u64, Rc<dyn Bytes>)>,
    length: u64,
}

impl Joined {
    pub(crate) fn new(parts: Vec<Rc<dyn Bytes>>) -> Self {
        let mut length = 0_u64;
        let placed = parts.into_iter().map(|part| {
            let start = length;
            length = length.saturating_add(part.len());
            (start, part)
        });
        Self { parts: placed.collect(), length }
    }
}

impl Bytes for Joined {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
        let first = self.parts.partition_point(|(start, _)| *start <= at).saturating_sub(1);
        let mut filled = 0;
        for (start, part) in self.parts.iter().skip(first) {
            let Some(rest) = into.get_mut(filled..).filter(|rest| !rest.is_empty()) else { break };
            let within = (at + filled as u64).saturating_sub(*start);
            let there = usize::try_from(part.len().saturating_sub(within)).unwrap_or(usize::MAX);
            let read = part.read_at(within, rest)?;
            filled += read;
            if read < there.min(rest.len()) {
                return Err(Fault::Truncated { at: at + filled as u64 });
            }
        }
        Ok(filled)
    }

    fn complaints(&self) -> Vec<Fault> {
        self.parts.iter().flat_map(|(_, part)| part.complaints()).collect()
    }
}

/// So many bytes that should be there.
pub(crate) struct Missing {
    pub(crate) length: u64,
    pub(crate) fault: Fault,
}

impl Bytes for Missing {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
        if at >= self.length || into.is_empty() { Ok(0) } else { Err(self.fault.clone()) }
    }
}

/// Bytes followed by zeros up to a length, or cut there.
pub(crate) struct Padded {
    pub(crate) bytes: Rc<dyn Bytes>,
    pub(crate) length: u64,
}

impl Bytes for Padded {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
        let there = usize::try_from(self.length.saturating_sub(at)).unwrap_or(usize::MAX);
        let count = there.min(into.len());
        let into = into.get_mut(..count).unwrap_or_default();
        let read = self.bytes.read_at(at, into)?;
        into.get_mut(read..).unwrap_or_default().fill(0);
        Ok(count)
    }

    fn complaints(&self) -> Vec<Fault> {
        self.bytes.complaints()
    }
}
