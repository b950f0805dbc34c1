//! The hashes of a picture turned and mirrored, from the frequencies of the picture as it is.
//!
//! Mirroring a picture negates its odd frequencies along that axis, and swapping its axes swaps
//! theirs; nothing need be decoded, turned or blurred again. Names and signs are those of Meta
//! (ThreatExchange `pdq/cpp/hashing/pdqhashing.cpp` at commit 0234393), which call "Rotate90" a
//! quarter turn against the clock, and "FlipX" the one across the horizontal axis.

use super::KEPT;
use serde::{Deserialize, Serialize};

/// The eight ways to lay a picture down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dihedral {
    /// As it is.
    Original,
    /// A quarter turn against the clock.
    Rotate90,
    /// Upside down.
    Rotate180,
    /// A quarter turn with the clock.
    Rotate270,
    /// Top and bottom exchanged.
    FlipX,
    /// Left and right exchanged.
    FlipY,
    /// Mirrored along the diagonal from the top left.
    FlipPlus1,
    /// Mirrored along the diagonal from the top right.
    FlipMinus1,
}

impl Dihedral {
    /// All of them, in the order of Meta's tools.
    pub const ALL: [Self; 8] = [
        Self::Original,
        Self::Rotate90,
        Self::Rotate180,
        Self::Rotate270,
        Self::FlipX,
        Self::FlipY,
        Self::FlipPlus1,
        Self::FlipMinus1,
    ];

    /// The frequencies of the picture laid down this way.
    pub(super) fn of(self, frequencies: &[f32; KEPT * KEPT]) -> [f32; KEPT * KEPT] {
        let mut out = [0.0; KEPT * KEPT];
        for (at, cell) in out.iter_mut().enumerate() {
            let (row, column) = (at / KEPT, at % KEPT);
            let from = if self.swaps() { column * KEPT + row } else { at };
            let value = frequencies.get(from).copied().unwrap_or_default();
            *cell = if self.negates(row, column) { -value } else { value };
        }
        out
    }

    /// Whether rows become columns.
    fn swaps(self) -> bool {
        matches!(self, Self::Rotate90 | Self::Rotate270 | Self::FlipPlus1 | Self::FlipMinus1)
    }

    /// Row and column 0 hold frequency 1, so an even number means an odd frequency.
    fn negates(self, row: usize, column: usize) -> bool {
        let (odd_rows, odd_columns) = (row.is_multiple_of(2), column.is_multiple_of(2));
        match self {
            Self::Original | Self::FlipPlus1 => false,
            Self::FlipX | Self::Rotate90 => odd_rows,
            Self::FlipY | Self::Rotate270 => odd_columns,
            Self::Rotate180 | Self::FlipMinus1 => odd_rows != odd_columns,
        }
    }
}
