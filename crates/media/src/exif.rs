//! What the camera wrote about itself and the picture: make, model, body serial number, time and
//! which way up.
//!
//! EXIF is a statement of whoever wrote the file, never proof; it can be edited. A time without its
//! offset stays without a zone. Source of the fields: CIPA DC-008 (Exif 2.32), 4.6.

use amparo_model::Moment;
use exif::{Exif, In, Tag, Value};
use std::io::Cursor;

/// Longest text taken from a field, in characters; real cameras stay far below.
const MAX_CHARS: usize = 128;

/// The statements used; each is absent unless written.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Statements {
    pub make: Option<String>,
    pub model: Option<String>,
    pub serial: Option<String>,
    pub taken_at: Option<Moment>,
    /// 1 to 8; 1 is as stored.
    pub orientation: Option<u8>,
}

/// Reads EXIF from a JPEG, TIFF, PNG or WebP. Damaged or missing EXIF yields nothing: it says
/// nothing about the picture itself.
pub fn statements(bytes: &[u8]) -> Statements {
    let Ok(exif) = exif::Reader::new().read_from_container(&mut Cursor::new(bytes)) else {
        return Statements::default();
    };
    let offset = text(&exif, Tag::OffsetTimeOriginal).filter(|offset| is_offset(offset));
    let date = text(&exif, Tag::DateTimeOriginal).filter(|date| is_date(date));
    Statements {
        make: text(&exif, Tag::Make),
        model: text(&exif, Tag::Model),
        serial: text(&exif, Tag::BodySerialNumber),
        taken_at: date.map(|date| Moment::from_exif(&date, offset.as_deref())),
        orientation: orientation(&exif),
    }
}

/// Exif 2.32, 4.6.4, table 4: which row and column of the scene the first row and column hold.
/// Other numbers than 1 to 8 say nothing.
fn orientation(exif: &Exif) -> Option<u8> {
    let stated = exif.get_field(Tag::Orientation, In::PRIMARY)?.value.get_uint(0)?;
    u8::try_from(stated).ok().filter(|stated| (1..=8).contains(stated))
}

/// A text field without padding and control characters; `None` when nothing is left.
fn text(exif: &Exif, tag: Tag) -> Option<String> {
    let Value::Ascii(lines) = &exif.get_field(tag, In::PRIMARY)?.value else { return None };
    let line = String::from_utf8_lossy(lines.first()?);
    let clean: String = line.chars().filter(|c| !c.is_control()).take(MAX_CHARS).collect();
    let clean = clean.trim();
    (!clean.is_empty()).then(|| clean.to_owned())
}

/// `+HH:MM` or `-HH:MM`; cameras that do not know write blanks.
fn is_offset(text: &str) -> bool {
    text.len() == 6 && text.starts_with(['+', '-']) && text.get(3..4) == Some(":")
}

/// Blanks and zeros mean "unknown" (Exif 2.32, 4.6.5).
fn is_date(text: &str) -> bool {
    text.chars().any(|c| ('1'..='9').contains(&c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use amparo_model::Zone;
    use exif::{Field, experimental::Writer};

    fn tiff_with(fields: &[(Tag, &str)]) -> Vec<u8> {
        let fields: Vec<Field> = fields
            .iter()
            .map(|(tag, text)| Field {
                tag: *tag,
                ifd_num: In::PRIMARY,
                value: Value::Ascii(vec![text.as_bytes().to_vec()]),
            })
            .collect();
        let mut writer = Writer::new();
        for field in &fields {
            writer.push_field(field);
        }
        let mut out = Cursor::new(Vec::new());
        writer.write(&mut out, true).unwrap();
        out.into_inner()
    }

    #[test]
    fn camera_fields_and_a_time_with_its_offset_are_read() {
        let camera = statements(&tiff_with(&[
            (Tag::Make, "Examplecam"),
            (Tag::Model, "Model 1  "),
            (Tag::BodySerialNumber, "SN-0001"),
            (Tag::DateTimeOriginal, "2026:02:27 21:14:05"),
            (Tag::OffsetTimeOriginal, "-03:00"),
        ]));
        assert_eq!(camera.model.as_deref(), Some("Model 1"));
        assert_eq!(camera.serial.as_deref(), Some("SN-0001"));
        let taken = camera.taken_at.unwrap();
        assert_eq!(taken.zone, Zone::Offset { minutes: -180 });
        assert_eq!(taken.utc.map(|t| t.to_string()).as_deref(), Some("2026-02-28T00:14:05Z"));
    }

    #[test]
    fn a_time_without_offset_claims_no_zone_and_zeros_are_no_time() {
        let taken = |date| statements(&tiff_with(&[(Tag::DateTimeOriginal, date)])).taken_at;
        assert_eq!(
            taken("2026:02:27 21:14:05").map(|m| (m.utc, m.zone)),
            Some((None, Zone::Unknown))
        );
        assert_eq!(taken("0000:00:00 00:00:00"), None);
        assert_eq!(taken("    :  :     :  :  "), None);
    }

    #[test]
    fn damaged_exif_yields_nothing() {
        assert_eq!(statements(b"\xff\xd8\xff\xe1\0\x08Exif\0\0"), Statements::default());
        assert_eq!(statements(b""), Statements::default());
    }
}
