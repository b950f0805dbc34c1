//! The lines of a list, with their places. A line that is too long is passed over, not held.

use super::window::{MAX_ROW, Window};
use crate::ListOut;
use amparo_model::{Place, ProblemKind};
use std::io;

/// How far a quoted value with line breaks inside may reach.
const MAX_JOINED_LINES: usize = 64;
const MAX_JOINED: usize = 64 << 10;

/// A walk over lines that end in LF or CR LF; the last one may have no end.
pub(crate) struct Lines<'s> {
    window: Window<'s>,
    /// Bytes at hand that belong to lines already handed out.
    done: usize,
}

/// One line, still at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line {
    start: u64,
    /// Bytes at hand, without the line's end; none of a line that is too long.
    length: usize,
    /// Bytes with the line's end.
    full: u64,
    /// Whether the line has an end: the last one of a list that is cut has none.
    pub(crate) ended: bool,
    /// Longer than [`MAX_ROW`].
    pub(crate) too_long: bool,
}

impl Line {
    /// Where it lies.
    pub(crate) fn place(&self) -> Place {
        Place::Bytes { start: self.start, end: self.start + self.full }
    }
}

/// Tells of a line without an end: a list that is cut inside its last line may look like this.
pub(crate) fn note_end(line: &Line, out: &mut ListOut) {
    if !line.ended {
        let why = "the last line has no end; the list may be cut there";
        out.note(line.place(), ProblemKind::Malformed, why);
    }
}

impl<'s> Lines<'s> {
    /// Stands before the first line, behind a byte order mark.
    pub(crate) fn new(mut window: Window<'s>) -> io::Result<Self> {
        window.skip_mark()?;
        Ok(Self { window, done: 0 })
    }

    /// The next line.
    pub(crate) fn next(&mut self) -> io::Result<Option<Line>> {
        self.window.advance(self.done);
        self.done = 0;
        if self.window.peek()?.is_none() {
            return Ok(None);
        }
        let start = self.window.offset();
        let Some(found) = self.find_end(0)? else { return self.pass_over(start).map(Some) };
        self.done = found.full;
        Ok(Some(self.line(start, found)))
    }

    /// The current line together with `more` lines after it; `None` when they are too many or
    /// there are none. [`Lines::take`] makes them the current line.
    pub(crate) fn joined(&mut self, more: usize) -> io::Result<Option<Line>> {
        if more > MAX_JOINED_LINES {
            return Ok(None);
        }
        let mut from = self.done;
        let mut found = None;
        for _ in 0..more {
            found = self.find_end(from)?.filter(|end| end.full > from && end.full < MAX_JOINED);
            match &found {
                Some(end) => from = end.full,
                None => return Ok(None),
            }
        }
        let start = self.window.offset();
        Ok(found.map(|end| self.line(start, end)))
    }

    /// Goes on behind this line.
    pub(crate) fn take(&mut self, line: &Line) {
        self.done = usize::try_from(line.full).unwrap_or(self.done);
    }

    /// The bytes of a line that was just handed out, without its end.
    pub(crate) fn bytes(&self, line: &Line) -> &[u8] {
        self.window.rest().get(..line.length).unwrap_or_default()
    }

    fn line(&self, start: u64, end: End) -> Line {
        let bytes = self.window.rest().get(..end.full).unwrap_or_default();
        let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let (length, full) = (text.len(), end.full as u64);
        Line { start, length, full, ended: end.ended, too_long: false }
    }

    /// Where the line ends that begins so many bytes from here; `None` when it is too long.
    fn find_end(&mut self, from: usize) -> io::Result<Option<End>> {
        let mut at = from;
        loop {
            let rest = self.window.rest();
            if let Some(found) = memchr::memchr(b'\n', rest.get(at..).unwrap_or_default()) {
                let full = at + found + 1;
                return Ok((full - from <= MAX_ROW).then_some(End { full, ended: true }));
            }
            at = rest.len();
            if at.saturating_sub(from) > MAX_ROW {
                return Ok(None);
            }
            if !self.window.more()? {
                return Ok(Some(End { full: at, ended: false }));
            }
        }
    }

    fn pass_over(&mut self, start: u64) -> io::Result<Line> {
        let mut ended = false;
        while !ended && self.window.peek()?.is_some() {
            let rest = self.window.rest();
            let end = memchr::memchr(b'\n', rest);
            let count = end.map_or(rest.len(), |end| end + 1);
            ended = end.is_some();
            self.window.advance(count);
        }
        let full = self.window.offset() - start;
        Ok(Line { start, length: 0, full, ended, too_long: true })
    }
}

struct End {
    full: usize,
    ended: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<(String, u64, bool)> {
        let mut source = text.as_bytes();
        let mut lines = Lines::new(Window::new(&mut source)).unwrap();
        let mut found = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            let text = String::from_utf8(lines.bytes(&line).to_vec()).unwrap();
            found.push((text, line.start, line.ended));
        }
        found
    }

    #[test]
    fn lines_know_their_place_and_their_end() {
        let check = |text: &str, expect: &[(&str, u64, bool)]| {
            let expect: Vec<_> = expect.iter().map(|(t, s, e)| ((*t).to_owned(), *s, *e)).collect();
            assert_eq!(lines(text), expect, "{text:?}");
        };
        check("", &[]);
        check("a\r\n\nb", &[("a", 0, true), ("", 3, true), ("b", 4, false)]);
        check("\u{feff}a\n", &[("a", 3, true)]);
    }

    #[test]
    fn a_line_that_is_too_long_hides_no_other() {
        let text = format!("a\n{}\nb\n", "x".repeat(3 * MAX_ROW));
        let found = lines(&text);
        assert_eq!(found.len(), 3);
        assert_eq!(found[1], (String::new(), 2, true));
        assert_eq!(found[2].0, "b");
    }

    #[test]
    fn lines_are_joined_and_given_back() {
        let mut source = &b"a\nb\nc"[..];
        let mut lines = Lines::new(Window::new(&mut source)).unwrap();
        lines.next().unwrap();
        let two = lines.joined(1).unwrap().unwrap();
        assert_eq!(lines.bytes(&two), b"a\nb");
        let three = lines.joined(2).unwrap().unwrap();
        assert!(lines.bytes(&three) == b"a\nb\nc" && !three.ended);
        assert_eq!(lines.joined(3).unwrap(), None);
        lines.take(&two);
        let last = lines.next().unwrap().unwrap();
        assert_eq!(lines.bytes(&last), b"c");
    }
}
