//! JPEG: brightness alone against a full decode, EXIF orientation, and files that break off.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test's own pictures and encoder"
)]

mod support;

use amparo_media::pdq::{self, Convention};
use amparo_media::{Limits, MediaError, Picture, Wanted, examine, examine_as};
use amparo_model::Pdq;
use image::{DynamicImage, ImageFormat};
use support::jpeg::{Layout, encode};
use support::scene::scene;

const LAYOUTS: [Layout; 6] = [
    Layout { shared: (1, 1), progressive: false },
    Layout { shared: (2, 1), progressive: false },
    Layout { shared: (1, 2), progressive: false },
    Layout { shared: (2, 2), progressive: false },
    Layout { shared: (1, 1), progressive: true },
    Layout { shared: (2, 2), progressive: true },
];

fn full(bytes: &[u8]) -> Pdq {
    pdq::hash(&image::load_from_memory_with_format(bytes, ImageFormat::Jpeg).unwrap()).unwrap()
}

fn of(bytes: &[u8]) -> Picture {
    examine(bytes, &Limits::default()).unwrap()
}

#[test]
fn brightness_alone_stays_within_bits_of_a_full_decode() {
    let mut distances = Vec::new();
    for (seed, layout) in (0..48).zip(LAYOUTS.iter().cycle()) {
        let (width, height) = (203 + seed as u32 * 7, 197 + (seed as u32 % 11) * 30);
        let jpeg = encode(&scene(seed, width, height), 50 + (seed as u32 * 7) % 50, *layout);
        let (ours, full) = (of(&jpeg), full(&jpeg));
        assert_eq!((ours.width, ours.height), (width, height));
        assert!(full.matchable(), "seed {seed}");
        distances.push(ours.pdq.unwrap().distance(&full));
    }
    distances.sort_unstable();
    println!("{distances:?}");
    let share = |bits| distances.iter().filter(|d| **d <= bits).count() * 100 / distances.len();
    assert!(share(2) >= 95, "{distances:?}");
    assert!(share(10) == 100, "{distances:?}");
}

#[test]
fn the_test_encoder_writes_what_it_was_given() {
    let picture = scene(7, 301, 222);
    let expect = pdq::hash(&DynamicImage::from(picture.clone())).unwrap();
    for layout in LAYOUTS {
        let distance = full(&encode(&picture, 90, layout)).distance(&expect);
        assert!(distance <= 8, "{layout:?}: {distance}");
    }
}

/// An EXIF segment with nothing but the orientation (Exif 2.32, 4.5.4), put behind the first
/// marker.
fn oriented(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    let length = (exif.len() as u16 + 2).to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, &exif, &jpeg[2..]].concat()
}

#[test]
fn a_turned_picture_is_hashed_as_it_is_shown() {
    let shown = DynamicImage::from(scene(3, 640, 480));
    // What a camera held in each way stores, so that the stated turn gives the shown picture.
    let stored: [(u8, DynamicImage); 8] = [
        (1, shown.clone()),
        (2, shown.fliph()),
        (3, shown.rotate180()),
        (4, shown.flipv()),
        (5, shown.rotate90().fliph()),
        (6, shown.rotate270()),
        (7, shown.rotate270().fliph()),
        (8, shown.rotate90()),
    ];
    let expect = pdq::hash(&shown).unwrap();
    for (orientation, stored) in stored {
        let mut jpeg = Vec::new();
        let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 95);
        stored.write_with_encoder(encoder).unwrap();
        let jpeg = oriented(&jpeg, orientation);
        let picture = of(&jpeg);
        assert_eq!(picture.orientation, Some(orientation));
        assert_eq!((picture.width, picture.height), (stored.width(), stored.height()));
        assert_eq!(picture.convention, Convention::default());
        let distance = picture.pdq.unwrap().distance(&expect);
        assert!(distance <= 4, "orientation {orientation}: {distance}");
        let wanted = Wanted { convention: Convention::AS_STORED, dihedral: false };
        let as_stored = examine_as(&jpeg, &Limits::default(), &wanted).unwrap();
        assert_eq!(as_stored.convention, Convention::AS_STORED);
        let distance = as_stored.pdq.unwrap().distance(&pdq::hash(&stored).unwrap());
        assert!(distance <= 4, "stored, orientation {orientation}: {distance}");
        assert_eq!(as_stored.pdq.unwrap().distance(&expect) > 31, orientation != 1);
    }
}

#[test]
fn an_orientation_that_does_not_exist_turns_nothing() {
    let jpeg = encode(&scene(3, 320, 240), 90, LAYOUTS[0]);
    for orientation in [0, 9, 255] {
        let picture = of(&oriented(&jpeg, orientation));
        assert_eq!((picture.orientation, picture.pdq), (None, of(&jpeg).pdq));
    }
}

#[test]
fn a_file_that_breaks_off_is_damaged_and_not_filled_with_grey() {
    for layout in LAYOUTS {
        let jpeg = encode(&scene(11, 320, 240), 80, layout);
        for percent in [20, 40, 60, 90] {
            let cut = &jpeg[..jpeg.len() * percent / 100];
            let outcome = examine(cut, &Limits::default());
            let damaged = matches!(outcome, Err(MediaError::Malformed { .. }));
            assert!(damaged, "{layout:?} at {percent} %: {outcome:?}");
        }
        assert!(examine(&jpeg, &Limits::default()).is_ok());
    }
}

#[test]
fn noise_in_the_data_is_damaged_or_decoded_but_never_a_panic() {
    let small = Limits { max_pixels: 1 << 18, max_alloc_bytes: 8 << 20, ..Limits::default() };
    for layout in [LAYOUTS[3], LAYOUTS[5]] {
        let jpeg = encode(&scene(5, 65, 47), 60, layout);
        for at in 0..jpeg.len() {
            let mut flipped = jpeg.clone();
            flipped[at] ^= 1 << (at % 8);
            let _outcome = examine(&flipped, &small);
        }
    }
}

#[test]
fn oddities_that_lose_nothing_are_read_over() {
    let jpeg = encode(&scene(12, 320, 240), 80, LAYOUTS[3]);
    let expect = of(&jpeg).pdq;
    // Behind the first segment, which is 18 bytes long with its marker.
    let stray = [&jpeg[..20], b"\0\0\0\0stray bytes\0\0".as_slice(), &jpeg[20..]].concat();
    assert!(expect.is_some());
    assert_eq!(of(&stray).pdq, expect);
    let after = [jpeg.as_slice(), b"appended by some app"].concat();
    assert_eq!(of(&after).pdq, expect);
    // Without the end marker all blocks are still there.
    assert_eq!(of(&jpeg[..jpeg.len() - 2]).pdq, expect);
}

#[test]
fn memory_for_a_progressive_picture_counts() {
    let limits = Limits { max_alloc_bytes: 320 * 240 * 3, ..Limits::default() };
    let picture = scene(13, 320, 240);
    assert!(examine(&encode(&picture, 80, LAYOUTS[3]), &limits).is_ok());
    let error = examine(&encode(&picture, 80, LAYOUTS[5]), &limits).unwrap_err();
    assert!(matches!(error, MediaError::TooLarge { .. }), "{error}");
}
