//! A view of a list that moves forward: a list is larger than memory, so only a stretch of it is
//! at hand. Positions are counted, so that each row can be found again.

use super::ListSource;
use std::io;

/// Bytes asked for at a time.
pub(crate) const CHUNK: usize = 256 << 10;

/// Longest row, line or text that is taken, in bytes: what is longer is rejected, so that memory
/// stays bounded. A video of three hours with one frame hash a second has 0.8 MiB.
pub(crate) const MAX_ROW: usize = 1 << 20;

/// The stretch at hand.
pub(crate) struct Window<'s> {
    source: &'s mut dyn ListSource,
    buffer: Vec<u8>,
    /// Where the unread bytes begin in the buffer.
    from: usize,
    /// Their offset in the source.
    offset: u64,
}

impl<'s> Window<'s> {
    /// Stands at the first byte, with nothing at hand yet.
    pub(crate) fn new(source: &'s mut dyn ListSource) -> Self {
        Self { source, buffer: Vec::new(), from: 0, offset: 0 }
    }

    /// The unread bytes at hand.
    pub(crate) fn rest(&self) -> &[u8] {
        self.buffer.get(self.from..).unwrap_or_default()
    }

    /// Offset of the first unread byte.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// Takes another chunk to hand, behind what is there; `false` at the end of the source.
    pub(crate) fn more(&mut self) -> io::Result<bool> {
        if self.from > 0 {
            self.buffer.drain(..self.from);
            self.from = 0;
        }
        let had = self.buffer.len();
        let at = self.offset.saturating_add(had as u64);
        let left = self.source.size().saturating_sub(at);
        if left == 0 {
            return Ok(false);
        }
        let wanted = usize::try_from(left).map_or(CHUNK, |left| left.min(CHUNK));
        self.buffer.resize(had + wanted, 0);
        let got = match self.buffer.get_mut(had..) {
            Some(into) => self.source.read_at(at, into)?.min(wanted),
            None => 0,
        };
        self.buffer.truncate(had + got);
        if got == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(true)
    }

    /// Moves on over bytes at hand.
    pub(crate) fn advance(&mut self, count: usize) {
        let count = count.min(self.buffer.len() - self.from);
        self.from += count;
        self.offset += count as u64;
    }

    /// The next byte; `None` at the end.
    pub(crate) fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            if let Some(byte) = self.rest().first() {
                return Ok(Some(*byte));
            }
            if !self.more()? {
                return Ok(None);
            }
        }
    }

    /// At least this many bytes from here, or all that there are.
    pub(crate) fn ahead(&mut self, count: usize) -> io::Result<&[u8]> {
        while self.rest().len() < count && self.more()? {}
        let count = count.min(self.rest().len());
        Ok(self.rest().get(..count).unwrap_or_default())
    }

    /// Passes over a byte order mark.
    pub(crate) fn skip_mark(&mut self) -> io::Result<()> {
        if self.ahead(3)? == b"\xef\xbb\xbf" {
            self.advance(3);
        }
        Ok(())
    }
}

impl io::Read for Window<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = io::BufRead::fill_buf(self)?.len().min(into.len());
        if let (Some(into), Some(from)) = (into.get_mut(..length), self.rest().get(..length)) {
            into.copy_from_slice(from);
        }
        self.advance(length);
        Ok(length)
    }
}

impl io::BufRead for Window<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.peek()?;
        Ok(self.rest())
    }

    fn consume(&mut self, count: usize) {
        self.advance(count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn bytes_come_in_order_and_are_counted() {
        let bytes: Vec<u8> = (0..=255).cycle().take(3 * CHUNK + 7).collect();
        let mut source = &bytes[..];
        let mut window = Window::new(&mut source);
        assert_eq!(window.peek().unwrap(), Some(0));
        window.advance(1);
        assert_eq!(window.ahead(CHUNK + 1).unwrap().len(), CHUNK + 1);
        let mut rest = Vec::new();
        window.read_to_end(&mut rest).unwrap();
        assert_eq!((rest.len(), window.offset()), (bytes.len() - 1, bytes.len() as u64));
        assert_eq!(rest, bytes[1..]);
        assert_eq!(window.peek().unwrap(), None);
    }

    #[test]
    fn a_source_that_ends_before_its_size_is_a_fault() {
        struct Short;
        impl ListSource for Short {
            fn size(&self) -> u64 {
                10
            }
            fn read_at(&mut self, _: u64, _: &mut [u8]) -> io::Result<usize> {
                Ok(0)
            }
        }
        let mut short = Short;
        assert!(Window::new(&mut short).peek().is_err());
    }
}
