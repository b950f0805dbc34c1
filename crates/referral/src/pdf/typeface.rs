//! The bundled letters: their widths, and what to print for a character they lack.

use krilla::text::{GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider, charmap::Charmap};
use std::cell::RefCell;
use std::collections::HashMap;

pub(super) const REGULAR: &[u8] = include_bytes!("../../assets/fonts/LiberationSans-Regular.ttf");
pub(super) const BOLD: &[u8] = include_bytes!("../../assets/fonts/LiberationSans-Bold.ttf");

/// Regular or bold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    Regular,
    Bold,
}

/// Both faces, for measuring.
pub(super) struct Typeface {
    regular: Measure,
    bold: Measure,
}

struct Measure {
    letters: Charmap<'static>,
    widths: GlyphMetrics<'static>,
    /// Looking a letter up in the font costs more than all the rest of the layout.
    known: RefCell<HashMap<char, Option<Letter>>>,
}

#[derive(Clone, Copy)]
struct Letter {
    glyph: u32,
    /// In parts of the size.
    advance: f32,
}

impl Typeface {
    /// `None` only when the compiled-in bytes are no font.
    pub(super) fn load() -> Option<Self> {
        Some(Self { regular: Measure::of(REGULAR)?, bold: Measure::of(BOLD)? })
    }

    fn face(&self, face: Face) -> &Measure {
        match face {
            Face::Regular => &self.regular,
            Face::Bold => &self.bold,
        }
    }

    /// Width of a text in points.
    pub(super) fn width(&self, text: &str, face: Face, size: f32) -> f32 {
        let face = self.face(face);
        let one = |c| face.letter(c).map_or(0.0, |letter| letter.advance);
        text.chars().map(one).sum::<f32>() * size
    }

    /// The letters of a text, each as wide as [`Self::width`] measured it. One letter, one glyph:
    /// the scripts printed here need no shaping.
    pub(super) fn glyphs(&self, text: &str, face: Face) -> Vec<KrillaGlyph> {
        let face = self.face(face);
        let glyph = |(at, c): (usize, char)| {
            let Letter { glyph, advance } = face.letter(c)?;
            let id = GlyphId::new(glyph);
            Some(KrillaGlyph::new(id, advance, 0.0, 0.0, 0.0, at..at + c.len_utf8(), None))
        };
        text.char_indices().filter_map(glyph).collect()
    }

    /// The text with every character that the letters lack written as its code point, and every
    /// control character as a blank: nothing vanishes, and nothing invisible is printed.
    pub(super) fn printable(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            if c.is_control() || c == '\u{a0}' {
                out.push(' ');
            } else if self.regular.letter(c).is_some() && !misleading(c) {
                out.push(c);
            } else {
                out.push_str(&format!("[U+{:04X}]", u32::from(c)));
            }
        }
        out
    }
}

impl Measure {
    fn of(bytes: &'static [u8]) -> Option<Self> {
        let font = FontRef::new(bytes).ok()?;
        // At 1000 units per em, an advance is in thousandths of the size.
        let widths = font.glyph_metrics(Size::new(1000.0), LocationRef::default());
        Some(Self { letters: font.charmap(), widths, known: RefCell::default() })
    }

    fn letter(&self, c: char) -> Option<Letter> {
        let look_up = || {
            let glyph = self.letters.map(c)?;
            let advance = self.widths.advance_width(glyph).unwrap_or(0.0) / 1000.0;
            Some(Letter { glyph: glyph.to_u32(), advance })
        };
        *self.known.borrow_mut().entry(c).or_insert_with(look_up)
    }
}

/// Marks that turn, join or hide text, and letters that run from right to left and would stand in
/// the wrong order: harmless in a chat, misleading in a document.
fn misleading(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{590}'..='\u{8ff}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202f}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fb1d}'..='\u{fdff}'
            | '\u{fe70}'..='\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_the_three_languages_print_and_others_show_their_code() {
        let faces = Typeface::load().unwrap();
        let check = |text: &str, expect: &str| assert_eq!(faces.printable(text), expect);
        check("Niñez, proteção, «año» — 24 h · €", "Niñez, proteção, «año» — 24 h · €");
        check("Luna 🌙", "Luna [U+1F319]");
        check("a\u{202e}b", "a[U+202E]b");
        check("a\nb", "a b");
    }

    #[test]
    fn bold_is_wider_and_width_grows_with_size() {
        let faces = Typeface::load().unwrap();
        let width = |face, size| faces.width("Remisión urgente", face, size);
        assert!(width(Face::Bold, 10.0) > width(Face::Regular, 10.0));
        assert!((width(Face::Regular, 20.0) - 2.0 * width(Face::Regular, 10.0)).abs() < 0.01);
        assert!((60.0..100.0).contains(&width(Face::Regular, 10.0)));
    }
}
