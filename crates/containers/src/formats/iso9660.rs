//! CD and DVD images: ISO 9660 with Rock Ridge and Joliet.
//!
//! A medium may hold several trees over the same contents. The one with the best names is listed;
//! files that only another tree names follow it, so that nothing is hidden in a tree.

mod names;
mod record;
mod rock;
#[cfg(test)]
mod tests;
mod volume;
mod walk;

use crate::bytes::{Bytes, Memory};
use crate::fault::Fault;
use crate::format::{Container, Family, Format, Opened, Opening, Spec};
use crate::found::{Go, Report};
use std::rc::Rc;
use volume::Volume;

const SPEC: Spec = Spec {
    id: "iso9660",
    title: "ISO 9660 with Rock Ridge and Joliet",
    family: Family::FileSystem,
    version: 1,
    checksums: false,
    suffixes: &[".iso", ".cdr"],
    gaps: &[
        "UDF is not read: a disc with UDF alone is refused, one with both is listed by ISO 9660.",
        "Of a disc with several sessions the one whose descriptors lie at sector 16 is listed.",
        "Images with sectors of 2352 bytes are not recognised.",
        "Interleaved, zisofs-compressed and Rock Ridge sparse files are listed and not opened.",
        "Boot images and areas that no folder names are not listed.",
    ],
    sources: &[
        "ECMA-119, volume and file structure of CDROM",
        "IEEE P1281, System Use Sharing Protocol, and P1282, Rock Ridge Interchange Protocol",
        "Microsoft, Joliet specification",
    ],
};

/// The format.
pub struct Iso9660;

impl Format for Iso9660 {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    /// The first descriptor lies at sector 16, its mark behind one byte.
    fn recognises(&self, head: &[u8], _bytes: &dyn Bytes) -> bool {
        matches!(head.get(0x8001..0x8006), Some(b"CD001" | b"BEA01"))
    }

    fn open(&self, opening: Opening<'_>) -> Result<Opened, Fault> {
        let volume = Volume::open(opening.bytes, opening.limits)?;
        Ok(Opened::Entries(Rc::new(volume)))
    }
}

impl Container for Volume {
    fn list(&self, report: &mut Report<'_>) {
        for fault in &self.wrong {
            if report(Err(fault.problem(""))) == Go::Stop {
                return;
            }
        }
        walk::list(self, report);
    }

    fn open(&self, address: u64) -> Result<Rc<dyn Bytes>, Fault> {
        match self.link(address)? {
            Some(target) => Ok(Rc::new(Memory(target))),
            None => Ok(Rc::new(self.content(address)?)),
        }
    }
}
