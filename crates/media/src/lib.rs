//! Pictures as bytes in; size, EXIF and the PDQ fingerprint out.
//!
//! This crate knows no disk, no clock and no case. Its decoders read hostile bytes and therefore
//! run only inside the sandbox's worker. [`examine`] is the one entry; [`pdq`] is the perceptual
//! hash for pixels that are already decoded. Videos, HEIC and AVIF are read by confined programs
//! found on the machine: [`container`] tells them by content, [`video`] is the pure part of it.
//!
//! To add a format: enable it in the `image` crate, list it in `format.rs`, and give it a row in
//! the test there. A format that is recognised but not decoded belongs in the second list of that
//! file, so that it shows as "not examined" instead of vanishing.

pub mod container;
mod examine;
mod exif;
mod format;
pub mod pdq;
pub mod video;

pub use examine::{Limits, MediaError, Picture, examine};
pub use format::looks_like_picture;
