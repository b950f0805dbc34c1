//! One header of a TAR archive.

/// A header, and the unit in which members lie.
pub const BLOCK: u64 = 512;
/// A header's bytes.
pub type Block = [u8; BLOCK as usize];

const CHECKSUM: std::ops::Range<usize> = 148..156;

/// A part of a block.
pub fn field(block: &Block, from: usize, length: usize) -> &[u8] {
    block.get(from..from + length).unwrap_or_default()
}

/// The text of a field, which ends with its first zero byte.
pub fn text(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// A number: octal digits, or with the highest bit set, big-endian bytes in two's complement (GNU,
/// star). `None` when it is neither, or beyond 64 bits.
pub fn number(field: &[u8]) -> Option<i64> {
    let (first, rest) = field.split_first()?;
    if first & 0x80 == 0 {
        return octal(field);
    }
    // The bit below the mark is the sign.
    let start = if first & 0x40 == 0 { i64::from(first & 0x3F) } else { i64::from(*first) - 0x100 };
    rest.iter().try_fold(start, |sum, byte| sum.checked_mul(256)?.checked_add(i64::from(*byte)))
}

fn octal(field: &[u8]) -> Option<i64> {
    let ends = |byte: &u8| matches!(byte, b' ' | 0);
    let start = field.iter().take_while(|byte| **byte == b' ').count();
    let digits = field.get(start..)?;
    let count = digits.iter().position(ends).unwrap_or(digits.len());
    let (digits, rest) = digits.split_at_checked(count)?;
    if !rest.iter().all(ends) {
        return None;
    }
    digits.iter().try_fold(0_i64, |sum, digit| match digit {
        b'0'..=b'7' => sum.checked_mul(8)?.checked_add(i64::from(digit - b'0')),
        _ => None,
    })
}

/// Whether the stated checksum is that of the block: the sum of its bytes with blanks in place of
/// the checksum. Some old tools added signed bytes.
pub fn checksum_fits(block: &Block) -> bool {
    let outside = |(at, _): &(usize, &u8)| !CHECKSUM.contains(at);
    let bytes = || block.iter().enumerate().filter(outside).map(|(_, byte)| *byte);
    let blanks = i64::from(b' ') * 8;
    let unsigned: i64 = bytes().map(i64::from).sum::<i64>() + blanks;
    let signed: i64 = bytes().map(|byte| i64::from(byte.cast_signed())).sum::<i64>() + blanks;
    let stated = octal(field(block, CHECKSUM.start, CHECKSUM.len()));
    stated.is_some_and(|stated| stated == unsigned || stated == signed)
}

/// Whether the header says that it is of ustar, in POSIX's or in GNU's way.
pub fn is_ustar(block: &Block) -> bool {
    field(block, 257, 5) == b"ustar"
}

/// Whether an archive begins with this header. Without the mark of ustar all its numbers must be
/// written as numbers: the sum alone is a weak sign.
pub fn begins_archive(block: &Block) -> bool {
    let written = |(from, length): (usize, usize)| {
        let field = field(block, from, length);
        octal(field).is_some() && field.iter().any(u8::is_ascii_digit)
    };
    let plausible = || {
        block.first().is_some_and(|byte| *byte > b' ')
            && [(100, 8), (108, 8), (116, 8), (124, 12), (136, 12)].into_iter().all(written)
            && matches!(block.get(156), Some(0 | b'0'..=b'7'))
    };
    checksum_fits(block) && (is_ustar(block) || plausible())
}

/// Whether nothing but zeros.
pub fn is_blank(block: &Block) -> bool {
    block.iter().all(|byte| *byte == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_octal_or_binary() {
        let check = |field: &[u8], expect| assert_eq!(number(field), expect, "{field:?}");
        check(b"0000644\0", Some(0o644));
        check(b"   644 \0", Some(0o644));
        check(b"77777777", Some(0o77_777_777));
        check(b"\0\0\0\0", Some(0));
        check(b"\x80\0\0\0\0\0\0\x02\0\0\0\0", Some(0x2_0000_0000));
        check(b"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFE", Some(-2));
        check(b"\x80\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", None);
        check(b"0x10\0", None);
        check(b"12 4\0", None);
        check(b"8\0", None);
    }
}
