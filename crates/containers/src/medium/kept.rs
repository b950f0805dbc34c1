//! What a medium in packed blocks keeps in memory: fetched bytes and unpacked blocks.

use super::read_there;
use crate::bytes::Bytes;
use crate::fault::Fault;
use std::collections::HashMap;
use std::rc::Rc;

/// Unpacked blocks kept, in bytes together.
const DECODED_BYTES_MAX: u64 = 16 << 20;
/// Fetched at once when blocks are read in order, and at the first look.
const AHEAD_BYTES_MAX: u64 = 2 << 20;
const AHEAD_BYTES_MIN: u64 = 32 << 10;

/// The blocks used last, unpacked.
pub(super) struct Decoded {
    blocks: HashMap<u64, (u64, Vec<u8>)>,
    most: usize,
    clock: u64,
}

impl Decoded {
    pub(super) fn new(block_bytes: u64) -> Self {
        let most = DECODED_BYTES_MAX / block_bytes.max(1);
        let most = usize::try_from(most.clamp(1, 1024)).unwrap_or(1);
        Self { blocks: HashMap::new(), most, clock: 0 }
    }

    /// Fills `into` from byte `within` of a block, if that is kept.
    pub(super) fn copy(&mut self, block: u64, within: u64, into: &mut [u8]) -> bool {
        self.clock += 1;
        let Some((used, bytes)) = self.blocks.get_mut(&block) else { return false };
        *used = self.clock;
        let from = usize::try_from(within).unwrap_or(usize::MAX);
        match bytes.get(from..).and_then(|bytes| bytes.get(..into.len())) {
            Some(bytes) => into.copy_from_slice(bytes),
            None => return false,
        }
        true
    }

    pub(super) fn keep(&mut self, block: u64, bytes: Vec<u8>) {
        if self.blocks.len() >= self.most {
            let oldest = self.blocks.iter().min_by_key(|(_, (used, _))| *used).map(|(at, _)| *at);
            self.blocks.remove(&oldest.unwrap_or(block));
        }
        self.blocks.insert(block, (self.clock, bytes));
    }
}

/// The piece of a source that was read last.
#[derive(Default)]
pub(super) struct Fetched {
    source: usize,
    at: u64,
    bytes: Vec<u8>,
    ahead: u64,
}

impl Fetched {
    /// `length` bytes of a source from `at` on. Reads `wanted` when they are not there yet, and
    /// more each time when one piece follows the other.
    pub(super) fn get(
        &mut self,
        bytes: &Rc<dyn Bytes>,
        source: usize,
        at: u64,
        length: u64,
        wanted: u64,
    ) -> Result<&[u8], Fault> {
        if !self.holds(source, at, length) {
            let goes_on = self.source == source
                && at >= self.at
                && at <= self.end().saturating_add(AHEAD_BYTES_MIN);
            let double = self.ahead.saturating_mul(2).min(AHEAD_BYTES_MAX);
            self.ahead = if goes_on { double } else { 0 }.max(AHEAD_BYTES_MIN);
            let most = bytes.len().saturating_sub(at);
            self.read(bytes, source, at, wanted.max(self.ahead).max(length).min(most))
                .or_else(|_| self.read(bytes, source, at, length))?;
        }
        let from = usize::try_from(at - self.at).unwrap_or(usize::MAX);
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let piece = self.bytes.get(from..).and_then(|bytes| bytes.get(..length));
        piece.ok_or(Fault::Truncated { at: self.end() })
    }

    fn end(&self) -> u64 {
        self.at.saturating_add(self.bytes.len() as u64)
    }

    fn holds(&self, source: usize, at: u64, length: u64) -> bool {
        let end = at.saturating_add(length);
        self.source == source && at >= self.at && end <= self.end() && !self.bytes.is_empty()
    }

    fn read(
        &mut self,
        bytes: &Rc<dyn Bytes>,
        source: usize,
        at: u64,
        length: u64,
    ) -> Result<(), Fault> {
        (self.source, self.at) = (source, at);
        self.bytes.resize(usize::try_from(length).unwrap_or(0), 0);
        let read = read_there(&**bytes, at, &mut self.bytes);
        if read.is_err() {
            self.bytes.clear();
        }
        read
    }
}
