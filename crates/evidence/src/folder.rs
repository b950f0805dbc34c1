//! A folder of files as evidence: an extraction, an export, a mounted copy.
//!
//! Everything is opened for reading only, from the folder downwards, and the kernel itself refuses
//! any path that leaves the folder or passes through a symbolic link (`openat2`). What is no plain
//! file is listed as a problem and never opened. A file that changes while it is read is a problem
//! too: its hash would be of something that never existed.

mod ahead;
mod many;
mod walk;

use amparo_model::{Entry, Hashes, Problem, ProblemKind, unescape_path};
use rustix::fs::{FileType, Mode, OFlags, ResolveFlags, Stat, fstat, openat2};
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::iter;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Why a file of a source gave no bytes. None is worth a second try without a change outside.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// The operating system or the medium refused.
    #[error("{path}: could not be read: {why}")]
    Unreadable {
        /// The entry.
        path: String,
        /// The operating system's reason.
        why: String,
    },
    /// Larger than the caller allows; nothing was read.
    #[error("{path}: {size} bytes; the limit is {limit}")]
    TooLarge {
        /// The entry.
        path: String,
        /// Its size.
        size: u64,
        /// The limit asked for.
        limit: u64,
    },
    /// Something wrote to it meanwhile. Evidence must lie still: use a write blocker or a copy.
    #[error("{path}: changed while it was read; work on a copy that nobody writes to")]
    Changed {
        /// The entry.
        path: String,
    },
    /// It lies in a container, which did not give it.
    #[error("{path}: {why}")]
    Contained {
        /// The entry.
        path: String,
        /// What to conclude.
        kind: ProblemKind,
        /// The reason given.
        why: String,
    },
    /// A folder, link, pipe, socket or device.
    #[error("{path}: not a plain file")]
    NotAFile {
        /// The entry.
        path: String,
    },
}

impl SourceError {
    /// The error as a result to show beside the others.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let (path, kind, detail) = match self {
            Self::Unreadable { path, why } => (path, ProblemKind::Unreadable, why.clone()),
            Self::TooLarge { path, size, limit } => {
                (path, ProblemKind::Limit, format!("{size} bytes; the limit is {limit}"))
            }
            Self::Changed { path } => {
                (path, ProblemKind::Unreadable, "changed while it was read".to_owned())
            }
            Self::Contained { path, kind, why } => (path, *kind, why.clone()),
            Self::NotAFile { path } => (path, ProblemKind::Skipped, "not a plain file".to_owned()),
        };
        Problem { kind, at: None, subject: path.clone(), detail }
    }
}

/// A folder opened as evidence.
pub struct FolderSource {
    root: OwnedFd,
}

impl FolderSource {
    /// Opens the folder. A link given here by the operator is followed; none below it is.
    ///
    /// # Errors
    /// [`SourceError::Unreadable`] when there is no such folder or it may not be read.
    pub fn open(root: &Path) -> Result<Self, SourceError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root = rustix::fs::open(root, flags, Mode::empty()).map_err(|errno| {
            SourceError::Unreadable { path: root.display().to_string(), why: words(errno) }
        })?;
        Ok(Self { root })
    }

    /// Every file below the folder, in the order of its path's bytes, and every problem on the way.
    /// Memory grows with the largest folder and the depth, not with the number of files.
    pub fn list(&self, each: &mut dyn FnMut(Result<Entry, Problem>)) {
        walk::walk(self, &walk::Order::Paths, &mut |found| {
            each(found);
            true
        });
    }

    /// The same, but with the folders of which `first` says so, by their own name in lower case,
    /// before all others, and of the others those near the top before those deep down; and only as
    /// long as `each` says to go on.
    pub fn list_first(
        &self,
        first: &dyn Fn(&str) -> bool,
        each: &mut dyn FnMut(Result<Entry, Problem>) -> bool,
    ) {
        walk::walk(self, &walk::Order::First(first), each);
    }

    /// One plain file as an entry.
    ///
    /// # Errors
    /// [`SourceError`].
    pub fn entry(&self, path: &str) -> Result<Entry, SourceError> {
        let file = Plain::open(self, path)?;
        Ok(walk::entry(&unescape_path(path).unwrap_or_default(), &file.before))
    }

    /// The paths of the plain files that lie directly in a folder, sorted; empty when it cannot be
    /// listed.
    #[must_use]
    pub fn files_of(&self, folder: &str) -> Vec<String> {
        unescape_path(folder).map(|folder| walk::files_of(self, &folder)).unwrap_or_default()
    }

    /// The bytes of a file, if there are at most `limit` of them.
    ///
    /// # Errors
    /// [`SourceError`].
    pub fn read(&self, path: &str, limit: u64) -> Result<Vec<u8>, SourceError> {
        Plain::open(self, path)?.read(limit)
    }

    /// The same for many files, in their order; faster than one by one, because the disk fetches
    /// the next while one is read.
    #[must_use]
    pub fn read_many(
        &self,
        paths: &mut dyn Iterator<Item = &str>,
        limit: u64,
    ) -> Vec<Result<Vec<u8>, SourceError>> {
        many::read(self, paths, limit)
    }

    /// The first bytes of a file, at most `limit` of them: enough to recognise what it is.
    ///
    /// # Errors
    /// [`SourceError`], never [`SourceError::TooLarge`].
    pub fn head(&self, path: &str, limit: u64) -> Result<Vec<u8>, SourceError> {
        Plain::open(self, path)?.head(limit)
    }

    /// The same for many files, in their order, as [`Self::read_many`].
    #[must_use]
    pub fn heads(
        &self,
        paths: &mut dyn Iterator<Item = &str>,
        limit: u64,
    ) -> Vec<Result<Vec<u8>, SourceError>> {
        many::heads(self, paths, limit)
    }

    /// Has the disk fetch both ends of a file that will be looked at soon, this many bytes of each,
    /// without waiting for it.
    pub fn fetch_ends(&self, path: &str, bytes: u64) {
        ahead::fetch_ends(self, path, bytes);
    }

    /// The fingerprints of a file of any size, in one reading. For more than one file
    /// [`Self::hash_many`] is several times as fast.
    ///
    /// # Errors
    /// [`SourceError`], never [`SourceError::TooLarge`].
    pub fn hash(&self, path: &str) -> Result<Hashes, SourceError> {
        let mut hashed = None;
        self.hash_many(&mut iter::once(path), &mut |_, result| hashed = Some(result));
        hashed.unwrap_or_else(|| Err(SourceError::NotAFile { path: path.to_owned() }))
    }

    /// The fingerprints of many files of any size, each read once, several side by side. Every path
    /// comes back once, in no promised order, with what [`Self::hash`] would say of it; a file that
    /// cannot be read disturbs no other. Memory does not grow with files or their sizes.
    ///
    /// One file alone is several times slower than many, so large ones should come first. Threads
    /// that share an iterator share the work.
    pub fn hash_many<'p>(
        &self,
        paths: &mut dyn Iterator<Item = &'p str>,
        done: &mut dyn FnMut(&'p str, Result<Hashes, SourceError>),
    ) {
        many::hash(self, paths, done);
    }

    /// The fingerprints of files, given with their sizes, on several threads and in no promised
    /// order. A path that does not come back was in work on a thread that broke down.
    #[must_use]
    pub fn hash_on_threads<'p>(
        &self,
        files: Vec<(u64, &'p str)>,
        threads: usize,
    ) -> Vec<(&'p str, Result<Hashes, SourceError>)> {
        many::hash_on_threads(self, files, threads)
    }

    /// A file opened for reading only, for a reader that must seek in what is too large for memory.
    ///
    /// # Errors
    /// [`SourceError`], never [`SourceError::TooLarge`].
    pub fn file(&self, path: &str) -> Result<File, SourceError> {
        Plain::open(self, path).map(|plain| plain.file)
    }

    fn open_below(&self, path: &[u8], flags: OFlags) -> rustix::io::Result<OwnedFd> {
        let flags = flags | OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let resolve =
            ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
        let path = if path.is_empty() { b"." } else { path };
        openat2(&self.root, OsStr::from_bytes(path), flags, Mode::empty(), resolve)
    }
}

