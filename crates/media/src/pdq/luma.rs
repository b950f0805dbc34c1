//! Brightness row by row, so that a large picture never exists a second time as floating point.
//!
//! Weights 0.299, 0.587, 0.114 in single precision and in this order, as in Meta's source. An alpha
//! channel is ignored; 16-bit samples keep their fraction.

use super::convention::{Scale, nearest};
use image::DynamicImage;
use std::borrow::Cow;

/// A picture in one of the layouts that need no copy, else converted to 8-bit RGB.
pub struct Rows<'a> {
    picture: Cow<'a, DynamicImage>,
    /// Columns and rows of the picture.
    stored: (usize, usize),
    /// Columns and rows that are handed out.
    size: (usize, usize),
}

impl<'a> Rows<'a> {
    /// Borrows the picture where its layout is known; copies it to RGB where it is not.
    pub fn of(picture: &'a DynamicImage, scale: Scale) -> Self {
        use DynamicImage as D;
        let known = matches!(
            picture,
            D::ImageLuma8(_)
                | D::ImageLumaA8(_)
                | D::ImageRgb8(_)
                | D::ImageRgba8(_)
                | D::ImageLuma16(_)
                | D::ImageLumaA16(_)
                | D::ImageRgb16(_)
                | D::ImageRgba16(_)
        );
        let picture =
            if known { Cow::Borrowed(picture) } else { Cow::Owned(picture.to_rgb8().into()) };
        let stored = (picture.width() as usize, picture.height() as usize);
        Self { picture, stored, size: scale.size(stored) }
    }

    /// Columns.
    pub fn width(&self) -> usize {
        self.size.0
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.size.1
    }

    /// Writes the brightness of each pixel of a row, 0 to 255. `put` is as long as a row.
    pub fn fill(&self, row: usize, put: &mut [f32]) {
        if self.size == self.stored {
            return self.stored_row(row, put);
        }
        let ((columns, rows), (width, height)) = (self.stored, self.size);
        let mut line = vec![0.0; columns];
        self.stored_row(nearest(row, rows, height), &mut line);
        for (at, cell) in put.iter_mut().enumerate() {
            *cell = line.get(nearest(at, columns, width)).copied().unwrap_or_default();
        }
    }

    fn stored_row(&self, row: usize, put: &mut [f32]) {
        use DynamicImage as D;
        match self.picture.as_ref() {
            D::ImageLuma8(p) => grey::<_, 1>(p.as_raw(), row, put),
            D::ImageLumaA8(p) => grey::<_, 2>(p.as_raw(), row, put),
            D::ImageRgb8(p) => colour::<_, 3>(p.as_raw(), row, put),
            D::ImageRgba8(p) => colour::<_, 4>(p.as_raw(), row, put),
            D::ImageLuma16(p) => grey::<_, 1>(p.as_raw(), row, put),
            D::ImageLumaA16(p) => grey::<_, 2>(p.as_raw(), row, put),
            D::ImageRgb16(p) => colour::<_, 3>(p.as_raw(), row, put),
            D::ImageRgba16(p) => colour::<_, 4>(p.as_raw(), row, put),
            _ => put.fill(0.0),
        }
    }
}

trait Sample: Copy {
    fn level(self) -> f32;
}

impl Sample for u8 {
    fn level(self) -> f32 {
        f32::from(self)
    }
}

impl Sample for u16 {
    fn level(self) -> f32 {
        f32::from(self) / 256.0
    }
}

fn grey<S: Sample, const CHANNELS: usize>(raw: &[S], row: usize, put: &mut [f32]) {
    let pixels = raw.chunks_exact(CHANNELS).skip(row * put.len());
    for (out, pixel) in put.iter_mut().zip(pixels) {
        *out = pixel.first().map_or(0.0, |level| level.level());
    }
}

fn colour<S: Sample, const CHANNELS: usize>(raw: &[S], row: usize, put: &mut [f32]) {
    let pixels = raw.chunks_exact(CHANNELS).skip(row * put.len());
    for (out, pixel) in put.iter_mut().zip(pixels) {
        if let [red, green, blue, ..] = pixel {
            *out = 0.299 * red.level() + 0.587 * green.level() + 0.114 * blue.level();
        }
    }
}
