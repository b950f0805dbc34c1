//! Reads every object again and compares it with its name; lists what does not belong.

use crate::object::{ObjectError, ObjectStore, SCRATCH_FOLDER, open_read_only};
use amparo_model::Sha256;
use sha2::Digest;
use std::fs::{DirEntry, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// How far a check has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Objects checked so far.
    pub checked: u64,
    /// Bytes read so far.
    pub bytes: u64,
    /// Share of the folders done, 0 to 256.
    pub folders: u32,
}

/// Something under a final name that is not what the name says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Where.
    pub path: PathBuf,
    /// What was found, as a sentence fragment.
    pub why: String,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FsckReport {
    /// Objects read and compared.
    pub checked: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Objects that are not their names, and folders that could not be read.
    pub damaged: Vec<Damage>,
    /// Leftovers of interrupted work and files that do not belong. Harmless; see
    /// [`ObjectStore::remove_strays`].
    pub strays: Vec<PathBuf>,
}

impl FsckReport {
    /// Nothing damaged and nothing left over.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.damaged.is_empty() && self.strays.is_empty()
    }
}

impl ObjectStore {
    /// Checks every object. Never stops at the first damage and never changes anything.
    pub fn fsck(&self, progress: &mut dyn FnMut(Progress)) -> FsckReport {
        let mut report = FsckReport::default();
        for entry in sorted(self.root(), &mut report.damaged) {
            let name = entry.file_name();
            let shard = name.to_str().filter(|name| is_shard(name));
            match shard {
                Some(shard) if is_folder(&entry) => {
                    self.check_shard(shard, &mut report);
                    let folders = u32::from(u8::from_str_radix(shard, 16).unwrap_or(255)) + 1;
                    progress(Progress { checked: report.checked, bytes: report.bytes, folders });
                }
                _ if name == SCRATCH_FOLDER && is_folder(&entry) => {
                    let left = sorted(&entry.path(), &mut report.damaged);
                    report.strays.extend(left.iter().map(DirEntry::path));
                }
                _ => report.strays.push(entry.path()),
            }
        }
        report
    }

    /// Removes leftovers of interrupted work from the scratch folder, and says which. What another
    /// process is writing at this moment is locked and stays. Files that lie elsewhere stay too:
    /// nobody knows what they are.
    ///
    /// # Errors
    /// The first leftover that could not be removed.
    pub fn remove_strays(&self) -> Result<Vec<PathBuf>, ObjectError> {
        let mut removed = Vec::new();
        let mut unread = Vec::new();
        for entry in sorted(&self.root().join(SCRATCH_FOLDER), &mut unread) {
            let path = entry.path();
            if remove_unless_locked(&path)
                .map_err(|source| ObjectError::Io { path: path.clone(), source })?
            {
                removed.push(path);
            }
        }
        Ok(removed)
    }

    fn check_shard(&self, shard: &str, report: &mut FsckReport) {
        for entry in sorted(&self.root().join(shard), &mut report.damaged) {
            let path = entry.path();
            let name = entry.file_name().to_str().map(|rest| format!("{shard}{rest}"));
            let Some(object) = name.and_then(|name| strict(&name)) else {
                report.strays.push(path);
                continue;
            };
            report.checked += 1;
            match self.check_object(&object) {
                Ok(bytes) => report.bytes += bytes,
                Err(why) => report.damaged.push(Damage { path, why }),
            }
        }
    }

    /// The size of a sound object, or what is wrong with it.
    fn check_object(&self, object: &Sha256) -> Result<u64, String> {
        let words = |error: io::Error| error.to_string();
        let mut file = open_read_only(&self.path(object)).map_err(words)?;
        if !file.metadata().map_err(words)?.is_file() {
            return Err("not a file".to_owned());
        }
        let (found, bytes) = sha256_of(&mut file).map_err(words)?;
        if found != *object {
            return Err(format!("its {bytes} bytes hash to {found}"));
        }
        Ok(bytes)
    }
}

