//! Records of the catalog and the names in their keys (TN1150, "Catalog File").

use super::fork::{BYTES as FORK_BYTES, Fork};
use crate::bytes::{be16, be32};
use crate::formats::apple::mode;
use crate::found::Kind;
use amparo_model::UtcMillis;

/// The number of the root folder.
pub const ROOT: u32 = 2;
/// The number of what holds the root folder.
pub const ABOVE_ROOT: u32 = 1;
/// From the beginning of 1904 to that of 1970, in seconds.
const EPOCH_SECONDS: i64 = 2_082_844_800;
/// Bytes of a record of a file, and of a folder.
pub const FILE_BYTES: usize = 248;
const FOLDER_BYTES: usize = 88;
/// Type and creator of a file that only points to another.
const LINK: (u32, u32) = (u32::from_be_bytes(*b"hlnk"), u32::from_be_bytes(*b"hfs+"));
const FOLDER_LINK: (u32, u32) = (u32::from_be_bytes(*b"fdrp"), u32::from_be_bytes(*b"MACS"));
/// Type and creator of a symbolic link made before modes were stored.
const SYMBOLIC: (u32, u32) = (u32::from_be_bytes(*b"slnk"), u32::from_be_bytes(*b"rhap"));
/// Where hard links and links to folders lead, as UTF-8 of the stored name.
pub const PRIVATE_FILES: &[u8] = "\u{2400}\u{2400}\u{2400}\u{2400}HFS+ Private Data".as_bytes();
/// The folder with the folders that have several links.
pub const PRIVATE_FOLDERS: &[u8] = b".HFS+ Private Directory Data\r";

/// The key of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The folder's number.
    pub parent: u32,
    /// The name as UTF-8.
    pub name: Vec<u8>,
}

/// What a record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// A folder.
    Folder {
        /// Its number.
        id: u32,
        /// Last change of its content.
        modified: Option<UtcMillis>,
    },
    /// A file or what is stored like one.
    File(Box<File>),
    /// Says where a folder or file has its record.
    Thread,
}

/// A record of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its number.
    pub id: u32,
    /// Last change of its content.
    pub modified: Option<UtcMillis>,
    /// What its mode says that it is.
    pub kind: Kind,
    /// The flags `st_flags` of BSD, lower half.
    pub flags: u32,
    /// What this record stands for.
    pub role: Role,
    /// The data.
    pub data: Fork,
    /// The resources.
    pub resource: Fork,
}

/// What the record of a file stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Itself.
    Plain,
    /// The file `iNode` with this number in the private folder.
    Link(u32),
    /// The folder `dir_` with this number in the other private folder.
    FolderLink(u32),
}

impl Key {
    /// Reads a key without its length.
    pub fn parse(key: &[u8]) -> Option<Self> {
        let units = key.get(6..6 + usize::from(be16(key, 4)) * 2)?;
        Some(Self { parent: be32(key, 0), name: name(units) })
    }
}

impl Record {
    /// Reads what follows a key; `None` when it is no record of a catalog.
    pub fn parse(data: &[u8]) -> Option<Self> {
        match be16(data, 0) {
            1 if data.len() >= FOLDER_BYTES => {
                Some(Self::Folder { id: be32(data, 8), modified: time(be32(data, 16)) })
            }
            2 if data.len() >= FILE_BYTES => Some(Self::File(Box::new(File::parse(data)))),
            3 | 4 => Some(Self::Thread),
            _ => None,
        }
    }
}

impl File {
    fn parse(data: &[u8]) -> Self {
        let (made_for, special) = ((be32(data, 48), be32(data, 52)), be32(data, 44));
        let role = match made_for {
            LINK => Role::Link(special),
            FOLDER_LINK => Role::FolderLink(special),
            _ => Role::Plain,
        };
        let kind = match mode::kind(be16(data, 42)) {
            _ if made_for == SYMBOLIC => Kind::Other,
            // Folders have records of their own kind.
            Kind::Folder => Kind::Other,
            kind => kind,
        };
        Self {
            id: be32(data, 8),
            modified: time(be32(data, 16)),
            kind,
            flags: u32::from(be16(data, 40).to_be_bytes()[1]),
            role,
            data: Fork::parse(data.get(88..).unwrap_or_default()),
            resource: Fork::parse(data.get(88 + FORK_BYTES..).unwrap_or_default()),
        }
    }
}

/// Seconds since 1904 in UTC; 0 was never set.
fn time(seconds: u32) -> Option<UtcMillis> {
    let since_1970 = i64::from(seconds) - EPOCH_SECONDS;
    (seconds != 0).then_some(UtcMillis(since_1970 * 1000))
}

/// UTF-16 as UTF-8, decomposed as stored. A `/` is what Mac OS shows as `:` to programs, and a zero
/// as the picture of one, so that neither ends a name. A lone half becomes its three bytes.
pub fn name(units: &[u8]) -> Vec<u8> {
    let units = units.chunks_exact(2).map(|unit| be16(unit, 0));
    let mut out = Vec::new();
    for decoded in char::decode_utf16(units) {
        match decoded {
            Ok('/') => out.push(b':'),
            Ok('\0') => out.extend("\u{2400}".as_bytes()),
            Ok(letter) => out.extend(letter.encode_utf8(&mut [0; 4]).as_bytes()),
            Err(lone) => {
                let [high, low] = lone.unpaired_surrogate().to_be_bytes();
                let middle = 0x80 | (high & 0x0F) << 2 | low >> 6;
                out.extend([0xE0 | high >> 4, middle, 0x80 | low & 0x3F]);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_every_letter_and_end_no_path() {
        let check = |units: &[u16], expect: &[u8]| {
            let units: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
            assert_eq!(name(&units), expect);
        };
        check(&[0x61, 0x2F, 0x62], b"a:b");
        check(&[0x75, 0x308], "u\u{308}".as_bytes());
        check(&[0xD83D, 0xDFE6], "🟦".as_bytes());
        check(&[0xD83D, 0x61], b"\xED\xA0\xBDa");
        check(&[0xDFE6], b"\xED\xBF\xA6");
        check(&[0], "\u{2400}".as_bytes());
    }

    #[test]
    fn records_that_are_cut_are_none() {
        let mut file = vec![0; FILE_BYTES];
        file[1] = 2;
        assert!(matches!(Record::parse(&file), Some(Record::File(_))));
        assert_eq!(Record::parse(&file[..FILE_BYTES - 1]), None);
        assert_eq!(Record::parse(&[0, 1, 0]), None);
        assert_eq!(Record::parse(&[]), None);
        // A key whose name is longer than itself.
        assert_eq!(Key::parse(&[0, 0, 0, 2, 0, 2, 0, 0x61]), None);
        assert_eq!(Key::parse(&[0, 0, 0, 2, 0, 1, 0, 0x61]).unwrap().name, b"a");
    }

    #[test]
    fn times_count_from_1904() {
        assert_eq!(time(0), None);
        assert_eq!(time(2_082_844_800), Some(UtcMillis(0)));
        assert_eq!(time(1), Some(UtcMillis(-2_082_844_799_000)));
    }
}
