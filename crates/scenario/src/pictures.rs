//! The pictures of a world: how each is made, what the hash set says of it, and where it lies.
//!
//! A picture is a recipe until it is made; its bytes follow from recipe and seed. Making one gives
//! what the stores and lists record of it: size and hashes.

use crate::exif::{Exif, with_exif};
use crate::rng::Stream;
use crate::scenes::{Grain, Raster, View, paint};
use crate::{ScenarioError, disk};
use amparo_model::{Md5, Pdq, Sha1, Sha256};
use image::{DynamicImage, ExtendedColorType, RgbImage, codecs::jpeg::JpegEncoder};
use sha2::Digest;
use std::path::{Path, PathBuf};

/// Number of a picture in its [`Library`].
pub(crate) type PictureId = usize;

/// What the hash set can say about a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Its exact hashes are in the list.
    Listed,
    /// Only the perceptual hash of what it was made from is in the list.
    Recoded,
    /// Not in the list.
    Unseen,
}

/// A picture before it is made.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    pub(crate) scene: u64,
    pub(crate) shift: u32,
    pub(crate) size: (u32, u32),
    /// Width after resizing, in percent, for copies that went through a messenger again.
    pub(crate) resized_percent: u32,
    pub(crate) quality: u8,
    pub(crate) exif: Option<Exif>,
    pub(crate) standing: Standing,
    /// Where copies lie, relative to the world's folder.
    pub(crate) paths: Vec<PathBuf>,
}

/// What stores and lists record of a picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Made {
    pub(crate) bytes: u64,
    pub(crate) size: (u32, u32),
    pub(crate) md5: Md5,
    pub(crate) sha1: Sha1,
    pub(crate) sha256: Sha256,
    /// Present for pictures of the list.
    pub(crate) pdq: Option<Pdq>,
}

/// A picture of the hash set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    pub(crate) picture: PictureId,
    /// In wide circulation, says the list.
    pub(crate) distributed: bool,
}

/// All pictures of a world.
pub(crate) struct Library {
    seed: u64,
    small: bool,
    grain: Grain,
    next_scene: u64,
    stream: Stream,
    pub(crate) pictures: Vec<Picture>,
    pub(crate) known: Vec<Known>,
}

impl Library {
    /// A library whose hash set knows `known` pictures; `small` ones for worlds of bench size.
    pub(crate) fn new(seed: u64, known: u64, small: bool) -> Self {
        let stream = Stream::new(seed, "library", 0);
        let mut library = Self {
            seed,
            small,
            grain: Grain::new(seed),
            next_scene: 0,
            stream,
            pictures: Vec::new(),
            known: Vec::new(),
        };
        for index in 0..known {
            let picture = library.new_scene(Standing::Listed);
            library.known.push(Known { picture, distributed: index % 2 == 0 });
        }
        library
    }

    /// A picture that nobody has seen.
    pub(crate) fn unseen(&mut self) -> PictureId {
        self.new_scene(Standing::Unseen)
    }

    /// Pictures of one view that nobody has seen, large enough for any look.
    pub(crate) fn series(&mut self, count: u32) -> Vec<PictureId> {
        let scene = self.next_scene;
        self.next_scene += 1;
        (0..count)
            .map(|shift| {
                let mut picture = self.picture(scene, Standing::Unseen);
                picture.shift = shift;
                picture.size = (960, 720);
                self.add(picture)
            })
            .collect()
    }

    /// The `n`th picture of the list, as the list knows it.
    pub(crate) fn exact(&self, n: u64) -> PictureId {
        let index = n as usize % self.known.len().max(1);
        self.known.get(index).map_or(0, |known| known.picture)
    }

    /// The `n`th picture of the list, resized and encoded again.
    pub(crate) fn recoded(&mut self, n: u64) -> PictureId {
        let original = self.exact(n);
        let Some(mut picture) = self.pictures.get(original).cloned() else { return original };
        picture.paths = Vec::new();
        picture.standing = Standing::Recoded;
        picture.resized_percent = self.stream.between(60, 85) as u32;
        picture.quality = self.stream.between(60, 75) as u8;
        self.add(picture)
    }

    /// Lays a copy at a path relative to the world's folder.
    pub(crate) fn place(&mut self, picture: PictureId, path: impl Into<PathBuf>) {
        if let Some(picture) = self.pictures.get_mut(picture) {
            picture.paths.push(path.into());
        }
    }

    /// Gives a picture what its camera noted.
    pub(crate) fn note(&mut self, picture: PictureId, exif: Exif) {
        if let Some(picture) = self.pictures.get_mut(picture) {
            picture.exif = Some(exif);
        }
    }

    /// Copies on the devices with this standing.
    pub(crate) fn copies(&self, standing: Standing) -> u64 {
        let of_standing = self.pictures.iter().filter(|picture| picture.standing == standing);
        of_standing.map(|picture| picture.paths.len() as u64).sum()
    }

