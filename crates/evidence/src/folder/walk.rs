//! The walk over a folder: depth first, sorted, no descriptor held while it descends. Folders that
//! may hold what matters most come before all others.

use super::{FolderSource, words};
use amparo_model::{Entry, Problem, ProblemKind, UtcMillis, escape_path};
use rustix::fs::{AtFlags, Dir, FileType, OFlags, Stat, readlinkat, statat};
use std::ops::Not;
use std::os::fd::OwnedFd;

/// What a folder holds, before it is looked at.
struct Child {
    /// From the root; a folder's ends in `/`, which puts whole paths in the order of their bytes.
    path: Vec<u8>,
    kind: Kind,
}

enum Kind {
    Folder,
    File(Stat),
    Other(String),
    Failed(String),
}

/// Folders that come first wait apart, so that what they hold is known before the rest is read.
pub fn walk(
    source: &FolderSource,
    first: &dyn Fn(&str) -> bool,
    each: &mut dyn FnMut(Result<Entry, Problem>) -> bool,
) {
    // Children wait in reverse order, so that the next one is at the end.
    let mut waiting = vec![Child { path: Vec::new(), kind: Kind::Folder }];
    let mut urgent = Vec::new();
    while let Some(child) = urgent.pop().or_else(|| waiting.pop()) {
        let path = &child.path;
        let go = match child.kind {
            Kind::File(stat) => each(Ok(entry(path, &stat))),
            Kind::Other(what) => each(Err(problem(ProblemKind::Skipped, path, what))),
            Kind::Failed(why) => each(Err(problem(ProblemKind::Unreadable, path, why))),
            Kind::Folder => match children(source, path) {
                Ok(mut children) => {
                    children.sort_by(|a, b| b.path.cmp(&a.path));
                    let comes_first = |child: &Child| {
                        matches!(child.kind, Kind::Folder) && first(&name_of(&child.path))
                    };
                    let is_urgent = path.is_empty().not() && first(&name_of(path));
                    let (soon, later): (Vec<_>, Vec<_>) = children
                        .into_iter()
                        .partition(|child| comes_first(child) || (is_urgent && child.is_file()));
                    urgent.extend(soon);
                    waiting.extend(later);
                    true
                }
                Err(errno) => each(Err(problem(ProblemKind::Unreadable, path, words(errno)))),
            },
        };
        if !go {
            return;
        }
    }
}

/// The plain files directly in a folder.
pub fn files_of(source: &FolderSource, folder: &[u8]) -> Vec<String> {
    let inside = if folder.is_empty() { Vec::new() } else { [folder, b"/"].concat() };
    let children = children(source, &inside).unwrap_or_default();
    let files = children.iter().filter(|child| child.is_file());
    let mut paths: Vec<String> = files.map(|child| escape_path(&child.path)).collect();
    paths.sort();
    paths
}

/// The folder's own name, in lower case.
fn name_of(path: &[u8]) -> String {
    let path = path.strip_suffix(b"/").unwrap_or(path);
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    String::from_utf8_lossy(name).to_lowercase()
}

impl Child {
    fn is_file(&self) -> bool {
        matches!(self.kind, Kind::File(_))
    }
}

/// The children of one folder. A reading that breaks off keeps what was read and says so.
fn children(source: &FolderSource, folder: &[u8]) -> rustix::io::Result<Vec<Child>> {
    let fd = source.open_below(folder, OFlags::DIRECTORY)?;
    let mut found = Vec::new();
    let listing = Dir::read_from(&fd)?;
    for item in listing {
        let item = match item {
            Ok(item) => item,
            Err(errno) => {
                let why = format!("the listing breaks off: {}", words(errno));
                found.push(Child { path: folder.to_vec(), kind: Kind::Failed(why) });
                break;
            }
        };
        let name = item.file_name().to_bytes();
        if name == b"." || name == b".." {
            continue;
        }
        let kind = look(&fd, item.file_name());
        let end: &[u8] = if matches!(kind, Kind::Folder) { b"/" } else { b"" };
        found.push(Child { path: [folder, name, end].concat(), kind });
    }
    Ok(found)
}

fn look(folder: &OwnedFd, name: &std::ffi::CStr) -> Kind {
    let stat = match statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => stat,
        Err(errno) => return Kind::Failed(words(errno)),
    };
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => Kind::File(stat),
        FileType::Directory => Kind::Folder,
        FileType::Symlink => Kind::Other(match readlinkat(folder, name, Vec::new()) {
            Ok(target) => {
                format!("symbolic link to {}; not followed", escape_path(target.to_bytes()))
            }
            Err(_) => "symbolic link; not followed".to_owned(),
        }),
        FileType::Fifo => Kind::Other("named pipe; not opened".to_owned()),
        FileType::Socket => Kind::Other("socket; not opened".to_owned()),
        FileType::CharacterDevice | FileType::BlockDevice => {
            Kind::Other("device; not opened".to_owned())
        }
        FileType::Unknown => Kind::Other("unknown kind of file; not opened".to_owned()),
    }
}

pub fn entry(path: &[u8], stat: &Stat) -> Entry {
    let ms =
        stat.st_mtime.saturating_mul(1000).saturating_add_unsigned(stat.st_mtime_nsec / 1_000_000);
    Entry {
        path: escape_path(path),
        size: u64::try_from(stat.st_size).unwrap_or(0),
        modified_at: Some(UtcMillis(ms)),
        hashes: None,
        place: Vec::new(),
        deleted: false,
    }
}

fn problem(kind: ProblemKind, path: &[u8], detail: String) -> Problem {
    let path = path.strip_suffix(b"/").unwrap_or(path);
    let subject = if path.is_empty() { ".".to_owned() } else { escape_path(path) };
    Problem { kind, at: None, subject, detail }
}
