//! Virtual Hard Disk images of the second version (VHDX) of Hyper-V.
//!
//! Two headers and two tables of regions, of which the sound ones count, lead to the description
//! of the medium and to the table of its blocks.

use crate::bytes::{Bytes, le16, le32, le64, vec_at};
use crate::fault::Fault;
use crate::format::{Family, Format, Image, Opened, Opening, Spec};
use crate::medium::{Layout, Medium, Pages, Place, medium_bytes};
use amparo_model::Problem;
use std::rc::Rc;

const MAGIC: &[u8] = b"vhdxfile";
/// Places and lengths of the headers and of the tables of regions.
const HEADERS: [u64; 2] = [64 << 10, 128 << 10];
const HEADER_BYTES: u64 = 4 << 10;
const REGIONS: [u64; 2] = [192 << 10, 256 << 10];
const REGION_BYTES: u64 = 64 << 10;

const BLOCK_TABLE: [u8; 16] = guid(0x2DC2_7766, 0xF623, 0x4200, 0x9D64_115E_9BFD_4A08);
const METADATA: [u8; 16] = guid(0x8B7C_A206, 0x4790, 0x4B9A, 0xB8FE_575F_050F_886E);
const PARAMETERS: [u8; 16] = guid(0xCAA1_6737, 0xFA36, 0x4D43, 0xB3B6_33F0_AA44_E76B);
const LENGTH: [u8; 16] = guid(0x2FA5_4224, 0xCD1B, 0x4876, 0xB211_5DBE_D83B_F4B8);
const SECTOR: [u8; 16] = guid(0x8141_BF1D, 0xA96F, 0x4709, 0xBA47_F233_A8FA_AB5F);

static SPEC: Spec = Spec {
    id: "vhdx",
    title: "Hyper-V disk image (VHDX)",
    family: Family::Image,
    version: 1,
    checksums: false,
    suffixes: &[".vhdx", ".avhdx"],
    gaps: &[
        "Differencing images, which need the image they were split off from, are not read.",
        "A log left by a machine that stopped is not replayed; that it is there is told.",
    ],
    sources: &["Microsoft, [MS-VHDX] Virtual Hard Disk v2 File Format, 2021"],
};

/// The format.
#[derive(Debug, Clone, Copy)]
pub struct Vhdx;

impl Format for Vhdx {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn recognises(&self, head: &[u8], _bytes: &dyn Bytes) -> bool {
        head.starts_with(MAGIC)
    }

    fn open(&self, opening: Opening<'_>) -> Result<Opened, Fault> {
        let mut problems = Vec::new();
        check_log(&*opening.bytes, &mut problems)?;
        let regions = sealed(&*opening.bytes, b"regi", REGIONS, REGION_BYTES, &mut problems)?;
        let regions = regions.into_iter().next().unwrap_or_default();
        let described = region(&regions, METADATA)?;
        let parameters = item(&*opening.bytes, described, PARAMETERS)?;
        if le32(&parameters, 4) & 2 != 0 {
            return Err(Fault::unsupported("differencing image"));
        }
        let block_bytes = u64::from(le32(&parameters, 0));
        let sector = u64::from(le32(&item(&*opening.bytes, described, SECTOR)?, 0));
        let known = (1 << 20..=256 << 20).contains(&block_bytes) && block_bytes.is_power_of_two();
        if !known || !matches!(sector, 512 | 4096) {
            let why = format!("blocks of {block_bytes} bytes, sectors of {sector}");
            return Err(Fault::damaged(described, why));
        }
        let claimed = le64(&item(&*opening.bytes, described, LENGTH)?, 0);
        let blocks = Blocks {
            length: medium_bytes(claimed, &mut problems),
            table: region(&regions, BLOCK_TABLE)?,
            tables: Pages::new(opening.bytes),
            block_bytes,
            per_bitmap: (sector << 23) / block_bytes,
        };
        Ok(Opened::Image(Image {
            bytes: Rc::new(Medium::new(blocks)),
            stored: Vec::new(),
            problems,
        }))
    }
}

/// A GUID as it is stored: three numbers with the little end first, then eight bytes.
const fn guid(first: u32, second: u16, third: u16, rest: u64) -> [u8; 16] {
    let [a, b, c, d] = first.to_le_bytes();
    let ([e, f], [g, h]) = (second.to_le_bytes(), third.to_le_bytes());
    let [i, j, k, l, m, n, o, p] = rest.to_be_bytes();
    [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]
}

