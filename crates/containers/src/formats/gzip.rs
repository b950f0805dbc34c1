//! gzip: one compressed file, as an archive with one entry.
//!
//! The entry has the name that the file's header gives, else the file's own without its ending.
//! Members that follow each other are one file, as gzip reads them.
//!
//! Facts: RFC 1952.

mod members;

use super::inflate::Unpacked;
use crate::bytes::{Bytes, array_at};
use crate::fault::Fault;
use crate::format::{Container, Family, Format, Opened, Opening, Spec};
use crate::found::{Found, Kind, Report};
use amparo_model::UtcMillis;
use members::{Head, Members};
use std::rc::Rc;

/// gzip.
pub struct Gzip;

const SPEC: Spec = Spec {
    id: "gzip",
    title: "gzip file",
    family: Family::Archive,
    version: 1,
    checksums: false,
    suffixes: &[".gz", ".tgz"],
    gaps: &[
        "The listed size is what the file's end states, modulo 4 GiB and of its last member only.",
        "Names of members behind the first are not listed: all are one file.",
    ],
    sources: &["RFC 1952, GZIP file format specification version 4.3"],
};

/// Unpacked bytes that are given whatever the ratio, as of a file of zeros.
const ALLOWED: u64 = 64 << 20;
const FOUR_GIB: u64 = 1 << 32;

impl Format for Gzip {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn recognises(&self, head: &[u8], _bytes: &dyn Bytes) -> bool {
        // Deflate is the one method that was defined; the upper flags are reserved.
        head.starts_with(members::MARK) && head.get(3).is_some_and(|flags| flags & 0xE0 == 0)
    }

    fn open(&self, opening: Opening<'_>) -> Result<Opened, Fault> {
        let head = members::head(&opening.bytes)?;
        let path = name(&head, &opening.name);
        let ratio = opening.limits.ratio;
        Ok(Opened::Entries(Rc::new(Archive { bytes: opening.bytes, head, path, ratio })))
    }
}

/// What the entry is called.
fn name(head: &Head, file: &[u8]) -> Vec<u8> {
    let stated = head.name.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    if !stated.is_empty() {
        return stated.to_vec();
    }
    let lower = file.to_ascii_lowercase();
    let without = |ending: &[u8]| {
        let length = lower.strip_suffix(ending)?.len();
        file.get(..length).filter(|name| !name.is_empty())
    };
    match (without(b".gz"), without(b".tgz")) {
        (Some(name), _) => name.to_vec(),
        (None, Some(name)) => [name, b".tar"].concat(),
        (None, None) => b"content".to_vec(),
    }
}

/// An opened file.
struct Archive {
    bytes: Rc<dyn Bytes>,
    head: Head,
    path: Vec<u8>,
    ratio: u64,
}

impl Archive {
    /// The size as claimed. The file's end states it modulo 4 GiB; what is packed is seldom larger
    /// than what it was made from.
    fn claimed(&self) -> u64 {
        let packed = self.bytes.len();
        let end = packed.checked_sub(4).and_then(|at| array_at::<4>(&*self.bytes, at).ok());
        let stated = u64::from(end.map_or(0, u32::from_le_bytes));
        match packed {
            // Zeros behind the end, as on a tape.
            _ if stated == 0 && packed > 64 => packed,
            0..FOUR_GIB => stated,
            _ => {
                let size = packed - packed % FOUR_GIB + stated;
                if size < packed { size.saturating_add(FOUR_GIB) } else { size }
            }
        }
    }
}

impl Container for Archive {
    fn list(&self, report: &mut Report<'_>) {
        report(Ok(Found {
            path: self.path.clone(),
            kind: Kind::File,
            size: self.claimed(),
            address: 0,
            deleted: false,
            modified_at: (self.head.seconds > 0)
                .then(|| UtcMillis(i64::from(self.head.seconds) * 1_000)),
        }));
    }

    fn open(&self, _address: u64) -> Result<Rc<dyn Bytes>, Fault> {
        let most = self.bytes.len().saturating_mul(self.ratio).saturating_add(ALLOWED);
        let bytes = Rc::clone(&self.bytes);
        Ok(Rc::new(Unpacked::open_ended(bytes, Members::default(), most)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entry_has_the_stated_name_or_the_files_own() {
        let check = |stated: &[u8], file: &[u8], expect: &[u8]| {
            let head = Head { name: stated.to_vec(), seconds: 0, data: 0 };
            assert_eq!(name(&head, file), expect);
        };
        check(b"stated.txt", b"a.gz", b"stated.txt");
        check(b"/etc/../x", b"a.gz", b"x");
        check(b"folder/", b"a.gz", b"a");
        check(b"", b"Backup.TGZ", b"Backup.tar");
        check(b"", b"backup.tar.gz", b"backup.tar");
        check(b"", b".gz", b"content");
        check(b"", b"", b"content");
    }
}
