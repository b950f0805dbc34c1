//! Paths of evidence as text that turns back without loss.
//!
//! A name on a medium is bytes. Text keeps every valid character; bytes that are no UTF-8, control
//! characters (which could disturb a terminal) and `%` itself are written `%XX`.

use std::fmt::Write;

/// A path as text. The inverse is [`unescape_path`].
#[must_use]
pub fn escape_path(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c == '%' || c.is_ascii_control() {
                hex(&mut out, c as u8);
            } else {
                out.push(c);
            }
        }
        chunk.invalid().iter().for_each(|byte| hex(&mut out, *byte));
    }
    out
}

/// The bytes of an escaped path; `None` when a `%` is not followed by two hexadecimal digits.
#[must_use]
pub fn unescape_path(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if *first == b'%' {
            let (digits, tail) = rest.split_at_checked(2)?;
            let digits = std::str::from_utf8(digits).ok()?;
            let plain = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            out.push(plain.then(|| u8::from_str_radix(digits, 16).ok())??);
            rest = tail;
        } else {
            out.push(*first);
        }
    }
    Some(out)
}

fn hex(out: &mut String, byte: u8) {
    // Writing to a String cannot fail.
    let _written = write!(out, "%{byte:02X}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_turns_back() {
        let check = |bytes: &[u8], text: &str| {
            assert_eq!(escape_path(bytes), text);
            assert_eq!(unescape_path(text).as_deref(), Some(bytes), "{text}");
        };
        check(b"Media/IMG_0001.jpg", "Media/IMG_0001.jpg");
        check("Fotos/niño ☀.png".as_bytes(), "Fotos/niño ☀.png");
        check(b"100%", "100%25");
        check(b"caf\xe9/\xff", "caf%E9/%FF");
        check(b"two\nlines\x1b[2J", "two%0Alines%1B[2J");
        check(b"", "");
        check(&[0xe2, 0x98], "%E2%98");
    }

    #[test]
    fn a_broken_escape_is_no_path() {
        for text in ["%", "%2", "%zz", "a%+1"] {
            assert_eq!(unescape_path(text), None, "{text}");
        }
    }
}
