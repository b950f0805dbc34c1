//! XPRESS with Huffman codes, in which Windows keeps files of its own and of apps.
//!
//! Source: Microsoft, [MS-XCA] "Xpress Compression Algorithm", 2.1 and 2.2.

use crate::bytes::le16;

/// Bytes of the table of code lengths, four bits for each symbol.
const LENGTHS: usize = 256;
/// The longest code.
const BITS_MAX: u32 = 15;

/// Unpacks one chunk into exactly `into`. Chunks of Windows, at most 16 KiB, have one table each.
///
/// # Errors
/// What contradicts the format.
pub fn unpack(packed: &[u8], into: &mut [u8]) -> Result<(), &'static str> {
    let (lengths, packed) = packed.split_at_checked(LENGTHS).ok_or("a chunk is cut off")?;
    let codes = codes(lengths)?;
    let mut bits = Bits::new(packed);
    let mut at = 0;
    while at < into.len() {
        let code = codes.get(bits.peek()).copied().unwrap_or(0);
        let (symbol, length) = (usize::from(code >> 4), u32::from(code & 15));
        if length == 0 || bits.at > packed.len() + 4 {
            return Err("a code that its table does not hold");
        }
        bits.drop(length);
        let Some(copied) = symbol.checked_sub(256) else {
            if let Some(place) = into.get_mut(at) {
                *place = symbol.to_le_bytes()[0];
            }
            at += 1;
            continue;
        };
        let length = bits.length(copied & 15)?;
        let distance = bits.distance(copied >> 4);
        let from = at.checked_sub(distance).ok_or("a copy of what comes before the chunk")?;
        let end = at.checked_add(length).filter(|end| *end <= into.len());
        let end = end.ok_or("a chunk is too long")?;
        for (from, to) in (from..).zip(at..end) {
            let byte = into.get(from).copied().unwrap_or(0);
            if let Some(place) = into.get_mut(to) {
                *place = byte;
            }
        }
        at = end;
    }
    Ok(())
}

/// For each 15 bits that may come next, the symbol and the length of its code, in four bits.
fn codes(lengths: &[u8]) -> Result<Vec<u16>, &'static str> {
    let mut codes = Vec::with_capacity(1 << BITS_MAX);
    for length in 1..=15_u8 {
        for (byte, symbol) in lengths.iter().zip((0_u16..).step_by(2)) {
            for (of, symbol) in [(byte & 15, symbol), (byte >> 4, symbol + 1)] {
                if of == length {
                    let count = 1 << (BITS_MAX - u32::from(length));
                    codes.resize(codes.len() + count, symbol << 4 | u16::from(length));
                }
            }
        }
    }
    if codes.len() > 1 << BITS_MAX {
        Err("a table of more codes than there are")
    } else {
        Ok(codes)
    }
}

/// Bits from words of 16, the highest first, with bytes between the words. Behind the end come
/// zeros.
struct Bits<'p> {
    packed: &'p [u8],
    at: usize,
    /// The next ones, from the top.
    next: u32,
    /// How many there are, less 16.
    spare: u32,
}

impl<'p> Bits<'p> {
    fn new(packed: &'p [u8]) -> Self {
        let next = u32::from(le16(packed, 0)) << 16 | u32::from(le16(packed, 2));
        Self { packed, at: 4, next, spare: 16 }
    }

    fn peek(&self) -> usize {
        usize::try_from(self.next >> (32 - BITS_MAX)).unwrap_or(0)
    }

    /// At most 15.
    fn drop(&mut self, count: u32) {
        self.next <<= count;
        if let Some(left) = self.spare.checked_sub(count) {
            self.spare = left;
        } else {
            let short = count - self.spare;
            self.next |= u32::from(le16(self.packed, self.at)) << short;
            self.at += 2;
            self.spare = 16 - short;
        }
    }

    /// The length of a copy, of which the symbol holds four bits.
    fn length(&mut self, short: usize) -> Result<usize, &'static str> {
        if short < 15 {
            return Ok(short + 3);
        }
        let byte = self.packed.get(self.at).copied().ok_or("a copy is cut off")?;
        self.at += 1;
        if byte < 255 {
            return Ok(usize::from(byte) + 15 + 3);
        }
        let long = usize::from(le16(self.packed, self.at));
        self.at += 2;
        if long < 15 { Err("a copy of no sensible length") } else { Ok(long + 3) }
    }

    fn distance(&mut self, bits: usize) -> usize {
        let count = u32::try_from(bits).unwrap_or(0);
        let below = u64::from(self.next) << count >> 32;
        self.drop(count);
        (1 << count) + usize::try_from(below).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With a table in which each of the 512 symbols is its own code of nine bits.
    fn check(codes: &[(u32, u32)], bytes: &[u8], expect: Result<&[u8], &str>) {
        let bits: String =
            codes.iter().map(|(code, n)| format!("{code:0n$b}", n = *n as usize)).collect();
        let words = bits.as_bytes().chunks(16).flat_map(|word| {
            let word = format!("{:0<16}", std::str::from_utf8(word).unwrap());
            u16::from_str_radix(&word, 2).unwrap().to_le_bytes()
        });
        let packed: Vec<u8> =
            [0x99; 256].into_iter().chain(words).chain(bytes.iter().copied()).collect();
        let mut into = vec![0; expect.map_or(40, <[u8]>::len)];
        assert_eq!(unpack(&packed, &mut into).map(|()| into.as_slice()), expect);
    }

    #[test]
    fn chunks_unpack_and_contradictions_are_named() {
        let letter = |letter: u8| (u32::from(letter), 9);
        let copy = |distance_bits: u32, length: u32| (256 + distance_bits * 16 + length - 3, 9);
        check(&[letter(b'a'), letter(b'b'), letter(b'c')], &[], Ok(b"abc"));
        check(&[letter(b'a'), copy(0, 5)], &[], Ok(b"aaaaaa"));
        // Two bits of distance: 4 and what they say.
        let far = [letter(b'a'), letter(b'b'), letter(b'c'), letter(b'd'), letter(b'e')];
        check(&[&far[..], &[copy(2, 3), (1, 2)]].concat(), &[], Ok(b"abcdeabc"));
        // Longer ones are in a byte, behind the words that were begun: 18 bits begin a third one
        // ahead.
        check(&[letter(b'a'), (256 + 15, 9)], &[0, 0, 2], Ok(&[b'a'; 21]));
        check(&[copy(0, 3)], &[], Err("a copy of what comes before the chunk"));
        check(&[letter(b'a'), (256 + 15, 9)], &[0, 0, 90], Err("a chunk is too long"));
        assert_eq!(unpack(&[0; 255], &mut [0; 9]), Err("a chunk is cut off"));
        assert_eq!(unpack(&[0; 300], &mut [0; 9]), Err("a code that its table does not hold"));
        let many = unpack(&[0x11; 300], &mut [0; 9]);
        assert_eq!(many, Err("a table of more codes than there are"));
    }
}
