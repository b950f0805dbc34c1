//! What a picture says about itself, and how much saying it may cost.

use crate::frames::Frames;
use crate::pdq::Convention;
use amparo_model::{Moment, Pdq};
use serde::{Deserialize, Serialize};

/// What a picture says about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// `jpeg`, `png`, `gif`, `webp`, `bmp` or `tiff`, by content.
    pub format: String,
    /// Stored width in pixels, before any EXIF rotation.
    pub width: u32,
    /// Stored height in pixels.
    pub height: u32,
    /// The EXIF orientation, 1 to 8, where it is stated; 1 is "as stored".
    pub orientation: Option<u8>,
    /// The perceptual hash; `None` when a side is shorter than [`crate::pdq::MIN_SIDE_PIXELS`].
    /// Animations: of the first frame.
    pub pdq: Option<Pdq>,
    /// Which convention all hashes here follow.
    pub convention: Convention,
    /// The hashes of the picture turned and mirrored, in the order of
    /// [`crate::pdq::Dihedral::ALL`]; only where [`Wanted::dihedral`] asked for them.
    pub dihedral: Option<Box<[Pdq; 8]>>,
    /// Frames of an animation; `None` for a picture of one frame.
    pub frames: Option<Frames>,
    /// EXIF make, as written.
    pub camera_make: Option<String>,
    /// EXIF model, as written.
    pub camera_model: Option<String>,
    /// EXIF body serial number, as written.
    pub camera_serial: Option<String>,
    /// EXIF time of the picture; its zone only if the camera stated it.
    pub taken_at: Option<Moment>,
}

impl Picture {
    /// Every hash in it: the picture's, its turned ones, its frames'.
    pub fn hashes(&self) -> impl Iterator<Item = &Pdq> {
        let frames = self.frames.iter().flat_map(|frames| &frames.kept).map(|frame| &frame.pdq);
        self.pdq.iter().chain(self.dihedral.iter().flat_map(|all| all.iter())).chain(frames)
    }

    /// Every text in it that came from the file or its decoder, but for the format's word.
    pub fn texts(&self) -> impl Iterator<Item = &String> {
        let camera = [&self.camera_make, &self.camera_model, &self.camera_serial];
        let unread = self.frames.iter().filter_map(|frames| frames.unread.as_ref());
        let taken = self.taken_at.iter().map(|moment| &moment.raw);
        camera.into_iter().flatten().chain(taken).chain(unread.map(|unread| &unread.why))
    }
}

/// What is computed beside the usual; the default is what an ordinary run stores.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// How pixels reach the hash.
    pub convention: Convention,
    /// Whether the eight turned and mirrored hashes are wanted too.
    pub dihedral: bool,
}

/// How much one picture may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Largest width times height.
    pub max_pixels: u64,
    /// Largest memory for decoding, in bytes.
    pub max_alloc_bytes: u64,
    /// Most frames of an animation that are kept. They are spread over its whole length.
    pub max_frames: u32,
    /// Most pixels that are decoded for the frames of one animation, all together.
    pub max_frame_pixels: u64,
}

impl Default for Limits {
    /// Enough for the 108-megapixel sensors of phones, and for a minute of an animation as
    /// messengers send it.
    fn default() -> Self {
        Self {
            max_pixels: 128_000_000,
            max_alloc_bytes: 640 << 20,
            max_frames: 64,
            max_frame_pixels: 256_000_000,
        }
    }
}
