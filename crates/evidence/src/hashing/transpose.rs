//! Reading blocks of many lanes into words with AVX2: squares of eight by eight are turned within
//! registers, four times as fast as word by word.

use super::kernel::{Block, Words};
use std::arch::x86_64::{
    __m256i, _mm256_permute2x128_si256 as halves, _mm256_setzero_si256,
    _mm256_unpackhi_epi32 as high_words, _mm256_unpackhi_epi64 as high_pairs,
    _mm256_unpacklo_epi32 as low_words, _mm256_unpacklo_epi64 as low_pairs,
};

/// Lanes and words of a square.
const SIDE: usize = 8;

/// As [`super::kernel::turn`]; `N` is a multiple of eight.
#[target_feature(enable = "avx2")]
pub fn turn<const N: usize>(inputs: &[&[Block]; N], words: &mut [Words<N>]) {
    const { assert!(N.is_multiple_of(SIDE)) };
    for (at, words) in words.iter_mut().enumerate() {
        for (group, inputs) in inputs.as_chunks::<SIDE>().0.iter().enumerate() {
            for (half, words) in words.as_chunks_mut::<SIDE>().0.iter_mut().enumerate() {
                let square = turn_square(load(inputs, at, half));
                for (row, turned) in words.iter_mut().zip(square) {
                    if let Some(place) = row.as_chunks_mut::<SIDE>().0.get_mut(group) {
                        *place = bytemuck::must_cast(turned);
                    }
                }
            }
        }
    }
}

/// The first or second eight words of block `at` of eight lanes.
#[inline]
#[target_feature(enable = "avx2")]
fn load(inputs: &[&[Block]; SIDE], at: usize, half: usize) -> [__m256i; SIDE] {
    let mut rows = [_mm256_setzero_si256(); SIDE];
    for (row, input) in rows.iter_mut().zip(inputs) {
        let bytes = input.get(at).and_then(|block| block.as_chunks::<32>().0.get(half));
        *row = bytemuck::must_cast(*bytes.unwrap_or(&[0; 32]));
    }
    rows
}

#[inline]
#[target_feature(enable = "avx2")]
fn turn_square([a, b, c, d, e, f, g, h]: [__m256i; SIDE]) -> [__m256i; SIDE] {
    let upper = turn_strip([a, b, c, d]);
    let lower = turn_strip([e, f, g, h]);
    let [r0, r1, r2, r3] = [0, 1, 2, 3].map(|n: usize| (upper[n], lower[n]));
    [
        halves::<0x20>(r0.0, r0.1),
        halves::<0x20>(r1.0, r1.1),
        halves::<0x20>(r2.0, r2.1),
        halves::<0x20>(r3.0, r3.1),
        halves::<0x31>(r0.0, r0.1),
        halves::<0x31>(r1.0, r1.1),
        halves::<0x31>(r2.0, r2.1),
        halves::<0x31>(r3.0, r3.1),
    ]
}

/// Turns four rows within each half of the registers: the n-th result holds word n of all four in
/// its lower half and word n + 4 in its upper half.
#[inline]
#[target_feature(enable = "avx2")]
fn turn_strip([a, b, c, d]: [__m256i; 4]) -> [__m256i; 4] {
    let (ab_low, ab_high) = (low_words(a, b), high_words(a, b));
    let (cd_low, cd_high) = (low_words(c, d), high_words(c, d));
    [
        low_pairs(ab_low, cd_low),
        high_pairs(ab_low, cd_low),
        low_pairs(ab_high, cd_high),
        high_pairs(ab_high, cd_high),
    ]
}
