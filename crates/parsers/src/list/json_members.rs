//! One row of a JSON list, read strictly: no repeated key, no broken escape, no NUL, no control
//! character in a text, nothing but UTF-8. Values stay as they are written until they are used.

use super::json_rows::plain_bytes;
use serde_json::value::RawValue;
use serde_json::{StreamDeserializer, Value};
use std::borrow::Cow;

/// Members of one object; VICS 2.0 knows about 30.
const MAX_MEMBERS: usize = 500;

/// The members of one object in their order.
pub(crate) struct Members<'a>(pub(crate) Vec<(Cow<'a, str>, Raw<'a>)>);

/// A value as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Raw<'a> {
    /// What stands between the quotes of a text without escapes.
    Text(&'a str),
    /// A text with escapes, quotes included.
    Escaped(&'a str),
    /// A number, `true`, `false`.
    Word(&'a str),
    /// `null`.
    Null,
    /// An array or object, brackets included.
    Container(&'a str),
}

impl<'a> Raw<'a> {
    /// Of a whole value whose form was checked before.
    pub(crate) fn of(value: &'a RawValue) -> Self {
        let text = value.get();
        match text.as_bytes().first() {
            Some(b'"') if text.contains('\\') => Self::Escaped(text),
            Some(b'"') => Self::Text(text.trim_matches('"')),
            Some(b'{' | b'[') => Self::Container(text),
            Some(b'n') => Self::Null,
            _ => Self::Word(text),
        }
    }

    /// The text of a string, or the digits or word of another plain value; `None` for `null` and
    /// for containers.
    pub(crate) fn plain(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(text) | Self::Word(text) => Some(Cow::Borrowed(text)),
            Self::Escaped(text) => serde_json::from_str(text).ok().map(Cow::Owned),
            Self::Null | Self::Container(_) => None,
        }
    }
}

impl<'a> Members<'a> {
    /// Reads one object.
    ///
    /// # Errors
    /// What is wrong with it, for people.
    pub(crate) fn read(row: &'a [u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(row).map_err(|_| "row that is not UTF-8".to_owned())?;
        if !text.starts_with('{') {
            return Err("row that is no object".to_owned());
        }
        let mut cursor = Cursor { text, at: 1, escaped: false };
        let mut members: Vec<(Cow<str>, Raw)> = Vec::with_capacity(20);
        let mut seen = 0_u64;
        let mut more = !cursor.accept(b'}');
        while more {
            let key = cursor.key()?;
            let bit = sketch(&key);
            if seen & bit != 0 && members.iter().any(|(other, _)| *other == key) {
                return Err(format!("row that repeats the key {key:?}"));
            }
            if members.len() == MAX_MEMBERS {
                return Err("row with too many members".to_owned());
            }
            seen |= bit;
            members.push((key, cursor.value()?));
            more = cursor.accept(b',');
            if !more && !cursor.accept(b'}') {
                return Err(cursor.unsound());
            }
        }
        if cursor.at != text.len() {
            return Err(cursor.unsound());
        }
        if cursor.escaped {
            checked(text)?;
        }
        Ok(Self(members))
    }
}

/// Texts with numbered characters are looked into as a whole: half a pair of surrogates and NUL
/// are refused wherever they stand.
fn checked(text: &str) -> Result<(), String> {
    let value: Value = serde_json::from_str(text).map_err(|error| fault(&error))?;
    if holds_nul(&value) { Err("row with a NUL character".to_owned()) } else { Ok(()) }
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

/// One bit of 64 that two equal keys share, so that most keys are told apart without comparing.
fn sketch(key: &str) -> u64 {
    let bytes = key.as_bytes();
    let first = bytes.first().copied().map_or(0, u64::from);
    let last = bytes.last().copied().map_or(0, u64::from);
    1 << ((bytes.len() as u64 * 11 + first * 5 + last) % 64)
}

/// A place in the text of one row.
struct Cursor<'a> {
    text: &'a str,
    at: usize,
    /// A numbered character was met.
    escaped: bool,
}

impl<'a> Cursor<'a> {
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while matches!(bytes.get(self.at), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    fn accept(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn unsound(&self) -> String {
        format!("row that is not sound JSON at its byte {}", self.at)
    }

    fn key(&mut self) -> Result<Cow<'a, str>, String> {
        if self.peek() != Some(b'"') {
            return Err(self.unsound());
        }
        let key = self.string()?.plain().ok_or_else(|| self.unsound())?;
        if self.accept(b':') { Ok(key) } else { Err(self.unsound()) }
    }

    fn value(&mut self) -> Result<Raw<'a>, String> {
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b'{' | b'[') => self.container(),
            _ => self.word(),
        }
    }

    fn string(&mut self) -> Result<Raw<'a>, String> {
        let (start, bytes) = (self.at, self.text.as_bytes());
        let (mut at, mut escapes) = (start + 1, false);
        loop {
            match bytes.get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escapes = true;
                    match bytes.get(at + 1) {
                        Some(b'u') => self.escaped = true,
                        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {}
                        _ => return Err(self.unsound()),
                    }
                    at += 2;
                }
                None | Some(0..0x20) => return Err(self.unsound()),
                Some(_) => at += 1 + plain_bytes(bytes.get(at + 1..).unwrap_or_default()),
            }
        }
        self.at = at + 1;
        let range = if escapes { start..at + 1 } else { start + 1..at };
        let text = self.text.get(range).unwrap_or_default();
        Ok(if escapes { Raw::Escaped(text) } else { Raw::Text(text) })
    }

    fn container(&mut self) -> Result<Raw<'a>, String> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = match rest.get(..2) {
            Some("[]" | "{}") => 2,
            _ => {
                let mut values =
                    StreamDeserializer::<_, &RawValue>::new(serde_json::de::StrRead::new(rest));
                match values.next() {
                    Some(Ok(_)) => values.byte_offset(),
                    Some(Err(error)) => return Err(fault(&error)),
                    None => return Err(self.unsound()),
                }
            }
        };
        let text = rest.get(..length).unwrap_or_default();
        self.escaped |= memchr::memmem::find(text.as_bytes(), b"\\u").is_some();
        self.at += length;
        Ok(Raw::Container(text))
    }

    fn word(&mut self) -> Result<Raw<'a>, String> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let ends = |byte: &u8| matches!(byte, b',' | b'}' | b' ' | b'\t' | b'\r' | b'\n');
        let length = rest.bytes().position(|byte| ends(&byte)).unwrap_or(rest.len());
        let word = rest.get(..length).unwrap_or_default();
        let digits = !word.starts_with('0') && word.bytes().all(|byte| byte.is_ascii_digit());
        let sound = matches!(word, "true" | "false" | "null" | "0")
            || (digits && !word.is_empty())
            || serde_json::from_str::<serde::de::IgnoredAny>(word).is_ok();
        if !sound {
            return Err(self.unsound());
        }
        self.at += length;
        Ok(if word == "null" { Raw::Null } else { Raw::Word(word) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_strictly() {
        let check = |row: &[u8], expect: &str| {
            let told = Members::read(row).err().unwrap_or_default();
            let row = String::from_utf8_lossy(row);
            assert!(told.contains(expect) && told.is_empty() == expect.is_empty(), "{row}: {told}");
        };
        check(b"{}", "");
        check(b"{ }", "");
        check(br#"{"a":1,"b":{"c":[true]}}"#, "");
        check(br#"{ "a" : -1.5e3 , "b" : "\u00e9\n" , "c" : [ 1 ] }"#, "");
        check(br#"{"a":1,"a":2}"#, "repeats");
        check(br#"{"a":1,"\u0061":2}"#, "repeats");
        check(br#"{"a":"\ud83d"}"#, "not sound");
        check(br#"{"a":"\ud83d\ude00"}"#, "");
        check(br#"{"a":["\ud83d"]}"#, "not sound");
        check(br#"{"a":{"b":"\u0000"}}"#, "NUL");
        check(b"{\"a\":\"\0\"}", "not sound");
        check(b"{\"a\":\"\n\"}", "not sound");
        check(b"{\"a\":\"\xff\"}", "UTF-8");
        check(b"[1]", "no object");
        check(b"{", "not sound");
        for bad in ["{\"a\" 1}", "{\"a\":1,}", "{,}", "{\"a\":1 \"b\":2}", "{\"a\":01}", "{a:1}"] {
            check(bad.as_bytes(), "not sound");
        }
        for bad in ["{\"a\":tru}", "{\"a\":}", "{\"a\":\"\\x\"}", "{\"a\":[1,]}", "{\"a\":1}x"] {
            check(bad.as_bytes(), "not sound");
        }
    }

    #[test]
    fn it_takes_what_the_usual_reader_takes_and_no_more() {
        let pieces =
            ["{", "}", "[]", "]", "\"a\":", "\"b\\n\":", "\"c\"", ",", " ", "1", "-0.5", "null"];
        let mut state = 7_u64;
        let mut sound = 0;
        for _ in 0..200_000 {
            let mut text = "{\"z\":".to_owned();
            for _ in 0..state >> 62 | 2 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                text.push_str(pieces[(state >> 33) as usize % pieces.len()]);
            }
            text.push('}');
            let ours = Members::read(text.as_bytes());
            let usual = serde_json::from_str::<Value>(&text).is_ok();
            let repeated = matches!(&ours, Err(why) if why.contains("repeats"));
            assert!(ours.is_ok() == usual || repeated, "{text}");
            sound += usize::from(usual);
        }
        assert!(sound > 100, "only {sound} texts were sound");
    }

    #[test]
    fn plain_values_keep_their_text() {
        let check = |json: &str, expect: Option<&str>| {
            let row = format!("{{\"a\":{json}}}");
            let Members(members) = Members::read(row.as_bytes()).unwrap();
            assert_eq!(members[0].1.plain().as_deref(), expect, "{json}");
            let raw: &RawValue = serde_json::from_str(json).unwrap();
            assert_eq!(Raw::of(raw), members[0].1, "{json}");
        };
        check("\"a b\"", Some("a b"));
        check(r#""a\n""#, Some("a\n"));
        check("\"\"", Some(""));
        check("1.50", Some("1.50"));
        check("false", Some("false"));
        check("null", None);
        check("[]", None);
        check("[1,[2]]", None);
    }
}
