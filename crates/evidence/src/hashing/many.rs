//! Many streams hashed at once: each has a lane, and a lane whose stream ends takes the next one.
//!
//! All lanes advance by the same number of blocks, as many as the one with the fewest has ready.
//! When few streams are left the kernels change to narrower ones, down to one for the last file.

use super::feed::{Feed, Slice};
use super::kernel::{Block, Kernel, Kernels, chosen};
use super::{md5, sha1, sha256};
use amparo_model::{Hashes, Md5, Sha1, Sha256};

/// Streams in work on one thread.
const LANES: usize = 16;

/// Blocks of a lane before the next algorithm has its turn: those of all lanes together stay in
/// the first- or second-level cache, so that memory is read once and not three times.
const PIECE: usize = 32;

/// The fingerprints of many byte strings in memory, in their order, several at once.
#[must_use]
pub fn hash_bytes_many(inputs: &[&[u8]]) -> Vec<Hashes> {
    hash_slices(chosen().0, inputs)
}

pub fn hash_slices(kernels: &Kernels, inputs: &[&[u8]]) -> Vec<Hashes> {
    // The longest first, so that no long one is left to run alone at the end.
    let mut order: Vec<usize> = (0..inputs.len()).collect();
    order.sort_by_key(|index| inputs.get(*index).map(|input| std::cmp::Reverse(input.len())));
    let mut order = order.into_iter();
    let mut found: Vec<(usize, Hashes)> = Vec::with_capacity(inputs.len());
    let mut next = || {
        let index = order.next()?;
        Some(Slice { index, rest: inputs.get(index)? })
    };
    hash_feeds_with(kernels, &mut next, &mut |feed: Slice<'_>, hashed| match hashed {
        Ok(hashes) => found.push((feed.index, hashes)),
        Err(never) => match never {},
    });
    found.sort_unstable_by_key(|(index, _)| *index);
    found.into_iter().map(|(_, hashes)| hashes).collect()
}

/// Hashes streams until there is no next one. Each comes back with its result as soon as that is
/// known, in no promised order; one that breaks off disturbs no other.
pub fn hash_feeds<F: Feed>(
    next: &mut dyn FnMut() -> Option<F>,
    done: &mut dyn FnMut(F, Result<Hashes, F::Error>),
) {
    hash_feeds_with(chosen().0, next, done);
}

pub fn hash_feeds_with<F: Feed>(
    kernels: &Kernels,
    next: &mut dyn FnMut() -> Option<F>,
    done: &mut dyn FnMut(F, Result<Hashes, F::Error>),
) {
    let mut work = Work::new(kernels);
    let mut more = true;
    loop {
        while more && work.lanes.len() < LANES {
            match next() {
                Some(feed) => work.add(feed),
                None => more = false,
            }
        }
        if work.remove_ended(done) && more {
            continue;
        }
        if work.lanes.is_empty() {
            return;
        }
        work.advance();
    }
}

/// The lanes; what belongs to one of them is at the same index everywhere.
struct Work<'k, F> {
    kernels: &'k Kernels,
    lanes: Vec<Lane<F>>,
    md5: Vec<[u32; 4]>,
    sha1: Vec<[u32; 5]>,
    sha256: Vec<[u32; 8]>,
}

impl<'k, F: Feed> Work<'k, F> {
    fn new(kernels: &'k Kernels) -> Self {
        let (lanes, md5, sha1, sha256) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { kernels, lanes, md5, sha1, sha256 }
    }

    fn add(&mut self, feed: F) {
        self.lanes.push(Lane { feed, size: 0, tail: None });
        self.md5.push(md5::START);
        self.sha1.push(sha1::START);
        self.sha256.push(sha256::START);
    }

    /// Afterwards every lane has at least one block ready. True if a lane became free.
    fn remove_ended(&mut self, done: &mut dyn FnMut(F, Result<Hashes, F::Error>)) -> bool {
        let before = self.lanes.len();
        for at in (0..before).rev() {
            let state = self.lanes.get_mut(at).map(Lane::prepare);
            if matches!(state, None | Some(Ok(Ready::Blocks))) {
                continue;
            }
            let (lane, md5) = (self.lanes.swap_remove(at), self.md5.swap_remove(at));
            let (sha1, sha256) = (self.sha1.swap_remove(at), self.sha256.swap_remove(at));
            let size = lane.size;
            let hashes = || Hashes {
                size,
                md5: Md5(bytes_of(md5.map(u32::to_le_bytes))),
                sha1: Sha1(bytes_of(sha1.map(u32::to_be_bytes))),
                sha256: Sha256(bytes_of(sha256.map(u32::to_be_bytes))),
            };
            done(lane.feed, state.unwrap_or(Ok(Ready::Nothing)).map(|_| hashes()));
        }
        self.lanes.len() < before
    }

