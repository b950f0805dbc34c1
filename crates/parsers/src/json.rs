//! JSON as evidence has it: cut, repeated, concatenated, badly encoded. Values are found by their
//! brackets and decoded only where they are used, so that one broken spot costs only itself, the
//! raw text of everything stays at hand, and a file of gigabytes needs no tree in memory.
//!
//! Nothing here recurses, so deep nesting cannot exhaust the stack. Numbers keep their digits.

use std::borrow::Cow;

/// A value inside JSON text, with its place in the document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node<'a> {
    /// The raw text, from its first to its last byte.
    pub(crate) raw: &'a [u8],
    /// Offset of the first byte in the document.
    pub(crate) start: usize,
    /// The value ends before the document does.
    pub(crate) complete: bool,
}

impl<'a> Node<'a> {
    /// The values of a document, usually one. A byte order mark is passed over.
    pub(crate) fn documents(bytes: &'a [u8]) -> Items<'a> {
        let pos = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        Items { raw: bytes, start: 0, pos, kind: Inside::Document, fault: None }
    }

    /// The members of an object or the elements of an array; nothing for other values.
    pub(crate) fn items(&self) -> Items<'a> {
        let kind = match self.raw.first() {
            Some(b'{') => Inside::Object,
            Some(b'[') => Inside::Array,
            _ => Inside::Nothing,
        };
        Items { raw: self.raw, start: self.start, pos: 1, kind, fault: None }
    }

    /// Whether it is an object.
    pub(crate) fn is_object(&self) -> bool {
        self.raw.first() == Some(&b'{')
    }

    /// Whether it is an array.
    pub(crate) fn is_array(&self) -> bool {
        self.raw.first() == Some(&b'[')
    }

    /// The text of a string, or the digits or word of another plain value; `None` for `null` and
    /// for containers. Undecodable bytes and lone surrogates become U+FFFD.
    pub(crate) fn text(&self) -> Option<Cow<'a, str>> {
        match self.raw.first()? {
            b'"' => Some(decode(self.raw)),
            b'{' | b'[' => None,
            _ if self.raw == b"null" => None,
            _ => Some(String::from_utf8_lossy(self.raw)),
        }
    }

    /// The raw text for display.
    pub(crate) fn raw_text(&self) -> String {
        String::from_utf8_lossy(self.raw).into_owned()
    }

    /// One past the last byte in the document.
    pub(crate) fn end(&self) -> usize {
        self.start + self.raw.len()
    }

    /// The members as a table; empty for anything but an object.
    pub(crate) fn object(&self) -> Object<'a> {
        let mut items = self.items();
        let members = if self.is_object() {
            items.by_ref().map(|item| (item.key, item.node)).collect()
        } else {
            Vec::new()
        };
        Object { members, fault: items.fault }
    }

    /// An integer, whether written as a number or as a string.
    pub(crate) fn integer(&self) -> Option<i64> {
        self.text()?.trim().parse().ok()
    }
}

/// The members of one object, in order, repeated keys included.
#[derive(Debug, Default)]
pub(crate) struct Object<'a> {
    /// Key and value.
    pub(crate) members: Vec<(Cow<'a, str>, Node<'a>)>,
    /// What is wrong with the object, if anything.
    pub(crate) fault: Option<Fault>,
}

impl<'a> Object<'a> {
    /// The value under the key; the last one when the key is repeated, as common readers take it.
    pub(crate) fn get(&self, key: &str) -> Option<Node<'a>> {
        self.members.iter().rev().find(|(name, _)| name == key).map(|(_, node)| *node)
    }

    /// The plain value under the key as text, blank excluded.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        let text = self.get(key)?.text()?;
        (!text.trim().is_empty()).then(|| text.into_owned())
    }

    /// The integer under the key.
    pub(crate) fn integer(&self, key: &str) -> Option<i64> {
        self.get(key)?.integer()
    }
}

/// Why a container could not be read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The document ends first.
    Cut {
        /// Offset of the value or of the place where it ends.
        at: usize,
    },
    /// Something stands where JSON allows nothing of the kind.
    Unexpected {
        /// Its offset.
        at: usize,
    },
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Cut { at } => write!(f, "the text is cut; what starts at byte {at} has no end"),
            Self::Unexpected { at } => write!(f, "byte {at} is not JSON; the rest was not read"),
        }
    }
}

