//! Lanes against one stream, for every set and kernel that this processor can run.

use super::feed::{Buffer, Feed};
use super::kernel::{Block, Kernel, Kernels, PORTABLE, Run, runnable};
use super::many::{hash_feeds_with, hash_slices};
use super::*;
use std::collections::BTreeMap;
use std::io::{self, Read};

#[test]
fn published_vectors_come_out() {
    // RFC 1321, A.5; FIPS 180-4 examples, and NIST's vectors of the empty string.
    let check = |bytes: &[u8], md5: &str, sha1: &str, sha256: &str| {
        let mut all = vec![hash_bytes(bytes)];
        for set in runnable() {
            for count in [1, 8, 17] {
                all.extend(hash_slices(set, &vec![bytes; count]));
            }
        }
        for hashes in all {
            assert_eq!(hashes.md5.to_string(), md5);
            assert_eq!(hashes.sha1.to_string(), sha1);
            assert_eq!(hashes.sha256.to_string(), sha256);
            assert_eq!(hashes.size, bytes.len() as u64);
        }
    };
    check(
        b"",
        "d41d8cd98f00b204e9800998ecf8427e",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    );
    check(
        b"abc",
        "900150983cd24fb0d6963f7d28e17f72",
        "a9993e364706816aba3e25717850c26c9cd0d89d",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
    check(
        &[b'a'; 1_000_000],
        "7707d6ae4e027c70eea2a935c2296f21",
        "34aa973cd4c4daa4f61eeb2bdbad27316534016f",
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
    );
}

#[test]
fn pieces_do_not_matter() {
    let bytes = noise(100_003, 1);
    let mut hasher = Hasher::default();
    for piece in bytes.chunks(977) {
        hasher.update(piece);
    }
    assert_eq!(hasher.finish(), hash_bytes(&bytes));
}

/// Bytes that look like noise, the same for the same seed (xorshift).
fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..length).map(|_| next()).collect()
}

/// A random number below `end`, the same for the same seed.
fn below(end: usize, seed: u64) -> usize {
    noise(4, seed).iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)) % end
}

/// Where the padding, the blocks and the buffers have their edges.
const EDGES: &[usize] =
    &[0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 121, 127, 128, 129, 2047, 2048, 2049];

fn check(set: &Kernels, inputs: &[Vec<u8>]) {
    let inputs: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
    let found = hash_slices(set, &inputs);
    assert_eq!(found.len(), inputs.len());
    for (input, found) in inputs.iter().zip(found) {
        assert_eq!(found, hash_bytes(input), "{}: {} bytes", set.name, input.len());
    }
}

#[test]
fn every_edge_agrees_in_every_number_of_lanes() {
    for set in runnable() {
        for count in 1..=18 {
            for rotate in 0..3 {
                let lengths = EDGES.iter().cycle().skip(rotate * 6).take(count);
                let inputs: Vec<_> = lengths.map(|length| noise(*length, rotate as u64)).collect();
                check(set, &inputs);
            }
            for length in EDGES {
                check(set, &vec![noise(*length, count as u64); count]);
            }
        }
    }
}

#[test]
fn lanes_of_very_different_lengths_agree() {
    let mut lengths = vec![1 << 20, (1 << 20) - 1, (1 << 20) + 1, 3 << 20, 300_000];
    lengths.extend(EDGES);
    lengths.extend((0..60).map(|seed| below(1 << (8 + seed % 9), seed)));
    let inputs: Vec<_> = lengths.into_iter().zip(0..).map(|(l, seed)| noise(l, seed)).collect();
    for set in runnable() {
        check(set, &inputs);
        let backwards: Vec<_> = inputs.iter().rev().take(17).cloned().collect();
        check(set, &backwards);
    }
}

/// Runs one kernel alone, with each number of streams that it takes, against the crates.
fn check_kernel<const S: usize>(set: &Kernels, kernel: &Kernel<S>, plain: Run<S>) {
    for streams in kernel.from.min(kernel.lanes)..=kernel.lanes {
        for blocks in [0, 1, 2, 7, 8, 9, 40] {
            let bytes: Vec<_> = (0..streams).map(|n| noise(41 * 64, n as u64 + 1)).collect();
            let inputs: Vec<&[Block]> = bytes.iter().map(|bytes| bytes.as_chunks().0).collect();
            let mut states = vec![[0x0123_4567; S]; streams];
            states.iter_mut().zip(0..).for_each(|(state, n)| state[S - 1] ^= n);
            let mut expected = states.clone();
            for (state, input) in expected.iter_mut().zip(&inputs) {
                plain(std::slice::from_mut(state), std::slice::from_ref(input), blocks);
            }
            (kernel.run)(&mut states, &inputs, blocks);
            assert_eq!(states, expected, "{} {} {streams} {blocks}", set.name, kernel.lanes);
        }
    }
}

