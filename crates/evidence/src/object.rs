//! Objects: bytes under the name of their SHA-256, written once and never again.
//!
//! Layout: `ROOT/ab/cdef...` (the first byte of the name is the folder) with mode 0444, and
//! `ROOT/scratch/` on the same file system for what has no name yet.

mod draft;

pub use draft::Draft;

use crate::fault::{Faults, NoFaults};
use crate::hashing::sha256;
use crate::publish::{Named, Scratch, create_folder, make_folder, sync_folder};
use amparo_model::Sha256;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// What can go wrong with objects, by what the caller can do.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// Nothing was acknowledged; make room and do it again.
    #[error("no space left for {path}; free some and run again")]
    Full {
        /// Where it was to go.
        path: PathBuf,
    },
    /// The operating system refused; nothing was acknowledged and doing it again is safe.
    #[error("{path}: {source}")]
    Io {
        /// What was touched.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// The object is not there. Restore it from a copy.
    #[error("object {object} is missing; restore it from a copy of the data folder")]
    Missing {
        /// Its name.
        object: Sha256,
    },
    /// The bytes are not those of the name. They are never handed out; restore them from a copy.
    #[error("object {object} is damaged ({why}); restore it from a copy of the data folder")]
    Damaged {
        /// Its name.
        object: Sha256,
        /// What was found.
        why: String,
    },
}

/// The folder of objects.
pub struct ObjectStore {
    root: PathBuf,
    faults: Box<dyn Faults>,
}

/// The folder for files that have no final name yet.
pub(crate) const SCRATCH_FOLDER: &str = "scratch";

/// Objects flushed together; each holds a file open meanwhile, and 1,024 is a usual limit of those.
const GROUP: usize = 256;

/// Flushes asked for at once. The kernel answers those that wait together with one write of its
/// journal, so that a group costs a few of them and not one for each file and folder.
const AT_ONCE: usize = 16;

impl ObjectStore {
    /// Opens the folder, making it and its parts where they are missing.
    ///
    /// # Errors
    /// [`ObjectError::Io`] or [`ObjectError::Full`].
    pub fn open(root: &Path) -> Result<Self, ObjectError> {
        Self::open_with(root, Box::new(NoFaults))
    }

    /// [`ObjectStore::open`] whose steps a test can make fail.
    ///
    /// # Errors
    /// As [`ObjectStore::open`], or the injected one.
    pub fn open_with(root: &Path, faults: Box<dyn Faults>) -> Result<Self, ObjectError> {
        create_folder(root, &*faults).map_err(at(root))?;
        let parts = (0..=u8::MAX).map(|shard| format!("{shard:02x}"));
        for part in parts.chain([SCRATCH_FOLDER.to_owned()]) {
            let path = root.join(part);
            make_folder(&path, &*faults).map_err(at(&path))?;
        }
        // Once for all; also where nothing was made, for a process that was cut off before this.
        sync_folder(root, &*faults).map_err(at(root))?;
        Ok(Self { root: root.to_owned(), faults })
    }

    /// Stores bytes; when this returns they survive a power cut.
    ///
    /// # Errors
    /// As [`ObjectStore::publish_many`].
    pub fn publish(&self, bytes: &[u8]) -> Result<Sha256, ObjectError> {
        let names = self.publish_many(&[bytes])?;
        names.first().copied().ok_or_else(|| ObjectError::Missing { object: sha256(bytes) })
    }

    /// Stores several objects and flushes them together, which is many times faster than one by
    /// one: all are written, then all flushed, then all named, then their folders flushed. Names
    /// come back in the order of the bytes.
    ///
    /// # Errors
    /// [`ObjectError::Full`] and [`ObjectError::Io`]: some objects may be there, none is
    /// acknowledged, doing it again is safe. [`ObjectError::Damaged`]: an object of that name
    /// exists with another size.
    pub fn publish_many(&self, items: &[&[u8]]) -> Result<Vec<Sha256>, ObjectError> {
        let mut names = Vec::with_capacity(items.len());
        for group in items.chunks(GROUP) {
            let named: Vec<(Sha256, &[u8])> = group.iter().map(|b| (sha256(b), *b)).collect();
            names.extend(named.iter().map(|(name, _)| *name));
            // Equal bytes within a group are written once.
            self.publish_group(&named.into_iter().collect())?;
        }
        Ok(names)
    }

