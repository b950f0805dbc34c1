//! Fingerprints of videos: frames in the manner of Meta's vPDQ, each with its PDQ. Pure: words for
//! FFmpeg out, raw frames and FFmpeg's log in.
//!
//! Convention. As vPDQ does at its usual setting, one frame a second is taken: the first of each
//! whole second of the video's own clock. (vPDQ counts frames instead, every 29th of a video with
//! 29.97 a second, so that its moments drift from those of a copy at another rate.) A frame is
//! shown as a player would, rotated as the file states, scaled to 512 x 512 by FFmpeg (bicubic) in
//! RGB and hashed; 512 is the side to which Meta's PDQ tools shrink pictures, while vPDQ itself
//! leaves the side to its caller. The quick sampling looks at key frames only, of each second at
//! most the first: it decodes a small part of the file, and how many key frames there are and where
//! is the choice of whoever encoded it.
//!
//! Source: ThreatExchange `vpdq/cpp/vpdq/cpp/hashing/filehasher.cpp` at commit 0234393.

use crate::container::Container;
use crate::pdq;
use amparo_model::Pdq;
use image::{DynamicImage, RgbImage};
use serde::{Deserialize, Serialize};

/// Side of a frame as it is hashed, in pixels.
pub const SIDE_PIXELS: u32 = 512;
/// Bytes of one raw frame: red, green, blue for each pixel.
pub const FRAME_BYTES: usize = (SIDE_PIXELS * SIDE_PIXELS * 3) as usize;
/// Frames of one video at most: an hour and eight minutes at one a second.
pub const FRAMES_MAX: usize = 4_096;

/// Which frames are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sampling {
    /// Of each second with a key frame the first key frame.
    KeyFrames,
    /// The first frame of each second.
    EachSecond,
}

/// What the frames of a video say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frames {
    /// By content.
    pub container: Container,
    /// Width of the first frame looked at, in pixels, as shown.
    pub width: Option<u32>,
    /// Height likewise.
    pub height: Option<u32>,
    /// Length as the file states it, in milliseconds.
    pub duration_ms: Option<u64>,
    /// Which frames were looked at.
    pub sampling: Sampling,
    /// Whether all of them were: false when a limit or damage ended the work before.
    pub complete: bool,
    /// The frames, in order.
    pub frames: Vec<Frame>,
}

/// One frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// When it is shown, in milliseconds from the beginning.
    pub at_ms: Option<u64>,
    /// Its hash with its quality; a black frame has quality 0 and matches nothing.
    pub pdq: Pdq,
}

impl Frames {
    /// The hashes alone, for a look-up.
    #[must_use]
    pub fn hashes(&self) -> Vec<Pdq> {
        self.frames.iter().map(|frame| frame.pdq).collect()
    }

    /// Whether key frames are too few for a statement about the whole video: fewer than five, or in
    /// fewer than four of five seconds, so that a list with a frame of each second could never
    /// reach the usual share of 80 %. Cameras write one a second; messengers one in ten.
    #[must_use]
    pub fn sparse(&self) -> bool {
        const LEAST: u64 = 5;
        let seconds = self.duration_ms.unwrap_or(0) / 1_000;
        let wanted = seconds.saturating_mul(4) / 5;
        (self.frames.len() as u64) < wanted.max(LEAST)
    }
}

/// The hash of one raw frame of [`FRAME_BYTES`]; `None` for any other number of bytes.
#[must_use]
pub fn hash_frame(rgb: Vec<u8>) -> Option<Pdq> {
    let picture = RgbImage::from_raw(SIDE_PIXELS, SIDE_PIXELS, rgb)?;
    pdq::hash(&DynamicImage::ImageRgb8(picture))
}

/// FFmpeg's arguments: raw frames to standard output, their times to standard error. `input` is
/// what the program may call its input.
#[must_use]
pub fn arguments(container: Container, sampling: Sampling, input: &str) -> Vec<String> {
    let skip = match sampling {
        Sampling::KeyFrames => "nokey",
        Sampling::EachSecond => "default",
    };
    let first_of_second = "select=isnan(prev_selected_t)+gt(floor(t)\\,floor(prev_selected_t))";
    let scale = format!("scale={SIDE_PIXELS}:{SIDE_PIXELS}:flags=bicubic");
    let filter = format!("{first_of_second},showinfo=checksum=0,{scale},format=rgb24");
    let count = FRAMES_MAX.to_string();
    let words = [
        "-nostdin",
        "-hide_banner",
        "-nostats",
        "-loglevel",
        "repeat+level+info",
        // Nothing but this file, read by this reader.
        "-protocol_whitelist",
        "file,pipe",
        "-format_whitelist",
        container.reader(),
        "-threads",
        "1",
        "-skip_frame",
        skip,
        "-f",
        container.reader(),
        "-i",
        input,
        "-map",
        "0:v:0",
        "-an",
        "-sn",
        "-dn",
        "-filter_threads",
        "1",
        "-vf",
        &filter,
        "-vsync",
        "passthrough",
        "-frames:v",
        &count,
        "-threads",
        "1",
        "-c:v",
        "rawvideo",
        "-f",
        "rawvideo",
        "pipe:1",
    ];
    words.into_iter().map(str::to_owned).collect()
}

