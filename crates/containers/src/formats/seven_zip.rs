//! 7z archives: files packed one behind the other in folders, of which each is one stream.
//!
//! Reading one file unpacks its folder up to it, and keeps what was unpacked for the next.
//!
//! Facts: 7-Zip, `DOC/7zFormat.txt` and `DOC/Methods.txt`.

mod aes;
mod coders;
mod fields;
mod files;
mod folder;
mod header;
mod streams;

use super::checked::Checked;
use super::serial::Serial;
use crate::bytes::{Bytes, Memory, Window};
use crate::fault::Fault;
use crate::format::{Container, Family, Format, Opened, Opening, Spec};
use crate::found::{Found, Go, Report};
use crate::limits::Limits;
use files::File;
use folder::{Folder, Locks};
use std::cell::RefCell;
use std::rc::Rc;

/// 7z.
pub struct SevenZip;

const SPEC: Spec = Spec {
    id: "seven_zip",
    title: "7z archive",
    family: Family::Archive,
    version: 1,
    checksums: false,
    suffixes: &[".7z"],
    gaps: &[
        "Archives split over several files and archives inside programs are not opened.",
        "Files compressed with PPMd, BZip2 and methods of other makers are listed, not read.",
        "A solid archive that unpacks to more than may be held is read in order only.",
        "An archive that was cut has lost its list of files: nothing of it is listed.",
    ],
    sources: &["7-Zip, DOC/7zFormat.txt and DOC/Methods.txt"],
};

/// Unpacked folders that are kept for the next file.
const KEPT: usize = 2;

impl Format for SevenZip {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn recognises(&self, head: &[u8], _bytes: &dyn Bytes) -> bool {
        head.starts_with(header::MARK)
    }

    fn open(&self, opening: Opening<'_>) -> Result<Opened, Fault> {
        let locks = Rc::new(Locks::new(opening.secrets.clone()));
        let list = header::read(&opening.bytes, &locks, &opening.limits)?;
        let header::List { folders, files, names } = list;
        Ok(Opened::Entries(Rc::new(Archive {
            bytes: opening.bytes,
            folders,
            files,
            names,
            locks,
            limits: opening.limits,
            kept: RefCell::default(),
        })))
    }
}

/// An opened archive. An entry's address is its number.
struct Archive {
    bytes: Rc<dyn Bytes>,
    folders: Vec<Rc<Folder>>,
    files: Vec<File>,
    /// All names in UTF-16.
    names: Vec<u8>,
    locks: Rc<Locks>,
    limits: Limits,
    kept: RefCell<Vec<(usize, Rc<dyn Bytes>)>>,
}

impl Archive {
    /// A folder, unpacked.
    fn folder(&self, number: usize) -> Result<Rc<dyn Bytes>, Fault> {
        let mut kept = self.kept.borrow_mut();
        if let Some((_, folder)) = kept.iter().find(|(kept, _)| *kept == number) {
            return Ok(Rc::clone(folder));
        }
        let folder = self.folders.get(number).map(Rc::clone);
        let folder = folder.ok_or_else(|| Fault::damaged(0, "a file without folder"))?;
        let held = self.limits.held_bytes;
        let (place, length) = (folder.place(), folder.length());
        let (bytes, locks) = (Rc::clone(&self.bytes), Rc::clone(&self.locks));
        let key = locks.open(&folder, &bytes, held)?;
        let make = move || folder.reader(&bytes, key.as_deref(), held);
        let unpacked: Rc<dyn Bytes> = Rc::new(Serial::new(make, place, length, held));
        kept.insert(0, (number, Rc::clone(&unpacked)));
        kept.truncate(KEPT);
        Ok(unpacked)
    }
}

impl Container for Archive {
    fn list(&self, report: &mut Report<'_>) {
        for (address, file) in (0..).zip(&self.files) {
            let mut path = file.path(&self.names);
            if path.is_empty() {
                path = format!("file {address}").into_bytes();
            }
            let found = Found {
                path,
                kind: file.kind,
                size: file.size,
                address,
                deleted: false,
                modified_at: file.modified_at,
            };
            if report(Ok(found)) == Go::Stop {
                return;
            }
        }
    }

    fn open(&self, address: u64) -> Result<Rc<dyn Bytes>, Fault> {
        let file = usize::try_from(address).ok().and_then(|number| self.files.get(number));
        let file = file.ok_or_else(|| Fault::damaged(0, format!("no file {address}")))?;
        let Some((number, offset)) = file.lies else {
            return Ok(Rc::new(Memory(Vec::new())));
        };
        let folder = self.folders.get(number);
        if let Some(start) = folder.and_then(|folder| folder.stored_at()) {
            let start = start.saturating_add(offset);
            let stored = Window::new(Rc::clone(&self.bytes), start, file.size)?;
            return Ok(Rc::new(Checked::new(Rc::new(stored), file.crc, start)));
        }
        let place = folder.map_or(0, |folder| folder.place());
        let part = Window::new(self.folder(number)?, offset, file.size)?;
        Ok(Rc::new(Checked::new(Rc::new(part), file.crc, place).computed()))
    }
}
