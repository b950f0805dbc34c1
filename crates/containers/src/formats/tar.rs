//! TAR archives: a header of 512 bytes in front of each member.
//!
//! Facts: POSIX.1-2017, `pax` (ustar and the extended headers); GNU tar's manual, "Basic Tar
//! Format" and "Storing Sparse Files"; the headers of star and BSD as libarchive's tar(5) tells.

mod header;
mod member;
mod sparse;
mod walk;

use super::pieces::Pieces;
use crate::bytes::Bytes;
use crate::fault::Fault;
use crate::format::{Container, Family, Format, Opened, Opening, Spec};
use crate::found::Report;
use std::rc::Rc;
use walk::Walk;

/// TAR.
pub struct Tar;

const SPEC: Spec = Spec {
    id: "tar",
    title: "TAR archive",
    family: Family::Archive,
    version: 1,
    checksums: false,
    suffixes: &[".tar"],
    gaps: &[
        "Archives split over several volumes are not put together.",
        "Extended headers that hold for all members that follow are passed over.",
        "A link to a member that was not listed before it is shown without bytes.",
        "Extended attributes and access control lists are not listed.",
    ],
    sources: &[
        "POSIX.1-2017, pax - ustar and pax interchange formats",
        "GNU tar manual, Basic Tar Format; Storing Sparse Files",
        "libarchive, tar(5)",
    ],
};

impl Format for Tar {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn recognises(&self, head: &[u8], _bytes: &dyn Bytes) -> bool {
        head.first_chunk().is_some_and(header::begins_archive)
    }

    fn open(&self, opening: Opening<'_>) -> Result<Opened, Fault> {
        Ok(Opened::Entries(archive(opening.bytes)))
    }
}

/// A TAR archive in these bytes, whose length is not asked for: it may be costly to know.
pub fn archive(bytes: Rc<dyn Bytes>) -> Rc<dyn Container> {
    Rc::new(Archive { bytes })
}

/// An opened archive. An entry's address is where its first header lies, an extended one or its
/// own; the address of a further link to a file is that of the file.
struct Archive {
    bytes: Rc<dyn Bytes>,
}

impl Container for Archive {
    fn list(&self, report: &mut Report<'_>) {
        Walk::new(&self.bytes).list(report);
    }

    fn open(&self, address: u64) -> Result<Rc<dyn Bytes>, Fault> {
        let mut walk = Walk::new(&self.bytes);
        let member = walk.member(address)?;
        let parts = member.parts(&mut walk.input)?;
        Ok(Rc::new(Pieces::new(Rc::clone(&self.bytes), parts)?))
    }
}
