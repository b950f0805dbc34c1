//! The log itself.

use crate::Act;
use crate::act::{decode, encode_all};
use crate::check::check_tiles;
use crate::disk::{Disk, RealDisk};
use crate::error::AuditError;
use crate::head::{Head, Reader};
use crate::merkle::Hash;
use crate::note::{Checkpoint, Keys};
use crate::proof::Tree;
use crate::publish::{publish, read_back};
use crate::tile::FULL;
use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

const CHECKPOINT: &str = "checkpoint";
const LOCK: &str = "lock";

/// An open log. Several processes may append to one folder; a file lock puts them in turn.
pub struct Log {
    dir: PathBuf,
    keys: Keys,
    disk: Box<dyn Disk>,
    /// The last state that this process saw committed; an older one on the disk is a set-back.
    known: Mutex<Option<Head>>,
}

/// One entry read back.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Position in the log, from 0.
    pub index: u64,
    /// The bytes that are hashed.
    pub bytes: Vec<u8>,
    /// What they say.
    pub act: Act,
}

impl Log {
    /// Opens a log for appending, or starts one in an empty or absent folder. `origin` names the
    /// log in its checkpoints (`unit.example/audit`); `seed` is its Ed25519 secret key.
    ///
    /// # Errors
    /// [`AuditError::Damaged`] naming the tile when the tiles do not match the checkpoint;
    /// [`AuditError::ForeignCheckpoint`] when it was signed with another key or name.
    pub fn open(dir: &Path, seed: &[u8; 32], origin: &str) -> Result<Self, AuditError> {
        Self::open_on(Box::new(RealDisk), dir, seed, origin)
    }

    /// As [`Log::open`], on a disk of the caller's; for tests that make it fail.
    ///
    /// # Errors
    /// As [`Log::open`].
    pub fn open_on(
        disk: Box<dyn Disk>,
        dir: &Path,
        seed: &[u8; 32],
        origin: &str,
    ) -> Result<Self, AuditError> {
        let keys = Keys::from_seed(seed, origin)?;
        let log = Self { dir: dir.to_owned(), keys, disk, known: Mutex::new(None) };
        std::fs::create_dir_all(dir).map_err(AuditError::io(dir))?;
        let lock = log.lock_for_writing()?;
        if !log.dir.join(CHECKPOINT).exists() {
            log.start()?;
        }
        let head = check_tiles(log.reader(), &log.read_checkpoint()?)?;
        *log.known() = Some(head);
        drop(lock);
        Ok(log)
    }

    /// Opens a log without its secret key; `vkey` is what [`Log::vkey`] gives.
    ///
    /// # Errors
    /// As [`Log::open`], and [`AuditError::BadKey`].
    pub fn read_only(dir: &Path, vkey: &str) -> Result<Self, AuditError> {
        let keys = Keys::from_vkey(vkey)?;
        let disk = Box::new(RealDisk);
        let log = Self { dir: dir.to_owned(), keys, disk, known: Mutex::new(None) };
        let lock = log.lock_for_reading()?;
        check_tiles(log.reader(), &log.read_checkpoint()?)?;
        drop(lock);
        Ok(log)
    }

    /// Appends acts and returns their indices, in order, once they survive a power cut; all of them
    /// or none. Grouping is the caller's: one call with many acts costs about as much as with one.
    ///
    /// After an error nothing was acknowledged, and the log can be used on. If the disk failed
    /// after the commit point the acts may be there all the same, so that a repeated call may
    /// record them twice; nothing is ever lost that was acknowledged.
    ///
    /// # Errors
    /// [`AuditError::ContentInDetail`] and [`AuditError::TooLong`] for acts that cannot stand in
    /// the log, [`AuditError::RolledBack`] when the folder was set back, otherwise the disk's.
    pub fn append(&self, acts: &[Act]) -> Result<Vec<u64>, AuditError> {
        let entries = encode_all(acts)?;
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let mut known = self.known();
        let _lock = self.lock_for_writing()?;
        let before = self.current(known.as_ref())?;
        let mut head = before.clone();
        let files = head.extend(entries);
        publish(self.disk.as_ref(), &self.dir, &files)?;
        read_back(self.disk.as_ref(), &self.dir, &files)?;
        self.commit(&head.checkpoint())?;
        self.clear_superseded(&before, &head);
        let indices = (before.size..head.size).collect();
        *known = Some(head);
        Ok(indices)
    }

    /// Number of entries.
    ///
    /// # Errors
    /// When the checkpoint cannot be read or is not of this log.
    pub fn size(&self) -> Result<u64, AuditError> {
        Ok(self.read_checkpoint()?.size)
    }

    /// The current checkpoint as a signed note. Give it to somebody outside: it covers every entry
    /// so far.
    ///
    /// # Errors
    /// When it cannot be read or is not of this log.
    pub fn checkpoint(&self) -> Result<String, AuditError> {
        let text = self.checkpoint_text()?;
        self.keys.open(&text)?;
        Ok(text)
    }

    /// The public key as the text that verifiers take: `name+hash+key`.
    #[must_use]
    pub fn vkey(&self) -> String {
        self.keys.vkey()
    }

