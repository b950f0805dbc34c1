//! An MFT record: its fixups, its header, its attributes.
//!
//! Source: the documentation of the Linux-NTFS project, "FILE record", "Attribute header".

use crate::bytes::{le16, le32, le64};

/// Every so many bytes of a record end with the two bytes that show a torn write, whatever the
/// sector's size.
pub const STRIDE: usize = 512;

/// Kinds of attribute that are read here.
pub mod kind {
    /// Times.
    pub const STANDARD_INFORMATION: u32 = 0x10;
    /// Where the attributes lie that did not fit.
    pub const ATTRIBUTE_LIST: u32 = 0x20;
    /// A name in a folder.
    pub const FILE_NAME: u32 = 0x30;
    /// Contents.
    pub const DATA: u32 = 0x80;
    /// A link, or a note that the contents lie elsewhere.
    pub const REPARSE_POINT: u32 = 0xC0;
    /// Behind the last.
    pub const END: u32 = 0xFFFF_FFFF;
}

/// Checks a record and puts back the bytes that its fixups replaced. `false` for a place in which
/// no record was ever written.
///
/// # Errors
/// Why it is no sound record.
pub fn settle(record: &mut [u8]) -> Result<bool, &'static str> {
    match record.first_chunk() {
        Some(b"FILE") => {}
        Some([0, 0, 0, 0]) => return Ok(false),
        Some(b"BAAD") => return Err("marked as damaged by the system that wrote it"),
        _ => return Err("no record begins here"),
    }
    let array = usize::from(le16(record, 4));
    let strides = record.len() / STRIDE;
    let fits = usize::from(le16(record, 6)) == strides + 1 && array + 2 * strides + 4 <= STRIDE;
    if !fits || array < 0x28 {
        return Err("its table of fixups does not fit");
    }
    let mark = le16(record, array);
    for stride in 1..=strides {
        let original = le16(record, array + 2 * stride).to_le_bytes();
        let end = stride * STRIDE;
        if le16(record, end - 2) != mark {
            return Err("its sectors were not written together");
        }
        if let Some(place) = record.get_mut(end - 2..end) {
            place.copy_from_slice(&original);
        }
    }
    Ok(true)
}

/// A record's number, and how often that number had been given anew when the reference was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// Number in the MFT.
    pub record: u64,
    /// Which use of it.
    pub sequence: u16,
}

impl Reference {
    /// As stored.
    pub fn read(bytes: &[u8], at: usize) -> Self {
        let raw = le64(bytes, at);
        Self { record: raw & 0xFFFF_FFFF_FFFF, sequence: le16(bytes, at + 6) }
    }

    /// Whether it means the record with this sequence number. Freeing a record raises the number,
    /// leaving out zero.
    pub fn means(self, sequence: u16, in_use: bool) -> bool {
        let freed = self.sequence.checked_add(1).unwrap_or(1);
        self.sequence == sequence || (!in_use && freed == sequence)
    }
}

/// What stands in front of the attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Which use of this record.
    pub sequence: u16,
    /// Not freed.
    pub in_use: bool,
    /// Holds an index of names.
    pub folder: bool,
    /// The record that this one continues.
    pub base: Option<Reference>,
}

impl Header {
    /// Of a settled record.
    pub fn read(record: &[u8]) -> Self {
        let flags = le16(record, 22);
        let base = (le64(record, 32) != 0).then(|| Reference::read(record, 32));
        Self { sequence: le16(record, 16), in_use: flags & 1 != 0, folder: flags & 2 != 0, base }
    }
}

/// One attribute of a record.
#[derive(Debug, Clone, Copy)]
pub struct Attribute<'r> {
    /// See [`kind`].
    pub kind: u32,
    /// Compressed, encrypted, sparse.
    pub flags: u16,
    /// In UTF-16.
    pub name: &'r [u8],
    /// Its value.
    pub body: Body<'r>,
}

/// Where the value of an attribute lies.
#[derive(Debug, Clone, Copy)]
pub enum Body<'r> {
    /// In the record.
    Resident(&'r [u8]),
    /// In clusters.
    Extent(Extent<'r>),
}

/// Part of a value in clusters.
#[derive(Debug, Clone, Copy)]
pub struct Extent<'r> {
    /// First cluster of the value that this part describes. The sizes count in the first part only.
    pub first: u64,
    /// Clusters of a unit of compression, as an exponent of two.
    pub unit: u8,
    /// Bytes of the value.
    pub size: u64,
    /// Bytes that were written; the rest reads as zeros.
    pub written: u64,
    /// The runs, packed.
    pub packed: &'r [u8],
}

impl<'r> Attribute<'r> {
    /// The value, when it lies in the record.
    pub fn resident(&self) -> Option<&'r [u8]> {
        match self.body {
            Body::Resident(value) => Some(value),
            Body::Extent(_) => None,
        }
    }

    /// Whether the value begins here.
    pub fn begins(&self) -> bool {
        !matches!(self.body, Body::Extent(Extent { first: 1.., .. }))
    }

    /// Bytes of the value, in the part with which it begins.
    pub fn size(&self) -> u64 {
        match self.body {
            Body::Resident(value) => value.len() as u64,
            Body::Extent(extent) => extent.size,
        }
    }

    fn read(bytes: &'r [u8]) -> Result<Self, &'static str> {
        let part = |at: usize, length: usize| at.checked_add(length).and_then(|e| bytes.get(at..e));
        let name_bytes = 2 * usize::from(bytes.get(9).copied().unwrap_or(0));
        let name = part(usize::from(le16(bytes, 10)), name_bytes).unwrap_or_default();
        if name.len() < name_bytes {
            return Err("the name of an attribute leaves it");
        }
        let body = if bytes.get(8) == Some(&0) {
            let length = usize::try_from(le32(bytes, 16)).unwrap_or(usize::MAX);
            let value = part(usize::from(le16(bytes, 20)), length);
            Body::Resident(value.ok_or("a value leaves its attribute")?)
        } else {
            let packed = bytes.get(usize::from(le16(bytes, 32))..).filter(|_| bytes.len() >= 64);
            Body::Extent(Extent {
                first: le64(bytes, 16),
                unit: bytes.get(34).copied().unwrap_or(0),
                size: le64(bytes, 48),
                written: le64(bytes, 56),
                packed: packed.ok_or("the runs leave their attribute")?,
            })
        };
        Ok(Self { kind: le32(bytes, 0), flags: le16(bytes, 12), name, body })
    }
}

/// The attributes of a settled record, in order; an error is the last.
pub fn attributes(record: &[u8]) -> impl Iterator<Item = Result<Attribute<'_>, &'static str>> {
    let used = usize::try_from(le32(record, 24)).unwrap_or(usize::MAX).min(record.len());
    let mut at = Some(usize::from(le16(record, 20)));
    std::iter::from_fn(move || {
        let from = at.take()?;
        let rest = record.get(from..used).unwrap_or_default();
        if rest.len() < 4 {
            return Some(Err("the attributes have no end"));
        }
        if le32(rest, 0) == kind::END {
            return None;
        }
        let length = usize::try_from(le32(rest, 4)).unwrap_or(usize::MAX);
        let Some(bytes) = rest.get(..length).filter(|bytes| bytes.len() >= 24) else {
            return Some(Err("an attribute leaves its record"));
        };
        let attribute = Attribute::read(bytes);
        at = attribute.is_ok().then_some(from + length);
        Some(attribute)
    })
}
