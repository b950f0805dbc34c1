//! Records of a volume's tree (reference, "File-System Objects" and "Extended Fields").

use crate::bytes::{le16, le32, le64};
use crate::formats::apple::mode;
use crate::found::Kind;
use amparo_model::UtcMillis;
use std::cmp::Ordering;

/// Kinds of records.
pub const INODE: u8 = 3;
pub const XATTR: u8 = 4;
pub const EXTENT: u8 = 8;
pub const ENTRY: u8 = 9;
/// Numbers of the root folder, of what holds it, and of the folder beside it that nobody sees.
pub const ABOVE_ROOT: u64 = 1;
pub const ROOT: u64 = 2;
/// Bits of a key's first word that are the number.
const ID: u64 = 0x0FFF_FFFF_FFFF_FFFF;
/// Bits of an extent's length that are the length.
const LENGTH: u64 = 0x00FF_FFFF_FFFF_FFFF;
/// Type of the extended field that says how long a file is.
const DSTREAM: u8 = 8;
/// Internal flag: the file has holes.
const SPARSE: u64 = 0x200;
/// Where the extended fields of an inode begin, and those of an entry.
const INODE_FIELDS: usize = 92;
/// Flags of an attribute: it has a stream of its own.
const IN_STREAM: u16 = 1;

/// Number and kind of a record's key.
pub fn key(key: &[u8]) -> (u64, u8) {
    let word = le64(key, 0);
    let [.., top] = word.to_le_bytes();
    (word & ID, top >> 4)
}

/// Orders keys by number and kind alone.
pub fn order(id: u64, of: u8) -> impl Fn(&[u8]) -> Ordering {
    move |bytes| key(bytes).cmp(&(id, of))
}

/// What a file or folder is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inode {
    /// The number of its data.
    pub data: u64,
    /// Last change of its content.
    pub modified: Option<UtcMillis>,
    /// What it is.
    pub kind: Kind,
    /// The flags `st_flags` of BSD.
    pub flags: u32,
    /// Bytes of its data.
    pub size: u64,
    /// What no extent covers is zeros.
    pub is_sparse: bool,
}

impl Inode {
    /// Reads the value of a record.
    pub fn parse(value: &[u8]) -> Option<Self> {
        if value.len() < INODE_FIELDS {
            return None;
        }
        let size = field(value.get(INODE_FIELDS..).unwrap_or_default(), DSTREAM);
        Some(Self {
            data: le64(value, 8),
            modified: time(le64(value, 24)),
            kind: mode::kind(le16(value, 80)),
            flags: le32(value, 68),
            size: size.map_or(0, |stream| le64(stream, 0)),
            is_sparse: le64(value, 48) & SPARSE != 0,
        })
    }
}

/// Nanoseconds since 1970; 0 was never set.
fn time(nanoseconds: u64) -> Option<UtcMillis> {
    let signed = i64::from_le_bytes(nanoseconds.to_le_bytes());
    (signed != 0).then_some(UtcMillis(signed.div_euclid(1_000_000)))
}

/// An extended field: their number, a row of four bytes for each, then the data of each, at
/// multiples of eight.
fn field(fields: &[u8], wanted: u8) -> Option<&[u8]> {
    let count = usize::from(le16(fields, 0));
    let rows = fields.get(4..4 + count * 4)?;
    let mut at = 4 + count * 4;
    for row in rows.chunks_exact(4) {
        let length = usize::from(le16(row, 2));
        if row.first() == Some(&wanted) {
            return fields.get(at..at + length);
        }
        at += length.next_multiple_of(8);
    }
    None
}

/// An entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The folder's number.
    pub folder: u64,
    /// Its name. A `/` would be taken for a folder, and is shown as Mac OS shows it.
    pub name: Vec<u8>,
    /// The number of what it names.
    pub id: u64,
    /// What the entry says that it is.
    pub kind: Kind,
}

