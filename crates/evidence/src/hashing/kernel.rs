//! Which compression functions run, for how many streams at once, and the check before first use.
//!
//! A [`Kernel`] advances a few streams of one algorithm by whole blocks. [`Kernels`] lists, for
//! each algorithm, the kernels of one kind of processor, widest first. The best set that this
//! processor can run is chosen once; before it hashes any evidence it must agree with the
//! one-stream crates on a few dozen inputs, and the next set takes its place if it does not.

use super::{hash_bytes, many, md5, sha1, sha256};
use sha2::digest::generic_array::GenericArray;
use std::sync::OnceLock;

/// One block of a stream; all three algorithms work in these.
pub type Block = [u8; 64];

/// The sixteen words of one block of each of `N` lanes, read as little-endian numbers.
pub type Words<const N: usize> = [[u32; N]; 16];

/// Blocks turned into words at a time; they stay in the first-level cache.
const AT_ONCE: usize = 8;

/// Advances up to `lanes` streams of an algorithm whose state is `S` words.
pub struct Kernel<const S: usize> {
    /// How many streams it takes.
    pub lanes: usize,
    /// From how many waiting streams on it is faster than the kernels after it.
    pub from: usize,
    /// Adds that many blocks of each input to the state at the same place; at most as many as the
    /// shortest input has.
    pub run: Run<S>,
}

/// States, the blocks of each, and how many of them to add.
pub type Run<const S: usize> = fn(&mut [[u32; S]], &[&[Block]], usize);

/// What one kind of processor runs. Each list ends with a kernel of one lane.
pub struct Kernels {
    /// Name to show.
    pub name: &'static str,
    /// For MD5.
    pub md5: &'static [Kernel<4>],
    /// For SHA-1.
    pub sha1: &'static [Kernel<5>],
    /// For SHA-256.
    pub sha256: &'static [Kernel<8>],
}

/// One stream at a time: the last resort, and what lanes are compared with in speed.
pub static ONE_STREAM: Kernels =
    Kernels { name: "one stream", md5: &[MD5_ONE], sha1: &[SHA1_ONE], sha256: &[SHA256_ONE] };

/// Lanes in the instructions that every processor of this architecture has.
pub static PORTABLE: Kernels = Kernels {
    name: "portable lanes",
    md5: &[MD5_PORTABLE, MD5_ONE],
    #[cfg(target_arch = "x86_64")]
    sha1: &[Kernel { lanes: 8, from: 2, run: sha1_portable }, SHA1_ONE],
    #[cfg(target_arch = "x86_64")]
    sha256: &[Kernel { lanes: 8, from: 4, run: sha256_portable }, SHA256_ONE],
    // The crates know the hash instructions that nearly all 64-bit ARM processors have.
    #[cfg(not(target_arch = "x86_64"))]
    sha1: &[SHA1_ONE],
    #[cfg(not(target_arch = "x86_64"))]
    sha256: &[SHA256_ONE],
};

pub const MD5_PORTABLE: Kernel<4> = Kernel { lanes: 8, from: 2, run: md5_portable };
pub const MD5_ONE: Kernel<4> = Kernel { lanes: 1, from: 1, run: md5_one };
pub const SHA1_ONE: Kernel<5> = Kernel { lanes: 1, from: 1, run: sha1_one };
pub const SHA256_ONE: Kernel<8> = Kernel { lanes: 1, from: 1, run: sha256_one };

/// The kernels in use and what the check before first use said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashKernels {
    /// The set in use, such as `AVX2 and SHA`.
    pub name: &'static str,
    /// Sets that this processor should run but that gave wrong hashes, and so are not used. Not
    /// empty means that the processor, its memory or this build is faulty: tell the operator.
    pub rejected: Vec<&'static str>,
}

/// Which kernels hash on this machine.
#[must_use]
pub fn hash_kernels() -> &'static HashKernels {
    &chosen().1
}

pub fn chosen() -> &'static (&'static Kernels, HashKernels) {
    static CHOSEN: OnceLock<(&'static Kernels, HashKernels)> = OnceLock::new();
    CHOSEN.get_or_init(|| choose(&runnable(), agrees))
}

/// Every set that this processor can run, best first.
pub fn runnable() -> Vec<&'static Kernels> {
    #[cfg(target_arch = "x86_64")]
    let mut sets = super::x86::runnable();
    #[cfg(not(target_arch = "x86_64"))]
    let mut sets = Vec::new();
    sets.extend([&PORTABLE, &ONE_STREAM]);
    sets
}

