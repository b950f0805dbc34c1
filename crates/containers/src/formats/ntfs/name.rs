//! Names in UTF-16, as bytes.

use crate::bytes::le16;

/// A name as UTF-8; a lone half of a pair as the three bytes that WTF-8 gives it. What would look
/// like the border between folders, or end the name, becomes the sign of replacement: Windows
/// cannot write it, so it is no one's name.
pub fn bytes_of(utf16: &[u8]) -> Vec<u8> {
    let units = (0..utf16.len() / 2).map(|unit| le16(utf16, 2 * unit));
    let mut name = Vec::with_capacity(utf16.len());
    let mut four = [0; 4];
    for decoded in char::decode_utf16(units) {
        match decoded {
            Ok('\0' | '/') => name.extend_from_slice("\u{FFFD}".as_bytes()),
            Ok(letter) => name.extend_from_slice(letter.encode_utf8(&mut four).as_bytes()),
            Err(lone) => {
                let unit = lone.unpaired_surrogate();
                let six = |shift: u32| 0x80 | (unit >> shift & 0x3F).to_le_bytes()[0];
                name.extend_from_slice(&[0xE0 | (unit >> 12).to_le_bytes()[0], six(6), six(0)]);
            }
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_what_they_hold() {
        let check = |units: &[u16], expect: &[u8]| {
            let utf16: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
            assert_eq!(bytes_of(&utf16), expect);
        };
        check(&[0x61, 0xF1], "añ".as_bytes());
        check(&[0xD83D, 0xDE00], "😀".as_bytes());
        check(&[0x61, 0xD83D], b"a\xED\xA0\xBD");
        check(&[0x2F], "\u{FFFD}".as_bytes());
    }
}
