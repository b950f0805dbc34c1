//! A volume: its superblock, and the bytes of its entries (reference, "Volumes").

use super::btree::Tree;
use super::object::{Blocks, VOLUME};
use super::omap::Omap;
use super::records::{Attribute, EXTENT, Extent, INODE, Inode, XATTR, key, order};
use crate::bytes::{Bytes, Memory, le64, vec_at};
use crate::fault::Fault;
use crate::formats::apple::extents::{Extents, Lies};
use crate::formats::apple::{COMPRESSED, decmpfs};
use crate::found::{Go, Kind};
use std::rc::Rc;

const MAGIC: &[u8] = b"APSB";
/// Flag: nothing is encrypted.
const UNENCRYPTED: u64 = 1;
/// Incompatible features: names are compared folded or normalised, so that keys hold hashes.
const HASHED: u64 = 0x1 | 0x8;
const SEALED: u64 = 0x20;
/// Names of the attributes that are looked at.
const RESOURCE: &[u8] = b"com.apple.ResourceFork";
const SYMBOLIC: &[u8] = b"com.apple.fs.symlink";
/// Flag of a file whose content was left in the cloud (`SF_DATALESS` of `sys/stat.h`).
const DATALESS: u32 = 0x4000_0000;
/// Extents of one file.
const EXTENTS_MAX: usize = 4 << 20;
/// Longest attribute with compressed data.
const DECMPFS_MAX: u64 = 1 << 20;

/// A volume.
pub struct Volume {
    /// Its name as UTF-8.
    pub name: Vec<u8>,
    /// The tree of its files; or why it is not read.
    pub files: Result<Files, Fault>,
}

/// The tree of a volume's files.
pub struct Files {
    /// The tree.
    pub tree: Tree,
    /// Keys of folders' entries hold a hash.
    pub is_hashed: bool,
    blocks: Rc<Blocks>,
}

/// An inode with those of its attributes that matter here.
pub struct Whole {
    /// The inode.
    pub inode: Inode,
    decmpfs: Option<Attribute>,
    resource: Option<Attribute>,
    symbolic: Option<Attribute>,
}

impl Volume {
    /// The volume whose superblock lies in this block.
    ///
    /// # Errors
    /// [`Fault`] when there is none.
    pub fn open(blocks: &Rc<Blocks>, block: u64, transaction: u64) -> Result<Self, Fault> {
        let superblock = blocks.object(block, &[VOLUME])?;
        if superblock.get(32..36) != Some(MAGIC) {
            return Err(blocks.wrong(block, "no superblock of a volume"));
        }
        let name = superblock.get(704..960).unwrap_or_default();
        let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
        let colon = |byte: &u8| if *byte == b'/' { b':' } else { *byte };
        let files = Files::open(blocks, &superblock, transaction);
        Ok(Self { name: name.iter().map(colon).collect(), files })
    }
}

impl Files {
    fn open(blocks: &Rc<Blocks>, superblock: &[u8], transaction: u64) -> Result<Self, Fault> {
        let features = le64(superblock, 56);
        if le64(superblock, 264) & UNENCRYPTED == 0 {
            return Err(Fault::Locked { needs: "the password or key of this volume".into() });
        }
        if features & SEALED != 0 {
            return Err(Fault::unsupported("a sealed volume, the system of macOS 11 or later"));
        }
        let omap = Rc::new(Omap::open(blocks, le64(superblock, 128), transaction)?);
        let tree = Tree::new(Rc::clone(blocks), Some(omap), le64(superblock, 136), (0, 0));
        Ok(Self { tree, is_hashed: features & HASHED != 0, blocks: Rc::clone(blocks) })
    }

    /// An inode; its attributes follow it in the tree.
    ///
    /// # Errors
    /// [`Fault::Damaged`] when there is none.
    pub fn whole(&self, id: u64) -> Result<Whole, Fault> {
        let mut whole = None;
        self.tree.from(&order(id, INODE), &mut |key_bytes, value| {
            match (key(key_bytes), &mut whole) {
                ((of, INODE), None) if of == id => whole = Inode::parse(value).map(Whole::new),
                ((of, XATTR), Some(whole)) if of == id => whole.take(key_bytes, value),
                _ => return Go::Stop,
            }
            Go::On
        })?;
        whole.ok_or_else(|| Fault::damaged(0, format!("there is no inode {id}")))
    }

