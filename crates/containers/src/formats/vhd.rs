//! Virtual Hard Disk images (VHD) of Virtual PC and Hyper-V, fixed and dynamic.
//!
//! A fixed image is the medium followed by a footer of 512 bytes; a dynamic one has a copy of the
//! footer in front and keeps blocks, mostly of 2 MiB, each behind a bitmap of its sectors.

#[cfg(test)]
mod tests;

use crate::bytes::{Bytes, Window, array_at, be32, be64};
use crate::fault::Fault;
use crate::format::{Family, Format, Image, Opened, Opening, Spec};
use crate::medium::{Layout, Medium, Pages, Place, medium_bytes};
use amparo_model::Problem;
use std::rc::Rc;

const FOOTER: &[u8] = b"conectix";
const HEADER: &[u8] = b"cxsparse";
const SECTOR: u64 = 512;
/// Entry of a block that is nowhere.
const NOWHERE: u32 = u32::MAX;
const BLOCK_BYTES_MAX: u64 = 256 << 20;

static SPEC: Spec = Spec {
    id: "vhd",
    title: "Virtual PC disk image (VHD)",
    family: Family::Image,
    version: 1,
    checksums: false,
    suffixes: &[".vhd", ".vpc", ".avhd"],
    gaps: &[
        "Differencing images, which need the image they were split off from, are not read.",
        "The length is the one that the footer states as current, not the one of its geometry.",
    ],
    sources: &["Microsoft, Virtual Hard Disk Image Format Specification 1.0, 2006"],
};

/// The format.
#[derive(Debug, Clone, Copy)]
pub struct Vhd;

impl Format for Vhd {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn recognises(&self, head: &[u8], bytes: &dyn Bytes) -> bool {
        head.starts_with(FOOTER) || footer_at(bytes).is_some_and(|(_, found)| is_fixed(&found))
    }

    fn open(&self, opening: Opening<'_>) -> Result<Opened, Fault> {
        let mut problems = Vec::new();
        let (end, footer) = footer(&*opening.bytes, &mut problems)?;
        let length = medium_bytes(be64(&footer, 48), &mut problems);
        let bytes: Rc<dyn Bytes> = match be32(&footer, 60) {
            2 => Rc::new(fixed(opening.bytes, end, length, &mut problems)),
            3 => Rc::new(dynamic(opening.bytes, be64(&footer, 16), length, &mut problems)?),
            4 => return Err(Fault::unsupported("differencing image")),
            kind => return Err(Fault::unsupported(format!("image of type {kind}"))),
        };
        Ok(Opened::Image(Image { bytes, stored: Vec::new(), problems }))
    }
}

/// The footer at the end and where it begins, if there is one. Old versions of Virtual PC wrote 511
/// bytes of it.
fn footer_at(bytes: &dyn Bytes) -> Option<(u64, [u8; 512])> {
    let at = bytes.len().checked_sub(512)?;
    let last: [u8; 512] = array_at(bytes, at).ok()?;
    if last.starts_with(FOOTER) {
        return Some((at, last));
    }
    let mut short = [0; 512];
    short.iter_mut().zip(last.get(1..)?).for_each(|(to, from)| *to = *from);
    short.starts_with(FOOTER).then_some((at + 1, short))
}

/// A dynamic image whose beginning is not one is cut or something else.
fn is_fixed(footer: &[u8]) -> bool {
    be32(footer, 60) == 2
}

