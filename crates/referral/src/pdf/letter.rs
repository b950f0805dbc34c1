//! A plain letter as PDF/A-2u: drafts that a person signs, such as requests to preserve data.

use super::layout::Block;
use super::{PdfError, date, render};
use amparo_model::UtcMillis;
use amparo_text::{Lang, Text};
use krilla::metadata::Metadata;

/// A letter, in the order in which it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its name, for the document's own data and the foot of each page.
    pub title: String,
    /// The unit that wrote it.
    pub author: String,
    /// When it was made.
    pub made_at: UtcMillis,
    /// What it says.
    pub parts: Vec<Part>,
}

/// A part of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// The title.
    Title(String),
    /// A heading.
    Heading(String),
    /// A paragraph.
    Paragraph(String),
    /// A name and its value.
    Pair(String, String),
    /// A sentence, and quiet lines under it.
    Item(String, Vec<String>),
}

/// Writes the letter: the same bytes for the same letter.
///
/// # Errors
/// [`PdfError`].
pub fn write(letter: &Letter, lang: Lang) -> Result<Vec<u8>, PdfError> {
    let text = Text::new(lang);
    let blocks: Vec<Block> = letter.parts.iter().cloned().map(block).collect();
    let metadata = Metadata::new()
        .title(letter.title.clone())
        .language(lang.to_string())
        .authors(vec![letter.author.clone()])
        .document_id(format!("{}-{lang}", letter.title));
    let metadata = match date(letter.made_at) {
        Some(date) => metadata.creation_date(date),
        None => metadata,
    };
    let footer = format!("{} · {}", letter.author, letter.title);
    render(&blocks, &footer, metadata, &text)
}

fn block(part: Part) -> Block {
    match part {
        Part::Title(text) => Block::Title(text),
        Part::Heading(text) => Block::Heading(None, text),
        Part::Paragraph(text) => Block::Paragraph(text),
        Part::Pair(name, value) => Block::Pair(name, value),
        Part::Item(what, details) => Block::Item(what, details.join(" · ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_the_same_every_time() {
        let parts = vec![
            Part::Title("Solicitud de conservación".to_owned()),
            Part::Pair("Expediente".to_owned(), "ALC-2026-0001".to_owned()),
            Part::Item("192.0.2.7 port 40001".to_owned(), vec!["Login".to_owned()]),
        ];
        let letter = Letter {
            title: "preserve-1".to_owned(),
            author: "Unidad".to_owned(),
            made_at: UtcMillis(1_700_000_000_000),
            parts,
        };
        let first = write(&letter, Lang::Es).unwrap();
        assert!(first.starts_with(b"%PDF-"));
        assert_eq!(write(&letter, Lang::Es).unwrap(), first);
    }
}
