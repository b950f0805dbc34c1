//! `Manifest.mbdb`, the manifest of backups before iOS 10: records of no fixed length, one behind
//! the other. An entry's address is the offset of its record.
//!
//! A record holds five strings (domain, path, target of a link, hash, wrapped key), each with its
//! length in front, `FFFF` for none; 40 bytes of numbers (mode, inode, owner, group, three times,
//! size, protection class, count of properties); and a name and a value for each property. All
//! numbers have their big end first. Facts: "MbdbMbdxFormat" of the project iphonebackupbrowser,
//! and iphone-dataprotection for the key and the class.

use super::data::{Data, kind_of_mode, path_of, time};
use super::mbfile::MbFile;
use crate::bytes::{Bytes, be16, be32, be64, vec_at};
use crate::fault::Fault;
use crate::format::Container;
use crate::found::{Found, Go, Kind, Report};
use data_encoding::HEXLOWER;
use sha1::{Digest, Sha1};
use std::rc::Rc;

/// First bytes: version 5.0, the only one known.
pub(super) const MAGIC: &[u8] = b"mbdb\x05\x00";
/// Length of a string that is not there.
const NONE: u16 = 0xFFFF;
/// Bytes of a record's numbers.
const NUMBERS: usize = 40;

/// A backup of iOS 4 to 9.
pub(super) struct Mbdb {
    records: Vec<u8>,
    data: Data,
    /// What is wrong with the backup as a whole.
    problems: Vec<Fault>,
}

/// What one record says.
struct Record<'b> {
    domain: &'b [u8],
    path: &'b [u8],
    mode: u16,
    file: MbFile,
    /// Where the next one begins.
    end: usize,
}

impl Mbdb {
    /// Holds the records; real ones have some MiB.
    ///
    /// # Errors
    /// [`Fault`] when they cannot be read or are more than `held` bytes.
    pub(super) fn new(
        bytes: &dyn Bytes,
        held: u64,
        data: Data,
        problems: Vec<Fault>,
    ) -> Result<Self, Fault> {
        let records = vec_at(bytes, 0, bytes.len(), held)?;
        Ok(Self { records, data, problems })
    }
}

impl Container for Mbdb {
    fn list(&self, report: &mut Report<'_>) {
        for fault in &self.problems {
            if report(Err(fault.problem(""))) == Go::Stop {
                return;
            }
        }
        let mut at = MAGIC.len();
        while at < self.records.len() {
            // Where a record ends is known from itself alone: behind a damage nothing is found.
            let record = match Record::read(&self.records, at) {
                Ok(record) => record,
                Err(fault) => {
                    report(Err(fault.problem("")));
                    return;
                }
            };
            if report(Ok(record.found(at))) == Go::Stop {
                return;
            }
            at = record.end;
        }
    }

    fn open(&self, address: u64) -> Result<Rc<dyn Bytes>, Fault> {
        let at = usize::try_from(address).map_err(|_| Fault::Truncated { at: address })?;
        let record = Record::read(&self.records, at)?;
        let name = Sha1::digest([record.domain, b"-", record.path].concat());
        self.data.open(HEXLOWER.encode(&name).as_bytes(), &record.file)
    }
}

impl<'b> Record<'b> {
    fn read(records: &'b [u8], start: usize) -> Result<Self, Fault> {
        let mut at = start;
        let cut = || Fault::Truncated { at: start as u64 };
        let mut next = || string(records, &mut at).ok_or_else(cut);
        let (domain, path, _target, _hash, key) = (next()?, next()?, next()?, next()?, next()?);
        let numbers = records.get(at..).and_then(|rest| rest.get(..NUMBERS)).ok_or_else(cut)?;
        at += NUMBERS;
        let [.., class, properties] = *numbers else { return Err(cut()) };
        for _ in 0..u32::from(properties) * 2 {
            string(records, &mut at).ok_or_else(cut)?;
        }
        // In front of the key stands its class, as in later backups.
        let key = key.get(4..).filter(|key| !key.is_empty()).map(<[u8]>::to_vec);
        let (modified, size) = (be32(numbers, 18).into(), be64(numbers, 30));
        let file = MbFile { size, modified, class: class.into(), key };
        Ok(Self { domain, path, mode: be16(numbers, 0), file, end: at })
    }

    fn found(&self, at: usize) -> Found {
        let kind = kind_of_mode(self.mode.into());
        Found {
            path: path_of(self.domain, self.path),
            kind,
            size: if kind == Kind::File { self.file.size } else { 0 },
            address: at as u64,
            deleted: false,
            modified_at: time(self.file.modified),
        }
    }
}

/// The string at this place, empty for none; moves behind it.
fn string<'b>(bytes: &'b [u8], at: &mut usize) -> Option<&'b [u8]> {
    let (length, rest) = bytes.get(*at..)?.split_at_checked(2)?;
    let length = Some(be16(length, 0)).filter(|length| *length != NONE).map_or(0, usize::from);
    let string = rest.get(..length)?;
    *at += 2 + length;
    Some(string)
}
