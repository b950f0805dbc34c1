//! The smallest ZIP writer, hostile members included.
//!
//! A recipe has one header `--- path [deflate] [symlink] [encrypted] [crc] [method=n]` before the
//! lines of each member; `---` in the last line of a recipe is no header.

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use std::io::Write;

/// One member as it shall be written.
#[derive(Debug, Clone, Default)]
pub struct Member {
    pub path: String,
    pub data: Vec<u8>,
    pub deflate: bool,
    pub symlink: bool,
    pub encrypted: bool,
    /// A checksum that does not fit.
    pub wrong_crc: bool,
    pub method: Option<u16>,
}

impl Member {
    pub fn new(path: &str, data: &[u8]) -> Self {
        Self { path: path.to_owned(), data: data.to_vec(), ..Self::default() }
    }
}

/// Builds a package from its recipe.
pub fn from_recipe(text: &str) -> Vec<u8> {
    let mut members: Vec<Member> = Vec::new();
    for line in text.lines() {
        if let Some(header) = line.strip_prefix("--- ") {
            let mut words = header.split(' ');
            let mut member = Member::new(words.next().unwrap(), b"");
            for word in words {
                match word {
                    "deflate" => member.deflate = true,
                    "symlink" => member.symlink = true,
                    "encrypted" => member.encrypted = true,
                    "crc" => member.wrong_crc = true,
                    other => {
                        member.method =
                            Some(other.strip_prefix("method=").unwrap().parse().unwrap())
                    }
                }
            }
            members.push(member);
        } else if let Some(member) = members.last_mut() {
            member.data.extend_from_slice(line.as_bytes());
            member.data.push(b'\n');
        }
    }
    package(&members)
}

/// The package: members, directory, end.
pub fn package(members: &[Member]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for member in members {
        let offset = u32::try_from(bytes.len()).unwrap();
        let common = common(member);
        let packed = packed(member);
        bytes.extend_from_slice(b"PK\x03\x04");
        bytes.extend_from_slice(&common);
        bytes.extend_from_slice(member.path.as_bytes());
        bytes.extend_from_slice(&packed);
        let mode: u32 = if member.symlink { 0o120_777 } else { 0o100_644 };
        directory.extend_from_slice(b"PK\x01\x02\x14\x03");
        directory.extend_from_slice(&common);
        directory.extend_from_slice(&[0; 6]);
        directory.extend_from_slice(&(mode << 16).to_le_bytes());
        directory.extend_from_slice(&offset.to_le_bytes());
        directory.extend_from_slice(member.path.as_bytes());
    }
    let count = u16::try_from(members.len()).unwrap().to_le_bytes();
    let start = u32::try_from(bytes.len()).unwrap().to_le_bytes();
    let size = u32::try_from(directory.len()).unwrap().to_le_bytes();
    bytes.extend_from_slice(&directory);
    bytes.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    bytes.extend_from_slice(&[count, count].concat());
    bytes.extend_from_slice(&[size, start].concat());
    bytes.extend_from_slice(&[0, 0]);
    bytes
}

/// What both headers of a member say: version, flags, method, time, checksum, sizes, lengths.
fn common(member: &Member) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(&member.data);
    let sum = crc.sum() ^ u32::from(member.wrong_crc);
    let method = member.method.unwrap_or(if member.deflate { 8 } else { 0 });
    let words = [20, u16::from(member.encrypted) | 0x800, method, 0, 0x21];
    let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let sizes = [sum, length(&packed(member)), length(&member.data)];
    bytes.extend(sizes.iter().flat_map(|size| size.to_le_bytes()));
    bytes.extend_from_slice(&u16::try_from(member.path.len()).unwrap().to_le_bytes());
    bytes.extend_from_slice(&[0, 0]);
    bytes
}

fn packed(member: &Member) -> Vec<u8> {
    if !member.deflate {
        return member.data.clone();
    }
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&member.data).unwrap();
    encoder.finish().unwrap()
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap()
}
