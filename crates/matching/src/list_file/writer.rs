//! Writes a compiled list as its rows arrive, in memory that does not grow with the list.

use super::{BLOCKS_PER_PAGE, KIND, ListCounts, ListError, MOST_ROWS, ROWS_PER_BLOCK, TAIL_BYTES};
use crate::seal::Sealing;
use amparo_model::wire::put_varint;
use amparo_model::{KnownHash, Md5, Place, Sha1, Sha256, compact_row};
use std::io::Write;

/// Takes the rows of one list in their order. Give it a buffered writer.
///
/// Memory: one row, one page of 4 KiB, and 8 bytes for every 32,768 rows.
pub struct ListWriter<W: Write> {
    out: Sealing<W>,
    counts: ListCounts,
    /// Beginnings of the blocks since the last page.
    blocks: Vec<u64>,
    /// Beginnings of the pages.
    pages: Vec<u64>,
    row: Vec<u8>,
    length: Vec<u8>,
}

impl<W: Write> ListWriter<W> {
    /// A list without rows.
    pub fn new(to: W) -> Self {
        Self {
            out: Sealing::new(to, KIND),
            counts: ListCounts::default(),
            blocks: Vec::new(),
            pages: Vec::new(),
            row: Vec::new(),
            length: Vec::new(),
        }
    }

    /// Adds a row. `place` says where it lies in the list as it was imported.
    ///
    /// # Errors
    /// [`ListError::Disk`] or [`ListError::TooManyRows`]; the file is then of no use.
    pub fn push(&mut self, place: &Place, known: &KnownHash) -> Result<(), ListError> {
        if self.counts.rows >= u64::from(MOST_ROWS) {
            return Err(ListError::TooManyRows);
        }
        if self.counts.rows.is_multiple_of(u64::from(ROWS_PER_BLOCK)) {
            self.begin_block()?;
        }
        self.row.clear();
        compact_row::encode(&mut self.row, place, known);
        self.length.clear();
        put_varint(&mut self.length, self.row.len() as u64);
        self.out.write(&self.length)?;
        self.out.write(&self.row)?;
        self.count(known);
        Ok(())
    }

    /// Ends the file, flushes, and says what it holds. Without this call it cannot be opened.
    ///
    /// # Errors
    /// [`ListError::Disk`].
    pub fn finish(mut self) -> Result<(W, ListCounts), ListError> {
        if !self.blocks.is_empty() {
            self.end_page()?;
        }
        let pages_at = self.out.written();
        write_all(&mut self.out, &self.pages)?;
        let ListCounts { rows, md5, sha1, sha256, pdq, frames } = self.counts;
        let tail = [rows, md5, sha1, sha256, pdq, frames, pages_at, 0];
        debug_assert_eq!(tail.len() * 8, TAIL_BYTES);
        write_all(&mut self.out, &tail)?;
        let (to, _) = self.out.finish()?;
        Ok((to, self.counts))
    }

    fn begin_block(&mut self) -> Result<(), ListError> {
        if self.blocks.len() == BLOCKS_PER_PAGE as usize {
            self.end_page()?;
        }
        self.blocks.push(self.out.written());
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), ListError> {
        self.pages.push(self.out.written());
        write_all(&mut self.out, &self.blocks)?;
        self.blocks.clear();
        Ok(())
    }

    fn count(&mut self, known: &KnownHash) {
        let counts = &mut self.counts;
        counts.rows += 1;
        counts.md5 += u64::from(known.md5.is_some_and(|hash| hash != Md5::EMPTY_FILE));
        counts.sha1 += u64::from(known.sha1.is_some_and(|hash| hash != Sha1::EMPTY_FILE));
        counts.sha256 += u64::from(known.sha256.is_some_and(|hash| hash != Sha256::EMPTY_FILE));
        counts.pdq += u64::from(known.pdq.is_some_and(|pdq| pdq.matchable()));
        counts.frames += compact_row::unique_frames(&known.frames).len() as u64;
    }
}

fn write_all<W: Write>(out: &mut Sealing<W>, numbers: &[u64]) -> Result<(), ListError> {
    for number in numbers {
        out.write(&number.to_le_bytes())?;
    }
    Ok(())
}
