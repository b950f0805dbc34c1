//! From bytes to pixels, within the limits. The size in a header is checked before anything is
//! allocated for it.

use crate::format::{Known, known, word};
use crate::{Limits, MediaError, jpeg};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader};
use std::io::Cursor;

/// The picture as it is stored. A JPEG that holds its brightness apart comes as brightness alone.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<(ImageFormat, DynamicImage), MediaError> {
    match known(bytes) {
        None => Err(MediaError::NotAPicture),
        Some(Known::NotDecodable(word)) => {
            let why = "no decoder for it".to_owned();
            Err(MediaError::Unsupported { format: word.to_owned(), why })
        }
        Some(Known::Decodable(ImageFormat::Jpeg)) => {
            Ok((ImageFormat::Jpeg, jpeg::decode(bytes, limits)?))
        }
        Some(Known::Decodable(format)) => Ok((format, other(bytes, format, limits)?)),
    }
}

fn other(bytes: &[u8], format: ImageFormat, limits: &Limits) -> Result<DynamicImage, MediaError> {
    let named = |error| MediaError::decoder(word(format), &error);
    let mut allowed = image::Limits::default();
    allowed.max_alloc = Some(limits.max_alloc_bytes);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(allowed.clone());
    let mut decoder = reader.into_decoder().map_err(named)?;
    check_pixels(decoder.dimensions(), limits)?;
    allowed.reserve(decoder.total_bytes()).map_err(named)?;
    decoder.set_limits(allowed).map_err(named)?;
    DynamicImage::from_decoder(decoder).map_err(named)
}

/// Turns the picture to how it is shown. A quarter turn needs a second copy, which must fit too.
pub fn orient(
    picture: &mut DynamicImage,
    orientation: Orientation,
    limits: &Limits,
) -> Result<(), MediaError> {
    use Orientation as O;
    let in_place =
        matches!(orientation, O::NoTransforms | O::Rotate180 | O::FlipHorizontal | O::FlipVertical);
    let bytes = picture.as_bytes().len() as u64;
    if !in_place && bytes.saturating_mul(2) > limits.max_alloc_bytes {
        let what = format!("turning it takes twice {bytes} bytes");
        return Err(MediaError::TooLarge { what });
    }
    picture.apply_orientation(orientation);
    Ok(())
}

/// Refuses more pixels than the limit.
pub fn check_pixels((width, height): (u32, u32), limits: &Limits) -> Result<(), MediaError> {
    let pixels = u64::from(width) * u64::from(height);
    if pixels > limits.max_pixels {
        let what = format!("{width} x {height} pixels; the limit is {}", limits.max_pixels);
        return Err(MediaError::TooLarge { what });
    }
    Ok(())
}
