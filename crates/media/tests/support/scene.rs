//! Abstract pictures that behave like photographs: light that changes slowly, noise of several
//! octaves, a few hard-edged shapes, grain. All from a seed.

use image::{Rgb, RgbImage};

/// A small generator; its numbers need only look random.
pub struct Numbers(u64);

impl Numbers {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    /// The next number, 0 to 1.
    pub fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed >> 40) as f32) / ((1u64 << 24) as f32)
    }
}

/// A lattice of random colours that is interpolated smoothly.
struct Octave {
    cells: usize,
    weight: f32,
    values: Vec<[f32; 3]>,
}

impl Octave {
    fn new(cells: usize, weight: f32, numbers: &mut Numbers) -> Self {
        let side = cells + 2;
        let mut value = || numbers.next() - 0.5;
        let values = (0..side * side).map(|_| {
            let (light, tint) = (value(), [value(), value(), value()]);
            tint.map(|tint| light * 1.4 + tint * 0.6)
        });
        Self { cells, weight, values: values.collect() }
    }

    fn at(&self, u: f32, v: f32) -> [f32; 3] {
        let (x, y) = (u * self.cells as f32, v * self.cells as f32);
        let (column, row) = (x as usize, y as usize);
        let smooth = |t: f32| t * t * (3.0 - 2.0 * t);
        let (s, t) = (smooth(x.fract()), smooth(y.fract()));
        let side = self.cells + 2;
        let corner = |dx: usize, dy: usize| self.values[(row + dy) * side + column + dx];
        let (a, b, c, d) = (corner(0, 0), corner(1, 0), corner(0, 1), corner(1, 1));
        let mut out = [0.0; 3];
        for (channel, cell) in out.iter_mut().enumerate() {
            let top = a[channel] + (b[channel] - a[channel]) * s;
            let bottom = c[channel] + (d[channel] - c[channel]) * s;
            *cell = (top + (bottom - top) * t) * self.weight;
        }
        out
    }
}

/// Centre, half width, half height, roundness, colour.
struct Shape([f32; 4], bool, [f32; 3]);

impl Shape {
    fn covers(&self, u: f32, v: f32) -> bool {
        let [x, y, width, height] = self.0;
        let (dx, dy) = ((u - x).abs() / width, (v - y).abs() / height);
        if self.1 { dx * dx + dy * dy < 1.0 } else { dx.max(dy) < 1.0 }
    }
}

/// The picture of a seed.
pub fn scene(seed: u64, width: u32, height: u32) -> RgbImage {
    let mut numbers = Numbers::new(seed);
    let weights = [150.0, 110.0, 80.0, 50.0, 30.0, 18.0];
    let octaves: Vec<Octave> =
        weights.iter().zip(1..).map(|(w, n)| Octave::new(1 << n, *w, &mut numbers)).collect();
    let count = 3 + (numbers.next() * 10.0) as usize;
    let shapes: Vec<Shape> = (0..count)
        .map(|_| {
            let mut next = || numbers.next();
            let place = [next(), next(), 0.02 + next() * 0.2, 0.02 + next() * 0.2];
            Shape(place, next() < 0.5, [next() * 255.0, next() * 255.0, next() * 255.0])
        })
        .collect();
    let (base, grain) = (70.0 + numbers.next() * 110.0, numbers.next() * 14.0);
    RgbImage::from_fn(width, height, |x, y| {
        let (u, v) = (x as f32 / width as f32, y as f32 / height as f32);
        let mut colour = [base; 3];
        for part in octaves.iter().map(|octave| octave.at(u, v)) {
            colour.iter_mut().zip(part).for_each(|(channel, part)| *channel += part);
        }
        for shape in shapes.iter().filter(|shape| shape.covers(u, v)) {
            colour.iter_mut().zip(shape.2).for_each(|(c, s)| *c = *c * 0.3 + s * 0.7);
        }
        let noise = (numbers.next() - 0.5) * grain;
        Rgb(colour.map(|channel| (channel + noise).clamp(0.0, 255.0) as u8))
    })
}
