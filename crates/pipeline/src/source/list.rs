//! What an exhibit holds: the folder's own files, then what lies in containers, of which several
//! are looked into side by side.

use super::{INSIDE, Source};
use amparo_model::{Container, Entry, Problem};
use amparo_sandbox::{Found, SandboxError, TreeEntry, TreeRoot, WorkerError};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

/// Containers of which the disk fetches, before their turn, what tells their format.
const LOOKS_AHEAD: usize = 32;
/// That lies at both ends of a file, within so many bytes.
const LOOK_BYTES: u64 = 128 << 10;

/// Smaller containers are listed at once and not looked through before, unless they are the
/// exhibit itself.
const SCOUTED_BYTES_MIN: u64 = 16 << 20;
/// Entries that a scout may want of one container; they are held in memory.
const SOUGHT_MAX: usize = 10_000;

/// Listed things that wait for the caller.
const LISTED_WAITING: usize = 1_024;

/// What a listing gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    /// A file.
    Entry(Entry),
    /// A container whose entries follow.
    Container(Container),
    /// All that a scout wants of a container whose entries are yet to follow.
    Sought(Vec<Entry>),
    /// What could not be read.
    Problem(Problem),
}

/// Looks through large containers before they are listed.
pub struct Scout {
    /// Which entries it wants.
    pub wants: fn(&Entry) -> bool,
    /// Whether there is still time.
    pub goes_on: Box<dyn Fn() -> bool + Send + Sync>,
}

impl Source {
    /// Everything, the folder's own files first, then what lies in containers. `first` names
    /// folders, in lower case, that are walked before others; what `scout` wants of a container is
    /// told before its entries are; `each` answers whether to go on.
    ///
    /// # Errors
    /// [`SandboxError`] when this machine cannot confine a worker.
    pub fn list(
        &self,
        first: &dyn Fn(&str) -> bool,
        scout: &Scout,
        each: &mut dyn FnMut(Listed) -> bool,
    ) -> Result<(), SandboxError> {
        let mut containers = Vec::new();
        let mut go = true;
        let mut note = |found: Result<Entry, Problem>| {
            let listed = match found {
                Ok(entry) => {
                    if amparo_sandbox::named_like_container(&entry.path) {
                        containers.push(entry.path.clone());
                    }
                    Listed::Entry(entry)
                }
                Err(problem) => Listed::Problem(problem),
            };
            go = each(listed);
            go
        };
        match &self.only {
            Some(only) => {
                note(self.folder.entry(only).map_err(|error| error.problem()));
                // Whatever its name: the operator says that it is one.
                containers = vec![only.clone()];
            }
            None => self.folder.list_first(first, &mut note),
        }
        if go {
            go = self.list_containers(&containers, scout, each)?;
        }
        if go && self.only.is_some() {
            self.list_beside(each);
        }
        Ok(())
    }

    /// What was opened beside the one file belongs to the exhibit: it is hashed, and part of what
    /// the source hashes to.
    fn list_beside(&self, each: &mut dyn FnMut(Listed) -> bool) {
        let beside = self.beside.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let entries = beside.iter().filter_map(|path| self.folder.entry(path).ok());
        entries.map(Listed::Entry).all(each);
    }

