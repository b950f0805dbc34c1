//! Media that an image file keeps in blocks of one size, each somewhere else or nowhere.
//!
//! A format says where a block lies ([`Layout`]); reading is the same for all: what lies in one
//! piece is read in one piece, packed blocks are fetched many at a time when they are read in
//! order, and the last ones stay unpacked in memory.

mod inflate;
mod joined;
mod kept;
mod pages;
mod volumes;

pub(crate) use inflate::Inflater;
pub(crate) use joined::{Joined, Missing, Padded};
pub(crate) use pages::Pages;
pub(crate) use volumes::{Volume, VolumeList};

use crate::bytes::{Bytes, read_exact_at};
use crate::fault::Fault;
use amparo_model::Problem;
use kept::{Decoded, Fetched};
use std::cell::RefCell;
use std::rc::Rc;

/// Longest medium that is read, in bytes. No device is larger; a larger claim is a bomb.
const MEDIUM_BYTES_MAX: u64 = 1 << 53;
/// Bytes read at once when packed blocks are read in one large piece.
const FETCH_BYTES_MAX: u64 = 4 << 20;

/// Where a block lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Nowhere: it is all zeros.
    Zeros,
    /// Unchanged, from `at` on in the source of this number.
    Raw { source: usize, at: u64 },
    /// Packed, in `length` bytes from `at` on.
    Packed { source: usize, at: u64, length: u64 },
}

/// A format's knowledge of its blocks.
pub(crate) trait Layout {
    /// Bytes of the medium.
    fn len(&self) -> u64;

    /// Bytes of a block, never 0 and the same for all but the last.
    fn block_bytes(&self) -> u64;

    /// Where a block lies.
    fn place(&self, block: u64) -> Result<Place, Fault>;

    /// The bytes in which places are counted.
    fn source(&self, number: usize) -> Option<&Rc<dyn Bytes>>;

    /// Fills `into`, which is as long as the block, from the packed bytes that start at byte `at`.
    fn unpack(&self, _block: u64, at: u64, _packed: &[u8], _into: &mut [u8]) -> Result<(), Fault> {
        Err(Fault::damaged(at, "a packed block in an image that packs none"))
    }

    /// As [`Bytes::complaints`].
    fn complaints(&self) -> Vec<Fault> {
        Vec::new()
    }
}

/// The medium of a [`Layout`].
pub(crate) struct Medium<L> {
    layout: L,
    decoded: RefCell<Decoded>,
    fetched: RefCell<Fetched>,
}

impl<L: Layout> Medium<L> {
    pub(crate) fn new(layout: L) -> Self {
        let decoded = RefCell::new(Decoded::new(layout.block_bytes()));
        Self { layout, decoded, fetched: RefCell::default() }
    }

    /// Reads part of one packed block. `ahead` is what the caller will read after it.
    fn read_packed(&self, packed: Packed, into: &mut [u8], ahead: u64) -> Result<(), Fault> {
        if self.decoded.borrow_mut().copy(packed.block, packed.within, into) {
            return Ok(());
        }
        let Some(source) = self.layout.source(packed.source) else {
            return Err(Fault::damaged(packed.at, "a block in a segment that is not there"));
        };
        let mut fetched = self.fetched.borrow_mut();
        let wanted = packed.length.max(ahead.min(FETCH_BYTES_MAX));
        let bytes = fetched.get(source, packed.source, packed.at, packed.length, wanted)?;
        if into.len() as u64 == packed.unpacked {
            return self.layout.unpack(packed.block, packed.at, bytes, into);
        }
        let mut block = vec![0; usize::try_from(packed.unpacked).unwrap_or(0)];
        self.layout.unpack(packed.block, packed.at, bytes, &mut block)?;
        let mut decoded = self.decoded.borrow_mut();
        decoded.keep(packed.block, block);
        decoded.copy(packed.block, packed.within, into);
        Ok(())
    }

