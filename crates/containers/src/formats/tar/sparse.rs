//! Sparse members: where their parts lie and where they have gaps.
//!
//! GNU tar has written four forms: a map in the header and in blocks behind it (old), in extended
//! headers (0.0 and 0.1), and in front of the member's bytes (1.0).

use super::header::{BLOCK, Block, field, number};
use crate::fault::Fault;
use crate::formats::input::Input;
use crate::formats::pieces::Piece;

/// Parts of one member that are read; more is no honest file.
const PARTS: usize = 1 << 20;
/// Blocks that hold an old map of so many parts.
pub const MAP_BLOCKS: u64 = PARTS as u64 / 21 + 1;

/// Parts as `(offset in the file, length)`.
pub type Map = Vec<(u64, u64)>;

/// What extended headers say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stated {
    /// The file's own name: the header has one that tells an old tool that it does not know this.
    pub name: Option<Vec<u8>>,
    /// The file's size with its gaps.
    pub size: Option<u64>,
    /// Forms 0.0 and 0.1.
    pub map: Map,
    /// Form 1.0.
    pub is_in_front: bool,
    offset: Option<u64>,
}

impl Stated {
    /// Takes one keyword of an extended header, without `GNU.sparse.`.
    pub fn take(&mut self, keyword: &[u8], value: &[u8]) {
        match keyword {
            b"name" => self.name = Some(value.to_vec()),
            b"size" | b"realsize" => self.size = decimal(value),
            b"major" => self.is_in_front = value == b"1",
            b"map" => {
                let mut numbers = value.split(|byte| *byte == b',').map_while(decimal);
                self.map.clear();
                while let (Some(at), Some(length)) = (numbers.next(), numbers.next()) {
                    self.add(at, length);
                }
            }
            b"offset" => self.offset = decimal(value),
            b"numbytes" => {
                if let (Some(at), Some(length)) = (self.offset.take(), decimal(value)) {
                    self.add(at, length);
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, at: u64, length: u64) {
        if self.map.len() < PARTS {
            self.map.push((at, length));
        }
    }
}

/// A number in decimal digits.
pub fn decimal(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The old map: four parts in the header, 21 in each block behind it, as long as each says that
/// there is a next. With it, where the bytes begin.
pub fn old_map(block: &Block, after: u64, input: &mut Input) -> Result<(Map, u64), Fault> {
    let mut map = Map::new();
    entries(field(block, 386, 4 * 24), &mut map);
    let (mut more, mut at) = (block.get(482) == Some(&1), after);
    while more {
        let next: Block = input.array(at)?;
        entries(field(&next, 0, 21 * 24), &mut map);
        more = next.get(504) == Some(&1);
        at = at.saturating_add(BLOCK);
        if at - after > MAP_BLOCKS * BLOCK {
            return Err(Fault::Limit { what: format!("a sparse file of more than {PARTS} parts") });
        }
    }
    Ok((map, at))
}

/// How many blocks the old map has behind the header.
pub fn old_blocks(block: &Block, after: u64, input: &mut Input) -> Result<u64, Fault> {
    old_map(block, after, input).map(|(_, data)| (data - after) / BLOCK)
}

fn entries(fields: &[u8], map: &mut Map) {
    for entry in fields.chunks_exact(24) {
        let Some((at, length)) = entry.split_at_checked(12) else { return };
        let part = number(at).zip(number(length));
        let part =
            part.and_then(|(at, length)| Some((at.try_into().ok()?, length.try_into().ok()?)));
        match part {
            Some((0, 0)) | None => {}
            Some(part) => map.push(part),
        }
    }
}

/// The map in front of the bytes: lines of decimal digits, the first counts the parts, filled up to
/// whole blocks. With it, where the bytes begin.
pub fn map_in_front(start: u64, end: u64, input: &mut Input) -> Result<(Map, u64), Fault> {
    let (mut at, mut line) = (start, Vec::new());
    let mut number = |at: &mut u64| -> Result<u64, Fault> {
        line.clear();
        while *at < end {
            let [byte] = input.array(*at)?;
            *at += 1;
            if byte == b'\n' || line.len() > 20 {
                break;
            }
            line.push(byte);
        }
        decimal(&line).ok_or_else(|| Fault::damaged(*at, "no map of a sparse file"))
    };
    let count = number(&mut at)?;
    if count > PARTS as u64 {
        return Err(Fault::Limit { what: format!("a sparse file of {count} parts") });
    }
    let mut map = Map::new();
    for _ in 0..count {
        map.push((number(&mut at)?, number(&mut at)?));
    }
    let data = start.saturating_add((at - start).next_multiple_of(BLOCK));
    Ok((map, data))
}

/// The parts and gaps of a file of `size` bytes, whose parts lie in order from
/// `data` on.
///
/// # Errors
/// [`Fault::Damaged`] when they do not.
pub fn parts(map: &Map, data: u64, size: u64) -> Result<Vec<Piece>, Fault> {
    let (mut parts, mut done, mut lies) = (Vec::new(), 0_u64, data);
    for &(at, length) in map {
        let ends = at.checked_add(length).filter(|ends| at >= done && *ends <= size);
        let (Some(ends), Some(behind)) = (ends, lies.checked_add(length)) else {
            return Err(Fault::damaged(data, "a sparse file whose parts are not in order"));
        };
        if at > done {
            parts.push((None, at - done));
        }
        if length > 0 {
            parts.push((Some(lies), length));
        }
        (done, lies) = (ends, behind);
    }
    if size > done {
        parts.push((None, size - done));
    }
    Ok(parts)
}
