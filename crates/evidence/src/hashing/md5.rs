//! MD5 of many streams side by side (RFC 1321).
//!
//! Plain Rust: the loop over the lanes is the outer one and its body has no branch, so that the
//! compiler turns it into vector instructions of whatever set the caller is compiled for.

use super::kernel::Words;
use std::array;

/// The state before the first block (RFC 1321, 3.3).
pub const START: [u32; 4] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];

/// The sine table of RFC 1321, 3.4.
#[rustfmt::skip]
const SINES: [u32; 64] = [
    0xd76a_a478, 0xe8c7_b756, 0x2420_70db, 0xc1bd_ceee,
    0xf57c_0faf, 0x4787_c62a, 0xa830_4613, 0xfd46_9501,
    0x6980_98d8, 0x8b44_f7af, 0xffff_5bb1, 0x895c_d7be,
    0x6b90_1122, 0xfd98_7193, 0xa679_438e, 0x49b4_0821,
    0xf61e_2562, 0xc040_b340, 0x265e_5a51, 0xe9b6_c7aa,
    0xd62f_105d, 0x0244_1453, 0xd8a1_e681, 0xe7d3_fbc8,
    0x21e1_cde6, 0xc337_07d6, 0xf4d5_0d87, 0x455a_14ed,
    0xa9e3_e905, 0xfcef_a3f8, 0x676f_02d9, 0x8d2a_4c8a,
    0xfffa_3942, 0x8771_f681, 0x6d9d_6122, 0xfde5_380c,
    0xa4be_ea44, 0x4bde_cfa9, 0xf6bb_4b60, 0xbebf_bc70,
    0x289b_7ec6, 0xeaa1_27fa, 0xd4ef_3085, 0x0488_1d05,
    0xd9d4_d039, 0xe6db_99e5, 0x1fa2_7cf8, 0xc4ac_5665,
    0xf429_2244, 0x432a_ff97, 0xab94_23a7, 0xfc93_a039,
    0x655b_59c3, 0x8f0c_cc92, 0xffef_f47d, 0x8584_5dd1,
    0x6fa8_7e4f, 0xfe2c_e6e0, 0xa301_4314, 0x4e08_11a1,
    0xf753_7e82, 0xbd3a_f235, 0x2ad7_d2bb, 0xeb86_d391,
];

/// Adds one block of each lane. There are `N = WIDTH * CHAINS` lanes: each step of MD5 waits for
/// the one before, and a second chain of vectors fills that wait.
#[inline(always)]
pub fn compress<const N: usize, const WIDTH: usize, const CHAINS: usize>(
    state: &mut [[u32; N]; 4],
    words: &Words<N>,
) {
    const { assert!(N == WIDTH * CHAINS) };
    for lane in 0..WIDTH {
        let [a, b, c, d] = array::from_fn(|part| pick::<N, WIDTH, CHAINS>(&state[part], lane));
        let mut now = Steps { a, b, c, d };
        macro_rules! round {
            ($first:literal, $mix:expr, $by:literal, $from:literal, $turns:expr) => {
                round!($first, $mix, $by, $from, $turns; 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)
            };
            ($first:literal, $mix:expr, $by:literal, $from:literal,
             $turns:expr; $($j:literal)*) => {$(
                let word = pick::<N, WIDTH, CHAINS>(&words[($j * $by + $from) % 16], lane);
                now.step(word, SINES[$first + $j], $turns[$j % 4], $mix);
            )*};
        }
        round!(0, |b, c, d| d ^ (b & (c ^ d)), 1, 0, [7, 12, 17, 22]);
        // A sum instead of an "or": its halves share no bit, and one of them is ready a step early.
        round!(16, |b, c, d| (c & !d).wrapping_add(b & d), 5, 1, [5, 9, 14, 20]);
        round!(32, |b, c, d| b ^ c ^ d, 3, 5, [4, 11, 16, 23]);
        round!(48, |b, c, d| c ^ (b | !d), 7, 0, [6, 10, 15, 21]);
        for (part, sums) in state.iter_mut().zip([now.a, now.b, now.c, now.d]) {
            for (chain, sum) in sums.into_iter().enumerate() {
                let at = chain * WIDTH + lane;
                part[at] = part[at].wrapping_add(sum);
            }
        }
    }
}

#[inline(always)]
fn pick<const N: usize, const WIDTH: usize, const CHAINS: usize>(
    row: &[u32; N],
    lane: usize,
) -> [u32; CHAINS] {
    array::from_fn(|chain| row[chain * WIDTH + lane])
}

struct Steps<const CHAINS: usize> {
    a: [u32; CHAINS],
    b: [u32; CHAINS],
    c: [u32; CHAINS],
    d: [u32; CHAINS],
}

impl<const CHAINS: usize> Steps<CHAINS> {
    #[inline(always)]
    fn step(
        &mut self,
        word: [u32; CHAINS],
        sine: u32,
        turn: u32,
        mix: impl Fn(u32, u32, u32) -> u32,
    ) {
        let Self { a, b, c, d } = *self;
        let next = array::from_fn(|n| {
            let sum = a[n].wrapping_add(word[n].wrapping_add(sine));
            b[n].wrapping_add(sum.wrapping_add(mix(b[n], c[n], d[n])).rotate_left(turn))
        });
        *self = Self { a: d, b: next, c: b, d: c };
    }
}
