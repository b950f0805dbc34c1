//! Two passes of a box blur along rows and columns (a tent filter), then 64 samples each way.
//!
//! The picture streams through: eight rows at a time, of which only as many as the window is high
//! are kept. The running sums add and subtract in the order of Meta's source
//! (`pdq/cpp/downscaling/downscaling.cpp`); that makes the result equal to the bit, and eight rows
//! side by side hide the latency of those chained additions.

use super::{SIDE, Small};

/// Rows that are blurred side by side.
const LANES: usize = 8;

type Lanes = [f32; LANES];

/// Blurs and decimates a picture to 64 x 64. `fill(row, out)` writes one row of brightness.
pub fn shrink(width: usize, height: usize, fill: impl Fn(usize, &mut [f32])) -> Small {
    let columns: Vec<usize> = (0..SIDE).map(|at| centre(at, width)).collect();
    let mut across = RowBlur::new(width);
    let mut again = RowBlur::new(width);
    let mut down = ColumnBlur::new(width, height);
    let mut sampled = ColumnBlur::new(SIDE, height);
    let mut out = Decimated { small: [[0.0; SIDE]; SIDE], height, row: 0 };
    let mut second = |row: Option<&[f32]>| {
        let full = match row {
            Some(row) => again.push(row),
            None => again.pad(),
        };
        if full {
            again.blur();
            for lane in 0..again.take() {
                sampled.push(&again.samples(lane, &columns), |row| out.put(row));
            }
        }
    };
    let mut line = vec![0.0; width];
    for row in 0..height {
        fill(row, &mut line);
        if across.push(&line) || row + 1 == height {
            across.blur();
            for lane in 0..across.take() {
                across.row(lane, &mut line);
                down.push(&line, |row| second(Some(row)));
            }
        }
    }
    down.finish(|row| second(Some(row)));
    second(None);
    sampled.finish(|row| out.put(row));
    out.small
}

/// The sample that stands for cell `at` of 64: the centre of its share.
fn centre(at: usize, length: usize) -> usize {
    ((at * 2 + 1) * length) / (SIDE * 2)
}

/// Width of the box for a side of this many pixels.
fn window(length: usize) -> usize {
    length.div_ceil(2 * SIDE)
}

/// Blurs up to eight rows along their length.
struct RowBlur {
    input: Vec<Lanes>,
    output: Vec<Lanes>,
    filled: usize,
}

impl RowBlur {
    fn new(width: usize) -> Self {
        Self { input: vec![[0.0; LANES]; width], output: vec![[0.0; LANES]; width], filled: 0 }
    }

    /// Adds a row; true when eight are there.
    fn push(&mut self, row: &[f32]) -> bool {
        let lane = self.filled;
        for (cell, value) in self.input.iter_mut().zip(row) {
            if let Some(slot) = cell.get_mut(lane) {
                *slot = *value;
            }
        }
        self.filled += 1;
        self.filled == LANES
    }

    /// Whether rows are waiting that no more will join.
    fn pad(&mut self) -> bool {
        self.filled > 0
    }

    /// How many rows are ready; empties the input.
    fn take(&mut self) -> usize {
        std::mem::take(&mut self.filled)
    }

    fn row(&self, lane: usize, out: &mut [f32]) {
        for (cell, value) in out.iter_mut().zip(&self.output) {
            *cell = value.get(lane).copied().unwrap_or_default();
        }
    }

    fn samples(&self, lane: usize, columns: &[usize]) -> [f32; SIDE] {
        let mut out = [0.0; SIDE];
        for (cell, column) in out.iter_mut().zip(columns) {
            let value = self.output.get(*column).and_then(|lanes| lanes.get(lane));
            *cell = value.copied().unwrap_or_default();
        }
        out
    }

    /// The four phases of the reference: gather, grow, slide, shrink.
    fn blur(&mut self) {
        let full = window(self.input.len());
        let ahead = full / 2;
        let mut sum = [0.0; LANES];
        let mut count = 0.0;
        for value in self.input.iter().take(ahead) {
            add(&mut sum, value);
            count += 1.0;
        }
        let mut out = self.output.iter_mut();
        for (value, cell) in self.input.iter().take(full).skip(ahead).zip(&mut out) {
            add(&mut sum, value);
            count += 1.0;
            *cell = sum.map(|s| s / count);
        }
        let mut out = out.into_slice().iter_mut();
        let leaving = self.input.iter();
        for ((value, gone), cell) in self.input.iter().skip(full).zip(leaving).zip(&mut out) {
            add(&mut sum, value);
            subtract(&mut sum, gone);
            *cell = sum.map(|s| s / count);
        }
        let last = self.input.iter().skip(self.input.len().saturating_sub(full));
        for (gone, cell) in last.zip(out) {
            subtract(&mut sum, gone);
            count -= 1.0;
            *cell = sum.map(|s| s / count);
        }
    }
}

fn add(sum: &mut Lanes, value: &Lanes) {
    for (s, v) in sum.iter_mut().zip(value) {
        *s += v;
    }
}

fn subtract(sum: &mut Lanes, value: &Lanes) {
    for (s, v) in sum.iter_mut().zip(value) {
        *s -= v;
    }
}

/// Blurs along columns while rows stream in; keeps the rows inside the window.
struct ColumnBlur {
    full: usize,
    ahead: usize,
    sum: Vec<f32>,
    /// Row r lies in slot r modulo the window.
    kept: Vec<Vec<f32>>,
    line: Vec<f32>,
    seen: usize,
}

impl ColumnBlur {
    fn new(width: usize, height: usize) -> Self {
        let full = window(height);
        let zeros = || vec![0.0; width];
        let ahead = full / 2;
        let kept = (0..full).map(|_| zeros()).collect();
        Self { full, ahead, sum: zeros(), kept, line: zeros(), seen: 0 }
    }

    fn push(&mut self, row: &[f32], mut emit: impl FnMut(&[f32])) {
        let slot = self.seen % self.full.max(1);
        let Some(kept) = self.kept.get_mut(slot) else { return };
        if self.seen < self.full {
            for (sum, value) in self.sum.iter_mut().zip(row) {
                *sum += value;
            }
        } else {
            for ((sum, value), gone) in self.sum.iter_mut().zip(row).zip(kept.iter()) {
                *sum += value;
                *sum -= gone;
            }
        }
        kept.copy_from_slice(row);
        self.seen += 1;
        if self.seen > self.ahead {
            self.divide(self.seen.min(self.full));
            emit(&self.line);
        }
    }

    /// The last rows, whose window hangs over the edge.
    fn finish(&mut self, mut emit: impl FnMut(&[f32])) {
        for gone in 0..self.ahead {
            let slot = (self.seen + gone) % self.full.max(1);
            let Some(kept) = self.kept.get(slot) else { return };
            for (sum, value) in self.sum.iter_mut().zip(kept) {
                *sum -= value;
            }
            self.divide(self.full - 1 - gone);
            emit(&self.line);
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a window is a 128th of a side")]
    fn divide(&mut self, count: usize) {
        let count = count as f32;
        for (cell, sum) in self.line.iter_mut().zip(&self.sum) {
            *cell = sum / count;
        }
    }
}

/// Keeps the 64 rows that stand for their share of the height.
struct Decimated {
    small: Small,
    height: usize,
    row: usize,
}

impl Decimated {
    fn put(&mut self, row: &[f32]) {
        for (at, cells) in self.small.iter_mut().enumerate() {
            if centre(at, self.height) == self.row {
                for (cell, value) in cells.iter_mut().zip(row) {
                    *cell = *value;
                }
            }
        }
        self.row += 1;
    }
}
