//! Which letter a code of a font stands for, and how wide it is.

use super::Budget;
use super::glyphs;
use hayro_syntax::object::{Array, Dict, Name, Object, Stream};
use std::collections::HashMap;
use std::rc::Rc;

/// Letters one table may define.
const MAX_LETTERS: usize = 70_000;

/// Fonts of a document, each read once.
#[derive(Default)]
pub(super) struct Fonts {
    known: HashMap<String, Rc<Font>>,
}

/// A font as far as text needs it.
#[derive(Debug, Default)]
pub(super) struct Font {
    /// Codes of two bytes, as composite fonts have them.
    wide: bool,
    letters: HashMap<u32, String>,
    widths: HashMap<u32, f64>,
    usual: f64,
}

/// One letter of a string.
pub(super) struct Letter<'f> {
    /// `None` when the document does not tell.
    pub(super) text: Option<&'f str>,
    /// In letter sizes.
    pub(super) width: f64,
    /// The code that word gaps apply to.
    pub(super) is_blank: bool,
}

impl Fonts {
    /// The font of this name among a page's fonts.
    pub(super) fn get(
        &mut self,
        fonts: &Dict<'_>,
        name: &Name<'_>,
        budget: &mut Budget,
    ) -> Option<Rc<Font>> {
        let dict = fonts.get::<Dict<'_>>(name)?;
        let key = match dict.obj_id() {
            Some(id) => format!("{id:?}"),
            // A font without a number of its own is known by its place.
            None => format!("{:?} {}", fonts.obj_id(), name.as_str()),
        };
        if let (Some(font), Some(_)) = (self.known.get(&key), dict.obj_id()) {
            return Some(Rc::clone(font));
        }
        let font = Rc::new(Font::read(&dict, budget));
        self.known.insert(key, Rc::clone(&font));
        Some(font)
    }
}

impl Font {
    fn read(dict: &Dict<'_>, budget: &mut Budget) -> Self {
        let composite =
            dict.get::<Name<'_>>("Subtype").is_some_and(|kind| kind.as_ref() == b"Type0");
        let mut font = if composite { Self::composite(dict) } else { Self::simple(dict) };
        if let Some(stream) = dict.get::<Stream<'_>>("ToUnicode") {
            let table = budget.data(&stream);
            to_unicode(&String::from_utf8_lossy(&table), &mut font.letters);
        }
        font
    }

    fn simple(dict: &Dict<'_>) -> Self {
        let mut font = Self { usual: 0.55, ..Self::default() };
        let base = dict.get::<Name<'_>>("BaseFont");
        let fixed = base.is_some_and(|name| name.as_str().contains("Courier"));
        for code in 32..=255_u8 {
            if let Some(letter) = glyphs::windows_1252(code) {
                font.letters.insert(u32::from(code), letter.to_string());
            }
            let width = if fixed { 0.6 } else { glyphs::helvetica(code) };
            font.widths.insert(u32::from(code), width);
        }
        if let Some(encoding) = dict.get::<Dict<'_>>("Encoding") {
            font.differences(&encoding);
        }
        let first = dict.get::<i32>("FirstChar").and_then(|code| u32::try_from(code).ok());
        if let Some(list) = dict.get::<Array<'_>>("Widths") {
            let widths = list.iter::<f64>().take(256).zip(first.unwrap_or(0)..);
            font.widths.extend(widths.map(|(width, code)| (code, width / 1000.0)));
        }
        font
    }

    fn differences(&mut self, encoding: &Dict<'_>) {
        let Some(list) = encoding.get::<Array<'_>>("Differences") else { return };
        let mut code = 0_u32;
        for object in list.iter::<Object<'_>>().take(1024) {
            match object {
                Object::Number(number) => code = u32::try_from(number.as_i64()).unwrap_or(0),
                Object::Name(name) => {
                    match glyphs::by_name(name.as_str()) {
                        Some(letter) => self.letters.insert(code, letter),
                        None => self.letters.remove(&code),
                    };
                    code = code.saturating_add(1);
                }
                _ => {}
            }
        }
    }

    fn composite(dict: &Dict<'_>) -> Self {
        let mut font = Self { wide: true, usual: 1.0, ..Self::default() };
        let below = dict.get::<Array<'_>>("DescendantFonts");
        let Some(below) = below.and_then(|list| list.iter::<Dict<'_>>().next()) else {
            return font;
        };
        font.usual = below.get::<f64>("DW").map_or(1.0, |width| width / 1000.0);
        let Some(list) = below.get::<Array<'_>>("W") else { return font };
        let items: Vec<Object<'_>> = list.iter::<Object<'_>>().take(MAX_LETTERS).collect();
        font.cid_widths(&items);
        font
    }

    /// `first [w w w]` or `first last w`.
    fn cid_widths(&mut self, mut items: &[Object<'_>]) {
        loop {
            match items {
                [Object::Number(first), Object::Array(list), rest @ ..] => {
                    let first = u32::try_from(first.as_i64()).unwrap_or(0);
                    let widths = list.iter::<f64>().take(MAX_LETTERS).zip(first..);
                    self.widths.extend(widths.map(|(width, code)| (code, width / 1000.0)));
                    items = rest;
                }
                [Object::Number(first), Object::Number(last), Object::Number(width), rest @ ..] => {
                    let first = u32::try_from(first.as_i64()).unwrap_or(0);
                    let last = u32::try_from(last.as_i64()).unwrap_or(0).min(0xffff);
                    let width = width.as_f64() / 1000.0;
                    self.widths.extend((first..=last).map(|code| (code, width)));
                    items = rest;
                }
                [_, rest @ ..] => items = rest,
                [] => return,
            }
        }
    }

    /// The letters of a string.
    pub(super) fn letters(&self, bytes: &[u8]) -> Vec<Letter<'_>> {
        let step = if self.wide { 2 } else { 1 };
        let code = |bytes: &[u8]| bytes.iter().fold(0_u32, |code, b| code << 8 | u32::from(*b));
        let letter = |code: u32| Letter {
            text: self.letters.get(&code).map(String::as_str),
            width: self.widths.get(&code).copied().unwrap_or(self.usual),
            is_blank: !self.wide && code == 32,
        };
        bytes.chunks(step).map(|bytes| letter(code(bytes))).collect()
    }
}

