//! Benchmarks, each beside a named peer in the same run on the same machine.
//!
//! One file a benchmark; it declares a [`Bench`] constant and is listed in [`BENCHES`]. A peer that
//! is not installed is named and left empty: a ratio is printed only when both sides were measured
//! just now. Peers that are Python packages are installed into `target/bench-peers`.

mod e01_hash;
mod exact_match;
mod file_hashes;
mod first_alarm;
mod folders;
mod image_list;
mod known_lists;
mod list_import;
mod near_match;
pub mod page;
mod pdq;
mod peers;
mod tip_intake;
mod tips_million;
pub mod unit;

use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// One benchmark as data.
pub struct Bench {
    /// Its name on the command line and in the output.
    pub name: &'static str,
    /// Whom it is compared with.
    pub peer: &'static str,
    /// Unit of both figures.
    pub unit: &'static str,
    /// False where fewer is better (seconds).
    pub more_is_better: bool,
    /// The ratio to the peer that the project set itself, if any; the page says whether it is met.
    pub goal: Option<f64>,
    /// Measures both sides.
    pub run: fn(&Workbench) -> Result<Figures, String>,
}

/// What was measured.
pub struct Figures {
    /// Ours.
    pub ours: f64,
    /// The peer's; `None` when it is not installed.
    pub peer: Option<f64>,
}

/// What one run of one benchmark printed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Which benchmark.
    pub name: String,
    /// Our figure.
    pub ours: f64,
    /// The peer's in the same run; `None` when it was not installed.
    pub peer: Option<f64>,
    /// How many times better than the peer.
    pub ratio: Option<f64>,
    /// Unit of both figures.
    pub unit: String,
    /// The peer.
    pub peer_name: String,
    /// The ratio that the project set itself.
    pub goal: Option<f64>,
    /// The processor and how many of its cores there were.
    pub processor: String,
}

/// What the benchmarks share.
pub struct Workbench {
    /// A folder for scratch files, removed at the end.
    pub scratch: tempfile::TempDir,
    /// Python with the peers' packages, if it could be set up.
    pub python: Option<PathBuf>,
}

const BENCHES: &[&Bench] = &[
    &e01_hash::BENCH,
    &exact_match::BENCH,
    &exact_match::HFIND,
    &file_hashes::BENCH,
    &first_alarm::BENCH,
    &folders::FIRST_STORE,
    &folders::FIRST_STORE_ARCHIVE,
    &folders::MIXED,
    &folders::SMALL,
    &image_list::BENCH,
    &list_import::BENCH,
    &near_match::BENCH,
    &near_match::SKEWED,
    &pdq::BENCH,
    &tip_intake::BENCH,
    &tip_intake::SINGLE,
    &tips_million::BENCH,
];

/// Runs the named benchmarks, or all. With `--record` among the words the figures also go to
/// [`page::RECORD`], from which `gen` makes the page.
pub fn run(words: &[&str]) -> Result<(), String> {
    let names: Vec<&str> = words.iter().copied().filter(|word| *word != "--record").collect();
    if let Some(unknown) = names.iter().find(|n| !BENCHES.iter().any(|b| b.name == **n)) {
        let all: Vec<&str> = BENCHES.iter().map(|bench| bench.name).collect();
        return Err(format!("no benchmark {unknown:?}; there are {}", all.join(", ")));
    }
    let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
    let bench = Workbench { scratch, python: peers::python() };
    let mut results = Vec::new();
    println!("{:<19} {:>14} {:>14} {:>8}  unit (peer)", "name", "ours", "peer", "ratio");
    for unit in BENCHES.iter().filter(|b| names.is_empty() || names.contains(&b.name)) {
        results.push(measure(unit, &bench)?);
    }
    if words.contains(&"--record") {
        page::record(&results)?;
    }
    write_json(&target().join("bench.json"), &results)
}

fn write_json(path: &Path, value: &impl serde::Serialize) -> Result<(), String> {
    let text = serde_json::to_string_pretty(value).map_err(|error| error.to_string())?;
    std::fs::write(path, text + "\n").map_err(|error| format!("{}: {error}", path.display()))
}

fn measure(unit: &Bench, bench: &Workbench) -> Result<Measured, String> {
    let figures = (unit.run)(bench).map_err(|error| format!("{}: {error}", unit.name))?;
    let ratio = figures.peer.map(|peer| match unit.more_is_better {
        true => figures.ours / peer,
        false => peer / figures.ours,
    });
    let show = |value: Option<f64>| value.map_or("absent".to_owned(), |v| format!("{v:.2}"));
    println!(
        "{:<19} {:>14} {:>14} {:>8}  {} ({})",
        unit.name,
        show(Some(figures.ours)),
        show(figures.peer),
        show(ratio),
        unit.unit,
        unit.peer
    );
    Ok(Measured {
        name: unit.name.to_owned(),
        ours: figures.ours,
        peer: figures.peer,
        ratio,
        unit: unit.unit.to_owned(),
        peer_name: unit.peer.to_owned(),
        goal: unit.goal,
        processor: page::processor(),
    })
}

/// Seconds that `work` takes.
pub fn seconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

/// The build folder: where this very program lies.
pub fn target() -> PathBuf {
    let here = std::env::current_exe().unwrap_or_default();
    let target = here.parent().and_then(Path::parent).map(Path::to_path_buf);
    target.unwrap_or_else(|| PathBuf::from("target"))
}
