//! What a format declares, and the two things it can be opened as.

use crate::bytes::Bytes;
use crate::fault::Fault;
use crate::found::Report;
use crate::limits::Limits;
use amparo_model::{HashAlgorithm, Problem};
use std::rc::Rc;

/// What kind of container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Files packed into one.
    Archive,
    /// Other bytes in a form of their own: a medium in an image file, a compressed file.
    Image,
    /// A medium divided into volumes.
    Volumes,
    /// Files in folders on a volume.
    FileSystem,
    /// A backup that a phone's maker defined.
    Backup,
}

/// A format as data: the supported-formats page and the tests are made from it.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    /// Id in the facts, lower case with `_`.
    pub id: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What kind.
    pub family: Family,
    /// Rises when the same bytes give other entries.
    pub version: u32,
    /// Whether its parts have checksums, so that reading all of its medium finds damage where no
    /// file lies.
    pub checksums: bool,
    /// Ends of names by which a file is worth opening when it is met in a folder or in another
    /// container, in lower case (`.zip`, `manifest.db`). Media inside images and volumes are
    /// recognised by content alone.
    pub suffixes: &'static [&'static str],
    /// What it cannot do, one sentence each, for the supported-formats page.
    pub gaps: &'static [&'static str],
    /// Where the facts about the format come from.
    pub sources: &'static [&'static str],
}

/// A format that can be recognised and opened.
pub trait Format: Sync {
    /// What it declares.
    fn spec(&self) -> &'static Spec;

    /// Whether these bytes claim to be of this format. `head` holds the first 68 KiB, or all there
    /// is; the bytes themselves are for formats that sign at their end. Reads little, never fails.
    fn recognises(&self, head: &[u8], bytes: &dyn Bytes) -> bool;

    /// Whether a file of this name may be of this format whatever its bytes are. For formats
    /// without a mark of their own, which then open only with what lies beside the file.
    fn claims_name(&self, _name: &[u8]) -> bool {
        false
    }

    /// Opens it; reads no more than needed to list.
    ///
    /// # Errors
    /// [`Fault`] when nothing of it can be listed.
    fn open(&self, opening: Opening<'_>) -> Result<Opened, Fault>;
}

/// What a format is opened with.
#[derive(Clone)]
pub struct Opening<'o> {
    /// The bytes.
    pub bytes: Rc<dyn Bytes>,
    /// The file's own name, without folders; empty when it has none.
    pub name: Vec<u8>,
    /// The files beside it: further segments, the data of a backup.
    pub siblings: Rc<dyn Siblings>,
    /// Passwords given by the operator.
    pub secrets: &'o Secrets,
    /// What it may cost.
    pub limits: Limits,
}

/// What an opened format gives.
pub enum Opened {
    /// Other bytes, which are recognised again: the medium inside an image.
    Image(Image),
    /// Entries.
    Entries(Rc<dyn Container>),
}

/// A medium inside an image file.
pub struct Image {
    /// Its bytes.
    pub bytes: Rc<dyn Bytes>,
    /// Hashes of the medium that the image file states.
    pub stored: Vec<Stored>,
    /// What is wrong with the image although it can be read: a missing segment, a bad checksum.
    pub problems: Vec<Problem>,
}

/// A hash that an image states of its medium.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Which.
    pub algorithm: HashAlgorithm,
    /// In lower-case hexadecimal digits.
    pub value: String,
}

/// Something that holds entries.
pub trait Container {
    /// Reports every entry and every problem on the way, folders included, in the order that costs
    /// least to read. Memory does not grow with the number of entries where the format allows it.
    fn list(&self, report: &mut Report<'_>);

    /// The bytes of the entry at this address. For deleted entries: what still lies there.
    ///
    /// # Errors
    /// [`Fault`].
    fn open(&self, address: u64) -> Result<Rc<dyn Bytes>, Fault>;
}

/// Files beside the one that is opened.
pub trait Siblings {
    /// The file of this name, or of this path below the same folder; `None` when there is none.
    /// Names are compared byte by byte.
    fn open(&self, path: &[u8]) -> Option<Rc<dyn Bytes>>;
}

/// No files beside.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoSiblings;

impl Siblings for NoSiblings {
    fn open(&self, _path: &[u8]) -> Option<Rc<dyn Bytes>> {
        None
    }
}

/// Passwords that the operator gave for this exhibit, tried in order. Never printed.
#[derive(Clone, Default)]
pub struct Secrets(pub Vec<String>);
