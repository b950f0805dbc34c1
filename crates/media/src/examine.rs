//! Examines one picture: format by content, size, camera statements and PDQ.

use crate::format::{Known, known, word};
use crate::{exif, pdq};
use amparo_model::{Moment, Pdq, ProblemKind};
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader};
use serde::{Deserialize, Serialize};
use std::io::Cursor;

/// What a picture says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// `jpeg`, `png`, `gif`, `webp`, `bmp` or `tiff`, by content.
    pub format: String,
    /// Stored width in pixels, before any EXIF rotation.
    pub width: u32,
    /// Stored height in pixels.
    pub height: u32,
    /// The perceptual hash at full resolution; `None` when a side is shorter than
    /// [`pdq::MIN_SIDE_PIXELS`]. Animations: of the first frame.
    pub pdq: Option<Pdq>,
    /// EXIF make, as written.
    pub camera_make: Option<String>,
    /// EXIF model, as written.
    pub camera_model: Option<String>,
    /// EXIF body serial number, as written.
    pub camera_serial: Option<String>,
    /// EXIF time of the picture; its zone only if the camera stated it.
    pub taken_at: Option<Moment>,
}

/// How much one picture may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Largest width times height.
    pub max_pixels: u64,
    /// Largest memory for decoding, in bytes.
    pub max_alloc_bytes: u64,
}

impl Default for Limits {
    /// Enough for the 108-megapixel sensors of phones.
    fn default() -> Self {
        Self { max_pixels: 128_000_000, max_alloc_bytes: 640 << 20 }
    }
}

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
    /// The bytes contradict their format.
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
}

/// Examines the bytes of one file.
///
/// # Errors
/// [`MediaError`] names what could not be examined and why.
pub fn examine(bytes: &[u8], limits: &Limits) -> Result<Picture, MediaError> {
    let (format, picture) = decode(bytes, limits)?;
    let camera = exif::camera(bytes);
    Ok(Picture {
        format: format.to_owned(),
        width: picture.width(),
        height: picture.height(),
        pdq: pdq::hash(&picture),
        camera_make: camera.make,
        camera_model: camera.model,
        camera_serial: camera.serial,
        taken_at: camera.taken_at,
    })
}

/// Decodes within the limits; the size in the header is checked before anything is allocated.
fn decode(bytes: &[u8], limits: &Limits) -> Result<(&'static str, DynamicImage), MediaError> {
    let format = match known(bytes) {
        None => return Err(MediaError::NotAPicture),
        Some(Known::NotDecodable(word)) => {
            let why = "no decoder for it".to_owned();
            return Err(MediaError::Unsupported { format: word.to_owned(), why });
        }
        Some(Known::Decodable(format)) => format,
    };
    let name = word(format);
    let mut allowed = image::Limits::default();
    allowed.max_alloc = Some(limits.max_alloc_bytes);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(allowed.clone());
    let mut decoder = reader.into_decoder().map_err(|error| named(name, &error))?;
    check_pixels(decoder.dimensions(), limits)?;
    allowed.reserve(decoder.total_bytes()).map_err(|error| named(name, &error))?;
    decoder.set_limits(allowed).map_err(|error| named(name, &error))?;
    let picture = DynamicImage::from_decoder(decoder).map_err(|error| named(name, &error))?;
    Ok((name, picture))
}

fn check_pixels((width, height): (u32, u32), limits: &Limits) -> Result<(), MediaError> {
    let pixels = u64::from(width) * u64::from(height);
    if pixels > limits.max_pixels {
        let what = format!("{width} x {height} pixels; the limit is {}", limits.max_pixels);
        return Err(MediaError::TooLarge { what });
    }
    Ok(())
}

fn named(format: &str, error: &ImageError) -> MediaError {
    let format = format.to_owned();
    let why: String = error.to_string().chars().take(200).collect();
    match error {
        ImageError::Limits(_) => MediaError::TooLarge { what: why },
        ImageError::Unsupported(_) => MediaError::Unsupported { format, why },
        _ => MediaError::Malformed { format, why },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageFormat, RgbImage};

    fn encoded(format: ImageFormat) -> Vec<u8> {
        let picture = RgbImage::from_fn(96, 64, |x, y| {
            let (x, y) = (u8::try_from(x * 2).unwrap(), u8::try_from(y * 3).unwrap());
            image::Rgb([x, y, x ^ y])
        });
        let mut out = Cursor::new(Vec::new());
        DynamicImage::from(picture).write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    #[test]
    fn every_decodable_format_gives_its_size_and_hash() {
        let check = |format, expect| {
            let picture = examine(&encoded(format), &Limits::default()).unwrap();
            assert_eq!((picture.format.as_str(), picture.width, picture.height), (expect, 96, 64));
            assert!(picture.pdq.is_some(), "{expect}");
        };
        check(ImageFormat::Jpeg, "jpeg");
        check(ImageFormat::Png, "png");
        check(ImageFormat::Gif, "gif");
        check(ImageFormat::WebP, "webp");
        check(ImageFormat::Bmp, "bmp");
        check(ImageFormat::Tiff, "tiff");
    }

    #[test]
    fn what_cannot_be_examined_says_why() {
        let check = |bytes: &[u8], limits: &Limits, kind| {
            assert_eq!(examine(bytes, limits).unwrap_err().kind(), kind);
        };
        let (png, all) = (encoded(ImageFormat::Png), Limits::default());
        check(b"plain text", &all, ProblemKind::Skipped);
        check(b"\0\0\0\x18ftypheic", &all, ProblemKind::Unsupported);
        check(&png, &Limits { max_pixels: 96 * 63, ..all }, ProblemKind::Limit);
        check(&png, &Limits { max_alloc_bytes: 1_000, ..all }, ProblemKind::Limit);
        check(png.get(..png.len() / 2).unwrap(), &all, ProblemKind::Malformed);
    }

    #[test]
    fn a_header_that_claims_a_pixel_flood_is_refused_before_decoding() {
        let mut png = encoded(ImageFormat::Png);
        png.splice(16..24, [0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
        let error = examine(&png, &Limits::default()).unwrap_err();
        assert!(matches!(error, MediaError::TooLarge { .. } | MediaError::Malformed { .. }));
    }

    #[test]
    fn no_truncation_or_bit_flip_panics() {
        let small = Limits { max_pixels: 1 << 16, max_alloc_bytes: 4 << 20 };
        for format in [ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::Bmp] {
            let bytes = encoded(format);
            for cut in (0..bytes.len()).step_by(7) {
                let _outcome = examine(bytes.get(..cut).unwrap(), &small);
                let mut flipped = bytes.clone();
                if let Some(byte) = flipped.get_mut(cut) {
                    *byte ^= 1 << (cut % 8);
                }
                let _outcome = examine(&flipped, &small);
            }
        }
    }
}
