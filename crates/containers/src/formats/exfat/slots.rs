//! Slots of an exFAT folder: sets of a file entry, its stream and its name.
//!
//! Facts: Microsoft, *exFAT file system specification*, sections 6 and 7.

use crate::bytes::{le16, le32, le64};
use crate::fault::Fault;
use crate::formats::fat::name::{from_utf16, is_sound, made_sound};
use crate::formats::fat::walk::{Entry, Items, SLOT, Slots};
use crate::found::Go;
use amparo_model::UtcMillis;

/// Set while an entry is in use; cleared by deletion, which changes nothing else.
const IN_USE: u8 = 0x80;
const SECONDARY: u8 = 0x40;
const BITMAP: u8 = 0x81;
const UPCASE: u8 = 0x82;
const LABEL: u8 = 0x83;
const FILE: u8 = 0x85;
const STREAM: u8 = 0xC0;
const NAME: u8 = 0xC1;
/// Set in primary entries that a reader may pass over.
const BENIGN: u8 = 0x20;
const FOLDER: u16 = 0x10;
const NO_CHAIN: u8 = 2;
/// Bytes of the largest folder.
pub const FOLDER_MOST: u64 = 256 << 20;
const NAME_UNITS: usize = 15;
const QUARTER_MS: i64 = 15 * 60 * 1_000;

/// The stream entry: all that is needed to read.
pub fn stream(slot: &[u8; SLOT], address: u64) -> Option<Entry> {
    let size = le64(slot, 24);
    (slot[0] | IN_USE == STREAM).then(|| Entry {
        name: Vec::new(),
        folder: false,
        size,
        valid: le64(slot, 8).min(size),
        first: le32(slot, 20),
        contiguous: slot[1] & NO_CHAIN != 0,
        deleted: slot[0] & IN_USE == 0,
        address,
        modified_at: None,
        fault: None,
    })
}

/// The allocation bitmap's first cluster and length, of a slot that names it; the second one in
/// volumes with two.
pub fn bitmap(slot: &[u8; SLOT], second: bool) -> Option<(u32, u64)> {
    let this = slot[0] == BITMAP && (slot[1] & 1 != 0) == second;
    this.then(|| (le32(slot, 20), le64(slot, 24)))
}

/// Reads the slots of one folder.
#[derive(Default)]
pub struct ExSlots {
    set: Vec<[u8; SLOT]>,
    /// Where the set's first slots lie.
    places: Vec<u64>,
    /// The last slot was none of a folder; of a row of such only the first is told.
    broken: bool,
}

impl ExSlots {
    fn wanted(&self) -> usize {
        self.set.first().map_or(0, |file| usize::from(file[1]) + 1)
    }

    fn is_open(&self) -> bool {
        !self.set.is_empty()
    }

    fn close(&mut self, out: &mut Items) {
        let at = self.places.first().copied().unwrap_or(0);
        let (set, places) = (std::mem::take(&mut self.set), std::mem::take(&mut self.places));
        let Some(file) = set.first() else {
            return;
        };
        let live = file[0] == FILE;
        match entry(&set, &places) {
            Some(entry) => {
                self.broken = false;
                out.push_back(Ok(entry));
            }
            // What is deleted may be written over in part: then nothing names it any more.
            None if live => self.tell(at, "an entry without all of its parts", out),
            None => {}
        }
    }

    fn tell(&mut self, at: u64, why: &str, out: &mut Items) {
        if !std::mem::replace(&mut self.broken, true) {
            out.push_back(Err(Fault::damaged(at, why)));
        }
    }

    fn primary(&mut self, slot: &[u8; SLOT], at: u64, out: &mut Items) {
        match slot[0] {
            kind if kind | IN_USE == FILE => {
                self.set.push(*slot);
                self.places.push(at);
                if self.wanted() == 1 {
                    self.close(out);
                }
            }
            BITMAP | UPCASE | LABEL => self.broken = false,
            kind if kind & IN_USE == 0 || kind & (BENIGN | SECONDARY) == BENIGN => {}
            _ => self.tell(at, "no entry of a folder", out),
        }
    }
}

impl Slots for ExSlots {
    fn take(&mut self, slot: &[u8; SLOT], at: u64, out: &mut Items) -> Go {
        let kind = slot[0];
        let in_use = self.set.first().map(|file| file[0] & IN_USE);
        if in_use == Some(kind & IN_USE) && kind & SECONDARY != 0 {
            self.set.push(*slot);
            self.places.push(at);
            if self.set.len() == self.wanted() {
                self.close(out);
            }
            return Go::On;
        }
        if self.is_open() {
            self.close(out);
        }
        if kind == 0 {
            return Go::Stop;
        }
        self.primary(slot, at, out);
        Go::On
    }

    fn end(&mut self, out: &mut Items) {
        self.close(out);
    }
}