/// Time of a frame in milliseconds, and its size as shown; what the log does not tell is `None`.
pub type Shown = (Option<u64>, Option<(u32, u32)>);

/// What FFmpeg's log says of the frames that it gave out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Log {
    /// Length as the file states it, in milliseconds.
    pub duration_ms: Option<u64>,
    /// The frames, in order.
    pub frames: Vec<Shown>,
}

impl Log {
    /// Reads the lines; those that are of no use, or make no sense, say nothing.
    #[must_use]
    pub fn read(lines: &[String]) -> Self {
        let mut log = Self::default();
        for line in lines {
            if line.starts_with("[Parsed_showinfo") && line.contains("] n:") {
                let size = value(line, " s:").and_then(|text| text.split_once('x'));
                let size = size.and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
                log.frames.push((value(line, "pts_time:").and_then(milliseconds), size));
            } else if log.duration_ms.is_none() && line.contains(" Duration: ") {
                log.duration_ms = value(line, " Duration:").and_then(clock);
            }
        }
        log
    }
}

/// The word after a label.
fn value<'l>(line: &'l str, label: &str) -> Option<&'l str> {
    let (_, rest) = line.split_once(label)?;
    rest.split_whitespace().next().map(|word| word.trim_end_matches(','))
}

/// `1.25` seconds; a time before the beginning counts as the beginning.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded before")]
fn milliseconds(seconds: &str) -> Option<u64> {
    let seconds: f64 = seconds.parse().ok()?;
    let year = 366.0 * 86_400.0;
    (seconds.is_finite() && seconds < year).then(|| (seconds.max(0.0) * 1_000.0).round() as u64)
}

/// `00:01:02.50`.
fn clock(text: &str) -> Option<u64> {
    let mut parts = text.splitn(3, ':');
    let hours: u64 = parts.next()?.parse().ok()?;
    let minutes: u64 = parts.next()?.parse().ok()?;
    let whole = hours.checked_mul(60)?.checked_add(minutes)?.checked_mul(60_000)?;
    whole.checked_add(milliseconds(parts.next()?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_gives_times_sizes_and_length() {
        let lines = [
            "[info]   Duration: 00:01:02.50, start: 0.000000, bitrate: 279 kb/s",
            "[Parsed_showinfo_1] [info] config in time_base: 1/12800, frame_rate: 25/1",
            "[Parsed_showinfo_1] [info] n:   0 pts:      0 pts_time:0       pos:    1 \
             fmt:yuv420p sar:1/1 s:320x240 i:P iskey:1 type:I ",
            "[Parsed_showinfo_1] [info] n:   1 pts: 12810 pts_time:1.0008 s:320x240 i:P",
            "[Parsed_showinfo_1] [info] n:   2 pts: NOPTS pts_time:NOPTS s:0x-1 i:P",
        ];
        let log = Log::read(&lines.map(str::to_owned));
        assert_eq!(log.duration_ms, Some(62_500));
        let size = Some((320, 240));
        assert_eq!(log.frames, [(Some(0), size), (Some(1_001), size), (None, None)]);
    }

    #[test]
    fn senseless_lines_say_nothing() {
        let check = |line: &str| Log::read(&[line.to_owned()]);
        assert_eq!(check("  Duration: N/A, start"), Log::default());
        assert_eq!(check("  Duration: 99999999999999999999:1:1"), Log::default());
        let odd = check("[Parsed_showinfo_1] n: 0 pts_time:1e300 s:99999999999x1");
        assert_eq!(odd.frames, [(None, None)]);
    }

    #[test]
    fn a_frame_is_hashed_as_the_same_picture_is_and_only_at_its_full_length() {
        let side = usize::try_from(SIDE_PIXELS).unwrap();
        let value = |at: usize| u8::try_from((at / 3 % side) * (at / 3 / side) % 251).unwrap();
        let rgb: Vec<u8> = (0..FRAME_BYTES).map(value).collect();
        let picture = RgbImage::from_raw(SIDE_PIXELS, SIDE_PIXELS, rgb.clone()).unwrap();
        assert_eq!(hash_frame(rgb.clone()), pdq::hash(&picture.into()));
        assert_eq!(hash_frame(rgb[1..].to_vec()), None);
    }

    #[test]
    fn few_key_frames_are_sparse() {
        let check = |count: usize, duration_ms, expect| {
            let pdq = hash_frame(vec![7; FRAME_BYTES]).unwrap();
            let frames = vec![Frame { at_ms: None, pdq }; count];
            let all = Frames {
                container: Container::Mp4,
                width: None,
                height: None,
                duration_ms,
                sampling: Sampling::KeyFrames,
                complete: true,
                frames,
            };
            assert_eq!(all.sparse(), expect, "{count} in {duration_ms:?}");
        };
        check(4, None, true);
        check(5, None, false);
        check(15, Some(20_000), true);
        check(16, Some(20_000), false);
    }
}
