//! The members of a gzip file, decoded as one stream; each states a checksum and a length.

use crate::bytes::{Bytes, le32};
use crate::fault::Fault;
use crate::formats::inflate::{Decoder, Inflate};
use crate::formats::input::Input;
use crc32fast::Hasher;
use std::rc::Rc;

/// Marks a member, compressed with DEFLATE.
pub const MARK: &[u8; 3] = b"\x1F\x8B\x08";
/// Longest name or comment that is read.
const NAME: usize = 64 << 10;

const HAS_CHECKSUM: u8 = 2;
const HAS_EXTRA: u8 = 4;
const HAS_NAME: u8 = 8;
const HAS_COMMENT: u8 = 16;

/// A member's header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The file's name as stored, in ISO 8859-1 by the specification.
    pub name: Vec<u8>,
    /// Last modification in seconds since the epoch; 0 for none.
    pub seconds: u32,
    /// Where the compressed bytes begin.
    pub data: u64,
}

/// The first member's header.
///
/// # Errors
/// [`Fault`] when there is none.
pub fn head(bytes: &Rc<dyn Bytes>) -> Result<Head, Fault> {
    read_head(&mut Input::new(Rc::clone(bytes), u64::MAX), 0)
}

fn read_head(input: &mut Input, at: u64) -> Result<Head, Fault> {
    let fixed = input.array::<10>(at)?;
    if !fixed.starts_with(MARK) {
        return Err(Fault::damaged(at, "no gzip member"));
    }
    let flags = fixed.get(3).copied().unwrap_or(0);
    let mut data = at.saturating_add(10);
    if flags & HAS_EXTRA != 0 {
        let length = u16::from_le_bytes(input.array(data)?);
        data = data.saturating_add(2 + u64::from(length));
    }
    let mut name = Vec::new();
    if flags & HAS_NAME != 0 {
        name = string(input, &mut data)?;
    }
    if flags & HAS_COMMENT != 0 {
        string(input, &mut data)?;
    }
    if flags & HAS_CHECKSUM != 0 {
        data = data.saturating_add(2);
    }
    Ok(Head { name, seconds: le32(&fixed, 4), data })
}

/// The bytes before the next zero, behind which `at` then lies.
fn string(input: &mut Input, at: &mut u64) -> Result<Vec<u8>, Fault> {
    let seen = input.look(*at, NAME)?;
    let Some(length) = seen.iter().take(NAME).position(|byte| *byte == 0) else {
        return Err(Fault::damaged(*at, "a name without end"));
    };
    let string = seen.get(..length).unwrap_or_default().to_vec();
    *at = at.saturating_add(length as u64 + 1);
    Ok(string)
}

/// All members as one stream.
#[derive(Clone, Default)]
pub struct Members {
    /// Where the next member begins.
    next: u64,
    member: Option<Member>,
    ended: bool,
}

#[derive(Clone)]
struct Member {
    inflate: Inflate,
    seen: Hasher,
    /// Unpacked bytes modulo 4 GiB, as they are stated.
    length: u32,
}

impl Decoder for Members {
    fn decode(
        &mut self,
        input: &mut Input,
        into: &mut [u8],
        complain: &mut dyn FnMut(Fault),
    ) -> Result<usize, Fault> {
        while !self.ended {
            let Some(member) = &mut self.member else {
                self.begin(input, complain)?;
                continue;
            };
            let count = member.inflate.decode(input, into, complain)?;
            if count > 0 {
                member.seen.update(into.get(..count).unwrap_or_default());
                // A piece is far smaller than 4 GiB.
                let count_mod = u32::try_from(count).unwrap_or(0);
                member.length = member.length.wrapping_add(count_mod);
                return Ok(count);
            }
            self.next = member.close(input, complain)?;
            self.member = None;
        }
        Ok(0)
    }
}

impl Members {
    /// Begins the next member, if one follows. Zeros behind the last fill up a tape's block.
    fn begin(&mut self, input: &mut Input, complain: &mut dyn FnMut(Fault)) -> Result<(), Fault> {
        let follows = input.look(self.next, MARK.len())?;
        if self.next > 0 && !follows.starts_with(MARK) {
            if follows.iter().take(512).any(|byte| *byte != 0) {
                complain(Fault::damaged(self.next, "bytes behind the last gzip member"));
            }
            self.ended = true;
            return Ok(());
        }
        let head = read_head(input, self.next)?;
        let (inflate, seen) = (Inflate::raw(head.data), Hasher::new());
        self.member = Some(Member { inflate, seen, length: 0 });
        Ok(())
    }
}

impl Member {
    /// Compares what the member states of itself and says where the next may begin.
    fn close(&mut self, input: &mut Input, complain: &mut dyn FnMut(Fault)) -> Result<u64, Fault> {
        let at = self.inflate.at();
        let trailer = input.look(at, 8)?;
        let there = trailer.len().min(8) as u64;
        if there < 8 {
            complain(Fault::Truncated { at: at + there });
            return Ok(at + there);
        }
        let (crc, length) = (le32(trailer, 0), le32(trailer, 4));
        let found = self.seen.clone().finalize();
        if crc != found {
            let why = format!("CRC-32 is {found:08x}; stated is {crc:08x}");
            complain(Fault::damaged(at, why));
        }
        if length != self.length {
            let why = format!("{} bytes modulo 4 GiB; stated are {length}", self.length);
            complain(Fault::damaged(at, why));
        }
        Ok(at + 8)
    }
}
