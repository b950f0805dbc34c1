//! Rows of a list as a worker sends them: short bytes instead of JSON, because there are millions.

use crate::violation::Violation;
use amparo_model::wire::Reader;
use amparo_model::{Located, Locator, Record, Sha256, compact_row};

/// Rows in one frame. A sound worker sends a frame of 256 KiB or of one row, and no row is shorter
/// than its hash; what a forged frame of tiny rows may cost in memory stays small.
const MAX_ROWS: usize = 16_384;

/// The rows of the one list that is being read.
pub(super) fn read(body: &[u8], objects: &[Sha256]) -> Result<Vec<Located<Record>>, Violation> {
    let [object] = objects else { return Err(Violation::Row) };
    let mut reader = Reader::new(body);
    let mut rows = Vec::new();
    while !reader.is_empty() {
        if rows.len() == MAX_ROWS {
            return Err(Violation::TooMuch("rows in one frame"));
        }
        let (place, known) = row(&mut reader).ok_or(Violation::Row)?;
        rows.push(Located::new(Record::KnownHash(known), Locator::new(*object, place)));
    }
    Ok(rows)
}

fn row(reader: &mut Reader<'_>) -> Option<(amparo_model::Place, amparo_model::KnownHash)> {
    let length = reader.length()?;
    compact_row::decode(reader.take(length)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use amparo_model::wire::put_varint;
    use amparo_model::{KnownHash, Md5, Place};

    const LIST: [Sha256; 1] = [Sha256([7; 32])];

    fn frame(rows: usize) -> Vec<u8> {
        let known = KnownHash { md5: Some(Md5([9; 16])), ..KnownHash::default() };
        let (mut row, mut body) = (Vec::new(), Vec::new());
        compact_row::encode(&mut row, &Place::Json { pointer: "/value/3".to_owned() }, &known);
        for _ in 0..rows {
            put_varint(&mut body, row.len() as u64);
            body.extend_from_slice(&row);
        }
        body
    }

    #[test]
    fn rows_come_with_their_place_in_the_list() {
        let rows = read(&frame(2), &LIST).unwrap();
        let at = Locator::new(LIST[0], Place::Json { pointer: "/value/3".to_owned() });
        assert_eq!((rows.len(), rows[1].at()), (2, &at));
    }

    #[test]
    fn cut_rows_too_many_rows_and_rows_of_no_list_are_refused() {
        let two = frame(2);
        for cut in (1..two.len()).filter(|cut| *cut != two.len() / 2) {
            assert_eq!(read(&two[..cut], &LIST), Err(Violation::Row), "{cut}");
        }
        let many = read(&frame(MAX_ROWS + 1), &LIST);
        assert_eq!(many, Err(Violation::TooMuch("rows in one frame")));
        assert_eq!(read(&two, &[]), Err(Violation::Row));
    }
}
