//! Lists a ZIP archive by its directory.

use super::end::Directory;
use super::record::{CENTRAL, LOCAL_BYTES, Record, central};
use crate::fault::Fault;
use crate::formats::input::Input;
use crate::found::{Go, Report};

/// Searched at once for the next record behind damage.
const PIECE: usize = 64 << 10;

/// Whether the directory begins where it is said to, or is empty.
pub fn begins(input: &mut Input, directory: &Directory) -> bool {
    directory.entries == 0 && directory.start == directory.end
        || input.array::<4>(directory.start).is_ok_and(|mark| mark == *CENTRAL)
}

/// Reports every entry; `length` is the archive's.
pub fn list(input: &mut Input, directory: &Directory, length: u64, report: &mut Report<'_>) {
    let (mut at, mut listed, mut overlaps) = (directory.start, 0_u64, Overlaps::default());
    while at < directory.end {
        let record = match central(input, at, directory.base) {
            Ok(record) => record,
            Err(fault) => {
                if report(Err(fault.problem(""))) == Go::Stop {
                    return;
                }
                match next(input, at + 1, directory.end) {
                    Some(next) => at = next,
                    None => break,
                }
                continue;
            }
        };
        at = at.saturating_add(record.length);
        listed += 1;
        let overlap = overlaps.see(&record, length);
        if report(Ok(record.found())) == Go::Stop {
            return;
        }
        if let Some(fault) = overlap
            && report(Err(fault.problem(&String::from_utf8_lossy(&record.name)))) == Go::Stop
        {
            return;
        }
    }
    // Old tools count modulo 65,536.
    if listed != directory.entries && listed % 0x1_0000 != directory.entries {
        let why = format!("{listed} entries in the directory; stated are {}", directory.entries);
        report(Err(Fault::damaged(directory.start, why).problem("")));
    }
}

/// Where the next record begins.
fn next(input: &mut Input, from: u64, end: u64) -> Option<u64> {
    let mut at = from;
    while at < end {
        let piece = input.look(at, PIECE).ok()?;
        if let Some(found) = memchr::memmem::find(piece, CENTRAL) {
            return at.checked_add(found as u64).filter(|at| *at < end);
        }
        // The mark may lie across two pieces.
        at = at.checked_add(piece.len().checked_sub(3).filter(|skip| *skip > 0)? as u64)?;
    }
    None
}

/// Members that lie over each other: a few bytes then unpack to any number of files. Told once.
#[derive(Default)]
struct Overlaps {
    packed: u64,
    /// The latest member's header and the end of its bytes, at least.
    before: Option<(u64, u64)>,
    told: bool,
}

impl Overlaps {
    fn see(&mut self, record: &Record, length: u64) -> Option<Fault> {
        let bytes = (LOCAL_BYTES as u64).saturating_add(record.packed);
        let end = record.header.saturating_add(bytes);
        self.packed = self.packed.saturating_add(bytes);
        let over = self.before.is_some_and(|(start, before)| start < end && record.header < before);
        self.before = Some((record.header, end));
        if self.told || !(over || self.packed > length) {
            return None;
        }
        self.told = true;
        let why = "members lie over each other or outside the archive";
        Some(Fault::damaged(record.header, why))
    }
}