/// Reads the blocks `bfchar` and `bfrange` of a table of codes.
fn to_unicode(table: &str, letters: &mut HashMap<u32, String>) {
    for (start, end, range) in
        [("beginbfchar", "endbfchar", false), ("beginbfrange", "endbfrange", true)]
    {
        for block in table.split(start).skip(1) {
            let block = block.split(end).next().unwrap_or_default();
            let mut tokens = tokens(block).into_iter();
            while letters.len() < MAX_LETTERS {
                let Some(first) = tokens.next().and_then(|token| token.code()) else { break };
                let last = if range { tokens.next().and_then(|token| token.code()) } else { None };
                let Some(target) = tokens.next() else { break };
                define(first, last.unwrap_or(first), &target, letters);
            }
        }
    }
}

enum Token {
    Hex(Vec<u8>),
    List(Vec<Vec<u8>>),
}

impl Token {
    fn code(&self) -> Option<u32> {
        match self {
            Self::Hex(bytes) if bytes.len() <= 4 => {
                Some(bytes.iter().fold(0, |code, b| code << 8 | u32::from(*b)))
            }
            _ => None,
        }
    }
}

fn define(first: u32, last: u32, target: &Token, letters: &mut HashMap<u32, String>) {
    let last = last.min(first.saturating_add(0xffff));
    match target {
        Token::List(list) => {
            letters.extend((first..=last).zip(list).map(|(code, hex)| (code, utf16(hex, 0))));
        }
        Token::Hex(hex) => {
            letters.extend((first..=last).map(|code| (code, utf16(hex, code - first))));
        }
    }
}

/// UTF-16, its last unit moved on by so many.
fn utf16(bytes: &[u8], plus: u32) -> String {
    let units =
        bytes.chunks(2).map(|pair| pair.iter().fold(0, |unit, b| unit << 8 | u16::from(*b)));
    let mut units: Vec<u16> = units.collect();
    if let Some(last) = units.last_mut() {
        *last = last.wrapping_add(u16::try_from(plus).unwrap_or(0));
    }
    String::from_utf16_lossy(&units)
}

fn tokens(block: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut list: Option<Vec<Vec<u8>>> = None;
    let mut rest = block;
    while let Some(at) = rest.find(['<', '[', ']']) {
        let mark = rest.get(at..=at).unwrap_or_default();
        rest = rest.get(at + 1..).unwrap_or_default();
        match mark {
            "[" => list = Some(Vec::new()),
            "]" => tokens.extend(list.take().map(Token::List)),
            _ => {
                let (digits, after) = rest.split_once('>').unwrap_or((rest, ""));
                let bytes = hex(digits);
                match &mut list {
                    Some(list) => list.push(bytes),
                    None => tokens.push(Token::Hex(bytes)),
                }
                rest = after;
            }
        }
    }
    tokens
}

fn hex(digits: &str) -> Vec<u8> {
    let digits: Vec<u8> = digits
        .chars()
        .filter_map(|c| c.to_digit(16))
        .filter_map(|d| u8::try_from(d).ok())
        .collect();
    digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_codes_are_read() {
        let mut letters = HashMap::new();
        let table = "2 beginbfchar <01> <0041> <02> <00660069> endbfchar\n\
                     2 beginbfrange <0010> <0012> <0061> <20> <21> [<0058> <0059>] endbfrange";
        to_unicode(table, &mut letters);
        let get = |code: u32| letters.get(&code).map(String::as_str);
        assert_eq!((get(1), get(2)), (Some("A"), Some("fi")));
        assert_eq!((get(0x10), get(0x12), get(0x13)), (Some("a"), Some("c"), None));
        assert_eq!((get(0x20), get(0x21)), (Some("X"), Some("Y")));
    }

    #[test]
    fn hostile_ranges_stay_small() {
        let mut letters = HashMap::new();
        to_unicode("1 beginbfrange <00000000> <ffffffff> <0041> endbfrange", &mut letters);
        assert!(letters.len() <= 0x10000);
    }
}
