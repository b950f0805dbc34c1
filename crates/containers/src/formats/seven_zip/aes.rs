//! The encryption of 7z: AES-256 in CBC mode, the key from SHA-256 over the password many times.

use crate::fault::Fault;
use aes::Aes256;
use aes::cipher::generic_array::GenericArray;
use aes::cipher::{BlockDecrypt, KeyInit};
use sha2::{Digest, Sha256};
use std::io::{self, Read};

const BLOCK: usize = 16;
/// 7-Zip itself writes 2^19 rounds and reads no more than 2^24.
const POWER: u8 = 24;

/// What a coder's properties say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// The rounds, as a power of two; 63 for none.
    power: u8,
    salt: Vec<u8>,
    start: [u8; BLOCK],
}

impl Stated {
    /// # Errors
    /// [`Fault`] when they are damaged, or ask for more rounds than 7-Zip would do.
    pub fn read(properties: &[u8], place: u64) -> Result<Self, Fault> {
        let first = properties.first().copied().unwrap_or(0);
        let second = properties.get(1).copied().unwrap_or(0);
        let power = first & 0x3F;
        if power > POWER && power != 0x3F {
            return Err(Fault::Limit { what: format!("2^{power} rounds for a key") });
        }
        let salt = usize::from(first >> 7) + usize::from(second >> 4);
        let start_bytes = usize::from(first >> 6 & 1) + usize::from(second & 0x0F);
        let rest = properties.get(2..).unwrap_or_default();
        let parts = rest.split_at_checked(salt);
        let (salt, rest) = parts.ok_or_else(|| Fault::damaged(place, "AES without its salt"))?;
        let mut start = [0; BLOCK];
        let stated = rest.iter().take(start_bytes.min(BLOCK));
        start.iter_mut().zip(stated).for_each(|(to, from)| *to = *from);
        Ok(Self { power, salt: salt.to_vec(), start })
    }
}

/// A key, and which password it was made of.
pub struct Key {
    number: usize,
    power: u8,
    salt: Vec<u8>,
    cipher: Box<Aes256>,
}

impl Key {
    /// The key of the password `secret`, which is the `number`th.
    pub fn new(number: usize, secret: &str, stated: &Stated) -> Self {
        let (power, salt) = (stated.power, stated.salt.clone());
        let text = secret.encode_utf16().flat_map(u16::to_le_bytes);
        let mut round: Vec<u8> = salt.iter().copied().chain(text).collect();
        let mut key = [0; 32];
        if power == 0x3F {
            key.iter_mut().zip(&round).for_each(|(to, from)| *to = *from);
        } else {
            let counter_at = round.len();
            round.extend([0; 8]);
            let mut hash = Sha256::new();
            for count in 0..1_u64 << power {
                let counter = round.get_mut(counter_at..).unwrap_or_default();
                counter.copy_from_slice(&count.to_le_bytes());
                hash.update(&round);
            }
            key = hash.finalize().into();
        }
        Self { number, power, salt, cipher: Box::new(Aes256::new(&GenericArray::from(key))) }
    }

    /// Whether it is the key of this password with these properties.
    pub fn is_of(&self, number: usize, stated: &Stated) -> bool {
        (self.number, self.power, &self.salt) == (number, stated.power, &stated.salt)
    }

    /// `input` in clear.
    ///
    /// # Errors
    /// [`Fault`] when the properties are damaged.
    pub fn reader(
        &self,
        input: Box<dyn Read>,
        properties: &[u8],
        place: u64,
    ) -> Result<Clear, Fault> {
        let before = Stated::read(properties, place)?.start;
        let cipher = self.cipher.clone();
        Ok(Clear { input, cipher, before, clear: [0; BLOCK], given: BLOCK })
    }
}

/// Encrypted bytes in clear, block by block.
pub struct Clear {
    input: Box<dyn Read>,
    cipher: Box<Aes256>,
    /// The encrypted block before, with which the next is combined.
    before: [u8; BLOCK],
    clear: [u8; BLOCK],
    given: usize,
}

impl Clear {
    /// The next block; `false` at the end. What does not fill a block is no data.
    fn next(&mut self) -> io::Result<bool> {
        let mut locked = [0; BLOCK];
        let mut filled = 0;
        while let Some(rest) = locked.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.input.read(rest)? {
                0 => return Ok(false),
                read => filled += read,
            }
        }
        let mut block = GenericArray::from(locked);
        self.cipher.decrypt_block(&mut block);
        for ((clear, block), before) in self.clear.iter_mut().zip(block).zip(self.before) {
            *clear = block ^ before;
        }
        (self.before, self.given) = (locked, 0);
        Ok(true)
    }
}

impl Read for Clear {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < into.len() {
            if self.given >= BLOCK && !self.next()? {
                break;
            }
            let rest = self.clear.get(self.given..).unwrap_or_default();
            let room = into.get_mut(filled..).unwrap_or_default();
            let count = rest.len().min(room.len());
            room.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            self.given += count;
            filled += count;
        }
        Ok(filled)
    }
}
