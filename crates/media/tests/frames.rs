//! Animations: which frames are kept, and what hostile ones cost.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test's own pictures and files"
)]
#![expect(dead_code, reason = "the JPEG encoder beside it is for other tests")]

mod support;

use amparo_media::{Frames, Limits, Picture, examine, pdq};
use amparo_model::ProblemKind;
use image::codecs::gif::GifEncoder;
use image::{DynamicImage, Frame, ImageFormat, RgbImage};
use std::io::Cursor;
use support::scene::scene;

fn of(bytes: &[u8]) -> Picture {
    examine(bytes, &Limits::default()).unwrap()
}

fn scenes(seeds: impl IntoIterator<Item = u64>, width: u32, height: u32) -> Vec<RgbImage> {
    seeds.into_iter().map(|seed| scene(seed, width, height)).collect()
}

fn gif(pictures: &[RgbImage]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut out, 30);
    for picture in pictures {
        encoder.encode_frame(Frame::new(DynamicImage::from(picture.clone()).to_rgba8())).unwrap();
    }
    drop(encoder);
    out
}

fn apng(pictures: &[RgbImage]) -> Vec<u8> {
    let (width, height) = pictures[0].dimensions();
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_animated(pictures.len() as u32, 0).unwrap();
    let mut writer = encoder.write_header().unwrap();
    pictures.iter().for_each(|picture| writer.write_image_data(picture.as_raw()).unwrap());
    writer.finish().unwrap();
    out
}

/// RIFF chunks as the WebP container specification lays them out (VP8X, ANIM, ANMF).
fn webp(pictures: &[RgbImage]) -> Vec<u8> {
    fn chunk(name: &[u8], body: &[u8]) -> Vec<u8> {
        let mut out = [name, &(body.len() as u32).to_le_bytes(), body].concat();
        out.resize(out.len().next_multiple_of(2), 0);
        out
    }
    let (width, height) = pictures[0].dimensions();
    let three = |number: u32| number.to_le_bytes()[..3].to_vec();
    let size = [three(width - 1), three(height - 1)].concat();
    let mut body = b"WEBP".to_vec();
    body.extend(chunk(b"VP8X", &[&[0x02, 0, 0, 0], size.as_slice()].concat()));
    body.extend(chunk(b"ANIM", &[0; 6]));
    for picture in pictures {
        let mut still = Cursor::new(Vec::new());
        picture.write_to(&mut still, ImageFormat::WebP).unwrap();
        let head = [three(0), three(0), size.clone(), three(100), vec![0x02]].concat();
        body.extend(chunk(b"ANMF", &[head.as_slice(), &still.into_inner()[12..]].concat()));
    }
    chunk(b"RIFF", &body)
}

fn indexes(frames: &Frames) -> Vec<u32> {
    frames.kept.iter().map(|frame| frame.index).collect()
}

#[test]
fn distinct_frames_of_every_animated_format_are_kept() {
    let pictures = scenes([1, 1, 2, 1, 3], 96, 80);
    let check = |bytes: &[u8], format: &str, tolerance| {
        let picture = of(bytes);
        assert_eq!(picture.format, format);
        let frames = picture.frames.unwrap();
        assert_eq!((frames.seen, frames.unread.as_ref()), (5, None), "{format}");
        assert_eq!(indexes(&frames), [0, 2, 4], "{format}");
        assert_eq!(Some(frames.kept[0].pdq), picture.pdq, "{format}");
        for frame in &frames.kept {
            let alone = DynamicImage::from(pictures[frame.index as usize].clone());
            let distance = pdq::hash(&alone).unwrap().distance(&frame.pdq);
            assert!(distance <= tolerance, "{format}, frame {}: {distance}", frame.index);
        }
    };
    // 256 colours without dithering move some bits.
    check(&gif(&pictures), "gif", 31);
    check(&apng(&pictures), "png", 0);
    check(&webp(&pictures), "webp", 0);
}

#[test]
fn a_picture_of_one_frame_has_none() {
    let one = scenes([1], 96, 80);
    assert_eq!(of(&gif(&one)).frames, None);
    assert_eq!(of(&apng(&one)).frames, None);
    assert_eq!(of(&webp(&one)).frames, None);
    let mut still = Cursor::new(Vec::new());
    one[0].write_to(&mut still, ImageFormat::Png).unwrap();
    assert_eq!(of(&still.into_inner()).frames, None);
}

