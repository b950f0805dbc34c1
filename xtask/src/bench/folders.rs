//! Folders through the whole pipeline: as fast as the disk and the hashes allow, whatever the
//! number of files, and the first app store at once.

use super::unit::Unit;
use super::{Bench, Figures, Workbench, file_hashes};
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::sync::OnceLock;

pub const MIXED: Bench = Bench {
    name: "folder_mixed",
    peer: "the bare fused hashes of the same folder",
    unit: "MB/s",
    more_is_better: true,
    goal: Some(0.8),
    run: mixed,
};

pub const SMALL: Bench = Bench {
    name: "folder_small",
    peer: "the goal of 5,000 entries a second",
    unit: "entries/s",
    more_is_better: true,
    goal: Some(1.0),
    run: small,
};

pub const FIRST_STORE: Bench = Bench {
    name: "first_store",
    peer: "the goal of 2 seconds",
    unit: "s",
    more_is_better: false,
    goal: Some(1.0),
    run: first_store,
};

pub const FIRST_STORE_ARCHIVE: Bench =
    Bench { name: "first_store_archive", run: first_store_archive, ..FIRST_STORE };

/// A count from the environment, or its default, which is what the goals name.
fn amount(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Both read from the disk, as evidence of this size is read: what the page cache holds of 20 GB
/// would decide more than the work does. Each goes three times, in turns, and its best time
/// counts: what else the machine does for a minute falls on one of them.
fn mixed(bench: &Workbench) -> Result<Figures, String> {
    let folder = bench.scratch.path().join("mixed");
    let bytes = make_mixed(&folder, amount("FOLDER_MIXED_MB", 20_000) << 20);
    let bytes = bytes.map_err(|error| error.to_string())?;
    let (mut ours, mut bare) = (f64::INFINITY, f64::INFINITY);
    for turn in 1..=3 {
        forget(&folder).map_err(|error| error.to_string())?;
        bare = file_hashes::rate_of(&folder)?.min(bare);
        forget(&folder).map_err(|error| error.to_string())?;
        let unit = bench.scratch.path().join(format!("mixed-unit-{turn}"));
        ours = (ran_ms(&attach(&unit, &folder)?)? / 1_000.0).min(ours);
        eprintln!("until turn {turn}: {ours:.1} s, hashes alone {bare:.1} s");
    }
    Ok(Figures { ours: bytes as f64 / 1e6 / ours, peer: Some(bytes as f64 / 1e6 / bare) })
}

/// Has the kernel drop what it holds of the files in memory.
fn forget(folder: &Path) -> std::io::Result<()> {
    for item in std::fs::read_dir(folder)? {
        let file = std::fs::File::open(item?.path())?;
        file.sync_all()?;
        rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed)?;
    }
    Ok(())
}

fn small(bench: &Workbench) -> Result<Figures, String> {
    let (files, summary) = many_files(bench)?;
    Ok(Figures { ours: files as f64 / (ran_ms(&summary)? / 1_000.0), peer: Some(5_000.0) })
}

fn first_store(bench: &Workbench) -> Result<Figures, String> {
    first_store_of(&many_files(bench)?.1)
}

/// The same files in a ZIP archive, as extractions come.
fn first_store_archive(bench: &Workbench) -> Result<Figures, String> {
    let archive = bench.scratch.path().join("phone.zip");
    make_archive(&archive, amount("FOLDER_SMALL_FILES", 1_000_000))?;
    first_store_of(&attach(&bench.scratch.path().join("archive-unit"), &archive)?)
}

fn first_store_of(summary: &Value) -> Result<Figures, String> {
    let ms = summary["first_store_ms"].as_f64().ok_or("no app store was read")?;
    Ok(Figures { ours: ms / 1_000.0, peer: Some(2.0) })
}

