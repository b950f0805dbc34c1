//! The referral as a document.

use crate::draft::Draft;
use amparo_model::Sha256;
use amparo_text::Lang;

/// Why a document could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PdfError(String);

/// Writes the document.
///
/// # Errors
/// [`PdfError`].
pub fn write(draft: &Draft, lang: Lang, jsonld: &Sha256) -> Result<Vec<u8>, PdfError> {
    Ok(format!("{} {lang} {jsonld}", draft.header.id).into_bytes())
}
