//! The walk over a folder: sorted, no descriptor held while it descends. Either depth first, in the
//! order of whole paths; or so that what matters most is met soon, wherever it lies: folders that
//! may hold it before all others, and of the others those near the top, as deep down lie the many.

use super::{FolderSource, words};
use amparo_model::{Entry, Problem, ProblemKind, UtcMillis, escape_path};
use rustix::fs::{AtFlags, Dir, FileType, OFlags, Stat, readlinkat, statat};
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

/// Children that may wait for those nearer the top; with more, memory comes first and the deepest
/// are next.
const WAITING_MAX: usize = 100_000;

/// In which order the walk goes.
pub enum Order<'f> {
    /// By the bytes of whole paths.
    Paths,
    /// Folders of which this says so, by their own name in lower case, before all others; then
    /// those near the top.
    First(&'f dyn Fn(&str) -> bool),
}

/// Hands out files and problems for as long as `each` says to go on.
pub fn walk(
    source: &FolderSource,
    order: &Order<'_>,
    each: &mut dyn FnMut(Result<Entry, Problem>) -> bool,
) {
    let mut waiting = Waiting::default();
    waiting.add(0, [Child { path: Vec::new(), kind: Kind::Folder }]);
    let mut urgent: Vec<(usize, Child)> = Vec::new();
    while let Some((depth, child)) = urgent.pop().or_else(|| waiting.next(order)) {
        let path = &child.path;
        let go = match child.kind {
            Kind::File(stat) => each(Ok(entry(path, &stat))),
            Kind::Other(what) => each(Err(problem(ProblemKind::Skipped, path, what))),
            Kind::Failed(why) => each(Err(problem(ProblemKind::Unreadable, path, why))),
            Kind::Folder => match children(source, path) {
                Ok(mut children) => {
                    // In reverse, so that the next one is at the end.
                    children.sort_by(|a, b| b.path.cmp(&a.path));
                    let below = |child| (depth + 1, child);
                    let (soon, later) = order.part(path, children);
                    urgent.extend(soon.into_iter().map(below));
                    waiting.add(depth + 1, later);
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

impl Order<'_> {
    /// What comes next of the children of a folder, the next one at the end, and what waits.
    fn part(&self, folder: &[u8], children: Vec<Child>) -> (Vec<Child>, Vec<Child>) {
        let Self::First(first) = self else { return (Vec::new(), children) };
        let named = |path: &[u8]| !path.is_empty() && first(&name_of(path));
        let is_folder = |child: &Child| matches!(child.kind, Kind::Folder);
        let (folders, files): (Vec<_>, Vec<_>) = children.into_iter().partition(is_folder);
        let (soon, later): (Vec<_>, Vec<_>) =
            folders.into_iter().partition(|child| named(&child.path));
        let (then, next) = if named(folder) { (soon, files) } else { (files, soon) };
        (then.into_iter().chain(next).collect(), later)
    }
}

/// Children by how deep they lie.
#[derive(Default)]
struct Waiting {
    levels: Vec<Vec<Child>>,
    count: usize,
}

impl Waiting {
    fn add(&mut self, depth: usize, children: impl IntoIterator<Item = Child>) {
        if self.levels.len() <= depth {
            self.levels.resize_with(depth + 1, Vec::new);
        }
        if let Some(level) = self.levels.get_mut(depth) {
            let before = level.len();
            level.extend(children);
            self.count += level.len() - before;
        }
    }

    fn next(&mut self, order: &Order<'_>) -> Option<(usize, Child)> {
        let near_the_top = matches!(order, Order::First(_)) && self.count <= WAITING_MAX;
        let mut levels = self.levels.iter_mut().enumerate();
        let is_there = |(_, level): &(usize, &mut Vec<Child>)| !level.is_empty();
        let found = if near_the_top { levels.find(is_there) } else { levels.rfind(is_there) };
        let (depth, level) = found?;
        let child = level.pop()?;
        self.count -= 1;
        Some((depth, child))
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
