//! Slots of a FAT folder: short entries, and the long names in front of them.
//!
//! Facts: Microsoft, *FAT32 File System Specification* 1.03, "FAT Directory Structure" and "FAT
//! Long Directory Entries". Byte 12 with the letters' case: Windows NT, as Linux' `vfat` documents
//! it.

use super::name::{from_utf16, is_sound, made_sound};
use super::walk::{Entry, Items, SLOT, Slots};
use crate::bytes::{le16, le32};
use crate::fault::Fault;
use crate::found::Go;

const DELETED: u8 = 0xE5;
/// Stands for a first letter 0xE5 that does not mean deletion.
const KANJI: u8 = 0x05;
const VOLUME: u8 = 0x08;
const FOLDER: u8 = 0x10;
const LONG: u8 = 0x0F;
/// Slots of the longest name: 255 letters of 13 a slot.
const LONG_SLOTS: usize = 20;
const BASE_LOWER: u8 = 0x08;
const END_LOWER: u8 = 0x10;

/// One slot with a file or folder.
pub struct Short<'s>(pub &'s [u8; SLOT]);

impl Short<'_> {
    fn attributes(&self) -> u8 {
        self.0[11]
    }

    /// First cluster; the upper half is something else before FAT32.
    pub fn first(&self, wide: bool) -> u32 {
        let upper = if wide { u32::from(le16(self.0, 20)) << 16 } else { 0 };
        upper | u32::from(le16(self.0, 26))
    }

    /// As an entry without a name.
    pub fn entry(&self, wide: bool, address: u64) -> Entry {
        let folder = self.attributes() & FOLDER != 0;
        let size = if folder { 0 } else { u64::from(le32(self.0, 28)) };
        Entry {
            name: Vec::new(),
            folder,
            size,
            valid: size,
            first: self.first(wide),
            contiguous: false,
            deleted: self.0[0] == DELETED,
            address,
            // Stored, but as a local time that states no zone.
            modified_at: None,
            fault: None,
        }
    }

    /// Whether it may be a file or folder. Devices write what the specification forbids, so that a
    /// live entry is refused only for what no device writes.
    pub fn is_sound(&self, clusters: u32, wide: bool) -> bool {
        let [first, rest @ ..] = self.short();
        let named = (first >= b' ' || first == KANJI) && rest.iter().all(|byte| *byte >= b' ');
        let plain = self.attributes() & 0xC0 == 0 || self.starts_inside(clusters, wide);
        named && plain && self.attributes() & VOLUME == 0
    }

    /// Whether what is said to be deleted can be believed: strict, since such slots may hold
    /// anything.
    fn is_credible(&self, clusters: u32, wide: bool) -> bool {
        let [first, rest @ ..] = self.short();
        let short = |byte: &u8| is_short(*byte) && !byte.is_ascii_lowercase();
        let named = (first > b' ' && short(&first)) || first == KANJI;
        let sound = named && rest.iter().all(short) && self.attributes() & (0xC0 | VOLUME) == 0;
        let empty = self.first(wide) == 0 && le32(self.0, 28) == 0;
        sound && (empty || self.starts_inside(clusters, wide))
    }

    fn starts_inside(&self, clusters: u32, wide: bool) -> bool {
        let first = self.first(wide);
        first >= 2 && first - 2 < clusters
    }

    /// `.` and `..`.
    fn is_dots(&self) -> bool {
        self.0.starts_with(b".          ") || self.0.starts_with(b"..         ")
    }

    fn short(&self) -> [u8; 11] {
        self.0.first_chunk().copied().unwrap_or_default()
    }

    /// The short name, as stored: letters above ASCII are in a code page that nothing states.
    fn name(&self, deleted: bool) -> Vec<u8> {
        let mut short = self.short();
        match short.first_mut() {
            Some(first) if deleted => *first = b'_',
            Some(first) if *first == KANJI => *first = 0xE5,
            _ => {}
        }
        let (base, end) = short.split_at(8);
        let part = |bytes: &[u8], lower: u8| {
            let bytes = bytes.trim_ascii_end();
            if self.0[12] & lower == 0 { bytes.to_vec() } else { bytes.to_ascii_lowercase() }
        };
        let (base, end) = (part(base, BASE_LOWER), part(end, END_LOWER));
        if end.is_empty() { base } else { [base, end].join(&b'.') }
    }
}

/// A byte of a short name, small letters aside.
fn is_short(byte: u8) -> bool {
    byte >= b' ' && !b"\"*+,./:;<=>?[\\]|\x7F".contains(&byte)
}

/// The checksum of a short name that its long slots carry.
fn checksum(short: &[u8]) -> u8 {
    short.iter().fold(0_u8, |sum, byte| sum.rotate_right(1).wrapping_add(*byte))
}

/// The slots of a long name so far, in the order in which they lie: the name's end comes first.
#[derive(Default)]
struct Long {
    slots: Vec<[u8; SLOT]>,
    deleted: bool,
}

impl Long {
    fn take(&mut self, slot: &[u8; SLOT]) {
        let deleted = slot[0] == DELETED;
        let begins = match self.slots.last() {
            None => true,
            Some(last) if deleted => {
                // Deleted slots lost their numbers; a name that ends in its slot begins a new one.
                !self.deleted || last[13] != slot[13] || units(slot).any(|unit| unit == 0)
            }
            Some(last) => {
                let follows = slot[0] & 0x40 == 0 && slot[0] == (last[0] & 0x3F).wrapping_sub(1);
                self.deleted || !follows || last[13] != slot[13]
            }
        };
        if begins || self.slots.len() >= LONG_SLOTS {
            self.slots.clear();
        }
        self.deleted = deleted;
        self.slots.push(*slot);
    }

