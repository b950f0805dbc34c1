//! PDQ against a second implementation on equal pixels, and against re-encoding and resizing.

use super::*;
use image::imageops::FilterType;
use image::{GrayImage, ImageFormat, RgbImage};
use std::io::Cursor;

/// A photo-like picture: gradients, blobs of several sizes and grain, all from a seed.
fn scene(seed: u32, width: u32, height: u32) -> RgbImage {
    let mut state = seed.wrapping_mul(2_654_435_761).max(1);
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        f64::from(state) / f64::from(u32::MAX)
    };
    let blobs: Vec<[f64; 6]> =
        (0..40).map(|_| [next(), next(), 0.02 + next() * 0.15, next(), next(), next()]).collect();
    let tilt = (next(), next());
    RgbImage::from_fn(width, height, |x, y| {
        let (u, v) = (f64::from(x) / f64::from(width), f64::from(y) / f64::from(height));
        let mut colour = [60.0 + 80.0 * u * tilt.0, 60.0 + 80.0 * v * tilt.1, 90.0];
        for [cx, cy, radius, r, g, b] in &blobs {
            let near = (-((u - cx).powi(2) + (v - cy).powi(2)) / (radius * radius)).exp();
            for (channel, weight) in colour.iter_mut().zip([r, g, b]) {
                *channel += near * (weight * 240.0 - 90.0);
            }
        }
        let grain = (next() - 0.5) * 12.0;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
        image::Rgb(colour.map(|channel| (channel + grain).clamp(0.0, 255.0) as u8))
    })
}

fn of(picture: &RgbImage) -> Pdq {
    hash(&DynamicImage::from(picture.clone())).unwrap()
}

/// The other implementation uses an older `image` crate, so pixels travel raw. It adds gradients
/// without cutting them to whole percent, so its quality is an upper bound only.
fn other(picture: &RgbImage) -> ([u8; 32], f32) {
    use pdqhash::image as old;
    let (width, height) = picture.dimensions();
    let pixels = old::RgbImage::from_raw(width, height, picture.as_raw().clone()).unwrap();
    pdqhash::generate_pdq_full_size(&old::DynamicImage::ImageRgb8(pixels))
}

#[test]
fn equal_to_the_bit_to_another_implementation() {
    // Smaller sides leave frequencies that are all rounding noise, where no two programs agree.
    let sides = [63, 64, 65, 100, 127, 128, 129, 200, 256, 257, 300, 511, 512];
    for (seed, width) in (1..).zip(sides) {
        for height in [64, 131, 512] {
            let picture = scene(seed, width, height);
            let (ours, (bytes, quality)) = (of(&picture), other(&picture));
            assert_eq!(ours.bits.0, bytes, "{width} x {height}");
            assert!(f32::from(ours.quality) <= quality * 100.0, "{width} x {height}");
        }
    }
}

#[test]
fn equal_to_the_bit_at_full_resolution_too() {
    for (width, height) in [(1_600, 1_200), (1_201, 1_999)] {
        let picture = scene(width, width, height);
        assert_eq!(of(&picture).bits.0, other(&picture).0, "{width} x {height}");
    }
}

#[test]
fn quality_follows_the_published_formula() {
    let flat = DynamicImage::from(GrayImage::from_pixel(300, 200, image::Luma([90])));
    assert_eq!(hash(&flat).unwrap().quality, 0);
    let check = |levels: [f32; 2], expect| {
        let mut small = [[0.0; SIDE]; SIDE];
        for (at, row) in small.iter_mut().enumerate() {
            row.fill(*levels.get(at % 2).unwrap());
        }
        assert_eq!(quality(&small), expect, "{levels:?}");
    };
    // 63 x 64 gradients of 255 / 255 = 100 %, far above the cap.
    check([0.0, 255.0], 100);
    // 3 / 255 is 1.18 %, cut to 1 %: 4032 / 90 = 44.8, cut to 44.
    check([0.0, 3.0], 44);
    // 2 / 255 is below one percent and does not count at all.
    check([0.0, 2.0], 0);
}

#[test]
fn too_small_pictures_have_none() {
    let sized = |width, height| hash(&DynamicImage::new_rgb8(width, height));
    assert_eq!(sized(4, 400), None);
    assert_eq!(sized(400, 4), None);
    assert!(sized(5, 5).is_some());
}

