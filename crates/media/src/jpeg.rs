//! JPEG: the brightness alone where the file holds it apart, colours otherwise; and the word about
//! a file that ends too early.
//!
//! Nearly every JPEG stores brightness (Y) beside two colour differences. PDQ uses brightness only,
//! so the other two need be neither transformed nor enlarged nor mixed: that is half of the work.
//! The hash then differs from the one of rounded and clipped colours by at most a few bits;
//! `xtask bench pdq` prints by how many on a varied set, and `tests/jpeg.rs` holds a smaller one to
//! the same bound. No transform at reduced scale is used: it moves more bits than that bound
//! allows.
//!
//! A decoder that shows what there is fills the missing part with grey, and cut pictures would
//! resemble each other more than their originals. So a JPEG that breaks off is refused as damaged.
//! Oddities that lose nothing, such as stray bytes between segments, are read over.
//! Not noticed: a break within the last row of blocks, and an end marker set into the middle.
//!
//! Sources: ITU-T T.81 (09/92), B.1 and B.2 (segments, frame header); ITU-T T.871 (JFIF).

use crate::decode::check_pixels;
use crate::{Limits, MediaError};
use image::{DynamicImage, GrayImage, RgbImage};
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// What zune-jpeg paints where data are missing.
const FILLING: u8 = 128;

/// Decodes a JPEG, to brightness alone where the file holds it apart.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<DynamicImage, MediaError> {
    let mut header = decoder(bytes, ColorSpace::RGB, false);
    header.decode_headers().map_err(|error| refusal(&error))?;
    let (width, height) = header.dimensions().unwrap_or_default();
    let size = (narrow(width), narrow(height));
    check_pixels(size, limits)?;
    let frame = Frame::of(bytes).unwrap_or_default();
    let colours = header.input_colorspace();
    let grey =
        colours == Some(ColorSpace::Luma) || colours == Some(ColorSpace::YCbCr) && frame.separable;
    let (target, channels) = if grey { (ColorSpace::Luma, 1) } else { (ColorSpace::RGB, 3) };
    let mut pixels = buffer(size, channels, &frame, limits)?;
    fill(bytes, target, frame.progressive, &mut pixels, width * channels)?;
    let picture = match grey {
        true => GrayImage::from_raw(size.0, size.1, pixels).map(DynamicImage::from),
        false => RgbImage::from_raw(size.0, size.1, pixels).map(DynamicImage::from),
    };
    picture.ok_or_else(|| MediaError::malformed("jpeg", "fewer pixels than its header says"))
}

/// Decodes strictly; where that is refused, leniently, and judges whether anything is missing.
fn fill(
    bytes: &[u8],
    target: ColorSpace,
    progressive: bool,
    pixels: &mut [u8],
    row_bytes: usize,
) -> Result<(), MediaError> {
    let Err(strict) = decoder(bytes, target, true).decode_into(pixels) else { return Ok(()) };
    // A progressive picture is refined scan by scan; what is missing does not show in its pixels.
    if progressive {
        return Err(refusal(&strict));
    }
    decoder(bytes, target, false).decode_into(pixels).map_err(|error| refusal(&error))?;
    let last = pixels.len().saturating_sub(row_bytes);
    let filled = |row: &[u8]| row.iter().all(|level| *level == FILLING);
    if pixels.get(last..).is_none_or(filled) { Err(refusal(&strict)) } else { Ok(()) }
}

fn decoder(bytes: &[u8], target: ColorSpace, strict: bool) -> JpegDecoder<ZCursor<&[u8]>> {
    let options = DecoderOptions::default()
        .set_strict_mode(strict)
        .set_max_width(usize::MAX)
        .set_max_height(usize::MAX)
        .jpeg_set_out_colorspace(target);
    JpegDecoder::new_with_options(ZCursor::new(bytes), options)
}

/// Room for the pixels; a progressive picture needs its coefficients in memory as well, two bytes
/// each, for every component.
fn buffer(
    (width, height): (u32, u32),
    channels: usize,
    frame: &Frame,
    limits: &Limits,
) -> Result<Vec<u8>, MediaError> {
    let pixels = u64::from(width) * u64::from(height);
    let length = pixels * channels as u64;
    let coefficients = if frame.whole_in_memory { pixels * 2 * frame.components } else { 0 };
    if length + coefficients > limits.max_alloc_bytes {
        let what = format!("decoding takes {} bytes", length + coefficients);
        return Err(MediaError::TooLarge { what });
    }
    let too_large = || MediaError::TooLarge { what: format!("decoding takes {length} bytes") };
    Ok(vec![0; usize::try_from(length).map_err(|_| too_large())?])
}

/// A JPEG side is 16 bits long, so nothing is lost.
fn narrow(side: usize) -> u32 {
    u32::try_from(side).unwrap_or(u32::MAX)
}

fn refusal(error: &DecodeErrors) -> MediaError {
    match error {
        DecodeErrors::Unsupported(_) => {
            let (format, why) = ("jpeg".to_owned(), format!("{error:?}"));
            MediaError::Unsupported { format, why: why.chars().take(200).collect() }
        }
        DecodeErrors::LargeDimensions(_) => MediaError::TooLarge { what: format!("{error:?}") },
        _ => MediaError::malformed("jpeg", format!("{error:?}")),
    }
}

/// What the headers say that decides how to decode.
#[derive(Debug, Default, PartialEq, Eq)]
struct Frame {
    progressive: bool,
    components: u64,
    /// Three components, the first of which is sampled at least as finely as the others, in one of
    /// the ratios that cameras and messengers write; and they come together or scan by scan in a
    /// progressive file, not one after another.
    separable: bool,
    /// The decoder must keep all coefficients until the end.
    whole_in_memory: bool,
}

impl Frame {
    /// Walks the segments to the frame header (SOF0 to SOF2) and on to the first scan.
    fn of(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes.get(2..)?;
        let mut frame = None;
        loop {
            let at = rest.windows(2).position(is_marker)?;
            let marker = *rest.get(at + 1)?;
            rest = rest.get(at + 2..)?;
            if matches!(marker, 0x01 | 0xd0..=0xd8) {
                continue;
            }
            let (length, _) = rest.split_first_chunk::<2>()?;
            let segment = rest.get(2..usize::from(u16::from_be_bytes(*length)))?;
            match marker {
                0xc0..=0xc2 => frame = Some(Self::header(marker, segment)?),
                0xda => return Some(frame?.scan(segment)),
                0xd9 => return None,
                _ => {}
            }
            rest = rest.get(segment.len() + 2..)?;
        }
    }

    /// Precision, height, width, number of components; then for each its number, its sampling
    /// factors and its table.
    fn header(marker: u8, segment: &[u8]) -> Option<Self> {
        let components = u64::from(*segment.get(5)?);
        let sampling: Vec<u8> =
            segment.get(6..)?.chunks_exact(3).filter_map(|c| c.get(1).copied()).collect();
        let separable = matches!(sampling.as_slice(), [0x11 | 0x12 | 0x21 | 0x22, 0x11, 0x11]);
        let progressive = marker == 0xc2;
        Some(Self { progressive, components, separable, whole_in_memory: progressive })
    }

    /// The first byte of a scan header says how many components it holds.
    fn scan(self, segment: &[u8]) -> Self {
        let all = segment.first().is_some_and(|count| u64::from(*count) == self.components);
        let separable = self.separable && (all || self.progressive);
        Self { separable, whole_in_memory: self.progressive || !all, ..self }
    }
}

fn is_marker(pair: &[u8]) -> bool {
    matches!(pair, [0xff, code] if *code != 0 && *code != 0xff)
}
