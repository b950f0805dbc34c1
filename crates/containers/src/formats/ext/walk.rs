//! The listing: folder by folder, the nearest to the root first.

use super::folder::{Name, Names, cost};
use super::inode::Inode;
use super::{DELETED, EMPTY, ROOT, Volume};
use crate::fault::Fault;
use crate::found::{Found, Go, Kind, Report};
use crate::limits::Limits;
use crate::paths::below;
use amparo_model::UtcMillis;
use std::collections::{HashSet, VecDeque};

/// A folder on the way.
struct Waiting {
    inode: u32,
    path: Vec<u8>,
    depth: u32,
    deleted: bool,
}

/// What a name leads to.
struct Target {
    kind: Kind,
    size: u64,
    address: u64,
    modified_at: Option<UtcMillis>,
}

/// One listing.
pub struct Walk<'w, 'r> {
    volume: &'w Volume,
    limits: Limits,
    report: &'w mut Report<'r>,
    waiting: VecDeque<Waiting>,
    entered: HashSet<u32>,
    /// Every block belongs to one folder, so all folders together are no larger than the volume.
    left: u64,
}

impl<'w, 'r> Walk<'w, 'r> {
    /// A listing that has not begun.
    pub fn new(volume: &'w Volume, limits: Limits, report: &'w mut Report<'r>) -> Self {
        let root = Waiting { inode: ROOT, path: Vec::new(), depth: 0, deleted: false };
        Self {
            volume,
            limits,
            report,
            waiting: VecDeque::from([root]),
            entered: HashSet::from([ROOT]),
            left: volume.bytes.len(),
        }
    }

    /// Lists all.
    pub fn run(mut self) {
        while let Some(folder) = self.waiting.pop_front() {
            if self.folder(&folder) == Go::Stop {
                return;
            }
        }
    }

    fn problem(&mut self, path: &[u8], fault: &Fault) -> Go {
        (self.report)(Err(fault.problem(&String::from_utf8_lossy(path))))
    }

    fn folder(&mut self, folder: &Waiting) -> Go {
        let inode = match self.volume.inode(folder.inode) {
            Ok(inode) if inode.kind() == Kind::Folder => inode,
            Ok(inode) => {
                return self.problem(&folder.path, &Fault::damaged(inode.at, "no folder is here"));
            }
            Err(fault) => return self.problem(&folder.path, &fault),
        };
        if cost(&inode) > self.left {
            let what = "this folder makes all folders larger than the volume".to_owned();
            return self.problem(&folder.path, &Fault::Limit { what });
        }
        self.left -= cost(&inode);
        let names = self.volume.names(&inode);
        for fault in &names.faults {
            // What is left of a deleted folder is never complete.
            if !folder.deleted && self.problem(&folder.path, fault) == Go::Stop {
                return Go::Stop;
            }
        }
        self.entries(folder, &names)
    }

    fn entries(&mut self, folder: &Waiting, names: &Names) -> Go {
        for name in &names.live {
            let listed = if folder.deleted {
                self.deleted(folder, names, name)
            } else {
                self.live(folder, names, name)
            };
            if listed == Go::Stop || self.noted() == Go::Stop {
                return Go::Stop;
            }
        }
        for name in &names.deleted {
            if self.deleted(folder, names, name) == Go::Stop {
                return Go::Stop;
            }
        }
        Go::On
    }

    /// Problems of groups, which are met while inodes are read.
    fn noted(&mut self) -> Go {
        match self.volume.noted.take() {
            notes if notes.is_empty() => Go::On,
            notes => {
                let mut told = notes.iter().map(|note| self.problem(&[], note));
                if told.any(|go| go == Go::Stop) { Go::Stop } else { Go::On }
            }
        }
    }

    fn live(&mut self, folder: &Waiting, names: &Names, name: &Name) -> Go {
        let path = below(&folder.path, names.bytes(name));
        let (target, fault) = match self.volume.inode(name.inode) {
            Ok(inode) if inode.is_blank() => {
                let why = format!("inode {} is named and not in use", name.inode);
                (nothing(name, name.inode.into()), Some(Fault::damaged(inode.at, why)))
            }
            Ok(inode) => (target(&inode, 0), wrong_with(&inode)),
            Err(fault) => (nothing(name, name.inode.into()), Some(fault)),
        };
        if let Some(fault) = fault
            && self.problem(&path, &fault) == Go::Stop
        {
            return Go::Stop;
        }
        self.tell(folder, name, path, &target, false)
    }

    /// A deleted name shows what its inode still maps. An inode that is in use again, or that is of
    /// another kind by now, is no longer what this name meant.
    fn deleted(&mut self, folder: &Waiting, names: &Names, name: &Name) -> Go {
        let path = below(&folder.path, names.bytes(name));
        let inode = self.volume.inode(name.inode).ok();
        let same =
            |inode: &Inode| inode.deleted() && (name.kind == 0 || inode.kind() == kind(name));
        let target = match inode.filter(same) {
            Some(inode) => target(&inode, DELETED),
            None => nothing(name, DELETED | EMPTY | u64::from(name.inode)),
        };
        self.tell(folder, name, path, &target, true)
    }

    fn tell(
        &mut self,
        folder: &Waiting,
        name: &Name,
        path: Vec<u8>,
        target: &Target,
        deleted: bool,
    ) -> Go {
        let Target { kind, size, address, modified_at } = *target;
        let enters = kind == Kind::Folder && address & EMPTY == 0;
        let next = enters.then(|| path.clone());
        let found = Found { path, kind, size, address, deleted, modified_at };
        if (self.report)(Ok(found)) == Go::Stop {
            return Go::Stop;
        }
        next.map_or(Go::On, |path| self.enter(folder, name.inode, path, deleted))
    }

    fn enter(&mut self, folder: &Waiting, inode: u32, path: Vec<u8>, deleted: bool) -> Go {
        let depth = folder.depth + 1;
        let fault = if depth > self.limits.folders_deep {
            Fault::Limit {
                what: format!("folders nested deeper than {}", self.limits.folders_deep),
            }
        } else if path.len() > self.limits.path_bytes {
            Fault::Limit { what: format!("a path of {} bytes", path.len()) }
        } else if self.entered.insert(inode) {
            self.waiting.push_back(Waiting { inode, path, depth, deleted });
            return Go::On;
        } else {
            let why = "this folder is listed at another path, or contains itself";
            Fault::damaged(0, why)
        };
        if deleted { Go::On } else { self.problem(&path, &fault) }
    }
}

/// What is wrong with an inode that a folder names.
fn wrong_with(inode: &Inode) -> Option<Fault> {
    let number = inode.number;
    let why = match (inode.sound, inode.deleted()) {
        (false, _) => format!("the checksum of inode {number} does not match"),
        (true, true) => format!("inode {number} is named and marked as deleted"),
        (true, false) => return None,
    };
    Some(Fault::damaged(inode.at, why))
}

fn target(inode: &Inode, mark: u64) -> Target {
    Target {
        kind: inode.kind(),
        size: if inode.has_content() { inode.size } else { 0 },
        address: mark | u64::from(inode.number),
        modified_at: inode.modified_at,
    }
}

/// A name that leads to no bytes.
fn nothing(name: &Name, address: u64) -> Target {
    Target { kind: kind(name), size: 0, address, modified_at: None }
}

/// What the folder says that the name is.
fn kind(name: &Name) -> Kind {
    match name.kind {
        0 | 1 => Kind::File,
        2 => Kind::Folder,
        _ => Kind::Other,
    }
}
