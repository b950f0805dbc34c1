//! SHA-1 of many streams side by side (FIPS 180-4, 6.1). Plain Rust, shaped as in `md5.rs`.

use super::kernel::Words;
use std::array;

/// The state before the first block (FIPS 180-4, 5.3.1).
pub const START: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];

/// Adds one block of each lane.
#[inline(always)]
pub fn compress<const N: usize>(state: &mut [[u32; N]; 5], words: &Words<N>) {
    for lane in 0..N {
        let mut parts: [u32; 5] = array::from_fn(|part| state[part][lane]);
        let mut schedule: [u32; 16] = array::from_fn(|at| words[at][lane].swap_bytes());
        macro_rules! round {
            ($first:literal, $constant:literal, $mix:expr) => {
                round!($first, $constant, $mix;
                    0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19)
            };
            ($first:literal, $constant:literal, $mix:expr; $($j:literal)*) => {$(
                let word = next_word(&mut schedule, $first + $j);
                parts = step(parts, word.wrapping_add($constant), $mix);
            )*};
        }
        round!(0, 0x5a82_7999, |b, c, d| d ^ (b & (c ^ d)));
        round!(20, 0x6ed9_eba1, |b, c, d| b ^ c ^ d);
        round!(40, 0x8f1b_bcdc, |b, c, d| (b & c) | (d & (b | c)));
        round!(60, 0xca62_c1d6, |b, c, d| b ^ c ^ d);
        for (row, part) in state.iter_mut().zip(parts) {
            row[lane] = row[lane].wrapping_add(part);
        }
    }
}

/// Word number `at` of the message schedule, of which the last sixteen are kept.
#[inline(always)]
fn next_word(schedule: &mut [u32; 16], at: usize) -> u32 {
    let word = |back: usize| schedule[(at + 16 - back) % 16];
    if at >= 16 {
        schedule[at % 16] = (word(3) ^ word(8) ^ word(14) ^ word(16)).rotate_left(1);
    }
    schedule[at % 16]
}

#[inline(always)]
fn step(parts: [u32; 5], word: u32, mix: impl Fn(u32, u32, u32) -> u32) -> [u32; 5] {
    let [a, b, c, d, e] = parts;
    let sum = e.wrapping_add(word).wrapping_add(mix(b, c, d)).wrapping_add(a.rotate_left(5));
    [sum, a, b.rotate_left(30), c, d]
}
