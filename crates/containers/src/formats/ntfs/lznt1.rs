//! LZNT1, the compression of files on NTFS.
//!
//! Source: Microsoft, [MS-XCA] "Xpress Compression Algorithm", 2.5.

use crate::bytes::le16;

/// Bytes that one chunk holds at most, unpacked.
const CHUNK: usize = 4096;

/// Unpacks chunks into `into`, which the caller has filled with zeros: a chunk that is shorter than
/// its place leaves the rest of it so, and so do chunks that are not there.
///
/// # Errors
/// What contradicts the format. What lies before it is unpacked.
pub fn unpack(mut packed: &[u8], into: &mut [u8]) -> Result<(), &'static str> {
    for place in into.chunks_mut(CHUNK) {
        // A header of zero, or none, is the end.
        let Some((header, rest)) = packed.split_at_checked(2).filter(|(h, _)| *h != [0, 0]) else {
            return Ok(());
        };
        let header = le16(header, 0);
        let length = usize::from(header & 0xFFF) + 1;
        let (chunk, rest) = rest.split_at_checked(length).ok_or("a chunk is cut off")?;
        packed = rest;
        if header & 0x8000 != 0 {
            unpack_chunk(chunk, place)?;
        } else {
            let count = chunk.len().min(place.len());
            if let (Some(to), Some(from)) = (place.get_mut(..count), chunk.get(..count)) {
                to.copy_from_slice(from);
            }
        }
    }
    Ok(())
}

fn unpack_chunk(mut packed: &[u8], into: &mut [u8]) -> Result<(), &'static str> {
    let mut at = 0;
    while let Some((&flags, rest)) = packed.split_first() {
        packed = rest;
        for bit in 0..8 {
            if packed.is_empty() {
                return Ok(());
            }
            if flags >> bit & 1 == 0 {
                let (&literal, rest) = packed.split_first().ok_or("a literal is cut off")?;
                packed = rest;
                *into.get_mut(at).ok_or("a chunk is too long")? = literal;
                at += 1;
            } else {
                let (token, rest) = packed.split_at_checked(2).ok_or("a copy is cut off")?;
                packed = rest;
                at = copy(usize::from(le16(token, 0)), at, into)?;
            }
        }
    }
    Ok(())
}

/// Copies what a token says and gives the place behind it.
fn copy(token: usize, at: usize, into: &mut [u8]) -> Result<usize, &'static str> {
    // The farther into the chunk, the more of the 16 bits give the distance: as many as are needed
    // to reach its beginning, at least four.
    let reach = at.checked_sub(1).ok_or("a copy of what comes before the chunk")?;
    let more = (reach >> 4).checked_ilog2().map_or(0, |bits| bits + 1);
    let distance = (token >> (12 - more.min(8))) + 1;
    let length = (token & (0xFFF >> more.min(8))) + 3;
    let from = at.checked_sub(distance).ok_or("a copy of what comes before the chunk")?;
    let end = at + length;
    if end > into.len() {
        return Err("a chunk is too long");
    }
    if distance >= length {
        into.copy_within(from..from + length, at);
    } else {
        // It overlaps itself: a pattern that repeats.
        for to in at..end {
            let byte = into.get(to - distance).copied().unwrap_or(0);
            if let Some(place) = into.get_mut(to) {
                *place = byte;
            }
        }
    }
    Ok(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(packed: &[u8], expect: Result<&[u8], &str>) {
        let mut into = [0; 40];
        let unpacked = unpack(packed, &mut into).map(|()| into.as_slice());
        match expect {
            Ok(expect) => assert_eq!(&unpacked.unwrap()[..expect.len()], expect),
            Err(why) => assert_eq!(unpacked, Err(why)),
        }
    }

    #[test]
    fn chunks_unpack_and_contradictions_are_named() {
        check(&[], Ok(&[0; 40]));
        check(&[2, 0x30, b'a', b'b', b'c'], Ok(b"abc\0"));
        // One literal, then seven copies of it.
        check(&[3, 0xB0, 0b10, b'a', 4, 0], Ok(b"aaaaaaaa\0"));
        // Two literals, then two bytes back: twelve.
        check(&[4, 0xB0, 0b100, b'a', b'b', 9, 0x10], Ok(b"abababababababa"[..14].as_ref()));
        check(&[9, 0xB0, 0], Err("a chunk is cut off"));
        check(&[2, 0xB0, 1, 0, 0], Err("a copy of what comes before the chunk"));
        check(&[3, 0xB0, 0b10, b'a', 4, 0x10], Err("a copy of what comes before the chunk"));
        check(&[3, 0xB0, 0b10, b'a', 0xFF, 0], Err("a chunk is too long"));
        check(&[2, 0xB0, 0b10, b'a', 4], Err("a copy is cut off"));
    }
}
