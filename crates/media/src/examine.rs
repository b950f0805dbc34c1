//! Examines one picture: format by content, size, camera statements, PDQ and frames.

use crate::frames::{self, Treatment};
use crate::{Limits, MediaError, Picture, Wanted, decode, exif, format, pdq};
use amparo_model::Pdq;
use image::DynamicImage;
use image::metadata::Orientation;

/// Examines the bytes of one file, by the usual convention.
///
/// # Errors
/// [`MediaError`] names what could not be examined and why.
pub fn examine(bytes: &[u8], limits: &Limits) -> Result<Picture, MediaError> {
    examine_as(bytes, limits, &Wanted::default())
}

/// Examines the bytes of one file.
///
/// # Errors
/// [`MediaError`] names what could not be examined and why.
pub fn examine_as(bytes: &[u8], limits: &Limits, wanted: &Wanted) -> Result<Picture, MediaError> {
    let (kind, mut pixels) = decode::decode(bytes, limits)?;
    let statements = exif::statements(bytes);
    let (width, height) = (pixels.width(), pixels.height());
    let orientation = shown(statements.orientation, wanted);
    decode::orient(&mut pixels, orientation, limits)?;
    let scale = wanted.convention.scale;
    let (pdq, dihedral) = hashes(&pixels, wanted);
    drop(pixels);
    let frames = frames::read(bytes, kind, &Treatment { scale, orientation }, limits);
    Ok(Picture {
        format: format::word(kind).to_owned(),
        width,
        height,
        orientation: statements.orientation,
        pdq,
        convention: wanted.convention,
        dihedral: dihedral.map(Box::new),
        frames,
        camera_make: statements.make,
        camera_model: statements.model,
        camera_serial: statements.serial,
        taken_at: statements.taken_at,
    })
}

/// How the picture must be turned.
fn shown(orientation: Option<u8>, wanted: &Wanted) -> Orientation {
    let stated = orientation.filter(|_| wanted.convention.oriented);
    stated.and_then(Orientation::from_exif).unwrap_or(Orientation::NoTransforms)
}

fn hashes(pixels: &DynamicImage, wanted: &Wanted) -> (Option<Pdq>, Option<[Pdq; 8]>) {
    let scale = wanted.convention.scale;
    if !wanted.dihedral {
        return (pdq::hash_as(pixels, scale), None);
    }
    let all = pdq::dihedral_as(pixels, scale);
    (all.and_then(|all| all.first().copied()), all)
}

#[cfg(test)]
mod tests;
