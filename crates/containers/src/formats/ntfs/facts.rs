//! What the attributes of a file say: its names, its streams, its time, whether it is a link.

use crate::bytes::{le32, le64};
use crate::formats::ntfs::name;
use crate::formats::ntfs::record::{Attribute, Reference, attributes, kind};
use amparo_model::UtcMillis;

/// Namespace of the short name that stands beside a longer one.
const DOS: u8 = 2;
/// Milliseconds from 1601, where Windows begins to count, to 1970.
const EPOCH_MS: i64 = 11_644_473_600_000;

/// Tags of reparse points that are no links, but nothing with contents of their own either: a
/// socket, a pipe, devices and a link of the Linux subsystem, the mark of an installed app.
/// Source: Microsoft, [MS-FSCC], 2.1.2.1.
const NO_CONTENTS: [u32; 6] =
    [0x8000_0023, 0x8000_0024, 0x8000_0025, 0x8000_0026, 0xA000_001D, 0x8000_001B];
/// The bit of a tag that says: this stands for another name.
const STANDS_FOR_ANOTHER: u32 = 0x2000_0000;

/// A name in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The folder.
    pub parent: Reference,
    /// As bytes.
    pub name: Vec<u8>,
}

/// Contents with a name of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    /// Which of the file's streams: 0 is the unnamed one, the others count from 1 in their order.
    pub number: u64,
    /// Empty for the contents of the file itself.
    pub name: Vec<u8>,
    /// Bytes.
    pub size: u64,
}

/// What a record and those that continue it say.
#[derive(Debug, Default)]
pub struct Facts {
    /// Every name that people see, one for each hard link.
    pub names: Vec<Name>,
    /// In order.
    pub streams: Vec<Stream>,
    /// Last change of the contents.
    pub modified_at: Option<UtcMillis>,
    /// Tag of the reparse point.
    pub reparse: Option<u32>,
    /// What did not fit.
    pub why: Option<&'static str>,
}

/// Streams whose beginning was seen.
#[derive(Default)]
struct Begun {
    unnamed: bool,
    named: u64,
}

impl Facts {
    /// Of settled records, the base first.
    pub fn of<'r>(records: impl Iterator<Item = &'r [u8]>) -> Self {
        let (mut facts, mut short, mut begun) = (Self::default(), Vec::new(), Begun::default());
        for attribute in records.flat_map(attributes) {
            match attribute {
                Err(why) => facts.why = Some(why),
                Ok(data) if data.kind == kind::DATA => facts.stream(&data, &mut begun),
                Ok(other) => facts.other(&other, &mut short),
            }
        }
        if facts.names.is_empty() {
            facts.names = short;
        }
        facts
    }

    fn stream(&mut self, data: &Attribute<'_>, begun: &mut Begun) {
        if !data.begins() {
            return;
        }
        let number = if data.name.is_empty() {
            if std::mem::replace(&mut begun.unnamed, true) {
                self.why = Some("it has unnamed contents twice");
                return;
            }
            0
        } else {
            begun.named += 1;
            begun.named
        };
        self.streams.push(Stream { number, name: name::bytes_of(data.name), size: data.size() });
    }

    fn other(&mut self, attribute: &Attribute<'_>, short: &mut Vec<Name>) {
        let value = attribute.resident().unwrap_or_default();
        match attribute.kind {
            kind::STANDARD_INFORMATION if value.len() >= 16 => {
                self.modified_at = time(le64(value, 8));
            }
            kind::FILE_NAME => {
                let length = 2 * usize::from(value.get(64).copied().unwrap_or(0));
                let Some(utf16) = value.get(66..).and_then(|rest| rest.get(..length)) else {
                    self.why = Some("a name leaves its attribute");
                    return;
                };
                let name = Name { parent: Reference::read(value, 0), name: name::bytes_of(utf16) };
                let names = if value.get(65) == Some(&DOS) { short } else { &mut self.names };
                names.push(name);
            }
            kind::REPARSE_POINT if value.len() >= 4 => self.reparse = Some(le32(value, 0)),
            _ => {}
        }
    }

    /// Bytes of the contents of the file itself.
    pub fn size(&self) -> u64 {
        self.streams.iter().find(|stream| stream.number == 0).map_or(0, |stream| stream.size)
    }

    /// Whether it is a link or a device.
    pub fn is_other(&self) -> bool {
        self.reparse.is_some_and(|tag| tag & STANDS_FOR_ANOTHER != 0 || NO_CONTENTS.contains(&tag))
    }
}

/// A FILETIME, in units of 100 ns since 1601; zero means never.
fn time(ticks: u64) -> Option<UtcMillis> {
    let ms = i64::try_from(ticks / 10_000).ok()?;
    (ticks != 0).then(|| UtcMillis(ms - EPOCH_MS))
}
