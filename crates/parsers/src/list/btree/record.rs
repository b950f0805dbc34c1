//! The stored form of a row; section 2.1 of the format.

use super::varint;

/// A stored value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value<'p> {
    /// Nothing, or the rowid.
    Null,
    /// A whole number.
    Integer(i64),
    /// A fraction.
    Real(f64),
    /// Text in the encoding of the file.
    Text(&'p [u8]),
    /// Bytes.
    Blob(&'p [u8]),
}

impl Value<'_> {
    /// As text; numbers are written out, bytes and nothing are none. Broken letters are replaced.
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Self::Text(bytes) => Some(String::from_utf8_lossy(bytes).replace('\0', "\u{fffd}")),
            Self::Integer(number) => Some(number.to_string()),
            Self::Real(number) => Some(number.to_string()),
            Self::Null | Self::Blob(_) => None,
        }
    }

    /// As a whole number.
    pub(crate) fn integer(&self) -> Option<i64> {
        if let Self::Integer(number) = self { Some(*number) } else { None }
    }
}

/// The values of a row in the order of its columns; `None` when the row is damaged.
pub(crate) fn values(payload: &[u8]) -> Option<Vec<Value<'_>>> {
    let (size, _) = varint(payload)?;
    let (head, mut body) = payload.split_at_checked(usize::try_from(size).ok()?)?;
    let (_, mut head) = varint(head)?;
    let mut found = Vec::new();
    while !head.is_empty() {
        let (kind, rest) = varint(head)?;
        head = rest;
        let (value, rest) = value(kind, body)?;
        body = rest;
        found.push(value);
    }
    Some(found)
}

fn value(kind: i64, body: &[u8]) -> Option<(Value<'_>, &[u8])> {
    let whole = |length: usize| {
        let (bytes, rest) = body.split_at_checked(length)?;
        // The first bit is the sign of the whole.
        let start = if bytes.first()? & 0x80 == 0 { 0 } else { -1 };
        let number = bytes.iter().fold(start, |number, byte| number << 8 | i64::from(*byte));
        Some((Value::Integer(number), rest))
    };
    match kind {
        0 => Some((Value::Null, body)),
        1..=4 => whole(usize::try_from(kind).ok()?),
        5 => whole(6),
        6 => whole(8),
        7 => {
            let (bytes, rest) = body.split_at_checked(8)?;
            Some((Value::Real(f64::from_be_bytes(bytes.try_into().ok()?)), rest))
        }
        8 => Some((Value::Integer(0), body)),
        9 => Some((Value::Integer(1), body)),
        12.. => {
            let (bytes, rest) = body.split_at_checked(usize::try_from((kind - 12) / 2).ok()?)?;
            let text = kind % 2 == 1;
            Some((if text { Value::Text(bytes) } else { Value::Blob(bytes) }, rest))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_all_kinds() {
        let payload = [6, 0, 1, 9, 17, 14, 0xff, b'h', b'i', 7];
        let expect = [
            Value::Null,
            Value::Integer(-1),
            Value::Integer(1),
            Value::Text(b"hi"),
            Value::Blob(&[7]),
        ];
        assert_eq!(values(&payload).unwrap(), expect);
    }

    #[test]
    fn damaged_rows_are_none() {
        let check = |payload: &[u8]| assert_eq!(values(payload), None, "{payload:?}");
        check(&[]);
        check(&[9, 1]);
        check(&[2, 10]);
        check(&[2, 6, 1, 2]);
        check(&[2, 23, b'a']);
        check(&[0x80]);
    }
}