/// One member or element.
#[derive(Debug)]
pub(crate) struct Item<'a> {
    /// The key of a member; empty for elements.
    pub(crate) key: Cow<'a, str>,
    /// The value. When it is incomplete, its own items up to the cut can still be read.
    pub(crate) node: Node<'a>,
}

/// Walks over members, elements or documents. After the walk, `fault` tells whether it was whole.
#[derive(Debug)]
pub(crate) struct Items<'a> {
    raw: &'a [u8],
    start: usize,
    pos: usize,
    kind: Inside,
    /// What stopped the walk early, if anything.
    pub(crate) fault: Option<Fault>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    Object,
    Array,
    Document,
    Nothing,
}

impl<'a> Iterator for Items<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        if self.kind == Inside::Nothing || self.fault.is_some() {
            return None;
        }
        self.skip_blank();
        match (self.kind, self.peek()) {
            (Inside::Document, None) => None,
            (_, None) => self.stop(Fault::Cut { at: self.here() }),
            (Inside::Object, Some(b'}')) | (Inside::Array, Some(b']')) => None,
            (Inside::Object, Some(b'"')) => self.member(),
            (Inside::Object, Some(_)) => self.stop(Fault::Unexpected { at: self.here() }),
            (_, Some(_)) => self.value(Cow::Borrowed("")),
        }
    }
}

impl<'a> Items<'a> {
    fn member(&mut self) -> Option<Item<'a>> {
        let rest = self.raw.get(self.pos..)?;
        let Some(len) = string_len(rest) else {
            return self.stop(Fault::Cut { at: self.here() });
        };
        let key = decode(rest.get(..len)?);
        self.pos += len;
        self.skip_blank();
        match self.peek() {
            Some(b':') => self.pos += 1,
            None => return self.stop(Fault::Cut { at: self.here() }),
            Some(_) => return self.stop(Fault::Unexpected { at: self.here() }),
        }
        self.skip_blank();
        self.value(key)
    }

    fn value(&mut self, key: Cow<'a, str>) -> Option<Item<'a>> {
        let start = self.here();
        let rest = self.raw.get(self.pos..)?;
        let (len, complete) = match value_len(rest) {
            Extent::Whole(len) => (len, true),
            Extent::Cut => (rest.len(), false),
            Extent::None => return self.stop(Fault::Unexpected { at: start }),
        };
        self.pos += len;
        let node = Node { raw: rest.get(..len)?, start, complete };
        if complete {
            self.separator();
        } else {
            self.fault = Some(Fault::Cut { at: start });
        }
        Some(Item { key, node })
    }

    /// Passes over the comma. Whatever else follows a value is a fault, told after this value.
    fn separator(&mut self) {
        self.skip_blank();
        match (self.kind, self.peek()) {
            (Inside::Document, _) | (_, None) => {}
            (_, Some(b',')) => self.pos += 1,
            (Inside::Object, Some(b'}')) | (Inside::Array, Some(b']')) => {}
            (_, Some(_)) => self.fault = Some(Fault::Unexpected { at: self.here() }),
        }
    }

    fn stop(&mut self, fault: Fault) -> Option<Item<'a>> {
        self.fault = Some(fault);
        None
    }

    fn skip_blank(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.pos += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.raw.get(self.pos).copied()
    }

    fn here(&self) -> usize {
        self.start + self.pos
    }
}

enum Extent {
    Whole(usize),
    Cut,
    None,
}

fn value_len(bytes: &[u8]) -> Extent {
    match bytes.first() {
        None => Extent::Cut,
        Some(b'"') => string_len(bytes).map_or(Extent::Cut, Extent::Whole),
        Some(b'{' | b'[') => container_len(bytes).map_or(Extent::Cut, Extent::Whole),
        Some(b'-' | b'0'..=b'9' | b'a'..=b'z') => word_len(bytes),
        Some(_) => Extent::None,
    }
}

/// Only the words of JSON and things that look like numbers are values.
fn word_len(bytes: &[u8]) -> Extent {
    let more = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.');
    let len = bytes.iter().take_while(|b| more(b)).count();
    let word = bytes.get(..len).unwrap_or_default();
    let number = word.first().is_some_and(|b| b.is_ascii_digit() || *b == b'-');
    match word {
        b"true" | b"false" | b"null" => Extent::Whole(len),
        _ if number => Extent::Whole(len),
        _ if len == bytes.len() => Extent::Cut,
        _ => Extent::None,
    }
}

