//! The listing: folders first, for the paths, then every record of the catalog.

use super::btree::{Node, Record as Raw};
use super::catalog::{ABOVE_ROOT, File, Key, PRIVATE_FILES, PRIVATE_FOLDERS, ROOT, Record, Role};
use super::fork::Which;
use super::volume::{Place, Volume};
use super::{deleted, leaves};
use crate::fault::Fault;
use crate::formats::apple::{COMPRESSED, decmpfs};
use crate::found::{Found, Go, Kind, Report};
use amparo_model::UtcMillis;
use std::collections::{HashMap, HashSet};

/// Between a file's path and its resource fork, as Mac OS names it.
const RESOURCE: &[u8] = b"/..namedfork/rsrc";
/// Where entries are listed whose folder is not known.
const ORPHANS: &str = "$orphans";

/// One listing of a volume.
pub struct Listing<'v> {
    volume: &'v Volume,
    /// Folder by its number: the number of the one that holds it, and its name.
    folders: HashMap<u32, (u32, Vec<u8>)>,
    /// The first link to each folder that has several.
    first_links: HashMap<u32, (u32, Vec<u8>)>,
    /// Numbers of the folders that are listed at their first link.
    moved: HashSet<u32>,
    /// The folder with the files of hard links.
    private: Option<u32>,
    /// The last path that was made.
    path: Option<(u32, Vec<u8>)>,
    /// Numbers of deleted files that were listed.
    pub named: HashSet<u32>,
}

impl<'v> Listing<'v> {
    /// Nothing is read yet.
    pub fn new(volume: &'v Volume) -> Self {
        Self {
            volume,
            folders: HashMap::new(),
            first_links: HashMap::new(),
            moved: HashSet::new(),
            private: None,
            path: None,
            named: HashSet::new(),
        }
    }

    /// Lists everything.
    pub fn run(mut self, report: &mut Report<'_>) {
        for fault in &self.volume.faults {
            if report(Err(fault.problem(""))) == Go::Stop {
                return;
            }
        }
        // What is wrong with the leaves is told the second time.
        leaves::each(&self.volume.catalog, &mut |node| {
            if let Ok(node) = node {
                self.gather(&node);
            }
            Go::On
        });
        self.move_linked_folders();
        leaves::each(&self.volume.catalog, &mut |node| match node {
            Ok(node) => self.node(&node, report),
            Err(fault) => report(Err(fault.problem(""))),
        });
    }

    fn gather(&mut self, node: &Node) {
        for raw in node.records() {
            let Some((key, record)) = parse(&raw) else { continue };
            match record {
                Record::Folder { id, .. } => {
                    if key.parent == ROOT && key.name == PRIVATE_FILES {
                        self.private = Some(id);
                    }
                    if (self.folders.len() as u64) < self.volume.limits.entries {
                        self.folders.insert(id, (key.parent, key.name));
                    }
                }
                Record::File(file) => {
                    if let Role::FolderLink(number) = file.role {
                        self.first_links.entry(number).or_insert((key.parent, key.name));
                    }
                }
                Record::Thread => {}
            }
        }
    }

    /// A folder with several links lies in a folder that nobody sees; its content is listed where
    /// the first link is.
    fn move_linked_folders(&mut self) {
        let private = (ROOT, PRIVATE_FOLDERS.to_vec());
        let private = self.folders.iter().find(|(_, place)| **place == private).map(|(id, _)| *id);
        let Some(private) = private else { return };
        for (id, place) in &mut self.folders {
            let number = place.1.strip_prefix(b"dir_").and_then(|n| std::str::from_utf8(n).ok());
            let link = number.and_then(|n| self.first_links.get(&n.parse::<u32>().ok()?));
            if let Some(link) = link.filter(|_| place.0 == private) {
                *place = link.clone();
                self.moved.insert(*id);
            }
        }
    }

    fn node(&mut self, node: &Node, report: &mut Report<'_>) -> Go {
        let mut sound = 0;
        for raw in node.records() {
            let Some((key, record)) = parse(&raw) else { continue };
            sound += 1;
            let place = Place { node: node.number, at: raw.at, which: Which::Data };
            if self.record(key, record, place, report) == Go::Stop {
                return Go::Stop;
            }
        }
        if sound < node.claimed() {
            let lost = node.claimed() - sound;
            let fault = self.volume.catalog.wrong(node.number, &format!("{lost} broken records"));
            if report(Err(fault.problem(""))) == Go::Stop {
                return Go::Stop;
            }
        }
        deleted::list(self, self.volume, node, report)
    }

    fn record(&mut self, key: Key, record: Record, place: Place, report: &mut Report<'_>) -> Go {
        let (id, modified) = match record {
            Record::Thread => return Go::On,
            Record::File(file) => return self.file(&key, &file, place, report),
            Record::Folder { id, modified } => (id, modified),
        };
        if key.parent == ABOVE_ROOT || self.moved.contains(&id) {
            return Go::On;
        }
        self.entry(&key, Entry { kind: Kind::Folder, size: 0, modified, place }, report)
    }

