//! Frames of animated GIF, WebP and PNG pictures.
//!
//! A forbidden picture can hide behind a harmless first frame, so the others are hashed as well.
//! Frames are composited as a viewer shows them. Of those that look alike the first is kept; when
//! more differ than may be kept, every second is let go and from then on only every second is
//! looked at, so that what is kept spreads over the whole length, always from the first frame on.
//!
//! Whatever stops the reading before the last frame is said in [`Frames::unread`].

use crate::decode::orient;
use crate::pdq::{Scale, hash_as};
use crate::{Limits, MediaError};
use amparo_model::{Pdq, ProblemKind};
use image::codecs::{gif::GifDecoder, png::PngDecoder, webp::WebPDecoder};
use image::metadata::Orientation;
use image::{AnimationDecoder, DynamicImage, ImageDecoder, ImageFormat, ImageResult};
use serde::{Deserialize, Serialize};
use std::io::Cursor;

/// Frames nearer than this to one that is kept say nothing new, in bits.
const DISTINCT_BITS: u32 = 10;
/// A frame costs at least as much as this many pixels, however small it is.
const FRAME_PIXELS_MIN: u64 = 4_096;
/// Bytes a decoder may hold for each pixel of the canvas: three copies with four channels.
const BYTES_PER_PIXEL: u64 = 12;
/// What a decoder may hold besides.
const BYTES_BESIDE: u64 = 1 << 20;

/// What an animation shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frames {
    /// Distinct frames in order, the first always.
    pub kept: Vec<Frame>,
    /// How many frames were decoded.
    pub seen: u32,
    /// What stopped the reading before the last frame.
    pub unread: Option<Unread>,
}

/// One frame of an animation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Its number, from 0.
    pub index: u32,
    /// Its hash, by the convention of the picture.
    pub pdq: Pdq,
}

/// Why frames are missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// The kind of problem that this is.
    pub kind: ProblemKind,
    /// In words.
    pub why: String,
}

/// How each frame is to be treated.
pub struct Treatment {
    pub scale: Scale,
    pub orientation: Orientation,
}

/// The frames of these bytes; `None` where there is only one, or where frames are too small to
/// hash.
pub fn read(
    bytes: &[u8],
    format: ImageFormat,
    treatment: &Treatment,
    limits: &Limits,
) -> Option<Frames> {
    let mut gathered = Gathered::new(limits);
    let stopped = match open(bytes, format, limits) {
        Ok(None) => return None,
        Ok(Some((pixels, frames))) => gathered.take(frames, pixels, format, treatment),
        Err(error) => Err(error),
    };
    let unread = stopped.err().map(|error| Unread { kind: error.kind(), why: error.to_string() });
    let Gathered { kept, seen, .. } = gathered;
    let one = seen <= 1 && unread.is_none();
    (!one && (unread.is_some() || !kept.is_empty())).then_some(Frames { kept, seen, unread })
}

type Opened<'a> = (u64, image::Frames<'a>);

/// The pixels of the canvas and the frames to come; `None` for a still picture as far as its header
/// tells. The canvas was checked when the picture itself was decoded.
fn open<'a>(
    bytes: &'a [u8],
    format: ImageFormat,
    limits: &Limits,
) -> Result<Option<Opened<'a>>, MediaError> {
    match format {
        ImageFormat::Gif => {
            let decoder = GifDecoder::new(Cursor::new(bytes));
            let (pixels, decoder) = within(decoder, "gif", limits)?;
            Ok(Some((pixels, decoder.into_frames())))
        }
        ImageFormat::WebP => {
            let (pixels, decoder) = within(WebPDecoder::new(Cursor::new(bytes)), "webp", limits)?;
            Ok(decoder.has_animation().then(|| (pixels, decoder.into_frames())))
        }
        ImageFormat::Png => {
            let (pixels, decoder) = within(PngDecoder::new(Cursor::new(bytes)), "png", limits)?;
            let named = |error| MediaError::decoder("png", &error);
            if !decoder.is_apng().map_err(named)? {
                return Ok(None);
            }
            Ok(Some((pixels, decoder.apng().map_err(named)?.into_frames())))
        }
        _ => Ok(None),
    }
}