/// A complete set as an entry; `None` when it is not complete.
fn entry(set: &[[u8; SLOT]], places: &[u64]) -> Option<Entry> {
    let (file, second) = (set.first()?, set.get(1)?);
    let at = *places.first()?;
    let mut entry = stream(second, *places.get(1)?)?;
    let units = usize::from(second[3]);
    let names = set.get(2..)?.get(..units.div_ceil(NAME_UNITS))?;
    let whole = set.len() == usize::from(file[1]) + 1;
    if units == 0 || !whole || names.iter().any(|slot| slot[0] | IN_USE != NAME) {
        return None;
    }
    let letters = names.iter().flat_map(|slot| (0..NAME_UNITS).map(|at| le16(slot, 2 + at * 2)));
    entry.name = from_utf16(letters.take(units));
    entry.folder = le16(file, 4) & FOLDER != 0;
    entry.modified_at = moment(le32(file, 12), file[21], file[23]);
    if checksum(set) != le16(file, 2) {
        entry.fault = Some(Fault::damaged(at, "the entry does not have its checksum"));
    } else if !is_sound(&entry.name) {
        entry.fault = Some(Fault::damaged(at, "a name that no file can have"));
    } else if le64(second, 8) > entry.size {
        entry.fault = Some(Fault::damaged(at, "more bytes written than the file holds"));
    } else if entry.folder && entry.size > FOLDER_MOST {
        entry.fault = Some(Fault::damaged(at, "a folder of more than 256 MiB"));
    }
    if !is_sound(&entry.name) {
        entry.name = made_sound(&entry.name);
    }
    // A folder is written whole.
    if entry.folder {
        entry.valid = entry.size;
    }
    Some(entry)
}

/// The checksum of a set as it was before a deletion.
fn checksum(set: &[[u8; SLOT]]) -> u16 {
    let bytes = set.iter().enumerate().flat_map(|(number, slot)| {
        let own = move |at: &usize| number > 0 || !matches!(*at, 2 | 3);
        let bytes = slot.iter().enumerate();
        bytes.filter(move |(at, _)| own(at)).map(|(at, byte)| match at {
            0 => byte | IN_USE,
            _ => *byte,
        })
    });
    bytes.fold(0, |sum: u16, byte| sum.rotate_right(1).wrapping_add(u16::from(byte)))
}

/// A time whose distance from UTC is stated; `None` where it is not, or is no time.
fn moment(stamp: u32, hundredths: u8, offset: u8) -> Option<UtcMillis> {
    if offset & 0x80 == 0 || hundredths > 199 {
        return None;
    }
    let bits = |from: u32, count: u32| stamp >> from & ((1 << count) - 1);
    let (year, month, day) = (1980 + bits(25, 7), bits(21, 4), bits(16, 5));
    let (hour, minute, second) = (bits(11, 5), bits(5, 6), bits(0, 5) * 2);
    let text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z");
    let local = UtcMillis::parse(&text).ok()?;
    // Seven bits with a sign, in quarters of an hour east of UTC.
    let quarters = i64::from(offset & 0x7F) - if offset & 0x40 != 0 { 0x80 } else { 0 };
    Some(local.plus_ms(i64::from(hundredths) * 10 - quarters * QUARTER_MS))
}

/// Whether a cluster begins with a whole set: folders have no other mark.
pub fn begins_folder(cluster: &[u8]) -> bool {
    first_set(cluster).is_some_and(|item| item.is_ok_and(|entry| entry.fault.is_none()))
}

fn first_set(cluster: &[u8]) -> Option<Result<Entry, Fault>> {
    let first = cluster.first()?;
    let (mut slots, mut out) = (ExSlots::default(), Items::new());
    let all = cluster.chunks_exact(SLOT).filter_map(|slot| slot.first_chunk());
    for slot in all.take_while(|_| first | IN_USE == FILE) {
        if slots.take(slot, 0, &mut out) == Go::Stop || !slots.is_open() {
            break;
        }
    }
    out.pop_front()
}

/// Whether every slot of a cluster is of a kind that folders hold.
pub fn holds_slots(cluster: &[u8]) -> bool {
    let kinds = cluster.chunks_exact(SLOT).filter_map(|slot| slot.first());
    let mut used = kinds.take_while(|kind| **kind != 0).peekable();
    let known = |kind: &u8| matches!(kind | IN_USE, FILE | STREAM | NAME | 0xA0..=0xBF | 0xE0..);
    used.peek().is_some() && used.all(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_counts_only_with_its_zone() {
        let stamp = (2026 - 1980) << 25 | 3 << 21 | 9 << 16 | 13 << 11 | 5 << 5 | 7;
        let check = |stamp, hundredths, offset, expect: Option<&str>| {
            let expect = expect.map(|text| UtcMillis::parse(text).unwrap());
            assert_eq!(moment(stamp, hundredths, offset), expect);
        };
        check(stamp, 150, 0x80, Some("2026-03-09T13:05:15.5Z"));
        check(stamp, 0, 0x80 | 8, Some("2026-03-09T11:05:14Z"));
        check(stamp, 0, 0xFC - 8, Some("2026-03-09T16:05:14Z"));
        check(stamp, 0, 8, None);
        check(stamp, 200, 0x80, None);
        check(0, 0, 0x80, None);
    }
}
