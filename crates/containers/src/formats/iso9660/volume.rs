//! Volume descriptors: which trees there are, and what is read of a file.

use super::record::{Names, Record};
use super::rock;
use crate::bytes::{Bytes, array_at, be32, le16, le32};
use crate::fault::Fault;
use crate::limits::Limits;
use crate::pages::Pages;
use crate::pieces::{Origin, Pieces};
use std::rc::Rc;

/// Bytes of a sector; records of folders never cross one.
pub const SECTOR: u64 = 2_048;
/// Sectors in which descriptors are looked for, from 16 on.
const DESCRIPTORS: u64 = 64;
/// Folders lie near each other.
const PAGE: (u64, usize) = (256 << 10, 16);
/// Records that one file may be divided into.
const PARTS: usize = 100_000;

/// One tree of folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// How names are written.
    pub names: Names,
    /// The record of the root folder.
    pub record: Record,
}

/// An opened volume.
pub struct Volume {
    pub bytes: Rc<dyn Bytes>,
    pub pages: Pages,
    pub limits: Limits,
    /// Bytes of a logical block.
    pub block: u64,
    /// The tree with the best names first.
    pub roots: Vec<Root>,
    /// What is wrong with the volume.
    pub wrong: Vec<Fault>,
}

impl Volume {
    /// Reads the descriptors.
    ///
    /// # Errors
    /// [`Fault`] when there is no tree of ISO 9660.
    pub fn open(bytes: Rc<dyn Bytes>, limits: Limits) -> Result<Self, Fault> {
        let pages = Pages::new(Rc::clone(&bytes), PAGE.0, PAGE.1);
        let (roots, wrong) = (Vec::new(), Vec::new());
        let mut volume = Self { bytes, pages, limits, block: SECTOR, roots, wrong };
        let mut udf = false;
        for number in 16..16 + DESCRIPTORS {
            let at = number * SECTOR;
            let Ok(raw) = array_at::<2_048>(&*volume.bytes, at) else { break };
            match raw.get(1..6) {
                Some(b"CD001") => volume.descriptor(&raw, at),
                Some(b"NSR02" | b"NSR03") => udf = true,
                Some(b"BEA01" | b"BOOT2" | b"TEA01" | b"CDW02") => {}
                _ => break,
            }
        }
        if volume.roots.is_empty() {
            let udf = udf.then(|| Fault::unsupported("UDF without a tree of ISO 9660"));
            return Err(udf.unwrap_or(Fault::damaged(16 * SECTOR, "no root folder")));
        }
        if udf {
            let what = "a UDF file system beside this one, which may name other files";
            volume.wrong.push(Fault::unsupported(what));
        }
        volume.roots.sort_by_key(|root| root.names);
        Ok(volume)
    }

    fn descriptor(&mut self, raw: &[u8; 2_048], at: u64) {
        let names = match (raw.first(), raw.get(88..91)) {
            (Some(1), _) => Names::Plain,
            (Some(2), Some(b"%/@" | b"%/C" | b"%/E")) => Names::Joliet,
            _ => return,
        };
        if self.roots.iter().any(|root| root.names == names) {
            return;
        }
        let block = u64::from(le16(raw, 128));
        if !(512..=SECTOR).contains(&block) || !block.is_power_of_two() {
            let why = format!("a logical block of {block} bytes; {SECTOR} are assumed");
            self.wrong.push(Fault::damaged(at + 128, why));
        } else {
            self.block = block;
        }
        let size = u64::from(le32(raw, 80));
        if le32(raw, 80) != be32(raw, 84) {
            let why = "the two forms of the volume's size disagree";
            self.wrong.push(Fault::damaged(at + 80, why));
        }
        if names == Names::Plain && size.saturating_mul(self.block) > self.bytes.len() {
            self.wrong.push(Fault::Truncated { at: self.bytes.len() });
        }
        let record = raw.get(156..190).and_then(|raw| Record::parse(raw, at + 156));
        let Some(record) = record.filter(Record::is_folder) else {
            self.wrong.push(Fault::damaged(at + 156, "a descriptor without root folder"));
            return;
        };
        let names = if names == Names::Plain { self.primary_names(&record) } else { names };
        self.roots.push(Root { names, record });
    }

    /// Rock Ridge says in the root's first record that it is there.
    fn primary_names(&self, root: &Record) -> Names {
        let at = self.start_of(root);
        let first = self.pages.with(at, 255, |raw| Record::parse(raw, at)).ok().flatten();
        first.and_then(|first| rock::skip(&first.system)).map_or(Names::Plain, Names::Rock)
    }

    /// Where a record's bytes begin, behind what its attributes take.
    pub fn start_of(&self, record: &Record) -> u64 {
        (u64::from(record.extent) + u64::from(record.attributes)).saturating_mul(self.block)
    }

    /// The record at this place.
    ///
    /// # Errors
    /// [`Fault`] when there is none, or it cannot be read.
    pub fn record_at(&self, at: u64) -> Result<Record, Fault> {
        let length = (SECTOR - at % SECTOR).min(255);
        let length = length.min(self.bytes.len().saturating_sub(at));
        let length = usize::try_from(length).unwrap_or(0);
        let record = self.pages.with(at, length, |raw| Record::parse(raw, at))?;
        record.ok_or_else(|| Fault::damaged(at, "no record of a file is here"))
    }

    /// The content of the file whose first record lies at `at`.
    ///
    /// # Errors
    /// [`Fault`] when its records make no sense, or its form is not read.
    pub fn content(&self, at: u64) -> Result<Pieces, Fault> {
        let (mut content, mut at) = (Pieces::new(Rc::clone(&self.bytes)), at);
        let first = self.record_at(at)?;
        let mut record = first.clone();
        for _ in 0..PARTS {
            self.check(&record, content.pushed() == 0)?;
            let length = u64::from(record.length);
            content.push(length, Origin::At(self.start_of(&record)));
            if !record.goes_on() {
                return Ok(content);
            }
            at = record.next();
            record = match self.record_at(at) {
                Ok(record) => record,
                // No record fits into the rest of this sector.
                Err(_) => self.record_at(at.next_multiple_of(SECTOR))?,
            };
            if record.name != first.name {
                return Err(Fault::damaged(at, "the next part of the file is missing"));
            }
        }
        Err(Fault::Limit { what: format!("a file in more than {PARTS} parts") })
    }

    /// Where the link whose record lies at `at` leads; `None` when it is no link.
    ///
    /// # Errors
    /// As [`Volume::record_at`].
    pub fn link(&self, at: u64) -> Result<Option<Vec<u8>>, Fault> {
        let record = self.record_at(at)?;
        Ok(self.rock_skip().and_then(|skip| rock::read(self, &record, skip).link))
    }

    fn rock_skip(&self) -> Option<u8> {
        self.roots.iter().find_map(|root| match root.names {
            Names::Rock(skip) => Some(skip),
            _ => None,
        })
    }

    fn check(&self, record: &Record, first: bool) -> Result<(), Fault> {
        if record.interleaved {
            return Err(Fault::unsupported("an interleaved file"));
        }
        if let Some(skip) = self.rock_skip().filter(|_| first) {
            let rock = rock::read(self, record, skip);
            if let Some(what) = rock.unread {
                return Err(Fault::unsupported(what));
            }
        }
        Ok(())
    }
}
