//! JSON lists of any size, one row at a time: the brackets are followed in the stream, and only a
//! single row is ever read as a whole. A row that is no JSON costs only itself as long as its
//! brackets and quotes match; where they do not, nothing after it can be trusted.

use super::Unsound;
use super::window::{MAX_ROW, Window};
use serde::Deserialize;
use serde::de::{Error, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// Nesting inside one row; with the envelope around it no list goes deeper than 128.
const MAX_DEPTH: usize = 126;

/// Members of one object; VICS 2.0 knows about 30.
const MAX_MEMBERS: usize = 500;

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

fn quote_or_escape(piece: &[u8], at: usize) -> Option<usize> {
    memchr::memchr2(b'"', b'\\', piece.get(at..).unwrap_or_default())
}

enum Step {
    On,
    End,
    Broken,
}

/// The members of one object in their order, values as they are written.
pub(crate) struct Members<'a>(pub(crate) Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Members<'a> {
    /// Reads one object strictly: no repeated key, no broken escape, no NUL, nothing but UTF-8.
    ///
    /// # Errors
    /// What is wrong with it, for people.
    pub(crate) fn read(row: &'a [u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(row).map_err(|_| "row that is not UTF-8".to_owned())?;
        if !text.starts_with('{') {
            return Err("row that is no object".to_owned());
        }
        // Raw values are passed over without looking into their escapes.
        if memchr::memmem::find(row, b"\\u").is_some() {
            let value = serde_json::from_str(text).map_err(|error| fault(&error))?;
            if holds_nul(&value) {
                return Err("row with a NUL character".to_owned());
            }
        }
        serde_json::from_str(text).map_err(|error| fault(&error))
    }
}

/// The text of a string, or the digits or word of another plain value; `None` for `null` and for
/// containers.
pub(crate) fn plain(raw: &RawValue) -> Option<Cow<'_, str>> {
    let text = raw.get();
    match text.as_bytes().first()? {
        b'"' if text.contains('\\') => serde_json::from_str(text).ok().map(Cow::Owned),
        b'"' => text.get(1..text.len() - 1).map(Cow::Borrowed),
        b'{' | b'[' | b'n' => None,
        _ => Some(Cow::Borrowed(text)),
    }
}

fn fault(error: &serde_json::Error) -> String {
    format!("row that is not sound JSON: {error}")
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(list) => list.iter().any(holds_nul),
        Value::Object(map) => map.iter().any(|(key, value)| key.contains('\0') || holds_nul(value)),
        _ => false,
    }
}

#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        let mut members: Vec<(Cow<'de, str>, &'de RawValue)> = Vec::with_capacity(32);
        while let Some((Key(key), value)) = map.next_entry()? {
            if members.iter().any(|(other, _)| *other == key) {
                return Err(A::Error::custom(format_args!("the key {key:?} is repeated")));
            }
            if members.len() == MAX_MEMBERS {
                return Err(A::Error::custom("too many members"));
            }
            members.push((key, value));
        }
        Ok(Members(members))
    }
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

    #[test]
    fn rows_are_read_strictly() {
        let check = |row: &[u8], expect: &str| {
            let told = Members::read(row).err().unwrap_or_default();
            let row = String::from_utf8_lossy(row);
            assert!(told.contains(expect) && told.is_empty() == expect.is_empty(), "{row}: {told}");
        };
        check(br#"{"a":1,"b":{"c":[true]}}"#, "");
        check(br#"{"a":1,"a":2}"#, "repeated");
        check(br#"{"a":"\ud83d"}"#, "not sound");
        check(br#"{"a":{"b":"\u0000"}}"#, "NUL");
        check(b"{\"a\":\"\0\"}", "not sound");
        check(b"{\"a\":\"\xff\"}", "UTF-8");
        check(b"[1]", "no object");
        check(br#"{"a" 1}"#, "not sound");
    }

    #[test]
    fn plain_values_keep_their_text() {
        let check = |json: &str, expect: Option<&str>| {
            let raw: &RawValue = serde_json::from_str(json).unwrap();
            assert_eq!(plain(raw).as_deref(), expect, "{json}");
        };
        check("\"a b\"", Some("a b"));
        check(r#""a\n""#, Some("a\n"));
        check("1.50", Some("1.50"));
        check("false", Some("false"));
        check("null", None);
        check("[]", None);
    }
}
