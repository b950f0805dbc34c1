//! Formats, limits and hostile bytes, through the crate's entry.

use super::*;
use amparo_model::ProblemKind;
use image::{ImageFormat, RgbImage};
use std::io::Cursor;

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
    let small = Limits { max_pixels: 1 << 16, max_alloc_bytes: 4 << 20, ..Limits::default() };
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