    /// Adds as many blocks to every lane as each of them has ready.
    fn advance(&mut self) {
        let (mut plain, mut big) = ([&[][..]; LANES], [&[][..]; LANES]);
        for ((plain, big), lane) in plain.iter_mut().zip(&mut big).zip(&self.lanes) {
            (*plain, *big) = lane.blocks();
        }
        let plain = plain.get(..self.lanes.len()).unwrap_or_default();
        let big = big.get(..self.lanes.len()).unwrap_or_default();
        let blocks = plain.iter().map(|blocks| blocks.len()).min().unwrap_or(0).min(PIECE);
        run(self.kernels.md5, &mut self.md5, plain, blocks);
        run(self.kernels.sha1, &mut self.sha1, big, blocks);
        run(self.kernels.sha256, &mut self.sha256, big, blocks);
        self.lanes.iter_mut().for_each(|lane| lane.used(blocks));
    }
}

/// Gives the streams to the widest kernels that are worth it.
fn run<const S: usize>(
    kernels: &[Kernel<S>],
    mut states: &mut [[u32; S]],
    mut inputs: &[&[Block]],
    blocks: usize,
) {
    while let Some(kernel) = kernels.iter().find(|kernel| kernel.from <= inputs.len()) {
        let (now, later) = inputs.split_at(kernel.lanes.min(inputs.len()));
        let (now_states, later_states) = states.split_at_mut(now.len());
        (kernel.run)(now_states, now, blocks);
        (states, inputs) = (later_states, later);
    }
}

/// One stream.
struct Lane<F> {
    feed: F,
    /// Bytes so far.
    size: u64,
    /// Set when the stream has ended.
    tail: Option<Tail>,
}

enum Ready {
    Blocks,
    Nothing,
}

impl<F: Feed> Lane<F> {
    fn prepare(&mut self) -> Result<Ready, F::Error> {
        if self.tail.is_none() && self.feed.ready().len() < size_of::<Block>() {
            self.feed.fill()?;
            let rest = self.feed.ready();
            if rest.len() < size_of::<Block>() {
                self.size = self.size.wrapping_add(rest.len() as u64);
                self.tail = Some(Tail::new(rest, self.size));
            }
        }
        let ended = self.tail.as_ref().is_some_and(|tail| tail.blocks().0.is_empty());
        Ok(if ended { Ready::Nothing } else { Ready::Blocks })
    }

    /// The blocks that are ready, for MD5 and for the other two.
    fn blocks(&self) -> (&[Block], &[Block]) {
        let ready = || self.feed.ready().as_chunks().0;
        self.tail.as_ref().map_or_else(|| (ready(), ready()), Tail::blocks)
    }

    fn used(&mut self, blocks: usize) {
        if let Some(tail) = &mut self.tail {
            tail.used += blocks;
            return;
        }
        let bytes = blocks * size_of::<Block>();
        self.feed.used(bytes);
        self.size = self.size.wrapping_add(bytes as u64);
    }
}

/// The last one or two blocks: the rest of the bytes, a one bit, zeros, the length in bits. MD5
/// writes the length with its low byte first, the others with their high byte first.
struct Tail {
    little: [Block; 2],
    big: [Block; 2],
    used: usize,
    end: usize,
}

impl Tail {
    fn new(rest: &[u8], size: u64) -> Self {
        let mut last = [0; 2 * size_of::<Block>()];
        last.iter_mut().zip(rest.iter().chain(&[0x80])).for_each(|(byte, from)| *byte = *from);
        let bits = size.wrapping_mul(8);
        let end = (rest.len() + 1 + size_of::<u64>()).div_ceil(size_of::<Block>());
        let with = |length: [u8; 8]| {
            let mut last = last;
            let place = last.iter_mut().skip(end * size_of::<Block>() - length.len());
            place.zip(length).for_each(|(byte, from)| *byte = from);
            [*last.first_chunk().unwrap_or(&[0; 64]), *last.last_chunk().unwrap_or(&[0; 64])]
        };
        Self { little: with(bits.to_le_bytes()), big: with(bits.to_be_bytes()), used: 0, end }
    }

    fn blocks(&self) -> (&[Block], &[Block]) {
        let left = |blocks: &'_ [Block; 2]| self.used.min(self.end)..self.end.min(blocks.len());
        let (little, big) = (left(&self.little), left(&self.big));
        (self.little.get(little).unwrap_or_default(), self.big.get(big).unwrap_or_default())
    }
}

/// The words of a state one after another; `BYTES` is four for each.
fn bytes_of<const WORDS: usize, const BYTES: usize>(words: [[u8; 4]; WORDS]) -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    bytes.iter_mut().zip(words.as_flattened()).for_each(|(byte, from)| *byte = *from);
    bytes
}
