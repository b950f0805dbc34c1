//! Abstract scenes: a sky, hills and blurred blobs under photo-like grain. They show nothing.
//!
//! A scene follows from its number alone. A `shift` moves its parts a little, as a second exposure
//! of the same view would; scenes of one number and several shifts make a series that a person
//! sees as one place and that the perceptual hash does not confuse.
//!
//! To add a kind of element: give `Scene` its parameters, draw it in `shade`.

use crate::rng::Stream;
use std::f32::consts::TAU;

const GRAIN_SIDE: usize = 256;

/// Red, green and blue of one pixel after another, row by row.
pub(crate) struct Raster {
    /// Pixels in a row.
    pub(crate) width: u32,
    /// Rows.
    pub(crate) height: u32,
    /// Three bytes a pixel.
    pub(crate) rgb: Vec<u8>,
}

/// The grain of all pictures of a world, as of one kind of film; each scene starts elsewhere in it.
pub(crate) struct Grain(Vec<f32>);

impl Grain {
    /// The grain of the world `seed`.
    pub(crate) fn new(seed: u64) -> Self {
        let bytes = Stream::new(seed, "grain", 0).blob(GRAIN_SIDE * GRAIN_SIDE);
        Self(bytes.into_iter().map(|byte| f32::from(byte) / 48.0 - 2.7).collect())
    }

    fn row(&self, y: usize) -> impl Iterator<Item = &f32> + Clone {
        let start = (y % GRAIN_SIDE) * GRAIN_SIDE;
        self.0.get(start..start + GRAIN_SIDE).unwrap_or(&[]).iter()
    }
}

/// Which view: a scene of the world and how far it moved.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View {
    /// The world.
    pub(crate) seed: u64,
    /// The scene.
    pub(crate) scene: u64,
    /// 0 for the scene itself, other numbers for later looks at it.
    pub(crate) shift: u32,
}

/// Paints a view at the size asked for.
pub(crate) fn paint(view: View, grain: &Grain, (width, height): (u32, u32)) -> Raster {
    let scene = Scene::new(view.seed, view.scene, view.shift);
    let half = width.div_ceil(2);
    let columns: Vec<[f32; RIDGES]> =
        (0..half).map(|x| scene.ridges(x as f32 / half as f32)).collect();
    let waves: Vec<[f32; SWELLS]> =
        (0..half).map(|x| scene.waves(x as f32 / half as f32)).collect();
    let mut light = vec![[0.0; 3]; half as usize];
    let mut rgb = Vec::with_capacity((width * height * 3) as usize);
    for y in 0..height {
        // Light changes slowly: one sample for 2 by 2 pixels, grain for each of them.
        if y % 2 == 0 {
            let v = y as f32 / height as f32;
            scene.ground(v, &columns, &mut light);
            scene.blobs(v, &mut light);
            scene.swells(v, &waves, &mut light);
        }
        scene.develop(grain, y as usize, width as usize, &light, &mut rgb);
    }
    Raster { width, height, rgb }
}

const RIDGES: usize = 3;
const BLOBS: usize = 9;
const SWELLS: usize = 4;

#[derive(Clone, Copy, Default)]
struct Blob {
    x: f32,
    y: f32,
    radius_x: f32,
    radius_y: f32,
    colour: [f32; 3],
}

#[derive(Clone, Copy, Default)]
struct Ridge {
    level: f32,
    waves: [[f32; 3]; 3],
    colour: [f32; 3],
}

/// A pattern of light and shade, as of waves or fields: the product of a wave along each axis.
#[derive(Clone, Copy, Default)]
struct Swell {
    across: [f32; 2],
    down: [f32; 2],
    strength: f32,
}

struct Scene {
    sky: [[f32; 3]; 2],
    ridges: [Ridge; RIDGES],
    blobs: [Blob; BLOBS],
    swells: [Swell; SWELLS],
    /// Column and row of the grain at which the picture starts.
    grain: [usize; 2],
}

impl Scene {
    fn new(seed: u64, number: u64, shift: u32) -> Self {
        let mut stream = Stream::new(seed, "scene", number);
        let mut scene = Self {
            sky: [colour(&mut stream, 90.0, 250.0), colour(&mut stream, 60.0, 220.0)],
            ridges: [Ridge::default(); RIDGES],
            blobs: [Blob::default(); BLOBS],
            swells: [Swell::default(); SWELLS],
            grain: [0; 2].map(|_| stream.below(GRAIN_SIDE as u64) as usize),
        };
        for (index, ridge) in scene.ridges.iter_mut().enumerate() {
            *ridge = ridge_of(&mut stream, 0.4 + 0.2 * index as f32);
        }
        for blob in &mut scene.blobs {
            *blob = blob_of(&mut stream);
        }
        for swell in &mut scene.swells {
            *swell = swell_of(&mut stream);
        }
        if shift > 0 {
            scene.sway(&mut Stream::new(seed ^ number, "shift", u64::from(shift)));
        }
        scene
    }

