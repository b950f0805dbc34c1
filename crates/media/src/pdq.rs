//! The perceptual hash PDQ, written from Meta's description and reference source.
//!
//! A hash is comparable only with hashes of the same [`Convention`]: at full resolution or at 512 x
//! 512, with the EXIF orientation applied or not. The functions here take pixels as they come; who
//! decoded them turns them first ([`crate::examine`] does).
//!
//! A JPEG's brightness is taken as the file holds it (`jpeg.rs`), which moves a hash by a few bits
//! at most against colours that were mixed, rounded and unmixed again.
//!
//! Sources: "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm" (Meta, 2019)
//! and ThreatExchange `pdq/cpp/hashing/pdqhashing.cpp` at commit 0234393. Every floating-point
//! operation keeps the order of that source, because bits near the median depend on it.

mod convention;
mod dihedral;
mod jarosz;
mod luma;

pub use convention::{Convention, Scale};
pub use dihedral::Dihedral;

use amparo_model::{Bits256, Pdq};
use image::DynamicImage;

/// Pictures with a shorter side than this have no PDQ; Meta's limit.
pub const MIN_SIDE_PIXELS: u32 = 5;

/// Side of the blurred, decimated picture that everything else is computed from.
const SIDE: usize = 64;
/// Frequencies kept along each axis.
const KEPT: usize = 16;

type Small = [[f32; SIDE]; SIDE];

/// The PDQ of decoded pixels at full resolution; `None` when a side is shorter than
/// [`MIN_SIDE_PIXELS`].
#[must_use]
pub fn hash(picture: &DynamicImage) -> Option<Pdq> {
    hash_as(picture, Scale::FullResolution)
}

/// The same at another size.
#[must_use]
pub fn hash_as(picture: &DynamicImage, scale: Scale) -> Option<Pdq> {
    let small = shrink(picture, scale)?;
    Some(Pdq { bits: bits(&frequencies(&small)), quality: quality(&small) })
}

/// The PDQ of decoded pixels laid down in all eight ways, in the order of [`Dihedral::ALL`], for
/// little more than the price of one. Against the hash of a picture that was really turned a few
/// bits differ, because the samples of [`hash`] do not lie in the exact middle of their share.
#[must_use]
pub fn dihedral(picture: &DynamicImage) -> Option<[Pdq; 8]> {
    dihedral_as(picture, Scale::FullResolution)
}

/// The same at another size.
#[must_use]
pub fn dihedral_as(picture: &DynamicImage, scale: Scale) -> Option<[Pdq; 8]> {
    let small = shrink(picture, scale)?;
    let (frequencies, quality) = (frequencies(&small), quality(&small));
    Some(Dihedral::ALL.map(|way| Pdq { bits: bits(&way.of(&frequencies)), quality }))
}

/// The picture's brightness, blurred and decimated; `None` for pictures without a hash.
fn shrink(picture: &DynamicImage, scale: Scale) -> Option<Small> {
    if picture.width().min(picture.height()) < MIN_SIDE_PIXELS {
        return None;
    }
    let luma = luma::Rows::of(picture, scale);
    Some(jarosz::shrink(luma.width(), luma.height(), |row, out| luma.fill(row, out)))
}

/// How much structure the picture has, 0 to 100. Each gradient is cut to whole percent before it is
/// added, so that many faint gradients do not look like a few strong ones.
#[expect(clippy::cast_possible_truncation, reason = "the reference truncates on purpose")]
fn quality(small: &Small) -> u8 {
    let percent = |u: f32, v: f32| ((((u - v) * 100.0) / 255.0) as i32).abs();
    let down = small.iter().zip(small.iter().skip(1));
    let down = down.flat_map(|(a, b)| a.iter().zip(b)).map(|(u, v)| percent(*u, *v));
    let across = small.iter().flat_map(|row| row.iter().zip(row.iter().skip(1)));
    let across = across.map(|(u, v)| percent(*u, *v));
    let sum: i32 = down.chain(across).sum();
    u8::try_from((sum / 90).clamp(0, 100)).unwrap_or(100)
}

/// The low frequencies 1 to 16 of both axes of a discrete cosine transform.
fn frequencies(small: &Small) -> [f32; KEPT * KEPT] {
    let matrix = cosines();
    let mut half = [[0.0f32; SIDE]; KEPT];
    for (row, weights) in half.iter_mut().zip(&matrix) {
        for (line, weight) in small.iter().zip(weights) {
            for (sum, value) in row.iter_mut().zip(line) {
                *sum += weight * value;
            }
        }
    }
    let mut out = [0.0; KEPT * KEPT];
    let pairs = half.iter().flat_map(|row| matrix.iter().map(move |weights| (row, weights)));
    for (cell, (row, weights)) in out.iter_mut().zip(pairs) {
        *cell = row.iter().zip(weights).fold(0.0, |sum, (value, weight)| sum + value * weight);
    }
    out
}

/// Row i holds frequency i + 1. Computed in double precision and stored in single, as Meta does.
#[expect(clippy::cast_possible_truncation, reason = "the reference stores single precision")]
fn cosines() -> [[f32; SIDE]; KEPT] {
    let scale = f64::from((2.0f64 / 64.0).sqrt() as f32);
    let step = std::f64::consts::PI / 2.0 / 64.0;
    let mut matrix = [[0.0; SIDE]; KEPT];
    for (row, frequency) in matrix.iter_mut().zip(1u32..) {
        for (cell, at) in row.iter_mut().zip(0u32..) {
            let angle = step * f64::from(frequency) * f64::from(2 * at + 1);
            *cell = (scale * angle.cos()) as f32;
        }
    }
    matrix
}

/// One bit per frequency: above the median or not. Bit 0 is the last bit of the last byte, as Meta
/// prints it.
fn bits(frequencies: &[f32; KEPT * KEPT]) -> Bits256 {
    let median = lower_median(frequencies);
    let mut bytes = [0u8; 32];
    for (byte, values) in bytes.iter_mut().rev().zip(frequencies.chunks(8)) {
        for (bit, value) in values.iter().enumerate() {
            *byte |= u8::from(*value > median) << bit;
        }
    }
    Bits256(bytes)
}

/// The 128th smallest of 256 values: what Torben's method, used by Meta, returns for an even count.
fn lower_median(values: &[f32; KEPT * KEPT]) -> f32 {
    let mut sorted = *values;
    let (_, median, _) = sorted.select_nth_unstable_by(KEPT * KEPT / 2 - 1, f32::total_cmp);
    *median
}

#[cfg(test)]
mod tests;
