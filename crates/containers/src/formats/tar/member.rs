//! One member of a TAR archive, with what the extended headers in front of it say.

use super::header::{BLOCK, Block, field, is_ustar, number, text};
use super::sparse;
use crate::fault::Fault;
use crate::formats::input::Input;
use crate::formats::pieces::Piece;
use crate::found::{Found, Kind};
use amparo_model::UtcMillis;

/// What extended headers say of the next member.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extended {
    pub path: Option<Vec<u8>>,
    pub link: Option<Vec<u8>>,
    pub size: Option<u64>,
    pub modified_at: Option<UtcMillis>,
    pub sparse: sparse::Stated,
}

/// One member.
#[derive(Debug, Clone)]
pub struct Member {
    /// Where its first header lies.
    pub address: u64,
    pub path: Vec<u8>,
    /// What a link points to.
    pub link: Vec<u8>,
    pub kind: Kind,
    /// The letter that says what it is.
    pub flag: u8,
    /// Where its bytes begin.
    pub data: u64,
    /// How many lie in the archive.
    pub stored: u64,
    pub modified_at: Option<UtcMillis>,
    stated: u64,
    block: Box<Block>,
    sparse: sparse::Stated,
}

impl Member {
    /// The member whose own header is `block`, at `header_at`; the first of its headers lies at
    /// `address`.
    ///
    /// # Errors
    /// [`Fault::Damaged`] when its size is no number.
    pub fn new(
        block: Block,
        header_at: u64,
        address: u64,
        extended: Extended,
    ) -> Result<Self, Fault> {
        let flag = block.get(156).copied().unwrap_or(0);
        let size = extended.size.or_else(|| number(field(&block, 124, 12))?.try_into().ok());
        let size = size.ok_or_else(|| Fault::damaged(header_at, "a size that is no number"))?;
        let data = header_at.saturating_add(BLOCK);
        if data.checked_add(size).is_none_or(|end| end > u64::MAX - BLOCK) {
            return Err(Fault::damaged(header_at, format!("a size of {size} bytes")));
        }
        let path = extended.path.unwrap_or_else(|| short_path(&block));
        let link = extended.link.unwrap_or_else(|| text(field(&block, 157, 100)).to_vec());
        let kind = kind(flag, &path);
        let holds_bytes = kind == Kind::File || flag == b'D' || flag == b'M';
        let seconds = || number(field(&block, 136, 12))?.checked_mul(1_000);
        Ok(Self {
            address,
            modified_at: extended.modified_at.or_else(|| seconds().map(UtcMillis)),
            kind,
            flag,
            data,
            stored: if holds_bytes { size } else { 0 },
            stated: size,
            path: extended.sparse.name.clone().unwrap_or(path),
            link,
            block: Box::new(block),
            sparse: extended.sparse,
        })
    }

    /// A further name of a file that lies elsewhere in the archive.
    pub fn is_link(&self) -> bool {
        self.flag == b'1'
    }

    /// A further name that some tools give bytes of its own: as many as its size says.
    pub fn with_own_bytes(self) -> Self {
        Self { kind: Kind::File, flag: b'0', stored: self.stated, ..self }
    }

    /// Whether it may be such: a link of which a size is stated.
    pub fn is_link_with_size(&self) -> bool {
        self.is_link() && self.stated > 0
    }

    /// As an entry of the listing.
    pub fn found(&self) -> Found {
        let path = self.path.strip_suffix(b"/").unwrap_or(&self.path);
        let start = path.iter().take_while(|byte| **byte == b'/').count();
        let mut path = path.get(start..).unwrap_or_default().to_vec();
        if path.is_empty() {
            path = format!("member at {}", self.address).into_bytes();
        }
        Found {
            path,
            kind: self.kind,
            size: self.size(),
            address: self.address,
            deleted: false,
            modified_at: self.modified_at,
        }
    }

    /// Its size, with the gaps of a sparse file.
    pub fn size(&self) -> u64 {
        let old = || number(field(&self.block, 483, 12)).and_then(|size| size.try_into().ok());
        match self.flag {
            b'S' => old().unwrap_or(self.stored),
            _ => self.sparse.size.unwrap_or(self.stored),
        }
    }

    /// Where its bytes lie.
    ///
    /// # Errors
    /// [`Fault`] when the map of a sparse file is damaged.
    pub fn parts(&self, input: &mut Input) -> Result<Vec<Piece>, Fault> {
        let size = self.size();
        match (self.flag, &self.sparse) {
            (b'S', _) => {
                let (map, data) = sparse::old_map(&self.block, self.data, input)?;
                sparse::parts(&map, data, size)
            }
            (_, sparse) if sparse.is_in_front => {
                let (map, data) = sparse::map_in_front(self.data, self.data_end(), input)?;
                sparse::parts(&map, data, size)
            }
            (_, sparse) if sparse.size.is_some() => sparse::parts(&sparse.map, self.data, size),
            _ => Ok(vec![(Some(self.data), self.stored)]),
        }
    }

    /// Where the bytes end.
    pub fn data_end(&self) -> u64 {
        self.data.saturating_add(self.stored)
    }

    /// Where the next header lies. Old sparse maps go on between a header and its bytes.
    ///
    /// # Errors
    /// Whatever the reading gives.
    pub fn next(&self, input: &mut Input) -> Result<u64, Fault> {
        let more = if self.flag == b'S' {
            sparse::old_blocks(&self.block, self.data, input)? * BLOCK
        } else {
            0
        };
        let end = self.data_end().saturating_add(more);
        Ok(end.checked_next_multiple_of(BLOCK).unwrap_or(u64::MAX))
    }
}

/// The path in the header itself. In POSIX's headers a second field holds what comes before it;
/// GNU's have other things there.
fn short_path(block: &Block) -> Vec<u8> {
    let name = text(field(block, 0, 100));
    let before = text(field(block, 345, 155));
    if is_ustar(block) && block.get(262) == Some(&0) && !before.is_empty() {
        return [before, b"/", name].concat();
    }
    name.to_vec()
}

fn kind(flag: u8, path: &[u8]) -> Kind {
    match flag {
        // Before POSIX a folder was told by its name.
        0 | b'0' if path.ends_with(b"/") => Kind::Folder,
        b'5' | b'D' => Kind::Folder,
        b'1'..=b'4' | b'6' | b'M' | b'V' => Kind::Other,
        // What is unknown is a file, as POSIX rules.
        _ => Kind::File,
    }
}
