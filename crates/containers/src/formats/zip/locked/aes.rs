//! WinZip's encryption with AES in counter mode.

use super::Opened;
use crate::bytes::{Bytes, vec_at};
use crate::fault::Fault;
use crate::format::Secrets;
use crate::formats::zip::entry::Packed;
use crate::formats::zip::record::Aes;
use aes::cipher::generic_array::GenericArray;
use aes::cipher::{BlockEncrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256};
use hmac::{Hmac, Mac};
use sha1::Sha1;
use std::cell::RefCell;
use std::rc::Rc;

const ROUNDS: u32 = 1_000;
const BLOCK: u64 = 16;
/// Bytes that test the password.
const TEST: usize = 2;
/// Bytes of HMAC-SHA1 behind the member.
const SEAL: u64 = 10;

/// The member in clear, if a password fits.
pub fn open(packed: &Packed, stated: Aes, secrets: &Secrets) -> Result<Option<Opened>, Fault> {
    let (salt_bytes, key_bytes) = match stated.strength {
        1 => (8, 16),
        2 => (12, 24),
        3 => (16, 32),
        other => return Err(Fault::unsupported(format!("AES strength {other} in ZIP"))),
    };
    let head = salt_bytes + TEST;
    let salt = vec_at(&*packed.bytes, packed.start, head as u64, head as u64)?;
    let (salt, test) = salt.split_at_checked(salt_bytes).unwrap_or_default();
    let start = packed.start.saturating_add(head as u64);
    let length = packed.end.saturating_sub(start).saturating_sub(SEAL);
    let seal = vec_at(&*packed.bytes, start.saturating_add(length), SEAL, SEAL)?;
    for secret in &secrets.0 {
        let mut keys = vec![0; 2 * key_bytes + TEST];
        pbkdf2::pbkdf2_hmac::<Sha1>(secret.as_bytes(), salt, ROUNDS, &mut keys);
        let (key, rest) = keys.split_at_checked(key_bytes).unwrap_or_default();
        let (seal_key, found) = rest.split_at_checked(key_bytes).unwrap_or_default();
        if found != test {
            continue;
        }
        let (Some(cipher), Ok(mac)) =
            (Cipher::new(key), <Hmac<Sha1> as Mac>::new_from_slice(seal_key))
        else {
            continue;
        };
        let bytes = Rc::clone(&packed.bytes);
        let seen = RefCell::new((0, mac));
        let clear: Rc<dyn Bytes> = Rc::new(Clear { bytes, start, length, cipher, seal, seen });
        let packed = Packed { bytes: Rc::clone(&clear), start: 0, end: length };
        let keeps_crc = stated.version == 1;
        return Ok(Some(Opened { packed, method: stated.method, keeps_crc, sealed: clear }));
    }
    Ok(None)
}

enum Cipher {
    Short(Box<Aes128>),
    Middle(Box<Aes192>),
    Long(Box<Aes256>),
}

impl Cipher {
    fn new(key: &[u8]) -> Option<Self> {
        Some(match key.len() {
            16 => Self::Short(Box::new(Aes128::new_from_slice(key).ok()?)),
            24 => Self::Middle(Box::new(Aes192::new_from_slice(key).ok()?)),
            _ => Self::Long(Box::new(Aes256::new_from_slice(key).ok()?)),
        })
    }

    /// What the block with this number is combined with.
    fn mask(&self, number: u128) -> [u8; 16] {
        let mut block = GenericArray::from(number.to_le_bytes());
        match self {
            Self::Short(cipher) => cipher.encrypt_block(&mut block),
            Self::Middle(cipher) => cipher.encrypt_block(&mut block),
            Self::Long(cipher) => cipher.encrypt_block(&mut block),
        }
        block.into()
    }
}

/// Encrypted bytes in clear.
struct Clear {
    bytes: Rc<dyn Bytes>,
    start: u64,
    length: u64,
    cipher: Cipher,
    seal: Vec<u8>,
    /// How many encrypted bytes the seal was computed over so far.
    seen: RefCell<(u64, Hmac<Sha1>)>,
}

impl Bytes for Clear {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
        let room = usize::try_from(self.length.saturating_sub(at)).unwrap_or(usize::MAX);
        let count = room.min(into.len());
        let Some(into) = into.get_mut(..count).filter(|into| !into.is_empty()) else {
            return Ok(0);
        };
        let read = self.bytes.read_at(self.start + at, into)?;
        let mut seen = self.seen.borrow_mut();
        let known = seen.0.checked_sub(at).and_then(|known| usize::try_from(known).ok());
        if let Some(new) = known.and_then(|known| into.get(known..read)) {
            seen.1.update(new);
            seen.0 += new.len() as u64;
        }
        let mut block = None;
        for (place, byte) in (at..).zip(into.iter_mut()) {
            let number = u128::from(place / BLOCK) + 1;
            let mask = match block {
                Some((same, mask)) if same == number => mask,
                _ => self.cipher.mask(number),
            };
            block = Some((number, mask));
            let index = usize::try_from(place % BLOCK).unwrap_or(0);
            *byte ^= mask.get(index).copied().unwrap_or(0);
        }
        Ok(read)
    }

    fn complaints(&self) -> Vec<Fault> {
        let seen = self.seen.borrow();
        if seen.0 < self.length || seen.1.clone().verify_truncated_left(&self.seal).is_ok() {
            return Vec::new();
        }
        vec![Fault::damaged(self.start, "the seal over the encrypted member does not fit")]
    }
}
