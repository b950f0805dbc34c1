//! Binary property lists, looked into one object at a time.
//!
//! Objects refer to each other by number, so that a few hundred bytes can describe more objects
//! than there is memory, or a circle. Nothing is therefore built from them: whoever reads asks for
//! one object, then for one it refers to.
//!
//! Format: the comment at the top of CFBinaryPList.c, which Apple publishes with CoreFoundation.

use crate::bytes::be64;
use crate::fault::Fault;

/// First bytes.
pub(super) const MAGIC: &[u8] = b"bplist0";
/// What lies at the end: six bytes not used here, two sizes, three numbers of eight bytes.
const TRAILER: usize = 32;

/// A property list whose trailer fits its bytes.
#[derive(Clone, Copy)]
pub(super) struct Plist<'b> {
    /// Objects; the table of offsets and the trailer lie behind them.
    objects: &'b [u8],
    offsets: Refs<'b>,
    /// Bytes of a reference.
    ref_bytes: usize,
    top: u64,
}

/// One object.
#[derive(Clone, Copy)]
pub(super) enum Object<'b> {
    Bool(bool),
    Integer(i64),
    Data(&'b [u8]),
    /// Text of ASCII alone: all names that are looked for here are.
    Text(&'b [u8]),
    /// A reference of a keyed archive.
    Uid(u64),
    Array(Refs<'b>),
    Dictionary {
        keys: Refs<'b>,
        values: Refs<'b>,
    },
    /// Something that is not needed here.
    Other,
}

/// Numbers of one width, one behind the other.
#[derive(Clone, Copy)]
pub(super) struct Refs<'b> {
    bytes: &'b [u8],
    width: usize,
}

impl Refs<'_> {
    /// The number at this place.
    pub(super) fn get(&self, index: u64) -> Option<u64> {
        let from = usize::try_from(index).ok()?.checked_mul(self.width)?;
        self.bytes.get(from..from.checked_add(self.width)?).map(number)
    }
}

impl<'b> Plist<'b> {
    /// Checks the beginning and the trailer.
    ///
    /// # Errors
    /// [`Fault::Damaged`].
    pub(super) fn new(bytes: &'b [u8]) -> Result<Self, Fault> {
        let damaged = |why: &str| Fault::damaged(bytes.len() as u64, why);
        if !bytes.starts_with(MAGIC) {
            return Err(Fault::damaged(0, "no binary property list"));
        }
        let split = bytes.len().checked_sub(TRAILER).and_then(|at| bytes.split_at_checked(at));
        let (body, trailer) = split.ok_or_else(|| damaged("a property list without trailer"))?;
        let [.., width, ref_width] = *trailer.first_chunk::<8>().unwrap_or(&[0; 8]);
        let (count, top, table) = (be64(trailer, 8), be64(trailer, 16), be64(trailer, 24));
        let good = |width: u8| (1..=8).contains(&width);
        if !good(width) || !good(ref_width) {
            return Err(damaged("the trailer of the property list states impossible widths"));
        }
        let width = usize::from(width);
        let split = usize::try_from(table).ok().and_then(|at| body.split_at_checked(at));
        let length = usize::try_from(count).ok().and_then(|count| count.checked_mul(width));
        let offsets = split.zip(length).and_then(|((_, table), length)| table.get(..length));
        let Some(((objects, _), offsets)) = split.zip(offsets) else {
            return Err(damaged("the table of the property list does not lie inside it"));
        };
        let offsets = Refs { bytes: offsets, width };
        Ok(Self { objects, offsets, ref_bytes: usize::from(ref_width), top })
    }

