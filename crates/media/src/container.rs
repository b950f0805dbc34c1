//! Which files a program found on the machine has to read, judged by content alone.
//!
//! FFmpeg reads videos, told here by the container they lie in. HEIC, HEIF and AVIF pictures are
//! read by libheif's converter (`heif-dec`, formerly `heif-convert`): it puts the tiles of a
//! telephone's picture together and applies the rotation and mirroring (`irot`, `imir`) that the
//! file states, which FFmpeg does only from version 7 on.
//!
//! To add a container: a variant with its word, FFmpeg's name of its reader, and a row in the test.

use serde::{Deserialize, Serialize};

/// How many first bytes [`video`] wants to see: three packets of an MPEG transport stream.
pub const HEAD_BYTES: usize = 512;

/// The container of a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Container {
    /// MP4, QuickTime, 3GP (ISO/IEC 14496-12).
    Mp4,
    /// Matroska and WebM (RFC 9559).
    Matroska,
    /// AVI.
    Avi,
    /// MPEG transport stream (ISO/IEC 13818-1), with or without the time stamps of cameras.
    MpegTs,
    /// MPEG program stream (ISO/IEC 13818-1).
    MpegPs,
    /// Flash video.
    Flv,
    /// ASF, Windows Media.
    Asf,
    /// Ogg with Theora.
    Ogg,
}

impl Container {
    /// The word for people and for the store.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::Matroska => "matroska",
            Self::Avi => "avi",
            Self::MpegTs => "mpeg_ts",
            Self::MpegPs => "mpeg_ps",
            Self::Flv => "flv",
            Self::Asf => "asf",
            Self::Ogg => "ogg",
        }
    }

    /// FFmpeg's name of the reader that is forced, so that content cannot choose another.
    #[must_use]
    pub fn reader(self) -> &'static str {
        match self {
            Self::Mp4 => "mov",
            Self::MpegTs => "mpegts",
            Self::MpegPs => "mpeg",
            other => other.word(),
        }
    }
}

/// The container of a video, from its first bytes; `None` when it is none known here.
#[must_use]
pub fn video(head: &[u8]) -> Option<Container> {
    if let Some(kind) = head.get(4..8) {
        match kind {
            b"ftyp" if holds_video(head.get(8..12)?) => return Some(Container::Mp4),
            b"moov" | b"mdat" | b"wide" => return Some(Container::Mp4),
            _ => {}
        }
    }
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"AVI ") {
        return Some(Container::Avi);
    }
    if head.starts_with(b"OggS") && head.windows(7).any(|part| part == b"\x80theora") {
        return Some(Container::Ogg);
    }
    let starts: [(&[u8], Container); 4] = [
        (b"\x1a\x45\xdf\xa3", Container::Matroska),
        (b"\0\0\x01\xba", Container::MpegPs),
        (b"FLV\x01", Container::Flv),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Container::Asf),
    ];
    let start = starts.into_iter().find(|(start, _)| head.starts_with(start));
    start.map(|(_, container)| container).or_else(|| transport_stream(head))
}

/// The kind of a still picture that libheif reads, `heic` or `avif`.
#[must_use]
pub fn still(head: &[u8]) -> Option<&'static str> {
    match crate::format::known(head)? {
        crate::format::Known::NotDecodable(word @ ("heic" | "avif")) => Some(word),
        _ => None,
    }
}

/// Brands of ISO base media files without moving pictures: stills, and sound alone.
fn holds_video(brand: &[u8]) -> bool {
    const OTHERS: [&[u8]; 14] = [
        b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis",
        b"crx ", b"M4A ", b"M4B ", b"M4P ",
    ];
    !OTHERS.contains(&brand)
}

/// A sync byte at the beginning of three packets; those of cameras have four bytes before each.
fn transport_stream(head: &[u8]) -> Option<Container> {
    let synced = |first: usize, step: usize| {
        (0..3).all(|packet| head.get(first + packet * step) == Some(&0x47))
    };
    (synced(0, 188) || synced(4, 192)).then_some(Container::MpegTs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn videos_and_stills_are_told_by_content() {
        let check = |head: &[u8], expect| assert_eq!(video(head), expect, "{head:?}");
        check(b"\0\0\0\x20ftypisom\0\0", Some(Container::Mp4));
        check(b"\0\0\0\x14ftypqt  \0\0", Some(Container::Mp4));
        check(b"\0\0\0\x18ftyp3gp5", Some(Container::Mp4));
        check(b"\0\0\0\x08wide\0\0\0\0mdat", Some(Container::Mp4));
        check(b"\0\0\0\x20ftypM4A \0\0", None);
        check(b"\0\0\0\x18ftypheic", None);
        check(b"\x1a\x45\xdf\xa3\x01", Some(Container::Matroska));
        check(b"RIFF\0\0\0\0AVI LIST", Some(Container::Avi));
        check(b"RIFF\0\0\0\0WAVEfmt ", None);
        check(b"\0\0\x01\xba\x44", Some(Container::MpegPs));
        check(b"FLV\x01\x05", Some(Container::Flv));
        check(b"OggS\0\x02 vorbis", None);
        check(b"", None);
        let mut packets = vec![0u8; HEAD_BYTES];
        packets[0] = 0x47;
        check(&packets, None);
        (packets[188], packets[376]) = (0x47, 0x47);
        check(&packets, Some(Container::MpegTs));
        assert_eq!(still(b"\0\0\0\x18ftypheic"), Some("heic"));
        assert_eq!(still(b"\0\0\0\x18ftypavif"), Some("avif"));
        assert_eq!(still(b"\xff\xd8\xff\xe0"), None);
    }
}
