//! The bytes of one stream of one file.

use crate::bytes::{Blank, Bytes, Memory, le32};
use crate::fault::Fault;
use crate::formats::ntfs::compressed::Compressed;
use crate::formats::ntfs::extensions::Budget;
use crate::formats::ntfs::mft::Mft;
use crate::formats::ntfs::record::{Attribute, Body, Extent, attributes, kind};
use crate::formats::ntfs::runs::{Place, Run, Scattered};
use crate::formats::ntfs::units::{BATCH, Units};
use crate::formats::ntfs::{name, wof};
use std::rc::Rc;

/// The flags of an attribute that say how it is compressed, and the only way there is.
const COMPRESSION: u16 = 0x00FF;
const LZNT1: u16 = 1;
/// The flag of an encrypted attribute.
const ENCRYPTED: u16 = 0x4000;

/// The stream with this address.
///
/// # Errors
/// [`Fault`].
pub fn open(mft: &Mft, address: u64) -> Result<Rc<dyn Bytes>, Fault> {
    let (number, stream) = (address >> 16, address & 0xFFFF);
    let base = mft.record(number)?;
    let (more, mut faults) = mft.extensions(number, &base, &mut Budget::for_one());
    let records = std::iter::once(&base).chain(&more).map(Vec::as_slice);
    let all: Vec<Attribute<'_>> = records.flat_map(attributes).flatten().collect();
    let file = File { mft, all };
    let name = file.name(stream).ok_or_else(|| {
        let fault = Fault::damaged(mft.place(number), format!("no stream {stream} here"));
        faults.pop().unwrap_or(fault)
    })?;
    match file.stream(name) {
        Some(bytes) => bytes,
        // A folder, or a file whose contents lay in a record that is lost.
        None => faults.pop().map_or(Ok(Rc::new(Blank(0))), Err),
    }
}

/// All attributes of a file.
struct File<'f> {
    mft: &'f Mft,
    all: Vec<Attribute<'f>>,
}

impl<'f> File<'f> {
    fn data(&self) -> impl Iterator<Item = &Attribute<'f>> {
        self.all.iter().filter(|attribute| attribute.kind == kind::DATA)
    }

    /// The name, in UTF-16, of the stream that was listed with this number.
    fn name(&self, stream: u64) -> Option<&'f [u8]> {
        let mut named = self.data().filter(|part| part.begins() && !part.name.is_empty());
        match usize::try_from(stream).ok()?.checked_sub(1) {
            None => Some(&[]),
            Some(index) => named.nth(index).map(|part| part.name),
        }
    }

    /// The stream of this name, if its beginning is there.
    fn stream(&self, name: &[u8]) -> Option<Result<Rc<dyn Bytes>, Fault>> {
        let parts = || self.data().filter(|part| part.name == name);
        let first = parts().find(|part| part.begins())?;
        if first.flags & ENCRYPTED != 0 {
            let needs = "the key of the Windows user who encrypted it (EFS)".to_owned();
            return Some(Err(Fault::Locked { needs }));
        }
        let begin = match first.body {
            Body::Resident(value) => return Some(Ok(Rc::new(Memory(value.to_vec())))),
            Body::Extent(begin) => begin,
        };
        let extent = |part: &Attribute<'f>| match part.body {
            Body::Extent(extent) => Some(extent),
            Body::Resident(_) => None,
        };
        let mut extents: Vec<Extent<'_>> = parts().filter_map(extent).collect();
        extents.sort_by_key(|extent| extent.first);
        let value = self.mft.scattered(&extents);
        if name.is_empty()
            && let Some(elsewhere) = self.elsewhere(&value)
        {
            return Some(elsewhere);
        }
        Some(match first.flags & COMPRESSION {
            0 => Ok(Rc::new(value)),
            LZNT1 => compressed(value, begin.unit, self.mft.geometry.cluster),
            other => Err(Fault::unsupported(format!("compression {other:#04x} of NTFS"))),
        })
    }

    /// The contents of a file which only says that they are kept somewhere else.
    fn elsewhere(&self, value: &Scattered) -> Option<Result<Rc<dyn Bytes>, Fault>> {
        let reparse = self.all.iter().find(|attribute| attribute.kind == kind::REPARSE_POINT)?;
        let reparse = reparse.resident().unwrap_or_default();
        let hole = |run: &Run| run.place == Place::Hole;
        if value.size == 0 || !value.layout.runs.iter().all(hole) {
            return None;
        }
        let tag = le32(reparse, 0);
        if tag != wof::TAG {
            return Some(Err(Fault::unsupported(format!(
                "the contents are not on this volume, or not as a file (reparse point {tag:#010x})"
            ))));
        }
        Some(self.unpacked(reparse, value.size))
    }

    fn unpacked(&self, reparse: &[u8], size: u64) -> Result<Rc<dyn Bytes>, Fault> {
        let chunk = wof::chunk_bytes(reparse)?;
        let packed = self.data().find(|part| name::bytes_of(part.name) == wof::STREAM);
        let packed = packed.and_then(|part| self.stream(part.name));
        let lost = || Fault::damaged(0, "the stream with the compressed contents is not there");
        Ok(Rc::new(wof::open(packed.ok_or_else(lost)??, size, chunk)))
    }
}

fn compressed(value: Scattered, unit: u8, cluster: u64) -> Result<Rc<dyn Bytes>, Fault> {
    let unit = 1_u64.checked_shl(unit.into()).and_then(|clusters| clusters.checked_mul(cluster));
    let unit = unit.filter(|unit| *unit <= BATCH && *unit > cluster);
    let unit = unit.ok_or_else(|| Fault::unsupported("a unit of compression of no known size"))?;
    let Scattered { volume, layout, size, written } = value;
    Ok(Rc::new(Units::new(Compressed { volume, layout, unit }, size, written, unit)))
}
