//! VMware disk images: one sparse file, also compressed as a stream, or a text that names the
//! extents beside it.

mod descriptor;
mod sparse;
#[cfg(test)]
mod tests;

use crate::bytes::{Blank, Bytes, Window, vec_at};
use crate::fault::Fault;
use crate::format::{Family, Format, Image, Opened, Opening, Spec};
use crate::medium::{Joined, Missing, file_name, medium_bytes};
use amparo_model::Problem;
use descriptor::{Descriptor, Extent, Form};
use sparse::Sparse;
use std::rc::Rc;

const SECTOR: u64 = 512;
/// First bytes of a text that describes an image.
const TEXT: &[u8] = b"# Disk DescriptorFile";
/// Longest text; real ones have about 500 bytes for each 2 GiB of the medium.
const TEXT_BYTES_MAX: u64 = 1 << 20;

static SPEC: Spec = Spec {
    id: "vmdk",
    title: "VMware disk image (VMDK)",
    family: Family::Image,
    version: 1,
    checksums: false,
    suffixes: &[".vmdk"],
    gaps: &[
        "Images with a parent (snapshots, linked clones) and the sparse forms of ESX servers \
         (VMFSSPARSE, SESPARSE) are not read.",
        "A single extent of a split image is not read without the text that describes them all.",
    ],
    sources: &["VMware, Virtual Disk Format 5.0, 2011", "QEMU 9.2, output of qemu-img"],
};

/// The format.
#[derive(Debug, Clone, Copy)]
pub struct Vmdk;

impl Format for Vmdk {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn recognises(&self, head: &[u8], _bytes: &dyn Bytes) -> bool {
        is_text(head) || sparse::describes_itself(head)
    }

    fn open(&self, opening: Opening<'_>) -> Result<Opened, Fault> {
        let head = vec_at(&*opening.bytes, 0, opening.bytes.len().min(SECTOR), SECTOR)?;
        let mut problems = Vec::new();
        let bytes = if is_text(&head) {
            described(&opening, &mut problems)?
        } else {
            alone(&opening, &mut problems)?
        };
        Ok(Opened::Image(Image { bytes, stored: Vec::new(), problems }))
    }
}

fn is_text(head: &[u8]) -> bool {
    head.get(..TEXT.len()).is_some_and(|start| start.eq_ignore_ascii_case(TEXT))
}

fn read_text(bytes: &dyn Bytes, at: u64, length: u64) -> Result<Descriptor, Fault> {
    let text = vec_at(bytes, at, length, TEXT_BYTES_MAX)?;
    let descriptor = Descriptor::parse(&text);
    if descriptor.has_parent {
        return Err(Fault::unsupported("image with a parent (snapshot or linked clone)"));
    }
    Ok(descriptor)
}

/// One sparse file with the text inside, which is read for its parent alone: the only extent is
/// the file itself.
fn alone(opening: &Opening<'_>, problems: &mut Vec<Problem>) -> Result<Rc<dyn Bytes>, Fault> {
    let sparse = Sparse::open(&opening.bytes)?;
    if let Some((at, length)) = sparse.text
        && let Err(fault) = read_text(&*opening.bytes, at, length)
    {
        match fault {
            Fault::Unsupported { .. } => return Err(fault),
            _ => problems.push(fault.problem("")),
        }
    }
    Ok(sparse.medium(medium_bytes(sparse.length, problems)))
}

/// The extents of a text, one behind the other. One that is missing costs only its own range.
fn described(opening: &Opening<'_>, problems: &mut Vec<Problem>) -> Result<Rc<dyn Bytes>, Fault> {
    let descriptor = read_text(&*opening.bytes, 0, opening.bytes.len())?;
    if descriptor.extents.is_empty() {
        return Err(Fault::damaged(0, "text without extents"));
    }
    let mut total = 0_u64;
    let mut parts: Vec<Rc<dyn Bytes>> = Vec::new();
    for extent in &descriptor.extents {
        total = total.saturating_add(extent.length);
        if medium_bytes(total, problems) < total {
            break;
        }
        parts.push(part(extent, opening).unwrap_or_else(|fault| {
            problems.push(fault.problem(&String::from_utf8_lossy(&extent.name)));
            Rc::new(Missing { length: extent.length, fault })
        }));
    }
    Ok(Rc::new(Joined::new(parts)))
}

fn part(extent: &Extent, opening: &Opening<'_>) -> Result<Rc<dyn Bytes>, Fault> {
    if extent.form == Form::Zeros {
        return Ok(Rc::new(Blank(extent.length)));
    }
    let file =
        file_name(&extent.name).and_then(|name| opening.siblings.open(name)).ok_or_else(|| {
            let name = String::from_utf8_lossy(&extent.name);
            Fault::Source { why: format!("the extent {name} is not beside the image") }
        })?;
    match extent.form {
        Form::Flat { at } => Ok(Rc::new(Window::new(file, at, extent.length)?)),
        Form::Sparse => {
            let sparse = Sparse::open(&file)?;
            let medium = sparse.medium(extent.length);
            if sparse.length < extent.length {
                return Err(Fault::damaged(12, format!("extent of only {} bytes", sparse.length)));
            }
            Ok(medium)
        }
        Form::Zeros | Form::Other => Err(Fault::unsupported("this form of extent")),
    }
}
