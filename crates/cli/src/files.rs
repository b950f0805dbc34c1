//! Files that the operator names, and the few that the data folder keeps beside database and log.

use crate::error::CliError;
use amparo_evidence::{fault::NoFaults, publish};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Reads a regular file, up to `limit` bytes.
///
/// # Errors
/// [`CliError::BadInput`] naming the file when it is missing, no regular file, too large or
/// unreadable.
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>, CliError> {
    let bad = |why: String| CliError::bad(path.display(), why);
    let file = open(path)?;
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| bad(error.to_string()))?;
    if bytes.len() as u64 > limit {
        return Err(bad(format!("is larger than the limit of {limit} bytes")));
    }
    Ok(bytes)
}

/// Opens a regular file for reading.
///
/// # Errors
/// [`CliError::BadInput`] naming the file when it is missing, no regular file or unreadable.
pub fn open(path: &Path) -> Result<File, CliError> {
    let bad = |why: String| CliError::bad(path.display(), why);
    // Asked before opening: to open a pipe is to wait for whoever writes into it.
    let meta = std::fs::metadata(path).map_err(|error| bad(error.to_string()))?;
    if !meta.is_file() {
        return Err(bad("is no regular file".to_owned()));
    }
    File::open(path).map_err(|error| bad(error.to_string()))
}

/// Size of a file as listed, in bytes; 0 for one that cannot be asked, which [`read`] then refuses.
#[must_use]
pub fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |meta| meta.len())
}

/// Reads a regular file as UTF-8 text.
///
/// # Errors
/// As [`read`], and when it is not UTF-8.
pub fn read_text(path: &Path, limit: u64) -> Result<String, CliError> {
    let bytes = read(path, limit)?;
    String::from_utf8(bytes).map_err(|_| CliError::bad(path.display(), "is not UTF-8 text"))
}

/// Writes a file that only its owner may read, whole or not at all.
///
/// # Errors
/// [`CliError::Storage`] naming the file.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    publish::atomic_write(path, bytes).map_err(|error| CliError::storage(path.display(), error))
}

/// Makes a folder that only its owner may enter.
///
/// # Errors
/// [`CliError::Storage`] naming the folder.
pub fn make_folder(path: &Path) -> Result<(), CliError> {
    publish::create_folder(path, &NoFaults)
        .map_err(|error| CliError::storage(path.display(), error))
}

/// Regular files named by `paths`, folders searched to the bottom, sorted, links not followed.
/// What cannot be listed is an error of its own beside the files.
#[must_use]
pub fn expand(paths: &[PathBuf]) -> Vec<Result<PathBuf, CliError>> {
    let mut found = Vec::new();
    for path in paths {
        visit(path, &mut found);
    }
    found
}

fn visit(path: &Path, found: &mut Vec<Result<PathBuf, CliError>>) {
    let bad = |why: String| Err(CliError::bad(path.display(), why));
    match std::fs::symlink_metadata(path) {
        Err(error) => found.push(bad(error.to_string())),
        Ok(meta) if meta.is_file() => found.push(Ok(path.to_owned())),
        Ok(meta) if meta.is_dir() => match children(path) {
            Ok(children) => children.iter().for_each(|child| visit(child, found)),
            Err(error) => found.push(bad(error.to_string())),
        },
        Ok(_) => found.push(bad("is neither file nor folder; not read".to_owned())),
    }
}

fn children(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|e| e.map(|e| e.path())).collect::<Result<_, _>>()?;
    paths.sort();
    Ok(paths)
}

/// The last part of a path as text.
#[must_use]
pub fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_limit_is_an_error_and_not_a_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        std::fs::write(&path, b"12345").unwrap();
        assert_eq!(read(&path, 5).unwrap(), b"12345");
        assert!(read(&path, 4).unwrap_err().to_string().contains("limit of 4 bytes"));
        assert!(read(folder.path(), 4).unwrap_err().to_string().contains("regular file"));
    }

    #[test]
    fn a_pipe_is_refused_without_waiting_for_its_writer() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let (say, heard) = std::sync::mpsc::channel();
        std::thread::spawn(move || say.send(read(&path, 4).unwrap_err().to_string()));
        let error = heard.recv_timeout(std::time::Duration::from_secs(10)).unwrap();
        assert!(error.contains("regular file"), "{error}");
    }

    #[test]
    fn what_is_written_belongs_to_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        write(&path, b"k").unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn folders_are_searched_in_order_and_links_are_named() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.json", "a.json"] {
            std::fs::write(folder.path().join(name), b"{}").unwrap();
        }
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join("c.json")).unwrap();
        let found = expand(&[folder.path().to_owned()]);
        let names: Vec<bool> = found.iter().map(Result::is_ok).collect();
        assert_eq!(names, [true, true, false]);
    }
}
