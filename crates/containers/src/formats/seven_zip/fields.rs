//! The parts of a 7z header, read one behind the other.

use crate::bytes::{le32, le64};
use crate::fault::Fault;

/// What of a header was not read yet.
pub struct Fields<'h> {
    rest: &'h [u8],
    length: usize,
}

impl<'h> Fields<'h> {
    pub fn new(header: &'h [u8]) -> Self {
        Self { rest: header, length: header.len() }
    }

    /// How far it was read.
    pub fn at(&self) -> usize {
        self.length - self.rest.len()
    }

    /// How many bytes are left: no list in them can be longer.
    pub fn left(&self) -> usize {
        self.rest.len()
    }

    /// What does not fit, here.
    pub fn fault(&self, why: &str) -> Fault {
        Fault::damaged(self.at() as u64, format!("7z header: {why}"))
    }

    pub fn take(&mut self, length: u64) -> Result<&'h [u8], Fault> {
        let length = usize::try_from(length).ok();
        let parts = length.and_then(|length| self.rest.split_at_checked(length));
        let (taken, rest) = parts.ok_or_else(|| self.fault("a part is longer than the header"))?;
        self.rest = rest;
        Ok(taken)
    }

    pub fn byte(&mut self) -> Result<u8, Fault> {
        Ok(self.take(1)?.first().copied().unwrap_or(0))
    }

    pub fn four(&mut self) -> Result<u32, Fault> {
        Ok(le32(self.take(4)?, 0))
    }

    pub fn eight(&mut self) -> Result<u64, Fault> {
        Ok(le64(self.take(8)?, 0))
    }

    /// A number of one to nine bytes: the ones at the head of the first byte count the bytes that
    /// follow, low end first; what else the first holds is the number's highest part.
    pub fn number(&mut self) -> Result<u64, Fault> {
        let first = self.byte()?;
        let more = first.leading_ones();
        let mut number = 0;
        for index in 0..more {
            number |= u64::from(self.byte()?) << (8 * index);
        }
        if more < 7 {
            let high = u64::from(first) & ((1 << (7 - more)) - 1);
            number |= high << (8 * more);
        }
        Ok(number)
    }

    /// A number that counts things of which each takes at least `each` bits of what is left.
    pub fn count(&mut self, each: usize) -> Result<usize, Fault> {
        let number = usize::try_from(self.number()?).unwrap_or(usize::MAX);
        if number > self.left().saturating_mul(8) / each {
            return Err(self.fault("a count larger than the header allows"));
        }
        Ok(number)
    }

    /// Bits, the high one of each byte first.
    pub fn bits(&mut self, count: usize) -> Result<Vec<bool>, Fault> {
        let bytes = self.take(count.div_ceil(8) as u64)?;
        let bits = bytes.iter().flat_map(|byte| (0..8).map(move |bit| byte & (0x80 >> bit) != 0));
        Ok(bits.take(count).collect())
    }

    /// Bits, or a byte that says that all are set.
    pub fn bits_or_all(&mut self, count: usize) -> Result<Vec<bool>, Fault> {
        if self.byte()? != 0 { Ok(vec![true; count]) } else { self.bits(count) }
    }

    /// Checksums, where they are stated.
    pub fn checksums(&mut self, count: usize) -> Result<Vec<Option<u32>>, Fault> {
        let stated = self.bits_or_all(count)?;
        stated.into_iter().map(|stated| stated.then(|| self.four()).transpose()).collect()
    }

    /// Properties would lie in another stream, which no writer does.
    pub fn expect_here(&mut self) -> Result<(), Fault> {
        if self.byte()? == 0 { Ok(()) } else { Err(Fault::unsupported("external 7z properties")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_to_nine_bytes() {
        let check = |bytes: &[u8], expect| {
            assert_eq!(Fields::new(bytes).number().ok(), expect, "{bytes:?}");
        };
        check(&[0x7F], Some(0x7F));
        check(&[0x80, 0x81], Some(0x81));
        check(&[0xBF, 0x12], Some(0x3F12));
        check(&[0xC1, 0x34, 0x12], Some(0x11234));
        check(&[0xFE, 1, 2, 3, 4, 5, 6, 7], Some(0x0007_0605_0403_0201));
        check(&[0xFF, 1, 2, 3, 4, 5, 6, 7, 8], Some(0x0807_0605_0403_0201));
        check(&[0xFF, 1], None);
        check(&[], None);
    }
}
