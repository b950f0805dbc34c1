//! Which picture format bytes are in, judged by content alone: names in evidence lie.

use image::ImageFormat;

/// A format recognised by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// One that can be decoded here.
    Decodable(ImageFormat),
    /// One that no decoder here reads; the word for people. HEIC and AVIF go to a program
    /// (`container.rs`); the others show as not examined.
    NotDecodable(&'static str),
}

/// Whether the first bytes (64 are enough) are those of a picture, decodable here or not.
#[must_use]
pub fn looks_like_picture(head: &[u8]) -> bool {
    known(head).is_some()
}

/// The format of these bytes.
pub fn known(head: &[u8]) -> Option<Known> {
    decodable(head).map(Known::Decodable).or_else(|| not_decodable(head).map(Known::NotDecodable))
}

/// The word for a decodable format, as facts and pages show it.
pub fn word(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Jpeg => "jpeg",
        ImageFormat::Png => "png",
        ImageFormat::Gif => "gif",
        ImageFormat::WebP => "webp",
        ImageFormat::Bmp => "bmp",
        ImageFormat::Tiff => "tiff",
        _ => "other",
    }
}

fn decodable(head: &[u8]) -> Option<ImageFormat> {
    if head.starts_with(&[0xff, 0xd8, 0xff]) {
        return Some(ImageFormat::Jpeg);
    }
    if head.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some(ImageFormat::Png);
    }
    if head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a") {
        return Some(ImageFormat::Gif);
    }
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        return Some(ImageFormat::WebP);
    }
    if head.starts_with(b"II*\0") || head.starts_with(b"MM\0*") {
        return Some(ImageFormat::Tiff);
    }
    is_bmp(head).then_some(ImageFormat::Bmp)
}

/// Two letters are too little to go by: the length of the information header must also be one of
/// the seven that exist.
fn is_bmp(head: &[u8]) -> bool {
    let length = head.get(14..18).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes);
    head.starts_with(b"BM") && matches!(length, Some(12 | 16 | 40 | 52 | 56 | 64 | 108 | 124))
}

/// Brands of ISO base media files that hold a still picture (ISO/IEC 23008-12 and AVIF 1.1), and
/// JPEG XL (ISO/IEC 18181-2).
fn not_decodable(head: &[u8]) -> Option<&'static str> {
    if head.starts_with(b"\0\0\0\x0cJXL \r\n\x87\n") || head.starts_with(&[0xff, 0x0a]) {
        return Some("jxl");
    }
    if head.get(4..8) != Some(b"ftyp") {
        return None;
    }
    match head.get(8..12)? {
        b"heic" | b"heix" | b"heim" | b"heis" | b"mif1" | b"msf1" => Some("heic"),
        b"avif" | b"avis" => Some("avif"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_by_content() {
        let check = |head: &[u8], expect| assert_eq!(known(head), expect, "{head:?}");
        check(b"\xff\xd8\xff\xe0\0\x10JFIF", Some(Known::Decodable(ImageFormat::Jpeg)));
        check(b"\x89PNG\r\n\x1a\n", Some(Known::Decodable(ImageFormat::Png)));
        check(b"GIF89a\x01\0", Some(Known::Decodable(ImageFormat::Gif)));
        check(b"RIFF\0\0\0\0WEBPVP8 ", Some(Known::Decodable(ImageFormat::WebP)));
        check(b"RIFF\0\0\0\0WAVEfmt ", None);
        check(b"MM\0*\0\0\0\x08", Some(Known::Decodable(ImageFormat::Tiff)));
        check(b"BM\0\0\0\0\0\0\0\0\0\0\0\0\x28\0\0\0", Some(Known::Decodable(ImageFormat::Bmp)));
        check(b"BMW is not a bitmap.", None);
        check(b"\0\0\0\x18ftypheic", Some(Known::NotDecodable("heic")));
        check(b"\0\0\0\x18ftypisom", None);
        check(b"\0\0\0\x18ftypavif", Some(Known::NotDecodable("avif")));
        check(b"SQLite format 3\0", None);
        check(b"", None);
    }
}
