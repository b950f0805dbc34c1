//! Reads a SQLite write-ahead log without SQLite, so that the evidence is never opened for writing
//! and so that each frame is either verified or named.
//!
//! Format: <https://www.sqlite.org/fileformat2.html#walformat>. A 32-byte header (magic, version,
//! page size, checkpoint number, two salts, checksum), then frames: a 24-byte header (page number,
//! database size in pages for commit frames else 0, the salts again, checksum) and one page. The
//! checksum runs on from frame to frame.

use amparo_model::ProblemKind;
use std::collections::BTreeMap;

/// The committed pages of a log.
#[derive(Debug)]
pub(super) struct Log<'a> {
    /// Page size in bytes.
    pub(super) page_size: usize,
    /// Size of the database in pages after the last commit; `None` when nothing was committed.
    pub(super) page_count: Option<u32>,
    pages: BTreeMap<u32, &'a [u8]>,
    /// What was not applied, and why.
    pub(super) problems: Vec<(ProblemKind, String)>,
}

const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

impl<'a> Log<'a> {
    /// Reads as far as the frames are sound.
    ///
    /// # Errors
    /// A sentence for people when not even the header is sound.
    pub(super) fn read(bytes: &'a [u8], main_pages: u32) -> Result<Self, String> {
        let header = Header::read(bytes)?;
        let mut log = Self {
            page_size: header.page_size,
            page_count: None,
            pages: BTreeMap::new(),
            problems: Vec::new(),
        };
        log.frames(&header, bytes.get(HEADER..).unwrap_or_default(), main_pages);
        Ok(log)
    }

    /// The page as the last commit left it, if the log holds it.
    pub(super) fn page(&self, number: u32) -> Option<&'a [u8]> {
        self.pages.get(&number).copied()
    }

    fn frames(&mut self, header: &Header, body: &'a [u8], main_pages: u32) {
        let size = FRAME_HEADER + header.page_size;
        let total = body.len().div_ceil(size);
        // Pages can be skipped when they are free, but not many more than there are frames.
        let roof = main_pages.saturating_add(4 * clamp(total) + 64);
        let mut running = header.checksum;
        let mut pending = BTreeMap::new();
        let mut committed = 0;
        for (index, chunk) in body.chunks(size).enumerate() {
            let frame = match Frame::read(header, chunk, &mut running, roof) {
                Ok(frame) => frame,
                Err(stop) => {
                    self.stopped(stop, index, total);
                    break;
                }
            };
            pending.insert(frame.page, frame.data);
            if frame.commit_pages > 0 {
                self.pages.append(&mut pending);
                self.page_count = Some(frame.commit_pages.min(roof));
                committed = index + 1;
            }
        }
        if !pending.is_empty() {
            let detail = format!(
                "{} pages after frame {committed} were never committed; not applied",
                pending.len()
            );
            self.problems.push((ProblemKind::Skipped, detail));
        }
    }

    fn stopped(&mut self, stop: Stop, index: usize, total: usize) {
        let rest = total - index;
        let (kind, why) = match stop {
            Stop::Salt => (ProblemKind::Skipped, "belongs to an earlier generation of the log"),
            Stop::Checksum => (ProblemKind::Malformed, "does not match its checksum"),
            Stop::Short => (ProblemKind::Malformed, "is cut"),
            Stop::Page => (ProblemKind::Malformed, "names an impossible page"),
        };
        let detail = format!("frame {} of {total} {why}; {rest} frames not applied", index + 1);
        self.problems.push((kind, detail));
    }
}

struct Header {
    page_size: usize,
    big_endian: bool,
    salts: [u8; 8],
    checksum: (u32, u32),
}

impl Header {
    fn read(bytes: &[u8]) -> Result<Self, String> {
        let head = bytes.get(..HEADER).ok_or("the log is shorter than its header")?;
        let big_endian = match u32_at(head, 0) {
            Some(0x377f_0683) => true,
            Some(0x377f_0682) => false,
            _ => return Err("this is no write-ahead log".to_owned()),
        };
        let page_size = u32_at(head, 8).unwrap_or_default();
        if !(512..=65_536).contains(&page_size) || !page_size.is_power_of_two() {
            return Err(format!("the log states a page size of {page_size}"));
        }
        let sum = checksum(head.get(..24).unwrap_or_default(), (0, 0), big_endian);
        if Some(sum.0) != u32_at(head, 24) || Some(sum.1) != u32_at(head, 28) {
            return Err("the log's header does not match its checksum".to_owned());
        }
        let salts = head.get(16..24).and_then(|salts| salts.try_into().ok()).unwrap_or_default();
        Ok(Self { page_size: page_size as usize, big_endian, salts, checksum: sum })
    }
}

struct Frame<'a> {
    page: u32,
    commit_pages: u32,
    data: &'a [u8],
}

enum Stop {
    Salt,
    Checksum,
    Short,
    Page,
}

impl<'a> Frame<'a> {
    fn read(
        header: &Header,
        chunk: &'a [u8],
        running: &mut (u32, u32),
        roof: u32,
    ) -> Result<Self, Stop> {
        let (head, data) = chunk.split_at_checked(FRAME_HEADER).ok_or(Stop::Short)?;
        if head.get(8..16) != Some(&header.salts[..]) {
            return Err(Stop::Salt);
        }
        if data.len() != header.page_size {
            return Err(Stop::Short);
        }
        let sum = checksum(head.get(..8).unwrap_or_default(), *running, header.big_endian);
        let sum = checksum(data, sum, header.big_endian);
        if Some(sum.0) != u32_at(head, 16) || Some(sum.1) != u32_at(head, 20) {
            return Err(Stop::Checksum);
        }
        let (page, commit_pages) = (u32_at(head, 0).ok_or(Stop::Short)?, u32_at(head, 4));
        if page == 0 || page > roof {
            return Err(Stop::Page);
        }
        *running = sum;
        Ok(Self { page, commit_pages: commit_pages.unwrap_or_default(), data })
    }
}

/// SQLite's checksum over pairs of 32-bit words, continued from `start`.
fn checksum(bytes: &[u8], start: (u32, u32), big_endian: bool) -> (u32, u32) {
    let word = |word: [u8; 4]| {
        if big_endian { u32::from_be_bytes(word) } else { u32::from_le_bytes(word) }
    };
    let mut sum = start;
    for pair in bytes.chunks_exact(8) {
        let [a, b, c, d, e, f, g, h] = *pair else { continue };
        sum.0 = sum.0.wrapping_add(word([a, b, c, d])).wrapping_add(sum.1);
        sum.1 = sum.1.wrapping_add(word([e, f, g, h])).wrapping_add(sum.0);
    }
    sum
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let word = bytes.get(at..at + 4)?;
    word.try_into().ok().map(u32::from_be_bytes)
}

fn clamp(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX >> 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_log_is_refused() {
        let check = |bytes: &[u8]| assert!(Log::read(bytes, 1).is_err(), "{bytes:?}");
        check(b"");
        check(&[0; 32]);
        check(&[0x37, 0x7f, 0x06, 0x82, 0, 0, 0, 0, 0, 0, 0, 3]);
    }

    #[test]
    fn the_checksum_is_that_of_the_format_description() {
        // One pair of words: s0 = x0, s1 = x1 + x0.
        assert_eq!(checksum(&[0, 0, 0, 2, 0, 0, 0, 3], (0, 0), true), (2, 5));
        assert_eq!(checksum(&[2, 0, 0, 0, 3, 0, 0, 0], (1, 1), false), (4, 8));
    }
}
