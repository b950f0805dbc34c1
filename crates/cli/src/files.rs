//! Files that the operator names, and the few that the data folder keeps beside database and log.

use crate::error::CliError;
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
    let file = File::open(path).map_err(|error| bad(error.to_string()))?;
    let meta = file.metadata().map_err(|error| bad(error.to_string()))?;
    if !meta.is_file() {
        return Err(bad("is no regular file".to_owned()));
    }
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| bad(error.to_string()))?;
    if bytes.len() as u64 > limit {
        return Err(bad(format!("is larger than the limit of {limit} bytes")));
    }
    Ok(bytes)
}

/// Reads a regular file as UTF-8 text.
///
/// # Errors
/// As [`read`], and when it is not UTF-8.
pub fn read_text(path: &Path, limit: u64) -> Result<String, CliError> {
    let bytes = read(path, limit)?;
    String::from_utf8(bytes).map_err(|_| CliError::bad(path.display(), "is not UTF-8 text"))
}

/// Writes a file that others may read, whole or not at all.
///
/// # Errors
/// [`CliError::Storage`] naming the file.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    amparo_evidence::publish::atomic_write(path, bytes)
        .map_err(|error| CliError::storage(path.display(), error))
}

/// Writes a file that only its owner may read. It is closed to others before it holds anything.
///
/// # Errors
/// [`CliError::Storage`] naming the file; also when it exists with other content under `keys/`.
pub fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let failed = |error: std::io::Error| CliError::storage(path.display(), error);
    let part = part_path(path);
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&part)
        .map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
    std::fs::rename(&part, path).map_err(failed)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
}

/// Makes a folder that only its owner may enter.
///
/// # Errors
/// [`CliError::Storage`] naming the folder.
pub fn make_folder(path: &Path) -> Result<(), CliError> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
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

fn part_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
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
    fn secrets_belong_to_their_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        write_secret(&path, b"k").unwrap();
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
