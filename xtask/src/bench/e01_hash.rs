//! Hashing the medium in an E01, as verification does: inflated in a confined worker, hashed here.

use super::{Bench, Figures, Workbench, image_list::tree, peers, seconds};
use amparo_pipeline::aside::aside;
use amparo_sandbox::{EntryPart, MEDIUM_ADDRESS};
use md5::{Digest, Md5};
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::io::Write;
use std::path::Path;

pub const BENCH: Bench = Bench {
    name: "e01_hash",
    peer: "ewfverify on the same image",
    unit: "MB/s",
    more_is_better: true,
    goal: Some(1.0),
    run,
};

/// Size of the medium.
const BYTES: u64 = 1 << 30;

fn run(bench: &Workbench) -> Result<Figures, String> {
    let raw = bench.scratch.path().join("medium.raw");
    make(&raw).map_err(|error| error.to_string())?;
    let stem = bench.scratch.path().join("medium");
    let (stem, raw) = (stem.to_str().unwrap_or_default(), raw.to_str().unwrap_or_default());
    let args = ["-u", "-q", "-c", "fast", "-S", "4GiB", "-f", "encase6", "-t", stem, raw];
    if !peers::ok(Path::new("ewfacquire"), &args) {
        return Err("ewfacquire is missing or could not make the image".to_owned());
    }
    let image = format!("{stem}.E01");
    let mut sum = Md5::new();
    let mut result = Ok(());
    let spent = seconds(|| {
        result = aside(|give| medium(Path::new(&image), give), |bytes| sum.update(bytes));
    });
    result?;
    let rate = |spent: f64| BYTES as f64 / 1e6 / spent;
    let mut done = false;
    let theirs = seconds(|| done = peers::ok(Path::new("ewfverify"), &["-q", &image]));
    Ok(Figures { ours: rate(spent), peer: done.then(|| rate(theirs)) })
}

fn medium(image: &Path, each: &mut dyn FnMut(Vec<u8>)) -> Result<(), String> {
    let place = vec![MEDIUM_ADDRESS];
    let part = EntryPart { path: String::new(), place, at: 0, length: u64::MAX };
    let mut failed = None;
    let (pool, root) = tree(image)?;
    let mut end = |_, _, problem| failed = problem;
    let read = pool.read(&root, &[part], &mut |_, bytes| each(bytes), &mut end);
    read.map_err(|(_, error)| error.to_string())?;
    failed.map_or(Ok(()), |problem| Err(problem.detail))
}

/// A third noise, a third text that compresses, a third zeros: what media hold.
fn make(path: &Path) -> std::io::Result<()> {
    let mut rng = ChaCha8Rng::seed_from_u64(17);
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    let mut noise = vec![0; 1 << 20];
    for block in 0..BYTES >> 20 {
        match block % 3 {
            0 => rng.fill_bytes(&mut noise),
            1 => {
                noise.iter_mut().zip(0_u64..).for_each(|(byte, at)| *byte = b'a' + (at % 23) as u8)
            }
            _ => noise.fill(0),
        }
        file.write_all(&noise)?;
    }
    file.flush()
}
