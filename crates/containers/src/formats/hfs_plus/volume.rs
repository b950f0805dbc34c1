//! A volume: its trees, and the bytes of its entries.

use super::attributes;
use super::btree::BTree;
use super::catalog::{File, Key, Record, Role};
use super::fork::{Fork, Ground, Which};
use super::header::{Header, Located, locate};
use super::list::Listing;
use crate::bytes::Bytes;
use crate::fault::Fault;
use crate::format::Container;
use crate::formats::apple::{COMPRESSED, decmpfs};
use crate::found::Report;
use crate::limits::Limits;
use std::cmp::Ordering;
use std::rc::Rc;

/// Numbers of the special files.
const EXTENTS_FILE: u32 = 3;
const CATALOG_FILE: u32 = 4;
const ATTRIBUTES_FILE: u32 = 8;

/// An opened volume.
pub struct Volume {
    /// The catalog.
    pub catalog: BTree,
    /// What it may cost.
    pub limits: Limits,
    /// What is wrong with the volume as such.
    pub faults: Vec<Fault>,
    header: Header,
    ground: Ground,
    extents: Option<BTree>,
    attributes: Option<BTree>,
}

/// The place of a record in the catalog, and which fork of the file is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Node.
    pub node: u32,
    /// Offset of the record in the node.
    pub at: u16,
    /// Fork.
    pub which: Which,
}

impl Place {
    /// As an address.
    pub fn address(self) -> u64 {
        let fork = u64::from(self.which == Which::Resource);
        fork << 48 | u64::from(self.node) << 16 | u64::from(self.at)
    }

    /// From an address.
    pub fn of(address: u64) -> Option<Self> {
        let [_, _, n0, n1, n2, n3, a0, a1] = address.to_be_bytes();
        let which = match address >> 48 {
            0 => Which::Data,
            1 => Which::Resource,
            _ => return None,
        };
        let (node, at) = (u32::from_be_bytes([n0, n1, n2, n3]), u16::from_be_bytes([a0, a1]));
        Some(Self { node, at, which })
    }
}

impl Volume {
    /// Opens the trees.
    ///
    /// # Errors
    /// [`Fault`] when the catalog cannot be opened.
    pub fn open(bytes: Rc<dyn Bytes>, limits: Limits) -> Result<Self, Fault> {
        let Located { ground, header, mut faults } = locate(bytes)?;
        let tree = |fork: &Fork, id: u32, overflow: Option<&BTree>| {
            BTree::open(Rc::new(fork.bytes(&ground, (id, Which::Data), overflow)?))
        };
        let mut optional = |fork: &Fork, id: u32, overflow: Option<&BTree>| {
            if fork.length == 0 {
                return None;
            }
            tree(fork, id, overflow).map_err(|fault| faults.push(fault)).ok()
        };
        let extents = optional(&header.extents, EXTENTS_FILE, None);
        let attributes = optional(&header.attributes, ATTRIBUTES_FILE, extents.as_ref());
        let catalog = tree(&header.catalog, CATALOG_FILE, extents.as_ref())?;
        Ok(Self { catalog, limits, faults, header, ground, extents, attributes })
    }

    /// The value of a compressed file's attribute.
    ///
    /// # Errors
    /// [`Fault`] when it is not to be had.
    pub fn decmpfs(&self, file: &File) -> Result<Vec<u8>, Fault> {
        let gone = || Fault::damaged(0, "a compressed file without its attribute");
        let tree = self.attributes.as_ref().ok_or_else(gone)?;
        let value = attributes::decmpfs(tree, file.id, &self.ground)?;
        value.filter(|value| decmpfs::size(value).is_some()).ok_or_else(gone)
    }

    /// The record of a hard link's file: its place and what it says. `iNode` and digits sort the
    /// same in both orders that a catalog may have.
    ///
    /// # Errors
    /// [`Fault`] when there is none.
    pub fn link_target(&self, private: u32, number: u32) -> Result<(Place, File), Fault> {
        let wanted = format!("iNode{number}").into_bytes();
        let order = |key: &[u8]| {
            let Some(key) = Key::parse(key) else { return Ordering::Less };
            let lower = |name: &[u8]| name.to_ascii_lowercase();
            key.parent.cmp(&private).then_with(|| lower(&key.name).cmp(&lower(&wanted)))
        };
        let gone = || Fault::damaged(0, format!("the file iNode{number} of a hard link is gone"));
        let (node, at, data) = self.catalog.find(&order)?.ok_or_else(gone)?;
        match Record::parse(&data) {
            Some(Record::File(file)) if file.role == Role::Plain => {
                Ok((Place { node, at, which: Which::Data }, *file))
            }
            _ => Err(gone()),
        }
    }

    /// Blocks of the volume, and bytes of each.
    pub fn blocks(&self) -> (u32, u32) {
        (self.header.blocks, self.header.block_bytes)
    }

    fn fork(&self, fork: &Fork, file: (u32, Which)) -> Result<Rc<dyn Bytes>, Fault> {
        let overflow = self.extents.as_ref();
        Ok(Rc::new(fork.bytes(&self.ground, file, overflow)?))
    }
}

impl Container for Volume {
    fn list(&self, report: &mut Report<'_>) {
        Listing::new(self).run(report);
    }

    fn open(&self, address: u64) -> Result<Rc<dyn Bytes>, Fault> {
        let place = Place::of(address).ok_or_else(|| Fault::damaged(0, "no such address"))?;
        let node = self.catalog.node(place.node)?;
        let end = u16::try_from(node.len()).unwrap_or(u16::MAX);
        let record = node.record(place.at, end).and_then(|record| Record::parse(record.data));
        let Some(Record::File(file)) = record else {
            return Err(self.catalog.wrong(place.node, "no record of a file"));
        };
        let resource = || self.fork(&file.resource, (file.id, Which::Resource));
        match (place.which, file.role) {
            (_, Role::Link(_) | Role::FolderLink(_)) => {
                Err(self.catalog.wrong(place.node, "a hard link that leads nowhere"))
            }
            (Which::Resource, _) => resource(),
            (Which::Data, _) if file.flags & COMPRESSED != 0 && file.data.length == 0 => {
                let attribute = self.decmpfs(&file)?;
                let fork = (file.resource.length > 0).then(resource).transpose()?;
                decmpfs::open(&attribute, fork)
            }
            (Which::Data, _) => self.fork(&file.data, (file.id, Which::Data)),
        }
    }
}
