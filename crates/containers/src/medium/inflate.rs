//! Deflate streams of known length, unpacked without allocating for each.

use flate2::{Decompress, FlushDecompress, Status};
use std::cell::RefCell;

/// Unpacks one stream after the other.
pub(crate) struct Inflater {
    state: RefCell<Decompress>,
    zlib: bool,
}

impl Inflater {
    /// `zlib` when the streams have its header and checksum (RFC 1950), else bare (RFC 1951).
    pub(crate) fn new(zlib: bool) -> Self {
        Self { state: RefCell::new(Decompress::new(zlib)), zlib }
    }

    /// Fills all of `into` from the stream at the start of `packed`; what follows the stream is
    /// padding. A stream that would give more is cut there if it has no checksum.
    ///
    /// # Errors
    /// Why it cannot be unpacked, for people.
    pub(crate) fn fill(&self, packed: &[u8], into: &mut [u8]) -> Result<(), String> {
        let mut state = self.state.borrow_mut();
        state.reset(self.zlib);
        let status = state.decompress(packed, into, FlushDecompress::Finish);
        let status = status.map_err(|error| format!("its compressed form is wrong: {error}"))?;
        let full = state.total_out() == into.len() as u64;
        match status {
            Status::StreamEnd if full => Ok(()),
            Status::StreamEnd => Err(format!("it holds only {} bytes", state.total_out())),
            Status::Ok | Status::BufError if full && !self.zlib => Ok(()),
            Status::Ok | Status::BufError if full => Err("it holds more than it may".into()),
            Status::Ok | Status::BufError => Err("its compressed form is cut".into()),
        }
    }
}
