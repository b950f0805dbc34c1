//! HFS+ and HFSX, the file systems of Macs until 2017 and of what was formatted for them; also
//! wrapped in an HFS volume.
//!
//! The catalog is read leaf by leaf along the links between the leaves, twice: first for the
//! folders, whose names make the paths, then for everything. So a damaged index hides nothing. An
//! address is the place of a record in the catalog (node and offset) and not a file's number,
//! since records are sorted by names in an order that would have to be known to search them.

mod attributes;
mod btree;
mod catalog;
mod deleted;
mod fork;
mod header;
mod leaves;
mod list;
mod volume;

use crate::bytes::Bytes;
use crate::fault::Fault;
use crate::format::{Family, Format, Opened, Opening, Spec};
use std::rc::Rc;
use volume::Volume;

/// HFS+ and HFSX.
pub struct HfsPlus;

const SPEC: Spec = Spec {
    id: "hfs_plus",
    title: "HFS+ and HFSX (Mac OS Extended)",
    family: Family::FileSystem,
    version: 1,
    checksums: false,
    suffixes: &[],
    gaps: &[
        "A journal that was not played back is named as a problem and not read, nor is the \
         history that it holds.",
        "Extended attributes other than com.apple.decmpfs are not listed.",
        "Of deleted files only those are listed whose record is still whole behind the live \
         records of its node; most are overwritten at once.",
        "A further link to a folder that has several is listed, its content only at the first.",
        "The older HFS without plus is not read.",
    ],
    sources: &[
        "Apple Technical Note TN1150, HFS Plus Volume Format",
        "hfs_format.h and decmpfs.h of Apple's open-source kernel",
    ],
};

impl Format for HfsPlus {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn recognises(&self, head: &[u8], bytes: &dyn Bytes) -> bool {
        header::recognises(head, bytes)
    }

    fn open(&self, opening: Opening<'_>) -> Result<Opened, Fault> {
        Ok(Opened::Entries(Rc::new(Volume::open(opening.bytes, opening.limits)?)))
    }
}