impl Entry {
    /// Reads a record. In volumes that fold case or compare normalised, keys hold a hash.
    pub fn parse(key_bytes: &[u8], value: &[u8], is_hashed: bool) -> Option<Self> {
        let (length, at) = if is_hashed {
            (usize::try_from(le32(key_bytes, 8) & 0x3FF).ok()?, 12)
        } else {
            (usize::from(le16(key_bytes, 8)), 10)
        };
        let name = key_bytes.get(at..at + length)?;
        let name = name.split(|byte| *byte == 0).next()?;
        if name.is_empty() || value.len() < 18 {
            return None;
        }
        let colon = |byte: &u8| if *byte == b'/' { b':' } else { *byte };
        let kind = match le16(value, 16) & 0xF {
            4 => Kind::Folder,
            8 => Kind::File,
            _ => Kind::Other,
        };
        let (folder, id) = (key(key_bytes).0, le64(value, 0));
        Some(Self { folder, name: name.iter().map(colon).collect(), id, kind })
    }
}

/// An extended attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attribute {
    /// Held in its record.
    Held(Vec<u8>),
    /// A stream: its number and its bytes.
    Stream(u64, u64),
}

impl Attribute {
    /// Its name.
    pub fn name(key: &[u8]) -> Option<&[u8]> {
        let name = key.get(10..10 + usize::from(le16(key, 8)))?;
        name.split(|byte| *byte == 0).next()
    }

    /// Reads the value of a record.
    pub fn parse(value: &[u8]) -> Option<Self> {
        let data = value.get(4..4 + usize::from(le16(value, 2)))?;
        if le16(value, 0) & IN_STREAM == 0 {
            return Some(Self::Held(data.to_vec()));
        }
        (data.len() >= 16).then(|| Self::Stream(le64(data, 0), le64(data, 8)))
    }

    /// Bytes.
    pub fn size(&self) -> u64 {
        match self {
            Self::Held(data) => data.len() as u64,
            Self::Stream(_, size) => *size,
        }
    }
}

/// An extent of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Where it begins in the file.
    pub start: u64,
    /// Bytes.
    pub length: u64,
    /// The block where it lies; 0 for a hole.
    pub block: u64,
}

impl Extent {
    /// Reads a record.
    pub fn parse(key: &[u8], value: &[u8]) -> Option<Self> {
        let sound = key.len() >= 16 && value.len() >= 16;
        let extent =
            Self { start: le64(key, 8), length: le64(value, 0) & LENGTH, block: le64(value, 8) };
        sound.then_some(extent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry_key(head: &[u8], name: &[u8]) -> Vec<u8> {
        [&(u64::from(ENTRY) << 60 | 5).to_le_bytes(), head, name].concat()
    }

    #[test]
    fn entries_with_and_without_a_hash() {
        let value = [&77_u64.to_le_bytes()[..], &[0; 8], &[8, 0]].concat();
        let file =
            |name: &[u8]| Some(Entry { folder: 5, name: name.to_vec(), id: 77, kind: Kind::File });
        let check = |key: Vec<u8>, is_hashed: bool, expect: Option<Entry>| {
            assert_eq!(Entry::parse(&key, &value, is_hashed), expect);
        };
        let hashed = |length: u32| (0xABCD << 10 | length).to_le_bytes();
        check(entry_key(&hashed(3), b"ab\0"), true, file(b"ab"));
        check(entry_key(&3_u16.to_le_bytes(), b"ab\0"), false, file(b"ab"));
        check(entry_key(&hashed(4), b"a/b\0"), true, file(b"a:b"));
        check(entry_key(&hashed(9), b"ab\0"), true, None);
        check(entry_key(&hashed(1), b"\0"), true, None);
        check(Vec::new(), true, None);
        assert_eq!(Entry::parse(&entry_key(&hashed(3), b"ab\0"), &value[..17], true), None);
    }

    #[test]
    fn extended_fields_are_found_behind_others_and_never_outside() {
        let mut fields = vec![2, 0, 56, 0, 4, 2, 3, 0, DSTREAM, 0x20, 40, 0];
        fields.extend(b"ab\0\0\0\0\0\0");
        fields.extend([9; 40]);
        assert_eq!(field(&fields, DSTREAM), Some(&[9; 40][..]));
        assert_eq!(field(&fields, 4), Some(&b"ab\0"[..]));
        assert_eq!(field(&fields, 5), None);
        assert_eq!(field(&fields[..59], DSTREAM), None);
        assert_eq!(field(&[0xFF, 0xFF, 0, 0], DSTREAM), None);
    }

    #[test]
    fn times_before_1970_are_before_1970() {
        assert_eq!(time(0), None);
        assert_eq!(time(u64::MAX), Some(UtcMillis(-1)));
        assert_eq!(time(1_500_000), Some(UtcMillis(1)));
    }
}
