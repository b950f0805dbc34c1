//! The master file table: all records in large pieces, one record, a file with its extensions.

use crate::bytes::{Bytes, read_exact_at, vec_at};
use crate::fault::Fault;
use crate::formats::ntfs::boot::Geometry;
use crate::formats::ntfs::extensions::{self, Budget};
use crate::formats::ntfs::record::{Attribute, Body, Extent, attributes, kind, settle};
use crate::formats::ntfs::runs::{Layout, Place, Scattered};
use crate::found::Go;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

/// Bytes read at once in a listing.
const PIECE: u64 = 1 << 20;
/// Bytes read at once for one record; its neighbours are asked for next.
const BLOCK: u64 = 16 << 10;
/// Blocks kept.
const KEPT: usize = 64;

/// The table, and with it the volume.
pub struct Mft {
    /// The volume.
    pub volume: Rc<dyn Bytes>,
    /// Its sizes and places.
    pub geometry: Geometry,
    table: Scattered,
    kept: RefCell<VecDeque<(u64, Vec<u8>)>>,
}

/// What a walk over the table meets.
pub enum Met<'p> {
    /// A place for a record, as it lies there.
    Record(u64, &'p mut [u8]),
    /// Records from the first to before the second, which cannot be read.
    Lost(u64, u64, Fault),
}

impl Mft {
    /// Finds the table by its own first record, or by the copy of it. Says what was wrong.
    ///
    /// # Errors
    /// [`Fault`] when neither can be read.
    pub fn open(volume: Rc<dyn Bytes>, geometry: Geometry) -> Result<(Self, Vec<Fault>), Fault> {
        let mut faults = Vec::new();
        let mut first = Self::first(&volume, &geometry, geometry.mft);
        if let Err(fault) = &first {
            let copy = Self::first(&volume, &geometry, geometry.mirror);
            if copy.is_ok() {
                faults.push(from_copy(fault));
                first = copy;
            }
        }
        let first = first?;
        let table = Scattered {
            volume: Rc::clone(&volume),
            layout: Layout::default(),
            size: 0,
            written: 0,
        };
        let mut mft = Self { volume, geometry, table, kept: RefCell::default() };
        mft.map(&first, &mut faults);
        if mft.geometry.length > mft.volume.len() {
            faults.push(Fault::Truncated { at: mft.volume.len() });
        }
        Ok((mft, faults))
    }

    /// The record of the table itself, if it is sound.
    fn first(volume: &Rc<dyn Bytes>, geometry: &Geometry, at: u64) -> Result<Vec<u8>, Fault> {
        let mut record = vec_at(&**volume, at, geometry.record, geometry.record)?;
        let damaged = |why: &str| Fault::damaged(at, format!("record 0 of $MFT: {why}"));
        if !settle(&mut record).map_err(damaged)? {
            return Err(damaged("nothing there"));
        }
        let starts = attributes(&record).flatten().any(|data| is_table(&data) && data.begins());
        if starts { Ok(record) } else { Err(damaged("it does not say where the table lies")) }
    }

    /// Maps the table: its first part from its own record, further ones from records that lie in
    /// the parts before.
    fn map(&mut self, first: &[u8], faults: &mut Vec<Fault>) {
        let longest = self.geometry.length.max(self.volume.len());
        for data in attributes(first).flatten().filter(is_table) {
            if let Body::Extent(extent) = data.body {
                self.table.layout.add(&extent, &self.geometry);
                // Behind what was written, nobody promises records.
                let size = extent.size.min(extent.written).min(longest);
                self.table.size = self.table.size.max(size);
                self.table.written = self.table.size;
            }
        }
        let listed = match self.list_of(first, &mut Budget::for_one()) {
            Some(Ok(list)) => extensions::listed(&list, kind::DATA),
            Some(Err(fault)) => return faults.push(fault),
            None => return,
        };
        for number in listed.into_iter().filter(|number| *number != 0) {
            match self.record(number) {
                Ok(record) => {
                    for data in attributes(&record).flatten().filter(is_table) {
                        if let Body::Extent(extent) = data.body {
                            self.table.layout.add(&extent, &self.geometry);
                        }
                    }
                }
                Err(fault) => faults.push(fault),
            }
            self.kept.borrow_mut().clear();
        }
    }

    /// How many records there are.
    pub fn records(&self) -> u64 {
        self.table.size / self.geometry.record
    }

    /// Byte of the volume at which a record lies, for messages.
    pub fn place(&self, number: u64) -> u64 {
        let at = number.saturating_mul(self.geometry.record);
        match self.table.layout.at(at).map(|run| run.place) {
            Some(Place::At(place)) => place,
            _ => 0,
        }
    }

