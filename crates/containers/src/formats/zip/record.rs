//! What a ZIP archive states of one member.

use crate::bytes::{le16, le32, le64};
use crate::fault::Fault;
use crate::formats::input::Input;
use crate::found::{Found, Kind};
use amparo_model::UtcMillis;

/// Marks a record of the directory.
pub const CENTRAL: &[u8; 4] = b"PK\x01\x02";
/// Marks the header in front of a member.
pub const LOCAL: &[u8; 4] = b"PK\x03\x04";
pub const CENTRAL_BYTES: usize = 46;
pub const LOCAL_BYTES: usize = 30;
/// In place of a number that lies in the extra field of ZIP64.
const LARGE: u32 = u32::MAX;
/// Between the Unix epoch and 1601, in units of 100 ns.
const WINDOWS_EPOCH: u64 = 116_444_736_000_000_000;

/// One member, as its record states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Where the record lies.
    pub address: u64,
    /// How many bytes the record has.
    pub length: u64,
    /// As stored.
    pub name: Vec<u8>,
    pub flags: u16,
    pub method: u16,
    /// DOS time, which also tests passwords.
    pub time: u16,
    pub crc: u32,
    pub packed: u64,
    pub size: u64,
    /// Where the member's header lies in the file.
    pub header: u64,
    /// Where the member's bytes lie, when the record is that header.
    pub data: Option<u64>,
    pub modified_at: Option<UtcMillis>,
    pub aes: Option<Aes>,
    /// Neither sizes nor checksum are known: the archive was cut before they come.
    pub cut: bool,
    kind: Kind,
}

/// What WinZip's extra field says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aes {
    /// 1 for AE-1, which keeps the CRC-32; 2 for AE-2, which does not.
    pub version: u16,
    /// 1, 2, 3 for keys of 128, 192, 256 bits.
    pub strength: u8,
    /// The method of compression below the encryption.
    pub method: u16,
}

impl Record {
    /// As an entry of the listing.
    pub fn found(&self) -> Found {
        let path = self.name.strip_suffix(b"/").unwrap_or(&self.name);
        let start = path.iter().take_while(|byte| **byte == b'/').count();
        let mut path = path.get(start..).unwrap_or_default().to_vec();
        if path.is_empty() {
            path = format!("member at {}", self.header).into_bytes();
        }
        Found {
            path,
            kind: self.kind,
            size: self.size,
            address: self.address,
            deleted: false,
            modified_at: self.modified_at,
        }
    }

    /// Whether the member's bytes are encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.flags & 1 != 0
    }

    /// Whether the sizes are unknown.
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// The stated CRC-32 of the bytes in clear.
    pub fn crc(&self) -> Option<u32> {
        (!self.cut).then_some(self.crc)
    }

    /// Whether the sizes lie behind the member, as of a ZIP that was written in one go.
    pub fn has_descriptor(&self) -> bool {
        self.flags & 8 != 0
    }
}

/// The record of the directory at `at`; stated offsets count from `base`.
///
/// # Errors
/// [`Fault`] when there is none, or it is cut.
pub fn central(input: &mut Input, at: u64, base: u64) -> Result<Record, Fault> {
    let fixed = input.array::<CENTRAL_BYTES>(at)?;
    if !fixed.starts_with(CENTRAL) {
        return Err(Fault::damaged(at, "no record of a ZIP directory"));
    }
    let [name, extra, comment] = [28, 30, 32].map(|field| usize::from(le16(&fixed, field)));
    let length = CENTRAL_BYTES + name + extra + comment;
    let whole = input.look(at, length)?;
    let names = whole.get(CENTRAL_BYTES..CENTRAL_BYTES + name + extra);
    let (name, extra) = names
        .and_then(|names| names.split_at_checked(name))
        .ok_or(Fault::Truncated { at: at.saturating_add(whole.len() as u64) })?;
    let mut record = Record {
        address: at,
        length: length as u64,
        name: name.to_vec(),
        flags: le16(&fixed, 8),
        method: le16(&fixed, 10),
        time: le16(&fixed, 12),
        crc: le32(&fixed, 16),
        packed: u64::from(le32(&fixed, 20)),
        size: u64::from(le32(&fixed, 24)),
        header: u64::from(le32(&fixed, 42)),
        data: None,
        modified_at: None,
        aes: None,
        cut: false,
        kind: Kind::File,
    };
    record.read_extra(extra);
    record.header = record.header.saturating_add(base);
    record.kind = kind(&record, le16(&fixed, 4), le32(&fixed, 38));
    Ok(record)
}

