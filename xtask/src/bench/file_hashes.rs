//! File hashes: MD5, SHA-1 and SHA-256 of mixed files, read from the page cache.

use super::{Bench, Figures, Workbench, peers, seconds};
use amparo_evidence::{FolderSource, hash_kernels};
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::path::Path;

pub const BENCH: Bench = Bench {
    name: "file_hashes",
    peer: "hashdeep -c md5,sha1,sha256, all cores",
    unit: "GB/h",
    more_is_better: true,
    goal: Some(3.0),
    run,
};

const FILES: usize = 10_000;

fn run(bench: &Workbench) -> Result<Figures, String> {
    let folder = bench.scratch.path().join("files");
    let bytes = make(&folder).map_err(|error| error.to_string())?;
    let rate = |spent: f64| bytes as f64 / 1e9 / spent * 3600.0;
    // Once before, so that both find the files in the page cache.
    rate_of(&folder)?;
    let ours = rate(rate_of(&folder)?);
    Ok(Figures { ours, peer: hashdeep(&folder).map(rate) })
}

/// Seconds that the hashes of a folder take on all cores.
pub fn rate_of(folder: &Path) -> Result<f64, String> {
    let source = FolderSource::open(folder).map_err(|error| error.to_string())?;
    let mut files = Vec::new();
    source.list(&mut |found| files.extend(found.ok().map(|entry| (entry.size, entry.path))));
    eprintln!("hashing with {}", hash_kernels().name);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let paths: Vec<_> = files.iter().map(|(size, path)| (*size, path.as_str())).collect();
    let mut hashed = Vec::new();
    let spent = seconds(|| hashed = source.hash_on_threads(paths, cores));
    if hashed.len() < files.len() {
        return Err(format!("{} files hashed of {}", hashed.len(), files.len()));
    }
    let failed = hashed.into_iter().find_map(|(_, hashed)| hashed.err());
    failed.map_or(Ok(spent), |error| Err(error.to_string()))
}

fn hashdeep(folder: &Path) -> Option<f64> {
    let folder = folder.to_str()?;
    let args = ["-r", "-c", "md5,sha1,sha256", folder];
    let mut done = false;
    let spent = seconds(|| done = peers::ok(Path::new("hashdeep"), &args));
    done.then_some(spent)
}

/// Sizes as phones have them: many small files, some photos, a few videos; about 2.1 GB in all.
fn make(folder: &Path) -> std::io::Result<u64> {
    std::fs::create_dir_all(folder)?;
    let mut rng = ChaCha8Rng::seed_from_u64(13);
    let mut total = 0;
    for number in 0..FILES {
        let size = match number % 100 {
            0 => 8 << 20,
            1..=20 => 600 << 10,
            _ => 4 << 10,
        };
        let mut bytes = vec![0; size];
        rng.fill_bytes(&mut bytes);
        std::fs::write(folder.join(format!("{number:05}.bin")), &bytes)?;
        total += size as u64;
    }
    Ok(total)
}
