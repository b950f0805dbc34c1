//! The listing of every tree.

use super::names;
use super::record::{Names, Record};
use super::rock::{self, Rock};
use super::volume::{SECTOR, Volume};
use crate::fault::Fault;
use crate::found::{Found, Go, Kind, Report};
use crate::paths::below;
use std::collections::{HashSet, VecDeque};

/// Bytes of one folder that are read.
const FOLDER_MOST: u64 = 64 << 20;

struct Waiting {
    start: u64,
    length: u64,
    path: Vec<u8>,
    depth: u32,
}

struct Walk<'w, 'r> {
    volume: &'w Volume,
    report: &'w mut Report<'r>,
    names: Names,
    /// Contents that were listed, kept only when there is another tree to compare with.
    seen: Option<HashSet<(u32, u32)>>,
    /// A later tree: only files that no earlier one named are listed.
    further: bool,
    waiting: VecDeque<Waiting>,
    entered: HashSet<u64>,
    left: u64,
}

/// Lists the best tree, then what only others name.
pub fn list(volume: &Volume, report: &mut Report<'_>) {
    let mut seen = (volume.roots.len() > 1).then(HashSet::new);
    for (number, root) in volume.roots.iter().enumerate() {
        let start = volume.start_of(&root.record);
        let length = u64::from(root.record.length);
        let mut walk = Walk {
            volume,
            report,
            names: root.names,
            seen: seen.take(),
            further: number > 0,
            waiting: VecDeque::from([Waiting { start, length, path: Vec::new(), depth: 0 }]),
            entered: HashSet::from([start]),
            left: volume.bytes.len(),
        };
        while let Some(folder) = walk.waiting.pop_front() {
            if walk.folder(&folder) == Go::Stop {
                return;
            }
        }
        seen = walk.seen.take();
    }
}

impl Walk<'_, '_> {
    fn problem(&mut self, path: &[u8], fault: &Fault) -> Go {
        (self.report)(Err(fault.problem(&String::from_utf8_lossy(path))))
    }

    fn folder(&mut self, folder: &Waiting) -> Go {
        if folder.length > self.left.min(FOLDER_MOST) {
            let what = format!("a folder of {} bytes", folder.length);
            return self.problem(&folder.path, &Fault::Limit { what });
        }
        self.left -= folder.length;
        let end = folder.start.saturating_add(folder.length);
        let (mut at, mut part_of) = (folder.start, None);
        while at < end {
            let sector_end = (at / SECTOR + 1) * SECTOR;
            let record = match self.volume.record_at(at) {
                Ok(record) if record.next() <= end.min(sector_end) => record,
                unread => {
                    if self.unread(folder, at, unread.err()) == Go::Stop {
                        return Go::Stop;
                    }
                    at = sector_end;
                    continue;
                }
            };
            at = record.next();
            if self.record(folder, record, &mut part_of) == Go::Stop {
                return Go::Stop;
            }
        }
        Go::On
    }

    /// Zeros fill a sector in which no further record has room; anything else is damage.
    fn unread(&mut self, folder: &Waiting, at: u64, fault: Option<Fault>) -> Go {
        match self.volume.pages.with(at, 1, |raw| raw == [0]) {
            Ok(true) => Go::On,
            Ok(false) => {
                let fault = Fault::damaged(at, "a record of a folder makes no sense");
                self.problem(&folder.path, &fault)
            }
            Err(other) => self.problem(&folder.path, &fault.unwrap_or(other)),
        }
    }

    /// Lists a file once its last part was met: its size is known only then.
    fn record(&mut self, folder: &Waiting, record: Record, part_of: &mut Option<Found>) -> Go {
        if record.is_dots() {
            return Go::On;
        }
        if let Some(mut found) = part_of.take() {
            found.size = found.size.saturating_add(u64::from(record.length));
            if record.goes_on() {
                *part_of = Some(found);
                return Go::On;
            }
            return self.tell(&record, found, None, folder.depth);
        }
        let rock = match self.names {
            Names::Rock(skip) => rock::read(self.volume, &record, skip),
            _ => Rock::default(),
        };
        if rock.moved_from {
            return Go::On;
        }
        let found = self.found(folder, &record, &rock);
        let disagrees = || Fault::damaged(record.at, "the two forms of its numbers disagree");
        let fault = rock.fault.clone().or_else(|| (!record.agrees).then(disagrees));
        if let Some(fault) = fault
            && self.problem(&found.path, &fault) == Go::Stop
        {
            return Go::Stop;
        }
        if record.goes_on() && found.kind == Kind::File {
            *part_of = Some(found);
            return Go::On;
        }
        self.tell(&record, found, rock.moved_to, folder.depth)
    }

    fn found(&self, folder: &Waiting, record: &Record, rock: &Rock) -> Found {
        let name = match (&rock.name, self.names) {
            (Some(name), _) => name.clone(),
            (None, Names::Joliet) => names::joliet(&record.name),
            (None, _) => names::plain(&record.name),
        };
        let is_folder = record.is_folder() || rock.moved_to.is_some();
        let kind = match rock.kind {
            _ if is_folder => Kind::Folder,
            Some(Kind::Other) => Kind::Other,
            _ => Kind::File,
        };
        Found {
            path: below(&folder.path, &name),
            kind,
            size: rock.link.as_ref().map_or(record.length.into(), |link| link.len() as u64),
            address: record.at,
            deleted: false,
            modified_at: rock.modified_at.or(record.modified_at),
        }
    }

    fn tell(&mut self, last: &Record, found: Found, moved_to: Option<u32>, depth: u32) -> Go {
        let path = found.path.clone();
        let is_folder = found.kind == Kind::Folder;
        let known = match &mut self.seen {
            Some(seen) if !is_folder => !seen.insert((last.extent, last.length)),
            _ => false,
        };
        let hidden = self.further && (is_folder || known || found.size == 0);
        if !hidden && (self.report)(Ok(found)) == Go::Stop {
            return Go::Stop;
        }
        if is_folder { self.enter(last, moved_to, path, depth + 1) } else { Go::On }
    }

    fn enter(&mut self, record: &Record, moved_to: Option<u32>, path: Vec<u8>, depth: u32) -> Go {
        let limits = &self.volume.limits;
        let (start, length) = match moved_to {
            None => (self.volume.start_of(record), Ok(u64::from(record.length))),
            Some(block) => {
                let start = u64::from(block).saturating_mul(self.volume.block);
                // The moved folder's record of itself says how long it is.
                (start, self.volume.record_at(start).map(|own| u64::from(own.length)))
            }
        };
        let fault = match length {
            Err(fault) => fault,
            Ok(_) if depth > limits.folders_deep => {
                Fault::Limit { what: format!("folders nested deeper than {}", limits.folders_deep) }
            }
            Ok(_) if path.len() > limits.path_bytes => {
                Fault::Limit { what: format!("a path of {} bytes", path.len()) }
            }
            Ok(length) if self.entered.insert(start) => {
                self.waiting.push_back(Waiting { start, length, path, depth });
                return Go::On;
            }
            Ok(_) => {
                let why = "this folder is listed at another path, or contains itself";
                Fault::damaged(record.at, why)
            }
        };
        self.problem(&path, &fault)
    }
}
