//! The formats, one file each, and how bytes are recognised.

mod apfs;
mod apple;
mod hfs_plus;

use crate::bytes::Bytes;
use crate::format::Format;

/// All formats, sorted by id.
pub const FORMATS: &[&dyn Format] = &[&apfs::Apfs, &hfs_plus::HfsPlus];

/// First bytes by which formats are recognised: a volume descriptor of ISO 9660 lies at 32 KiB, the
/// superblock of some file systems at 64 KiB.
const HEAD_BYTES: usize = 68 << 10;

/// The format with this id.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.spec().id == id)
}

/// The formats that these bytes claim to be, the most telling first: what signs itself at its
/// beginning comes before what is recognised by structure. Nothing when the bytes cannot be read.
#[must_use]
pub fn recognise(bytes: &dyn Bytes) -> Vec<&'static dyn Format> {
    let mut head = vec![0; HEAD_BYTES];
    let read = bytes.read_at(0, &mut head).unwrap_or(0);
    head.truncate(read);
    FORMATS.iter().copied().filter(|format| format.recognises(&head, bytes)).collect()
}
