//! Pictures as bytes in; size, EXIF and the PDQ fingerprint out.
//!
//! This crate knows no disk, no clock and no case. Its decoders read hostile bytes and therefore
//! run only inside the sandbox's worker. [`examine`] is the one entry; [`pdq`] is the perceptual
//! hash for pixels that are already decoded, wherever they come from. Videos, HEIC and AVIF are
//! read by confined programs found on the machine: [`container`] tells them by content, [`video`]
//! is the pure part of it.
//!
//! To add a format: enable it in the `image` crate, list it in `format.rs`, and give it a row in
//! the test there. If it can hold several frames, give it an arm in `frames.rs`. A format that is
//! recognised but not decoded belongs in the second list of `format.rs`, so that it shows as "not
//! examined" instead of vanishing.

pub mod container;
mod decode;
mod error;
mod examine;
mod exif;
mod format;
mod frames;
mod jpeg;
pub mod pdq;
mod picture;
pub mod video;

pub use error::MediaError;
pub use examine::{examine, examine_as};
pub use format::looks_like_picture;
pub use frames::{Frame, Frames, Unread};
pub use picture::{Limits, Picture, Wanted};
