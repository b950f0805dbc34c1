//! NTFS, the file system of Windows.
//!
//! Everything is listed from the master file table, which names a file's folder in each of its
//! names; the indexes of folders are not read. So deleted files are found as easily as live ones.

mod boot;
mod compressed;
mod extensions;
mod facts;
mod folders;
mod list;
mod lznt1;
mod mft;
mod name;
mod open;
mod record;
mod runs;
mod units;
mod wof;
mod xpress;

use crate::bytes::Bytes;
use crate::fault::Fault;
use crate::format::{Container, Family, Format, Opened, Opening, Spec};
use crate::found::Report;
use crate::limits::Limits;
use boot::Geometry;
use mft::Mft;
use std::rc::Rc;

/// The format.
pub struct Ntfs;

const SPEC: Spec = Spec {
    id: "ntfs",
    title: "NTFS",
    family: Family::FileSystem,
    version: 1,
    checksums: false,
    suffixes: &[],
    gaps: &[
        "Names that only remain in the unused parts of folder indexes are not searched.",
        "Files encrypted with EFS are listed; their bytes are not read.",
        "Of files that Windows compressed (CompactOS), those with LZX or in a WIM are not read.",
        "Indexes beside those of folders ($Extend/$ObjId:$O) are no entries.",
        "A link that Interix or an old ntfs-3g made is listed as the plain file that it is.",
        "A deleted file's bytes are read where they lay; they may belong to another file by now.",
        "The journal ($LogFile, $UsnJrnl) is listed as a file, not replayed.",
    ],
    sources: &[
        "Linux-NTFS project, NTFS documentation",
        "Microsoft, NTFS Technical Reference",
        "Microsoft, [MS-FSCC] File System Control Codes",
        "Microsoft, [MS-XCA] Xpress Compression Algorithm",
    ],
};

impl Format for Ntfs {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn recognises(&self, head: &[u8], bytes: &dyn Bytes) -> bool {
        Geometry::find(head, bytes).is_some()
    }

    fn open(&self, opening: Opening<'_>) -> Result<Opened, Fault> {
        let mut head = vec![0; boot::SECTOR];
        let read = opening.bytes.read_at(0, &mut head)?;
        head.truncate(read);
        let found = Geometry::find(&head, &*opening.bytes);
        let (geometry, copy) = found.ok_or_else(|| Fault::damaged(0, "no boot sector of NTFS"))?;
        let (mft, mut faults) = Mft::open(opening.bytes, geometry)?;
        if copy {
            faults.insert(0, Fault::damaged(0, "the boot sector is wiped; its copy was read"));
        }
        Ok(Opened::Entries(Rc::new(Volume { mft, faults, limits: opening.limits })))
    }
}

struct Volume {
    mft: Mft,
    /// What was wrong on the way to the table.
    faults: Vec<Fault>,
    limits: Limits,
}

impl Container for Volume {
    fn list(&self, report: &mut Report<'_>) {
        list::list(&self.mft, &self.faults, &self.limits, report);
    }

    fn open(&self, address: u64) -> Result<Rc<dyn Bytes>, Fault> {
        open::open(&self.mft, address)
    }
}
