//! GUID partition tables.
//!
//! The table lies at the beginning of the medium and again at its end. Both are sealed with CRC-32:
//! the first that is sound is read, and if that is the backup, the damage is a problem.

use super::mbr;
use crate::bytes::{Bytes, array_at, le32, le64, vec_at};
use crate::fault::Fault;
use crate::format::{Family, Format, Opened, Opening, Spec};
use crate::medium::{Volume, VolumeList};
use amparo_model::Problem;
use flate2::Crc;
use std::rc::Rc;

const SIGNATURE: &[u8] = b"EFI PART";
/// Bytes of a sector that media have.
const SECTORS: [u64; 2] = [512, 4096];
/// Bytes of a header that its own checksum may cover: no sector is longer.
const HEADER_BYTES_MAX: u32 = 512;
/// Bytes of all entries; the usual table has 16 KiB.
const TABLE_BYTES_MAX: u64 = 4 << 20;

static SPEC: Spec = Spec {
    id: "gpt",
    title: "GUID partition table",
    family: Family::Volumes,
    version: 1,
    checksums: false,
    suffixes: &[".dd", ".raw", ".img", ".bin"],
    gaps: &[
        "Names and types of partitions are not shown, nor is what lies between partitions.",
        "A medium that is also an ISO 9660 volume is read as that volume alone.",
    ],
    sources: &["UEFI Specification 2.10, section 5.3", "The Sleuth Kit 4.12, output of mmls"],
};

/// The format.
#[derive(Debug, Clone, Copy)]
pub struct Gpt;

impl Format for Gpt {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn recognises(&self, head: &[u8], bytes: &dyn Bytes) -> bool {
        is_signed(head, bytes) && !mbr::is_wrapped(head, bytes)
    }

    fn open(&self, opening: Opening<'_>) -> Result<Opened, Fault> {
        let (table, problems) = best(&*opening.bytes)?;
        let list = VolumeList::new(opening.bytes, table.volumes, problems);
        Ok(Opened::Entries(Rc::new(list)))
    }
}

/// Whether a header is there: at the beginning, unless the boot record divides the medium without
/// it, which happens where an older table was left in place; or at the end, for a protected medium.
pub(super) fn is_signed(head: &[u8], bytes: &dyn Bytes) -> bool {
    let is_protected = mbr::slots(head).iter().any(|slot| slot.is_protective());
    let is_at = |at: u64| {
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        head.get(at..).is_some_and(|rest| rest.starts_with(SIGNATURE))
    };
    if SECTORS.iter().any(|sector| is_at(*sector)) {
        return is_protected || !mbr::is_divided(head, bytes.len());
    }
    is_protected && SECTORS.iter().any(|sector| backup_at(bytes, *sector).is_some())
}

fn backup_at(bytes: &dyn Bytes, sector: u64) -> Option<u64> {
    let at = bytes.len().checked_sub(sector)?;
    array_at::<8>(bytes, at).is_ok_and(|found| found == SIGNATURE).then_some(at)
}

/// What one of the two tables says.
#[derive(Clone)]
struct Table {
    /// Where its header is.
    at: u64,
    volumes: Vec<Volume>,
    /// What is wrong with it as a whole.
    faults: Vec<Fault>,
    /// What is wrong with single entries.
    entry_faults: Vec<(u64, Fault)>,
}

