//! Expert Witness Compression Format: the images that EnCase, FTK Imager and `ewfacquire` write,
//! in one file or in segments `.E01`, `.E02` and so on.
//!
//! The medium lies in chunks, mostly of 32 KiB, each compressed for itself. Segments are walked
//! when the image is opened, which reads some hundred bytes for each table of chunks; the tables
//! are read when a chunk of theirs is wanted. So every range can be read for itself, by any worker.

mod chunks;
mod names;
mod segment;
#[cfg(test)]
mod tests;

use crate::bytes::{Bytes, array_at, le16};
use crate::fault::Fault;
use crate::format::{Family, Format, Image, Opened, Opening, Spec, Stored};
use crate::medium::{Medium, medium_bytes};
use amparo_model::{HashAlgorithm, Problem};
use chunks::Chunks;
use segment::{End, Found, Segment};
use std::rc::Rc;

/// First bytes of a segment of an image, of one of logical files, and of both in the second
/// version.
const IMAGE: &[u8] = b"EVF\x09\x0d\x0a\xff\x00";
const LOGICAL: &[u8] = b"LVF\x09\x0d\x0a\xff\x00";
const IMAGE_2: &[u8] = b"EVF2\x0d\x0a\x81\x00";
const LOGICAL_2: &[u8] = b"LEF2\x0d\x0a\x81\x00";

/// Names tried behind a missing segment, before the others count as missing too.
const MISSING_MAX: u32 = 16;

static SPEC: Spec = Spec {
    id: "ewf",
    title: "Expert Witness image (E01)",
    family: Family::Image,
    version: 1,
    checksums: true,
    suffixes: &[".e01", ".s01", ".ex01", ".l01", ".lx01"],
    gaps: &[
        "The second version of the format (Ex01) and logical evidence (L01, Lx01) are not read.",
        "The examiner's case data in the header and the list of sectors that could not be read \
         when the image was made are not shown.",
        "Where an image was cut inside a segment, chunks in front of the cut whose table is lost \
         are not searched for.",
        "With more than one gap between segments, what lies between two gaps is not placed.",
    ],
    sources: &["libewf documentation, Expert Witness Compression Format (EWF), as of 2024"],
};

/// The format.
#[derive(Debug, Clone, Copy)]
pub struct Ewf;

impl Format for Ewf {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn recognises(&self, head: &[u8], _bytes: &dyn Bytes) -> bool {
        [IMAGE, LOGICAL, IMAGE_2, LOGICAL_2].iter().any(|magic| head.starts_with(magic))
    }

    fn open(&self, opening: Opening<'_>) -> Result<Opened, Fault> {
        let head: [u8; 13] = array_at(&*opening.bytes, 0)?;
        if head.starts_with(LOGICAL) || head.starts_with(LOGICAL_2) {
            return Err(Fault::unsupported("logical evidence file (L01)"));
        }
        if head.starts_with(IMAGE_2) {
            return Err(Fault::unsupported("second version of the format (Ex01)"));
        }
        match le16(&head, 9) {
            0 | 1 => open_image(&opening).map(Opened::Image),
            number => {
                let what = format!("segment {number} of an image; its first segment opens it");
                Err(Fault::Unsupported { what })
            }
        }
    }
}

fn open_image(opening: &Opening<'_>) -> Result<Image, Fault> {
    let mut found = Found::default();
    let mut segments = Vec::new();
    let (mut number, mut next) = (1, Some(Rc::clone(&opening.bytes)));
    while let Some(bytes) = next {
        let segment = Segment { number, index: segments.len(), bytes: Rc::clone(&bytes) };
        segments.push(bytes);
        let end = segment.walk(&mut found);
        if end == End::Done {
            break;
        }
        number += 1;
        next = next_segment(opening, &mut number, &mut found);
        if next.is_none() && end == End::Next {
            found.problems.push(missing(number, None));
            found.gap();
        }
    }
    let Some(volume) = found.volume else {
        return Err(Fault::damaged(0, "no section says how large the medium is"));
    };
    let mut problems = std::mem::take(&mut found.problems);
    let length = medium_bytes(volume.length, &mut problems);
    let stored = stored(&found);
    let chunks = Chunks::new(segments, found, volume.chunk_bytes, length, &mut problems);
    Ok(Image { bytes: Rc::new(Medium::new(chunks)), stored, problems })
}

/// The segment of this number or, as a problem, the first that there is behind it.
fn next_segment(
    opening: &Opening<'_>,
    number: &mut u32,
    found: &mut Found,
) -> Option<Rc<dyn Bytes>> {
    let wanted = *number;
    for there in wanted..wanted + MISSING_MAX {
        let mut open = names::of_segment(&opening.name, there).into_iter().filter_map(|name| {
            opening.siblings.open(&name).filter(|bytes| is_segment(&**bytes, there))
        });
        if let Some(bytes) = open.next() {
            if there > wanted {
                found.problems.push(missing(wanted, Some(there - 1)));
                found.gap();
            }
            *number = there;
            return Some(bytes);
        }
    }
    None
}

/// Numbers are of 16 bits, and go on from the start in images of more segments.
fn is_segment(bytes: &dyn Bytes, number: u32) -> bool {
    let head = array_at::<13>(bytes, 0).unwrap_or_default();
    head.starts_with(IMAGE) && u32::from(le16(&head, 9)) == number & 0xFFFF
}

fn missing(from: u32, to: Option<u32>) -> Problem {
    let what = match to {
        Some(to) if to == from => format!("segment {from} of the image is missing"),
        Some(to) => format!("segments {from} to {to} of the image are missing"),
        None => format!("segment {from} of the image and all behind it are missing"),
    };
    Fault::Source { why: what }.problem("")
}

fn stored(found: &Found) -> Vec<Stored> {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let md5 = found.md5.map(|md5| Stored { algorithm: HashAlgorithm::Md5, value: hex(&md5) });
    let sha1 = found.sha1.map(|sha1| Stored { algorithm: HashAlgorithm::Sha1, value: hex(&sha1) });
    md5.into_iter().chain(sha1).collect()
}
