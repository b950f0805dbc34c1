//! The kernels for 64-bit x86 processors, and the only unsafe code of this crate: calling them.
//!
//! A function compiled for an instruction set may only be called where the processor has it. The
//! tables below are private, and [`runnable`] hands one out only after it asked the processor.
#![expect(unsafe_code, reason = "calls of functions compiled for more than the base processor")]

use super::kernel::{
    Block, Kernel, Kernels, MD5_ONE, MD5_PORTABLE, SHA1_ONE, SHA256_ONE, Words, in_lanes,
};
use super::{md5, sha_ni, sha1, sha256, transpose};

/// The sets that this processor can run, best first.
pub fn runnable() -> Vec<&'static Kernels> {
    let avx512 = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vl");
    let avx2 = is_x86_feature_detected!("avx2");
    let sha = is_x86_feature_detected!("sha")
        && is_x86_feature_detected!("ssse3")
        && is_x86_feature_detected!("sse4.1");
    let sets = [
        (avx512 && avx2 && sha, &AVX512_SHA),
        (avx512 && avx2, &AVX512),
        (avx2 && sha, &AVX2_SHA),
        (avx2, &AVX2),
        (sha, &SHA),
    ];
    sets.into_iter().filter_map(|(can, set)| can.then_some(set)).collect()
}

static AVX512_SHA: Kernels = Kernels {
    name: "AVX-512 and SHA",
    md5: &[MD5_Z, MD5_Y, MD5_ONE],
    sha1: &[SHA1_Z, SHA1_Y_BESIDE_SHA, SHA1_ONE],
    sha256: &[SHA256_Z, SHA256_PAIR, SHA256_ONE],
};
static AVX512: Kernels = Kernels {
    name: "AVX-512",
    md5: &[MD5_Z, MD5_Y, MD5_ONE],
    sha1: &[SHA1_Z, SHA1_Y, SHA1_ONE],
    sha256: &[SHA256_Z, SHA256_Y, SHA256_ONE],
};
static AVX2_SHA: Kernels = Kernels {
    name: "AVX2 and SHA",
    md5: &[MD5_YY, MD5_Y, MD5_ONE],
    sha1: &[SHA1_Y_BESIDE_SHA, SHA1_ONE],
    sha256: &[SHA256_PAIR, SHA256_ONE],
};
static AVX2: Kernels = Kernels {
    name: "AVX2",
    md5: &[MD5_YY, MD5_Y, MD5_ONE],
    sha1: &[SHA1_Y, SHA1_ONE],
    sha256: &[SHA256_Y, SHA256_ONE],
};
static SHA: Kernels = Kernels {
    name: "SHA",
    md5: &[MD5_PORTABLE, MD5_ONE],
    sha1: &[SHA1_ONE],
    sha256: &[SHA256_PAIR, SHA256_ONE],
};

// Z: sixteen lanes in one vector; Y: eight; YY: two vectors of eight in turn.
const MD5_Z: Kernel<4> = Kernel { lanes: 16, from: 9, run: md5_z };
const MD5_YY: Kernel<4> = Kernel { lanes: 16, from: 9, run: md5_yy };
const MD5_Y: Kernel<4> = Kernel { lanes: 8, from: 2, run: md5_y };
const SHA1_Z: Kernel<5> = Kernel { lanes: 16, from: 9, run: sha1_z };
const SHA1_Y: Kernel<5> = Kernel { lanes: 8, from: 2, run: sha1_y };
const SHA1_Y_BESIDE_SHA: Kernel<5> = Kernel { lanes: 8, from: 4, run: sha1_y };
const SHA256_Z: Kernel<8> = Kernel { lanes: 16, from: 9, run: sha256_z };
const SHA256_Y: Kernel<8> = Kernel { lanes: 8, from: 2, run: sha256_y };
const SHA256_PAIR: Kernel<8> = Kernel { lanes: 2, from: 2, run: sha256_pair };

/// A kernel over lanes: its name, words of state, lanes, instruction set, and how it reads and adds
/// blocks. The set is compiled around code that is generic in the number of lanes.
macro_rules! kernel {
    ($name:ident, $words:literal, $lanes:literal, $set:literal, $turn:path, $compress:expr) => {
        fn $name(states: &mut [[u32; $words]], inputs: &[&[Block]], blocks: usize) {
            #[target_feature(enable = $set)]
            fn turn(inputs: &[&[Block]; $lanes], words: &mut [Words<$lanes>]) {
                $turn(inputs, words);
            }
            #[target_feature(enable = $set)]
            fn compress(state: &mut [[u32; $lanes]; $words], words: &[Words<$lanes>]) {
                words.iter().for_each(|words| $compress(state, words));
            }
            in_lanes::<$words, $lanes>(
                states,
                inputs,
                blocks,
                // SAFETY: the kernel is in no table but those for processors with this set, and
                // `runnable` has asked the processor for all of it before it hands a table out.
                |inputs, words| unsafe { turn(inputs, words) },
                // SAFETY: as above.
                |state, words| unsafe { compress(state, words) },
            );
        }
    };
}

kernel!(md5_y, 4, 8, "avx2", transpose::turn, md5::compress::<8, 8, 1>);
kernel!(md5_yy, 4, 16, "avx2", transpose::turn, md5::compress::<16, 8, 2>);
kernel!(
    md5_z,
    4,
    16,
    "avx2,avx512f,avx512bw,avx512vl",
    transpose::turn,
    md5::compress::<16, 16, 1>
);
kernel!(sha1_y, 5, 8, "avx2", transpose::turn, sha1::compress::<8>);
kernel!(sha1_z, 5, 16, "avx2,avx512f,avx512bw,avx512vl", transpose::turn, sha1::compress::<16>);
kernel!(sha256_y, 8, 8, "avx2", transpose::turn, sha256::compress::<8>);
kernel!(sha256_z, 8, 16, "avx2,avx512f,avx512bw,avx512vl", transpose::turn, sha256::compress::<16>);

fn sha256_pair(states: &mut [[u32; 8]], inputs: &[&[Block]], blocks: usize) {
    let (Some(states), Some(inputs)) = (states.first_chunk_mut(), inputs.first_chunk()) else {
        return;
    };
    // SAFETY: as for the kernels over lanes.
    unsafe { sha_ni::sha256_pair(states, inputs, blocks) }
}
