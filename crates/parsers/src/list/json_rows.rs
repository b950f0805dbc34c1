//! JSON lists of any size, one row at a time: the brackets are followed in the stream, and only a
//! single row is ever read as a whole. A row that is no JSON costs only itself as long as its
//! brackets and quotes match; where they do not, nothing after it can be trusted.

use super::Unsound;
use super::window::{MAX_ROW, Window};

/// Nesting inside one row; with the envelope around it no list goes deeper than 128.
const MAX_DEPTH: usize = 126;

/// A walk through a JSON text that is larger than memory.
pub(crate) struct Json<'s> {
    window: Window<'s>,
}

/// One whole value, where it has ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// It lies at hand with this length; [`Json::taken`] shows it, [`Json::pass`] goes on.
    Whole(usize),
    /// It is longer than [`MAX_ROW`] and was passed over.
    TooLong,
    /// It is nested too deeply and was passed over.
    TooDeep,
}

impl<'s> Json<'s> {
    /// Stands at the first byte after a byte order mark.
    pub(crate) fn new(mut window: Window<'s>) -> Result<Self, Unsound> {
        window.skip_mark()?;
        Ok(Self { window })
    }

    /// The next byte that is not blank; a text that ends here is cut.
    pub(crate) fn next(&mut self) -> Result<u8, Unsound> {
        self.blank()?;
        self.window.peek()?.ok_or_else(|| self.cut())
    }

    /// Passes over this byte if it comes next.
    pub(crate) fn accept(&mut self, byte: u8) -> Result<bool, Unsound> {
        let found = self.next()? == byte;
        if found {
            self.window.advance(1);
        }
        Ok(found)
    }

    /// Passes over this byte.
    pub(crate) fn expect(&mut self, byte: u8) -> Result<(), Unsound> {
        if self.accept(byte)? { Ok(()) } else { Err(self.unexpected()) }
    }

    /// Passes over a comma (`true`) or the closing bracket (`false`).
    pub(crate) fn separator(&mut self, close: u8) -> Result<bool, Unsound> {
        if self.accept(close)? {
            return Ok(false);
        }
        self.expect(b',')?;
        Ok(true)
    }

    /// A member's key, with its colon.
    pub(crate) fn key(&mut self) -> Result<String, Unsound> {
        if self.next()? != b'"' {
            return Err(self.unexpected());
        }
        let Extent::Whole(length) = self.value()? else { return Err(self.unexpected()) };
        let Ok(key) = serde_json::from_slice(self.taken(length)) else {
            return Err(self.unexpected());
        };
        self.pass(length);
        self.expect(b':')?;
        Ok(key)
    }

    /// Finds the end of the next value.
    pub(crate) fn value(&mut self) -> Result<Extent, Unsound> {
        self.next()?;
        let (mut scan, mut at, mut long) = (Scan::default(), 0, false);
        loop {
            match scan.feed(self.window.rest().get(at..).unwrap_or_default()) {
                Fed::End(count) => {
                    at += count;
                    break;
                }
                Fed::More => at = self.window.rest().len(),
                Fed::Broken(count) => {
                    self.window.advance(at + count);
                    return Err(self.unexpected());
                }
            }
            if long || at > MAX_ROW {
                long = true;
                self.window.advance(at);
                at = 0;
            }
            if !self.window.more()? {
                return Err(self.cut());
            }
        }
        let extent = match (long || at > MAX_ROW, scan.too_deep) {
            (true, _) => Extent::TooLong,
            (_, true) => Extent::TooDeep,
            _ => return Ok(Extent::Whole(at)),
        };
        self.window.advance(at);
        Ok(extent)
    }

    /// Passes over the next value, whatever its size.
    pub(crate) fn skip(&mut self) -> Result<(), Unsound> {
        if let Extent::Whole(length) = self.value()? {
            self.pass(length);
        }
        Ok(())
    }

    /// The value whose end was found.
    pub(crate) fn taken(&self, length: usize) -> &[u8] {
        self.window.rest().get(..length).unwrap_or_default()
    }

    /// Goes on behind it.
    pub(crate) fn pass(&mut self, length: usize) {
        self.window.advance(length);
    }

    /// Some bytes from here on, without passing over them.
    pub(crate) fn ahead(&mut self, count: usize) -> Result<&[u8], Unsound> {
        Ok(self.window.ahead(count)?)
    }

    /// Makes sure that nothing follows.
    pub(crate) fn end(&mut self) -> Result<(), Unsound> {
        self.blank()?;
        match self.window.peek()? {
            None => Ok(()),
            Some(_) => Err(Unsound::Malformed("something follows its end".to_owned())),
        }
    }

    fn blank(&mut self) -> Result<(), Unsound> {
        while matches!(self.window.peek()?, Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.window.advance(1);
        }
        Ok(())
    }

    fn cut(&self) -> Unsound {
        Unsound::Malformed(format!("it breaks off at byte {}", self.window.offset()))
    }

    fn unexpected(&self) -> Unsound {
        Unsound::Malformed(format!("byte {} is not what JSON has there", self.window.offset()))
    }
}

