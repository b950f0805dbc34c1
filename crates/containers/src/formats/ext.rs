//! The file systems ext2, ext3 and ext4 of Linux and Android.
//!
//! Names are read from the folders' blocks one after the other; hash trees over them are not
//! needed for that. A deleted name stays between two others until its place is used again.

mod crc32c;
mod folder;
mod groups;
mod inode;
mod map;
mod superblock;
#[cfg(test)]
mod tests;
mod walk;

use crate::bytes::{Blank, Bytes};
use crate::fault::Fault;
use crate::format::{Container, Family, Format, Opened, Opening, Spec};
use crate::found::Report;
use crate::limits::Limits;
use crate::pages::Pages;
use inode::Inode;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use superblock::{Superblock, incompat};

/// The root folder's inode.
const ROOT: u32 = 2;
/// In an address: the name is deleted.
const DELETED: u64 = 1 << 63;
/// In an address: nothing is left that belongs to the name.
const EMPTY: u64 = 1 << 62;
/// Inode tables are read in pieces of this size, and as many kept.
const TABLE_PAGE: (u64, usize) = (256 << 10, 64);
/// The same of folders, which are small and lie near each other.
const FOLDER_PAGE: (u64, usize) = (64 << 10, 64);

const SPEC: Spec = Spec {
    id: "ext",
    title: "ext2, ext3 and ext4",
    family: Family::FileSystem,
    version: 1,
    checksums: false,
    suffixes: &[".ext2", ".ext3", ".ext4"],
    gaps: &[
        "The journal is not replayed: a volume that was not unmounted may lack its last changes.",
        "Encrypted files (fscrypt) are listed with their names as stored and are not opened.",
        "Deleted files that no folder names any more are not listed.",
        "A deleted name whose inode is in use again is listed without bytes, also after a mere \
         renaming; the blocks of a deleted file may by now hold what another file wrote.",
        "Extended attributes and access lists are not listed.",
    ],
    sources: &[
        "Linux kernel documentation, filesystems/ext4: data structures and algorithms",
        "The Second Extended File System, internal layout (nongnu.org/ext2-doc)",
    ],
};

/// The format.
pub struct Ext;

impl Format for Ext {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn recognises(&self, head: &[u8], bytes: &dyn Bytes) -> bool {
        superblock::claims(head, bytes)
    }

    fn open(&self, opening: Opening<'_>) -> Result<Opened, Fault> {
        let (superblock, fault) = superblock::read(&*opening.bytes)?;
        if superblock.has(incompat::JOURNAL_DEVICE) {
            return Err(Fault::unsupported("a journal that belongs to another volume"));
        }
        let volume = Volume {
            tables: Pages::new(Rc::clone(&opening.bytes), TABLE_PAGE.0, TABLE_PAGE.1),
            folders: Pages::new(Rc::clone(&opening.bytes), FOLDER_PAGE.0, FOLDER_PAGE.1),
            bytes: opening.bytes,
            group: Cell::default(),
            noted: RefCell::default(),
            wrong: fault.into_iter().chain(warnings(&superblock)).collect(),
            superblock,
            limits: opening.limits,
        };
        Ok(Opened::Entries(Rc::new(volume)))
    }
}

/// What a superblock says that the reader must know.
fn warnings(superblock: &Superblock) -> Vec<Fault> {
    let mut warnings = Vec::new();
    if superblock.has(incompat::RECOVER) {
        let what = "the journal holds changes that were not written to their places";
        warnings.push(Fault::unsupported(what));
    }
    let unknown =
        superblock.incompat & !incompat::KNOWN | superblock.incompat & incompat::COMPRESSION;
    if unknown != 0 {
        warnings.push(Fault::unsupported(format!("features {unknown:#x} of the volume")));
    }
    warnings
}

/// An opened volume.
struct Volume {
    bytes: Rc<dyn Bytes>,
    superblock: Superblock,
    limits: Limits,
    tables: Pages,
    folders: Pages,
    /// The last group that was looked up, and its table.
    group: Cell<(Option<u32>, u64)>,
    /// What is wrong with groups, not yet told.
    noted: RefCell<Vec<Fault>>,
    /// What is wrong with the volume.
    wrong: Vec<Fault>,
}

impl Volume {
    fn note(&self, fault: Fault) {
        let mut noted = self.noted.borrow_mut();
        if !noted.contains(&fault) {
            noted.push(fault);
        }
    }

    fn found(&self, address: u64) -> Result<Inode, Fault> {
        let number = u32::try_from(address & !DELETED).unwrap_or(0);
        let inode = self.inode(number)?;
        if inode.is_blank() {
            return Err(Fault::damaged(inode.at, format!("inode {number} is not in use")));
        }
        if inode.encrypted() {
            return Err(Fault::Locked { needs: "the key of its folder (fscrypt)".into() });
        }
        Ok(inode)
    }
}

impl Container for Volume {
    fn list(&self, report: &mut Report<'_>) {
        let superblock = &self.superblock;
        let claimed = superblock.blocks.saturating_mul(superblock.block);
        let cut = (claimed > self.bytes.len()).then(|| Fault::Truncated { at: self.bytes.len() });
        for fault in self.wrong.iter().chain(&cut) {
            if report(Err(fault.problem(""))) == crate::found::Go::Stop {
                return;
            }
        }
        walk::Walk::new(self, self.limits, report).run();
    }

    fn open(&self, address: u64) -> Result<Rc<dyn Bytes>, Fault> {
        if address & EMPTY != 0 {
            return Ok(Rc::new(Blank(0)));
        }
        let inode = self.found(address)?;
        Ok(Rc::new(self.content(&inode)))
    }
}
