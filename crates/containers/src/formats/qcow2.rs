//! QEMU copy-on-write images, versions 2 and 3.
//!
//! Two levels of tables say where each cluster of the medium lies: nowhere, unchanged, or
//! compressed. The tables are read in pages when they are needed.

#[cfg(test)]
mod tests;

use crate::bytes::{Bytes, array_at, be32, be64, vec_at};
use crate::fault::Fault;
use crate::format::{Family, Format, Image, Opened, Opening, Spec};
use crate::formats::recognise;
use crate::medium::{Inflater, Layout, Medium, Padded, Pages, Place, file_name, medium_bytes};
use amparo_model::Problem;
use ruzstd::decoding::StreamingDecoder;
use std::io::Read;
use std::rc::Rc;

const MAGIC: &[u8] = b"QFI\xfb";
/// Where entries of tables say that a cluster lies.
const OFFSET: u64 = 0x00FF_FFFF_FFFF_FE00;
/// In an entry of the second level.
const COMPRESSED: u64 = 1 << 62;
const ZEROS: u64 = 1;
/// Features that a reader must know.
const DIRTY: u64 = 1;
const CORRUPT: u64 = 1 << 1;
const EXTERNAL: u64 = 1 << 2;
const PACKING: u64 = 1 << 3;
const SUBCLUSTERS: u64 = 1 << 4;
/// Header extension with the format of the backing file.
const BACKING_FORMAT: u32 = 0xE279_2ACA;

static SPEC: Spec = Spec {
    id: "qcow2",
    title: "QEMU disk image (qcow2)",
    family: Family::Image,
    version: 1,
    checksums: false,
    suffixes: &[".qcow2", ".qcow"],
    gaps: &[
        "Snapshots kept inside the image are not read; the medium is shown as it was last.",
        "Encrypted images, subclusters (extended L2 entries), data in an external file and version \
         1 are not read.",
        "A backing file is read only when it lies beside the image under its own name.",
    ],
    sources: &["QEMU 9.2, docs/interop/qcow2.txt"],
};

/// The format.
#[derive(Debug, Clone, Copy)]
pub struct Qcow2;

impl Format for Qcow2 {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn recognises(&self, head: &[u8], _bytes: &dyn Bytes) -> bool {
        head.starts_with(MAGIC)
    }

    fn open(&self, opening: Opening<'_>) -> Result<Opened, Fault> {
        let header = Header::read(&*opening.bytes)?;
        let mut problems = Vec::new();
        if header.features & CORRUPT != 0 {
            let why = "the image says of itself that it is corrupt";
            problems.push(Fault::damaged(72, why).problem(""));
        }
        if header.snapshots > 0 {
            let what = format!("{} snapshots inside the image", header.snapshots);
            problems.push(Fault::unsupported(what).problem(""));
        }
        let length = medium_bytes(header.length, &mut problems);
        let backing = match &header.backing {
            Some(name) => Some(open_backing(name, &header, &opening, &mut problems)?),
            None => None,
        };
        let clusters = Clusters {
            tables: Pages::new(opening.bytes),
            backing: backing.map(|bytes| Rc::new(Padded { bytes, length }) as Rc<dyn Bytes>),
            length,
            inflater: Inflater::new(false),
            header,
        };
        Ok(Opened::Image(Image {
            bytes: Rc::new(Medium::new(clusters)),
            stored: Vec::new(),
            problems,
        }))
    }
}

/// What the header says.
struct Header {
    cluster_bits: u32,
    length: u64,
    first_table: u64,
    first_entries: u64,
    snapshots: u32,
    features: u64,
    zstd: bool,
    backing: Option<Vec<u8>>,
    backing_format: Vec<u8>,
}

impl Header {
    fn read(bytes: &dyn Bytes) -> Result<Self, Fault> {
        let mut head = vec![0; 104];
        let read = bytes.read_at(0, &mut head)?;
        if read < 72 {
            return Err(Fault::Truncated { at: read as u64 });
        }
        let version = be32(&head, 4);
        let is_3 = match version {
            2 => false,
            3 => true,
            _ => return Err(Fault::unsupported(format!("version {version} of the format"))),
        };
        let features = if is_3 { be64(&head, 72) } else { 0 };
        let header_bytes = if is_3 { u64::from(be32(&head, 100)) } else { 72 };
        check_features(features, be32(&head, 32))?;
        let cluster_bits = be32(&head, 20);
        if !(9..=21).contains(&cluster_bits) {
            return Err(Fault::damaged(20, format!("clusters of 2^{cluster_bits} bytes")));
        }
        let packing = if features & PACKING != 0 { array_at::<1>(bytes, 104)? } else { [0] };
        if packing[0] > 1 {
            return Err(Fault::unsupported(format!("compression of type {}", packing[0])));
        }
        let backing = match be64(&head, 8) {
            0 => None,
            at => Some(vec_at(bytes, at, be32(&head, 16).into(), 1023)?),
        };
        Ok(Self {
            cluster_bits,
            length: be64(&head, 24),
            first_table: be64(&head, 40),
            first_entries: be32(&head, 36).into(),
            snapshots: be32(&head, 60),
            features,
            zstd: packing[0] == 1,
            backing,
            backing_format: extension(bytes, header_bytes, BACKING_FORMAT),
        })
    }

    fn cluster_bytes(&self) -> u64 {
        1 << self.cluster_bits
    }
}

