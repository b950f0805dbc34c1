//! APFS, the file system of Macs since 2017 and of iPhones.
//!
//! A container holds volumes. Everything is found through trees: object maps tell where an object
//! lies, the tree of a volume holds its folders' entries, files and extents. The listing goes over
//! a volume's tree twice: first for the folders, whose names make the paths, then for the entries.
//! With one volume its entries are listed directly, with several below their volumes' names.

mod btree;
mod checkpoint;
mod container;
mod list;
mod object;
mod omap;
mod records;
mod volume;

use crate::bytes::{Bytes, le32};
use crate::fault::Fault;
use crate::format::{Family, Format, Opened, Opening, Spec};
use std::rc::Rc;

/// APFS.
pub struct Apfs;

const SPEC: Spec = Spec {
    id: "apfs",
    title: "APFS (Apple File System)",
    family: Family::FileSystem,
    version: 1,
    checksums: false,
    suffixes: &[],
    gaps: &[
        "Encrypted volumes (FileVault, and all on chips that encrypt) are named as a problem, \
         not opened, even when the password is known.",
        "Snapshots, older checkpoints and deleted files are not listed.",
        "Sealed volumes, which hold the system of macOS 11 and later, are not read.",
        "Fusion drives are not read.",
        "Extended attributes other than compressed data, links and the resource fork are not \
         listed.",
        "A container whose first block is gone is not recognised, although copies exist.",
    ],
    sources: &["Apple File System Reference (2020-06-22), Apple", "decmpfs.h of Apple's kernel"],
};

impl Format for Apfs {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn recognises(&self, head: &[u8], _bytes: &dyn Bytes) -> bool {
        // Object type 1, magic, and a block size that the reference allows.
        le32(head, 24) & 0xFFFF == 1
            && head.get(32..36) == Some(b"NXSB")
            && checkpoint::BLOCK_BYTES.contains(&le32(head, 36))
            && le32(head, 36).is_power_of_two()
    }

    fn open(&self, opening: Opening<'_>) -> Result<Opened, Fault> {
        Ok(Opened::Entries(Rc::new(container::Apfs::open(opening.bytes, opening.limits)?)))
    }
}