/// The footer and where the medium of a fixed image ends. The copy in front serves when the one at
/// the end is gone.
fn footer(bytes: &dyn Bytes, problems: &mut Vec<Problem>) -> Result<(u64, [u8; 512]), Fault> {
    let last = footer_at(bytes).filter(|(_, footer)| is_sealed(footer, 64));
    if let Some(found) = last {
        return Ok(found);
    }
    let first: [u8; 512] = array_at(bytes, 0)?;
    let end = bytes.len().saturating_sub(512);
    if first.starts_with(FOOTER) {
        let why = "footer at the end is missing or damaged; the copy in front is used";
        problems.push(Fault::damaged(end, why).problem(""));
        if !is_sealed(&first, 64) {
            let why = "the copy of the footer contradicts its checksum";
            problems.push(Fault::damaged(0, why).problem(""));
        }
        return Ok((end, first));
    }
    let found = footer_at(bytes).ok_or_else(|| Fault::damaged(end, "no footer"))?;
    let why = "footer contradicts its checksum";
    problems.push(Fault::damaged(found.0, why).problem(""));
    Ok(found)
}

/// Whether the complement of the sum of all bytes stands at `at`, which itself is not counted.
fn is_sealed(bytes: &[u8], at: usize) -> bool {
    let sealed = bytes.iter().enumerate().filter(|(n, _)| !(at..at + 4).contains(n));
    let sum = sealed.fold(0_u32, |sum, (_, byte)| sum.wrapping_add((*byte).into()));
    !sum == be32(bytes, at)
}

fn fixed(bytes: Rc<dyn Bytes>, end: u64, length: u64, problems: &mut Vec<Problem>) -> Window {
    if length != end {
        let why = format!("footer states a medium of {length} bytes; {end} are in front of it");
        problems.push(Fault::damaged(end, why).problem(""));
    }
    Window::clipped(bytes, 0, end)
}

fn dynamic(
    bytes: Rc<dyn Bytes>,
    at: u64,
    length: u64,
    problems: &mut Vec<Problem>,
) -> Result<Medium<Blocks>, Fault> {
    let header: [u8; 1024] = array_at(&*bytes, at)?;
    if !header.starts_with(HEADER) {
        return Err(Fault::damaged(at, "no header of a dynamic image"));
    }
    if !is_sealed(&header, 36) {
        let why = "header of the dynamic image contradicts its checksum";
        problems.push(Fault::damaged(at, why).problem(""));
    }
    let block_bytes = u64::from(be32(&header, 32));
    let is_known = (SECTOR..=BLOCK_BYTES_MAX).contains(&block_bytes);
    if !is_known || !block_bytes.is_power_of_two() {
        return Err(Fault::damaged(at + 32, format!("blocks of {block_bytes} bytes")));
    }
    let entries = u64::from(be32(&header, 28));
    if length.div_ceil(block_bytes) > entries {
        let why = format!("table of {entries} blocks for a medium of {length} bytes");
        problems.push(Fault::damaged(at + 28, why).problem(""));
    }
    let bitmap_bytes = (block_bytes / SECTOR).div_ceil(8).next_multiple_of(SECTOR);
    let table = be64(&header, 16);
    let tables = Pages::new(bytes);
    Ok(Medium::new(Blocks { tables, table, entries, block_bytes, bitmap_bytes, length }))
}

/// The blocks of a dynamic image.
struct Blocks {
    tables: Pages,
    table: u64,
    entries: u64,
    block_bytes: u64,
    bitmap_bytes: u64,
    length: u64,
}

impl Layout for Blocks {
    fn len(&self) -> u64 {
        self.length
    }

    fn block_bytes(&self) -> u64 {
        self.block_bytes
    }

    fn place(&self, block: u64) -> Result<Place, Fault> {
        if block >= self.entries {
            return Err(Fault::damaged(self.table, format!("no entry for block {block}")));
        }
        let at = self.table.saturating_add(block * 4);
        match u32::from_be_bytes(self.tables.array_at(at)?) {
            NOWHERE => Ok(Place::Zeros),
            // The bitmap counts only in differencing images: sectors never written are zeros.
            sector => {
                let at = u64::from(sector) * SECTOR + self.bitmap_bytes;
                Ok(Place::Raw { source: 0, at })
            }
        }
    }

    fn source(&self, _number: usize) -> Option<&Rc<dyn Bytes>> {
        Some(self.tables.bytes())
    }
}
