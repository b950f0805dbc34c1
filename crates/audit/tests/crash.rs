//! Crashes: every operation on the disk fails once, at every place, in several ways. Afterwards the
//! log opens, goes on, verifies, and holds everything that was acknowledged.
//!
//! To add a way of failing: add a variant to `Mode` and say in `Faulty` what then happens.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails; the failing disk is built on the real one"
)]

mod support;

use amparo_audit::{Disk, Log, RealDisk};
use amparo_audit_verifier::verify;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use support::{ORIGIN, SEED, acts, copy_folder};

/// Where the runs start, and how many acts each append brings: from nothing, and over the border of
/// a tile, which is first met exactly and then crossed.
const RUNS: [(u64, &[u64]); 3] = [(0, &[1, 2]), (253, &[2, 1, 2]), (510, &[3])];

/// How the n-th operation fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// It reports an error and did nothing; the process goes on.
    Error,
    /// A write stops half way; everything else as `Error`.
    Torn,
    /// The process ends there: nothing that follows happens.
    Kill,
    /// The power goes: as `Kill`, and what was not synced is lost, each part or not by chance.
    PowerCut { seed: u64 },
}

#[test]
fn an_error_at_any_operation_loses_nothing_acknowledged() {
    sweep(Mode::Error);
}

#[test]
fn a_torn_write_at_any_place_loses_nothing_acknowledged() {
    sweep(Mode::Torn);
}

#[test]
fn a_kill_at_any_operation_loses_nothing_acknowledged() {
    sweep(Mode::Kill);
}

#[test]
fn a_power_cut_at_any_operation_loses_nothing_acknowledged() {
    for seed in 0..4 {
        sweep(Mode::PowerCut { seed });
    }
}

/// Fails operation 1, 2, 3, ... until a run needs fewer operations than that.
fn sweep(mode: Mode) {
    for (start, batches) in RUNS {
        let template = tempfile::tempdir().expect("a folder");
        if start > 0 {
            let log = Log::open(template.path(), &SEED, ORIGIN).expect("an open log");
            log.append(&acts(0, start)).expect("appended");
        }
        let mut points = 0;
        while !run(template.path(), start, batches, mode, points + 1) {
            points += 1;
        }
        assert!(points > 40, "only {points} operations were ever made to fail");
    }
}

/// One run; tells whether it ended before its fault.
fn run(template: &Path, start: u64, batches: &[u64], mode: Mode, at: u64) -> bool {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("log");
    if start > 0 {
        copy_folder(template, &folder);
    }
    let disk = Faulty::new(mode, at);
    let acknowledged = work(&folder, start, batches, &disk);
    let clean = disk.state().count < at;
    if let Mode::PowerCut { seed } = mode {
        disk.lose_unsynced(seed * 10_000 + at);
    }
    check_recovery(&folder, start, &acknowledged, &format!("{mode:?} at {at} from {start}"));
    clean
}

/// Appends the batches, each again after an error, as a caller would. Returns what was
/// acknowledged: indices with the numbers of the acts.
fn work(folder: &Path, start: u64, batches: &[u64], disk: &Faulty) -> Vec<(u64, u64)> {
    let mut acknowledged = Vec::new();
    let open = || Log::open_on(Box::new(disk.clone()), folder, &SEED, ORIGIN);
    let Ok(log) = open().or_else(|_| open()) else { return acknowledged };
    let mut first = start;
    for count in batches {
        let batch = acts(first, *count);
        if let Ok(indices) = log.append(&batch).or_else(|_| log.append(&batch)) {
            acknowledged.extend(indices.into_iter().zip(first..));
        }
        first += count;
    }
    acknowledged
}

fn check_recovery(folder: &Path, start: u64, acknowledged: &[(u64, u64)], what: &str) {
    let log = Log::open_on(Box::new(Hasty), folder, &SEED, ORIGIN);
    let log = log.unwrap_or_else(|e| panic!("{what}: {e}"));
    let before = log.checkpoint().expect("a checkpoint");
    verify(folder, &before, &log.vkey()).unwrap_or_else(|e| panic!("{what}: {e}"));
    let next = log.append(&acts(5000, 2)).unwrap_or_else(|e| panic!("{what}: {e}"));
    let after = verify(folder, &before, &log.vkey()).unwrap_or_else(|e| panic!("{what}: {e}"));
    assert_eq!(after.newer, 2, "{what}");
    let first = start.saturating_sub(5);
    let entries = log.entries(first..u64::MAX).expect("entries");
    assert_eq!(first + entries.len() as u64, after.entries, "{what}");
    let earlier = (first..start).zip(first..start);
    let later = acknowledged.iter().copied().chain(next.into_iter().zip(5000..));
    for (index, number) in earlier.chain(later) {
        let found = entries.get((index - first) as usize).map(|e| e.act.object.as_str());
        assert_eq!(found, Some(format!("evidence/E-{number}").as_str()), "{what}: {index}");
    }
}

/// A disk that does not wait for the medium; the look at what was recovered needs no durability.
struct Hasty;

impl Disk for Hasty {
    fn sync(&self, _file: &File, _path: &Path) -> io::Result<()> {
        Ok(())
    }

