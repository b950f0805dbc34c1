//! The referral as a document: PDF/A-2u, the same bytes for the same draft.
//!
//! `content.rs` says what is printed, `layout.rs` breaks it into lines and pages, this file draws
//! it. Everything printed comes from the draft; the SHA-256 of the JSON-LD is printed on it, so
//! that paper and data can be tied together.

mod content;
mod layout;
pub mod letter;
mod typeface;
mod words;

use crate::draft::Draft;
use amparo_model::{Sha256, UtcMillis};
use amparo_text::{Lang, Text};
use krilla::color::rgb;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::text::Font;
use krilla::{Document, SerializeSettings};
use layout::{Block, Ink, Mark, Page};
use typeface::{Face, Typeface};

/// Why a document could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PdfError {
    /// A font that is compiled in cannot be read: a defect of the build.
    #[error("the bundled font is not readable")]
    Font,
    /// The document would not conform to PDF/A.
    #[error("the document breaks PDF/A: {0}")]
    Conformance(String),
}

/// Writes the document of a draft in one language; `jsonld` is the hash of the graph beside it.
///
/// # Errors
/// [`PdfError`].
pub fn write(draft: &Draft, lang: Lang, jsonld: &Sha256) -> Result<Vec<u8>, PdfError> {
    let text = Text::new(lang);
    let blocks = content::blocks(draft, &text, jsonld);
    render(&blocks, &content::footer(draft, &text), metadata(draft, &text), &text)
}

fn render(
    blocks: &[Block],
    footer: &str,
    metadata: Metadata,
    text: &Text,
) -> Result<Vec<u8>, PdfError> {
    let faces = Typeface::load().ok_or(PdfError::Font)?;
    let pages = layout::pages(blocks, &faces, &|page, pages| {
        let numbers = [("page", page.to_string()), ("pages", pages.to_string())];
        let args = numbers.each_ref().map(|(name, value)| (*name, value.as_str()));
        format!("{footer} · {}", text.get("referral-page", &args))
    });
    let mut document = Document::new_with(settings()?);
    document.set_metadata(metadata);
    let fonts = Fonts::load()?;
    for page in &pages {
        paint(&mut document, page, &fonts, &faces)?;
    }
    document.finish().map_err(|error| PdfError::Conformance(format!("{error:?}")))
}

fn settings() -> Result<SerializeSettings, PdfError> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_U)
        .finish()
        .map_err(|error| PdfError::Conformance(format!("{error:?}")))?;
    Ok(SerializeSettings { configuration, ..SerializeSettings::default() })
}

fn metadata(draft: &Draft, text: &Text) -> Metadata {
    let title = format!("{} {}", text.get(content::title_id(draft), &[]), draft.header.id);
    let metadata = Metadata::new()
        .title(title)
        .language(text.lang().to_string())
        .creator(draft.software.clone())
        .producer(draft.software.clone())
        .authors(vec![draft.sender.authority.unit.clone()])
        .document_id(format!("{}-{}", draft.file_stem(), text.lang()));
    match date(draft.times.created_at) {
        Some(date) => metadata.creation_date(date),
        None => metadata,
    }
}

/// From `2026-03-02T08:30:00Z`; `None` outside the years that PDF can write.
fn date(at: UtcMillis) -> Option<DateTime> {
    let text = at.to_string();
    let part = |from: usize, to: usize| text.get(from..to)?.parse::<u8>().ok();
    let year = text.get(..4)?.parse().ok()?;
    Some(
        DateTime::new(year)
            .month(part(5, 7)?)
            .day(part(8, 10)?)
            .hour(part(11, 13)?)
            .minute(part(14, 16)?)
            .second(part(17, 19)?)
            .utc_offset_hour(0)
            .utc_offset_minute(0),
    )
}

struct Fonts {
    regular: Font,
    bold: Font,
}

impl Fonts {
    fn load() -> Result<Self, PdfError> {
        let font = |bytes: &'static [u8]| Font::new(bytes.into(), 0).ok_or(PdfError::Font);
        Ok(Self { regular: font(typeface::REGULAR)?, bold: font(typeface::BOLD)? })
    }
}

fn paint(
    document: &mut Document,
    page: &Page,
    fonts: &Fonts,
    faces: &Typeface,
) -> Result<(), PdfError> {
    let size = PageSettings::from_wh(layout::PAGE_WIDTH, layout::PAGE_HEIGHT);
    let size = size.ok_or_else(|| PdfError::Conformance("page size".to_owned()))?;
    let mut sheet = document.start_page_with(size);
    let mut surface = sheet.surface();
    for mark in page {
        match mark {
            Mark::Text { x, y, size, face, ink, text } => {
                surface.set_fill(Some(fill(*ink)));
                let font = match face {
                    Face::Regular => fonts.regular.clone(),
                    Face::Bold => fonts.bold.clone(),
                };
                let at = Point::from_xy(*x, *y);
                let glyphs = faces.glyphs(text, *face);
                surface.draw_glyphs(at, &glyphs, font, text, *size, false);
            }
            Mark::Box { x, y, width, height, ink } => {
                surface.set_fill(Some(fill(*ink)));
                rectangle(&mut surface, *x, *y, *width, *height);
            }
        }
    }
    surface.finish();
    sheet.finish();
    Ok(())
}

fn rectangle(surface: &mut Surface<'_>, x: f32, y: f32, width: f32, height: f32) {
    let Some(rect) = Rect::from_xywh(x, y, width, height) else { return };
    let mut path = PathBuilder::new();
    path.push_rect(rect);
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

/// Few and quiet: a referral is read on paper, at night, by people who are tired.
fn fill(ink: Ink) -> Fill {
    let color = match ink {
        Ink::Text => rgb::Color::new(24, 28, 34),
        Ink::Quiet => rgb::Color::new(96, 102, 110),
        Ink::Accent => rgb::Color::new(22, 74, 108),
        Ink::Rule => rgb::Color::new(205, 211, 218),
        Ink::Shade => rgb::Color::new(240, 243, 246),
        Ink::Paper => rgb::Color::new(255, 255, 255),
    };
    Fill { paint: color.into(), ..Fill::default() }
}