/// Sets what the decoder may hold; a frame that is much larger than the canvas is refused by it.
fn within<D: ImageDecoder>(
    decoder: ImageResult<D>,
    format: &str,
    limits: &Limits,
) -> Result<(u64, D), MediaError> {
    let mut decoder = decoder.map_err(|error| MediaError::decoder(format, &error))?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    let needed = pixels * BYTES_PER_PIXEL + BYTES_BESIDE;
    if needed > limits.max_alloc_bytes {
        let what = format!("frames of {width} x {height} pixels take {needed} bytes");
        return Err(MediaError::TooLarge { what });
    }
    let mut allowed = image::Limits::default();
    allowed.max_alloc = Some(needed);
    decoder.set_limits(allowed).map_err(|error| MediaError::decoder(format, &error))?;
    Ok((pixels, decoder))
}

/// The frames kept so far.
struct Gathered {
    kept: Vec<Frame>,
    seen: u32,
    /// Only frames with numbers that this divides are looked at.
    stride: u32,
    max_frames: usize,
    pixels_left: u64,
}

impl Gathered {
    fn new(limits: &Limits) -> Self {
        let max_frames = usize::try_from(limits.max_frames).unwrap_or(usize::MAX).max(1);
        let pixels_left = limits.max_frame_pixels;
        Self { kept: Vec::new(), seen: 0, stride: 1, max_frames, pixels_left }
    }

    fn take(
        &mut self,
        mut frames: image::Frames<'_>,
        pixels: u64,
        format: ImageFormat,
        treatment: &Treatment,
    ) -> Result<(), MediaError> {
        let cost = pixels.max(FRAME_PIXELS_MIN);
        loop {
            let Some(left) = self.pixels_left.checked_sub(cost) else {
                // Asking for one more tells whether anything was missed, at the price of one.
                return frames.next().map_or(Ok(()), |_| Err(self.exhausted()));
            };
            self.pixels_left = left;
            let Some(frame) = frames.next() else { return Ok(()) };
            let word = crate::format::word(format);
            let frame = frame.map_err(|error| self.broken(word, &error))?;
            if self.seen.is_multiple_of(self.stride) {
                self.look(DynamicImage::from(frame.into_buffer()), treatment);
            }
            self.seen = self.seen.saturating_add(1);
        }
    }

    fn look(&mut self, mut picture: DynamicImage, treatment: &Treatment) {
        // The canvas with all copies is far below the limit, so turning cannot be refused.
        let everything = Limits { max_alloc_bytes: u64::MAX, ..Limits::default() };
        let _turned = orient(&mut picture, treatment.orientation, &everything);
        let Some(pdq) = hash_as(&picture, treatment.scale) else { return };
        let new =
            pdq.matchable() && self.kept.iter().all(|kept| kept.pdq.distance(&pdq) > DISTINCT_BITS);
        if self.seen == 0 || new {
            self.kept.push(Frame { index: self.seen, pdq });
        }
        while self.kept.len() > self.max_frames {
            self.stride = self.stride.saturating_mul(2);
            self.kept.retain(|frame| frame.index.is_multiple_of(self.stride));
        }
    }

    fn exhausted(&self) -> MediaError {
        let what = format!("animation read up to frame {} only", self.seen);
        MediaError::TooLarge { what }
    }

    fn broken(&self, format: &str, error: &image::ImageError) -> MediaError {
        match MediaError::decoder(format, error) {
            MediaError::Malformed { why, .. } => {
                MediaError::malformed(format, format!("after frame {}: {why}", self.seen))
            }
            other => other,
        }
    }
}
