//! The bytes of one ZIP member.

use super::locked;
use super::record::{Record, local};
use crate::bytes::{Bytes, Window};
use crate::fault::Fault;
use crate::format::Secrets;
use crate::formats::checked::Checked;
use crate::formats::inflate::{Inflate, Unpacked};
use crate::formats::input::Input;
use crate::formats::serial::{Reader, Serial, fault};
use crate::limits::Limits;
use std::io::Read;
use std::rc::Rc;

/// Where a member's packed bytes lie, once they are decrypted.
pub struct Packed {
    pub bytes: Rc<dyn Bytes>,
    pub start: u64,
    pub end: u64,
}

/// The member of `record` in the archive `bytes`.
///
/// # Errors
/// [`Fault`] when nothing of it can be read.
pub fn open(
    bytes: &Rc<dyn Bytes>,
    record: &Record,
    secrets: &Secrets,
    limits: &Limits,
) -> Result<Rc<dyn Bytes>, Fault> {
    let mut notes = Vec::new();
    let start = match record.data {
        Some(start) => start,
        None => data(bytes, record, &mut notes)?,
    };
    let length = bytes.len();
    let end = start.saturating_add(record.packed);
    if start > length || end > length && !record.is_cut() {
        notes.push(Fault::Truncated { at: length });
    }
    let packed = Packed { bytes: Rc::clone(bytes), start, end: end.min(length) };
    if !record.is_encrypted() {
        let opened = unpack(packed, record, record.method, limits, &mut notes)?;
        return Ok(Rc::new(Checked::new(opened, record.crc(), start).with(notes)));
    }
    let opened = locked::open(packed, record, secrets)?;
    let crc = record.crc().filter(|_| opened.keeps_crc);
    let plain = unpack(opened.packed, record, opened.method, limits, &mut notes)?;
    Ok(Rc::new(Checked::new(plain, crc, start).with(notes).over(opened.sealed)))
}

/// Where the bytes begin that the directory's `record` points to.
fn data(bytes: &Rc<dyn Bytes>, record: &Record, notes: &mut Vec<Fault>) -> Result<u64, Fault> {
    let mut input = Input::new(Rc::clone(bytes), bytes.len());
    let header = local(&mut input, record.header)?;
    if header.name != record.name {
        let why = "the name in front of the member is not the one in the directory";
        notes.push(Fault::damaged(record.header, why));
    }
    Ok(header.data.unwrap_or(record.header))
}

fn unpack(
    packed: Packed,
    record: &Record,
    method: u16,
    limits: &Limits,
    notes: &mut Vec<Fault>,
) -> Result<Rc<dyn Bytes>, Fault> {
    let Packed { bytes, start, end } = packed;
    let size = record.size;
    match method {
        0 => {
            let stored = Window::clipped(bytes, start, end.saturating_sub(start));
            if stored.len() != size && !record.is_cut() {
                let why = format!("{} bytes are stored; stated are {size}", stored.len());
                notes.push(Fault::damaged(start, why));
            }
            Ok(Rc::new(stored))
        }
        8 if record.is_cut() => {
            let rest = end.saturating_sub(start);
            let most = rest.saturating_mul(limits.ratio);
            let rest: Rc<dyn Bytes> = Rc::new(Window::clipped(bytes, start, rest));
            Ok(Rc::new(Unpacked::open_ended(rest, Inflate::raw(0), most)))
        }
        8 => Ok(Rc::new(Unpacked::stated(bytes, end, Inflate::raw(start), size))),
        9 | 14 | 93 | 95 => {
            let held = limits.held_bytes;
            let reader = move || Reader::new(Rc::clone(&bytes), start, end);
            let make = move || decoder(method, reader(), size, held, start);
            Ok(Rc::new(Serial::new(make, start, size, held)))
        }
        _ => Err(Fault::unsupported(format!("ZIP compression method {method}"))),
    }
}

/// Decoders that only go forward.
fn decoder(
    method: u16,
    mut reader: Reader,
    size: u64,
    held: u64,
    place: u64,
) -> Result<Box<dyn Read>, Fault> {
    let damaged = |error: std::io::Error| fault(&error, place);
    match method {
        9 => Ok(Box::new(deflate64::Deflate64Decoder::new(reader))),
        14 => {
            // Two bytes of version, two that count the five of LZMA's properties.
            let mut head = [0; 9];
            reader.read_exact(&mut head).map_err(damaged)?;
            let [_, _, count, _, properties, a, b, c, d] = head;
            if count != 5 {
                return Err(Fault::damaged(place, "LZMA properties of an unknown length"));
            }
            let dictionary = u32::from_le_bytes([a, b, c, d]);
            // No more of the dictionary is used than there are bytes.
            let needed = u64::from(dictionary).min(size);
            if needed > held {
                return Err(Fault::Limit { what: format!("an LZMA dictionary of {needed} bytes") });
            }
            lzma_rust2::LzmaReader::new_with_props(reader, size, properties, dictionary, None)
                .map(|reader| Box::new(reader) as Box<_>)
                .map_err(damaged)
        }
        93 => ruzstd::decoding::StreamingDecoder::new_with_max_window_size(reader, held)
            .map(|reader| Box::new(reader) as Box<_>)
            .map_err(|error| Fault::damaged(place, error.to_string())),
        _ => {
            let held_kib = u32::try_from(held >> 10).unwrap_or(u32::MAX);
            Ok(Box::new(lzma_rust2::XzReader::new_mem_limit(reader, true, held_kib)))
        }
    }
}
