//! PDQ of 12-megapixel JPEGs, decoding included, one core; and the bound that its shortcut keeps.

mod bound;

use super::{Bench, Figures, Workbench, peers, seconds};
use image::{ImageBuffer, Rgb, codecs::jpeg::JpegEncoder};
use std::path::Path;

pub const BENCH: Bench = Bench {
    name: "pdq",
    peer: "PyPI pdqhash with Pillow decoding",
    unit: "photos/s",
    more_is_better: true,
    goal: Some(4.0),
    run,
};

const PHOTOS: u32 = 8;
const WIDTH: u32 = 4000;
const HEIGHT: u32 = 3000;

const PEER: &str = r#"
import sys, time, glob, numpy, pdqhash
from PIL import Image
paths = sorted(glob.glob(sys.argv[1] + "/*.jpg"))
start = time.perf_counter()
for path in paths:
    pdqhash.compute(numpy.array(Image.open(path).convert("RGB")))
print(len(paths) / (time.perf_counter() - start))
"#;

fn run(bench: &Workbench) -> Result<Figures, String> {
    let folder = bench.scratch.path().join("photos");
    let photos = make(&folder)?;
    let limits = amparo_media::Limits::default();
    let mut hashed = 0;
    let spent = seconds(|| {
        let hash = |bytes: &Vec<u8>| amparo_media::examine(bytes, &limits).ok()?.pdq;
        hashed = photos.iter().filter_map(hash).count();
    });
    if hashed != photos.len() {
        return Err(format!("hashed {hashed} of {} photos", photos.len()));
    }
    let folder = folder.to_string_lossy().into_owned();
    let peer = peers::python_figure(bench.python.as_ref(), PEER, &[&folder]);
    bound::print(bench)?;
    Ok(Figures { ours: photos.len() as f64 / spent, peer })
}

fn make(folder: &Path) -> Result<Vec<Vec<u8>>, String> {
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    (0..PHOTOS).map(|number| make_one(folder, number)).collect()
}

fn make_one(folder: &Path, number: u32) -> Result<Vec<u8>, String> {
    let wave = |x: u32, y: u32, k: u32| {
        let phase = f64::from(x * (k + 1) + y * (number + 2)) / 97.0;
        let grain = (x * 31 + y * 17 + k * 7) % 23;
        (phase.sin() * 90.0 + 128.0) as u32 + grain
    };
    let photo = ImageBuffer::from_fn(WIDTH, HEIGHT, |x, y| {
        Rgb([wave(x, y, 0) as u8, wave(x, y, 1) as u8, wave(y, x, 2) as u8])
    });
    let mut bytes = Vec::new();
    photo
        .write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 85))
        .map_err(|error| error.to_string())?;
    std::fs::write(folder.join(format!("{number}.jpg")), &bytes)
        .map_err(|error| error.to_string())?;
    Ok(bytes)
}
