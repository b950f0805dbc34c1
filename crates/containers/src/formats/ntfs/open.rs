//! The bytes of one stream of one file.

use crate::bytes::{Blank, Bytes, Memory};
use crate::fault::Fault;
use crate::formats::ntfs::compressed::Compressed;
use crate::formats::ntfs::extensions::Budget;
use crate::formats::ntfs::facts::Facts;
use crate::formats::ntfs::mft::Mft;
use crate::formats::ntfs::record::{Attribute, Body, Extent, attributes, kind};
use crate::formats::ntfs::runs::{Place, Scattered};
use std::cell::RefCell;
use std::rc::Rc;

/// Flags of an attribute.
const COMPRESSED: u16 = 0x00FF;
const ENCRYPTED: u16 = 0x4000;
/// Tag of files whose contents Windows keeps compressed in another stream.
const WOF: u32 = 0x8000_0017;

/// The stream with this address.
///
/// # Errors
/// [`Fault`].
pub fn open(mft: &Mft, address: u64) -> Result<Rc<dyn Bytes>, Fault> {
    let (number, stream) = (address >> 16, address & 0xFFFF);
    let base = mft.record(number)?;
    let (more, mut faults) = mft.extensions(number, &base, &mut Budget::for_one());
    let records = || std::iter::once(&base).chain(&more).map(Vec::as_slice);
    let facts = Facts::of(records());
    let mut parts: Vec<Attribute<'_>> = records().flat_map(attributes).flatten().collect();
    parts.retain(|part| part.kind == kind::DATA);
    let named = parts.iter().filter(|part| part.begins() && !part.name.is_empty());
    let name = match usize::try_from(stream) {
        Ok(0) => Some(&[][..]),
        Ok(index) => named.map(|part| part.name).nth(index - 1),
        Err(_) => None,
    };
    let name = name.ok_or_else(|| {
        let fault = Fault::damaged(mft.place(number), format!("no stream {stream} here"));
        faults.pop().unwrap_or(fault)
    })?;
    parts.retain(|part| part.name == name);
    let Some(first) = parts.iter().find(|part| part.begins()) else {
        // A folder, or a file whose contents lay in a record that is lost.
        return faults.pop().map_or(Ok(Rc::new(Blank(0))), Err);
    };
    match first.body {
        Body::Resident(_) if first.flags & ENCRYPTED != 0 => Err(locked()),
        Body::Resident(value) => Ok(Rc::new(Memory(value.to_vec()))),
        Body::Extent(extent) => {
            let mut extents: Vec<Extent<'_>> = parts
                .iter()
                .filter_map(|part| match part.body {
                    Body::Extent(extent) => Some(extent),
                    Body::Resident(_) => None,
                })
                .collect();
            extents.sort_by_key(|extent| extent.first);
            let value = mft.scattered(&extents);
            let reparse = facts.reparse.filter(|_| stream == 0);
            in_clusters(mft, first.flags, &extent, value, reparse)
        }
    }
}

fn locked() -> Fault {
    Fault::Locked { needs: "the key of the Windows user who encrypted it (EFS)".to_owned() }
}

fn in_clusters(
    mft: &Mft,
    flags: u16,
    extent: &Extent<'_>,
    value: Scattered,
    reparse: Option<u32>,
) -> Result<Rc<dyn Bytes>, Fault> {
    if flags & ENCRYPTED != 0 {
        return Err(locked());
    }
    if let Some(tag) = reparse
        && value.size > 0
        && value.layout.runs.iter().all(|run| run.place == Place::Hole)
    {
        return Err(elsewhere(tag));
    }
    if flags & COMPRESSED == 0 {
        return Ok(Rc::new(value));
    }
    let unit = 1_u64.checked_shl(extent.unit.into()).unwrap_or(u64::MAX);
    let unit = unit.checked_mul(mft.geometry.cluster).filter(|n| *n <= Compressed::UNIT_MAX);
    if flags & COMPRESSED != 1 || extent.unit == 0 || unit.is_none() {
        return Err(Fault::unsupported(format!("compression {flags:#06x} of NTFS")));
    }
    Ok(Rc::new(Compressed {
        volume: value.volume,
        layout: value.layout,
        size: value.size,
        written: value.written.min(value.size),
        unit: unit.unwrap_or(Compressed::UNIT_MAX),
        kept: RefCell::default(),
    }))
}

/// Contents that are not where they seem to be.
fn elsewhere(tag: u32) -> Fault {
    match tag {
        WOF => Fault::unsupported("a file that Windows keeps compressed (CompactOS)"),
        _ => Fault::unsupported(format!(
            "the contents are not on this volume or not kept as a file (reparse point {tag:#010x})"
        )),
    }
}
