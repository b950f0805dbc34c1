//! Text of PDF documents, by page, line and cell. Images, forms to fill in and outlines are not
//! read; nothing in a document is run and nothing is fetched.
//!
//! The structure comes from a crate; which bytes become which letters and where they stand is
//! worked out here. Source: ISO 32000-1, sections 7.5, 7.8, 9.3, 9.4, 9.6 and 9.10.

mod content;
mod fonts;
mod glyphs;
mod layout;

use flate2::bufread::ZlibDecoder;
use hayro_syntax::object::stream::Stream;
use hayro_syntax::{DecryptionError, Filter, LoadPdfError, Pdf};
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Pages read of one document.
const MAX_PAGES: usize = 5_000;
/// Unpacked bytes read of one document.
const MAX_UNPACKED: u64 = 256 << 20;
/// Objects of one document.
const MAX_OBJECTS: usize = 1_000_000;

/// A document as text.
#[derive(Debug, Default)]
pub(crate) struct Text {
    /// Pages in order; a page without text has no lines.
    pub(crate) pages: Vec<Vec<Line>>,
    /// The file breaks off or points to wrong places, so that something may be missing.
    pub(crate) damaged: bool,
    /// Something was left out for its size.
    pub(crate) limited: Option<String>,
    /// Letters whose meaning the document does not tell.
    pub(crate) unknown_letters: u64,
}

/// What stands on one height of a page, from left to right.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Line {
    /// Texts with wide gaps between them.
    pub(crate) cells: Vec<Cell>,
}

/// A text with the place where it begins, in points from the left.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Cell {
    /// Left edge.
    pub(crate) x: f64,
    /// The text.
    pub(crate) text: String,
}

impl Line {
    /// The whole line, gaps as one blank.
    pub(crate) fn text(&self) -> String {
        self.cells.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>().join(" ")
    }
}

/// Why a document gives nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// It opens only with a password.
    #[error("the document needs a password; it was not read")]
    Password,
    /// It is encrypted in a way that is not read.
    #[error("the document is encrypted in a way that is not read")]
    Encryption,
    /// It is no PDF, or too damaged.
    #[error("this is no PDF that can be read, or it is cut; get the file again")]
    Broken,
    /// It is a trap.
    #[error("{0}")]
    Limit(String),
}

/// Reads the text. Hostile documents cost at most their own result.
pub(crate) fn text(bytes: &[u8]) -> Result<Text, Refusal> {
    if has_trap(bytes) {
        let detail = format!("its tables unpack to over {MAX_UNPACKED} bytes; it was not read");
        return Err(Refusal::Limit(detail));
    }
    // The crate is not ours and its arithmetic may stop on a hostile number; that must not end the
    // process.
    catch_unwind(AssertUnwindSafe(|| read(bytes))).unwrap_or(Err(Refusal::Broken))
}

fn read(bytes: &[u8]) -> Result<Text, Refusal> {
    let pdf = Pdf::new(bytes.to_vec()).map_err(|error| match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => Refusal::Password,
        LoadPdfError::Decryption(_) => Refusal::Encryption,
        LoadPdfError::Invalid => Refusal::Broken,
    })?;
    if pdf.len() > MAX_OBJECTS {
        return Err(Refusal::Limit(format!("over {MAX_OBJECTS} objects; it was not read")));
    }
    let mut text = Text { damaged: !ends_well(bytes), ..Text::default() };
    let mut budget = Budget { left: MAX_UNPACKED, cut: false };
    let mut fonts = fonts::Fonts::default();
    for page in pdf.pages().iter().take(MAX_PAGES) {
        let mut walk = content::Walk::new(&mut budget, &mut fonts);
        walk.page(page);
        text.unknown_letters += walk.unknown_letters;
        let runs = std::mem::take(&mut walk.runs);
        text.pages.push(layout::lines(runs));
    }
    if pdf.pages().len() > MAX_PAGES {
        text.limited = Some(format!("only the first {MAX_PAGES} pages were read"));
    }
    if budget.cut {
        text.limited = Some(format!("only the first {MAX_UNPACKED} unpacked bytes were read"));
    }
    Ok(text)
}

/// Whether the file ends as it must: a mark, and before it an offset at which a table stands.
/// Readers repair what does not, but nobody then knows what is missing.
fn ends_well(bytes: &[u8]) -> bool {
    let tail = bytes.get(bytes.len().saturating_sub(1024)..).unwrap_or_default();
    let Some(end) = memchr::memmem::rfind(tail, b"%%EOF") else { return false };
    let tail = tail.get(..end).unwrap_or_default();
    let Some(at) = memchr::memmem::rfind(tail, b"startxref") else { return false };
    let digits = String::from_utf8_lossy(tail.get(at + 9..).unwrap_or_default());
    let Ok(offset) = digits.trim().parse::<usize>() else { return false };
    let table = bytes.get(offset..).unwrap_or_default().trim_ascii_start();
    let stream = table.first().is_some_and(u8::is_ascii_digit)
        && memchr::memmem::find(table.get(..64.min(table.len())).unwrap_or_default(), b" obj")
            .is_some();
    table.starts_with(b"xref") || stream
}

/// Whether tables of the document unpack to more than anybody needs. They are unpacked by the
/// crate, which knows no limit, so they are measured before.
fn has_trap(bytes: &[u8]) -> bool {
    let mut left = MAX_UNPACKED;
    for at in memchr::memmem::find_iter(bytes, b"stream") {
        let before = bytes.get(at.saturating_sub(300)..at).unwrap_or_default();
        let table = ["/ObjStm", "/XRef"]
            .iter()
            .any(|name| memchr::memmem::rfind(before, name.as_bytes()).is_some());
        if !table {
            continue;
        }
        let data = bytes.get(at + 6..).unwrap_or_default().trim_ascii_start();
        let count = std::io::copy(&mut ZlibDecoder::new(data).take(left), &mut std::io::sink());
        left = left.saturating_sub(count.unwrap_or(0));
        if left == 0 {
            return true;
        }
    }
    false
}

/// What may still be unpacked.
pub(crate) struct Budget {
    left: u64,
    cut: bool,
}

impl Budget {
    /// The bytes of a stream, as many as the budget allows.
    fn data(&mut self, stream: &Stream<'_>) -> Vec<u8> {
        let filters = stream.filters();
        let raw = || stream.raw_data();
        let mut bytes = Vec::new();
        match filters.as_slice() {
            [] => bytes = raw().into_owned(),
            [Filter::FlateDecode] => {
                // What comes before a damaged place is kept.
                let raw = raw();
                let _ = ZlibDecoder::new(&raw[..]).take(self.left + 1).read_to_end(&mut bytes);
            }
            // The other filters know no limit, but grow no small stream beyond reason.
            _ if raw().len() < 256 << 10 => {
                bytes = stream.decoded_data().map(|data| data.into_owned()).unwrap_or_default();
            }
            _ => self.cut = true,
        }
        if bytes.len() as u64 > self.left {
            self.cut = true;
            bytes.truncate(usize::try_from(self.left).unwrap_or(0));
        }
        self.left -= bytes.len() as u64;
        bytes
    }
}