    /// Moves every part a little, as if seen a moment later from one step aside.
    fn sway(&mut self, stream: &mut Stream) {
        for ridge in &mut self.ridges {
            ridge.level += stream.span(-0.015, 0.015);
            for wave in &mut ridge.waves {
                wave[2] += stream.span(-0.2, 0.2);
            }
        }
        for blob in &mut self.blobs {
            blob.x += stream.span(-0.02, 0.02);
            blob.y += stream.span(-0.02, 0.02);
        }
        for swell in &mut self.swells {
            swell.across[1] += stream.span(-0.2, 0.2);
        }
    }

    fn ridges(&self, u: f32) -> [f32; RIDGES] {
        self.ridges.map(|ridge| {
            let sum: f32 = ridge.waves.iter().map(|[f, a, p]| a * (f * u + p).sin()).sum();
            ridge.level + sum
        })
    }

    fn ground(&self, v: f32, columns: &[[f32; RIDGES]], light: &mut [[f32; 3]]) {
        let sky = mix(self.sky[0], self.sky[1], v);
        for (pixel, column) in light.iter_mut().zip(columns) {
            *pixel = sky;
            for (ridge, level) in self.ridges.iter().zip(column) {
                let depth = ((v - level) * 60.0).clamp(0.0, 1.0);
                *pixel = mix(*pixel, ridge.colour, depth);
            }
        }
    }

    fn blobs(&self, v: f32, light: &mut [[f32; 3]]) {
        let width = light.len() as f32;
        for blob in &self.blobs {
            let rise = ((v - blob.y) / blob.radius_y).powi(2);
            if rise >= 1.0 {
                continue;
            }
            let reach = blob.radius_x * (1.0 - rise).sqrt();
            let from = ((blob.x - reach).max(0.0) * width) as usize;
            let to = (((blob.x + reach).max(0.0) * width) as usize).min(light.len());
            for x in from..to {
                let run = (x as f32 / width - blob.x) / blob.radius_x;
                let cover = (1.0 - rise - run * run).max(0.0);
                if let Some(pixel) = light.get_mut(x) {
                    *pixel = mix(*pixel, blob.colour, (cover * 1.6).min(0.9));
                }
            }
        }
    }

    fn swells(&self, v: f32, waves: &[[f32; SWELLS]], light: &mut [[f32; 3]]) {
        let rows =
            self.swells.map(|swell| swell.strength * (swell.down[0] * v + swell.down[1]).sin());
        for (pixel, wave) in light.iter_mut().zip(waves) {
            let shade: f32 = wave.iter().zip(rows).map(|(wave, row)| wave * row).sum();
            *pixel = pixel.map(|channel| channel + shade);
        }
    }

    fn waves(&self, u: f32) -> [f32; SWELLS] {
        self.swells.map(|swell| (swell.across[0] * u + swell.across[1]).sin())
    }

    fn develop(
        &self,
        grain: &Grain,
        y: usize,
        width: usize,
        light: &[[f32; 3]],
        rgb: &mut Vec<u8>,
    ) {
        let row = grain.row(y + self.grain[1]).cycle().skip(self.grain[0]);
        let pixels = light.iter().flat_map(|pixel| [pixel, pixel]).take(width);
        for (pixel, grain) in pixels.zip(row) {
            rgb.extend(pixel.map(|channel| (channel + grain) as u8));
        }
    }
}

fn colour(stream: &mut Stream, low: f32, high: f32) -> [f32; 3] {
    std::array::from_fn(|_| stream.span(low, high))
}

fn ridge_of(stream: &mut Stream, level: f32) -> Ridge {
    let mut wave = |frequency: f32, height: f32| {
        [stream.span(0.6, 1.4) * frequency, stream.span(0.3, 1.0) * height, stream.span(0.0, TAU)]
    };
    let waves = [wave(5.0, 0.10), wave(13.0, 0.05), wave(31.0, 0.02)];
    let level = level + stream.span(-0.1, 0.1);
    Ridge { level, waves, colour: colour(stream, 10.0, 200.0) }
}

fn blob_of(stream: &mut Stream) -> Blob {
    Blob {
        x: stream.fraction(),
        y: stream.fraction(),
        radius_x: stream.span(0.04, 0.22),
        radius_y: stream.span(0.04, 0.22),
        colour: colour(stream, 5.0, 250.0),
    }
}

fn swell_of(stream: &mut Stream) -> Swell {
    let mut wave = || [stream.span(8.0, 45.0), stream.span(0.0, TAU)];
    let (across, down) = (wave(), wave());
    Swell { across, down, strength: stream.span(18.0, 32.0) }
}

fn mix(from: [f32; 3], to: [f32; 3], share: f32) -> [f32; 3] {
    std::array::from_fn(|channel| from[channel] + (to[channel] - from[channel]) * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scene_follows_from_its_number_and_shift() {
        let grain = Grain::new(5);
        let pixels = |scene, shift| paint(View { seed: 5, scene, shift }, &grain, (64, 48)).rgb;
        assert_eq!(pixels(1, 0), pixels(1, 0));
        assert_ne!(pixels(1, 0), pixels(1, 1));
        assert_ne!(pixels(1, 0), pixels(2, 0));
        assert_eq!(pixels(1, 0).len(), 64 * 48 * 3);
    }
}