    /// The entries of a range, checked against their hash tiles; ends where the log ends.
    ///
    /// # Errors
    /// [`AuditError::Damaged`] naming the bundle that differs.
    pub fn entries(&self, range: Range<u64>) -> Result<Vec<Entry>, AuditError> {
        let _lock = self.lock_for_reading()?;
        let size = self.size()?;
        let end = range.end.min(size);
        let mut found = Vec::new();
        for bundle in range.start / FULL..end.div_ceil(FULL) {
            let entries = self.reader().bundle(size, bundle)?;
            for (index, bytes) in (bundle * FULL..).zip(entries) {
                if (range.start..end).contains(&index) {
                    found.push(Entry { index, act: decode(index, &bytes)?, bytes });
                }
            }
        }
        Ok(found)
    }

    /// Proof that entry `index` lies in the tree of the first `size` entries (RFC 6962, 2.1.1).
    ///
    /// # Errors
    /// [`AuditError::OutOfRange`] unless `index < size` and `size` is at most the log's.
    pub fn inclusion_proof(&self, index: u64, size: u64) -> Result<Vec<Hash>, AuditError> {
        let _lock = self.lock_for_reading()?;
        let tree = self.tree_with(size)?;
        if index >= size {
            return Err(AuditError::OutOfRange { asked: index, size });
        }
        tree.inclusion(index, size)
    }

    /// Proof that the tree of the first `old` entries is a prefix of that of the first `new` (RFC
    /// 6962, 2.1.2).
    ///
    /// # Errors
    /// [`AuditError::OutOfRange`] unless `old <= new` and `new` is at most the log's size.
    pub fn consistency_proof(&self, old: u64, new: u64) -> Result<Vec<Hash>, AuditError> {
        let _lock = self.lock_for_reading()?;
        let tree = self.tree_with(new)?;
        if old > new {
            return Err(AuditError::OutOfRange { asked: old, size: new });
        }
        tree.consistency(old, new)
    }

    /// A folder with tiles but without checkpoint is no new log: somebody removed the checkpoint.
    fn start(&self) -> Result<(), AuditError> {
        if self.dir.join("tile").exists() {
            return Err(AuditError::damaged(CHECKPOINT, "is missing although there are tiles"));
        }
        // The folder's own name first: where there is a checkpoint, it is safe to rely on both.
        if let Some(parent) = self.dir.parent().filter(|parent| parent.is_dir()) {
            self.disk.sync_folder(parent).map_err(AuditError::io(parent))?;
        }
        self.commit(&Head::default().checkpoint())
    }

    /// The state to append to: what this process knows if the disk agrees, else what is there.
    fn current(&self, known: Option<&Head>) -> Result<Head, AuditError> {
        let checkpoint = self.read_checkpoint()?;
        let Some(known) = known else { return Head::load(self.reader(), &checkpoint) };
        let had = known.checkpoint();
        if had == checkpoint {
            return Ok(known.clone());
        }
        let head = Head::load(self.reader(), &checkpoint)?;
        let rolled_back = AuditError::RolledBack { had: had.size, found: checkpoint.size };
        if checkpoint.size < had.size {
            return Err(rolled_back);
        }
        let tree = Tree { reader: self.reader(), size: checkpoint.size };
        if tree.root_at(had.size)? == had.root { Ok(head) } else { Err(rolled_back) }
    }

    fn commit(&self, checkpoint: &Checkpoint) -> Result<(), AuditError> {
        let note = self.keys.sign(checkpoint)?;
        publish(self.disk.as_ref(), &self.dir, &[(CHECKPOINT.to_owned(), note.into_bytes())])
    }

    /// Removes partial tiles that fuller ones have replaced. A failure leaves a stray file, which
    /// nothing reads.
    fn clear_superseded(&self, before: &Head, after: &Head) {
        let keep: Vec<PathBuf> =
            after.partial_names().iter().map(|name| self.dir.join(name)).collect();
        for name in before.partial_names() {
            let path = self.dir.join(name);
            let Some(folder) = path.parent() else { continue };
            for old in self.disk.list(folder).unwrap_or_default() {
                if !keep.contains(&old) {
                    let _ = self.disk.remove(&old);
                }
            }
        }
    }

    fn tree_with(&self, size: u64) -> Result<Tree<'_>, AuditError> {
        let all = self.size()?;
        if size > all {
            return Err(AuditError::OutOfRange { asked: size, size: all });
        }
        Ok(Tree { reader: self.reader(), size: all })
    }

    fn read_checkpoint(&self) -> Result<Checkpoint, AuditError> {
        self.keys.open(&self.checkpoint_text()?)
    }

    fn checkpoint_text(&self) -> Result<String, AuditError> {
        let path = self.dir.join(CHECKPOINT);
        let bytes = self.disk.read(&path).map_err(AuditError::io(&path))?;
        String::from_utf8(bytes).map_err(|_| AuditError::damaged(CHECKPOINT, "is no text"))
    }

    fn reader(&self) -> Reader<'_> {
        Reader { disk: self.disk.as_ref(), dir: &self.dir }
    }

    /// A thread that died while it held the state left it as it was before, which is sound.
    fn known(&self) -> MutexGuard<'_, Option<Head>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_for_writing(&self) -> Result<File, AuditError> {
        let path = self.dir.join(LOCK);
        let file = File::options().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(AuditError::io(&path))?;
        file.lock().map_err(AuditError::io(&path))?;
        Ok(file)
    }

    /// Readers wait for a running append, because partial tiles change places in it. A copy of a
    /// log has no lock file and no writer.
    fn lock_for_reading(&self) -> Result<Option<File>, AuditError> {
        let path = self.dir.join(LOCK);
        if !path.exists() {
            return Ok(None);
        }
        let file = File::open(&path).map_err(AuditError::io(&path))?;
        file.lock_shared().map_err(AuditError::io(&path))?;
        Ok(Some(file))
    }
}