    /// Walks over all places for records, in order.
    pub fn walk(&self, meet: &mut dyn FnMut(Met<'_>) -> Go) {
        let mut piece = vec![0; usize::try_from(PIECE.max(self.geometry.record)).unwrap_or(0)];
        let (mut at, mut read) = (0, 0_u64);
        let step = self.geometry.record;
        // Runs that lie over each other cannot make a table longer than what is there.
        while at + step <= self.table.size && read <= self.volume.len() {
            let (there, mut length) = self.stretch(at);
            while there && length < PIECE && self.stretch(at + length).0 {
                length += self.stretch(at + length).1;
            }
            let from = at;
            let go = if there && length >= step {
                let most = length.min(piece.len() as u64) / step * step;
                let part = piece.get_mut(..usize::try_from(most).unwrap_or(0)).unwrap_or_default();
                at += most;
                read += most;
                self.piece(from, part, meet)
            } else {
                at = (at + length.max(step)).min(self.table.size) / step * step;
                meet(Met::Lost(from / step, at / step, self.lost(from)))
            };
            if go == Go::Stop {
                return;
            }
        }
        if at + step <= self.table.size {
            let what = "runs of $MFT that lie over each other".to_owned();
            meet(Met::Lost(at / step, self.records(), Fault::Limit { what }));
        }
    }

    /// Whether there is something to read from here on, and how far that goes. Reads nothing.
    fn stretch(&self, at: u64) -> (bool, u64) {
        let left = self.table.size.saturating_sub(at);
        let Some(run) = self.table.layout.at(at).filter(|_| left > 0) else {
            return (false, left);
        };
        let (there, length) = match run.place {
            Place::At(place) if place < self.volume.len() => {
                (true, run.length.min(self.volume.len() - place))
            }
            // A hole would be records of zeros, of which nobody says that they are lost.
            Place::At(_) | Place::Hole | Place::Lost => (false, run.length),
        };
        (there, length.min(left))
    }

    fn lost(&self, at: u64) -> Fault {
        match self.table.layout.at(at).map(|run| run.place) {
            Some(Place::At(_)) => Fault::Truncated { at: self.volume.len() },
            _ => self.table.layout.lost(at),
        }
    }

    /// Reads one piece; where it cannot be read, half of it, and so on down to one record.
    fn piece(&self, at: u64, piece: &mut [u8], meet: &mut dyn FnMut(Met<'_>) -> Go) -> Go {
        let step = usize::try_from(self.geometry.record).unwrap_or(usize::MAX);
        let mut waiting = vec![(0, piece.len())];
        while let Some((from, to)) = waiting.pop() {
            let part = piece.get_mut(from..to).unwrap_or_default();
            let start = at + from as u64;
            let number = start / self.geometry.record;
            match read_exact_at(&self.table, start, part) {
                Ok(()) => {
                    for (number, record) in (number..).zip(part.chunks_exact_mut(step)) {
                        if meet(Met::Record(number, record)) == Go::Stop {
                            return Go::Stop;
                        }
                    }
                }
                Err(fault) if to - from <= step => {
                    if meet(Met::Lost(number, number + 1, fault)) == Go::Stop {
                        return Go::Stop;
                    }
                }
                Err(_) => {
                    let middle = from + ((to - from) / step / 2).max(1) * step;
                    waiting.push((middle, to));
                    waiting.push((from, middle));
                }
            }
        }
        Go::On
    }

    /// One record, settled.
    ///
    /// # Errors
    /// [`Fault`] when it cannot be read, is damaged, or was never written.
    pub fn record(&self, number: u64) -> Result<Vec<u8>, Fault> {
        let mut record = self.raw(number)?;
        let damaged = |why: &str| {
            Fault::damaged(self.place(number), format!("record {number} of $MFT: {why}"))
        };
        if settle(&mut record).map_err(damaged)? { Ok(record) } else { Err(damaged("never used")) }
    }

    fn raw(&self, number: u64) -> Result<Vec<u8>, Fault> {
        let step = self.geometry.record;
        let at = number.checked_mul(step).filter(|at| at.saturating_add(step) <= self.table.size);
        let at = at.ok_or_else(|| Fault::damaged(0, format!("$MFT has no record {number}")))?;
        let size = BLOCK.max(step);
        let block = at / size;
        let from = usize::try_from(at % size).unwrap_or(0);
        let to = from + usize::try_from(step).unwrap_or(0);
        let mut kept = self.kept.borrow_mut();
        if let Some(known) = kept.iter().position(|(index, _)| *index == block) {
            kept.swap(0, known);
        } else {
            let mut bytes = vec![0; usize::try_from(size).unwrap_or(0)];
            if self.table.read_at(block * size, &mut bytes).is_err() {
                drop(kept);
                return vec_at(&self.table, at, step, step);
            }
            kept.push_front((block, bytes));
            kept.truncate(KEPT);
        }
        let bytes = kept.front().and_then(|(_, bytes)| bytes.get(from..to));
        Ok(bytes.unwrap_or_default().to_vec())
    }

    /// The list of attributes that lie in other records; `None` when all lie in this one.
    pub fn list_of(&self, record: &[u8], budget: &mut Budget) -> Option<Result<Vec<u8>, Fault>> {
        let mut all = attributes(record).flatten();
        let list = all.find(|attribute| attribute.kind == kind::ATTRIBUTE_LIST)?;
        Some(budget.take(list.size()).and_then(|()| match list.body {
            Body::Resident(list) => Ok(list.to_vec()),
            Body::Extent(extent) => {
                vec_at(&self.scattered(&[extent]), 0, extent.size, extensions::LIST_MAX)
            }
        }))
    }

    /// The bytes of a value from its parts in order; the first says the sizes.
    pub fn scattered(&self, extents: &[Extent<'_>]) -> Scattered {
        let mut layout = Layout::default();
        for extent in extents {
            layout.add(extent, &self.geometry);
        }
        let (size, written) = extents.first().map_or((0, 0), |first| (first.size, first.written));
        Scattered { volume: Rc::clone(&self.volume), layout, size, written }
    }
}

/// Whether this attribute of the first record describes the table.
fn is_table(attribute: &Attribute<'_>) -> bool {
    attribute.kind == kind::DATA && attribute.name.is_empty()
}

fn from_copy(fault: &Fault) -> Fault {
    let read = "(read from its copy)";
    match fault {
        Fault::Damaged { at, why } => Fault::damaged(*at, format!("{why} {read}")),
        other => other.clone(),
    }
}
