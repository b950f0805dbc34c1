//! One imported list as a compact file: read where it lies, row by number or all in order.
//!
//! Rows of any length follow each other, each with its own length in front. A block is 64 rows; a
//! page names the beginnings of 512 blocks; the tail names the pages, the counts and nothing else.
//! So a writer never holds more than one page, and a reader reaches any row over two steps and at
//! most 63 lengths.
//!
//! ```text
//! rows of blocks 0..512 | page 0 | rows of blocks 512..1024 | page 1 | ... | pages | tail | seal
//! ```
//!
//! The file is checked whole when it is opened. Every single read is checked as well: a file that
//! somebody forged with a fitting checksum gives errors, never memory that is not its own.

mod writer;

pub use writer::ListWriter;

pub(crate) use amparo_model::compact_row::{RowHashes, unique_frames};

use crate::mapped::{self, Bytes};
use crate::seal::{Damage, Kind, SEAL_BYTES, unseal};
use amparo_model::wire::Reader;
use amparo_model::{KnownHash, Place, compact_row};
use std::fs::OpenOptions;
use std::io;
use std::path::Path;

const KIND: Kind = *b"AMPLIST1";
const ROWS_PER_BLOCK: u32 = 64;
/// Rows after which a pass over all of them lets go of what it read.
const ROWS_PER_PASS: u32 = 1 << 18;
const BLOCKS_PER_PAGE: u32 = 512;
/// Seven counts and the place of the table of pages, of eight bytes each.
const TAIL_BYTES: usize = 64;

/// Most rows that one list, and all lists of an index together, may have.
pub const MOST_ROWS: u32 = (1 << 31) - 1;

/// How much of what a list holds; what can be looked up is smaller than what is stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ListCounts {
    /// Rows.
    pub rows: u64,
    /// MD5 other than that of the empty file.
    pub md5: u64,
    /// SHA-1 other than that of the empty file.
    pub sha1: u64,
    /// SHA-256 other than that of the empty file.
    pub sha256: u64,
    /// PDQ of pictures good enough to be compared.
    pub pdq: u64,
    /// PDQ of video frames good enough to be compared; equal ones of one video count once.
    pub frames: u64,
}