/// How many files there were, and what was said of reading them with an export among them. Two
/// benchmarks look at the one run, which takes minutes.
fn many_files(bench: &Workbench) -> Result<(u64, Value), String> {
    static RUN: OnceLock<Result<(u64, Value), String>> = OnceLock::new();
    let run = || {
        let folder = bench.scratch.path().join("small");
        let files = amount("FOLDER_SMALL_FILES", 1_000_000);
        make_small(&folder, files).map_err(|error| error.to_string())?;
        Ok((files, attach(&bench.scratch.path().join("small-unit"), &folder)?))
    };
    RUN.get_or_init(run).clone()
}

fn attach(data: &Path, folder: &Path) -> Result<Value, String> {
    let unit = Unit::new(data)?;
    unit.open_case()?;
    let folder = folder.to_str().unwrap_or_default();
    let add = ["evidence", "add", folder, "--case", "B-1", "--authorisation", "O-1"];
    let said = unit.run("sofia", &add)?;
    Ok(said["summary"].clone())
}

fn ran_ms(summary: &Value) -> Result<f64, String> {
    summary["ran_ms"].as_f64().ok_or_else(|| format!("no time in {summary}"))
}

/// Ends of names; what is named like a container (`bin`, `zip`) is looked into by a worker. Nothing
/// here is a picture: decoding has a benchmark of its own.
const ENDS: [&str; 8] = ["bin", "dat", "doc", "log", "mdf", "tmp", "txt", "zip"];

fn make_mixed(folder: &Path, bytes: u64) -> std::io::Result<u64> {
    std::fs::create_dir_all(folder)?;
    let mut rng = ChaCha8Rng::seed_from_u64(19);
    let mut noise = vec![0; 64 << 20];
    rng.fill_bytes(&mut noise);
    let (mut total, mut number) = (0, 0_u64);
    while total < bytes {
        let size = match number % 100 {
            0 => 64 << 20,
            1..=20 => 3 << 20,
            _ => 40 << 10,
        };
        let part = noise.get_mut(..size).unwrap_or_default();
        rng.fill_bytes(part.get_mut(..16).unwrap_or_default());
        let end = ENDS[number as usize % ENDS.len()];
        std::fs::write(folder.join(format!("{number:06}.{end}")), part)?;
        total += size as u64;
        number += 1;
    }
    Ok(total)
}

/// An app's export, which lies among the many.
const EXPORT: (&str, &str) = (
    "Export/result.json",
    include_str!("../../../crates/parsers/src/apps/telegram_desktop.fixture.json"),
);

fn make_small(folder: &Path, files: u64) -> std::io::Result<()> {
    std::fs::create_dir_all(folder.join("Export"))?;
    std::fs::write(folder.join(EXPORT.0), EXPORT.1)?;
    for number in 0..files {
        let folder = folder.join(format!("files/{:04}", number / 1_000));
        if number % 1_000 == 0 {
            std::fs::create_dir_all(&folder)?;
        }
        std::fs::write(folder.join(format!("{number:07}.txt")), number.to_string())?;
    }
    Ok(())
}

/// The export stands in the middle, where no reader that only begins at one end comes by soon.
fn make_archive(path: &Path, files: u64) -> Result<(), String> {
    let file = std::fs::File::create(path).map_err(|error| error.to_string())?;
    let mut archive = rawzip::ZipArchiveWriter::new(std::io::BufWriter::new(file));
    let mut add = |name: &str, text: &str| {
        let (mut entry, config) = archive.new_file(name).start()?;
        let mut writer = config.wrap(&mut entry);
        writer.write_all(text.as_bytes())?;
        let (_, descriptor) = writer.finish()?;
        entry.finish(descriptor).map(|_| ())
    };
    let wrong = |error: rawzip::Error| error.to_string();
    for number in 0..files {
        if number == files / 2 {
            add(EXPORT.0, EXPORT.1).map_err(wrong)?;
        }
        let name = format!("files/{:04}/{number:07}.txt", number / 1_000);
        add(&name, &number.to_string()).map_err(wrong)?;
    }
    let mut file = archive.finish().map_err(wrong)?;
    file.flush().map_err(|error| error.to_string())
}
