//! Encrypted bytes, decrypted where they are read.
//!
//! AES-256 in CBC mode with an initialisation vector of zeros: a block is decrypted with the block
//! before it, so that reading can begin anywhere.

use super::keybag::Key;
use crate::bytes::{Bytes, read_exact_at};
use crate::fault::Fault;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockDecryptMut, KeyIvInit};
use std::rc::Rc;

/// Bytes of a block.
const BLOCK: u64 = 16;
/// Most that is decrypted at once.
const PIECE: u64 = 1 << 20;

/// The plain form of encrypted bytes.
pub(super) struct Decrypted {
    encrypted: Rc<dyn Bytes>,
    key: Key,
    length: u64,
}

impl Decrypted {
    /// `length` bytes; what the encrypted form has more is padding.
    pub(super) fn new(encrypted: Rc<dyn Bytes>, key: Key, length: u64) -> Self {
        Self { encrypted, key, length }
    }

    /// Bytes of whole blocks.
    fn available(&self) -> u64 {
        self.encrypted.len() / BLOCK * BLOCK
    }

    /// Fills the beginning of `into`, with one reading; says how much. `end` lies behind `at`.
    fn piece(&self, at: u64, end: u64, into: &mut [u8]) -> Result<usize, Fault> {
        let first = at / BLOCK * BLOCK;
        let from = first.saturating_sub(BLOCK);
        let until = end.min(first + PIECE).next_multiple_of(BLOCK);
        let mut blocks = vec![0; usize::try_from(until - from).unwrap_or(0)];
        read_exact_at(&*self.encrypted, from, &mut blocks)?;
        let before = if first == 0 { 0 } else { BLOCK as usize };
        let (vector, encrypted) = blocks.split_at_mut_checked(before).unwrap_or_default();
        let vector = vector.first_chunk().copied().unwrap_or([0; BLOCK as usize]);
        let decryptor = cbc::Decryptor::<aes::Aes256>::new(&self.key.into(), &vector.into());
        let plain = decryptor.decrypt_padded_mut::<NoPadding>(encrypted);
        let plain = plain.map_err(|_| Fault::damaged(at, "encrypted bytes in no whole blocks"))?;
        let skip = usize::try_from(at - first).unwrap_or(0);
        let plain = plain.get(skip..).unwrap_or_default();
        let count = plain.len().min(into.len());
        if let (Some(into), Some(plain)) = (into.get_mut(..count), plain.get(..count)) {
            into.copy_from_slice(plain);
        }
        Ok(count)
    }
}

impl Bytes for Decrypted {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
        let end = at.saturating_add(into.len() as u64).min(self.length);
        let there = end.min(self.available());
        if at >= there {
            return if at >= end { Ok(0) } else { Err(Fault::Truncated { at: there }) };
        }
        let mut filled = 0;
        while at + (filled as u64) < there {
            let rest = usize::try_from(there - at).unwrap_or(usize::MAX);
            let Some(rest) = into.get_mut(filled..rest) else { break };
            match self.piece(at + filled as u64, there, rest)? {
                0 => break,
                count => filled += count,
            }
        }
        Ok(filled)
    }

    /// The encrypted form is at most one block longer than the plain one.
    fn complaints(&self) -> Vec<Fault> {
        let (length, stored) = (self.length, self.encrypted.len());
        let more = stored > length.saturating_add(BLOCK);
        let why = || format!("the manifest states {length} bytes, its data file has {stored}");
        more.then(|| Fault::damaged(length, why())).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Memory;
    use cbc::cipher::BlockEncryptMut;
    use cbc::cipher::block_padding::Pkcs7;
    use std::cell::Cell;

    /// Counts how often it is read.
    struct Counted(Memory, Cell<u32>);

    impl Bytes for Counted {
        fn len(&self) -> u64 {
            self.0.len()
        }

        fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
            self.1.set(self.1.get() + 1);
            self.0.read_at(at, into)
        }
    }

    fn encrypted(plain: &[u8]) -> Vec<u8> {
        let mut buffer = plain.to_vec();
        buffer.resize(plain.len() + 16, 0);
        let encryptor = cbc::Encryptor::<aes::Aes256>::new(&[7; 32].into(), &[0; 16].into());
        encryptor.encrypt_padded_mut::<Pkcs7>(&mut buffer, plain.len()).unwrap().to_vec()
    }

    #[test]
    fn reading_can_begin_and_end_anywhere() {
        let plain: Vec<u8> = (0..3_000_001_u32).map(|n| (n % 251) as u8).collect();
        let source = Rc::new(Counted(Memory(encrypted(&plain)), Cell::new(0)));
        let bytes = Decrypted::new(Rc::clone(&source) as _, [7; 32], plain.len() as u64);
        let check = |at: usize, wanted: usize, readings: u32| {
            let mut into = vec![0; wanted];
            source.1.set(0);
            let read = bytes.read_at(at as u64, &mut into).unwrap();
            let end = (at + wanted).min(plain.len());
            assert_eq!(into[..read], plain[at.min(end)..end], "{wanted} bytes at {at}");
            assert_eq!(source.1.get(), readings, "{wanted} bytes at {at}");
        };
        check(0, 10, 1);
        check(15, 2, 1);
        check(16, 16, 1);
        check(999_999, 1_000_000, 1);
        check(0, 4_000_000, 3);
        check(plain.len() - 1, 9, 1);
        check(plain.len(), 9, 0);
    }

    #[test]
    fn what_is_there_and_not_claimed_is_told() {
        let complaints = |length| {
            let source = Rc::new(Memory(encrypted(&[1; 40])));
            Decrypted::new(source, [7; 32], length).complaints().len()
        };
        assert_eq!([48, 40, 32, 31].map(complaints), [0, 0, 0, 1]);
    }

    #[test]
    fn what_is_claimed_and_not_there_is_cut_off() {
        let source = Rc::new(Memory(encrypted(&[1; 40])));
        let bytes = Decrypted::new(source, [7; 32], 1 << 60);
        assert_eq!(bytes.read_at(0, &mut [0; 100]), Ok(48));
        assert_eq!(bytes.read_at(48, &mut [0; 100]), Err(Fault::Truncated { at: 48 }));
        assert_eq!(bytes.read_at(u64::MAX, &mut [0; 100]), Ok(0));
    }
}
