//! Why a picture was not examined.

use amparo_model::ProblemKind;
use image::ImageError;

/// Longest words of a decoder that are passed on, in characters.
const MAX_CHARS: usize = 200;

/// Why a picture was not examined. All are results to show; none is worth a second try.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    /// No picture format that this version knows.
    #[error("content is no picture format known here")]
    NotAPicture,
    /// A picture, but of a kind that is not decoded here.
    #[error("{format} pictures are not decoded by this version: {why}")]
    Unsupported {
        /// The format's word.
        format: String,
        /// What is not decoded.
        why: String,
    },
    /// Larger than the limits.
    #[error("picture exceeds the limits: {what}")]
    TooLarge {
        /// Which figure, and the limit.
        what: String,
    },
    /// The bytes contradict their format, or end before the picture does.
    #[error("damaged {format} picture: {why}")]
    Malformed {
        /// The format's word.
        format: String,
        /// The decoder's words.
        why: String,
    },
}

impl MediaError {
    /// The kind of problem that this error becomes in the results.
    #[must_use]
    pub fn kind(&self) -> ProblemKind {
        match self {
            Self::NotAPicture => ProblemKind::Skipped,
            Self::Unsupported { .. } => ProblemKind::Unsupported,
            Self::TooLarge { .. } => ProblemKind::Limit,
            Self::Malformed { .. } => ProblemKind::Malformed,
        }
    }

    /// What a decoder of the `image` crate said, in our words.
    pub(crate) fn decoder(format: &str, error: &ImageError) -> Self {
        let (format, why) = (format.to_owned(), shortened(error));
        match error {
            ImageError::Limits(_) => Self::TooLarge { what: why },
            ImageError::Unsupported(_) => Self::Unsupported { format, why },
            _ => Self::Malformed { format, why },
        }
    }

    /// A damaged picture.
    pub(crate) fn malformed(format: &str, why: impl ToString) -> Self {
        Self::Malformed { format: format.to_owned(), why: shortened(why) }
    }
}

fn shortened(words: impl ToString) -> String {
    words.to_string().chars().take(MAX_CHARS).collect()
}
