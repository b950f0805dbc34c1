//! Index files on the disk: found, checked, built where missing or damaged, old ones removed.
//!
//! A file is named by what it was built from, so a change of any list makes other names and an
//! index can never be asked about lists it does not know. It is built under a scratch name and
//! renamed when it is whole and on the disk; one process builds at a time, the others wait.
#![expect(clippy::disallowed_methods, reason = "indexes are derived data, made and removed here")]

use crate::exact::{self, ExactIndex};
use crate::list_file::ListError;
use crate::lists::Lists;
use crate::mapped::{self, Bytes};
use crate::near::{self, NearIndex};
use crate::seal::{Damage, Kind, SEAL_BYTES, seal_of};
use amparo_evidence::fault::NoFaults;
use amparo_evidence::publish::{create_folder, sync_folder};
use amparo_model::{HashAlgorithm, HashSetHeader, HashSetId};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Changes with every change of a format, so that no index of another version is ever opened.
const FORMAT: &str = "amparo index 1";
const SUFFIX: &str = ".index";
const SCRATCH: &str = ".building";
const LOCK: &str = "build.lock";

/// Why the lists cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// A compiled list cannot be used. Compile it again from what was imported.
    #[error("hash set {id}: {error}")]
    List {
        /// Which list.
        id: HashSetId,
        /// What is wrong.
        error: ListError,
    },
    /// The lists together are larger than an index can number. Remove a list.
    #[error("the hash sets have more rows than an index can number")]
    TooManyRows,
    /// The folder of the index files does not work: its path, and what the system said.
    #[error("{}: {error}", path.display())]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A mistake in this program, or a list that changes while it is read.
    #[error("index: {0}")]
    Inconsistent(&'static str),
}

impl IndexError {
    pub(crate) fn list(header: &HashSetHeader, error: ListError) -> Self {
        Self::List { id: header.id.clone(), error }
    }

    fn disk(path: &Path, error: io::Error) -> Self {
        Self::Disk { path: path.to_owned(), error }
    }
}

/// What opening the index did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opened {
    /// Index files that had to be built, each with the reason; empty when all were found whole.
    pub built: Vec<(HashAlgorithm, BuiltBecause)>,
    /// Index files of other lists or versions that were removed.
    pub removed: usize,
}

/// Why an index file was built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuiltBecause {
    /// There was none for these lists.
    Missing,
    /// There was one, and it was not whole.
    Damaged(Damage),
}

/// The four indexes over all lists.
pub(crate) struct Tables {
    pub(crate) md5: ExactIndex,
    pub(crate) sha1: ExactIndex,
    pub(crate) sha256: ExactIndex,
    pub(crate) near: NearIndex,
}

impl Tables {
    /// Opens or builds the index files of these lists.
    pub(crate) fn open(folder: &Path, lists: &Lists) -> Result<(Self, Opened), IndexError> {
        create_folder(folder, &NoFaults).map_err(|error| IndexError::disk(folder, error))?;
        let text = format!("{FORMAT}\n{}", lists.content());
        let name = format!("{:032x}", twox_hash::XxHash3_128::oneshot(text.as_bytes()));
        let mut shelf = Shelf { folder, name, lists, lock: None, opened: Opened::default() };
        let tables = Self {
            md5: shelf.table(HashAlgorithm::Md5, ExactIndex::new)?,
            sha1: shelf.table(HashAlgorithm::Sha1, ExactIndex::new)?,
            sha256: shelf.table(HashAlgorithm::Sha256, ExactIndex::new)?,
            near: shelf.table(HashAlgorithm::Pdq, NearIndex::new)?,
        };
        if shelf.lock.is_some() {
            shelf.remove_others();
        }
        Ok((tables, shelf.opened))
    }

    /// The same in memory.
    pub(crate) fn in_memory(lists: &Lists) -> Result<Self, IndexError> {
        lists.check_rows()?;
        let bytes = |algorithm| in_memory(lists, algorithm);
        let own =
            |_: Damage| IndexError::Inconsistent("an index is damaged as soon as it is built");
        Ok(Self {
            md5: ExactIndex::new(bytes(HashAlgorithm::Md5)?).map_err(own)?,
            sha1: ExactIndex::new(bytes(HashAlgorithm::Sha1)?).map_err(own)?,
            sha256: ExactIndex::new(bytes(HashAlgorithm::Sha256)?).map_err(own)?,
            near: NearIndex::new(bytes(HashAlgorithm::Pdq)?).map_err(own)?,
        })
    }
}

/// The folder, seen for one set of lists.
struct Shelf<'a> {
    folder: &'a Path,
    name: String,
    lists: &'a Lists,
    /// Held from the first build to the end.
    lock: Option<File>,
    opened: Opened,
}

