//! Records that continue another: the attributes of a file that did not fit into its own.
//!
//! Source: the documentation of the Linux-NTFS project, "$ATTRIBUTE_LIST".

use crate::bytes::{le16, le32};
use crate::fault::Fault;
use crate::formats::ntfs::mft::Mft;
use crate::formats::ntfs::record::{Header, Reference};
use std::collections::HashSet;

/// The longest list that Windows writes is 256 KiB.
pub const LIST_MAX: u64 = 256 << 10;
/// Bytes of an entry before its name.
const ENTRY: usize = 26;

/// What may still be read for extensions. Lists of many files may lie over each other, and name
/// records that are not theirs; what is sound stays within the size of the table.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    bytes: u64,
}

impl Budget {
    /// For one file.
    pub fn for_one() -> Self {
        Self { bytes: u64::MAX }
    }

    /// For a listing of the whole table.
    pub fn for_all(mft: &Mft) -> Self {
        let table = mft.records().saturating_mul(mft.geometry.record);
        Self { bytes: table.saturating_mul(2).saturating_add(LIST_MAX) }
    }

    /// Takes so many bytes from it.
    ///
    /// # Errors
    /// [`Fault::Limit`]. Once something did not fit, nothing does; every file
    /// after it is told so.
    pub fn take(&mut self, bytes: u64) -> Result<(), Fault> {
        self.bytes = self.bytes.saturating_sub(bytes);
        if self.bytes > 0 {
            return Ok(());
        }
        Err(Fault::Limit { what: "lists of attributes longer than the table".to_owned() })
    }
}

/// The records that a list names for one kind of attribute, each once, in order.
pub fn listed(list: &[u8], kind: u32) -> Vec<u64> {
    let mut seen = HashSet::new();
    let named = entries(list).filter(|(of, _)| *of == kind).map(|(_, at)| at.record);
    named.filter(|number| seen.insert(*number)).collect()
}

fn entries(list: &[u8]) -> impl Iterator<Item = (u32, Reference)> + '_ {
    let mut rest = list;
    std::iter::from_fn(move || {
        let length = usize::from(le16(rest, 4));
        if length < ENTRY {
            return None;
        }
        let (entry, after) = rest.split_at_checked(length)?;
        rest = after;
        Some((le32(entry, 0), Reference::read(entry, 16)))
    })
}

impl Mft {
    /// The records that continue this one, in the order of its list. Stops where the budget ends,
    /// so that the streams before keep their numbers.
    pub fn extensions(
        &self,
        number: u64,
        base: &[u8],
        budget: &mut Budget,
    ) -> (Vec<Vec<u8>>, Vec<Fault>) {
        let list = match self.list_of(base, budget) {
            None => return (Vec::new(), Vec::new()),
            Some(Err(fault)) => return (Vec::new(), vec![fault]),
            Some(Ok(list)) => list,
        };
        let (mut records, mut faults) = (Vec::new(), Vec::new());
        let mut seen = HashSet::from([number]);
        let header = Header::read(base);
        for (_, at) in entries(&list) {
            if !seen.insert(at.record) {
                continue;
            }
            if let Err(fault) = budget.take(self.geometry.record) {
                faults.push(fault);
                break;
            }
            match self.extension(number, header, at) {
                Ok(record) => records.push(record),
                Err(fault) => faults.push(fault),
            }
        }
        (records, faults)
    }

    fn extension(&self, number: u64, base: Header, at: Reference) -> Result<Vec<u8>, Fault> {
        let record = self.record(at.record)?;
        let ours = Header::read(&record)
            .base
            .is_some_and(|of| of.record == number && of.means(base.sequence, base.in_use));
        if ours {
            return Ok(record);
        }
        let why = format!("record {} of $MFT does not continue record {number}", at.record);
        Err(Fault::damaged(self.place(at.record), why))
    }
}