    /// Makes the picture and lays its copies under `out`.
    pub(crate) fn make(&self, number: PictureId, out: &Path) -> Result<Made, ScenarioError> {
        let picture =
            self.pictures.get(number).ok_or_else(|| failed(number, &"no such picture"))?;
        let raster = self.develop(picture);
        let jpeg = encode(picture, &raster).map_err(|error| failed(number, &error))?;
        for path in &picture.paths {
            disk::write(&out.join(path), &jpeg)?;
        }
        let size = (raster.width, raster.height);
        let listed = picture.standing == Standing::Listed;
        Ok(Made {
            bytes: jpeg.len() as u64,
            size,
            md5: Md5(md5::Md5::digest(&jpeg).into()),
            sha1: Sha1(sha1::Sha1::digest(&jpeg).into()),
            sha256: Sha256(sha2::Sha256::digest(&jpeg).into()),
            pdq: if listed { perceptual(raster) } else { None },
        })
    }

    fn develop(&self, picture: &Picture) -> Raster {
        let view = View { seed: self.seed, scene: picture.scene, shift: picture.shift };
        let raster = paint(view, &self.grain, picture.size);
        if picture.resized_percent == 100 {
            return raster;
        }
        resized(&raster, picture.resized_percent)
    }

    fn new_scene(&mut self, standing: Standing) -> PictureId {
        let scene = self.next_scene;
        self.next_scene += 1;
        let picture = self.picture(scene, standing);
        self.add(picture)
    }

    fn picture(&mut self, scene: u64, standing: Standing) -> Picture {
        let size = if self.small { (256, 192) } else { self.size() };
        let quality = self.stream.between(78, 90) as u8;
        let paths = Vec::new();
        Picture {
            scene,
            shift: 0,
            size,
            resized_percent: 100,
            quality,
            exif: None,
            standing,
            paths,
        }
    }

    /// Mostly the sizes in which messengers deliver, seldom larger.
    fn size(&mut self) -> (u32, u32) {
        let (width, height) = match self.stream.below(100) {
            0..55 => (640, 360),
            55..72 => (640, 427),
            72..90 => (640, 480),
            90..96 => (800, 450),
            96..99 => (960, 540),
            _ => (1280, 720),
        };
        if self.stream.chance(30) { (height, width) } else { (width, height) }
    }

    fn add(&mut self, picture: Picture) -> PictureId {
        self.pictures.push(picture);
        self.pictures.len() - 1
    }
}

fn encode(picture: &Picture, raster: &Raster) -> Result<Vec<u8>, image::ImageError> {
    let mut jpeg = Vec::with_capacity(raster.rgb.len() / 12);
    JpegEncoder::new_with_quality(&mut jpeg, picture.quality).encode(
        &raster.rgb,
        raster.width,
        raster.height,
        ExtendedColorType::Rgb8,
    )?;
    Ok(match &picture.exif {
        Some(exif) => with_exif(jpeg, exif),
        None => jpeg,
    })
}

/// Of the pixels before they were encoded, as the list's issuer had them.
fn perceptual(raster: Raster) -> Option<Pdq> {
    let pixels = RgbImage::from_raw(raster.width, raster.height, raster.rgb)?;
    amparo_media::pdq::hash(&DynamicImage::ImageRgb8(pixels))
}

/// Smaller by area average over whole pixels, which is how messengers shrink.
fn resized(raster: &Raster, percent: u32) -> Raster {
    let (width, height) = (raster.width * percent / 100, raster.height * percent / 100);
    let mut rgb = Vec::with_capacity((width * height * 3) as usize);
    for y in 0..height {
        let rows = cut(y, height, raster.height);
        for x in 0..width {
            rgb.extend(average(raster, rows, cut(x, width, raster.width)));
        }
    }
    Raster { width, height, rgb }
}

/// The source pixels under one target pixel: from, to (not included).
fn cut(index: u32, target: u32, source: u32) -> (u32, u32) {
    let from = index * source / target;
    (from, ((index + 1) * source).div_ceil(target).clamp(from + 1, source))
}

fn average(raster: &Raster, rows: (u32, u32), columns: (u32, u32)) -> [u8; 3] {
    let mut sums = [0u32; 3];
    for y in rows.0..rows.1 {
        let from = ((y * raster.width + columns.0) * 3) as usize;
        let to = ((y * raster.width + columns.1) * 3) as usize;
        for pixel in raster.rgb.get(from..to).unwrap_or(&[]).chunks_exact(3) {
            for (sum, channel) in sums.iter_mut().zip(pixel) {
                *sum += u32::from(*channel);
            }
        }
    }
    let count = ((rows.1 - rows.0) * (columns.1 - columns.0)).max(1);
    sums.map(|sum| (sum / count) as u8)
}

fn failed(number: PictureId, reason: &dyn std::fmt::Display) -> ScenarioError {
    ScenarioError::Picture { number, reason: reason.to_string() }
}
