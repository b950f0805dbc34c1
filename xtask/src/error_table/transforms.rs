//! The ways in which a picture is changed. Each is a row of the table.

use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{DynamicImage, GenericImage, ImageFormat, Rgb, RgbImage};
use std::io::Cursor;

/// What a change leaves.
pub enum Made {
    /// Pixels, hashed as they are.
    Pixels(DynamicImage),
    /// A file, examined as evidence is.
    File(Vec<u8>),
}

/// One way to change a picture, as data.
pub struct Transform {
    /// What kind of change.
    pub group: &'static str,
    /// Which change exactly, for the table; unique.
    pub name: &'static str,
    /// Does it.
    pub change: fn(&DynamicImage) -> Result<Made, String>,
}

type Change = fn(&DynamicImage) -> Result<Made, String>;

const fn row(group: &'static str, name: &'static str, change: Change) -> Transform {
    Transform { group, name, change }
}

/// All of them, in the order of the table.
pub const TRANSFORMS: &[Transform] = &[
    row("format", "PNG", |p| file(p, ImageFormat::Png)),
    row("format", "WebP, lossless", |p| file(p, ImageFormat::WebP)),
    row("format", "GIF, 256 colours", |p| file(&p.thumbnail(640, 640), ImageFormat::Gif)),
    row("JPEG again", "JPEG quality 90", |p| jpeg(p, 90)),
    row("JPEG again", "JPEG quality 70", |p| jpeg(p, 70)),
    row("JPEG again", "JPEG quality 50", |p| jpeg(p, 50)),
    row("JPEG again", "JPEG quality 30", |p| jpeg(p, 30)),
    row("JPEG again", "JPEG quality 10", |p| jpeg(p, 10)),
    row("size", "half the size", |p| pixels(shrunk(p, 50))),
    row("size", "a quarter of the size", |p| pixels(shrunk(p, 25))),
    row("size", "a tenth of the size", |p| pixels(shrunk(p, 10))),
    row("size", "squeezed to 512 x 512", |p| {
        pixels(p.resize_exact(512, 512, FilterType::Triangle))
    }),
    row("messenger", "longest side 1600, JPEG 80", |p| sent(p, 1_600, 80)),
    row("messenger", "longest side 1280, JPEG 75", |p| sent(p, 1_280, 75)),
    row("messenger", "longest side 1280, JPEG 70", |p| sent(p, 1_280, 70)),
    row("messenger", "sent on three times, 1280, JPEG 70", |p| {
        (0..3).try_fold(p.clone(), |p, _| opened(&sent(&p, 1_280, 70)?)).map(Made::Pixels)
    }),
    row("cut", "2 % cut off each side", |p| pixels(cut(p, 20))),
    row("cut", "5 % cut off left and top", |p| pixels(corner_cut(p, 50))),
    row("cut", "10 % cut off left and top", |p| pixels(corner_cut(p, 100))),
    row("cut", "20 % cut off left and top", |p| pixels(corner_cut(p, 200))),
    row("border", "black frame of 2 %", |p| pixels(framed(p, 20, 20, [0; 3]))),
    row("border", "white frame of 5 %", |p| pixels(framed(p, 50, 50, [255; 3]))),
    row("border", "black bars of 10 % above and below", |p| pixels(framed(p, 0, 100, [0; 3]))),
    row("turn", "turned by 1 degree", |p| pixels(turned(p, 1.0))),
    row("turn", "turned by 2 degrees", |p| pixels(turned(p, 2.0))),
    row("turn", "turned by 5 degrees", |p| pixels(turned(p, 5.0))),
    row("turn", "turned by 90 degrees", |p| pixels(p.rotate90())),
    row("turn", "turned by 180 degrees", |p| pixels(p.rotate180())),
    row("turn", "turned by 270 degrees", |p| pixels(p.rotate270())),
    row("mirror", "left and right exchanged", |p| pixels(p.fliph())),
    row("mirror", "top and bottom exchanged", |p| pixels(p.flipv())),
    row("mirror", "left and right exchanged, 1280, JPEG 70", |p| sent(&p.fliph(), 1_280, 70)),
    row("overlay", "bar with letters on the lowest 8 %", |p| pixels(bar(p))),
    row("overlay", "sticker of 15 % in a corner", |p| pixels(sticker(p))),
    row("light", "brighter by 40 of 255", |p| pixels(p.brighten(40))),
    row("light", "darker by 40 of 255", |p| pixels(p.brighten(-40))),
    row("light", "contrast up by 30 %", |p| pixels(p.adjust_contrast(30.0))),
    row("light", "contrast down by 30 %", |p| pixels(p.adjust_contrast(-30.0))),
    row("light", "grey", |p| pixels(p.grayscale())),
    row("light", "hue turned by 40 degrees", |p| pixels(p.huerotate(40))),
    row("sharpness", "blurred, sigma 3 pixels", |p| pixels(p.fast_blur(3.0))),
    row("several", "5 % cut, 1280, JPEG 70, brighter by 20", |p| {
        sent(&corner_cut(p, 50).brighten(20), 1_280, 70)
    }),
];

