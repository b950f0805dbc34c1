//! Where the bytes of one stream come from, a piece at a time.

use std::io::{self, Read};

/// The size of the buffer of a stream. Sixteen of them on each thread are 4 MiB; smaller reads
/// would make a disk with a moving head jump between the files.
const BUFFER: usize = 256 << 10;

/// A stream of bytes.
pub trait Feed {
    /// Why it broke off.
    type Error;

    /// Makes at least one block ready, or all that is left.
    ///
    /// # Errors
    /// The stream breaks off here; what was ready before does not count.
    fn fill(&mut self) -> Result<(), Self::Error>;

    /// The bytes that can be used now.
    fn ready(&self) -> &[u8];

    /// Marks the first bytes as used.
    fn used(&mut self, bytes: usize);
}

/// Bytes in memory, with their place among others.
pub struct Slice<'b> {
    pub index: usize,
    pub rest: &'b [u8],
}

impl Feed for Slice<'_> {
    type Error = std::convert::Infallible;

    fn fill(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }

    fn ready(&self) -> &[u8] {
        self.rest
    }

    fn used(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }
}

/// The part of a reader that was read and not yet used. Worth keeping for the next reader: a fresh
/// buffer for each small file would cost more than its hashes.
pub struct Buffer {
    bytes: Box<[u8]>,
    start: usize,
    end: usize,
}

impl Buffer {
    pub fn new() -> Self {
        Self { bytes: vec![0; BUFFER].into_boxed_slice(), start: 0, end: 0 }
    }

    /// Forgets what is in it.
    pub fn clear(&mut self) {
        (self.start, self.end) = (0, 0);
    }

    /// Reads until one block is ready, or `left` bytes or the reader are at their end.
    pub fn fill(&mut self, reader: &mut impl Read, left: &mut u64) -> io::Result<()> {
        self.bytes.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        while self.end < size_of::<super::kernel::Block>() {
            let room = self.bytes.get_mut(self.end..).unwrap_or_default();
            let want = usize::try_from(*left).unwrap_or(usize::MAX).min(room.len());
            match reader.read(room.get_mut(..want).unwrap_or_default()) {
                Ok(0) => break,
                Ok(read) => {
                    self.end += read.min(want);
                    *left = left.saturating_sub(read as u64);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    pub fn ready(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or_default()
    }

    pub fn used(&mut self, bytes: usize) {
        self.start = self.start.saturating_add(bytes).min(self.end);
    }
}