    fn publish_group(&self, items: &BTreeMap<Sha256, &[u8]>) -> Result<(), ObjectError> {
        let folder = self.root.join(SCRATCH_FOLDER);
        let mut written = Vec::new();
        for (name, bytes) in items {
            let size = bytes.len() as u64;
            if !self.has(name, size)? {
                let scratch = Scratch::write(&folder, 0o444, bytes, &*self.faults);
                written.push((name, size, scratch.map_err(at(&folder))?));
            }
        }
        self.each_at_once(&written, |(name, _, scratch)| {
            scratch.sync(&*self.faults).map_err(at(&self.path(name)))
        })?;
        for (name, size, scratch) in written {
            let path = self.path(name);
            let named = scratch.name(&path, &*self.faults).map_err(at(&path))?;
            if named == Named::Existed {
                self.has(name, size)?;
            }
        }
        // Also where an object existed: whoever named it may have been cut off before this.
        let mut folders: Vec<PathBuf> = items.keys().map(|name| self.shard(name)).collect();
        // Items come in the order of their names, and so do their folders.
        folders.dedup();
        self.each_at_once(&folders, |folder| sync_folder(folder, &*self.faults).map_err(at(folder)))
    }

    /// Flushes all of these, several at a time; done when the last one is, or with the first error.
    fn each_at_once<T: Sync>(
        &self,
        items: &[T],
        flush: impl Fn(&T) -> Result<(), ObjectError> + Sync,
    ) -> Result<(), ObjectError> {
        if let [only] = items {
            return flush(only);
        }
        let share = items.len().div_ceil(AT_ONCE).max(1);
        std::thread::scope(|scope| {
            let flush = &flush;
            let running: Vec<_> = items
                .chunks(share)
                .map(|share| scope.spawn(move || share.iter().try_for_each(flush)))
                .collect();
            let stopped = |_| at(&self.root)(io::Error::other("a flushing thread stopped"));
            // Every thread is waited for, whatever another one met.
            let ends: Vec<_> = running.into_iter().map(|thread| thread.join()).collect();
            ends.into_iter().try_for_each(|end| end.map_err(stopped)?)
        })
    }

    /// The bytes of an object, verified against its name.
    ///
    /// # Errors
    /// [`ObjectError::Missing`], [`ObjectError::Damaged`] or [`ObjectError::Io`].
    pub fn read(&self, object: &Sha256) -> Result<Vec<u8>, ObjectError> {
        let path = self.path(object);
        let mut file = self.open_object(object)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(at(&path))?;
        let found = sha256(&bytes);
        if found != *object {
            let why = format!("its {} bytes hash to {found}", bytes.len());
            return Err(ObjectError::Damaged { object: *object, why });
        }
        Ok(bytes)
    }

    /// Whether an object of this name is there. Says nothing of its bytes; [`Self::read`] does.
    #[must_use]
    pub fn contains(&self, object: &Sha256) -> bool {
        self.path(object).symlink_metadata().is_ok_and(|meta| meta.is_file())
    }

    /// The folder that holds everything.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn faults(&self) -> &dyn Faults {
        &*self.faults
    }

    /// Opens an object for reading, for one that does not fit into memory. Its bytes are not
    /// verified; whoever reads all of them compares their hash with the name.
    ///
    /// # Errors
    /// [`ObjectError::Missing`] or [`ObjectError::Io`].
    pub fn open_object(&self, object: &Sha256) -> Result<File, ObjectError> {
        let path = self.path(object);
        match open_read_only(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(ObjectError::Missing { object: *object })
            }
            other => other.map_err(at(&path)),
        }
    }

    /// Where an object lies, for readers that map it.
    #[must_use]
    pub fn path(&self, object: &Sha256) -> PathBuf {
        let name = object.to_string();
        let (shard, rest) = name.split_at(2);
        self.root.join(shard).join(rest)
    }

    fn shard(&self, object: &Sha256) -> PathBuf {
        let mut path = self.path(object);
        path.pop();
        path
    }

    /// Whether the object is there; an error when it is there with another size.
    fn has(&self, object: &Sha256, size: u64) -> Result<bool, ObjectError> {
        let path = self.path(object);
        match path.symlink_metadata() {
            Ok(meta) if meta.is_file() && meta.len() == size => Ok(true),
            Ok(meta) => {
                let why = format!("{} bytes instead of {size}", meta.len());
                Err(ObjectError::Damaged { object: *object, why })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(at(&path)(error)),
        }
    }
}

/// Opens for reading only, never through a symbolic link and never waiting for a pipe.
pub(crate) fn open_read_only(path: &Path) -> io::Result<File> {
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> ObjectError {
    let path = path.to_owned();
    move |source| match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ObjectError::Full { path },
        _ => ObjectError::Io { path, source },
    }
}

#[cfg(test)]
mod tests;