    fn sync_folder(&self, _path: &Path) -> io::Result<()> {
        Ok(())
    }
}

/// A disk that fails once.
#[derive(Clone)]
struct Faulty(Arc<Mutex<State>>);

struct State {
    mode: Mode,
    at: u64,
    count: u64,
    dead: bool,
    /// What happened since the last sync of the file or folder concerned, oldest first.
    unsynced: Vec<Unsynced>,
}

/// One thing that a power cut may undo.
enum Unsynced {
    Bytes { file: PathBuf },
    Name { folder: PathBuf, path: PathBuf, before: Option<Vec<u8>> },
    Folder { parent: PathBuf, path: PathBuf },
}

/// What to do with the present operation.
#[derive(PartialEq, Eq)]
enum Turn {
    Work,
    Half,
    Fail,
}

impl Faulty {
    fn new(mode: Mode, at: u64) -> Self {
        let state = State { mode, at, count: 0, dead: false, unsynced: Vec::new() };
        Self(Arc::new(Mutex::new(state)))
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().expect("no thread died")
    }

    fn turn(&self) -> Turn {
        let mut state = self.state();
        if state.dead {
            return Turn::Fail;
        }
        state.count += 1;
        if state.count != state.at {
            return Turn::Work;
        }
        state.dead = matches!(state.mode, Mode::Kill | Mode::PowerCut { .. });
        if state.mode == Mode::Torn { Turn::Half } else { Turn::Fail }
    }

    /// Does it unless this is the operation that fails.
    fn attempt<T>(&self, work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        if self.turn() == Turn::Work { work() } else { Err(io::Error::other("made to fail")) }
    }

    fn note(&self, what: Unsynced) {
        self.state().unsynced.push(what);
    }

    /// Undoes, from the newest on, what was not synced; each part survives by chance, as it may on
    /// a real disk. A name that comes back has the bytes that it had.
    fn lose_unsynced(&self, seed: u64) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        for lost in std::mem::take(&mut self.state().unsynced).into_iter().rev() {
            if rng.next_u32() % 10 < 3 {
                continue;
            }
            match lost {
                Unsynced::Bytes { file } => cut_short(&file, &mut rng),
                Unsynced::Name { path, before: Some(bytes), .. } => {
                    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
                    fs::write(path, bytes).expect("restored");
                }
                Unsynced::Name { path, before: None, .. } => drop(fs::remove_file(path)),
                Unsynced::Folder { path, .. } => drop(fs::remove_dir_all(path)),
            }
        }
    }
}

fn cut_short(file: &Path, rng: &mut ChaCha8Rng) {
    if let Ok(bytes) = fs::read(file) {
        let kept = rng.next_u32() as usize % (bytes.len() + 1);
        fs::write(file, &bytes[..kept]).expect("cut");
    }
}

fn parent(path: &Path) -> PathBuf {
    path.parent().expect("a folder").to_owned()
}

impl Disk for Faulty {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.attempt(|| RealDisk.read(path))
    }

    fn create(&self, path: &Path) -> io::Result<File> {
        self.attempt(|| {
            let before = fs::read(path).ok();
            self.note(Unsynced::Name { folder: parent(path), path: path.to_owned(), before });
            RealDisk.create(path)
        })
    }

    fn write(&self, file: &mut File, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.note(Unsynced::Bytes { file: path.to_owned() });
        match self.turn() {
            Turn::Work => RealDisk.write(file, path, bytes),
            Turn::Fail => Err(io::Error::other("made to fail")),
            Turn::Half => {
                RealDisk.write(file, path, &bytes[..bytes.len() / 2])?;
                Err(io::Error::other("no space left"))
            }
        }
    }

    fn sync(&self, file: &File, path: &Path) -> io::Result<()> {
        let _ = file;
        self.attempt(|| {
            let synced = |one: &Unsynced| matches!(one, Unsynced::Bytes { file } if file == path);
            self.state().unsynced.retain(|one| !synced(one));
            Ok(())
        })
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.attempt(|| {
            let before = fs::read(to).ok();
            // Bytes that were not synced before stay in danger under the new name.
            for one in &mut self.state().unsynced {
                if let Unsynced::Bytes { file } = one
                    && file == from
                {
                    *file = to.to_owned();
                }
            }
            self.note(Unsynced::Name { folder: parent(to), path: to.to_owned(), before });
            RealDisk.rename(from, to)
        })
    }

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        self.attempt(|| {
            if !path.exists() {
                self.note(Unsynced::Folder { parent: parent(path), path: path.to_owned() });
            }
            RealDisk.create_folder(path)
        })
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.attempt(|| {
            self.state().unsynced.retain(|one| match one {
                Unsynced::Bytes { .. } => true,
                Unsynced::Name { folder, .. } => folder != path,
                Unsynced::Folder { parent, .. } => parent != path,
            });
            Ok(())
        })
    }

    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        self.attempt(|| RealDisk.list(path))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.attempt(|| {
            let before = fs::read(path).ok();
            self.note(Unsynced::Name { folder: parent(path), path: path.to_owned(), before });
            RealDisk.remove(path)
        })
    }
}
