//! What Rock Ridge adds to a record: the real name, what it is, links, moved folders, times.

use super::record::{Record, long_date, short_date};
use super::volume::Volume;
use crate::bytes::le32;
use crate::fault::Fault;
use crate::found::Kind;
use amparo_model::UtcMillis;

/// Areas in which one record may be continued, which also ends a loop.
const AREAS: usize = 32;
/// Longest name or target of a link.
const NAME_BYTES: usize = 4_096;

/// What was added.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rock {
    /// The name, when it has one.
    pub name: Option<Vec<u8>>,
    /// What it is, when it says so.
    pub kind: Option<Kind>,
    /// Where a link leads.
    pub link: Option<Vec<u8>>,
    /// A part of the link's target goes on in the next field.
    part_goes_on: bool,
    /// The block where the content of a moved folder lies.
    pub moved_to: Option<u32>,
    /// It was moved here from its true place.
    pub moved_from: bool,
    /// Last modification.
    pub modified_at: Option<UtcMillis>,
    /// Its content is in a form that is not read.
    pub unread: Option<&'static str>,
    /// What is wrong with it.
    pub fault: Option<Fault>,
}

/// How many bytes of system areas to skip; `None` when these tell nothing by the protocol.
pub fn skip(system: &[u8]) -> Option<u8> {
    match system.get(..7) {
        Some(&[b'S', b'P', 7, 1, 0xBE, 0xEF, skip]) => Some(skip),
        // Some writers keep 14 bytes of an older standard before it.
        _ => match system.get(14..21) {
            Some(&[b'S', b'P', 7, 1, 0xBE, 0xEF, skip]) => Some(skip),
            _ => None,
        },
    }
}

/// Reads the system area of a record, and where it goes on.
pub fn read(volume: &Volume, record: &Record, skip: u8) -> Rock {
    let mut rock = Rock::default();
    let start = if record.name == [0] { 0 } else { usize::from(skip) };
    let mut area = record.system.get(start..).unwrap_or_default().to_vec();
    for _ in 0..AREAS {
        let Some((at, length)) = rock.take(&area) else { return rock };
        let at = at.saturating_mul(volume.block);
        let read = volume.pages.with(at.saturating_add(length.0), length.1, <[u8]>::to_vec);
        match read {
            Ok(next) => area = next,
            Err(fault) => {
                rock.fault = Some(fault);
                return rock;
            }
        }
    }
    let why = "what continues a record goes in circles";
    rock.fault = Some(Fault::damaged(record.at, why));
    rock
}

impl Rock {
    /// Takes the fields of one area; gives the block, offset and length of the next.
    fn take(&mut self, area: &[u8]) -> Option<(u64, (u64, usize))> {
        let (mut rest, mut next) = (area, None);
        while let Some(&[a, b, length, _version]) = rest.first_chunk() {
            let Some(field) = rest.get(4..usize::from(length)) else { break };
            match &[a, b] {
                b"CE" => {
                    let length = usize::try_from(le32(field, 16)).unwrap_or(usize::MAX).min(2_048);
                    next = Some((u64::from(le32(field, 0)), (u64::from(le32(field, 8)), length)));
                }
                b"ST" => break,
                tag => self.field(*tag, field),
            }
            rest = rest.get(usize::from(length)..).unwrap_or_default();
        }
        next
    }

    fn field(&mut self, tag: [u8; 2], field: &[u8]) {
        match &tag {
            // Marks for the folder itself and its parent carry no name.
            b"NM" if field.first().is_some_and(|flags| flags & 6 == 0) => {
                let name = self.name.get_or_insert_default();
                name.extend_from_slice(field.get(1..).unwrap_or_default());
                name.truncate(NAME_BYTES);
            }
            b"PX" => {
                self.kind = Some(match le32(field, 0) >> 12 & 0xF {
                    0x4 => Kind::Folder,
                    0x8 => Kind::File,
                    _ => Kind::Other,
                });
            }
            b"SL" => self.target(field.get(1..).unwrap_or_default()),
            b"CL" => self.moved_to = Some(le32(field, 0)),
            b"RE" => self.moved_from = true,
            b"TF" => self.modified_at = modified_at(field),
            b"SF" => self.unread = Some("a sparse file of Rock Ridge"),
            b"ZF" => self.unread = Some("a file compressed with zisofs"),
            _ => {}
        }
    }

    /// Parts of a link's target: flags, length, bytes.
    fn target(&mut self, parts: &[u8]) {
        let link = self.link.get_or_insert_default();
        let mut rest = parts;
        while let Some(&[flags, length]) = rest.first_chunk() {
            let Some(part) = rest.get(2..2 + usize::from(length)) else { break };
            if !link.is_empty() && link.last() != Some(&b'/') && !self.part_goes_on {
                link.push(b'/');
            }
            link.extend_from_slice(match flags & 0xE {
                2 => b".",
                4 => b"..",
                8 => b"/",
                _ => part,
            });
            link.truncate(NAME_BYTES);
            self.part_goes_on = flags & 1 != 0;
            rest = rest.get(2 + usize::from(length)..).unwrap_or_default();
        }
    }
}

/// Times lie in the order of their flags: creation, modification, ...
fn modified_at(field: &[u8]) -> Option<UtcMillis> {
    let flags = *field.first()?;
    let size = if flags & 0x80 == 0 { 7 } else { 17 };
    let at = 1 + usize::from(flags & 1) * size;
    let raw = field.get(at..at + size).filter(|_| flags & 2 != 0)?;
    if size == 7 { short_date(raw) } else { long_date(raw) }
}