fn check_features(features: u64, encryption: u32) -> Result<(), Fault> {
    if encryption != 0 {
        return Err(Fault::Locked { needs: "the image's clusters are encrypted".into() });
    }
    if features & EXTERNAL != 0 {
        return Err(Fault::unsupported("data in an external file"));
    }
    if features & SUBCLUSTERS != 0 {
        return Err(Fault::unsupported("subclusters (extended L2 entries)"));
    }
    match features & !(DIRTY | CORRUPT | PACKING) {
        0 => Ok(()),
        unknown => Err(Fault::unsupported(format!("features {unknown:#x}"))),
    }
}

/// The data of a header extension; empty when there is none.
fn extension(bytes: &dyn Bytes, from: u64, wanted: u32) -> Vec<u8> {
    let mut at = from;
    for _ in 0..16 {
        let head: [u8; 8] = array_at(bytes, at).unwrap_or_default();
        let (kind, length) = (be32(&head, 0), u64::from(be32(&head, 4)));
        if kind == wanted {
            return vec_at(bytes, at + 8, length, 64).unwrap_or_default();
        }
        if kind == 0 {
            break;
        }
        at = at.saturating_add(8).saturating_add(length.next_multiple_of(8));
        if at >= 1 << 21 {
            break;
        }
    }
    Vec::new()
}

/// The medium below: what no cluster covers is read from there.
fn open_backing(
    name: &[u8],
    header: &Header,
    opening: &Opening<'_>,
    problems: &mut Vec<Problem>,
) -> Result<Rc<dyn Bytes>, Fault> {
    let shown = String::from_utf8_lossy(name).into_owned();
    let missing = || Fault::unsupported(format!("the backing file {shown}, not beside the image"));
    let own = file_name(name);
    let bytes = own.and_then(|own| opening.siblings.open(own)).ok_or_else(missing)?;
    let is_image = |format: &&'static dyn Format| format.spec().family == Family::Image;
    let format = recognise(&*bytes).into_iter().find(is_image);
    let Some(format) = format.filter(|_| header.backing_format != b"raw") else {
        return Ok(bytes);
    };
    let mut limits = opening.limits;
    limits.depth = match limits.depth.checked_sub(1) {
        Some(depth) => depth,
        None => return Err(Fault::Limit { what: "backing files behind backing files".into() }),
    };
    let below =
        Opening { bytes, name: own.unwrap_or_default().to_vec(), limits, ..opening.clone() };
    match format.open(below)? {
        Opened::Image(image) => {
            problems.extend(image.problems);
            Ok(image.bytes)
        }
        Opened::Entries(_) => Err(missing()),
    }
}

/// The clusters of the medium.
struct Clusters {
    header: Header,
    tables: Pages,
    backing: Option<Rc<dyn Bytes>>,
    length: u64,
    inflater: Inflater,
}

/// Numbers of the two sources.
const OWN: usize = 0;
const BELOW: usize = 1;

impl Clusters {
    /// What no table covers.
    fn below(&self, cluster: u64) -> Place {
        match self.backing {
            Some(_) => {
                let at = cluster.saturating_mul(self.header.cluster_bytes());
                Place::Raw { source: BELOW, at }
            }
            None => Place::Zeros,
        }
    }

    /// The entry of the second level; 0 where there is no table.
    fn entry(&self, cluster: u64) -> Result<u64, Fault> {
        let bits = self.header.cluster_bits - 3;
        let (first, second) = (cluster >> bits, cluster & ((1 << bits) - 1));
        if first >= self.header.first_entries {
            let why = format!("no table for cluster {cluster}");
            return Err(Fault::damaged(self.header.first_table, why));
        }
        let at = self.header.first_table.saturating_add(first * 8);
        let table = u64::from_be_bytes(self.tables.array_at(at)?) & OFFSET;
        if table == 0 {
            return Ok(0);
        }
        Ok(u64::from_be_bytes(self.tables.array_at(table + second * 8)?))
    }

    /// Compressed clusters begin at any byte and end at the end of a sector, or of the file.
    fn packed(&self, entry: u64) -> Place {
        let bits = 62 - (self.header.cluster_bits - 8);
        let at = entry & ((1 << bits) - 1);
        let more = (entry & (COMPRESSED - 1)) >> bits;
        let length = (more + 1) * 512 - (at & 511);
        let there = self.tables.bytes().len().saturating_sub(at);
        Place::Packed { source: OWN, at, length: length.min(there.max(1)) }
    }
}

impl Layout for Clusters {
    fn len(&self) -> u64 {
        self.length
    }

    fn block_bytes(&self) -> u64 {
        self.header.cluster_bytes()
    }

    fn place(&self, block: u64) -> Result<Place, Fault> {
        let entry = self.entry(block)?;
        if entry & COMPRESSED != 0 {
            return Ok(self.packed(entry));
        }
        Ok(match (entry & ZEROS != 0, entry & OFFSET) {
            (true, _) => Place::Zeros,
            (false, 0) => self.below(block),
            (false, at) => Place::Raw { source: OWN, at },
        })
    }

    fn source(&self, number: usize) -> Option<&Rc<dyn Bytes>> {
        if number == OWN { Some(self.tables.bytes()) } else { self.backing.as_ref() }
    }

    fn unpack(&self, block: u64, at: u64, packed: &[u8], into: &mut [u8]) -> Result<(), Fault> {
        let damaged = |why: String| Fault::damaged(at, format!("cluster {block}: {why}"));
        if self.header.zstd {
            let decoder = StreamingDecoder::new(packed).map_err(|error| damaged(error.to_string()));
            return decoder?.read_exact(into).map_err(|error| damaged(error.to_string()));
        }
        self.inflater.fill(packed, into).map_err(damaged)
    }
}
