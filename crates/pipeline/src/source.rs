//! What an exhibit is read from: a folder, or one file, with all containers that lie in it.
//!
//! Files of the folder are read here; what lies in containers comes through confined workers. Both
//! are opened for reading only, and nothing is written beside them.

mod list;

pub use list::{Listed, Scout};

use amparo_evidence::{FolderSource, ObjectStore, SourceError};
use amparo_model::{Container, Entry, EvidenceItem, Problem, ProblemKind};
use amparo_sandbox::{EntryPart, TreePool, TreeRoot, WorkerCommand, WorkerError};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError};

/// Between the path of a container and what lies in it; a name never holds it.
const INSIDE: &str = "//";
/// Entries asked of a worker at once.
const AT_ONCE: usize = 64;

/// Bytes of an entry, and what was wrong with them.
pub type Bytes = Result<(Vec<u8>, Vec<Problem>), SourceError>;

/// An exhibit opened for reading.
pub struct Source {
    folder: Arc<FolderSource>,
    /// The one file that is the exhibit; its neighbours are only read where it needs them.
    only: Option<String>,
    secrets: Vec<String>,
    parallel: usize,
    /// Files beside the one file that were opened with it: segments of an image, data of a backup.
    beside: Arc<Mutex<BTreeSet<String>>>,
    workers: TreePool,
    roots: Mutex<BTreeMap<String, Arc<TreeRoot>>>,
}

impl Source {
    /// Opens the exhibit. `secrets` are passwords for what is encrypted in it; so many containers
    /// as `parallel` says are listed at the same time.
    ///
    /// # Errors
    /// [`SourceError::Unreadable`] when it is not there or may not be read.
    pub fn open(
        item: &EvidenceItem,
        command: WorkerCommand,
        secrets: Vec<String>,
        parallel: usize,
    ) -> Result<Self, SourceError> {
        let (folder, only) = crate::source_folder(item);
        let folder = Arc::new(FolderSource::open(&folder)?);
        if let Some(only) = &only {
            folder.entry(only)?;
        }
        let workers = TreePool::new(command);
        let parallel = parallel.max(1);
        let (beside, roots) = (Arc::default(), Mutex::default());
        Ok(Self { folder, only, secrets, parallel, beside, workers, roots })
    }

    /// The names of the files of one folder of the exhibit, not of a container; empty when it
    /// cannot be listed.
    #[must_use]
    pub fn files_of(&self, folder: &str) -> Vec<String> {
        if self.only.is_some() { Vec::new() } else { self.folder.files_of(folder) }
    }

    /// The bytes of an entry, if there are at most `limit` of them.
    ///
    /// # Errors
    /// [`SourceError`].
    pub fn read(&self, entry: &Entry, limit: u64) -> Bytes {
        self.read_many(&[entry], limit).pop().unwrap_or_else(|| Err(lost(&entry.path)))
    }

