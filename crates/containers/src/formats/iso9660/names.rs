//! Names as the three kinds of trees write them.

/// UTF-16, big end first, as UTF-8; a lone half becomes the three bytes that WTF-8 gives it.
pub fn joliet(raw: &[u8]) -> Vec<u8> {
    let units = raw.as_chunks::<2>().0.iter().map(|two| u16::from_be_bytes(*two));
    let mut name = Vec::with_capacity(raw.len());
    for unit in char::decode_utf16(units) {
        match unit {
            Ok(letter) => name.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
            Err(half) => {
                let half = half.unpaired_surrogate();
                let six = |shift: u16| 0x80 | (half >> shift & 0x3F).to_le_bytes()[0];
                name.extend_from_slice(&[0xED, six(6), six(0)]);
            }
        }
    }
    without_version(name)
}

/// A plain name without its version, and without the point before an empty extension.
pub fn plain(raw: &[u8]) -> Vec<u8> {
    let mut name = without_version(raw.to_vec());
    if name.len() > 1 && name.ends_with(b".") {
        name.pop();
    }
    name
}

fn without_version(mut name: Vec<u8>) -> Vec<u8> {
    if let Some(mark) = name.iter().rposition(|byte| *byte == b';') {
        let version = name.get(mark + 1..).unwrap_or_default();
        if mark > 0 && !version.is_empty() && version.iter().all(u8::is_ascii_digit) {
            name.truncate(mark);
        }
    }
    name
}