    /// How many bytes from `at` in the source lie in one piece, up to `wanted`: `first` of the
    /// block `block`, then those of the blocks behind it.
    fn in_one_piece(&self, block: u64, source: usize, at: u64, first: u64, wanted: u64) -> u64 {
        let mut run = first.min(wanted);
        let mut next = block;
        while run < wanted {
            next += 1;
            let follows = Place::Raw { source, at: at.saturating_add(run) };
            if self.layout.place(next) != Ok(follows) {
                break;
            }
            run = run.saturating_add(self.layout.block_bytes()).min(wanted);
        }
        run
    }

    /// Reads from the start of `into` on as far as one piece goes, and says how far.
    fn read_piece(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
        let block_bytes = self.layout.block_bytes();
        let (block, within) = (at / block_bytes, at % block_bytes);
        let wanted = into.len() as u64;
        let first = (block_bytes - within).min(wanted);
        let place = self.layout.place(block)?;
        let count = match place {
            Place::Raw { source, at } => {
                let from = at.saturating_add(within);
                self.in_one_piece(block, source, from, first, wanted)
            }
            Place::Zeros | Place::Packed { .. } => first,
        };
        let count = usize::try_from(count).unwrap_or(usize::MAX).min(into.len());
        let into = into.get_mut(..count).unwrap_or_default();
        match place {
            Place::Zeros => into.fill(0),
            Place::Raw { source, at } => self.read_raw(source, at.saturating_add(within), into)?,
            Place::Packed { source, at: from, length } => {
                let unpacked = block_bytes.min(self.layout.len() - (at - within));
                // Longer than any packing makes it: what follows belongs to something else.
                let length = length.min(block_bytes.saturating_mul(2).saturating_add(4096));
                let packed = Packed { block, within, source, at: from, length, unpacked };
                self.read_packed(packed, into, wanted)?;
            }
        }
        Ok(count)
    }

    fn read_raw(&self, source: usize, at: u64, into: &mut [u8]) -> Result<(), Fault> {
        let Some(bytes) = self.layout.source(source) else {
            return Err(Fault::damaged(at, "a block in a segment that is not there"));
        };
        read_there(&**bytes, at, into)
    }
}

/// One packed block and the byte in it that is wanted.
struct Packed {
    block: u64,
    within: u64,
    source: usize,
    at: u64,
    length: u64,
    unpacked: u64,
}

impl<L: Layout> Bytes for Medium<L> {
    fn len(&self) -> u64 {
        self.layout.len()
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
        let there = usize::try_from(self.len().saturating_sub(at)).unwrap_or(usize::MAX);
        let count = there.min(into.len());
        let mut filled = 0;
        while filled < count {
            let rest = into.get_mut(filled..count).unwrap_or_default();
            filled += self.read_piece(at + filled as u64, rest)?;
        }
        Ok(count)
    }

    fn complaints(&self) -> Vec<Fault> {
        self.layout.complaints()
    }
}

/// The length of a medium as far as it is read; a claim above that is a problem.
pub(crate) fn medium_bytes(claimed: u64, problems: &mut Vec<Problem>) -> u64 {
    if claimed > MEDIUM_BYTES_MAX {
        let what = format!("a medium of {claimed} bytes; read up to {MEDIUM_BYTES_MAX}");
        problems.push(Fault::Limit { what }.problem(""));
    }
    claimed.min(MEDIUM_BYTES_MAX)
}

/// The file's own name in a path that an image states: other files lie beside the image or nowhere.
pub(crate) fn file_name(path: &[u8]) -> Option<&[u8]> {
    let name = path.rsplit(|byte| matches!(byte, b'/' | b'\\')).next()?;
    Some(name).filter(|name| !matches!(*name, b"" | b"." | b".."))
}

/// As [`read_exact_at`], without asking for what lies behind the end: places are hostile.
pub(crate) fn read_there(bytes: &dyn Bytes, at: u64, into: &mut [u8]) -> Result<(), Fault> {
    match at.checked_add(into.len() as u64) {
        Some(end) if end <= bytes.len() => read_exact_at(bytes, at, into),
        _ => Err(Fault::Truncated { at: bytes.len() }),
    }
}