/// What the header in front of a member at `at` says.
///
/// # Errors
/// [`Fault`] when there is none, or it is cut.
pub fn local(input: &mut Input, at: u64) -> Result<Record, Fault> {
    let fixed = input.array::<LOCAL_BYTES>(at)?;
    if !fixed.starts_with(LOCAL) {
        return Err(Fault::damaged(at, "no header of a ZIP member"));
    }
    let [name, extra] = [26, 28].map(|field| usize::from(le16(&fixed, field)));
    let length = LOCAL_BYTES + name + extra;
    let whole = input.look(at, length)?;
    let (name, extra) = whole
        .get(LOCAL_BYTES..length)
        .and_then(|names| names.split_at_checked(name))
        .ok_or(Fault::Truncated { at: at.saturating_add(whole.len() as u64) })?;
    let mut record = Record {
        address: at,
        length: length as u64,
        name: name.to_vec(),
        flags: le16(&fixed, 6),
        method: le16(&fixed, 8),
        time: le16(&fixed, 10),
        crc: le32(&fixed, 14),
        packed: u64::from(le32(&fixed, 18)),
        size: u64::from(le32(&fixed, 22)),
        header: at,
        data: Some(at.saturating_add(length as u64)),
        modified_at: None,
        aes: None,
        cut: false,
        kind: Kind::File,
    };
    record.read_extra(extra);
    record.header = at;
    record.kind = kind(&record, 0, 0);
    Ok(record)
}

impl Record {
    fn read_extra(&mut self, mut extra: &[u8]) {
        let mut windows = None;
        while extra.len() >= 4 {
            let (id, length) = (le16(extra, 0), usize::from(le16(extra, 2)));
            let rest = extra.get(4..).unwrap_or_default();
            let (field, behind) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            match id {
                0x0001 => self.read_large(field),
                // Extended timestamp: the first bit says that a modification time is there.
                0x5455 if field.first().is_some_and(|bits| bits & 1 != 0) && field.len() >= 5 => {
                    let seconds = i64::from(le32(field, 1).cast_signed());
                    self.modified_at = Some(UtcMillis(seconds * 1_000));
                }
                0x000A => windows = windows_time(field),
                0x7075 => self.read_unicode_name(field),
                0x9901 if field.len() >= 7 => {
                    self.aes = Some(Aes {
                        version: le16(field, 0),
                        strength: field.get(4).copied().unwrap_or(0),
                        method: le16(field, 5),
                    });
                }
                _ => {}
            }
            extra = behind;
        }
        self.modified_at = self.modified_at.or(windows);
    }

    /// The field of ZIP64 holds, in this order, those numbers that did not fit in their places.
    fn read_large(&mut self, mut field: &[u8]) {
        for number in [&mut self.size, &mut self.packed, &mut self.header] {
            if *number == u64::from(LARGE) && field.len() >= 8 {
                *number = le64(field, 0);
                field = field.get(8..).unwrap_or_default();
            }
        }
    }

    /// Info-ZIP's name in UTF-8 holds for the name with this CRC-32: a tool that renames and does
    /// not know the field leaves it behind.
    fn read_unicode_name(&mut self, field: &[u8]) {
        let name = field.get(5..).unwrap_or_default();
        let same = le32(field, 1) == crc32fast::hash(&self.name);
        if field.first() == Some(&1) && same && std::str::from_utf8(name).is_ok() {
            self.name = name.to_vec();
        }
    }
}

/// The modification time in the field of NTFS.
fn windows_time(field: &[u8]) -> Option<UtcMillis> {
    let is_times = le16(field, 4) == 1 && le16(field, 6) >= 24 && field.len() >= 16;
    let since_epoch = is_times.then(|| le64(field, 8))?.checked_sub(WINDOWS_EPOCH)?;
    i64::try_from(since_epoch / 10_000).ok().map(UtcMillis)
}

/// A folder only when it holds no bytes: what holds some must be seen.
fn kind(record: &Record, made_by: u16, attributes: u32) -> Kind {
    let is_folder = record.name.ends_with(b"/") && record.size == 0;
    // Unix and OS X write the mode into the upper half.
    let mode = if matches!(made_by >> 8, 3 | 19) { (attributes >> 16) & 0xF000 } else { 0 };
    match mode {
        0x1000 | 0x2000 | 0x6000 | 0xA000 | 0xC000 => Kind::Other,
        0x4000 if record.size == 0 => Kind::Folder,
        _ if is_folder => Kind::Folder,
        _ if made_by >> 8 == 0
            && attributes & 0x10 != 0
            && record.size == 0
            && record.packed == 0 =>
        {
            Kind::Folder
        }
        _ => Kind::File,
    }
}