/// Follows brackets and quotes through pieces of one value.
#[derive(Default)]
struct Scan {
    depth: usize,
    /// One bit for each open bracket, the innermost lowest: set for `{`.
    braces: u128,
    inside: Inside,
    too_deep: bool,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Inside {
    #[default]
    Nothing,
    Text,
    Escape,
    Word,
}

enum Fed {
    End(usize),
    More,
    Broken(usize),
}

impl Scan {
    fn feed(&mut self, piece: &[u8]) -> Fed {
        let mut at = 0;
        while let Some(byte) = piece.get(at) {
            match self.inside {
                Inside::Escape => self.inside = Inside::Text,
                Inside::Text => match quote_or_escape(piece, at) {
                    None => return Fed::More,
                    Some(found) => {
                        at += found;
                        let quote = piece.get(at) == Some(&b'"');
                        self.inside = if quote { Inside::Nothing } else { Inside::Escape };
                        if quote && self.depth == 0 {
                            return Fed::End(at + 1);
                        }
                    }
                },
                Inside::Word if matches!(byte, b',' | b']' | b'}' | b' ' | b'\t'..=b'\r') => {
                    return Fed::End(at);
                }
                Inside::Word => {}
                Inside::Nothing => match self.plain(*byte) {
                    Step::On => {}
                    Step::End => return Fed::End(at + 1),
                    Step::Broken => return Fed::Broken(at),
                },
            }
            at += 1;
        }
        Fed::More
    }

    fn plain(&mut self, byte: u8) -> Step {
        match byte {
            b'"' => self.inside = Inside::Text,
            b'{' | b'[' => {
                self.depth += 1;
                self.too_deep |= self.depth > MAX_DEPTH;
                self.braces = self.braces << 1 | u128::from(byte == b'{');
            }
            b'}' | b']' => {
                // Beyond the width of the word the kinds are no longer known; the row is
                // rejected anyway.
                let known = !self.too_deep;
                let matching = (self.braces & 1 == 1) == (byte == b'}');
                if self.depth == 0 || (known && !matching) {
                    return Step::Broken;
                }
                self.depth -= 1;
                self.braces >>= 1;
                if self.depth == 0 {
                    return Step::End;
                }
            }
            b',' | b':' if self.depth == 0 => return Step::Broken,
            _ if self.depth == 0 => self.inside = Inside::Word,
            _ => {}
        }
        Step::On
    }
}

/// Most texts are short, and for them the general search takes longer to begin than to find.
fn quote_or_escape(piece: &[u8], at: usize) -> Option<usize> {
    let rest = piece.get(at..).unwrap_or_default();
    let near = plain_bytes(rest.get(..NEAR.min(rest.len())).unwrap_or_default());
    match rest.get(near) {
        Some(b'"' | b'\\') => Some(near),
        _ => {
            let far = rest.get(near..)?;
            memchr::memchr2(b'"', b'\\', far).map(|found| near + found)
        }
    }
}

const NEAR: usize = 32;

/// How many bytes at the beginning are certainly neither quote, backslash nor control character;
/// counted by eights, so up to seven may be left out. Each test of a byte may only err towards the
/// special one: a borrow reaches bytes behind one that was already found.
pub(super) fn plain_bytes(text: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let words = text.as_chunks::<8>().0;
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let quote = zero(word ^ (ONES * u64::from(b'"')));
        let escape = zero(word ^ (ONES * u64::from(b'\\')));
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let special = (quote | escape | control) & HIGH;
        if special != 0 {
            return at * 8 + special.trailing_zeros() as usize / 8;
        }
    }
    words.len() * 8
}

enum Step {
    On,
    End,
    Broken,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extent(text: &str) -> Result<Extent, Unsound> {
        let mut source = text.as_bytes();
        Json::new(Window::new(&mut source))?.value()
    }

    #[test]
    fn values_end_where_their_brackets_close() {
        let check = |text: &str, length: usize| {
            assert_eq!(extent(text).unwrap(), Extent::Whole(length), "{text}");
        };
        check(r#"{"a":"}\"]"} x"#, 12);
        check(r#" [1,{"b":[]}],"#.trim_start(), 12);
        check(r#""a\\","#, 5);
        check("-1.5e3,", 6);
        check("null]", 4);
    }

    #[test]
    fn what_does_not_end_or_match_is_unsound() {
        let check = |text: &str| assert!(extent(text).is_err(), "{text}");
        check("");
        check("{\"a\":1");
        check("{\"a\":\"");
        check("[}");
        check("]");
        check("{\"a\":[1}");
        check("12");
    }

    #[test]
    fn deep_and_long_rows_are_passed_over() {
        let deep = "[".repeat(MAX_DEPTH + 1) + &"]".repeat(MAX_DEPTH + 1);
        assert_eq!(extent(&deep).unwrap(), Extent::TooDeep);
        let deep = "[".repeat(MAX_DEPTH) + &"]".repeat(MAX_DEPTH);
        assert_eq!(extent(&deep).unwrap(), Extent::Whole(2 * MAX_DEPTH));
        let long = format!("[\"{}\"]", "a".repeat(MAX_ROW));
        assert_eq!(extent(&long).unwrap(), Extent::TooLong);
    }
}