fn pixels(picture: DynamicImage) -> Result<Made, String> {
    Ok(Made::Pixels(picture))
}

fn file(picture: &DynamicImage, format: ImageFormat) -> Result<Made, String> {
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, format).map_err(|error| error.to_string())?;
    Ok(Made::File(out.into_inner()))
}

fn jpeg(picture: &DynamicImage, quality: u8) -> Result<Made, String> {
    let mut out = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut out, quality);
    picture.write_with_encoder(encoder).map_err(|error| error.to_string())?;
    Ok(Made::File(out))
}

/// What messengers do to a picture that is sent.
fn sent(picture: &DynamicImage, side: u32, quality: u8) -> Result<Made, String> {
    let longest = picture.width().max(picture.height());
    match longest > side {
        true => jpeg(&picture.resize(side, side, FilterType::Triangle), quality),
        false => jpeg(picture, quality),
    }
}

fn opened(made: &Made) -> Result<DynamicImage, String> {
    match made {
        Made::Pixels(picture) => Ok(picture.clone()),
        Made::File(bytes) => image::load_from_memory(bytes).map_err(|error| error.to_string()),
    }
}

fn shrunk(picture: &DynamicImage, percent: u32) -> DynamicImage {
    let part = |side: u32| side * percent / 100;
    picture.resize_exact(part(picture.width()), part(picture.height()), FilterType::Triangle)
}

fn per_mille(side: u32, share: u32) -> u32 {
    side * share / 1_000
}

/// The same share off each of the four sides.
fn cut(picture: &DynamicImage, share: u32) -> DynamicImage {
    let (width, height) = (picture.width(), picture.height());
    let (x, y) = (per_mille(width, share), per_mille(height, share));
    picture.crop_imm(x, y, width - 2 * x, height - 2 * y)
}

fn corner_cut(picture: &DynamicImage, share: u32) -> DynamicImage {
    let (width, height) = (picture.width(), picture.height());
    let (x, y) = (per_mille(width, share), per_mille(height, share));
    picture.crop_imm(x, y, width - x, height - y)
}

/// A border around the picture; shares are of its sides.
fn framed(picture: &DynamicImage, across: u32, down: u32, colour: [u8; 3]) -> DynamicImage {
    let (width, height) = (picture.width(), picture.height());
    let (x, y) = (per_mille(width, across), per_mille(height, down));
    let mut out = RgbImage::from_pixel(width + 2 * x, height + 2 * y, Rgb(colour));
    imageops::replace(&mut out, &picture.to_rgb8(), i64::from(x), i64::from(y));
    out.into()
}

/// Turned around its middle, the size kept, corners black.
fn turned(picture: &DynamicImage, degrees: f32) -> DynamicImage {
    let source = picture.to_rgb8();
    let (sine, cosine) = degrees.to_radians().sin_cos();
    let (width, height) = source.dimensions();
    let (cx, cy) = (width as f32 / 2.0, height as f32 / 2.0);
    let turned = RgbImage::from_fn(width, height, |x, y| {
        let (dx, dy) = (x as f32 - cx, y as f32 - cy);
        let (u, v) = (cx + dx * cosine + dy * sine, cy - dx * sine + dy * cosine);
        imageops::interpolate_bilinear(&source, u, v).unwrap_or(Rgb([0; 3]))
    });
    turned.into()
}

/// A caption: dark bar, light strokes.
fn bar(picture: &DynamicImage) -> DynamicImage {
    let mut out = picture.to_rgb8();
    let (width, height) = out.dimensions();
    let tall = per_mille(height, 80);
    for y in height - tall..height {
        for x in 0..width {
            let within = y > height - tall * 3 / 4 && y < height - tall / 4;
            let letter =
                x > width / 10 && x < width * 7 / 10 && !(x / (tall / 6).max(1)).is_multiple_of(3);
            let level = if within && letter { 235 } else { 20 };
            out.put_pixel(x, y, Rgb([level; 3]));
        }
    }
    out.into()
}

/// A round bright spot at the top right.
fn sticker(picture: &DynamicImage) -> DynamicImage {
    let mut out = picture.to_rgb8();
    let (width, height) = out.dimensions();
    let radius = f64::from(per_mille(width.min(height), 75));
    let (cx, cy) = (f64::from(width) - radius * 1.5, radius * 1.5);
    let mut put = |x: u32, y: u32| {
        if (f64::from(x) - cx).hypot(f64::from(y) - cy) < radius {
            GenericImage::put_pixel(&mut out, x, y, Rgb([250, 210, 40]));
        }
    };
    (0..height).for_each(|y| (0..width).for_each(|x| put(x, y)));
    out.into()
}
