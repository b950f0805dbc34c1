//! File hashes: MD5, SHA-1 and SHA-256 of mixed files, read from the page cache.

use super::{Bench, Figures, Workbench, peers, seconds};
use amparo_evidence::{FolderSource, hash_kernels};
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::iter;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

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
    let mut paths = Vec::new();
    source.list(&mut |found| paths.extend(found.ok().map(|entry| (entry.size, entry.path))));
    // The largest first, as `hash_many` asks for.
    paths.sort_unstable_by(|a, b| b.cmp(a));
    let paths: Vec<String> = paths.into_iter().map(|(_, path)| path).collect();
    eprintln!("hashing with {}", hash_kernels().name);
    let mut result = Ok(());
    let spent = seconds(|| result = hash_all(&source, &paths));
    result.map(|()| spent)
}

fn hash_all(source: &FolderSource, paths: &[String]) -> Result<(), String> {
    let next = AtomicUsize::new(0);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let work = || {
        let mut own = iter::from_fn(|| paths.get(next.fetch_add(1, Ordering::Relaxed)));
        let mut result = Ok(());
        source.hash_many(&mut own.by_ref().map(String::as_str), &mut |_, hashed| {
            if let Err(error) = hashed {
                result = Err(error.to_string());
            }
        });
        result
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        let joined = threads.into_iter().map(|t| t.join().unwrap_or(Err("panicked".into())));
        joined.collect::<Result<Vec<()>, String>>().map(drop)
    })
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
