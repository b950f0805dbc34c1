//! Finds the members of a ZIP archive that has no directory: it was cut, or its end overwritten.

use super::record::{CENTRAL, LOCAL, Record, local};
use crate::bytes::{le32, le64};
use crate::fault::Fault;
use crate::formats::input::Input;
use crate::found::{Go, Report};

/// Marks the sizes behind a member.
const DESCRIPTOR: &[u8; 4] = b"PK\x07\x08";
/// Searched at once.
const PIECE: usize = 256 << 10;
/// The longest descriptor, with a header's mark behind it.
const LOOK: usize = 28;

/// Reports what the headers in front of the members say, and that this is all there is.
pub fn list(input: &mut Input, length: u64, report: &mut Report<'_>) {
    let why = "the directory at the end is missing; entries are those whose own headers remain";
    if report(Err(Fault::Damaged { at: length, why: why.to_owned() }.problem(""))) == Go::Stop {
        return;
    }
    let mut at = 0;
    loop {
        at = match find(input, at, LOCAL) {
            Ok(Some(at)) => at,
            Ok(None) => return,
            Err(fault) => {
                report(Err(fault.problem("")));
                return;
            }
        };
        let Ok((record, next)) = record(input, at, length) else {
            at += 1;
            continue;
        };
        let cut = record.cut || next > length;
        let subject = String::from_utf8_lossy(&record.name).into_owned();
        if report(Ok(record.found())) == Go::Stop {
            return;
        }
        if cut && report(Err(Fault::Truncated { at: length }.problem(&subject))) == Go::Stop {
            return;
        }
        at = if cut { at + 1 } else { next };
    }
}

/// The member whose header lies at `at`, and where the next may begin, in an archive of `length`
/// bytes. Sizes that lie behind the member are searched.
///
/// # Errors
/// [`Fault`] when no member begins here.
pub fn record(input: &mut Input, at: u64, length: u64) -> Result<(Record, u64), Fault> {
    let mut record = local(input, at)?;
    let data = record.data.unwrap_or(at);
    if record.has_descriptor() && record.packed == 0 {
        let next = behind(input, data, length, &mut record)?;
        return Ok((record, next));
    }
    let next = data.saturating_add(record.packed);
    Ok((record, next))
}

/// Searches the end of a member with unknown sizes: a descriptor that states the distance from the
/// member's beginning, or else the next header, or else the end.
fn behind(input: &mut Input, data: u64, length: u64, record: &mut Record) -> Result<u64, Fault> {
    let mut from = data;
    while let Some(at) = find(input, from, b"PK")? {
        let seen = input.look(at, LOOK)?;
        let distance = at - data;
        if seen.starts_with(DESCRIPTOR) {
            let (small, large) = (u64::from(le32(seen, 8)), le64(seen, 8));
            let size = if small == distance {
                Some((u64::from(le32(seen, 12)), 16))
            } else {
                (large == distance).then(|| (le64(seen, 16), 24))
            };
            if let Some((size, length)) = size {
                (record.crc, record.packed, record.size) = (le32(seen, 4), distance, size);
                return Ok(at + length);
            }
        } else if seen.starts_with(LOCAL) || seen.starts_with(CENTRAL) {
            unknown(record, distance);
            return Ok(at);
        }
        from = at + 2;
    }
    unknown(record, length.saturating_sub(data));
    Ok(length)
}

/// What there is; its size in clear is at least not nothing.
fn unknown(record: &mut Record, packed: u64) {
    (record.packed, record.size, record.cut) = (packed, packed, true);
}

/// Where `mark` lies next.
fn find(input: &mut Input, from: u64, mark: &[u8]) -> Result<Option<u64>, Fault> {
    let mut at = from;
    loop {
        let piece = input.look(at, PIECE)?;
        if let Some(found) = memchr::memmem::find(piece, mark) {
            return Ok(at.checked_add(found as u64));
        }
        // The mark may lie across two pieces; less than a piece is all that remains.
        if piece.len() < PIECE {
            return Ok(None);
        }
        at = at.saturating_add((piece.len() - mark.len() + 1) as u64);
    }
}
