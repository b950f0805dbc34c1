//! Encrypted ZIP members, opened with the passwords that the operator gave.
//!
//! Facts: APPNOTE.TXT 6.1 (the traditional cipher); WinZip's AE-1 and AE-2: PBKDF2 with HMAC-SHA1
//! and 1,000 rounds, AES in counter mode with the counter's low byte first, ten bytes of HMAC-SHA1
//! over the encrypted bytes.

mod aes;
mod classic;

use super::entry::Packed;
use super::record::Record;
use crate::bytes::Bytes;
use crate::fault::Fault;
use crate::format::Secrets;
use std::rc::Rc;

/// What a password opened.
pub struct Opened {
    /// The bytes in clear, still compressed.
    pub packed: Packed,
    /// How they are compressed.
    pub method: u16,
    /// Whether the CRC-32 that the record states is one.
    pub keeps_crc: bool,
    /// Bytes whose complaints belong to the member.
    pub sealed: Rc<dyn Bytes>,
}

/// Opens a member with the first password that fits.
///
/// # Errors
/// [`Fault::Locked`] when none does; whatever the reading gives.
pub fn open(packed: Packed, record: &Record, secrets: &Secrets) -> Result<Opened, Fault> {
    // Strong encryption, and the directory that it hides.
    if record.flags & 0x2040 != 0 {
        let needs = "PKWARE's strong encryption, which is not opened here".to_owned();
        return Err(Fault::Locked { needs });
    }
    let opened = match (record.method, record.aes) {
        (99, Some(stated)) => aes::open(&packed, stated, secrets)?,
        (99, None) => return Err(Fault::damaged(record.address, "no field says how")),
        _ => classic::open(packed, record, secrets)?,
    };
    let tried = if secrets.0.is_empty() { "none was given" } else { "none of those given fits" };
    opened.ok_or_else(|| Fault::Locked { needs: format!("the member's password; {tried}") })
}
