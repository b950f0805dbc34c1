//! SHA-256 of two streams in turn with the SHA instructions of x86.
//!
//! Each instruction waits for the one before; the other stream's fill the wait, which gives close
//! to twice the bytes of one stream. Register layout: Intel, "Intel SHA Extensions", 2013.

use super::kernel::Block;
use super::sha256::CONSTANTS;
use std::arch::x86_64::{
    __m128i, _mm_add_epi32 as add, _mm_alignr_epi8, _mm_set_epi32, _mm_set_epi64x,
    _mm_setzero_si128, _mm_sha256msg1_epu32, _mm_sha256msg2_epu32, _mm_sha256rnds2_epu32,
    _mm_shuffle_epi8, _mm_shuffle_epi32,
};

/// Streams in turn.
const PAIR: usize = 2;

/// Adds blocks to two states.
#[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
pub fn sha256_pair(states: &mut [[u32; 8]; PAIR], inputs: &[&[Block]; PAIR], blocks: usize) {
    let mut now = [pack(&states[0]), pack(&states[1])];
    for (one, other) in inputs[0].iter().zip(inputs[1]).take(blocks) {
        let before = now;
        let mut words = [load(one), load(other)];
        macro_rules! four_rounds {
            ($($group:literal)*) => {$(
                for (now, words) in now.iter_mut().zip(&mut words) {
                    if $group >= 4 {
                        words[$group % 4] = schedule(words, $group);
                    }
                    *now = rounds(*now, add(words[$group % 4], constants($group)));
                }
            )*};
        }
        four_rounds!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
        for (now, before) in now.iter_mut().zip(before) {
            *now = [add(now[0], before[0]), add(now[1], before[1])];
        }
    }
    *states = now.map(unpack);
}

/// The instructions want the words of the state as a, b, e, f and c, d, g, h, the first one
/// highest.
#[inline]
#[target_feature(enable = "sse2")]
fn pack(state: &[u32; 8]) -> [__m128i; 2] {
    let [a, b, c, d, e, f, g, h] = state.map(u32::cast_signed);
    [_mm_set_epi32(a, b, e, f), _mm_set_epi32(c, d, g, h)]
}

#[inline]
fn unpack(state: [__m128i; 2]) -> [u32; 8] {
    let [[f, e, b, a], [h, g, d, c]]: [[u32; 4]; 2] = bytemuck::must_cast(state);
    [a, b, c, d, e, f, g, h]
}

/// The sixteen words of a block, four in each register, high byte first.
#[inline]
#[target_feature(enable = "ssse3")]
fn load(block: &Block) -> [__m128i; 4] {
    let swap = _mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203);
    let mut words = [_mm_setzero_si128(); 4];
    for (words, bytes) in words.iter_mut().zip(block.as_chunks::<16>().0) {
        *words = _mm_shuffle_epi8(bytemuck::must_cast(*bytes), swap);
    }
    words
}

/// The next four words of the message schedule, from the last sixteen.
#[inline]
#[target_feature(enable = "sha,ssse3")]
fn schedule(words: &[__m128i; 4], group: usize) -> __m128i {
    let back = |groups: usize| words[(group + 4 - groups) % 4];
    let seven_back = _mm_alignr_epi8::<4>(back(1), back(2));
    _mm_sha256msg2_epu32(add(_mm_sha256msg1_epu32(back(4), back(3)), seven_back), back(1))
}

#[inline]
#[target_feature(enable = "sha,sse2")]
fn rounds([abef, cdgh]: [__m128i; 2], words: __m128i) -> [__m128i; 2] {
    let cdgh = _mm_sha256rnds2_epu32(cdgh, abef, words);
    [_mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32::<0x0e>(words)), cdgh]
}

#[inline]
fn constants(group: usize) -> __m128i {
    let four = CONSTANTS.as_chunks::<4>().0.get(group).copied();
    bytemuck::must_cast(four.unwrap_or_default())
}