fn sha256_of(file: &mut File) -> io::Result<(Sha256, u64)> {
    let mut hasher = sha2::Sha256::new();
    let mut buffer = vec![0; 256 << 10];
    let mut bytes = 0u64;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((Sha256(hasher.finalize().into()), bytes));
        }
        hasher.update(buffer.get(..read).unwrap_or_default());
        bytes += read as u64;
    }
}

/// False when somebody holds the file.
fn remove_unless_locked(path: &Path) -> io::Result<bool> {
    let file = open_read_only(path)?;
    match file.try_lock() {
        Err(std::fs::TryLockError::WouldBlock) => Ok(false),
        Err(std::fs::TryLockError::Error(error)) => Err(error),
        Ok(()) => std::fs::remove_file(path).map(|()| true),
    }
}

/// The entries of a folder by name; what cannot be read is damage.
fn sorted(folder: &Path, damaged: &mut Vec<Damage>) -> Vec<DirEntry> {
    let mut entries = Vec::new();
    let mut failed = |error: io::Error| {
        damaged.push(Damage { path: folder.to_owned(), why: error.to_string() });
    };
    match std::fs::read_dir(folder) {
        Err(error) => failed(error),
        Ok(listing) => {
            for entry in listing {
                match entry {
                    Ok(entry) => entries.push(entry),
                    Err(error) => failed(error),
                }
            }
        }
    }
    entries.sort_by_key(DirEntry::file_name);
    entries
}

fn is_folder(entry: &DirEntry) -> bool {
    entry.file_type().is_ok_and(|kind| kind.is_dir())
}

fn is_shard(name: &str) -> bool {
    name.len() == 2 && name.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// Only the spelling that this crate writes; parsing alone would accept capitals and blanks.
fn strict(name: &str) -> Option<Sha256> {
    name.parse::<Sha256>().ok().filter(|object| object.to_string() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strays_are_listed_and_only_scratch_is_removed_and_only_when_asked() {
        let root = tempfile::tempdir().unwrap();
        let store = ObjectStore::open(root.path()).unwrap();
        store.publish(b"an object").unwrap();
        let put = |path: &str| std::fs::write(root.path().join(path), b"left over").unwrap();
        put("scratch/.scratch-1-1");
        put("ab/README");
        put("notes.txt");
        let report = store.fsck(&mut |_| {});
        assert_eq!((report.checked, report.strays.len(), report.damaged.len()), (1, 3, 0));
        assert_eq!(store.remove_strays().unwrap().len(), 1);
        assert_eq!(store.fsck(&mut |_| {}).strays.len(), 2);
    }

    #[test]
    fn what_is_being_written_is_not_a_stray_to_remove() {
        let root = tempfile::tempdir().unwrap();
        let store = ObjectStore::open(root.path()).unwrap();
        let folder = root.path().join("scratch");
        let faults = crate::fault::NoFaults;
        let live = crate::publish::Scratch::write(&folder, 0o444, b"half", &faults).unwrap();
        assert_eq!(store.remove_strays().unwrap(), Vec::<PathBuf>::new());
        drop(live);
        assert!(store.fsck(&mut |_| {}).is_clean());
    }

    #[test]
    fn every_flipped_bit_is_found() {
        let root = tempfile::tempdir().unwrap();
        let store = ObjectStore::open(root.path()).unwrap();
        let bytes: Vec<u8> = (0..64).collect();
        let path = store.path(&store.publish(&bytes).unwrap());
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            if let Some(byte) = flipped.get_mut(bit / 8) {
                *byte ^= 1 << (bit % 8);
            }
            std::fs::remove_file(&path).unwrap();
            std::fs::write(&path, &flipped).unwrap();
            assert_eq!(store.fsck(&mut |_| {}).damaged.len(), 1, "bit {bit}");
        }
    }

    #[test]
    fn progress_ends_at_the_last_folder() {
        let root = tempfile::tempdir().unwrap();
        let store = ObjectStore::open(root.path()).unwrap();
        store.publish_many(&[b"one", b"two", b"three"]).unwrap();
        let mut last = Progress::default();
        store.fsck(&mut |progress| last = progress);
        assert_eq!(last, Progress { checked: 3, bytes: 11, folders: 256 });
    }
}
