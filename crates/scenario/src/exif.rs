//! The EXIF block of a camera picture, written as an APP1 segment.
//!
//! Source of the layout: CIPA DC-008 (Exif 2.32), sections 4.5 and 4.6; TIFF 6.0, section 2.
//! Only what an examiner looks for first is written: maker, model, body serial number, time taken
//! and its offset from UTC.

/// What a camera notes in its pictures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exif {
    /// Maker, as the camera writes it.
    pub(crate) make: String,
    /// Model, as the camera writes it.
    pub(crate) model: String,
    /// Serial number of the body.
    pub(crate) serial: String,
    /// Wall-clock time as `2026:02:28 10:00:00`.
    pub(crate) taken: String,
    /// Offset from UTC as `+01:00`.
    pub(crate) offset: String,
}

const MAKE: u16 = 0x010f;
const MODEL: u16 = 0x0110;
const EXIF_IFD: u16 = 0x8769;
const DATE_TIME_ORIGINAL: u16 = 0x9003;
const OFFSET_TIME_ORIGINAL: u16 = 0x9011;
const BODY_SERIAL_NUMBER: u16 = 0xa431;

const TIFF_HEADER_BYTES: u32 = 8;
const IFD_ENTRY_BYTES: u32 = 12;

/// The JPEG with the segment placed right after its start marker; `jpeg` unchanged if it has none.
pub(crate) fn with_exif(jpeg: Vec<u8>, exif: &Exif) -> Vec<u8> {
    let Some((start, rest)) = jpeg.split_at_checked(2) else { return jpeg };
    let segment = segment(exif);
    [start, &segment, rest].concat()
}

fn segment(exif: &Exif) -> Vec<u8> {
    let tiff = tiff(exif);
    let length = (2 + 6 + tiff.len()) as u16;
    let mut out = vec![0xff, 0xe1];
    out.extend(length.to_be_bytes());
    out.extend(b"Exif\0\0");
    out.extend(tiff);
    out
}

fn tiff(exif: &Exif) -> Vec<u8> {
    let camera = [(MAKE, &exif.make), (MODEL, &exif.model)];
    let shot = [
        (DATE_TIME_ORIGINAL, &exif.taken),
        (OFFSET_TIME_ORIGINAL, &exif.offset),
        (BODY_SERIAL_NUMBER, &exif.serial),
    ];
    let shot_at = TIFF_HEADER_BYTES + ifd_bytes(&camera, 1);
    let mut out = b"II\x2a\0".to_vec();
    out.extend(TIFF_HEADER_BYTES.to_le_bytes());
    out.extend(ifd(TIFF_HEADER_BYTES, &camera, Some(shot_at)));
    out.extend(ifd(shot_at, &shot, None));
    out
}

/// One directory whose texts follow it; `link` adds the pointer to the next directory.
fn ifd(at: u32, texts: &[(u16, &String)], link: Option<u32>) -> Vec<u8> {
    let count = texts.len() as u32 + u32::from(link.is_some());
    let mut out = (count as u16).to_le_bytes().to_vec();
    let mut values: Vec<u8> = Vec::new();
    let values_at = at + 2 + count * IFD_ENTRY_BYTES + 4;
    for (tag, text) in texts {
        let stored = ascii(text);
        entry(&mut out, *tag, 2, stored.len() as u32, values_at + values.len() as u32);
        values.extend(stored);
    }
    if let Some(next) = link {
        entry(&mut out, EXIF_IFD, 4, 1, next);
    }
    out.extend(0u32.to_le_bytes());
    out.extend(values);
    out
}

fn entry(out: &mut Vec<u8>, tag: u16, kind: u16, count: u32, value: u32) {
    out.extend(tag.to_le_bytes());
    out.extend(kind.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(value.to_le_bytes());
}

/// Ends with a zero byte and is at least five bytes long, so that it never fits into the entry.
fn ascii(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.push(0);
    bytes.resize(bytes.len().max(5), 0);
    bytes
}

fn ifd_bytes(texts: &[(u16, &String)], links: u32) -> u32 {
    let entries = (texts.len() as u32 + links) * IFD_ENTRY_BYTES;
    2 + entries + 4 + texts.iter().map(|(_, text)| ascii(text).len() as u32).sum::<u32>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_segment_follows_the_start_marker_and_states_its_length() {
        let exif = Exif {
            make: "Example".into(),
            model: "EX".into(),
            serial: "EX7-000123".into(),
            taken: "2026:02:28 10:00:00".into(),
            offset: "+01:00".into(),
        };
        let jpeg = with_exif(vec![0xff, 0xd8, 0xff, 0xdb], &exif);
        assert_eq!(jpeg[..4], [0xff, 0xd8, 0xff, 0xe1]);
        let length = usize::from(u16::from_be_bytes([jpeg[4], jpeg[5]]));
        assert_eq!(jpeg[4 + length..], [0xff, 0xdb]);
        assert!(jpeg.windows(20).any(|window| window == b"2026:02:28 10:00:00\0"));
    }
}
