//! The folders of a volume, as little of them as the paths of files need.

use crate::formats::ntfs::record::Reference;
use crate::limits::Limits;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// The number of the root folder's record.
pub const ROOT: u64 = 5;
/// Where entries are shown whose folder is not known any more.
pub const ORPHAN: &[u8] = b"$Orphan";
/// Bytes of paths kept for the files that follow.
const KEPT_BYTES: usize = 16 << 20;

/// Names and parents of all folders: 24 bytes and the name for each.
#[derive(Default)]
pub struct Folders {
    /// Sorted by record: they come in that order.
    all: Vec<Folder>,
    names: Vec<u8>,
    kept: RefCell<Kept>,
    deep: usize,
    held_bytes: u64,
}

/// NTFS numbers records with 32 bits, though references have room for more.
struct Folder {
    name_at: usize,
    record: u32,
    parent: u32,
    parent_sequence: u16,
    sequence: u16,
    name_bytes: u16,
    in_use: bool,
}

#[derive(Default)]
struct Kept {
    paths: HashMap<Reference, Rc<Path>>,
    bytes: usize,
}

/// Where a folder lies.
#[derive(Debug, PartialEq, Eq)]
pub struct Path {
    /// Its path, empty for the root.
    pub path: Vec<u8>,
    /// What the path does not tell.
    pub known: Known,
}

/// How far a path is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// From the root on.
    Whole,
    /// A folder above is missing, or its record belongs to something else now.
    Orphan,
    /// The folders above lie in each other, or deeper than is allowed.
    Loop,
}

impl Folders {
    /// None yet. Paths end after as many folders as the limits allow.
    pub fn new(limits: &Limits) -> Self {
        let deep = usize::try_from(limits.folders_deep).unwrap_or(usize::MAX);
        Self { deep, held_bytes: limits.held_bytes, ..Self::default() }
    }

    /// Adds one; they come in the order of their records. `false` when it has no place.
    pub fn add(&mut self, itself: Reference, in_use: bool, parent: Reference, name: &[u8]) -> bool {
        let held = self.all.len() * size_of::<Folder>() + self.names.len();
        let (Ok(record), Ok(name_bytes)) = (itself.record.try_into(), name.len().try_into()) else {
            return false;
        };
        if held as u64 >= self.held_bytes {
            return false;
        }
        self.all.push(Folder {
            name_at: self.names.len(),
            record,
            parent: parent.record.try_into().unwrap_or(u32::MAX),
            parent_sequence: parent.sequence,
            sequence: itself.sequence,
            name_bytes,
            in_use,
        });
        self.names.extend_from_slice(name);
        true
    }

    /// Where the folder lies that a name refers to.
    pub fn path(&self, of: Reference) -> Rc<Path> {
        if let Some(path) = self.kept.borrow().paths.get(&of) {
            return Rc::clone(path);
        }
        let path = Rc::new(self.build(of));
        let mut kept = self.kept.borrow_mut();
        if kept.bytes > KEPT_BYTES {
            *kept = Kept::default();
        }
        kept.bytes += path.path.len() + size_of::<Path>();
        kept.paths.insert(of, Rc::clone(&path));
        path
    }

    fn build(&self, of: Reference) -> Path {
        let (mut chain, mut known, mut up) = (Vec::new(), Known::Whole, of);
        while up.record != ROOT {
            let Some(folder) = self.find(up) else {
                known = Known::Orphan;
                break;
            };
            if chain.len() >= self.deep {
                known = Known::Loop;
                // Of a loop, each folder once.
                let mut seen = HashSet::new();
                let once = chain.iter().position(|folder: &&Folder| !seen.insert(folder.record));
                chain.truncate(once.unwrap_or(chain.len()));
                break;
            }
            chain.push(folder);
            up = Reference { record: folder.parent.into(), sequence: folder.parent_sequence };
        }
        let mut path = if known == Known::Whole { Vec::new() } else { ORPHAN.to_vec() };
        for folder in chain.iter().rev() {
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend_from_slice(self.name(folder));
        }
        Path { path, known }
    }

    fn find(&self, of: Reference) -> Option<&Folder> {
        let at = self.all.binary_search_by_key(&of.record, |folder| folder.record.into()).ok()?;
        self.all.get(at).filter(|folder| of.means(folder.sequence, folder.in_use))
    }

    fn name(&self, folder: &Folder) -> &[u8] {
        let end = folder.name_at + usize::from(folder.name_bytes);
        self.names.get(folder.name_at..end).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_end_at_the_root_at_what_is_missing_and_in_loops() {
        let at = |record, sequence| Reference { record, sequence };
        let limits = Limits { folders_deep: 3, held_bytes: 300, ..Limits::default() };
        let mut folders = Folders::new(&limits);
        folders.add(at(30, 1), true, at(ROOT, 5), b"a");
        folders.add(at(31, 4), false, at(30, 1), b"gone");
        folders.add(at(32, 1), true, at(99, 1), b"lost");
        folders.add(at(33, 1), true, at(34, 1), b"x");
        folders.add(at(34, 1), true, at(33, 1), b"y");
        folders.add(at(35, 1), true, at(31, 3), b"deep");
        folders.add(at(36, 1), true, at(35, 1), b"deeper");
        let check = |record, sequence, path: &str, known| {
            let found = folders.path(at(record, sequence));
            assert_eq!((String::from_utf8_lossy(&found.path).as_ref(), found.known), (path, known));
        };
        check(ROOT, 5, "", Known::Whole);
        check(30, 1, "a", Known::Whole);
        // Freed: what names it as it was is in it, and so is what names it as it is.
        check(31, 3, "a/gone", Known::Whole);
        check(31, 2, "$Orphan", Known::Orphan);
        check(30, 2, "$Orphan", Known::Orphan);
        check(32, 1, "$Orphan/lost", Known::Orphan);
        check(33, 1, "$Orphan/y/x", Known::Loop);
        check(35, 1, "a/gone/deep", Known::Whole);
        check(36, 1, "$Orphan/gone/deep/deeper", Known::Loop);
        let many = (40..60).filter(|record| folders.add(at(*record, 1), true, at(ROOT, 5), b"b"));
        assert_eq!(many.count(), 5);
    }
}
