//! Builds a near index: hashes in the order of the rows, then all bands at once on all cores.

use super::{BUCKETS, FRAME, HASH, HEADER, Layout, mix, to_bytes};
use crate::lists::Lists;
use crate::mapped::put_at;
use crate::open::IndexError;
use crate::seal::threads;
use amparo_model::{Bits256, HashAlgorithm};
use std::sync::{Mutex, PoisonError};

/// What is known before the first hash is written.
pub(crate) struct Plan<'l> {
    lists: &'l Lists,
    layout: Layout,
}

/// One band with the places where its parts go.
struct Task<'b> {
    band: usize,
    starts: &'b mut [u8],
    next: &'b mut [u8],
    ids: &'b mut [u8],
}

impl<'l> Plan<'l> {
    pub(crate) fn new(lists: &'l Lists) -> Result<Self, IndexError> {
        let count = lists.count(HashAlgorithm::Pdq);
        let numbered = u32::try_from(count).is_ok();
        let layout = Layout::new(count).filter(|_| numbered).ok_or(IndexError::TooManyRows)?;
        Ok(Self { lists, layout })
    }

    /// Length of the index without its seal.
    pub(crate) fn bytes(&self) -> usize {
        self.layout.end
    }

    /// Writes the index into a body of exactly [`Plan::bytes`] zeros.
    pub(crate) fn fill(&self, body: &mut [u8]) -> Result<(), IndexError> {
        let mut rest = body;
        let mut cut = |length| rest.split_off_mut(..length).ok_or(TOO_LARGE);
        let head = cut(HEADER)?;
        let (hashes, rows) = (cut(self.layout.hashes.len())?, cut(self.layout.rows.len())?);
        let mut tasks = Vec::new();
        for (band, parts) in self.layout.bands.iter().enumerate() {
            let starts = cut(parts.starts.len())?;
            tasks.push(Task {
                band,
                starts,
                next: cut(parts.next.len())?,
                ids: cut(parts.ids.len())?,
            });
        }
        if !put_at(head, 0, &(self.layout.count as u64).to_le_bytes()) {
            return Err(TOO_LARGE);
        }
        self.fill_hashes(hashes, rows)?;
        sort_bands(hashes.as_chunks().0, tasks)
    }

    /// A row's own hash first, then its frames in ascending order.
    fn fill_hashes(&self, hashes: &mut [u8], rows: &mut [u8]) -> Result<(), IndexError> {
        let mut places = hashes.as_chunks_mut::<HASH>().0.iter_mut().zip(rows.as_chunks_mut().0);
        let mut fits = true;
        let mut put = |bits: &Bits256, row: u32| match places.next() {
            Some((hash, number)) => {
                *hash = to_bytes(&mix(bits));
                *number = row.to_le_bytes();
            }
            None => fits = false,
        };
        self.lists.each_row(HashAlgorithm::Pdq, &mut |number, row| {
            if let Some(pdq) = row.pdq.filter(|pdq| pdq.matchable()) {
                put(&pdq.bits, number);
            }
            row.unique_frames().iter().for_each(|frame| put(frame, number | FRAME));
        })?;
        let full = places.next().is_none();
        if fits && full { Ok(()) } else { Err(TOO_LARGE) }
    }
}

fn sort_bands(hashes: &[[u8; HASH]], tasks: Vec<Task<'_>>) -> Result<(), IndexError> {
    let tasks = Mutex::new(tasks);
    let work = || {
        while let Some(task) = tasks.lock().unwrap_or_else(PoisonError::into_inner).pop() {
            sort_band(hashes, task).ok_or(TOO_LARGE)?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads()).map(|_| scope.spawn(work)).collect();
        running.into_iter().try_for_each(|thread| thread.join().unwrap_or(Err(TOO_LARGE)))
    })
}

/// A counting sort: entries of a bucket stay in the order of their numbers.
fn sort_band(hashes: &[[u8; HASH]], task: Task<'_>) -> Option<()> {
    let following = (task.band + 1) % (HASH / 2);
    let band = |hash: &[u8; HASH], band: usize| {
        hash.as_chunks::<2>().0.get(band).map(|bytes| u16::from_le_bytes(*bytes))
    };
    let mut places = vec![0_u32; BUCKETS];
    for hash in hashes {
        *places.get_mut(usize::from(band(hash, task.band)?))? += 1;
    }
    let mut sum = 0_u32;
    let (starts, _) = task.starts.as_chunks_mut::<4>();
    for (place, start) in places.iter_mut().zip(&mut *starts) {
        let count = *place;
        *start = sum.to_le_bytes();
        *place = sum;
        sum += count;
    }
    *starts.last_mut()? = sum.to_le_bytes();
    let (next, ids) = (task.next.as_chunks_mut::<2>().0, task.ids.as_chunks_mut::<4>().0);
    for (id, hash) in (0_u32..).zip(hashes) {
        let place = places.get_mut(usize::from(band(hash, task.band)?))?;
        *next.get_mut(*place as usize)? = band(hash, following)?.to_le_bytes();
        *ids.get_mut(*place as usize)? = id.to_le_bytes();
        *place += 1;
    }
    Some(())
}

const TOO_LARGE: IndexError = IndexError::Inconsistent("the index does not fit its plan");
