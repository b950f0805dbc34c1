//! PKWARE's traditional cipher: three keys that each byte in clear moves on.

use super::Opened;
use crate::bytes::Bytes;
use crate::fault::Fault;
use crate::format::Secrets;
use crate::formats::inflate::{Decoder, Unpacked};
use crate::formats::input::Input;
use crate::formats::zip::entry::Packed;
use crate::formats::zip::record::Record;
use std::rc::Rc;

/// Encrypted bytes in front of the member, the last of which tests the password.
const HEADER: u64 = 12;

/// The member in clear, if a password fits.
pub fn open(packed: Packed, record: &Record, secrets: &Secrets) -> Result<Option<Opened>, Fault> {
    let mut input = Input::new(Rc::clone(&packed.bytes), packed.end);
    let header = input.array::<{ HEADER as usize }>(packed.start)?;
    // A tool that did not know the CRC-32 yet took the time.
    let [_, by_time] = record.time.to_le_bytes();
    let [.., by_crc] = record.crc.to_le_bytes();
    let test = if record.has_descriptor() { by_time } else { by_crc };
    let fits = |keys: &mut Keys| header.map(|byte| keys.decrypt(byte)).last() == Some(&test);
    let tried = secrets.0.iter().map(|secret| Keys::new(secret.as_bytes()));
    let Some(mut keys) = tried.clone().find(|keys| fits(&mut keys.clone())) else {
        return Ok(None);
    };
    let _header = fits(&mut keys);
    let start = packed.start.saturating_add(HEADER);
    let length = packed.end.saturating_sub(start);
    let decoder = Classic { keys, at: start };
    let clear: Rc<dyn Bytes> = Rc::new(Unpacked::stated(packed.bytes, packed.end, decoder, length));
    let packed = Packed { bytes: Rc::clone(&clear), start: 0, end: length };
    Ok(Some(Opened { packed, method: record.method, keeps_crc: true, sealed: clear }))
}

/// The cipher as a decoder, so that its state is kept on the way.
#[derive(Clone)]
struct Classic {
    keys: Keys,
    at: u64,
}

impl Decoder for Classic {
    fn decode(
        &mut self,
        input: &mut Input,
        into: &mut [u8],
        _complain: &mut dyn FnMut(Fault),
    ) -> Result<usize, Fault> {
        let locked = input.look(self.at, 1)?;
        let count = locked.len().min(into.len());
        for (clear, locked) in into.iter_mut().zip(locked) {
            *clear = self.keys.decrypt(*locked);
        }
        self.at += count as u64;
        Ok(count)
    }
}

#[derive(Clone)]
struct Keys(u32, u32, u32);

impl Keys {
    fn new(password: &[u8]) -> Self {
        let mut keys = Self(0x1234_5678, 0x2345_6789, 0x3456_7890);
        password.iter().for_each(|byte| keys.feed(*byte));
        keys
    }

    fn feed(&mut self, clear: u8) {
        self.0 = crc_step(self.0, clear);
        let [low, ..] = self.0.to_le_bytes();
        self.1 = self.1.wrapping_add(u32::from(low)).wrapping_mul(134_775_813).wrapping_add(1);
        let [.., high] = self.1.to_le_bytes();
        self.2 = crc_step(self.2, high);
    }

    fn decrypt(&mut self, byte: u8) -> u8 {
        let low = (self.2 | 2) & 0xFFFF;
        let [_, mask, ..] = low.wrapping_mul(low ^ 1).to_le_bytes();
        let clear = byte ^ mask;
        self.feed(clear);
        clear
    }
}

/// One byte of CRC-32 without the usual inversions.
fn crc_step(crc: u32, byte: u8) -> u32 {
    let [low, ..] = crc.to_le_bytes();
    (crc >> 8) ^ TABLE.get(usize::from(low ^ byte)).copied().unwrap_or(0)
}

const TABLE: [u32; 256] = table();

#[expect(clippy::indexing_slicing, reason = "computed by the compiler, which checks it")]
const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < table.len() {
        let mut value = index as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { (value >> 1) ^ 0xEDB8_8320 } else { value >> 1 };
            bit += 1;
        }
        table[index] = value;
        index += 1;
    }
    table
}
