//! The header of a 7z archive, which lies at its end and is mostly packed itself.

use super::fields::Fields;
use super::files::{self, File};
use super::folder::{Folder, Locks};
use super::streams::{Streams, id};
use crate::bytes::{Bytes, array_at, le32, le64, vec_at};
use crate::fault::Fault;
use crate::limits::Limits;
use std::io::Read;
use std::rc::Rc;

/// The first bytes.
pub const MARK: &[u8; 6] = b"7z\xBC\xAF\x27\x1C";
/// The bytes in front of what is packed.
pub const START: u64 = 32;
/// Packed headers inside packed headers.
const DEEP: u32 = 4;

/// What an archive lists.
#[derive(Default)]
pub struct List {
    pub folders: Vec<Rc<Folder>>,
    pub files: Vec<File>,
    /// All names in UTF-16.
    pub names: Vec<u8>,
}

/// Reads the list of an archive.
///
/// # Errors
/// [`Fault`] when there is none that can be read.
pub fn read(bytes: &Rc<dyn Bytes>, locks: &Locks, limits: &Limits) -> Result<List, Fault> {
    let start = array_at::<32>(&**bytes, 0)?;
    let stated = start.get(12..).unwrap_or_default();
    if crc32fast::hash(stated) != le32(&start, 8) {
        return Err(Fault::damaged(8, "the start of the 7z archive has another checksum"));
    }
    let (offset, length, crc) = (le64(stated, 0), le64(stated, 8), le32(stated, 16));
    if length == 0 {
        return Ok(List::default());
    }
    let at = START.checked_add(offset).ok_or(Fault::damaged(12, "a header beyond 64 bits"))?;
    let mut header = vec_at(&**bytes, at, length, limits.held_bytes)?;
    if crc32fast::hash(&header) != crc {
        return Err(Fault::damaged(at, "the header has another checksum"));
    }
    for _ in 0..DEEP {
        let mut fields = Fields::new(&header);
        match fields.byte()? {
            id::HEADER => return list(fields, limits),
            id::PACKED_HEADER => header = unpack(fields, bytes, locks, limits)?,
            _ => return Err(Fault::damaged(at, "no 7z header")),
        }
    }
    Err(Fault::Limit { what: format!("7z headers packed more than {DEEP} times") })
}

/// The header that is packed where these fields say.
fn unpack(
    mut fields: Fields<'_>,
    bytes: &Rc<dyn Bytes>,
    locks: &Locks,
    limits: &Limits,
) -> Result<Vec<u8>, Fault> {
    let streams = Streams::read(&mut fields)?;
    let folder = streams.folders.into_iter().next();
    let folder = folder.ok_or_else(|| fields.fault("a packed header without folder"))?;
    let (length, held) = (folder.length(), limits.held_bytes);
    if length > held {
        return Err(Fault::Limit { what: format!("a 7z header of {length} bytes") });
    }
    let key = locks.open(&folder, bytes, held)?;
    let mut header = Vec::new();
    folder
        .reader(bytes, key.as_deref(), held)?
        .take(length)
        .read_to_end(&mut header)
        .map_err(|error| crate::formats::serial::fault(&error, folder.place()))?;
    if folder.crc.is_some_and(|crc| crc != crc32fast::hash(&header)) {
        return Err(Fault::damaged(folder.place(), "the packed header has another checksum"));
    }
    Ok(header)
}

fn list(mut fields: Fields<'_>, limits: &Limits) -> Result<List, Fault> {
    let mut streams = Streams::default();
    let mut list = List::default();
    loop {
        match fields.byte()? {
            id::END => break,
            id::ARCHIVE_PROPERTIES => {
                while fields.byte()? != id::END {
                    let length = fields.number()?;
                    fields.take(length)?;
                }
            }
            id::ADDITIONAL_STREAMS => {
                Streams::read(&mut fields)?;
            }
            id::MAIN_STREAMS => streams = Streams::read(&mut fields)?,
            id::FILES => {
                let found = files::read(&mut fields, &streams.parts, limits)?;
                (list.files, list.names) = found;
            }
            _ => return Err(fields.fault("an unknown part")),
        }
    }
    list.folders = streams.folders.into_iter().map(Rc::new).collect();
    Ok(list)
}