    /// The bytes of an entry, or of its resource fork.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn bytes(&self, id: u64, is_resource: bool) -> Result<Rc<dyn Bytes>, Fault> {
        let whole = self.whole(id)?;
        let fork = || whole.resource.as_ref().map(|fork| self.attribute(fork)).transpose();
        if is_resource {
            return fork()?.ok_or_else(|| Fault::damaged(0, "there is no resource fork"));
        }
        if let Some(target) = &whole.symbolic {
            return self.attribute(target);
        }
        if let Some(attribute) = whole.compressed() {
            let attribute = self.attribute(attribute)?;
            let attribute = vec_at(&*attribute, 0, attribute.len(), DECMPFS_MAX)?;
            return decmpfs::open(&attribute, fork()?);
        }
        let inode = &whole.inode;
        if inode.flags & DATALESS != 0 {
            return Err(Fault::unsupported("content that is in the cloud and not on this volume"));
        }
        Ok(Rc::new(self.stream(inode.data, inode.size, inode.is_sparse)?))
    }

    fn attribute(&self, attribute: &Attribute) -> Result<Rc<dyn Bytes>, Fault> {
        Ok(match attribute {
            Attribute::Held(data) => Rc::new(Memory(data.clone())),
            Attribute::Stream(id, size) => Rc::new(self.stream(*id, *size, false)?),
        })
    }

    /// The bytes of a stream, wherever its extents lie.
    fn stream(&self, id: u64, size: u64, is_sparse: bool) -> Result<Extents, Fault> {
        let gap = if is_sparse { Lies::Hole } else { Lies::Lost };
        let (mut runs, mut end) = (Vec::new(), 0_u64);
        let mut overlap = None;
        self.tree.from(&order(id, EXTENT), &mut |key_bytes, value| {
            let extent = Extent::parse(key_bytes, value);
            let Some(extent) = extent.filter(|_| key(key_bytes) == (id, EXTENT)) else {
                return Go::Stop;
            };
            if extent.start < end || runs.len() >= EXTENTS_MAX {
                overlap = Some(extent.start);
                return Go::Stop;
            }
            runs.push((gap, extent.start - end));
            runs.push((self.place(extent.block), extent.length));
            end = extent.start.saturating_add(extent.length);
            if end >= size { Go::Stop } else { Go::On }
        })?;
        if let Some(at) = overlap {
            return Err(Fault::damaged(at, "extents of a file that overlap, or too many"));
        }
        runs.push((gap, size.saturating_sub(end)));
        Ok(Extents::new(Rc::clone(&self.blocks.bytes), runs, size))
    }

    fn place(&self, block: u64) -> Lies {
        match (block, block.checked_mul(u64::from(self.blocks.size))) {
            (0, _) => Lies::Hole,
            (_, Some(at)) => Lies::At(at),
            (_, None) => Lies::Lost,
        }
    }
}

impl Whole {
    fn new(inode: Inode) -> Self {
        Self { inode, decmpfs: None, resource: None, symbolic: None }
    }

    fn take(&mut self, key: &[u8], value: &[u8]) {
        let name = Attribute::name(key).unwrap_or_default();
        let slot = match name {
            RESOURCE => &mut self.resource,
            SYMBOLIC if self.inode.kind == Kind::Other => &mut self.symbolic,
            _ if name == decmpfs::NAME.as_bytes() => &mut self.decmpfs,
            _ => return,
        };
        *slot = Attribute::parse(value);
    }

    fn compressed(&self) -> Option<&Attribute> {
        self.decmpfs.as_ref().filter(|_| self.inode.flags & COMPRESSED != 0)
    }

    /// Bytes of the entry, and of its resource fork.
    ///
    /// # Errors
    /// [`Fault`] when a compressed file does not say.
    pub fn sizes(&self, files: &Files) -> Result<(u64, u64), Fault> {
        let fork = self.resource.as_ref().map_or(0, Attribute::size);
        if let Some(target) = &self.symbolic {
            return Ok((target.size(), fork));
        }
        let Some(attribute) = self.compressed() else { return Ok((self.inode.size, fork)) };
        let attribute = files.attribute(attribute)?;
        let head = vec_at(&*attribute, 0, 16, 16)?;
        let size = decmpfs::size(&head);
        let size = size.ok_or_else(|| Fault::damaged(0, "a compressed file without its size"))?;
        Ok((size, if decmpfs::in_fork(&head) { 0 } else { fork }))
    }
}