    /// The same for many entries, in their order.
    #[must_use]
    pub fn read_many(&self, entries: &[&Entry], limit: u64) -> Vec<Bytes> {
        let mut read: Vec<Option<Bytes>> = entries.iter().map(|_| None).collect();
        let mut outside: Vec<usize> = Vec::new();
        let mut inside: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, (entry, slot)) in entries.iter().zip(&mut read).enumerate() {
            match root_of(entry) {
                Some((root, _)) if entry.size <= limit => inside.entry(root).or_default().push(at),
                Some(_) => {
                    let (path, size) = (entry.path.clone(), entry.size);
                    *slot = Some(Err(SourceError::TooLarge { path, size, limit }));
                }
                None => outside.push(at),
            }
        }
        let mut paths = outside.iter().filter_map(|at| Some(entries.get(*at)?.path.as_str()));
        for (at, bytes) in outside.iter().zip(self.folder.read_many(&mut paths, limit)) {
            if let Some(slot) = read.get_mut(*at) {
                *slot = Some(bytes.map(|bytes| (bytes, Vec::new())));
            }
        }
        for (root, places) in inside {
            for some in places.chunks(AT_ONCE) {
                let asked: Vec<&Entry> =
                    some.iter().filter_map(|at| entries.get(*at).copied()).collect();
                let bytes = self.read_inside(root, &asked, limit);
                for (at, bytes) in some.iter().zip(bytes) {
                    if let Some(slot) = read.get_mut(*at) {
                        *slot = Some(bytes);
                    }
                }
            }
        }
        let paths = entries.iter().map(|entry| &entry.path);
        read.into_iter()
            .zip(paths)
            .map(|(one, path)| one.unwrap_or_else(|| Err(lost(path))))
            .collect()
    }

    /// The first bytes of an entry, at most `limit`.
    ///
    /// # Errors
    /// [`SourceError`], never [`SourceError::TooLarge`].
    pub fn head(&self, entry: &Entry, limit: u64) -> Result<Vec<u8>, SourceError> {
        let Some((root, _)) = root_of(entry) else { return self.folder.head(&entry.path, limit) };
        let mut head = Vec::new();
        self.stream(root, &entry.path, part(entry, limit), &mut |bytes| head.extend(bytes))?;
        Ok(head)
    }

    /// All bytes of an entry of any size, piece by piece; what was wrong with them comes back.
    ///
    /// # Errors
    /// [`SourceError`], never [`SourceError::TooLarge`].
    pub fn pieces(
        &self,
        entry: &Entry,
        each: &mut dyn FnMut(Vec<u8>),
    ) -> Result<Vec<Problem>, SourceError> {
        let Some((root, _)) = root_of(entry) else { return Err(lost(&entry.path)) };
        self.stream(root, &entry.path, part(entry, u64::MAX), each)
    }

    /// All bytes of the medium inside an image file, as [`Source::pieces`].
    ///
    /// # Errors
    /// [`SourceError`].
    pub fn medium(
        &self,
        container: &Container,
        each: &mut dyn FnMut(Vec<u8>),
    ) -> Result<Vec<Problem>, SourceError> {
        let (root, inside) = container.path.split_once(INSIDE).unwrap_or((&container.path, ""));
        let place = [container.place.as_slice(), &[amparo_sandbox::MEDIUM_ADDRESS]].concat();
        let part = EntryPart { path: inside.to_owned(), place, at: 0, length: u64::MAX };
        self.stream(root, &container.path, part, each)
    }

    /// The folder, for what lies in it and in no container.
    #[must_use]
    pub fn folder(&self) -> &FolderSource {
        &self.folder
    }

    /// The entry as a file opened for reading only: itself, or a private copy of what lies in a
    /// container, which vanishes when it is closed.
    ///
    /// # Errors
    /// [`SourceError`].
    pub fn file(&self, entry: &Entry, objects: &ObjectStore) -> Result<File, SourceError> {
        if root_of(entry).is_none() {
            return self.folder.file(&entry.path);
        }
        let refused = |why: String| SourceError::Unreadable { path: entry.path.clone(), why };
        let mut copy = objects.draft().map_err(|error| refused(error.to_string()))?;
        let mut failed = None;
        self.pieces(entry, &mut |bytes| {
            if failed.is_none() {
                failed = std::io::Write::write_all(&mut copy, &bytes).err();
            }
        })?;
        match failed {
            Some(error) => Err(refused(error.to_string())),
            None => copy.open().map_err(|error| refused(error.to_string())),
        }
    }

    fn read_inside(&self, root: &str, entries: &[&Entry], limit: u64) -> Vec<Bytes> {
        let mut read: Vec<Bytes> = Vec::with_capacity(entries.len());
        let tree = match self.root(root) {
            Ok(tree) => tree,
            Err(error) => return entries.iter().map(|_| Err(error.clone())).collect(),
        };
        let mut held = Vec::new();
        // A worker that dies costs the entry it worked on; the next one goes on behind it.
        while let Some(left) = entries.get(read.len()..).filter(|left| !left.is_empty()) {
            let parts: Vec<EntryPart> =
                left.iter().map(|entry| part(entry, limit.saturating_add(1))).collect();
            held.clear();
            let cell = std::cell::RefCell::new((&mut held, &mut read));
            let outcome = self.workers.read(
                &tree,
                &parts,
                &mut |_, bytes| join(cell.borrow_mut().0, bytes),
                &mut |_, problems, failed| {
                    let (held, read) = &mut *cell.borrow_mut();
                    let bytes = std::mem::take(*held);
                    let path = entries.get(read.len()).map_or("", |entry| entry.path.as_str());
                    read.push(settle(path, bytes, problems, failed, limit));
                },
            );
            if let Err((_, error)) = outcome {
                let path = entries.get(read.len()).map_or("", |entry| entry.path.as_str());
                read.push(Err(broken(path, &error)));
            }
        }
        read
    }

    fn stream(
        &self,
        root: &str,
        path: &str,
        part: EntryPart,
        each: &mut dyn FnMut(Vec<u8>),
    ) -> Result<Vec<Problem>, SourceError> {
        let mut outcome = Err(lost(path));
        let read = self.workers.read(
            &self.root(root)?,
            &[part],
            &mut |_, bytes| each(bytes),
            &mut |_, problems, failed| {
                outcome = match failed {
                    Some(problem) => Err(contained(path, problem)),
                    None => Ok(problems),
                };
            },
        );
        read.map_err(|(_, error)| broken(path, &error))?;
        outcome
    }

    fn root(&self, path: &str) -> Result<Arc<TreeRoot>, SourceError> {
        let mut roots = self.roots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(root) = roots.get(path) {
            return Ok(Arc::clone(root));
        }
        let (above, name) = path.rsplit_once('/').map_or(("", path), |(above, name)| (above, name));
        let (folder, above) = (Arc::clone(&self.folder), above.to_owned());
        let opened = self.only.is_some().then(|| Arc::clone(&self.beside));
        let beside = move |path: &str| {
            let path = if above.is_empty() { path.to_owned() } else { format!("{above}/{path}") };
            let file = folder.file(&path).ok()?;
            if let Some(opened) = &opened {
                opened.lock().unwrap_or_else(PoisonError::into_inner).insert(path);
            }
            Some(file)
        };
        let root = Arc::new(TreeRoot {
            name: name.to_owned(),
            file: self.folder.file(path)?,
            beside: Box::new(beside),
            secrets: self.secrets.clone(),
        });
        // A folder of thousands of archives keeps few of them open.
        if roots.len() >= 4 {
            roots.pop_first();
        }
        roots.insert(path.to_owned(), Arc::clone(&root));
        Ok(root)
    }
}

