//! A small JPEG encoder for tests: any sampling of the colours, in one go or scan by scan.
//!
//! One quantisation table and flat Huffman codes serve all components; files are large and valid.
//! Source: ITU-T T.81 (09/92), A (transform), B (segments), F and G (codes).

use image::RgbImage;
use std::f32::consts::PI;

/// How the file is laid out.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// Pixels that share a colour, across and down.
    pub shared: (usize, usize),
    /// Scan by scan.
    pub progressive: bool,
}

/// One component: its blocks in zigzag order, row by row.
struct Plane {
    across: usize,
    /// Blocks that hold pixels, across and down; the rest is padding.
    filled: (usize, usize),
    factors: (usize, usize),
    blocks: Vec<[i32; 64]>,
}

/// Encodes at a quality of 1 to 100.
pub fn encode(picture: &RgbImage, quality: u32, layout: Layout) -> Vec<u8> {
    let table = table(quality);
    let (h, v) = layout.shared;
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let mcus = (width.div_ceil(8 * h), height.div_ceil(8 * v));
    let planes: Vec<Plane> = (0..3)
        .map(|channel| {
            let (shared, factors) = if channel == 0 { ((1, 1), (h, v)) } else { ((h, v), (1, 1)) };
            let size = (width.div_ceil(shared.0), height.div_ceil(shared.1));
            let (across, down) = (mcus.0 * factors.0, mcus.1 * factors.1);
            let at = |x, y| level(picture, channel, shared, (x, y), size);
            let blocks = (0..across * down)
                .map(|n| block((n % across * 8, n / across * 8), &at, &table))
                .collect();
            Plane { across, filled: (size.0.div_ceil(8), size.1.div_ceil(8)), factors, blocks }
        })
        .collect();
    let mut out = vec![0xff, 0xd8];
    headers(&mut out, (width, height), &planes, &table, layout.progressive);
    if layout.progressive {
        scan(&mut out, &[0, 1, 2], (0, 0), interleaved(&planes, mcus, 0, 1));
        for (number, plane) in planes.iter().enumerate() {
            let order = (0..plane.filled.1)
                .flat_map(|y| (0..plane.filled.0).map(move |x| y * plane.across + x));
            let mut bits = Bits::default();
            order.for_each(|at| ac(&mut bits, &plane.blocks[at]));
            scan(&mut out, &[number], (1, 63), bits.finish());
        }
    } else {
        scan(&mut out, &[0, 1, 2], (0, 63), interleaved(&planes, mcus, 0, 64));
    }
    out.extend([0xff, 0xd9]);
    out
}

fn level(
    picture: &RgbImage,
    channel: usize,
    (h, v): (usize, usize),
    (x, y): (usize, usize),
    (width, height): (usize, usize),
) -> f32 {
    let (x, y) = (x.min(width - 1), y.min(height - 1));
    let mut sum = 0.0;
    for (dx, dy) in (0..v).flat_map(|dy| (0..h).map(move |dx| (dx, dy))) {
        let column = (x * h + dx).min(picture.width() as usize - 1);
        let row = (y * v + dy).min(picture.height() as usize - 1);
        let [r, g, b] = picture.get_pixel(column as u32, row as u32).0.map(f32::from);
        sum += match channel {
            0 => 0.299 * r + 0.587 * g + 0.114 * b - 128.0,
            1 => -0.168_736 * r - 0.331_264 * g + 0.5 * b,
            _ => 0.5 * r - 0.418_688 * g - 0.081_312 * b,
        };
    }
    sum / (h * v) as f32
}

fn block(corner: (usize, usize), at: &impl Fn(usize, usize) -> f32, table: &[u8; 64]) -> [i32; 64] {
    let wave = |x: usize, u: usize| ((2 * x + 1) as f32 * u as f32 * PI / 16.0).cos();
    let scale = |u: usize| if u == 0 { 0.5f32.sqrt() } else { 1.0 };
    let mut rows = [[0.0f32; 8]; 8];
    for (y, row) in rows.iter_mut().enumerate() {
        let levels: Vec<f32> = (0..8).map(|x| at(corner.0 + x, corner.1 + y)).collect();
        for (u, cell) in row.iter_mut().enumerate() {
            *cell = levels.iter().enumerate().map(|(x, level)| level * wave(x, u)).sum();
        }
    }
    let mut out = [0; 64];
    for (cell, (place, step)) in out.iter_mut().zip(zigzag().iter().zip(table)) {
        let (u, v) = (place % 8, place / 8);
        let sum: f32 = rows.iter().enumerate().map(|(y, row)| row[u] * wave(y, v)).sum();
        *cell = (sum * scale(u) * scale(v) / 4.0 / f32::from(*step)).round() as i32;
    }
    out
}

fn zigzag() -> Vec<usize> {
    let mut places: Vec<usize> = (0..64).collect();
    places.sort_by_key(|place| {
        let (x, y) = (place % 8, place / 8);
        (x + y, if (x + y) % 2 == 0 { x } else { y })
    });
    places
}