impl Shelf<'_> {
    fn table<T>(
        &mut self,
        algorithm: HashAlgorithm,
        read: fn(Bytes) -> Result<T, Damage>,
    ) -> Result<T, IndexError> {
        let path = self.path(algorithm);
        if let Ok(table) = load(&path, read)? {
            return Ok(table);
        }
        self.lock()?;
        // Another process may have built it while this one waited for the lock.
        let because = match load(&path, read)? {
            Ok(table) => return Ok(table),
            Err(because) => because,
        };
        self.build(algorithm, &path)?;
        self.opened.built.push((algorithm, because));
        let built = load(&path, read)?;
        built.map_err(|_| IndexError::Inconsistent("an index is damaged as soon as it is built"))
    }

    fn path(&self, algorithm: HashAlgorithm) -> PathBuf {
        let table = match algorithm {
            HashAlgorithm::Md5 => "md5",
            HashAlgorithm::Sha1 => "sha1",
            HashAlgorithm::Sha256 => "sha256",
            HashAlgorithm::Pdq => "pdq",
        };
        self.folder.join(format!("{}.{table}{SUFFIX}", self.name))
    }

    /// Waits until nobody else builds; reads every row of the lists once.
    fn lock(&mut self) -> Result<(), IndexError> {
        if self.lock.is_some() {
            return Ok(());
        }
        let path = self.folder.join(LOCK);
        let open = || {
            let mut options = OpenOptions::new();
            let file = options.write(true).create(true).truncate(false).mode(0o600).open(&path)?;
            file.lock()?;
            Ok(file)
        };
        self.lock = Some(open().map_err(|error| IndexError::disk(&path, error))?);
        self.lists.check_rows()
    }

    fn build(&self, algorithm: HashAlgorithm, path: &Path) -> Result<(), IndexError> {
        let scratch = path.with_extension(SCRATCH.trim_start_matches('.'));
        let disk = |error| IndexError::disk(&scratch, error);
        let (length, fill, kind) = plan(self.lists, algorithm)?;
        let file = reserve(&scratch, length + SEAL_BYTES).map_err(disk)?;
        let mut map = mapped::map_for_building(&file).map_err(disk)?;
        let (body, seal) = map.split_at_mut_checked(length).ok_or(SHORT)?;
        fill(body)?;
        seal.copy_from_slice(&seal_of(body, kind));
        map.flush().map_err(disk)?;
        drop(map);
        file.sync_all().map_err(disk)?;
        std::fs::rename(&scratch, path).map_err(|error| IndexError::disk(path, error))?;
        sync_folder(self.folder, &NoFaults).map_err(|error| IndexError::disk(self.folder, error))
    }

    /// Removes indexes of other lists and what a crash left. Only under the lock, so nobody is
    /// building; a process that has one mapped keeps its pages. What cannot be removed may stay.
    fn remove_others(&mut self) {
        let Ok(entries) = std::fs::read_dir(self.folder) else { return };
        for entry in entries.filter_map(Result::ok) {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let old = name.ends_with(SUFFIX) && !name.starts_with(&self.name);
            if (old || name.ends_with(SCRATCH)) && std::fs::remove_file(entry.path()).is_ok() {
                self.opened.removed += 1;
            }
        }
    }
}

type Fill<'l> = Box<dyn Fn(&mut [u8]) -> Result<(), IndexError> + 'l>;

/// Length of the body, how to fill it, and its kind.
fn plan(lists: &Lists, algorithm: HashAlgorithm) -> Result<(usize, Fill<'_>, Kind), IndexError> {
    if algorithm == HashAlgorithm::Pdq {
        let plan = near::Plan::new(lists)?;
        return Ok((plan.bytes(), Box::new(move |body| plan.fill(body)), near::KIND));
    }
    let plan = exact::Plan::new(lists, algorithm)?;
    let length = plan.bytes().ok_or(IndexError::TooManyRows)?;
    Ok((length, Box::new(move |body| plan.fill(body)), exact::KIND))
}

fn in_memory(lists: &Lists, algorithm: HashAlgorithm) -> Result<Bytes, IndexError> {
    let (length, fill, kind) = plan(lists, algorithm)?;
    let mut bytes = vec![0; length];
    fill(&mut bytes)?;
    let seal = seal_of(&bytes, kind);
    bytes.extend_from_slice(&seal);
    Ok(Bytes::Owned(bytes))
}

/// A whole table, or why there is none.
fn load<T>(
    path: &Path,
    read: fn(Bytes) -> Result<T, Damage>,
) -> Result<Result<T, BuiltBecause>, IndexError> {
    let bytes = match OpenOptions::new().read(true).open(path).and_then(|file| mapped::map(&file)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(Err(BuiltBecause::Missing));
        }
        Err(error) => return Err(IndexError::disk(path, error)),
    };
    Ok(read(bytes).map_err(BuiltBecause::Damaged))
}

/// A file of zeros, really written, so that a full disk shows here.
fn reserve(path: &Path, length: usize) -> io::Result<File> {
    let mut options = OpenOptions::new();
    let mut file =
        options.read(true).write(true).create(true).truncate(true).mode(0o600).open(path)?;
    let zeros = vec![0; 4 << 20];
    let mut left = length;
    while left > 0 {
        let now = zeros.get(..left.min(zeros.len())).unwrap_or_default();
        file.write_all(now)?;
        left -= now.len();
    }
    Ok(file)
}

const SHORT: IndexError = IndexError::Inconsistent("the index does not fit its plan");
