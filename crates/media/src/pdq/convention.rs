//! Which pixels a hash was made of. Two hashes compare well only when both follow one convention.

use serde::{Deserialize, Serialize};

/// How a picture's pixels reach the hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Convention {
    /// At which size.
    pub scale: Scale,
    /// Whether the EXIF orientation was applied, so that the picture is hashed as it is shown.
    /// Meta's tools hash it as it is stored.
    pub oriented: bool,
}

impl Default for Convention {
    /// Full resolution, as shown.
    fn default() -> Self {
        Self { scale: Scale::FullResolution, oriented: true }
    }
}

impl Convention {
    /// What Meta's library gives when it is handed the stored pixels.
    pub const AS_STORED: Self = Self { scale: Scale::FullResolution, oriented: false };
    /// What Meta's command-line tools give.
    pub const META_TOOLS: Self = Self { scale: Scale::Side512, oriented: false };
}

/// The size at which a picture is hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// Every pixel.
    FullResolution,
    /// 512 x 512 pixels where either side is longer than 512, each the nearest one above and to
    /// the left, whatever the picture's proportions. So do Meta's command-line tools
    /// (ThreatExchange `pdq/cpp/io/pdqio.cpp` at commit 1151b67: `CImg::resize` without a word on
    /// interpolation, which means none). It moves a hash by about 7 bits.
    Side512,
}

impl Scale {
    /// The longest side that [`Scale::Side512`] leaves alone.
    const SIDE: usize = 512;

    /// Columns and rows that are hashed of a picture of this size.
    pub(super) fn size(self, (width, height): (usize, usize)) -> (usize, usize) {
        match self {
            Self::Side512 if width.max(height) > Self::SIDE => (Self::SIDE, Self::SIDE),
            _ => (width, height),
        }
    }
}

/// Which of `from` stored rows or columns stands for number `at` of `to`.
pub(super) fn nearest(at: usize, from: usize, to: usize) -> usize {
    at * from / to.max(1)
}
