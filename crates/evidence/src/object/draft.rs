//! An object in the making, for bytes that do not fit into memory or are made piece by piece.

use super::{ObjectError, ObjectStore, SCRATCH_FOLDER, at};
use crate::publish::{Named, Scratch, sync_folder};
use amparo_model::Sha256;
use sha2::Digest;
use std::fs::File;
use std::io::{self, Write};
use std::num::NonZeroU64;

/// Bytes after which the disk begins to write while more are made.
const BEHIND: u64 = 16 << 20;

/// Takes bytes; nothing of them is an object before [`Draft::publish`]. Dropped, it leaves nothing.
pub struct Draft<'s> {
    store: &'s ObjectStore,
    scratch: Scratch<'s>,
    hasher: sha2::Sha256,
    size: u64,
    /// Up to here the disk was told to write.
    behind: u64,
}

impl ObjectStore {
    /// Begins an object whose bytes come one after the other.
    ///
    /// # Errors
    /// [`ObjectError::Full`] or [`ObjectError::Io`].
    pub fn draft(&self) -> Result<Draft<'_>, ObjectError> {
        let folder = self.root().join(SCRATCH_FOLDER);
        let scratch = Scratch::write(&folder, 0o444, &[], self.faults()).map_err(at(&folder))?;
        Ok(Draft { store: self, scratch, hasher: sha2::Sha256::new(), size: 0, behind: 0 })
    }
}

impl Draft<'_> {
    /// Name and size of the object that the bytes written so far would be.
    #[must_use]
    pub fn so_far(&self) -> (Sha256, u64) {
        (Sha256(self.hasher.clone().finalize().into()), self.size)
    }

    /// The bytes written so far, for reading before they are an object.
    ///
    /// # Errors
    /// [`ObjectError::Io`].
    pub fn open(&self) -> Result<File, ObjectError> {
        self.scratch.open().map_err(at(&self.store.root().join(SCRATCH_FOLDER)))
    }

    /// Makes the bytes an object; when this returns they survive a power cut. Gives the object's
    /// name and its size in bytes.
    ///
    /// # Errors
    /// [`ObjectError::Full`] and [`ObjectError::Io`]: nothing was acknowledged and doing it again
    /// is safe. [`ObjectError::Damaged`]: an object of that name exists with another size.
    pub fn publish(self) -> Result<(Sha256, u64), ObjectError> {
        let Self { store, scratch, hasher, size, .. } = self;
        let name = Sha256(hasher.finalize().into());
        let path = store.path(&name);
        if !store.has(&name, size)? {
            scratch.sync(store.faults()).map_err(at(&path))?;
            if scratch.name(&path, store.faults()).map_err(at(&path))? == Named::Existed {
                store.has(&name, size)?;
            }
        }
        let shard = store.shard(&name);
        sync_folder(&shard, store.faults()).map_err(at(&shard))?;
        Ok((name, size))
    }
}

impl Write for Draft<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.scratch.append(bytes)?;
        self.hasher.update(bytes);
        self.size += bytes.len() as u64;
        if let Some(length) = NonZeroU64::new(self.size - self.behind).filter(|n| n.get() >= BEHIND)
        {
            self.scratch.write_behind(self.behind, length);
            self.behind = self.size;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::testing::FailNth;

    #[test]
    fn pieces_become_the_object_that_their_whole_would() {
        let folder = tempfile::tempdir().unwrap();
        let store = ObjectStore::open(folder.path()).unwrap();
        for _ in 0..2 {
            let mut draft = store.draft().unwrap();
            draft.write_all(b"one ").unwrap();
            draft.write_all(b"two").unwrap();
            assert_eq!(draft.so_far(), (crate::sha256(b"one two"), 7));
            assert_eq!(std::io::read_to_string(draft.open().unwrap()).unwrap(), "one two");
            let (name, size) = draft.publish().unwrap();
            assert_eq!((name, size), (crate::sha256(b"one two"), 7));
            assert_eq!(store.read(&name).unwrap(), b"one two");
        }
    }

    #[test]
    fn a_draft_that_is_given_up_or_fails_leaves_no_object() {
        let folder = tempfile::tempdir().unwrap();
        drop(ObjectStore::open(folder.path()).unwrap());
        let mut done = false;
        for nth in 1..1_000 {
            let Ok(store) = ObjectStore::open_with(folder.path(), Box::new(FailNth::new(nth)))
            else {
                continue;
            };
            let write = || -> Result<Sha256, ObjectError> {
                let mut draft = store.draft()?;
                draft.write_all(b"text").map_err(at(folder.path()))?;
                Ok(draft.publish()?.0)
            };
            done = write().is_ok();
            if done {
                break;
            }
            let whole = store.read(&crate::sha256(b"text"));
            assert!(whole.is_err() || whole.unwrap() == b"text", "step {nth}");
        }
        assert!(done, "no run came through");
        let scratch = folder.path().join(SCRATCH_FOLDER);
        let store = ObjectStore::open(folder.path()).unwrap();
        drop(store.draft().unwrap());
        assert!(std::fs::read_dir(scratch).unwrap().count() < 10);
    }
}