#[test]
fn layouts_of_the_same_pixels_agree() {
    let picture = DynamicImage::from(scene(3, 320, 240));
    let expect = hash(&picture).unwrap();
    assert_eq!(hash(&DynamicImage::from(picture.to_rgba8())), Some(expect));
    let float = hash(&DynamicImage::from(picture.to_rgb32f())).unwrap();
    assert!(float.distance(&expect) <= 2);
    let grey = DynamicImage::from(picture.to_luma8());
    let alpha = DynamicImage::from(grey.to_luma_alpha8());
    assert_eq!(hash(&grey), hash(&alpha));
}

#[test]
fn resized_and_re_encoded_pictures_stay_near() {
    for seed in 1..=8 {
        let picture = DynamicImage::from(scene(seed, 900, 675));
        let original = hash(&picture).unwrap();
        assert!(original.matchable(), "seed {seed}: quality {}", original.quality);
        for (width, height) in [(450, 338), (1_280, 960), (160, 120)] {
            let resized = picture.resize_exact(width, height, FilterType::Triangle);
            assert!(original.distance(&hash(&resized).unwrap()) <= 31, "seed {seed} at {width}");
        }
        for quality in [90, 60, 30] {
            let mut jpeg = Vec::new();
            let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, quality);
            picture.write_with_encoder(encoder).unwrap();
            let again =
                image::load(Cursor::new(jpeg), ImageFormat::Jpeg).map(|p| hash(&p).unwrap());
            assert!(original.distance(&again.unwrap()) <= 31, "seed {seed} at quality {quality}");
        }
    }
}

#[test]
fn different_pictures_are_far_apart() {
    let hashes: Vec<Pdq> = (1..=8).map(|seed| of(&scene(seed, 400, 300))).collect();
    for (at, a) in hashes.iter().enumerate() {
        for b in hashes.iter().skip(at + 1) {
            assert!(a.distance(b) > 62, "{}", a.distance(b));
        }
    }
}

#[test]
fn turned_and_mirrored_hashes_are_those_of_turned_and_mirrored_pictures() {
    for (seed, width, height) in [(1, 1_024, 768), (2, 640, 900), (3, 333, 517)] {
        let picture = DynamicImage::from(scene(seed, width, height));
        let all = dihedral(&picture).unwrap();
        assert_eq!(Some(all[0]), hash(&picture));
        let turned = [
            (Dihedral::Original, picture.clone()),
            (Dihedral::Rotate90, picture.rotate270()),
            (Dihedral::Rotate180, picture.rotate180()),
            (Dihedral::Rotate270, picture.rotate90()),
            (Dihedral::FlipX, picture.flipv()),
            (Dihedral::FlipY, picture.fliph()),
            (Dihedral::FlipPlus1, picture.rotate90().fliph()),
            (Dihedral::FlipMinus1, picture.rotate270().fliph()),
        ];
        for ((way, picture), variant) in turned.iter().zip(all) {
            let real = hash(picture).unwrap();
            assert!(real.distance(&variant) <= 16, "{way:?}: {}", real.distance(&variant));
            let others = all.iter().filter(|other| **other != variant);
            assert!(others.map(|other| real.distance(other)).all(|far| far > 62), "{way:?}");
        }
    }
}

#[test]
fn variants_are_listed_in_their_own_order() {
    for (at, way) in Dihedral::ALL.iter().enumerate() {
        assert_eq!(*way as usize, at);
    }
}

#[test]
fn at_512_the_nearest_pixels_are_hashed_and_smaller_pictures_are_left_alone() {
    let small = DynamicImage::from(scene(1, 512, 300));
    assert_eq!(hash_as(&small, Scale::Side512), hash(&small));
    let large = scene(2, 1_400, 700);
    let picked =
        RgbImage::from_fn(512, 512, |x, y| *large.get_pixel(x * 1_400 / 512, y * 700 / 512));
    let large = DynamicImage::from(large);
    assert_eq!(hash_as(&large, Scale::Side512), hash(&DynamicImage::from(picked)));
    assert!(hash_as(&large, Scale::Side512).unwrap().distance(&hash(&large).unwrap()) <= 31);
    let all = dihedral_as(&large, Scale::Side512).unwrap();
    assert_eq!(Some(all[0]), hash_as(&large, Scale::Side512));
}
