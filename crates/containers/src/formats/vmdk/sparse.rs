//! A sparse extent: grains, mostly of 64 KiB, found through two levels of tables.

use super::SECTOR;
use crate::bytes::{Bytes, array_at, le16, le32, le64};
use crate::fault::Fault;
use crate::medium::{Inflater, Layout, Medium, Pages, Place};
use std::rc::Rc;

const MAGIC: &[u8] = b"KDMV";
/// Flags of the header.
const ZERO_GRAINS: u32 = 1 << 2;
const COMPRESSED: u32 = 1 << 16;
/// The directory is in the footer, behind the grains.
const AT_END: u64 = u64::MAX;
/// From the end of the file to its footer.
const FOOTER_BYTES: u64 = 1024;
/// Bytes in front of a compressed grain: its first sector and its length.
const GRAIN_HEADER_BYTES: u64 = 12;
const GRAIN_BYTES_MAX: u64 = 16 << 20;

/// What the header says.
#[derive(Clone)]
pub(super) struct Sparse {
    bytes: Rc<dyn Bytes>,
    pub(super) length: u64,
    /// Where the text that describes the image is, and its bytes.
    pub(super) text: Option<(u64, u64)>,
    grain_bytes: u64,
    entries_per_table: u64,
    directory: u64,
    flags: u32,
}

/// Whether this is a sparse file with the text of an image inside. Extents of a split image have
/// none: the file beside them names them.
pub(super) fn describes_itself(head: &[u8]) -> bool {
    head.starts_with(MAGIC) && le64(head, 28) != 0
}

impl Sparse {
    pub(super) fn open(bytes: &Rc<dyn Bytes>) -> Result<Self, Fault> {
        let mut header: [u8; 512] = array_at(&**bytes, 0)?;
        if !header.starts_with(MAGIC) {
            return Err(Fault::unsupported("an extent of another form"));
        }
        let text = (le64(&header, 28), le64(&header, 36));
        if le64(&header, 56) == AT_END {
            let at = bytes.len().saturating_sub(FOOTER_BYTES);
            header = array_at(&**bytes, at)?;
            if !header.starts_with(MAGIC) || le64(&header, 56) == AT_END {
                return Err(Fault::damaged(at, "no footer: the stream is cut"));
            }
        }
        if !(1..=3).contains(&le32(&header, 4)) {
            return Err(Fault::unsupported(format!("version {}", le32(&header, 4))));
        }
        let flags = le32(&header, 8);
        if flags & COMPRESSED != 0 && le16(&header, 77) != 1 {
            return Err(Fault::unsupported(format!("compression of type {}", le16(&header, 77))));
        }
        let grain_bytes = le64(&header, 20).saturating_mul(SECTOR);
        if grain_bytes == 0 || grain_bytes > GRAIN_BYTES_MAX {
            return Err(Fault::damaged(20, format!("grains of {grain_bytes} bytes")));
        }
        let entries_per_table = u64::from(le32(&header, 44));
        if entries_per_table == 0 {
            return Err(Fault::damaged(44, "tables without entries"));
        }
        let in_bytes =
            |(at, length): (u64, u64)| (at.saturating_mul(SECTOR), length.saturating_mul(SECTOR));
        Ok(Self {
            bytes: Rc::clone(bytes),
            length: le64(&header, 12).saturating_mul(SECTOR),
            text: Some(text).filter(|(at, _)| *at > 0).map(in_bytes),
            grain_bytes,
            entries_per_table,
            directory: le64(&header, 56).saturating_mul(SECTOR),
            flags,
        })
    }

    /// The medium, cut to a length.
    pub(super) fn medium(&self, length: u64) -> Rc<dyn Bytes> {
        Rc::new(Medium::new(Grains {
            tables: Pages::new(Rc::clone(&self.bytes)),
            length,
            inflater: Inflater::new(true),
            sparse: self.clone(),
        }))
    }
}

/// The grains of the medium.
struct Grains {
    sparse: Sparse,
    tables: Pages,
    length: u64,
    inflater: Inflater,
}

impl Layout for Grains {
    fn len(&self) -> u64 {
        self.length
    }

    fn block_bytes(&self) -> u64 {
        self.sparse.grain_bytes
    }

    fn place(&self, block: u64) -> Result<Place, Fault> {
        let per_table = self.sparse.entries_per_table;
        let (first, second) = (block / per_table, block % per_table);
        let at = self.sparse.directory.saturating_add(first * 4);
        let table = u64::from(u32::from_le_bytes(self.tables.array_at(at)?)) * SECTOR;
        if table == 0 {
            return Ok(Place::Zeros);
        }
        let entry = u32::from_le_bytes(self.tables.array_at(table + second * 4)?);
        let at = u64::from(entry) * SECTOR;
        match entry {
            0 => Ok(Place::Zeros),
            1 if self.sparse.flags & ZERO_GRAINS != 0 => Ok(Place::Zeros),
            _ if self.sparse.flags & COMPRESSED == 0 => Ok(Place::Raw { source: 0, at }),
            // How long it is stands in front of it: fetched with it, or with the one before.
            _ => {
                let there = self.sparse.bytes.len().saturating_sub(at);
                let most =
                    self.sparse.grain_bytes.saturating_add(self.sparse.grain_bytes / 8 + 1024);
                Ok(Place::Packed { source: 0, at, length: there.min(most).max(1) })
            }
        }
    }

    fn source(&self, _number: usize) -> Option<&Rc<dyn Bytes>> {
        Some(self.tables.bytes())
    }

    fn unpack(&self, block: u64, at: u64, packed: &[u8], into: &mut [u8]) -> Result<(), Fault> {
        let header = GRAIN_HEADER_BYTES as usize;
        let length = usize::try_from(le32(packed, 8)).unwrap_or(usize::MAX);
        let behind = packed.get(header..).unwrap_or_default();
        let stream = behind.get(..length.min(behind.len())).unwrap_or_default();
        let damaged = |why: String| Fault::damaged(at, format!("grain {block}: {why}"));
        if le64(packed, 0).checked_mul(SECTOR) != block.checked_mul(self.sparse.grain_bytes) {
            return Err(damaged("it says that it is another".into()));
        }
        let whole = usize::try_from(self.sparse.grain_bytes).unwrap_or(0);
        if into.len() == whole {
            return self.inflater.fill(stream, into).map_err(damaged);
        }
        // The last grain may be compressed whole, also where the medium ends inside it.
        if self.inflater.fill(stream, into).is_ok() {
            return Ok(());
        }
        let mut grain = vec![0; whole];
        self.inflater.fill(stream, &mut grain).map_err(damaged)?;
        into.copy_from_slice(grain.get(..into.len()).unwrap_or_default());
        Ok(())
    }
}
