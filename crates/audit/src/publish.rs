//! Bringing a group of files onto the disk: temp, write, fsync, rename, fsync folders.

use crate::disk::Disk;
use crate::error::AuditError;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A file of the log: its path inside the folder, and its bytes.
pub(crate) type NewFile = (String, Vec<u8>);

/// How many files are open at once; far below the usual limit of descriptors.
const OPEN_AT_ONCE: usize = 64;

/// Writes all files so that they survive a power cut once this returns. Before that, any of them
/// may or may not be there, each one whole.
pub(crate) fn publish(disk: &dyn Disk, dir: &Path, files: &[NewFile]) -> Result<(), AuditError> {
    let folders = folders_of(dir, files);
    for folder in folders.iter().filter(|folder| *folder != dir) {
        disk.create_folder(folder).map_err(AuditError::io(folder))?;
    }
    for group in files.chunks(OPEN_AT_ONCE) {
        write_group(disk, dir, group)?;
    }
    for (name, _) in files {
        let to = dir.join(name);
        disk.rename(&temporary(&to), &to).map_err(AuditError::io(&to))?;
    }
    // Every folder up to the log's own, also those that were there: an earlier attempt may have
    // made them and died before they were safe.
    for folder in folders.iter().rev() {
        disk.sync_folder(folder).map_err(AuditError::io(folder))?;
    }
    Ok(())
}

/// Reads every file again and compares, so that nothing is signed that the disk does not hold.
pub(crate) fn read_back(disk: &dyn Disk, dir: &Path, files: &[NewFile]) -> Result<(), AuditError> {
    for (name, bytes) in files {
        let path = dir.join(name);
        if disk.read(&path).map_err(AuditError::io(&path))? != *bytes {
            return Err(AuditError::damaged(name, "does not read back as it was written"));
        }
    }
    Ok(())
}

fn write_group(disk: &dyn Disk, dir: &Path, group: &[NewFile]) -> Result<(), AuditError> {
    let mut open = Vec::with_capacity(group.len());
    for (name, bytes) in group {
        let path = temporary(&dir.join(name));
        let mut file = disk.create(&path).map_err(AuditError::io(&path))?;
        disk.write(&mut file, &path, bytes).map_err(AuditError::io(&path))?;
        open.push((file, path));
    }
    for (file, path) in open {
        disk.sync(&file, &path).map_err(AuditError::io(&path))?;
    }
    Ok(())
}

/// The log folder and every folder below it that holds one of the files, parents first.
fn folders_of(dir: &Path, files: &[NewFile]) -> BTreeSet<PathBuf> {
    let mut folders = BTreeSet::from([dir.to_owned()]);
    for (name, _) in files {
        let path = dir.join(name);
        folders.extend(path.ancestors().skip(1).take_while(|a| *a != dir).map(Path::to_owned));
    }
    folders
}

/// Always the same name, so that leftovers of a crash are overwritten and do not pile up.
fn temporary(path: &Path) -> PathBuf {
    path.with_added_extension("tmp")
}
