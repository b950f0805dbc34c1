//! ZIP archives: the central directory lists, what it points to is read.
//!
//! Also what other names hide: UFED reports (`.ufdr`), Android application data exported as
//! archives (`.clbx`), self-extracting programs. An archive that was cut has lost its directory,
//! which lies at the end; then the members are found by the header in front of each.
//!
//! Facts: PKWARE's APPNOTE.TXT 6.3.10; Info-ZIP's `proginfo/extrafld.txt` for the extra fields of
//! times, names and Unix modes; WinZip's "AES Encryption Information" (AE-1, AE-2).

mod directory;
mod end;
mod entry;
mod locked;
mod record;
mod recover;

use super::input::Input;
use crate::bytes::Bytes;
use crate::fault::Fault;
use crate::format::{Container, Family, Format, Opened, Opening, Secrets, Spec};
use crate::found::Report;
use crate::limits::Limits;
use end::Directory;
use record::Record;
use std::cell::RefCell;
use std::rc::Rc;

/// ZIP.
pub struct Zip;

const SPEC: Spec = Spec {
    id: "zip",
    title: "ZIP archive",
    family: Family::Archive,
    version: 1,
    checksums: false,
    suffixes: &[".zip", ".zipx", ".ufdr", ".clbx"],
    gaps: &[
        "Archives split over several files are not put together.",
        "Members compressed with BZIP2, PPMd, Shrink, Reduce, Implode, JPEG, WavPack are listed, \
         not read.",
        "PKWARE's strong encryption and encrypted directories are not opened.",
        "Times without zone, as ZIP states them when no extra field says more, count as none.",
        "Names in an unmarked code page are listed with the bytes that are stored.",
        "In an archive without directory, a member of unknown size ends at the next mark, which \
         its own bytes may contain.",
    ],
    sources: &[
        "PKWARE, APPNOTE.TXT - .ZIP File Format Specification, 6.3.10",
        "Info-ZIP, extrafld.txt (extra fields)",
        "WinZip, AES Encryption Information: AE-1 and AE-2",
    ],
};

/// Heads of programs and scripts, in front of which an archive that unpacks itself can lie.
const PROGRAMS: [&[u8]; 3] = [b"MZ", b"\x7FELF", b"#!"];

impl Format for Zip {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn recognises(&self, head: &[u8], bytes: &dyn Bytes) -> bool {
        let spanned = head.strip_prefix(b"PK\x07\x08").or(head.strip_prefix(b"PK00"));
        let head = spanned.unwrap_or(head);
        if head.starts_with(record::LOCAL) || head.starts_with(end::END) {
            return true;
        }
        let program = PROGRAMS.iter().any(|program| head.starts_with(program));
        program && end::directory(bytes).is_ok_and(|found| found.is_some_and(|at| at.entries > 0))
    }

    fn open(&self, opening: Opening<'_>) -> Result<Opened, Fault> {
        let directory = end::directory(&*opening.bytes)?;
        if directory.as_ref().is_some_and(|directory| directory.split) {
            return Err(Fault::unsupported("one part of a ZIP archive split over several files"));
        }
        let records = Input::new(Rc::clone(&opening.bytes), opening.bytes.len());
        Ok(Opened::Entries(Rc::new(Archive {
            records: RefCell::new(records),
            bytes: opening.bytes,
            directory,
            secrets: opening.secrets.clone(),
            limits: opening.limits,
        })))
    }
}

/// An opened archive. An entry's address is where its record lies: in the directory, or in front of
/// the member where there is no directory.
struct Archive {
    bytes: Rc<dyn Bytes>,
    /// `None` when it was cut off.
    directory: Option<Directory>,
    secrets: Secrets,
    limits: Limits,
    /// Entries are mostly opened in their order: their records are read together.
    records: RefCell<Input>,
}

impl Archive {
    fn input(&self) -> Input {
        Input::new(Rc::clone(&self.bytes), self.bytes.len())
    }

    /// The directory's record at `address`, or what a local header there says.
    fn record(&self, address: u64) -> Result<Record, Fault> {
        let mut input = self.records.borrow_mut();
        if input.array::<4>(address)? == *record::CENTRAL {
            let base = self.directory.as_ref().map_or(0, |directory| directory.base);
            return record::central(&mut input, address, base);
        }
        recover::record(&mut input, address, self.bytes.len()).map(|(record, _)| record)
    }
}

impl Container for Archive {
    fn list(&self, report: &mut Report<'_>) {
        let mut input = self.input();
        match &self.directory {
            Some(directory) if directory::begins(&mut input, directory) => {
                directory::list(&mut input, directory, self.bytes.len(), report);
            }
            _ => recover::list(&mut input, self.bytes.len(), report),
        }
    }

    fn open(&self, address: u64) -> Result<Rc<dyn Bytes>, Fault> {
        let record = self.record(address)?;
        entry::open(&self.bytes, &record, &self.secrets, &self.limits)
    }
}