    /// Looks into containers side by side: most are small, or none at all, and then the time goes
    /// by in waiting for the other side of a pipe.
    fn list_containers(
        &self,
        containers: &[String],
        scout: &Scout,
        each: &mut dyn FnMut(Listed) -> bool,
    ) -> Result<bool, SandboxError> {
        if let [only] = containers {
            return self.list_container(only, scout, each);
        }
        let (next, mut go) = (AtomicUsize::new(0), true);
        let failed = Mutex::new(Ok(()));
        let look = |tell: SyncSender<Listed>| {
            // Nobody listens any more when the caller has enough.
            let mut told = |listed| tell.send(listed).is_ok();
            loop {
                let turn = next.fetch_add(1, Ordering::Relaxed);
                if let Some(later) = containers.get(turn.saturating_add(LOOKS_AHEAD)) {
                    self.folder.fetch_ends(later, LOOK_BYTES);
                }
                let Some(container) = containers.get(turn) else { break };
                match self.list_container(container, scout, &mut told) {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(error) => {
                        *failed.lock().unwrap_or_else(PoisonError::into_inner) = Err(error);
                        break;
                    }
                }
            }
        };
        std::thread::scope(|scope| {
            let (tell, told) = sync_channel(LISTED_WAITING);
            for _ in 0..self.parallel.min(containers.len()) {
                let (tell, look) = (tell.clone(), &look);
                scope.spawn(move || look(tell));
            }
            drop(tell);
            // The channel ends with the iterator, and so do the lanes.
            go = told.into_iter().all(&mut *each);
        });
        failed.into_inner().unwrap_or_else(PoisonError::into_inner).map(|()| go)
    }

    fn list_container(
        &self,
        root: &str,
        scout: &Scout,
        each: &mut dyn FnMut(Listed) -> bool,
    ) -> Result<bool, SandboxError> {
        let tree = match self.root(root) {
            Ok(tree) => tree,
            Err(error) => return Ok(each(Listed::Problem(error.problem()))),
        };
        let sought = self.look_through(root, &tree, scout);
        let mut go = sought.is_empty() || each(Listed::Sought(sought));
        if !go {
            return Ok(false);
        }
        let listed = self.workers.list(&tree, &mut |found| {
            let told = inside(root, found);
            go = told.is_none_or(&mut *each);
            go
        });
        match listed {
            Ok(()) => Ok(go),
            Err(WorkerError::Sandbox(error)) => Err(error),
            Err(error) => Ok(each(Listed::Problem(Problem {
                kind: error.kind(),
                at: None,
                subject: root.to_owned(),
                detail: error.to_string(),
            }))),
        }
    }

    /// What the scout wants of a container, if it is large and all of it could be looked through.
    /// What goes wrong is told by the listing, which meets it again.
    fn look_through(&self, root: &str, tree: &Arc<TreeRoot>, scout: &Scout) -> Vec<Entry> {
        let size = tree.file.metadata().map_or(0, |metadata| metadata.len());
        if size < SCOUTED_BYTES_MIN && self.only.is_none() {
            return Vec::new();
        }
        let (mut sought, mut whole) = (Vec::new(), true);
        let looked = self.workers.list(tree, &mut |found| {
            if let Some(Listed::Entry(entry)) = inside(root, found)
                && (scout.wants)(&entry)
            {
                sought.push(entry);
            }
            whole = sought.len() <= SOUGHT_MAX && (scout.goes_on)();
            whole
        });
        if whole && looked.is_ok() { sought } else { Vec::new() }
    }
}

fn inside(root: &str, found: Found) -> Option<Listed> {
    let path = |inside: &str| format!("{root}{INSIDE}{inside}");
    Some(match found {
        Found::Entry(TreeEntry { path: inside, size, place, deleted, modified_at }) => {
            let path = path(&inside);
            Listed::Entry(Entry { path, size, modified_at, hashes: None, place, deleted })
        }
        Found::Container(container) if container.path.is_empty() => {
            Listed::Container(Container { path: root.to_owned(), ..container })
        }
        Found::Container(container) => {
            let path = path(&container.path);
            Listed::Container(Container { path, ..container })
        }
        // A file that only has the name of a container is an ordinary one.
        Found::Problem(problem) if not_a_container(&problem) => return None,
        Found::Problem(problem) if problem.subject.is_empty() => {
            Listed::Problem(Problem { subject: root.to_owned(), ..problem })
        }
        Found::Problem(problem) => {
            let subject = path(&problem.subject);
            Listed::Problem(Problem { subject, ..problem })
        }
    })
}

fn not_a_container(problem: &Problem) -> bool {
    problem.subject.is_empty() && problem.detail == amparo_sandbox::NO_CONTAINER
}