#[test]
fn every_kernel_keeps_the_states_of_its_streams_apart() {
    use super::kernel::{MD5_ONE, SHA1_ONE, SHA256_ONE};
    for set in runnable() {
        set.md5.iter().for_each(|kernel| check_kernel(set, kernel, MD5_ONE.run));
        set.sha1.iter().for_each(|kernel| check_kernel(set, kernel, SHA1_ONE.run));
        set.sha256.iter().for_each(|kernel| check_kernel(set, kernel, SHA256_ONE.run));
    }
}

#[test]
fn every_list_of_kernels_ends_with_one_stream() {
    fn ends<const S: usize>(kernels: &[Kernel<S>]) -> bool {
        kernels.last().is_some_and(|kernel| (kernel.lanes, kernel.from) == (1, 1))
    }
    assert!(runnable().iter().all(|set| ends(set.md5) && ends(set.sha1) && ends(set.sha256)));
    assert!(runnable().len() >= 2);
}

/// A reader that gives a few bytes at a time, is interrupted, and may break off.
struct Fitful {
    bytes: Vec<u8>,
    at: usize,
    calls: u64,
    breaks_at: Option<usize>,
}

impl Read for Fitful {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.calls += 1;
        if self.calls.is_multiple_of(5) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if self.breaks_at.is_some_and(|at| self.at >= at) {
            return Err(io::Error::other("the medium ends"));
        }
        let many = 1 + below(200_000, self.calls ^ self.bytes.len() as u64);
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let many = many.min(rest.len()).min(buffer.len());
        buffer[..many].copy_from_slice(&rest[..many]);
        self.at += many;
        Ok(many)
    }
}

struct FitfulFeed {
    index: usize,
    reader: Fitful,
    buffer: Buffer,
    left: u64,
}

impl Feed for FitfulFeed {
    type Error = io::Error;

    fn fill(&mut self) -> io::Result<()> {
        self.buffer.fill(&mut self.reader, &mut self.left)
    }

    fn ready(&self) -> &[u8] {
        self.buffer.ready()
    }

    fn used(&mut self, bytes: usize) {
        self.buffer.used(bytes);
    }
}

fn hash_fitful(set: &Kernels, feeds: Vec<FitfulFeed>) -> BTreeMap<usize, Result<Hashes, String>> {
    let (mut feeds, mut found) = (feeds.into_iter(), BTreeMap::new());
    hash_feeds_with(set, &mut || feeds.next(), &mut |feed, hashed| {
        let before = found.insert(feed.index, hashed.map_err(|error| error.to_string()));
        assert!(before.is_none());
    });
    found
}

fn feed(index: usize, bytes: Vec<u8>, breaks_at: Option<usize>, left: u64) -> FitfulFeed {
    let reader = Fitful { bytes, at: 0, calls: index as u64, breaks_at };
    FitfulFeed { index, reader, buffer: Buffer::new(), left }
}

#[test]
fn readers_may_give_any_pieces_and_break_off_without_harm_to_others() {
    let length = |index: usize| match EDGES.get(index) {
        Some(edge) => *edge,
        None => below(700_000, index as u64),
    };
    let bytes: Vec<_> = (0..50).map(|index| noise(length(index), index as u64)).collect();
    let broken = |index: usize| index % 7 == 3;
    for set in runnable() {
        let feeds = bytes.iter().enumerate().map(|(index, bytes)| {
            let breaks_at = broken(index).then_some(bytes.len() / 2);
            feed(index, bytes.clone(), breaks_at, u64::MAX)
        });
        let found = hash_fitful(set, feeds.collect());
        assert_eq!(found.len(), bytes.len());
        for (index, bytes) in bytes.iter().enumerate() {
            match broken(index) {
                true => assert_eq!(found[&index], Err("the medium ends".to_owned())),
                false => assert_eq!(found[&index], Ok(hash_bytes(bytes)), "{index}"),
            }
        }
    }
}

#[test]
fn no_more_is_read_than_was_asked_for() {
    let bytes = noise(400_000, 5);
    let left = [0, 1, 64, 1000, 262_144, 262_145, 399_999, 400_000, 400_001];
    let feeds = left.iter().enumerate();
    let feeds = feeds.map(|(index, left)| feed(index, bytes.clone(), None, *left)).collect();
    let found = hash_fitful(&PORTABLE, feeds);
    for (index, left) in left.into_iter().enumerate() {
        let read = usize::try_from(left).unwrap().min(bytes.len());
        assert_eq!(found[&index], Ok(hash_bytes(&bytes[..read])));
    }
}
