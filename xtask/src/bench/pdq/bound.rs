//! How far the hash of a JPEG's brightness lies from that of a full decode, and from the reference.
//!
//! Several hundred abstract photos, encoded by libjpeg through Pillow at many qualities, samplings
//! and sizes, some scan by scan. Three hashes of each: ours from the file, ours from the pixels
//! that the `image` crate decodes in full, and PyPI's `pdqhash` from those that Pillow decodes. The
//! bound that a shortcut must keep: at most 2 bits for 95 % and at most 10 bits for 99.9 %, of
//! pictures of quality 50 and more.

use super::super::Workbench;
use crate::error_table::{each, scene::scene};
use amparo_media::{Limits, examine, pdq};
use amparo_model::{Bits256, Pdq};
use std::path::Path;
use std::process::Command;

const PHOTOS: u64 = 600;
const SEED: u64 = 7_000_000;

/// Re-encodes each `N.ppm` to `N.jpg` and prints the number, the hash and the quality. Numbers, not
/// chance, choose how.
const PEER: &str = r#"
import sys, numpy, pdqhash
from PIL import Image
for number in range(int(sys.argv[2])):
    path = f"{sys.argv[1]}/{number}"
    quality = 30 + number * 37 % 70
    Image.open(path + ".ppm").save(path + ".jpg", quality=quality, subsampling=number % 3,
        progressive=number % 5 == 0, optimize=number % 2 == 0)
    bits, quality = pdqhash.compute(numpy.array(Image.open(path + ".jpg").convert("RGB")))
    print(number, numpy.packbits(bits.astype(numpy.uint8)).tobytes().hex(), quality)
"#;

/// Measures and prints; without the peer it says so.
pub fn print(bench: &Workbench) -> Result<(), String> {
    let Some(python) = bench.python.as_ref() else {
        println!("pdq, bound of the brightness shortcut: absent, because Pillow writes the photos");
        return Ok(());
    };
    let folder = bench.scratch.path().join("bound");
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    each(PHOTOS, |number| write(&folder, number))?;
    let mut command = Command::new(python);
    command.args(["-c", PEER, &folder.to_string_lossy(), &PHOTOS.to_string()]);
    let output = command.output().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines: Vec<&str> = text.lines().collect();
    if lines.len() as u64 != PHOTOS {
        return Err(format!("the peer hashed {} of {PHOTOS} photos", lines.len()));
    }
    let pairs = each(PHOTOS, |number| compare(&folder, number, lines.get(number as usize)))?;
    let shortcut = pairs.iter().filter(|pair| pair.full.matchable());
    report("brightness against full decode, quality >= 50", shortcut.map(Trio::shortcut));
    let sound = pairs.iter().filter(|pair| pair.peer.quality >= 80);
    report("file against PyPI pdqhash, quality >= 80", sound.map(Trio::reference));
    Ok(())
}

/// Three hashes of one file.
struct Trio {
    ours: Pdq,
    full: Pdq,
    peer: Pdq,
}

impl Trio {
    fn shortcut(&self) -> u32 {
        self.ours.distance(&self.full)
    }

    fn reference(&self) -> u32 {
        self.ours.distance(&self.peer)
    }
}

/// A binary PPM of 0.1 to 1.6 megapixels; every fourth is all saturated colours.
fn write(folder: &Path, number: u64) -> Result<(), String> {
    let (width, height) = (320 + number * 53 % 1_100, 320 + number * 31 % 800);
    let mut picture = scene(SEED + number, width as u32, height as u32);
    if number % 4 == 3 {
        let stretched = |level: u8| (f32::from(level) * 2.2 - 150.0).clamp(0.0, 255.0) as u8;
        picture.pixels_mut().for_each(|pixel| pixel.0 = pixel.0.map(stretched));
    }
    let mut bytes = format!("P6\n{width} {height}\n255\n").into_bytes();
    bytes.extend(picture.as_raw());
    std::fs::write(folder.join(format!("{number}.ppm")), bytes).map_err(|error| error.to_string())
}

fn compare(folder: &Path, number: u64, line: Option<&&str>) -> Result<Trio, String> {
    let path = folder.join(format!("{number}.jpg"));
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let ours = examine(&bytes, &Limits::default()).map_err(|error| error.to_string())?.pdq;
    let full = pdq::hash(&image::load_from_memory(&bytes).map_err(|error| error.to_string())?);
    let peer = line.and_then(|line| parsed(line, number)).ok_or("an unreadable peer's line")?;
    let missing = || format!("photo {number} has no hash");
    Ok(Trio { ours: ours.ok_or_else(missing)?, full: full.ok_or_else(missing)?, peer })
}

fn parsed(line: &str, number: u64) -> Option<Pdq> {
    let mut words = line.split_whitespace();
    let same = words.next()?.parse() == Ok(number);
    let bits: Bits256 = words.next()?.parse().ok()?;
    let quality = words.next()?.parse().ok()?;
    same.then_some(Pdq { bits, quality })
}

fn report(what: &str, distances: impl Iterator<Item = u32>) {
    let mut sorted: Vec<u32> = distances.collect();
    sorted.sort_unstable();
    let share = |bits: u32| {
        let within = sorted.iter().filter(|distance| **distance <= bits).count();
        within as f64 * 100.0 / sorted.len().max(1) as f64
    };
    println!(
        "pdq, {what}: {} photos, within 2 bits {:.1} %, within 10 bits {:.1} %, most {} bits",
        sorted.len(),
        share(2),
        share(10),
        sorted.last().copied().unwrap_or_default()
    );
}
