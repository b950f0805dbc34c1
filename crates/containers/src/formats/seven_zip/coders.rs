//! The methods of 7z that are read.

use super::aes;
use super::folder::Coder;
use crate::bytes::le32;
use crate::fault::Fault;
use crate::formats::serial::fault;
use lzma_rust2::filter::bcj::BcjReader;
use lzma_rust2::filter::bcj2::Bcj2Reader;
use lzma_rust2::filter::delta::DeltaReader;
use lzma_rust2::{Lzma2Reader, LzmaReader};
use std::io::Read;

pub const COPY: &[u8] = &[0];
pub const AES: &[u8] = &[0x06, 0xF1, 0x07, 0x01];

type Input = Box<dyn Read>;

/// What a coder makes of its inputs. A decoder's own memory is at most `held`.
///
/// # Errors
/// [`Fault`] when the method is not read here, or refuses its properties.
pub fn open(
    coder: &Coder,
    mut inputs: Vec<Input>,
    key: Option<&aes::Key>,
    held: u64,
    place: u64,
) -> Result<Input, Fault> {
    if coder.method == [0x03, 0x03, 0x01, 0x1B] {
        if inputs.len() != 4 {
            return Err(Fault::damaged(place, "BCJ2 without its four inputs"));
        }
        let reader = Bcj2Reader::try_new(inputs, coder.size);
        return reader.map(boxed).map_err(|error| fault(&error, place));
    }
    let (Some(input), true) = (inputs.pop(), inputs.is_empty()) else {
        return Err(Fault::unsupported("a 7z coder with several inputs"));
    };
    match *coder.method.as_slice() {
        [0] => Ok(input),
        [0x21] => lzma2(coder, input, held, place),
        [3, 1, 1] => lzma(coder, input, held, place),
        [3] => {
            let distance = coder.properties.first().copied().unwrap_or(0);
            Ok(boxed(DeltaReader::new(input, usize::from(distance) + 1)))
        }
        [4] | [3, 3, 1, 3] => Ok(boxed(BcjReader::new_x86(input, 0))),
        [5] | [3, 3, 2, 5] => Ok(boxed(BcjReader::new_ppc(input, 0))),
        [6] | [3, 3, 4, 1] => Ok(boxed(BcjReader::new_ia64(input, 0))),
        [7] | [3, 3, 5, 1] => Ok(boxed(BcjReader::new_arm(input, 0))),
        [8] | [3, 3, 7, 1] => Ok(boxed(BcjReader::new_arm_thumb(input, 0))),
        [9] | [3, 3, 8, 5] => Ok(boxed(BcjReader::new_sparc(input, 0))),
        [10] => Ok(boxed(BcjReader::new_arm64(input, start(coder)))),
        [11] => Ok(boxed(BcjReader::new_riscv(input, start(coder)))),
        [4, 1, 8] => Ok(boxed(flate2::read::DeflateDecoder::new(input))),
        [4, 1, 9] => Ok(boxed(deflate64::Deflate64Decoder::new(input))),
        [6, 0xF1, 7, 1] => match key {
            Some(key) => Ok(boxed(key.reader(input, &coder.properties, place)?)),
            None => Err(Fault::Locked { needs: "the archive's password".to_owned() }),
        },
        [4, 2, 2] => Err(Fault::unsupported("BZip2 in 7z")),
        [3, 4, 1] => Err(Fault::unsupported("PPMd in 7z")),
        ref other => Err(Fault::unsupported(format!("7z method {other:02x?}"))),
    }
}

fn boxed(reader: impl Read + 'static) -> Input {
    Box::new(reader)
}

/// Where the code was thought to begin, for branches that are relative.
fn start(coder: &Coder) -> usize {
    usize::try_from(le32(&coder.properties, 0)).unwrap_or(0)
}

fn lzma(coder: &Coder, input: Input, held: u64, place: u64) -> Result<Input, Fault> {
    let Some((first, dictionary)) = coder.properties.split_first() else {
        return Err(Fault::damaged(place, "LZMA without properties"));
    };
    let dictionary = le32(dictionary, 0);
    allow(dictionary, coder.size, held)?;
    LzmaReader::new_with_props(input, coder.size, *first, dictionary, None)
        .map(boxed)
        .map_err(|error| fault(&error, place))
}

fn lzma2(coder: &Coder, input: Input, held: u64, place: u64) -> Result<Input, Fault> {
    let dictionary = match coder.properties.first() {
        Some(40) => u32::MAX,
        Some(&power @ 0..40) => (2 | u32::from(power) & 1) << (power / 2 + 11),
        _ => return Err(Fault::damaged(place, "LZMA2 without properties")),
    };
    // No more of it is used than there are bytes; the decoder has it whole.
    let needed = u32::try_from(coder.size).unwrap_or(u32::MAX).max(1 << 16).min(dictionary);
    allow(needed, coder.size, held)?;
    Ok(boxed(Lzma2Reader::new(input, needed, None)))
}

fn allow(dictionary: u32, size: u64, held: u64) -> Result<(), Fault> {
    let needed = u64::from(dictionary).min(size);
    if needed > held {
        return Err(Fault::Limit { what: format!("a dictionary of {needed} bytes in memory") });
    }
    Ok(())
}