    /// The outermost object.
    pub(super) fn top(&self) -> Option<Object<'b>> {
        self.object(self.top)
    }

    /// The object of this number.
    pub(super) fn object(&self, index: u64) -> Option<Object<'b>> {
        let at = usize::try_from(self.offsets.get(index)?).ok()?;
        let (marker, rest) = self.objects.get(at..)?.split_first()?;
        let low = usize::from(marker & 0x0F);
        Some(match marker >> 4 {
            0x0 => match marker {
                0x08 => Object::Bool(false),
                0x09 => Object::Bool(true),
                _ => Object::Other,
            },
            // Up to four bytes without sign; eight with; sixteen hold what fits eight without.
            0x1 => Object::Integer(integer(rest.get(..1 << low.min(4))?)),
            0x4 => counted(low, rest, 1).map(Object::Data)?,
            0x5 => counted(low, rest, 1).map(Object::Text)?,
            0x8 => Object::Uid(number(rest.get(..low + 1).filter(|bytes| bytes.len() <= 8)?)),
            0xA => Object::Array(self.refs(counted(low, rest, self.ref_bytes)?)),
            0xD => {
                let both = counted(low, rest, self.ref_bytes.checked_mul(2)?)?;
                let (keys, values) = both.split_at_checked(both.len() / 2)?;
                Object::Dictionary { keys: self.refs(keys), values: self.refs(values) }
            }
            _ => Object::Other,
        })
    }

    /// What a dictionary holds under this name.
    pub(super) fn get(&self, dictionary: Object<'b>, name: &str) -> Option<Object<'b>> {
        let Object::Dictionary { keys, values } = dictionary else { return None };
        let mut index = 0;
        loop {
            let key = self.object(keys.get(index)?);
            if matches!(key, Some(Object::Text(key)) if key == name.as_bytes()) {
                return self.object(values.get(index)?);
            }
            index += 1;
        }
    }

    fn refs(&self, bytes: &'b [u8]) -> Refs<'b> {
        Refs { bytes, width: self.ref_bytes }
    }
}

/// The bytes of as many units as the marker or the integer behind it counts.
fn counted(low: usize, rest: &[u8], unit: usize) -> Option<&[u8]> {
    let (count, rest) = if low < 0x0F {
        (low, rest)
    } else {
        let (marker, rest) = rest.split_first()?;
        let width = 1 << (marker & 0x0F).min(3);
        let (count, rest) = (marker >> 4 == 1).then(|| rest.split_at_checked(width))??;
        (usize::try_from(number(count)).ok()?, rest)
    };
    rest.get(..count.checked_mul(unit)?)
}

/// At most eight bytes, big end first.
fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn integer(bytes: &[u8]) -> i64 {
    let tail = bytes.last_chunk::<8>().map(|eight| i64::from_be_bytes(*eight));
    tail.unwrap_or_else(|| number(bytes).cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `{"a": true, "b": [itself, 258], "c": "xyz"}`, written by hand.
    fn sample() -> Vec<u8> {
        let mut bytes = b"bplist00".to_vec();
        let mut offsets = Vec::new();
        let objects: [&[u8]; 8] = [
            &[0xD3, 1, 2, 3, 4, 5, 7],
            &[0x51, b'a'],
            &[0x51, b'b'],
            &[0x51, b'c'],
            &[0x09],
            &[0xA2, 0, 6],
            &[0x11, 1, 2],
            &[0x5F, 0x10, 3, b'x', b'y', b'z'],
        ];
        for object in objects {
            offsets.push(u8::try_from(bytes.len()).unwrap());
            bytes.extend(object);
        }
        let table = bytes.len() as u64;
        bytes.extend(offsets);
        bytes.extend([0, 0, 0, 0, 0, 0, 1, 1]);
        bytes.extend([8, 0, table].map(u64::to_be_bytes).concat());
        bytes
    }

    #[test]
    fn objects_are_found_by_name_and_a_circle_costs_nothing() {
        let bytes = sample();
        let plist = Plist::new(&bytes).unwrap();
        let top = plist.top().unwrap();
        assert!(matches!(plist.get(top, "a"), Some(Object::Bool(true))));
        assert!(matches!(plist.get(top, "c"), Some(Object::Text(b"xyz"))));
        assert!(plist.get(top, "d").is_none());
        let Some(Object::Array(array)) = plist.get(top, "b") else { panic!("no array") };
        assert_eq!((array.get(0), array.get(1), array.get(2)), (Some(0), Some(6), None));
        assert!(matches!(plist.object(6), Some(Object::Integer(258))));
    }

    #[test]
    fn every_cut_and_every_bent_byte_is_survived() {
        let bytes = sample();
        for cut in 0..bytes.len() {
            assert!(Plist::new(&bytes[..cut]).is_err(), "cut at {cut}");
        }
        for at in 0..bytes.len() {
            for value in [0, 1, 0x0F, 0x4F, 0x7F, 0x80, 0x8F, 0xAF, 0xDF, 0xFF] {
                let mut bent = bytes.clone();
                bent[at] = value;
                let Ok(plist) = Plist::new(&bent) else { continue };
                for index in 0..9 {
                    let object = plist.object(index);
                    let _found = object.and_then(|object| plist.get(object, "c"));
                }
            }
        }
    }

    #[test]
    fn integers_keep_their_sign() {
        assert_eq!(integer(&[0xFF]), 255);
        assert_eq!(integer(&[0xFF; 8]), -1);
        assert_eq!(integer(&[0; 16]), 0);
    }
}
