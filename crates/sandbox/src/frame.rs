//! Frames: four bytes of length (little endian, of the body), one byte of kind, the body.

use amparo_media::Limits;
use amparo_model::{Problem, ProblemKind, Sha256, UtcMillis};
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Write};

/// Longest body of one frame, in bytes, in either direction.
pub const MAX_BODY: usize = 16 << 20;

/// How much of a blob travels in one frame.
pub const CHUNK: usize = 1 << 20;

/// Bodies up to this length are written together with what stands before them.
const JOINED: usize = 128 << 10;

/// What a frame is. Requests are below 128, answers above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Host: how to confine yourself ([`crate::Confinement`]).
    Start = 1,
    /// Host: parse ([`ParseRequest`]); the blobs follow.
    Parse = 2,
    /// Host: examine a picture ([`ExamineRequest`]); the blob follows.
    Examine = 3,
    /// Host: the next bytes of the blobs announced.
    Bytes = 4,
    /// Host: read a list ([`ListRequest`]); its bytes go over as they are wanted.
    List = 5,
    /// Host: open a container ([`TreeRequest`]); the worker serves nothing but containers from then
    /// on, one after the other.
    Tree = 6,
    /// Host: list the container.
    ListTree = 7,
    /// Host: read entries of it ([`ReadRequest`]).
    ReadTree = 8,
    /// Host: the file asked for beside the container ([`There`]).
    There = 9,
    /// Worker: confined and ready.
    Ready = 128,
    /// Worker: could not confine itself; the body says why.
    Refused = 129,
    /// Worker: located records, a JSON array.
    Records = 130,
    /// Worker: problems, a JSON array.
    Problems = 131,
    /// Worker: what a picture says about itself.
    Picture = 132,
    /// Worker: the picture's decoder refused ([`NotExamined`]).
    NotExamined = 133,
    /// Worker: the request is answered.
    Done = 134,
    /// Worker: needs bytes of the list ([`Want`]); one [`Kind::Bytes`] of that length follows.
    Want = 135,
    /// Worker: rows of a list, each with its length in front ([`amparo_model::compact_row`]).
    Rows = 136,
    /// Worker: entries of a container, a JSON array of [`TreeEntry`].
    Entries = 137,
    /// Worker: containers that were opened, a JSON array of [`amparo_model::Container`].
    Opened = 138,
    /// Worker: the next bytes of the entry being read.
    Content = 139,
    /// Worker: no more bytes of this entry ([`ReadEnd`]).
    ReadEnd = 140,
    /// Worker: asks for the file of this path beside the container; one [`Kind::There`] follows.
    Beside = 141,
}

impl Kind {
    const ALL: [Self; 23] = [
        Self::Start,
        Self::Parse,
        Self::Examine,
        Self::Bytes,
        Self::Ready,
        Self::Refused,
        Self::Records,
        Self::Problems,
        Self::Picture,
        Self::NotExamined,
        Self::Done,
        Self::List,
        Self::Want,
        Self::Rows,
        Self::Tree,
        Self::ListTree,
        Self::ReadTree,
        Self::There,
        Self::Entries,
        Self::Opened,
        Self::Content,
        Self::ReadEnd,
        Self::Beside,
    ];

    /// The kind with this number.
    pub fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == byte)
    }
}

/// One blob, whose bytes follow the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobHead {
    /// Path inside the evidence item.
    pub path: String,
    /// Computed by the host over what it sends.
    pub sha256: Sha256,
    /// How many bytes follow.
    pub size: u64,
}

/// Body of [`Kind::Parse`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParseRequest {
    /// Which parser.
    pub parser: String,
    /// Main file first, then companions.
    pub blobs: Vec<BlobHead>,
}

/// Body of [`Kind::List`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListRequest {
    /// Which parser.
    pub parser: String,
    /// The list, none of whose bytes follows unasked.
    pub list: BlobHead,
}

/// Body of [`Kind::Want`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Want {
    /// First byte.
    pub offset: u64,
    /// How many, 1 to [`CHUNK`].
    pub length: u64,
    /// Of which file: 0 is the list or container itself, others as they were asked for.
    #[serde(default)]
    pub file: usize,
}

/// Body of [`Kind::Tree`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeRequest {
    /// The container's own name, escaped; tells segments of an image.
    pub name: String,
    /// How many bytes it has.
    pub size: u64,
    /// Passwords to try.
    pub secrets: Vec<String>,
}

/// Body of [`Kind::There`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct There {
    /// Size of the file; `None` when there is none.
    pub size: Option<u64>,
}

/// Body of [`Kind::ReadTree`]: entries, read in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadRequest {
    /// What is wanted of each.
    pub parts: Vec<EntryPart>,
}

/// Some bytes of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryPart {
    /// Path as listed.
    pub path: String,
    /// Place as listed.
    pub place: Vec<u64>,
    /// First byte.
    pub at: u64,
    /// At most so many.
    pub length: u64,
}

/// An entry as a listing of a container gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeEntry {
    /// Path inside the container, escaped, `//` where an inner container begins.
    pub path: String,
    /// Claimed size.
    pub size: u64,
    /// One address for each container on the way.
    pub place: Vec<u64>,
    /// A file system says that it is deleted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// Last modification, if stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified_at: Option<UtcMillis>,
}

/// Body of [`Kind::ReadEnd`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadEnd {
    /// What was wrong although bytes were given.
    pub problems: Vec<Problem>,
    /// Why there are no bytes, or no more.
    pub failed: Option<Problem>,
}

/// Body of [`Kind::Examine`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExamineRequest {
    /// How many bytes follow.
    pub size: u64,
    /// What the picture may cost.
    pub limits: Limits,
}

/// Body of [`Kind::NotExamined`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotExamined {
    /// What to conclude.
    pub kind: ProblemKind,
    /// The decoder's words.
    pub why: String,
}

/// Writes one frame.
pub fn write(out: &mut impl Write, kind: Kind, body: &[u8]) -> io::Result<()> {
    let too_long = || io::Error::new(io::ErrorKind::InvalidInput, "frame too long");
    if body.len() > MAX_BODY {
        return Err(too_long());
    }
    let length = u32::try_from(body.len()).map_err(|_| too_long())?;
    let [a, b, c, d] = length.to_le_bytes();
    let head = [a, b, c, d, kind as u8];
    // One turn of the other side for what is copied faster than a turn takes.
    if body.len() <= JOINED {
        return out.write_all(&[&head[..], body].concat());
    }
    out.write_all(&head)?;
    out.write_all(body)
}

/// Writes one frame with a JSON body.
pub fn write_json(out: &mut impl Write, kind: Kind, body: &impl Serialize) -> io::Result<()> {
    write(out, kind, &serde_json::to_vec(body)?)
}

/// Length and kind of the next frame as written, unchecked; `None` at the end of the stream.
pub fn read_head(input: &mut impl Read) -> io::Result<Option<(usize, u8)>> {
    let mut head = [0; 5];
    let mut filled = 0;
    while let Some(rest) = head.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match input.read(rest) {
            Ok(0) if filled == 0 => return Ok(None),
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let [a, b, c, d, kind] = head;
    Ok(Some((u32::from_le_bytes([a, b, c, d]) as usize, kind)))
}

/// The body of a frame whose length was checked. Beyond one [`CHUNK`], memory grows with what
/// arrives, not with what was claimed.
pub fn read_body(input: &mut impl Read, length: usize) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    while body.len() < length {
        let from = body.len();
        body.resize(length.min(from + CHUNK), 0);
        input.read_exact(body.get_mut(from..).unwrap_or_default())?;
    }
    Ok(body)
}