/// An open plain file with what it looked like when it was opened.
struct Plain<'p> {
    path: &'p str,
    file: File,
    before: Stat,
}

impl<'p> Plain<'p> {
    fn open(source: &FolderSource, path: &'p str) -> Result<Self, SourceError> {
        let refused = |why: String| SourceError::Unreadable { path: path.to_owned(), why };
        let bytes = unescape_path(path)
            .filter(|bytes| !bytes.is_empty())
            .ok_or_else(|| refused("not a path of this source".to_owned()))?;
        let opened = source.open_below(&bytes, OFlags::empty());
        let fd = opened.map_err(|errno| match errno {
            rustix::io::Errno::LOOP => SourceError::NotAFile { path: path.to_owned() },
            // A socket cannot be opened at all.
            rustix::io::Errno::NXIO => SourceError::NotAFile { path: path.to_owned() },
            other => refused(words(other)),
        })?;
        let before = fstat(&fd).map_err(|errno| refused(words(errno)))?;
        if !FileType::from_raw_mode(before.st_mode).is_file() {
            return Err(SourceError::NotAFile { path: path.to_owned() });
        }
        Ok(Self { path, file: File::from(fd), before })
    }

    fn size(&self) -> u64 {
        u64::try_from(self.before.st_size).unwrap_or(0)
    }

    fn read(&self, limit: u64) -> Result<Vec<u8>, SourceError> {
        let size = self.size();
        if size > limit {
            return Err(SourceError::TooLarge { path: self.path.to_owned(), size, limit });
        }
        // One byte more than expected shows that the file grew.
        let bytes = self.head(size.saturating_add(1))?;
        self.unchanged(bytes.len() as u64)?;
        Ok(bytes)
    }

    fn head(&self, limit: u64) -> Result<Vec<u8>, SourceError> {
        let likely = self.size().saturating_add(1).min(limit);
        let mut bytes = Vec::with_capacity(usize::try_from(likely).unwrap_or(0));
        let mut reader = (&self.file).take(limit);
        reader.read_to_end(&mut bytes).map_err(|error| unreadable(self.path, &error))?;
        Ok(bytes)
    }

    fn unchanged(&self, read: u64) -> Result<(), SourceError> {
        let changed = || SourceError::Changed { path: self.path.to_owned() };
        let after = fstat(&self.file).map_err(|_| changed())?;
        let look = |s: &Stat| (s.st_size, s.st_mtime, s.st_mtime_nsec, s.st_ctime, s.st_ctime_nsec);
        if read == self.size() && look(&after) == look(&self.before) {
            Ok(())
        } else {
            Err(changed())
        }
    }
}

fn unreadable(path: &str, error: &io::Error) -> SourceError {
    SourceError::Unreadable { path: path.to_owned(), why: error.to_string() }
}

fn words(errno: rustix::io::Errno) -> String {
    io::Error::from(errno).to_string()
}

#[cfg(test)]
mod tests;