/// Why a compiled list cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The file is cut or damaged. Compile the list again from what was imported.
    #[error("compiled list: {0}")]
    Damaged(#[from] Damage),
    /// No such row.
    #[error("compiled list: no row {0}")]
    NoRow(u32),
    /// More than [`MOST_ROWS`] rows. Split the list.
    #[error("compiled list: more than {MOST_ROWS} rows")]
    TooManyRows,
    /// The operating system did not give or take the bytes.
    #[error("compiled list: {0}")]
    Disk(#[from] io::Error),
}

/// A compiled list, checked and ready to be read.
pub struct ListFile {
    bytes: Bytes,
    counts: ListCounts,
    checksum: u128,
    /// Where the table of pages begins.
    pages_at: usize,
}

impl ListFile {
    /// Maps a file and checks all of it.
    ///
    /// # Errors
    /// [`ListError::Damaged`] when it is not exactly what was written, [`ListError::Disk`] when it
    /// cannot be read.
    pub fn open(path: &Path) -> Result<Self, ListError> {
        let file = OpenOptions::new().read(true).open(path)?;
        Self::new(mapped::map(&file)?)
    }

    /// The same over bytes in memory.
    ///
    /// # Errors
    /// [`ListError::Damaged`].
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, ListError> {
        Self::new(Bytes::Owned(bytes))
    }

    fn new(bytes: Bytes) -> Result<Self, ListError> {
        let (body, checksum) = unseal(&bytes, KIND)?;
        let (counts, pages_at) = tail(body).ok_or(Damage::Contradiction("tail"))?;
        Ok(Self { counts, checksum, pages_at, bytes })
    }

    /// How many rows and hashes it holds.
    #[must_use]
    pub fn counts(&self) -> ListCounts {
        self.counts
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> u32 {
        // Never more: `tail` refuses larger counts.
        u32::try_from(self.counts.rows).unwrap_or(MOST_ROWS)
    }

    /// Whether it has no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.rows == 0
    }

    /// Names the content: equal lists have equal checksums.
    #[must_use]
    pub fn checksum(&self) -> u128 {
        self.checksum
    }

    /// The row of this number, counted from 0, and where it lies in the list as it was imported.
    ///
    /// # Errors
    /// [`ListError::NoRow`] beyond the end; [`ListError::Damaged`] for a forged file.
    pub fn row(&self, number: u32) -> Result<(Place, KnownHash), ListError> {
        Ok(compact_row::decode(self.find(number)?).ok_or(Damage::Contradiction("row"))?)
    }

    /// All rows in order, as [`ListFile::row`] gives them. Ends after the first error.
    pub fn rows(&self) -> impl Iterator<Item = Result<(Place, KnownHash), ListError>> + '_ {
        let decode = |row: Result<&[u8], ListError>| {
            Ok(compact_row::decode(row?).ok_or(Damage::Contradiction("row"))?)
        };
        self.raw_rows().map(decode)
    }

    /// Reads every row to its end.
    pub(crate) fn check_rows(&self) -> Result<(), ListError> {
        self.raw_rows().try_for_each(|row| match compact_row::is_sound(row?) {
            true => Ok(()),
            false => Err(Damage::Contradiction("row").into()),
        })
    }

    /// The hashes of all rows in order, without the rest of them.
    pub(crate) fn hashes(&self) -> impl Iterator<Item = Result<RowHashes<'_>, ListError>> + '_ {
        let decode = |row| Ok(RowHashes::decode(row?).ok_or(Damage::Contradiction("row"))?);
        self.raw_rows().map(decode)
    }

    fn raw_rows(&self) -> impl Iterator<Item = Result<&[u8], ListError>> + '_ {
        let mut reader = Reader::new(&[]);
        let mut failed = false;
        (0..self.len()).map_while(move |number| {
            if failed {
                return None;
            }
            let row = self.next_row(number, &mut reader);
            failed = row.is_none();
            Some(row.ok_or(ListError::Damaged(Damage::Contradiction("row"))))
        })
    }

    fn next_row<'a>(&'a self, number: u32, reader: &mut Reader<'a>) -> Option<&'a [u8]> {
        if number.is_multiple_of(ROWS_PER_PASS) {
            self.bytes.let_go();
        }
        if number.is_multiple_of(ROWS_PER_BLOCK) {
            *reader = self.block(number / ROWS_PER_BLOCK)?;
        }
        let length = reader.length()?;
        reader.take(length)
    }

    fn find(&self, number: u32) -> Result<&[u8], ListError> {
        if number >= self.len() {
            return Err(ListError::NoRow(number));
        }
        let seek = || {
            let mut reader = self.block(number / ROWS_PER_BLOCK)?;
            for _ in 0..number % ROWS_PER_BLOCK {
                let length = reader.length()?;
                reader.take(length)?;
            }
            let length = reader.length()?;
            reader.take(length)
        };
        Ok(seek().ok_or(Damage::Contradiction("row"))?)
    }

    /// The rows from the beginning of a block on.
    fn block(&self, block: u32) -> Option<Reader<'_>> {
        let body = self.bytes.get(..self.bytes.len().checked_sub(SEAL_BYTES)?)?;
        let entry = |table: usize, at: u32| {
            let start = table.checked_add(at as usize * 8)?;
            Reader::new(body.get(start..)?).u64()?.try_into().ok()
        };
        let page: usize = entry(self.pages_at, block / BLOCKS_PER_PAGE)?;
        let start: usize = entry(page, block % BLOCKS_PER_PAGE)?;
        body.get(start..).map(Reader::new)
    }
}

impl std::fmt::Debug for ListFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never the hashes: a log line must not carry what the lists hold.
        write!(f, "ListFile({} rows, {} bytes)", self.counts.rows, self.bytes.len())
    }
}

fn tail(body: &[u8]) -> Option<(ListCounts, usize)> {
    let tail_at = body.len().checked_sub(TAIL_BYTES)?;
    let mut reader = Reader::new(body.get(tail_at..)?);
    let counts = ListCounts {
        rows: reader.u64()?,
        md5: reader.u64()?,
        sha1: reader.u64()?,
        sha256: reader.u64()?,
        pdq: reader.u64()?,
        frames: reader.u64()?,
    };
    let pages_at = usize::try_from(reader.u64()?).ok()?;
    let rows = u32::try_from(counts.rows).ok().filter(|rows| *rows <= MOST_ROWS)?;
    let pages = rows.div_ceil(ROWS_PER_BLOCK * BLOCKS_PER_PAGE) as usize;
    let exact = [counts.md5, counts.sha1, counts.sha256, counts.pdq];
    let fits = pages_at.checked_add(pages * 8)? == tail_at
        && exact.iter().all(|count| *count <= counts.rows);
    fits.then_some((counts, pages_at))
}
