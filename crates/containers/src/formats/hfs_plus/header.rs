//! Where the volume begins and what its header says (TN1150, "Volume Header" and "HFS Wrapper").

use super::fork::{Fork, Ground};
use crate::bytes::{Bytes, Window, array_at, be16, be32, be64};
use crate::fault::Fault;
use std::rc::Rc;

/// Where the header lies, and how far from the end its copy.
const AT: u64 = 1024;
/// Bytes of the header.
const BYTES: usize = 512;
/// Signature of an HFS volume, which may hold an HFS+ volume.
const WRAPPER: u16 = u16::from_be_bytes(*b"BD");
const PLUS: u16 = u16::from_be_bytes(*b"H+");
const EXTENDED: u16 = u16::from_be_bytes(*b"HX");
/// Bit of the attributes: there is a journal.
const JOURNALED: u32 = 1 << 13;
const JOURNAL_MAGIC: u32 = u32::from_be_bytes(*b"JNLx");

/// What is needed of the volume header.
#[derive(Debug, Clone)]
pub struct Header {
    /// Bytes of an allocation block.
    pub block_bytes: u32,
    /// How many there are.
    pub blocks: u32,
    /// The file of extents that found no room in their own record.
    pub extents: Fork,
    /// The catalog.
    pub catalog: Fork,
    /// The attributes; empty when there are none.
    pub attributes: Fork,
    flags: u32,
    journal_block: u32,
}

/// The volume within its bytes.
pub struct Located {
    /// Where its blocks lie.
    pub ground: Ground,
    /// Its header.
    pub header: Header,
    /// What is wrong although it can be read.
    pub faults: Vec<Fault>,
}

/// Whether this is such a volume, by its header or by the copy of it at the end.
pub fn recognises(head: &[u8], bytes: &dyn Bytes) -> bool {
    let block = head.get(AT as usize..).unwrap_or_default();
    if be16(block, 0) == WRAPPER {
        return embedded(block).is_some();
    }
    let copy = || copy(bytes).is_some_and(|header| header.fills(bytes.len()));
    Header::parse(block).is_some() || copy()
}

/// Finds the volume.
///
/// # Errors
/// [`Fault::Damaged`] when neither header makes sense.
pub fn locate(bytes: Rc<dyn Bytes>) -> Result<Located, Fault> {
    let block: [u8; BYTES] = array_at(&*bytes, AT)?;
    let (mut start, mut length) = (0, bytes.len());
    if be16(&block, 0) == WRAPPER {
        (start, length) = embedded(&block).ok_or_else(|| Fault::unsupported("HFS"))?;
    }
    let volume = Window::clipped(Rc::clone(&bytes), start, length);
    let mut faults = Vec::new();
    let header = match Header::parse(&array_at::<BYTES>(&volume, AT)?) {
        Some(header) => header,
        None => {
            let why = "the volume header; its copy at the end was used";
            faults.push(Fault::damaged(AT, why));
            copy(&volume).ok_or_else(|| Fault::damaged(AT, "the volume header and its copy"))?
        }
    };
    let announced = u64::from(header.blocks) * u64::from(header.block_bytes);
    if announced > volume.len() {
        faults.push(Fault::Truncated { at: volume.len() });
    }
    faults.extend(header.journal(&volume));
    let ground = Ground { bytes, start, block_bytes: header.block_bytes };
    Ok(Located { ground, header, faults })
}

impl Header {
    /// Strict: every figure that is used makes sense.
    fn parse(block: &[u8]) -> Option<Self> {
        let signed = matches!((be16(block, 0), be16(block, 2)), (PLUS, 4) | (EXTENDED, 5));
        let header = Self {
            flags: be32(block, 4),
            journal_block: be32(block, 12),
            block_bytes: be32(block, 40),
            blocks: be32(block, 44),
            extents: Fork::parse(block.get(192..)?),
            catalog: Fork::parse(block.get(272..)?),
            attributes: Fork::parse(block.get(352..)?),
        };
        let size = header.block_bytes;
        let sound = size.is_power_of_two() && (512..=1 << 24).contains(&size);
        let begins = header.catalog.extents.first().is_some_and(|(at, _)| *at < header.blocks);
        (signed && sound && begins && header.catalog.length > 0).then_some(header)
    }

    /// Whether the volume that this header describes has about this length. Between its last block
    /// and the end of its partition there may be less than a block.
    fn fills(&self, length: u64) -> bool {
        let announced = u64::from(self.blocks) * u64::from(self.block_bytes);
        announced <= length && length - announced < u64::from(self.block_bytes).max(4096)
    }

    /// A journal with changes that were not yet made tells that the catalog may be older than what
    /// the owner saw (TN1150, "Journal").
    fn journal(&self, volume: &dyn Bytes) -> Option<Fault> {
        if self.flags & JOURNALED == 0 {
            return None;
        }
        let at = u64::from(self.journal_block) * u64::from(self.block_bytes);
        let info: [u8; 52] = array_at(volume, at).ok()?;
        let at = be64(&info, 36);
        let head: [u8; 24] = array_at(volume, at).ok()?;
        // Written in the order of the machine that made it; equality needs none.
        let magic = be32(&head, 0);
        let known = magic == JOURNAL_MAGIC || magic.swap_bytes() == JOURNAL_MAGIC;
        let waiting = known && be64(&head, 8) != be64(&head, 16);
        let what = "changes that wait in the journal; what is listed is the state before them";
        waiting.then(|| Fault::unsupported(what))
    }
}

/// The copy of the header at the end.
fn copy(bytes: &dyn Bytes) -> Option<Header> {
    let at = bytes.len().checked_sub(AT)?;
    Header::parse(&array_at::<BYTES>(bytes, at).ok()?)
}

/// Where an HFS volume holds an HFS+ volume: start and length in bytes.
fn embedded(block: &[u8]) -> Option<(u64, u64)> {
    if be16(block, 124) != PLUS {
        return None;
    }
    let block_bytes = u64::from(be32(block, 20));
    let first = u64::from(be16(block, 28)) * 512;
    let start = first + u64::from(be16(block, 126)) * block_bytes;
    let length = u64::from(be16(block, 128)) * block_bytes;
    (length > 0).then_some((start, length))
}
