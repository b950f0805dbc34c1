//! The one way to put bytes on the disk: scratch file, write, sync, rename, sync the folder.
//!
//! A power cut at any moment leaves either nothing or the whole file under its final name.

use crate::fault::{Faults, NoFaults, Step};
use rustix::fs::{Advice, CWD, RenameFlags, fadvise, renameat_with};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::num::NonZeroU64;
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Writes a file so that readers see the old content or the new, never a part. For files that are
/// not evidence: settings, checkpoints, sealed referrals. Mode 0600.
///
/// # Errors
/// The operating system's error, with nothing changed under `path`, except that a failure to sync
/// the folder leaves the new content in place but not yet certain to survive a power cut.
pub fn atomic_write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    atomic_write_with(path, bytes, &NoFaults)
}

/// [`atomic_write`] whose steps a test can make fail.
///
/// # Errors
/// As [`atomic_write`], or the injected one.
pub fn atomic_write_with(path: &Path, bytes: &[u8], faults: &dyn Faults) -> io::Result<()> {
    let folder = folder_of(path)?;
    let scratch = Scratch::write(folder, 0o600, bytes, faults)?;
    scratch.sync(faults)?;
    scratch.replace(path, faults)?;
    sync_folder(folder, faults)
}

/// Makes a folder (mode 0700) and its missing parents, certain to survive a power cut.
///
/// # Errors
/// The operating system's error. An existing folder is fine.
pub fn create_folder(path: &Path, faults: &dyn Faults) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let parent = folder_of(path)?;
    create_folder(parent, faults)?;
    make_folder(path, faults)?;
    sync_folder(parent, faults)
}

/// Makes one folder without flushing its parent, for callers that make many. An existing one is
/// fine.
pub(crate) fn make_folder(path: &Path, faults: &dyn Faults) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    faults.before(Step::CreateFolder, path)?;
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        other => other,
    }
}

/// Flushes a folder, so that the names in it survive a power cut.
///
/// # Errors
/// The operating system's error.
pub fn sync_folder(folder: &Path, faults: &dyn Faults) -> io::Result<()> {
    faults.before(Step::SyncFolder, folder)?;
    File::open(folder)?.sync_all()
}

fn folder_of(path: &Path) -> io::Result<&Path> {
    match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Ok(Path::new(".")),
        Some(folder) => Ok(folder),
        None => Err(io::Error::new(io::ErrorKind::InvalidInput, "a path without a folder")),
    }
}

/// How scratch files begin; whatever else starts so is a leftover of a crash.
pub(crate) const SCRATCH_PREFIX: &str = ".scratch-";

/// What became of a name that may exist already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    /// The file has the name now.
    Fresh,
    /// Another file had it first; that one was left alone.
    Existed,
}

/// A file that has no final name yet; removed when dropped. While it lives it is locked, so that
/// nobody takes it for a leftover.
pub(crate) struct Scratch<'f> {
    path: PathBuf,
    file: File,
    written: u64,
    faults: &'f dyn Faults,
    done: bool,
}

impl<'f> Scratch<'f> {
    pub fn write(
        folder: &Path,
        mode: u32,
        bytes: &[u8],
        faults: &'f dyn Faults,
    ) -> io::Result<Self> {
        let (path, file) = create(folder, mode, faults)?;
        let mut scratch = Self { path, file, written: 0, faults, done: false };
        scratch.file.lock()?;
        scratch.append(bytes)?;
        Ok(scratch)
    }

    /// Adds bytes to those written so far. Written at their place, by a system call that threads
    /// do not wake each other with: a fault sweep can break it alone.
    pub fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.faults.before(Step::Write, &self.path)?;
        self.file.write_all_at(bytes, self.written)?;
        self.written += bytes.len() as u64;
        Ok(())
    }

    /// Has the disk begin with these bytes, so that [`Scratch::sync`] finds less to wait for. The
    /// kernel writes out what it is told will not be needed; one that does not loses nothing.
    pub fn write_behind(&self, from: u64, length: NonZeroU64) {
        let _begun = fadvise(&self.file, from, Some(length), Advice::DontNeed);
    }

    /// Opens what was written so far for reading.
    pub fn open(&self) -> io::Result<File> {
        OpenOptions::new().read(true).open(&self.path)
    }

    pub fn sync(&self, faults: &dyn Faults) -> io::Result<()> {
        faults.before(Step::SyncFile, &self.path)?;
        self.file.sync_all()
    }

    fn replace(mut self, path: &Path, faults: &dyn Faults) -> io::Result<()> {
        faults.before(Step::Rename, path)?;
        std::fs::rename(&self.path, path)?;
        self.done = true;
        Ok(())
    }

    /// Takes a name that nobody has. Where the file system cannot rename without overwriting, a
    /// second link and the removal of the first give the same.
    pub fn name(mut self, path: &Path, faults: &dyn Faults) -> io::Result<Named> {
        faults.before(Step::Rename, path)?;
        let renamed = renameat_with(CWD, &self.path, CWD, path, RenameFlags::NOREPLACE);
        let outcome = match renamed.map_err(io::Error::from) {
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::INVAL.raw_os_error()) => {
                std::fs::hard_link(&self.path, path)
            }
            other => {
                self.done = other.is_ok();
                other
            }
        };
        match outcome {
            Ok(()) => Ok(Named::Fresh),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Named::Existed),
            Err(error) => Err(error),
        }
    }
}

impl Drop for Scratch<'_> {
    fn drop(&mut self) {
        if !self.done && self.faults.before(Step::Remove, &self.path).is_ok() {
            // A leftover is harmless: fsck lists it.
            let _removed = std::fs::remove_file(&self.path);
        }
    }
}

/// Unique by process and counter; a leftover of an earlier process with the same number is skipped.
fn create(folder: &Path, mode: u32, faults: &dyn Faults) -> io::Result<(PathBuf, File)> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("{SCRATCH_PREFIX}{}-{number}", std::process::id()));
        faults.before(Step::Create, &path)?;
        match OpenOptions::new().write(true).create_new(true).mode(mode).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            other => return Ok((path, other?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::testing::FailNth;

    #[test]
    fn a_failure_at_any_step_leaves_old_or_new_and_never_a_part() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("settings.toml");
        atomic_write(&path, b"old").unwrap();
        for nth in 1.. {
            let faults = FailNth::new(nth);
            let outcome = atomic_write_with(&path, b"new", &faults);
            let content = std::fs::read(&path).unwrap();
            if outcome.is_ok() {
                assert_eq!(content, b"new");
                assert!(nth > 5, "every step was reached: {nth}");
                return;
            }
            assert!(content == b"old" || content == b"new", "step {nth}: {content:?}");
            atomic_write(&path, b"old").unwrap();
        }
    }

    #[test]
    fn folders_are_made_with_their_parents_and_twice_is_once() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a/b/c");
        create_folder(&path, &NoFaults).unwrap();
        create_folder(&path, &NoFaults).unwrap();
        assert!(path.is_dir());
    }
}
