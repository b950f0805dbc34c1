//! A folder of a 7z archive: coders, each of which unpacks what others give.

use super::aes;
use super::coders;
use crate::bytes::Bytes;
use crate::fault::Fault;
use crate::format::Secrets;
use crate::formats::serial::Reader;
use std::cell::RefCell;
use std::io::Read;
use std::rc::Rc;

/// Unpacked to test a password when no checksum tells.
const TESTED: u64 = 1 << 20;
/// The longest file whose checksum tests a password.
const CHECKED: u64 = 64 << 20;

/// One coder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coder {
    pub method: Vec<u8>,
    pub properties: Vec<u8>,
    /// Number of its first input.
    pub first: u64,
    /// How many inputs it has.
    pub inputs: u64,
    /// Size of what it gives.
    pub size: u64,
}

/// One folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    pub coders: Vec<Coder>,
    /// An input, and the coder that gives it.
    pub bound: Vec<(u64, u64)>,
    /// The inputs that come from packed streams, in their order.
    pub inputs: Vec<u64>,
    /// The coder that gives the folder.
    pub main: usize,
    /// Where the packed streams lie.
    pub packed: Vec<(u64, u64)>,
    pub crc: Option<u32>,
    /// Size and CRC-32 of the first file in it.
    pub first: Option<(u64, u32)>,
}

impl Folder {
    /// Where its packed bytes begin.
    pub fn place(&self) -> u64 {
        self.packed.first().map_or(0, |(start, _)| *start)
    }

    /// Its size unpacked.
    pub fn length(&self) -> u64 {
        self.coders.get(self.main).map_or(0, |coder| coder.size)
    }

    /// Where it lies, when it lies there unchanged.
    pub fn stored_at(&self) -> Option<u64> {
        match self.coders.as_slice() {
            [coder] if coder.method == coders::COPY => Some(self.place()),
            _ => None,
        }
    }

    /// How it is encrypted, if it is.
    fn lock(&self) -> Option<&Coder> {
        self.coders.iter().find(|coder| coder.method == coders::AES)
    }

    /// What it unpacks to, from its beginning on.
    ///
    /// # Errors
    /// [`Fault`] when a coder is not known or refuses.
    pub fn reader(
        &self,
        bytes: &Rc<dyn Bytes>,
        key: Option<&aes::Key>,
        held: u64,
    ) -> Result<Box<dyn Read>, Fault> {
        self.output(self.main, bytes, key, held, self.coders.len())
    }

    /// What a coder gives; `deep` coders may lie in front of it, which ends a circle.
    fn output(
        &self,
        number: usize,
        bytes: &Rc<dyn Bytes>,
        key: Option<&aes::Key>,
        held: u64,
        deep: usize,
    ) -> Result<Box<dyn Read>, Fault> {
        let place = self.place();
        let coder = self.coders.get(number).filter(|_| deep > 0);
        let coder = coder.ok_or_else(|| Fault::damaged(place, "coders that go in a circle"))?;
        let mut inputs = Vec::new();
        for input in coder.first..coder.first + coder.inputs {
            if let Some((_, from)) = self.bound.iter().find(|(bound, _)| *bound == input) {
                let from = usize::try_from(*from).unwrap_or(usize::MAX);
                inputs.push(self.output(from, bytes, key, held, deep - 1)?);
                continue;
            }
            let packed = self.inputs.iter().position(|free| *free == input);
            let packed = packed.and_then(|index| self.packed.get(index));
            let (start, length) =
                packed.ok_or_else(|| Fault::damaged(place, "a coder without input"))?;
            let end = start.saturating_add(*length);
            inputs.push(Box::new(Reader::new(Rc::clone(bytes), *start, end)));
        }
        coders::open(coder, inputs, key, held, place)
    }

    /// Whether it can be unpacked with this key, as its first file or else its beginning tells.
    fn opens(&self, bytes: &Rc<dyn Bytes>, key: &aes::Key, held: u64) -> bool {
        let whole = self.first.or(self.crc.map(|crc| (self.length(), crc)));
        let whole = whole.filter(|(size, _)| *size <= CHECKED.min(held));
        let length = whole.map_or(self.length().min(TESTED), |(size, _)| size);
        let mut seen = Vec::new();
        let Ok(reader) = self.reader(bytes, Some(key), held) else { return false };
        let read = reader.take(length).read_to_end(&mut seen);
        read.is_ok()
            && seen.len() as u64 == length
            && whole.is_none_or(|(_, crc)| crc == crc32fast::hash(&seen))
    }
}

/// Opens encrypted folders with the passwords that the operator gave. To make a key of one takes
/// half a million rounds, so keys are kept.
pub struct Locks {
    secrets: Secrets,
    keys: RefCell<Vec<Rc<aes::Key>>>,
}

impl Locks {
    pub fn new(secrets: Secrets) -> Self {
        Self { secrets, keys: RefCell::default() }
    }

    /// The key that opens this folder; `None` when it is not encrypted.
    ///
    /// # Errors
    /// [`Fault::Locked`] when no password does.
    pub fn open(
        &self,
        folder: &Folder,
        bytes: &Rc<dyn Bytes>,
        held: u64,
    ) -> Result<Option<Rc<aes::Key>>, Fault> {
        let Some(coder) = folder.lock() else { return Ok(None) };
        let place = folder.place();
        for (number, secret) in self.secrets.0.iter().enumerate() {
            let key = self.key(number, secret, &coder.properties, place)?;
            if folder.opens(bytes, &key, held) {
                return Ok(Some(key));
            }
        }
        let tried = match self.secrets.0.len() {
            0 => "none was given",
            _ => "none of those given fits",
        };
        Err(Fault::Locked { needs: format!("the archive's password; {tried}") })
    }

    fn key(
        &self,
        number: usize,
        secret: &str,
        properties: &[u8],
        place: u64,
    ) -> Result<Rc<aes::Key>, Fault> {
        let stated = aes::Stated::read(properties, place)?;
        let mut keys = self.keys.borrow_mut();
        if let Some(key) = keys.iter().find(|key| key.is_of(number, &stated)) {
            return Ok(Rc::clone(key));
        }
        let key = Rc::new(aes::Key::new(number, secret, &stated));
        keys.push(Rc::clone(&key));
        Ok(key)
    }
}