    /// The long name that belongs to a short one; why not, when there are slots that do not.
    fn name_of(&self, short: &Short<'_>) -> Result<Option<Vec<u8>>, &'static str> {
        let (Some(first), Some(last)) = (self.slots.first(), self.slots.last()) else {
            return Ok(None);
        };
        let name = from_utf16(self.slots.iter().rev().flat_map(units));
        let deleted = short.0[0] == DELETED;
        if deleted {
            let fits = self.deleted && first_letter_fits(&short.short(), last[13], &name);
            return Ok(fits.then_some(name));
        }
        if self.deleted {
            return Ok(None);
        }
        if first[0] & 0x40 == 0 || last[0] & 0x3F != 1 {
            return Err("slots of its long name are missing; the short name stands for it");
        }
        if last[13] != checksum(&short.short()) {
            return Err("its long name has another checksum; the short name stands for it");
        }
        Ok(Some(name))
    }
}

/// The checksum gives back the first letter of a deleted short name. It fits when the long name
/// begins with it, or with something that short names cannot hold.
fn first_letter_fits(short: &[u8; 11], sum: u8, name: &[u8]) -> bool {
    let fits = |letter: &u8| {
        let mut whole = *short;
        if let Some(first) = whole.first_mut() {
            *first = *letter;
        }
        checksum(&whole) == sum
    };
    let Some(letter) = (0..=255).find(fits) else {
        return false;
    };
    match name.iter().find(|byte| !matches!(byte, b' ' | b'.')) {
        Some(begins) if begins.is_ascii() && is_short(*begins) => {
            letter == begins.to_ascii_uppercase()
        }
        Some(begins) if begins.is_ascii() => letter == b'_',
        Some(_) => letter == KANJI || (letter > b' ' && is_short(letter)),
        None => false,
    }
}

/// The 13 letters of a long slot.
fn units(slot: &[u8; SLOT]) -> impl Iterator<Item = u16> {
    let at = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];
    at.map(|at| le16(slot, at)).into_iter()
}

/// Reads the slots of one folder.
pub struct FatSlots {
    wide: bool,
    clusters: u32,
    long: Long,
    /// The last slot was none of a folder; of a row of such only the first is told.
    broken: bool,
}

impl FatSlots {
    /// `wide` for FAT32; so many clusters in the volume.
    pub fn new(wide: bool, clusters: u32) -> Self {
        Self { wide, clusters, long: Long::default(), broken: false }
    }

    fn short(&mut self, slot: &[u8; SLOT], at: u64, out: &mut Items) {
        let (short, long) = (Short(slot), std::mem::take(&mut self.long));
        let deleted = slot[0] == DELETED;
        if short.is_dots() || (short.attributes() & 0xC8 == VOLUME) {
            return;
        }
        let sound = match deleted {
            true => short.is_credible(self.clusters, self.wide),
            false => short.is_sound(self.clusters, self.wide),
        };
        if !sound {
            if !deleted && !std::mem::replace(&mut self.broken, true) {
                out.push_back(Err(Fault::damaged(at, "no entry of a folder")));
            }
            return;
        }
        self.broken = false;
        let mut entry = short.entry(self.wide, at);
        entry.name = match long.name_of(&short) {
            Ok(Some(name)) => name,
            Ok(None) => short.name(deleted),
            Err(why) => {
                entry.fault = Some(Fault::damaged(at, why));
                short.name(deleted)
            }
        };
        if !is_sound(&entry.name) {
            entry.fault = Some(Fault::damaged(at, "a name that no file can have"));
            entry.name = made_sound(&entry.name);
        }
        out.push_back(Ok(entry));
    }
}

impl Slots for FatSlots {
    fn take(&mut self, slot: &[u8; SLOT], at: u64, out: &mut Items) -> Go {
        if slot[0] == 0 {
            return Go::Stop;
        }
        if slot[11] & 0x3F == LONG {
            self.long.take(slot);
        } else {
            self.short(slot, at, out);
        }
        Go::On
    }

    fn end(&mut self, _out: &mut Items) {}
}

/// Whether a cluster begins as every folder but the root does: with itself and the one above.
pub fn begins_folder(cluster: &[u8], number: u32, wide: bool) -> bool {
    let mut slots = cluster.chunks_exact(SLOT).filter_map(|slot| slot.first_chunk()).map(Short);
    let (Some(own), Some(above)) = (slots.next(), slots.next()) else {
        return false;
    };
    let folders = own.attributes() & FOLDER != 0 && above.attributes() & FOLDER != 0;
    let named = own.0.starts_with(b".          ") && above.0.starts_with(b"..         ");
    folders && named && own.first(wide) == number
}

/// Whether every slot of a cluster may be one of a folder.
pub fn holds_slots(cluster: &[u8], wide: bool, clusters: u32) -> bool {
    let slots = cluster.chunks_exact(SLOT).filter_map(|slot| slot.first_chunk());
    let mut used = slots.take_while(|slot: &&[u8; SLOT]| slot[0] != 0).peekable();
    used.peek().is_some()
        && used.all(|slot| {
            let long = slot[11] == LONG && slot[12] == 0 && slot[26] == 0 && slot[27] == 0;
            let short = Short(slot);
            long || (short.is_credible(clusters, wide))
        })
}