/// The first sound table, else the first that can be read at all.
fn best(bytes: &dyn Bytes) -> Result<(Table, Vec<Problem>), Fault> {
    let first = SECTORS.iter().find_map(|&sector| table(bytes, sector, sector));
    if let Some(first) = first.as_ref().filter(|first| first.faults.is_empty()) {
        return Ok((first.clone(), first.problems()));
    }
    let backup = |sector: &u64| table(bytes, *sector, backup_at(bytes, *sector)?);
    match (first, SECTORS.iter().find_map(backup)) {
        (Some(first), Some(backup)) if backup.faults.is_empty() => {
            let used = Fault::damaged(backup.at, "the backup at the end is used").problem("");
            let faults = first.faults.iter().map(|fault| fault.problem(""));
            let problems = faults.chain([used]).chain(backup.problems()).collect();
            Ok((backup, problems))
        }
        (Some(first), _) => Ok((first.clone(), first.problems())),
        (None, Some(backup)) => {
            let why = "first table is missing; the backup is used";
            let used = Fault::damaged(SECTORS[0], why).problem("");
            let problems = [used].into_iter().chain(backup.problems()).collect();
            Ok((backup, problems))
        }
        (None, None) => Err(Fault::damaged(SECTORS[0], "no table that can be read")),
    }
}

impl Table {
    fn problems(&self) -> Vec<Problem> {
        let whole = self.faults.iter().map(|fault| fault.problem(""));
        let entry = |(slot, fault): &(u64, Fault)| fault.problem(&format!("p{slot}"));
        whole.chain(self.entry_faults.iter().map(entry)).collect()
    }
}

/// The table whose header is at this byte; `None` when there is none.
fn table(bytes: &dyn Bytes, sector: u64, at: u64) -> Option<Table> {
    let header: [u8; 512] = array_at(bytes, at).ok()?;
    if !header.starts_with(SIGNATURE) {
        return None;
    }
    let mut faults = Vec::new();
    let length = le32(&header, 12);
    let sealed = header.get(..length.min(HEADER_BYTES_MAX) as usize).unwrap_or_default();
    let is_long = (92..=HEADER_BYTES_MAX).contains(&length);
    if !is_long || crc_without(sealed, 16) != le32(&header, 16) {
        faults.push(Fault::damaged(at, "header of the table contradicts its checksum"));
    }
    if le64(&header, 24).checked_mul(sector) != Some(at) {
        faults.push(Fault::damaged(at, "header of the table says that it lies elsewhere"));
    }
    let mut table = Table { at, volumes: Vec::new(), faults, entry_faults: Vec::new() };
    let (count, size) = (u64::from(le32(&header, 80)), u64::from(le32(&header, 84)));
    if size < 128 {
        table.faults.push(Fault::damaged(at, format!("entries of {size} bytes")));
        return Some(table);
    }
    let from = le64(&header, 72).saturating_mul(sector);
    let entries = match vec_at(bytes, from, count.saturating_mul(size), TABLE_BYTES_MAX) {
        Ok(entries) => entries,
        Err(fault) => {
            table.faults.push(fault);
            return Some(table);
        }
    };
    if crc(&[&entries]) != le32(&header, 88) {
        table.faults.push(Fault::damaged(from, "entries of the table contradict their checksum"));
    }
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    for (slot, entry) in (1..).zip(entries.chunks_exact(size)) {
        take(slot, entry, sector, &mut table);
    }
    Some(table)
}

fn take(slot: u64, entry: &[u8], sector: u64, table: &mut Table) {
    let (first, last) = (le64(entry, 32), le64(entry, 40));
    if entry.iter().take(16).all(|byte| *byte == 0) {
        return;
    }
    let start = first.saturating_mul(sector);
    match last.checked_sub(first) {
        Some(more) if first > 0 => {
            let length = more.saturating_add(1).saturating_mul(sector);
            table.volumes.push(Volume { slot, start, length });
        }
        _ => {
            let why = format!("partition from sector {first} to sector {last}");
            table.entry_faults.push((slot, Fault::damaged(start, why)));
        }
    }
}

/// The checksum of a header, which counts its own four bytes as zeros.
fn crc_without(bytes: &[u8], at: usize) -> u32 {
    let before = bytes.get(..at).unwrap_or_default();
    crc(&[before, &[0; 4], bytes.get(at + 4..).unwrap_or_default()])
}

fn crc(parts: &[&[u8]]) -> u32 {
    let mut crc = Crc::new();
    parts.iter().for_each(|part| crc.update(part));
    crc.sum()
}
