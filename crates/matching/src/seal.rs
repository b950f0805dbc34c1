//! The last 32 bytes of every file of this crate: a checksum over all that comes before.
//!
//! The body is cut into blocks, each with its XXH3 of 128 bits; the seal is the XXH3 over those,
//! the length and the kind. So a writer needs no more than one block's state, and a reader checks
//! all blocks at once on all cores. It finds damage, not forgery: the files are made on the same
//! machine that reads them.

use crate::mapped::Bytes;
use std::io::{self, Write};
use twox_hash::XxHash3_128;

const BLOCK: usize = 1 << 20;

/// Bytes behind the body: checksum, length of the body, kind.
pub(crate) const SEAL_BYTES: usize = 32;

/// Eight bytes that name a format and its version.
pub(crate) type Kind = [u8; 8];

/// The bytes are not a whole file of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// It ends too early or is of another format or version.
    #[error("cut, or of another format or version")]
    NotWhole,
    /// Its bytes are not those that were written.
    #[error("the checksum does not fit the bytes")]
    Checksum,
    /// Its parts contradict each other although the checksum fits.
    #[error("its parts contradict each other: {0}")]
    Contradiction(&'static str),
}

/// Checks a file and returns its body and checksum. However large the file, little of it is in
/// memory at a time.
pub(crate) fn unseal(bytes: &Bytes, kind: Kind) -> Result<(&[u8], u128), Damage> {
    let (body, seal) = bytes.split_last_chunk::<SEAL_BYTES>().ok_or(Damage::NotWhole)?;
    let (stated, rest) = seal.split_first_chunk::<16>().ok_or(Damage::NotWhole)?;
    let mut expect = [0; 16];
    let length = (body.len() as u64).to_le_bytes();
    expect.iter_mut().zip(length.into_iter().chain(kind)).for_each(|(to, from)| *to = from);
    if rest != expect {
        return Err(Damage::NotWhole);
    }
    let checksum = u128::from_le_bytes(*stated);
    if checksum_of(body, kind, &|| bytes.let_go()) != checksum {
        return Err(Damage::Checksum);
    }
    Ok((body, checksum))
}

/// The seal that belongs behind this body.
pub(crate) fn seal_of(body: &[u8], kind: Kind) -> Vec<u8> {
    footer(checksum_of(body, kind, &|| ()), body.len() as u64, kind)
}

fn footer(checksum: u128, length: u64, kind: Kind) -> Vec<u8> {
    [&checksum.to_le_bytes()[..], &length.to_le_bytes()[..], &kind[..]].concat()
}

/// `after` is called now and then, after so many bytes that it may cost something.
fn checksum_of(body: &[u8], kind: Kind, after: &(dyn Fn() + Sync)) -> u128 {
    let share = body.len().div_ceil(threads()).next_multiple_of(BLOCK).max(BLOCK);
    let sums = |share: &[u8]| {
        let mut sums = Vec::new();
        for blocks in share.chunks(64 * BLOCK) {
            sums.extend(blocks.chunks(BLOCK).map(XxHash3_128::oneshot));
            after();
        }
        sums
    };
    let mut outer = XxHash3_128::new();
    if body.len() <= share {
        sums(body).iter().for_each(|sum| outer.write(&sum.to_le_bytes()));
        return finish(outer, body.len() as u64, kind);
    }
    std::thread::scope(|scope| {
        let running: Vec<_> = body.chunks(share).map(|share| scope.spawn(|| sums(share))).collect();
        for sum in running.into_iter().filter_map(|thread| thread.join().ok()).flatten() {
            outer.write(&sum.to_le_bytes());
        }
    });
    finish(outer, body.len() as u64, kind)
}

fn finish(mut outer: XxHash3_128, length: u64, kind: Kind) -> u128 {
    outer.write(&length.to_le_bytes());
    outer.write(&kind);
    outer.finish_128()
}

/// How many threads a whole-file task may use.
pub(crate) fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Passes bytes on and computes the seal meanwhile.
pub(crate) struct Sealing<W: Write> {
    to: W,
    kind: Kind,
    written: u64,
    in_block: usize,
    block: XxHash3_128,
    outer: XxHash3_128,
}

impl<W: Write> Sealing<W> {
    pub(crate) fn new(to: W, kind: Kind) -> Self {
        let (block, outer) = (XxHash3_128::new(), XxHash3_128::new());
        Self { to, kind, written: 0, in_block: 0, block, outer }
    }

    /// Bytes passed on so far.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    pub(crate) fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        self.to.write_all(bytes)?;
        self.written += bytes.len() as u64;
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(BLOCK - self.in_block));
            self.block.write(now);
            self.in_block += now.len();
            if self.in_block == BLOCK {
                self.end_block();
            }
            bytes = later;
        }
        Ok(())
    }

    /// Writes the seal, flushes, and returns the writer and the checksum.
    pub(crate) fn finish(mut self) -> io::Result<(W, u128)> {
        if self.in_block > 0 {
            self.end_block();
        }
        let checksum = finish(self.outer, self.written, self.kind);
        self.to.write_all(&footer(checksum, self.written, self.kind))?;
        self.to.flush()?;
        Ok((self.to, checksum))
    }

    fn end_block(&mut self) {
        let block = std::mem::replace(&mut self.block, XxHash3_128::new());
        self.outer.write(&block.finish_128().to_le_bytes());
        self.in_block = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(bytes: &[u8]) -> Bytes {
        Bytes::Owned(bytes.to_vec())
    }

    #[test]
    fn streaming_and_whole_give_the_same_seal_and_every_change_is_found() {
        for length in [0, 1, 1000, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 7] {
            let body: Vec<u8> = (0..length).map(|at| ((at * 31) >> 3) as u8).collect();
            let mut sealing = Sealing::new(Vec::new(), *b"TESTTEST");
            body.chunks(70_001).for_each(|chunk| sealing.write(chunk).unwrap());
            let (mut bytes, checksum) = sealing.finish().unwrap();
            assert_eq!(bytes[length..], seal_of(&body, *b"TESTTEST"));
            assert_eq!(unseal(&owned(&bytes), *b"TESTTEST"), Ok((&body[..], checksum)));
            assert_eq!(unseal(&owned(&bytes), *b"OTHEROTH"), Err(Damage::NotWhole));
            for at in (0..bytes.len()).step_by(bytes.len() / 50 + 1) {
                bytes[at] ^= 4;
                assert!(unseal(&owned(&bytes), *b"TESTTEST").is_err(), "byte {at} of {length}");
                bytes[at] ^= 4;
            }
            assert!(unseal(&owned(&bytes[..bytes.len() - 1]), *b"TESTTEST").is_err());
        }
    }
}