/// Length of a string with both quotes; `None` when it does not end.
fn string_len(bytes: &[u8]) -> Option<usize> {
    let mut pos = 1;
    loop {
        match bytes.get(pos)? {
            b'"' => return Some(pos + 1),
            b'\\' => pos += 2,
            _ => pos += 1,
        }
    }
}

/// Length of an object or array; `None` when it does not end. Kinds of brackets are not told apart
/// here: whoever reads the inside finds a wrong one.
fn container_len(bytes: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut pos = 0;
    loop {
        match bytes.get(pos)? {
            b'"' => {
                pos += string_len(bytes.get(pos..)?)?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        pos += 1;
        if depth == 0 {
            return Some(pos);
        }
    }
}

fn decode(raw: &[u8]) -> Cow<'_, str> {
    let inner = raw.strip_prefix(b"\"").unwrap_or(raw);
    let inner = inner.strip_suffix(b"\"").unwrap_or(inner);
    if inner.contains(&b'\\') {
        Cow::Owned(unescape(&String::from_utf8_lossy(inner)))
    } else {
        String::from_utf8_lossy(inner)
    }
}

/// Undoes escapes. Own code because the usual reader refuses a whole text for one lone surrogate.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(code) = rest.chars().next() else { break };
        rest = &rest[code.len_utf8()..];
        match code {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'u' => rest = unicode(rest, &mut out),
            other => out.push(other),
        }
    }
    out.push_str(rest);
    out
}

fn unicode<'t>(text: &'t str, out: &mut String) -> &'t str {
    let unit = |text: &str| u16::from_str_radix(text.get(..4)?, 16).ok();
    let Some(first) = unit(text) else {
        out.push(char::REPLACEMENT_CHARACTER);
        return text;
    };
    let mut rest = &text[4..];
    let mut units = vec![first];
    if (0xd800..0xdc00).contains(&first)
        && let Some(second) = rest.strip_prefix("\\u").and_then(unit)
        && (0xdc00..0xe000).contains(&second)
    {
        units.push(second);
        rest = &rest[6..];
    }
    out.push_str(&String::from_utf16_lossy(&units));
    rest
}

/// One step of a JSON pointer (RFC 6901).
pub(crate) fn step(pointer: &str, key: impl std::fmt::Display) -> String {
    let key = key.to_string().replace('~', "~0").replace('/', "~1");
    format!("{pointer}/{key}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Node<'_> {
        Node::documents(text.as_bytes()).next().map(|item| item.node).expect("a value")
    }

    #[test]
    fn strings_are_decoded_and_never_refused() {
        let check = |json: &str, expect: &str| {
            assert_eq!(one(json).text().as_deref(), Some(expect), "{json}");
        };
        check(r#""plain""#, "plain");
        check(r#""a\n\"b\"\\""#, "a\n\"b\"\\");
        check(r#""\u00e9 \ud83d\ude00""#, "é 😀");
        check(r#""lone \ud83d end""#, "lone \u{fffd} end");
        check(r#""\u12""#, "\u{fffd}12");
        check("12345678901234567890123", "12345678901234567890123");
    }

    #[test]
    fn members_before_a_cut_are_read() {
        let object = one(r#"{"a":1,"b":[1,2,{"c":3},{"d""#).object();
        assert_eq!(object.integer("a"), Some(1));
        let list = object.get("b").expect("b");
        assert!(!list.complete);
        let mut items = list.items();
        assert_eq!(items.by_ref().filter(|item| item.node.complete).count(), 3);
        assert!(matches!(items.fault, Some(Fault::Cut { .. })));
    }

    #[test]
    fn the_last_of_repeated_keys_counts() {
        assert_eq!(one(r#"{"a":1,"a":2}"#).object().integer("a"), Some(2));
    }

    #[test]
    fn documents_may_follow_each_other_and_garbage_ends_them() {
        let mut items = Node::documents(b"\xef\xbb\xbf{\"a\":1}\n{\"a\":2} ?!");
        assert_eq!(items.by_ref().count(), 2);
        assert_eq!(items.fault, Some(Fault::Unexpected { at: 19 }));
    }

    #[test]
    fn a_missing_comma_is_a_fault() {
        let mut items = one("[1 2]").items();
        assert_eq!(items.by_ref().count(), 1);
        assert!(items.fault.is_some());
    }

    #[test]
    fn deep_nesting_costs_no_stack() {
        let text = "[".repeat(1_000_000);
        let node = one(&text);
        assert!(!node.complete);
    }
}