/// The file of the folder in which an entry lies, and its path from there on.
fn root_of(entry: &Entry) -> Option<(&str, &str)> {
    if entry.place.is_empty() { None } else { entry.path.split_once(INSIDE) }
}

fn part(entry: &Entry, length: u64) -> EntryPart {
    let path = root_of(entry).map_or("", |(_, inside)| inside).to_owned();
    EntryPart { path, place: entry.place.clone(), at: 0, length }
}

/// Most entries come in one piece, which needs no copy.
fn join(held: &mut Vec<u8>, bytes: Vec<u8>) {
    if held.is_empty() {
        *held = bytes;
    } else {
        held.extend(bytes);
    }
}

fn settle(
    path: &str,
    bytes: Vec<u8>,
    problems: Vec<Problem>,
    failed: Option<Problem>,
    limit: u64,
) -> Bytes {
    let size = bytes.len() as u64;
    match failed {
        Some(problem) => Err(contained(path, problem)),
        None if size > limit => Err(SourceError::TooLarge { path: path.to_owned(), size, limit }),
        None => Ok((bytes, problems)),
    }
}

fn contained(path: &str, problem: Problem) -> SourceError {
    SourceError::Contained { path: path.to_owned(), kind: problem.kind, why: problem.detail }
}

fn broken(path: &str, error: &WorkerError) -> SourceError {
    SourceError::Contained { path: path.to_owned(), kind: error.kind(), why: error.to_string() }
}

fn lost(path: &str) -> SourceError {
    let (kind, why) = (ProblemKind::Unreadable, "the worker gave no answer".to_owned());
    SourceError::Contained { path: path.to_owned(), kind, why }
}
