//! The listing of a volume: folders first, for the paths, then every entry.

use super::container::Address;
use super::records::{ABOVE_ROOT, ENTRY, Entry, ROOT, key};
use super::volume::Files;
use crate::fault::Fault;
use crate::found::{Found, Go, Kind, Report};
use crate::limits::Limits;
use amparo_model::UtcMillis;
use std::collections::HashMap;

/// Between a file's path and its resource fork, as Mac OS names it.
const RESOURCE: &[u8] = b"/..namedfork/rsrc";
/// Where entries are listed whose folder is not known.
const ORPHANS: &str = "$orphans";

/// One listing of a volume.
pub struct Listing<'f> {
    files: &'f Files,
    volume: u8,
    /// In front of every path.
    prefix: Vec<u8>,
    limits: Limits,
    /// Folder by its number: the number of the one that holds it, and its name.
    folders: HashMap<u64, (u64, Vec<u8>)>,
    /// The last path that was made.
    path: Option<(u64, Vec<u8>)>,
}

impl<'f> Listing<'f> {
    /// Nothing is read yet.
    pub fn new(files: &'f Files, volume: u8, prefix: Vec<u8>, limits: Limits) -> Self {
        Self { files, volume, prefix, limits, folders: HashMap::new(), path: None }
    }

    /// Lists everything.
    pub fn run(mut self, report: &mut Report<'_>) -> Go {
        let (files, subject) = (self.files, String::from_utf8_lossy(&self.prefix).into_owned());
        // What is wrong with the tree is told the second time.
        files.tree.each(&mut |record| {
            if let Ok((key, value)) = record {
                self.gather(key, value);
            }
            Go::On
        });
        let mut ended = Go::On;
        files.tree.each(&mut |record| {
            ended = match record {
                Ok((key, value)) => self.record(key, value, report),
                Err(fault) => report(Err(fault.problem(subject.trim_end_matches('/')))),
            };
            ended
        });
        ended
    }

    fn gather(&mut self, key_bytes: &[u8], value: &[u8]) {
        if key(key_bytes).1 != ENTRY {
            return;
        }
        let Some(entry) = Entry::parse(key_bytes, value, self.files.is_hashed) else { return };
        let more = (self.folders.len() as u64) < self.limits.entries;
        if entry.kind == Kind::Folder && more {
            self.folders.insert(entry.id, (entry.folder, entry.name));
        }
    }

    fn record(&mut self, key_bytes: &[u8], value: &[u8], report: &mut Report<'_>) -> Go {
        let (folder, kind) = key(key_bytes);
        // The root itself, which lies in no folder.
        if kind != ENTRY || folder == ABOVE_ROOT {
            return Go::On;
        }
        let Some(entry) = Entry::parse(key_bytes, value, self.files.is_hashed) else {
            let fault = Fault::damaged(0, format!("a broken entry of the folder {folder}"));
            return report(Err(fault.problem("")));
        };
        let path = match self.path_of(&entry, report) {
            Ok(path) => path,
            Err(stop) => return stop,
        };
        match self.looked_up(&entry) {
            Ok(known) => self.found(&entry, path, &known, report),
            Err(fault) => {
                let subject = String::from_utf8_lossy(&path).into_owned();
                if report(Err(fault.problem(&subject))) == Go::Stop {
                    return Go::Stop;
                }
                let known = Known { kind: entry.kind, size: 0, fork: 0, modified: None };
                self.found(&entry, path, &known, report)
            }
        }
    }

    fn looked_up(&self, entry: &Entry) -> Result<Known, Fault> {
        let whole = self.files.whole(entry.id)?;
        let (kind, modified) = (whole.inode.kind, whole.inode.modified);
        let (size, fork) = if kind == Kind::Folder { (0, 0) } else { whole.sizes(self.files)? };
        Ok(Known { kind, size, fork, modified })
    }

    fn found(
        &mut self,
        entry: &Entry,
        path: Vec<u8>,
        known: &Known,
        report: &mut Report<'_>,
    ) -> Go {
        let address = |is_resource: bool| {
            Address { volume: self.volume, is_resource, inode: entry.id }.number()
        };
        let (Some(data), Some(resource)) = (address(false), address(true)) else {
            let what = format!("an inode with the number {}", entry.id);
            let fault = Fault::Limit { what };
            return report(Err(fault.problem(&String::from_utf8_lossy(&path))));
        };
        let Known { kind, size, fork, modified: modified_at } = *known;
        let found = Found { path, kind, size, address: data, deleted: false, modified_at };
        let fork = (fork > 0).then(|| Found {
            path: [&found.path, RESOURCE].concat(),
            kind: Kind::File,
            size: fork,
            address: resource,
            ..found
        });
        if report(Ok(found)) == Go::Stop {
            return Go::Stop;
        }
        fork.map_or(Go::On, |fork| report(Ok(fork)))
    }

    /// The path of an entry; what is wrong with its folders is told once for each folder.
    fn path_of(&mut self, entry: &Entry, report: &mut Report<'_>) -> Result<Vec<u8>, Go> {
        let known = self.path.take().filter(|(of, _)| *of == entry.folder);
        let folder = match known {
            Some((_, folder)) => folder,
            None => match self.folder(entry.folder) {
                Ok(folder) => folder,
                Err(fault) => {
                    let prefix = String::from_utf8_lossy(&self.prefix).into_owned();
                    let folder = format!("{prefix}{ORPHANS}/{}", entry.folder);
                    if report(Err(fault.problem(&folder))) == Go::Stop {
                        return Err(Go::Stop);
                    }
                    [&self.prefix, format!("{ORPHANS}/{}/", entry.folder).as_bytes()].concat()
                }
            },
        };
        let path = [folder.as_slice(), &entry.name].concat();
        self.path = Some((entry.folder, folder));
        Ok(path)
    }

    /// The path of a folder with `/` behind, the prefix alone for the root.
    fn folder(&self, id: u64) -> Result<Vec<u8>, Fault> {
        let (mut names, mut at, mut length) = (Vec::new(), id, 0);
        while at != ROOT && at != ABOVE_ROOT {
            let missing = || Fault::damaged(0, format!("no folder has the entry {at}"));
            let (above, name) = self.folders.get(&at).ok_or_else(missing)?;
            length += name.len() + 1;
            let deep = names.len() >= self.limits.folders_deep as usize;
            if deep || length > self.limits.path_bytes {
                let what = "folders inside folders: a loop, or very deep".to_owned();
                return Err(Fault::Limit { what });
            }
            names.push(name.as_slice());
            at = *above;
        }
        names.reverse();
        names.push(b"");
        Ok([self.prefix.as_slice(), &names.join(&b'/')].concat())
    }
}

/// What the inode of an entry says.
struct Known {
    kind: Kind,
    size: u64,
    /// Bytes of its resource fork.
    fork: u64,
    modified: Option<UtcMillis>,
}
