//! SHA-256 of many streams side by side (FIPS 180-4, 6.2). Plain Rust, shaped as in `md5.rs`.

use super::kernel::Words;
use std::array;

/// The state before the first block (FIPS 180-4, 5.3.3).
#[rustfmt::skip]
pub const START: [u32; 8] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a,
    0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
];

/// The constants of FIPS 180-4, 4.2.2.
#[rustfmt::skip]
pub const CONSTANTS: [u32; 64] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5,
    0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3,
    0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc,
    0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7,
    0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13,
    0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3,
    0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5,
    0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208,
    0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
];

/// Adds one block of each lane.
#[inline(always)]
pub fn compress<const N: usize>(state: &mut [[u32; N]; 8], words: &Words<N>) {
    for lane in 0..N {
        let mut parts: [u32; 8] = array::from_fn(|part| state[part][lane]);
        let mut schedule: [u32; 16] = array::from_fn(|at| words[at][lane].swap_bytes());
        macro_rules! round {
            ($first:literal) => { round!($first; 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15) };
            ($first:literal; $($j:literal)*) => {$(
                let word = next_word(&mut schedule, $first + $j);
                parts = step(parts, word.wrapping_add(CONSTANTS[$first + $j]));
            )*};
        }
        round!(0);
        round!(16);
        round!(32);
        round!(48);
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
        let small = |x: u32, one: u32, two: u32, shift: u32| {
            x.rotate_right(one) ^ x.rotate_right(two) ^ (x >> shift)
        };
        let sum = small(word(2), 17, 19, 10).wrapping_add(small(word(15), 7, 18, 3));
        schedule[at % 16] = sum.wrapping_add(word(7)).wrapping_add(word(16));
    }
    schedule[at % 16]
}

#[inline(always)]
fn step(parts: [u32; 8], word: u32) -> [u32; 8] {
    let [a, b, c, d, e, f, g, h] = parts;
    let big = |x: u32, one: u32, two: u32, three: u32| {
        x.rotate_right(one) ^ x.rotate_right(two) ^ x.rotate_right(three)
    };
    let first =
        h.wrapping_add(word).wrapping_add(g ^ (e & (f ^ g))).wrapping_add(big(e, 6, 11, 25));
    let second = big(a, 2, 13, 22).wrapping_add((a & b) | (c & (a | b)));
    [first.wrapping_add(second), a, b, c, d.wrapping_add(first), e, f, g]
}