#[test]
fn what_is_kept_spreads_over_the_whole_length() {
    let bytes = apng(&scenes(0..40, 64, 64));
    let limits = Limits { max_frames: 8, ..Limits::default() };
    let frames = examine(&bytes, &limits).unwrap().frames.unwrap();
    assert_eq!((frames.seen, frames.unread), (40, None));
    let kept: Vec<u32> = frames.kept.iter().map(|frame| frame.index).collect();
    assert!(kept.len() <= 8 && kept.len() >= 4, "{kept:?}");
    assert_eq!(kept[0], 0);
    assert!(kept.last().unwrap() >= &32, "{kept:?}");
}

#[test]
fn pixels_of_all_frames_together_are_limited_and_the_rest_is_said() {
    let bytes = gif(&scenes(0..6, 128, 96));
    let limits = Limits { max_frame_pixels: 3 * 128 * 96, ..Limits::default() };
    let picture = examine(&bytes, &limits).unwrap();
    assert!(picture.pdq.is_some());
    let frames = picture.frames.unwrap();
    assert_eq!(frames.seen, 3);
    assert_eq!(frames.unread.unwrap().kind, ProblemKind::Limit);
    // Tiny frames cost as much as a larger one, so that thousands of them end too.
    let tiny = apng(&scenes(0..6, 8, 8));
    let limits = Limits { max_frame_pixels: 4 * 4_096, ..Limits::default() };
    assert_eq!(examine(&tiny, &limits).unwrap().frames.unwrap().seen, 4);
}

#[test]
fn an_animation_that_breaks_off_keeps_its_first_frames_and_says_so() {
    let pictures = scenes(0..5, 96, 80);
    for (bytes, format) in [(gif(&pictures), "gif"), (apng(&pictures), "png")] {
        let picture = of(&bytes[..bytes.len() * 7 / 10]);
        assert!(picture.pdq.is_some(), "{format}");
        let frames = picture.frames.unwrap();
        assert!((1..5).contains(&frames.seen), "{format}: {}", frames.seen);
        assert_eq!(frames.unread.unwrap().kind, ProblemKind::Malformed, "{format}");
    }
}

#[test]
fn a_canvas_too_large_for_frames_is_said_and_a_frame_beyond_its_canvas_refused() {
    let pictures = scenes(0..3, 200, 200);
    let limits = Limits { max_alloc_bytes: 200 * 200 * 8, ..Limits::default() };
    let frames = examine(&apng(&pictures), &limits).unwrap().frames.unwrap();
    assert_eq!((frames.seen, frames.unread.unwrap().kind), (0, ProblemKind::Limit));
    // The screen of a GIF is shrunk to 8 x 8, its frames stay; a real bomb does this with frames of
    // 65,535 x 65,535 pixels, thousands of times.
    let mut bomb = gif(&scenes(0..3, 600, 600));
    bomb[6..10].copy_from_slice(&[8, 0, 8, 0]);
    let outcome = examine(&bomb, &Limits::default());
    let frames = outcome.unwrap().frames.unwrap();
    assert_eq!((frames.seen, frames.unread.unwrap().kind), (0, ProblemKind::Limit));
}

#[test]
fn a_bomb_of_huge_frames_ends_within_its_limits() {
    // A flat frame packs into a few hundred bytes.
    let flat = RgbImage::from_pixel(1_000, 1_000, image::Rgb([9, 9, 9]));
    let bytes = gif(&vec![flat; 12]);
    assert!(bytes.len() < 100_000, "{}", bytes.len());
    let limits = Limits { max_frame_pixels: 5_000_000, ..Limits::default() };
    let frames = examine(&bytes, &limits).unwrap().frames.unwrap();
    assert_eq!((frames.seen, frames.kept.len()), (5, 1));
    assert_eq!(frames.unread.unwrap().kind, ProblemKind::Limit);
}

#[test]
fn no_truncation_or_bit_flip_panics() {
    let small = Limits { max_pixels: 1 << 16, max_alloc_bytes: 4 << 20, ..Limits::default() };
    let pictures = scenes(0..3, 24, 20);
    for bytes in [gif(&pictures), apng(&pictures), webp(&pictures)] {
        for at in (0..bytes.len()).step_by(13) {
            let _outcome = examine(&bytes[..at], &small);
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << (at % 8);
            let _outcome = examine(&flipped, &small);
        }
    }
}
