//! One process at a time works on an exhibit: a second run would take over the jobs of the first
//! and assess the case on half of them.
//!
//! The hold is a lock on a file and ends with the process, however it ends.

use crate::{error::CliError, files};
use amparo_model::EvidenceId;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

/// Takes hold of an exhibit until the result is dropped.
///
/// # Errors
/// [`CliError::BadInput`] when another process holds it, [`CliError::Storage`] when the lock file
/// cannot be made.
pub fn exhibit(folder: &Path, id: &EvidenceId) -> Result<File, CliError> {
    let locks = folder.join("locks");
    files::make_folder(&locks)?;
    // An id holds letters, digits, '-', '_', '.' and '/'; only the last means something to a disk.
    let path = locks.join(id.as_str().replace('/', "+"));
    let failed = |error: std::io::Error| CliError::storage(path.display(), error);
    let file = OpenOptions::new().create(true).append(true).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let why = "another run is reading it; wait for its end, or follow it with \
                       `amparo evidence status`";
            Err(CliError::bad(id, why))
        }
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exhibit_is_held_once_and_others_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let hold = |id: &str| exhibit(folder.path(), &EvidenceId::new(id).unwrap());
        let first = hold("C-1/phone").unwrap();
        assert!(hold("C-1/phone").unwrap_err().to_string().contains("another run"));
        assert!(hold("C-1/computer").is_ok());
        drop(first);
        assert!(hold("C-1/phone").is_ok());
    }
}
