//! The worker's side of reading a list: its bytes are asked for as the parser needs them, so that
//! a list of any size is read in the same memory.

use crate::frame::{self, CHUNK, Kind, ListRequest, Want};
use crate::outgoing::Outgoing;
use crate::serve::{confused, next};
use amparo_parsers::{LISTS, ListSource};
use std::cell::RefCell;
use std::io::{self, Read, Write};

/// Answers one [`Kind::List`].
pub(crate) fn list(
    request: &ListRequest,
    input: &mut impl Read,
    output: &mut impl Write,
) -> io::Result<()> {
    let pipe = RefCell::new(output);
    let mut records = Shared(&pipe);
    let mut out = Outgoing::new(&mut records);
    let mut source = Asking::new(request.list.size, input, Shared(&pipe));
    let list = &request.list;
    if let Some(parser) = LISTS.iter().find(|parser| parser.spec().id == request.parser) {
        amparo_parsers::list::read_within_limits(
            *parser,
            &list.path,
            list.sha256,
            &mut source,
            &mut out,
        );
    }
    out.finish()
}

/// One pipe for records and for questions; each frame is written in one go.
struct Shared<'a, W>(&'a RefCell<&'a mut W>);

impl<W: Write> Write for Shared<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.borrow_mut().flush()
    }
}

/// A list at the other end of the pipe, seen through a window that moves with the reader.
struct Asking<'a, R, W> {
    size: u64,
    input: &'a mut R,
    output: Shared<'a, W>,
    window_at: u64,
    window: Vec<u8>,
}

impl<'a, R: Read, W: Write> Asking<'a, R, W> {
    fn new(size: u64, input: &'a mut R, output: Shared<'a, W>) -> Self {
        Self { size, input, output, window_at: 0, window: Vec::new() }
    }

    /// What the window holds from `offset` on.
    fn seen(&self, offset: u64) -> &[u8] {
        let into = offset.checked_sub(self.window_at).and_then(|into| usize::try_from(into).ok());
        into.and_then(|into| self.window.get(into..)).unwrap_or_default()
    }

    /// Moves the window to `offset`. Reading on costs a whole chunk; a jump, as a database makes
    /// it, costs little.
    fn ask(&mut self, offset: u64) -> io::Result<()> {
        const JUMP: u64 = 64 << 10;
        let reads_on = offset == self.window_at.saturating_add(self.window.len() as u64);
        let most = if reads_on { CHUNK as u64 } else { JUMP };
        let length = self.size.saturating_sub(offset).min(most);
        frame::write_json(&mut self.output, Kind::Want, &Want { offset, length, file: 0 })?;
        self.output.flush()?;
        match next(self.input)? {
            Some((Kind::Bytes, bytes)) if bytes.len() as u64 == length => {
                (self.window_at, self.window) = (offset, bytes);
                Ok(())
            }
            _ => Err(confused()),
        }
    }
}

impl<R: Read, W: Write> ListSource for Asking<'_, R, W> {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&mut self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while let Some(rest) = into.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            let at = offset.saturating_add(filled as u64);
            if at >= self.size {
                break;
            }
            if self.seen(at).is_empty() {
                self.ask(at)?;
            }
            let seen = self.seen(at);
            let length = seen.len().min(rest.len());
            if let (Some(rest), Some(seen)) = (rest.get_mut(..length), seen.get(..length)) {
                rest.copy_from_slice(seen);
            }
            filled += length;
        }
        Ok(filled)
    }
}
