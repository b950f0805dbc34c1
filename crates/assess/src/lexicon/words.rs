//! A text as words for comparison: lower case, without accents and apostrophes, with the byte range
//! of each word in the original, so that quotations stay literal.

use std::ops::Range;

/// The words of one text.
pub(super) struct Words<'a> {
    text: &'a str,
    folded: String,
    /// Range in `folded`, range in `text`.
    ranges: Vec<(Range<usize>, Range<usize>)>,
}

impl<'a> Words<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let mut words = Self { text, folded: String::with_capacity(text.len()), ranges: vec![] };
        let mut open: Option<(usize, usize)> = None;
        for (at, c) in text.char_indices() {
            if belongs(c) {
                open.get_or_insert((words.folded.len(), at));
                fold_into(c, &mut words.folded);
            } else if let Some(start) = open.take() {
                words.close(start, at);
            }
        }
        if let Some(start) = open {
            words.close(start, text.len());
        }
        words
    }

    pub(super) fn len(&self) -> usize {
        self.ranges.len()
    }

    /// The word at a position, folded; empty beyond the end.
    pub(super) fn get(&self, at: usize) -> &str {
        let range = self.ranges.get(at).map(|(folded, _)| folded.clone());
        range.and_then(|range| self.folded.get(range)).unwrap_or_default()
    }

    /// The byte range in the original from one word up to another, which is excluded.
    pub(super) fn bytes(&self, from: usize, upto: usize) -> Range<usize> {
        let start = self.ranges.get(from).map_or(self.text.len(), |(_, text)| text.start);
        let last = upto.checked_sub(1).and_then(|last| self.ranges.get(last));
        start..last.map_or(start, |(_, text)| text.end).max(start)
    }

    fn close(&mut self, (folded, text): (usize, usize), end: usize) {
        if folded < self.folded.len() {
            self.ranges.push((folded..self.folded.len(), text..end));
        }
    }
}

/// One word as it is compared: lower case, without accents, letters and digits only.
#[must_use]
pub fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    word.chars().filter(|c| belongs(*c)).for_each(|c| fold_into(c, &mut folded));
    folded
}

/// Letters, digits, apostrophes (dropped later, so that "I'm" is one word) and combining marks.
fn belongs(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\'' | '’') || combining(c)
}

fn combining(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

fn fold_into(c: char, folded: &mut String) {
    if matches!(c, '\'' | '’') || combining(c) {
        return;
    }
    folded.extend(c.to_lowercase().filter(|c| !combining(*c)).map(without_accent));
}

/// The letters of Spanish, Portuguese and their loan words; others stay as they are.
fn without_accent(c: char) -> char {
    match c {
        'á' | 'à' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        other => other,
    }
}
