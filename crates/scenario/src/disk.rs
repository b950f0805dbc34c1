//! Writing the world's files. They are made up and can be made again, so nothing is synced.

use crate::ScenarioError;
use amparo_model::UtcMillis;
use std::fs;
use std::io::{BufWriter, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Writes one file and the folders above it.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), ScenarioError> {
    match fs::write(path, bytes) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            folder(path.parent().unwrap_or(Path::new(".")))?;
            fs::write(path, bytes).map_err(|source| failed(path, source))
        }
        other => other.map_err(|source| failed(path, source)),
    }
}

/// Opens a file for writing in pieces; makes the folders above it.
pub(crate) fn create(path: &Path) -> Result<BufWriter<fs::File>, ScenarioError> {
    folder(path.parent().unwrap_or(Path::new(".")))?;
    let file = fs::File::create(path).map_err(|source| failed(path, source))?;
    Ok(BufWriter::with_capacity(1 << 18, file))
}

/// Makes a folder and those above it.
pub(crate) fn folder(path: &Path) -> Result<(), ScenarioError> {
    fs::create_dir_all(path).map_err(|source| failed(path, source))
}

/// Makes the folder of a new world; one that already holds something is refused.
pub(crate) fn empty_folder(path: &Path) -> Result<(), ScenarioError> {
    folder(path)?;
    let mut entries = fs::read_dir(path).map_err(|source| failed(path, source))?;
    match entries.next() {
        None => Ok(()),
        Some(_) => Err(ScenarioError::NotEmpty { path: path.to_owned() }),
    }
}

/// Reads a whole file back.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, ScenarioError> {
    fs::read(path).map_err(|source| failed(path, source))
}

/// Removes a file that a library left behind.
pub(crate) fn remove(path: &Path) -> Result<(), ScenarioError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(failed(path, error)),
        _ => Ok(()),
    }
}

/// Gives every file under a folder the same modification time, so that two worlds of one seed have
/// the same listing; says how many files there are.
pub(crate) fn settle(folder: &Path, time: UtcMillis) -> Result<u64, ScenarioError> {
    let since = Duration::from_millis(time.0.unsigned_abs());
    let entries = fs::read_dir(folder).map_err(|source| failed(folder, source))?;
    let mut files = 0;
    for entry in entries {
        let entry = entry.map_err(|source| failed(folder, source))?;
        let (path, kind) = (entry.path(), entry.file_type());
        if kind.map_err(|source| failed(&path, source))?.is_dir() {
            files += settle(&path, time)?;
            continue;
        }
        let file = fs::File::options().write(true).open(&path);
        file.and_then(|file| file.set_modified(SystemTime::UNIX_EPOCH + since))
            .map_err(|source| failed(&path, source))?;
        files += 1;
    }
    Ok(files)
}

/// The error of a path that could not be written or read.
pub(crate) fn failed(path: &Path, source: std::io::Error) -> ScenarioError {
    ScenarioError::Disk { path: PathBuf::from(path), source }
}