    fn file(&mut self, key: &Key, file: &File, place: Place, report: &mut Report<'_>) -> Go {
        match file.role {
            Role::Plain => self.plain(key, file, place, false, report),
            Role::FolderLink(number) => {
                let first = self.first_links.get(&number);
                let first = first.is_some_and(|(id, name)| (*id, name) == (key.parent, &key.name));
                let kind = if first { Kind::Folder } else { Kind::Other };
                self.entry(key, Entry { kind, size: 0, modified: file.modified, place }, report)
            }
            Role::Link(number) => {
                let gone = || Fault::damaged(0, "the folder with the files of hard links is gone");
                let private = self.private.ok_or_else(gone);
                match private.and_then(|private| self.volume.link_target(private, number)) {
                    Ok((place, target)) => self.plain(key, &target, place, false, report),
                    Err(fault) => self.lost_link(key, file, place, &fault, report),
                }
            }
        }
    }

    fn lost_link(
        &mut self,
        key: &Key,
        file: &File,
        place: Place,
        fault: &Fault,
        report: &mut Report<'_>,
    ) -> Go {
        if self.complain(key, fault, report) == Go::Stop {
            return Go::Stop;
        }
        let entry = Entry { kind: Kind::File, size: 0, modified: file.modified, place };
        self.entry(key, entry, report)
    }

    /// A file and its resource fork.
    pub fn plain(
        &mut self,
        key: &Key,
        file: &File,
        place: Place,
        deleted: bool,
        report: &mut Report<'_>,
    ) -> Go {
        let (mut size, mut fork) = (file.data.length, file.resource.length);
        if file.flags & COMPRESSED != 0 && size == 0 && !deleted {
            match self.volume.decmpfs(file) {
                Ok(attribute) => {
                    size = decmpfs::size(&attribute).unwrap_or(0);
                    fork = if decmpfs::in_fork(&attribute) { 0 } else { fork };
                }
                Err(fault) if self.complain(key, &fault, report) == Go::Stop => return Go::Stop,
                Err(_) => {}
            }
        }
        let path = match self.path_of(key, report) {
            Ok(path) => path,
            Err(stop) => return stop,
        };
        let modified_at = file.modified;
        let address = place.address();
        let found = Found { path, kind: file.kind, size, address, deleted, modified_at };
        let resource = (fork > 0).then(|| Found {
            path: [&found.path, RESOURCE].concat(),
            kind: Kind::File,
            size: fork,
            address: Place { which: Which::Resource, ..place }.address(),
            ..found
        });
        if report(Ok(found)) == Go::Stop {
            return Go::Stop;
        }
        resource.map_or(Go::On, |resource| report(Ok(resource)))
    }

    fn entry(&mut self, key: &Key, entry: Entry, report: &mut Report<'_>) -> Go {
        let path = match self.path_of(key, report) {
            Ok(path) => path,
            Err(stop) => return stop,
        };
        let Entry { kind, size, modified: modified_at, place } = entry;
        report(Ok(Found {
            path,
            kind,
            size,
            address: place.address(),
            deleted: false,
            modified_at,
        }))
    }

    fn complain(&mut self, key: &Key, fault: &Fault, report: &mut Report<'_>) -> Go {
        match self.path_of(key, report) {
            Ok(path) => report(Err(fault.problem(&String::from_utf8_lossy(&path)))),
            Err(stop) => stop,
        }
    }

    /// The path of an entry; what is wrong with its folders is told once for each folder.
    fn path_of(&mut self, key: &Key, report: &mut Report<'_>) -> Result<Vec<u8>, Go> {
        let known = self.path.take().filter(|(of, _)| *of == key.parent);
        let folder = match known {
            Some((_, folder)) => folder,
            None => match self.folder(key.parent) {
                Ok(folder) => folder,
                Err(fault) => {
                    let folder = format!("{ORPHANS}/{}", key.parent);
                    if report(Err(fault.problem(&folder))) == Go::Stop {
                        return Err(Go::Stop);
                    }
                    [folder.as_bytes(), b"/"].concat()
                }
            },
        };
        let path = [folder.as_slice(), &key.name].concat();
        self.path = Some((key.parent, folder));
        Ok(path)
    }

    /// The path of a folder with `/` behind, empty for the root.
    fn folder(&self, id: u32) -> Result<Vec<u8>, Fault> {
        let (mut names, mut at, mut length) = (Vec::new(), id, 0);
        while at != ROOT {
            let missing = || Fault::damaged(0, format!("the folder {at} has no record"));
            let (above, name) = self.folders.get(&at).ok_or_else(missing)?;
            length += name.len() + 1;
            let deep = names.len() >= self.volume.limits.folders_deep as usize;
            if deep || length > self.volume.limits.path_bytes {
                let what = "folders inside folders: a loop, or very deep".to_owned();
                return Err(Fault::Limit { what });
            }
            names.push(name.as_slice());
            at = *above;
        }
        names.reverse();
        names.push(b"");
        Ok(names.join(&b'/'))
    }
}

/// What is the same for all but files.
struct Entry {
    kind: Kind,
    size: u64,
    modified: Option<UtcMillis>,
    place: Place,
}

fn parse(raw: &Raw<'_>) -> Option<(Key, Record)> {
    Some((Key::parse(raw.key)?, Record::parse(raw.data)?))
}
