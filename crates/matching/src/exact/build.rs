//! Builds an exact index in bounded memory: count, then sort one range of lines after another.

use super::{Key, LINE, LOW_BITS_AT, MOST_IN_LINE, SPILL_ENTRY, SPILLED, Shape, position};
use crate::lists::Lists;
use crate::mapped::put_at;
use crate::open::IndexError;
use crate::seal::threads;
use amparo_model::HashAlgorithm;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// Entries sorted at a time, of 24 bytes each: 200 MB, whatever the size of the lists. Each round
/// reads the lists once more.
const ENTRIES_AT_A_TIME: usize = 8_000_000;

const MOST_PER_LINE_ON_AVERAGE: u64 = 32;

type Entry = (Key, u32);

/// What is known before the first entry is written.
pub(crate) struct Plan<'l> {
    lists: &'l Lists,
    algorithm: HashAlgorithm,
    shape: Shape,
    /// Entries of each line.
    counts: Vec<u32>,
    at_a_time: usize,
}

/// A range of lines with the places where its parts go.
struct Task<'b> {
    lines: Range<usize>,
    entries: usize,
    first_plain: u32,
    first_spilled: u32,
    line_bytes: &'b mut [u8],
    plain_bytes: &'b mut [u8],
    spill_bytes: &'b mut [u8],
}

impl<'l> Plan<'l> {
    /// Reads the lists once, to count.
    pub(crate) fn new(lists: &'l Lists, algorithm: HashAlgorithm) -> Result<Self, IndexError> {
        let total = lists.count(algorithm);
        let mut line_bits = 0;
        while total > MOST_PER_LINE_ON_AVERAGE << line_bits {
            line_bits += 1;
        }
        let mut counts = vec![0_u32; 1 << line_bits];
        lists.each_key(algorithm, &mut |key, _| {
            if let Some(count) = counts.get_mut(position(key, line_bits).0) {
                *count += 1;
            }
        })?;
        let sum = |spilled: bool| {
            let chosen = counts.iter().filter(|count| is_spilled(**count) == spilled);
            chosen.map(|count| u64::from(*count)).sum()
        };
        let shape = Shape {
            plain: sum(false),
            spilled: sum(true),
            line_bits,
            key_bytes: if algorithm == HashAlgorithm::Md5 { 16 } else { 20 },
            row_bytes: (32 - lists.rows().leading_zeros()).div_ceil(8),
        };
        Ok(Self { lists, algorithm, shape, counts, at_a_time: ENTRIES_AT_A_TIME })
    }

    /// Length of the index without its seal.
    pub(crate) fn bytes(&self) -> Option<usize> {
        self.shape.sections().map(|(_, _, spill)| spill.end)
    }

    /// Writes the index into a body of exactly [`Plan::bytes`] zeros.
    pub(crate) fn fill(&self, body: &mut [u8]) -> Result<(), IndexError> {
        let (lines, entries, _) = self.shape.sections().ok_or(TOO_LARGE)?;
        let (head, rest) = body.split_at_mut_checked(lines.start).ok_or(TOO_LARGE)?;
        let (line_bytes, rest) = rest.split_at_mut_checked(lines.len()).ok_or(TOO_LARGE)?;
        let (plain, spill) = rest.split_at_mut_checked(entries.len()).ok_or(TOO_LARGE)?;
        if !put_at(head, 0, &self.shape.header()) {
            return Err(TOO_LARGE);
        }
        let tasks = Mutex::new(self.tasks(line_bytes, plain, spill)?);
        let work = || {
            while let Some(task) = tasks.lock().unwrap_or_else(PoisonError::into_inner).pop() {
                self.run(task)?;
            }
            Ok(())
        };
        std::thread::scope(|scope| {
            let running: Vec<_> = (0..threads()).map(|_| scope.spawn(work)).collect();
            running.into_iter().try_for_each(|thread| thread.join().unwrap_or(Err(STOPPED)))
        })
    }