fn choose(
    sets: &[&'static Kernels],
    agrees: impl Fn(&Kernels) -> bool,
) -> (&'static Kernels, HashKernels) {
    let good = sets.iter().position(|set| agrees(set)).unwrap_or(sets.len());
    let rejected = sets.iter().take(good).map(|set| set.name).collect();
    let set = sets.get(good).copied().unwrap_or(&ONE_STREAM);
    (set, HashKernels { name: set.name, rejected })
}

/// Whether a set gives what one stream gives: lengths around every edge of the padding, with one
/// to all lanes in use.
fn agrees(set: &Kernels) -> bool {
    let bytes: Vec<u8> = (0..1200u32).map(|at| (at.wrapping_mul(at) >> 3) as u8).collect();
    let inputs: Vec<&[u8]> = (0..40).filter_map(|n| bytes.get(n * 5..n * 30)).collect();
    let expected: Vec<_> = inputs.iter().map(|input| hash_bytes(input)).collect();
    [1, 2, 7, inputs.len()].iter().all(|count| {
        let (inputs, expected) = (inputs.iter().rev().take(*count), expected.iter().rev());
        let inputs: Vec<&[u8]> = inputs.copied().collect();
        many::hash_slices(set, &inputs).iter().eq(expected.take(*count))
    })
}

/// Runs an algorithm over lanes: states are turned so that equal words of all lanes lie side by
/// side, and so are the blocks. Lanes without a stream repeat the first one's bytes for nothing.
#[inline]
pub fn in_lanes<const S: usize, const N: usize>(
    states: &mut [[u32; S]],
    inputs: &[&[Block]],
    blocks: usize,
    turn: fn(&[&[Block]; N], &mut [Words<N>]),
    compress: fn(&mut [[u32; N]; S], &[Words<N>]),
) {
    let Some(first) = inputs.first() else { return };
    let mut rest: [&[Block]; N] = [first; N];
    rest.iter_mut().zip(inputs).for_each(|(lane, input)| *lane = input);
    let mut lanes = [[0; N]; S];
    for (lane, state) in states.iter().take(N).enumerate() {
        lanes.iter_mut().zip(state).for_each(|(row, word)| row[lane] = *word);
    }
    let mut words = [[[0; N]; 16]; AT_ONCE];
    let mut left = rest.iter().map(|input| input.len()).min().unwrap_or(0).min(blocks);
    while left > 0 {
        let now = left.min(AT_ONCE);
        let words = words.get_mut(..now).unwrap_or_default();
        turn(&rest, words);
        compress(&mut lanes, words);
        rest.iter_mut().for_each(|lane| *lane = lane.get(now..).unwrap_or_default());
        left -= now;
    }
    for (lane, state) in states.iter_mut().take(N).enumerate() {
        state.iter_mut().zip(&lanes).for_each(|(word, row)| *word = row[lane]);
    }
}

/// Reads the first blocks of every lane into words.
pub fn turn<const N: usize>(inputs: &[&[Block]; N], words: &mut [Words<N>]) {
    for (lane, input) in inputs.iter().enumerate() {
        for (block, words) in input.iter().zip(words.iter_mut()) {
            for (bytes, row) in block.as_chunks().0.iter().zip(words) {
                row[lane] = u32::from_le_bytes(*bytes);
            }
        }
    }
}

fn md5_portable(states: &mut [[u32; 4]], inputs: &[&[Block]], blocks: usize) {
    in_lanes::<4, 8>(states, inputs, blocks, turn, |state, words| {
        words.iter().for_each(|words| md5::compress::<8, 4, 2>(state, words));
    });
}

fn md5_one(states: &mut [[u32; 4]], inputs: &[&[Block]], blocks: usize) {
    in_lanes::<4, 1>(states, inputs, blocks, turn, |state, words| {
        words.iter().for_each(|words| md5::compress::<1, 1, 1>(state, words));
    });
}

#[cfg(target_arch = "x86_64")]
fn sha1_portable(states: &mut [[u32; 5]], inputs: &[&[Block]], blocks: usize) {
    in_lanes::<5, 8>(states, inputs, blocks, turn, |state, words| {
        words.iter().for_each(|words| sha1::compress::<8>(state, words));
    });
}

#[cfg(target_arch = "x86_64")]
fn sha256_portable(states: &mut [[u32; 8]], inputs: &[&[Block]], blocks: usize) {
    in_lanes::<8, 8>(states, inputs, blocks, turn, |state, words| {
        words.iter().for_each(|words| sha256::compress::<8>(state, words));
    });
}

fn sha1_one(states: &mut [[u32; 5]], inputs: &[&[Block]], blocks: usize) {
    let (Some(state), Some(input)) = (states.first_mut(), inputs.first()) else { return };
    for block in input.iter().take(blocks) {
        ::sha1::compress(state, std::slice::from_ref(GenericArray::from_slice(block)));
    }
}

fn sha256_one(states: &mut [[u32; 8]], inputs: &[&[Block]], blocks: usize) {
    let (Some(state), Some(input)) = (states.first_mut(), inputs.first()) else { return };
    for block in input.iter().take(blocks) {
        sha2::compress256(state, std::slice::from_ref(GenericArray::from_slice(block)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_that_gives_wrong_hashes_is_passed_over_and_named() {
        let wrong = |set: &Kernels| set.name == ONE_STREAM.name;
        let (set, said) = choose(&[&PORTABLE, &ONE_STREAM], wrong);
        assert_eq!(set.name, ONE_STREAM.name);
        assert_eq!(said.rejected, [PORTABLE.name]);
        assert_eq!(choose(&[&PORTABLE, &ONE_STREAM], |_| true).1.rejected, [""; 0]);
    }

    #[test]
    fn the_check_before_first_use_notices_a_wrong_kernel() {
        fn forgetful(states: &mut [[u32; 4]], inputs: &[&[Block]], blocks: usize) {
            md5_one(states, inputs, blocks.saturating_sub(usize::from(blocks > 3)));
        }
        let md5 = &[Kernel { lanes: 1, from: 1, run: forgetful }];
        let set = Kernels { name: "wrong", md5, sha1: &[SHA1_ONE], sha256: &[SHA256_ONE] };
        assert!(!agrees(&set));
        assert!(runnable().into_iter().all(agrees));
        assert_eq!(hash_kernels().rejected, [""; 0]);
    }
}
