//! The small pattern language of the lexicon: words, alternatives, optional words, number ranges,
//! a bounded gap, the end of the message and a forbidden next word. Described in the data file.

use super::words::{Words, fold};
use std::collections::BTreeMap;

/// Most words that `*` may skip.
const GAP_WORDS: usize = 2;

/// One phrase.
#[derive(Debug)]
pub(super) struct Pattern(Vec<Part>);

#[derive(Debug)]
enum Part {
    OneOf { words: Vec<String>, optional: bool },
    Number { from: u32, to: u32 },
    Gap,
    End,
    NotNext(Vec<String>),
}

impl Pattern {
    /// Reads a pattern; the error says what is wrong with it.
    pub(super) fn parse(text: &str, sets: &BTreeMap<String, Vec<String>>) -> Result<Self, String> {
        let parts: Vec<Part> =
            text.split_whitespace().map(|part| part_of(part, sets)).collect::<Result<_, _>>()?;
        match parts.first() {
            Some(Part::OneOf { optional: false, .. }) => Ok(Self(parts)),
            _ => Err("must start with a word or a set that is not optional".to_owned()),
        }
    }

    /// The words it can start with.
    pub(super) fn first_words(&self) -> &[String] {
        match self.0.first() {
            Some(Part::OneOf { words, .. }) => words,
            _ => &[],
        }
    }

    /// Where the phrase ends when it starts at word `at`.
    pub(super) fn matches(&self, words: &Words<'_>, at: usize) -> Option<usize> {
        follow(&self.0, words, at)
    }
}

fn follow(parts: &[Part], words: &Words<'_>, at: usize) -> Option<usize> {
    let Some((part, rest)) = parts.split_first() else { return Some(at) };
    match part {
        Part::OneOf { words: choice, optional } => {
            let here = choice.iter().any(|word| word == words.get(at));
            let taken = here.then(|| follow(rest, words, at + 1)).flatten();
            taken.or_else(|| optional.then(|| follow(rest, words, at)).flatten())
        }
        Part::Number { from, to } => {
            let number: u32 = words.get(at).parse().ok()?;
            (*from..=*to).contains(&number).then(|| follow(rest, words, at + 1)).flatten()
        }
        Part::Gap => (0..=GAP_WORDS).find_map(|skip| follow(rest, words, at + skip)),
        Part::End => (at >= words.len()).then(|| follow(rest, words, at)).flatten(),
        Part::NotNext(choice) => {
            let allowed = !choice.iter().any(|word| word == words.get(at));
            allowed.then(|| follow(rest, words, at)).flatten()
        }
    }
}

fn part_of(part: &str, sets: &BTreeMap<String, Vec<String>>) -> Result<Part, String> {
    if let Some(range) = part.strip_prefix('<').and_then(|part| part.strip_suffix('>')) {
        let (from, to) = range.split_once('-').ok_or("a range is written <8-17>")?;
        let number = |digits: &str| digits.parse().map_err(|_| format!("{digits} is no number"));
        return Ok(Part::Number { from: number(from)?, to: number(to)? });
    }
    if let Some(words) = part.strip_prefix('!') {
        return Ok(Part::NotNext(words_of(words, sets)?));
    }
    match part {
        "*" => Ok(Part::Gap),
        "$" => Ok(Part::End),
        _ => {
            let optional = part.ends_with('?');
            let words = words_of(part.trim_end_matches('?'), sets)?;
            Ok(Part::OneOf { words, optional })
        }
    }
}

fn words_of(text: &str, sets: &BTreeMap<String, Vec<String>>) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    for choice in text.split('|') {
        let set = choice.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
        match set {
            Some(name) => words.extend(
                sets.get(name).ok_or_else(|| format!("there is no set {name}"))?.iter().cloned(),
            ),
            None => words.push(fold(choice)),
        }
    }
    if words.is_empty() || words.iter().any(String::is_empty) {
        return Err(format!("{text:?} holds no word"));
    }
    Ok(words)
}