/// The newer header says whether the log holds what is not yet in its place.
fn check_log(bytes: &dyn Bytes, problems: &mut Vec<Problem>) -> Result<(), Fault> {
    let headers = sealed(bytes, b"head", HEADERS, HEADER_BYTES, problems)?;
    let newest = headers.iter().max_by_key(|header| le64(header, 8));
    let log = newest.and_then(|header| header.get(48..64)).unwrap_or_default();
    if log.iter().any(|byte| *byte != 0) {
        let what = "a log that was not replayed: the last changes may be missing";
        problems.push(Fault::unsupported(what).problem(""));
    }
    Ok(())
}

/// The sound ones of two structures that stand in for each other.
fn sealed(
    bytes: &dyn Bytes,
    signature: &[u8],
    places: [u64; 2],
    length: u64,
    problems: &mut Vec<Problem>,
) -> Result<Vec<Vec<u8>>, Fault> {
    let mut sound = Vec::new();
    for at in places {
        let found = vec_at(bytes, at, length, length).unwrap_or_default();
        if found.starts_with(signature) && crc32c_without(&found, 4) == le32(&found, 4) {
            sound.push(found);
        } else if found.iter().any(|byte| *byte != 0) {
            let why = "header or table of regions contradicts its checksum";
            problems.push(Fault::damaged(at, why).problem(""));
        }
    }
    if sound.is_empty() {
        let [first, _] = places;
        return Err(Fault::damaged(first, "neither a header nor its copy is sound"));
    }
    Ok(sound)
}

/// Where a region begins.
fn region(table: &[u8], wanted: [u8; 16]) -> Result<u64, Fault> {
    let entries = table.get(16..).unwrap_or_default().chunks_exact(32);
    let count = usize::try_from(le32(table, 8)).unwrap_or(0);
    let found = entries.take(count).find(|entry| entry.starts_with(&wanted));
    let [first, _] = REGIONS;
    found.map(|entry| le64(entry, 16)).ok_or_else(|| Fault::damaged(first, "a region is missing"))
}

/// An item of the description of the medium.
fn item(bytes: &dyn Bytes, described: u64, wanted: [u8; 16]) -> Result<Vec<u8>, Fault> {
    let table = vec_at(bytes, described, REGION_BYTES, REGION_BYTES)?;
    let entries = table.get(32..).unwrap_or_default().chunks_exact(32);
    let found = entries.take(le16(&table, 10).into()).find(|entry| entry.starts_with(&wanted));
    let missing = || Fault::damaged(described, "description of the medium is not complete");
    let entry = found.filter(|_| table.starts_with(b"metadata")).ok_or_else(missing)?;
    let at = described.saturating_add(le32(entry, 16).into());
    vec_at(bytes, at, le32(entry, 20).into(), 1024)
}

/// CRC-32C (Castagnoli), counting the four bytes at `at` as zeros.
fn crc32c_without(bytes: &[u8], at: usize) -> u32 {
    let step = |crc: u32, byte: u8| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            (crc >> 1) ^ if crc & 1 == 1 { 0x82F6_3B78 } else { 0 }
        })
    };
    let counted = |(n, byte): (usize, &u8)| if (at..at + 4).contains(&n) { 0 } else { *byte };
    !bytes.iter().enumerate().map(counted).fold(u32::MAX, step)
}

/// The blocks of the medium.
struct Blocks {
    tables: Pages,
    table: u64,
    block_bytes: u64,
    /// Blocks between two entries of bitmaps, which only differencing images use.
    per_bitmap: u64,
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
        let index = block + block / self.per_bitmap.max(1);
        let at = self.table.saturating_add(index * 8);
        let entry = u64::from_le_bytes(self.tables.array_at(at)?);
        match entry & 7 {
            0..=3 => Ok(Place::Zeros),
            6 => Ok(Place::Raw { source: 0, at: entry >> 20 << 20 }),
            state => Err(Fault::damaged(at, format!("block {block} is in state {state}"))),
        }
    }

    fn source(&self, _number: usize) -> Option<&Rc<dyn Bytes>> {
        Some(self.tables.bytes())
    }
}
