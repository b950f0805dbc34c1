//! The files of a 7z archive: names, times, kinds.

use super::fields::Fields;
use super::streams::{Part, id};
use crate::bytes::le16;
use crate::fault::Fault;
use crate::found::Kind;
use crate::limits::Limits;
use amparo_model::UtcMillis;

const EMPTY_STREAM: u8 = 0x0E;
const EMPTY_FILE: u8 = 0x0F;
const REMOVED: u8 = 0x10;
const NAMES: u8 = 0x11;
const MODIFIED: u8 = 0x14;
const ATTRIBUTES: u8 = 0x15;
/// Files that are held in memory: more is no honest archive.
const FILES: usize = 4_000_000;
/// Between the Unix epoch and 1601, in units of 100 ns.
const WINDOWS_EPOCH: u64 = 116_444_736_000_000_000;

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Where its name lies among the names, in bytes.
    name: (usize, usize),
    pub kind: Kind,
    pub size: u64,
    pub crc: Option<u32>,
    /// Number of the folder, and where in it; `None` for what holds no bytes.
    pub lies: Option<(usize, u64)>,
    pub modified_at: Option<UtcMillis>,
}

impl File {
    /// Its path in UTF-8, a lone half of a character as WTF-8 writes it.
    pub fn path(&self, names: &[u8]) -> Vec<u8> {
        let name = names.get(self.name.0..self.name.1).unwrap_or_default();
        let units = name.chunks_exact(2).map(|unit| le16(unit, 0));
        let mut path = Vec::new();
        for decoded in char::decode_utf16(units) {
            match decoded {
                Ok(letter) => path.extend(letter.encode_utf8(&mut [0; 4]).bytes()),
                Err(lone) => {
                    let [high, low] = lone.unpaired_surrogate().to_be_bytes();
                    path.push(0xE0 | high >> 4);
                    path.push(0x80 | (high & 0x0F) << 2 | low >> 6);
                    path.push(0x80 | low & 0x3F);
                }
            }
        }
        let start = path.iter().take_while(|byte| **byte == b'/').count();
        path.split_off(start)
    }
}

/// Reads the list of files, whose bytes are `parts` in order; with it, all names.
///
/// # Errors
/// [`Fault`] when it contradicts itself.
pub fn read(
    fields: &mut Fields<'_>,
    parts: &[Part],
    limits: &Limits,
) -> Result<(Vec<File>, Vec<u8>), Fault> {
    // Even a file without a name takes two bytes for its end.
    let count = fields.count(16)?;
    let most = usize::try_from(limits.entries).unwrap_or(usize::MAX).min(FILES);
    if count > most {
        return Err(Fault::Limit { what: format!("{count} files in a 7z archive") });
    }
    let mut stated = Stated::default();
    loop {
        let property = fields.byte()?;
        if property == id::END {
            break;
        }
        let length = fields.number()?;
        stated.take(property, &mut Fields::new(fields.take(length)?), count)?;
    }
    if stated.names.len() < count {
        return Err(fields.fault("fewer names than files"));
    }
    let (mut parts, mut empty) = (parts.iter(), 0);
    let mut files = Vec::with_capacity(count);
    for (index, name) in stated.names.iter().enumerate() {
        let is_empty = is_set(&stated.empty, index);
        let part = if is_empty { None } else { parts.next() };
        if !is_empty && part.is_none() {
            return Err(fields.fault("more files than streams"));
        }
        let is_file = !is_empty || is_set(&stated.empty_files, empty);
        let is_removed = is_empty && is_set(&stated.removed, empty);
        empty += usize::from(is_empty);
        let attributes = stated.attributes.get(index).copied().flatten();
        files.push(File {
            name: *name,
            kind: kind(is_file, is_removed, attributes),
            size: part.map_or(0, |part| part.size),
            crc: part.and_then(|part| part.crc),
            lies: part.map(|part| (part.folder, part.offset)),
            modified_at: stated.modified.get(index).copied().flatten(),
        });
    }
    Ok((files, stated.text))
}

/// What properties say, one value for each file or each empty one.
#[derive(Default)]
struct Stated {
    text: Vec<u8>,
    names: Vec<(usize, usize)>,
    empty: Vec<bool>,
    empty_files: Vec<bool>,
    removed: Vec<bool>,
    modified: Vec<Option<UtcMillis>>,
    attributes: Vec<Option<u32>>,
}

impl Stated {
    fn take(&mut self, property: u8, fields: &mut Fields<'_>, count: usize) -> Result<(), Fault> {
        let empty = || self.empty.iter().filter(|empty| **empty).count();
        match property {
            EMPTY_STREAM => self.empty = fields.bits(count)?,
            EMPTY_FILE => self.empty_files = fields.bits(empty())?,
            REMOVED => self.removed = fields.bits(empty())?,
            NAMES => {
                fields.expect_here()?;
                self.text = fields.take(fields.left() as u64)?.to_vec();
                self.names = split(&self.text, count);
            }
            MODIFIED => {
                let stated = fields.bits_or_all(count)?;
                fields.expect_here()?;
                let read = |stated: bool| stated.then(|| fields.eight()).transpose();
                let times = stated.into_iter().map(read).collect::<Result<Vec<_>, Fault>>()?;
                self.modified = times.into_iter().map(|time| time.and_then(utc)).collect();
            }
            ATTRIBUTES => {
                let stated = fields.bits_or_all(count)?;
                fields.expect_here()?;
                let read = |stated: bool| stated.then(|| fields.four()).transpose();
                self.attributes = stated.into_iter().map(read).collect::<Result<_, Fault>>()?;
            }
            _ => {}
        }
        Ok(())
    }
}

/// Where the names lie that end with a zero each.
fn split(text: &[u8], count: usize) -> Vec<(usize, usize)> {
    let (mut names, mut from) = (Vec::new(), 0);
    for (index, unit) in text.chunks_exact(2).enumerate() {
        if unit == [0, 0] {
            names.push((from, index * 2));
            from = index * 2 + 2;
            if names.len() == count {
                break;
            }
        }
    }
    names
}

fn utc(time: u64) -> Option<UtcMillis> {
    let time = i64::try_from(time).ok()?.checked_sub_unsigned(WINDOWS_EPOCH)?;
    Some(UtcMillis(time.div_euclid(10_000)))
}

fn is_set(bits: &[bool], index: usize) -> bool {
    bits.get(index).copied().unwrap_or(false)
}

/// What a file is. The writers for Unix put its mode into the upper half of the attributes.
fn kind(is_file: bool, is_removed: bool, attributes: Option<u32>) -> Kind {
    let attributes = attributes.unwrap_or(0);
    let mode = if attributes & 0x8000 != 0 { (attributes >> 16) & 0xF000 } else { 0 };
    match mode {
        _ if is_removed => Kind::Other,
        0x1000 | 0x2000 | 0x6000 | 0xA000 | 0xC000 => Kind::Other,
        _ if is_file => Kind::File,
        _ => Kind::Folder,
    }
}
