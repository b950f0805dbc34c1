//! Names as they lie in folder entries, made into paths.

/// UTF-16 as UTF-8; a lone half of a pair becomes the three bytes that WTF-8 gives it. The first 0
/// ends the name.
pub fn from_utf16(units: impl Iterator<Item = u16>) -> Vec<u8> {
    let mut name = Vec::new();
    for decoded in char::decode_utf16(units.take_while(|unit| *unit != 0)) {
        match decoded {
            Ok(letter) => name.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
            Err(lone) => {
                let [high, low] = lone.unpaired_surrogate().to_be_bytes();
                let middle = (high & 0x0F) << 2 | low >> 6;
                name.extend_from_slice(&[0xE0 | high >> 4, 0x80 | middle, 0x80 | (low & 0x3F)]);
            }
        }
    }
    name
}

/// Whether a name can be one part of a path: neither format allows these.
pub fn is_sound(name: &[u8]) -> bool {
    !matches!(name, b"" | b"." | b"..") && !name.iter().any(|byte| matches!(byte, 0 | b'/'))
}

/// A name that is none, so that it can stand in a path.
pub fn made_sound(name: &[u8]) -> Vec<u8> {
    let keep = |byte: &u8| if matches!(byte, 0 | b'/') { b'_' } else { *byte };
    match name {
        b"" | b"." | b".." => b"_".to_vec(),
        name => name.iter().map(keep).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_utf8_and_lone_halves_stay_themselves() {
        let check = |units: &[u16], expect: &[u8]| {
            assert_eq!(from_utf16(units.iter().copied()), expect);
        };
        check(&[0x41, 0xE9, 0x65E5, 0xD83D, 0xDE00], "Aé日😀".as_bytes());
        check(&[0x41, 0, 0xFFFF], b"A");
        check(&[0xD83D, 0x41], &[0xED, 0xA0, 0xBD, 0x41]);
        check(&[0xDFFF], &[0xED, 0xBF, 0xBF]);
    }

    #[test]
    fn a_name_stays_one_part_of_a_path() {
        assert!(is_sound(b"a..b") && !is_sound(b"a/b") && !is_sound(b".."));
        assert_eq!(made_sound(b"../a"), b".._a");
        assert_eq!(made_sound(b".."), b"_");
    }
}