    fn tasks<'b>(
        &self,
        mut line_bytes: &'b mut [u8],
        mut plain_bytes: &'b mut [u8],
        mut spill_bytes: &'b mut [u8],
    ) -> Result<Vec<Task<'b>>, IndexError> {
        let most = (self.at_a_time / threads()).max(1);
        let (mut tasks, mut start, mut first_plain, mut first_spilled) = (Vec::new(), 0, 0, 0);
        while start < self.counts.len() {
            let (end, plain, spilled) = self.range_from(start, most);
            let cut =
                |bytes: &mut &'b mut [u8], length| bytes.split_off_mut(..length).ok_or(TOO_LARGE);
            tasks.push(Task {
                lines: start..end,
                entries: (plain + spilled) as usize,
                first_plain,
                first_spilled,
                line_bytes: cut(&mut line_bytes, (end - start) * LINE)?,
                plain_bytes: cut(&mut plain_bytes, plain as usize * self.shape.entry())?,
                spill_bytes: cut(&mut spill_bytes, spilled as usize * SPILL_ENTRY)?,
            });
            (start, first_plain, first_spilled) =
                (end, first_plain + plain, first_spilled + spilled);
        }
        Ok(tasks)
    }

    /// Lines from `start` on that hold at most `most` entries, but at least one line.
    fn range_from(&self, start: usize, most: usize) -> (usize, u32, u32) {
        let (mut end, mut plain, mut spilled) = (start, 0_u32, 0_u32);
        for count in self.counts.get(start..).unwrap_or_default() {
            if end > start && (plain + spilled + count) as usize > most {
                break;
            }
            *(if is_spilled(*count) { &mut spilled } else { &mut plain }) += count;
            end += 1;
        }
        (end, plain, spilled)
    }

    fn run(&self, mut task: Task<'_>) -> Result<(), IndexError> {
        let mut entries: Vec<Entry> = Vec::with_capacity(task.entries);
        let bits = self.shape.line_bits;
        self.lists.each_key(self.algorithm, &mut |key, row| {
            if task.lines.contains(&position(key, bits).0) && entries.len() < task.entries {
                entries.push((*key, row));
            }
        })?;
        entries.sort_unstable();
        let (mut rest, mut plain, mut spilled) = (&entries[..], 0, 0);
        for (at, number) in task.lines.clone().enumerate() {
            let count = self.counts.get(number).copied().unwrap_or(0);
            let (mine, later) = rest.split_at_checked(count as usize).ok_or(CHANGED)?;
            rest = later;
            let line = match is_spilled(count) {
                true => spill(&mut task, mine, &mut spilled),
                false => self.plain(&mut task, mine, &mut plain),
            };
            if !put_at(task.line_bytes, at * LINE, &line.ok_or(CHANGED)?) {
                return Err(CHANGED);
            }
        }
        Ok(())
    }

    fn plain(&self, task: &mut Task<'_>, mine: &[Entry], done: &mut u32) -> Option<[u8; LINE]> {
        let mut line = [0; LINE];
        let first = (task.first_plain + *done).to_le_bytes();
        let mut fits = put_at(&mut line, 0, &first) && put_at(&mut line, 4, &[mine.len() as u8]);
        for (at, (key, row)) in mine.iter().enumerate() {
            let (_, tag) = position(key, self.shape.line_bits);
            fits &= put_at(&mut line, 5 + at, &[(tag >> 4) as u8]);
            let pair = line.get_mut(LOW_BITS_AT + at / 2)?;
            *pair |= ((tag & 0xf) as u8) << (at % 2 * 4);
            let place = *done as usize * self.shape.entry();
            let kept = key.get(self.shape.dropped()..self.shape.key_bytes as usize)?;
            let row = row.to_le_bytes();
            let row = row.get(..self.shape.row_bytes as usize)?;
            fits &= put_at(task.plain_bytes, place, kept);
            fits &= put_at(task.plain_bytes, place + kept.len(), row);
            *done += 1;
        }
        fits.then_some(line)
    }
}

fn spill(task: &mut Task<'_>, mine: &[Entry], done: &mut u32) -> Option<[u8; LINE]> {
    let mut line = [0; LINE];
    let first = (task.first_spilled + *done).to_le_bytes();
    let mut fits = put_at(&mut line, 0, &first) && put_at(&mut line, 4, &[SPILLED]);
    fits &= put_at(&mut line, 5, &(mine.len() as u32).to_le_bytes());
    for (key, row) in mine {
        let place = *done as usize * SPILL_ENTRY;
        fits &= put_at(task.spill_bytes, place, key);
        fits &= put_at(task.spill_bytes, place + key.len(), &row.to_le_bytes());
        *done += 1;
    }
    fits.then_some(line)
}

fn is_spilled(count: u32) -> bool {
    count as usize > MOST_IN_LINE
}

const TOO_LARGE: IndexError = IndexError::Inconsistent("the index does not fit its plan");
const CHANGED: IndexError = IndexError::Inconsistent("a list gave other rows the second time");
const STOPPED: IndexError = IndexError::Inconsistent("a building thread stopped");