/// Coarser for finer detail, as the tables of T.81, K.1 are; scaled as usual.
fn table(quality: u32) -> [u8; 64] {
    let scale = if quality < 50 { 5_000 / quality } else { 200 - quality * 2 };
    let mut table = [0; 64];
    for (cell, place) in table.iter_mut().zip(zigzag()) {
        let base = 12 + 6 * (place % 8 + place / 8) as u32;
        *cell = ((base * scale + 50) / 100).clamp(1, 255) as u8;
    }
    table
}

fn segment(out: &mut Vec<u8>, marker: u8, body: &[u8]) {
    out.extend([0xff, marker]);
    out.extend((body.len() as u16 + 2).to_be_bytes());
    out.extend(body);
}

fn headers(
    out: &mut Vec<u8>,
    (width, height): (usize, usize),
    planes: &[Plane],
    table: &[u8; 64],
    progressive: bool,
) {
    segment(out, 0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    segment(out, 0xdb, &[&[0], table.as_slice()].concat());
    let mut frame = vec![8];
    frame.extend((height as u16).to_be_bytes());
    frame.extend((width as u16).to_be_bytes());
    frame.push(3);
    for (number, plane) in (1..).zip(planes) {
        frame.extend([number, (plane.factors.0 << 4 | plane.factors.1) as u8, 0]);
    }
    segment(out, if progressive { 0xc2 } else { 0xc0 }, &frame);
    let huffman = |class: u8, bits: usize, symbols: &[u8]| {
        let mut counts = [0; 16];
        counts[bits - 1] = symbols.len() as u8;
        [&[class << 4], counts.as_slice(), symbols].concat()
    };
    segment(out, 0xc4, &huffman(0, 4, &(0..12).collect::<Vec<u8>>()));
    segment(out, 0xc4, &huffman(1, 9, &symbols()));
}

/// End of block, sixteen zeros, and every pair of a run and a size.
fn symbols() -> Vec<u8> {
    let pairs = (0..16).flat_map(|run| (1..=10).map(move |size| run << 4 | size));
    [0x00, 0xf0].into_iter().chain(pairs).collect()
}

fn scan(out: &mut Vec<u8>, components: &[usize], (from, to): (u8, u8), data: Vec<u8>) {
    let mut head = vec![components.len() as u8];
    components.iter().for_each(|number| head.extend([*number as u8 + 1, 0]));
    head.extend([from, to, 0]);
    segment(out, 0xda, &head);
    out.extend(data);
}

/// All components block by block; only direct currents when `to` is 1.
fn interleaved(planes: &[Plane], mcus: (usize, usize), from: usize, to: usize) -> Vec<u8> {
    let mut bits = Bits::default();
    let mut before = [0; 3];
    for (mx, my) in (0..mcus.1).flat_map(|y| (0..mcus.0).map(move |x| (x, y))) {
        for (plane, before) in planes.iter().zip(&mut before) {
            let (h, v) = plane.factors;
            for (x, y) in (0..v).flat_map(|y| (0..h).map(move |x| (x, y))) {
                let block = &plane.blocks[(my * v + y) * plane.across + mx * h + x];
                let size = bits.magnitude(block[from] - *before, |bits, size| bits.put(size, 4));
                assert!(size <= 11);
                *before = block[from];
                if to > 1 {
                    ac(&mut bits, block);
                }
            }
        }
    }
    bits.finish()
}

fn ac(bits: &mut Bits, block: &[i32; 64]) {
    let code = |bits: &mut Bits, symbol: u8| {
        let index = symbols().iter().position(|known| *known == symbol).unwrap();
        bits.put(index as u32, 9);
    };
    let mut run = 0;
    for value in &block[1..] {
        if *value == 0 {
            run += 1;
            continue;
        }
        while run > 15 {
            code(bits, 0xf0);
            run -= 16;
        }
        bits.magnitude(*value, |bits, size| code(bits, (run << 4) as u8 | size as u8));
        run = 0;
    }
    if run > 0 {
        code(bits, 0);
    }
}

#[derive(Default)]
struct Bits {
    out: Vec<u8>,
    held: u32,
    count: u32,
}

impl Bits {
    fn put(&mut self, value: u32, count: u32) {
        for at in (0..count).rev() {
            self.held = self.held << 1 | (value >> at & 1);
            self.count += 1;
            if self.count == 8 {
                self.out.push(self.held as u8);
                if self.held as u8 == 0xff {
                    self.out.push(0);
                }
                (self.held, self.count) = (0, 0);
            }
        }
    }

    /// The code for the number's size, then its bits.
    fn magnitude(&mut self, value: i32, code: impl Fn(&mut Self, u32)) -> u32 {
        let size = 32 - value.unsigned_abs().leading_zeros();
        code(self, size);
        let bits = if value < 0 { value - 1 } else { value } as u32;
        self.put(bits & ((1 << size) - 1), size);
        size
    }

    fn finish(mut self) -> Vec<u8> {
        while self.count != 0 {
            self.put(1, 1);
        }
        self.out
    }
}
