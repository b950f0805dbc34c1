//! The container: the newest state that is whole, its volumes, and the addresses of entries.

use super::checkpoint::{Superblock, superblocks};
use super::list::Listing;
use super::object::Blocks;
use super::omap::Omap;
use super::volume::Volume;
use crate::bytes::Bytes;
use crate::fault::Fault;
use crate::format::Container;
use crate::found::{Found, Go, Kind, Report};
use crate::limits::Limits;
use std::rc::Rc;

/// An opened container.
pub struct Apfs {
    blocks: Rc<Blocks>,
    volumes: Vec<(Result<Volume, Fault>, Vec<u8>)>,
    faults: Vec<Fault>,
    limits: Limits,
}

/// What an address says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address {
    /// Which volume, counted from 0.
    pub volume: u8,
    /// The resource fork is meant.
    pub is_resource: bool,
    /// The inode.
    pub inode: u64,
}

impl Address {
    /// Bits of the inode's number: in use since 2017, a volume has counted far less.
    const INODE_BITS: u32 = 55;

    /// As a number; `None` for an inode that is numbered too high.
    pub fn number(self) -> Option<u64> {
        let rest = u64::from(self.volume) << 1 | u64::from(self.is_resource);
        (self.inode >> Self::INODE_BITS == 0).then_some(rest << Self::INODE_BITS | self.inode)
    }

    fn of(number: u64) -> Self {
        let [volume, ..] = number.to_be_bytes();
        let is_resource = number >> Self::INODE_BITS & 1 == 1;
        Self { volume, is_resource, inode: number & ((1 << Self::INODE_BITS) - 1) }
    }
}

impl Apfs {
    /// Opens the newest state whose volumes can be found.
    ///
    /// # Errors
    /// [`Fault`] when no state can be opened.
    pub fn open(bytes: Rc<dyn Bytes>, limits: Limits) -> Result<Self, Fault> {
        let mut faults = Vec::new();
        let (blocks, states) = superblocks(&bytes, &mut faults)?;
        let blocks = Rc::new(blocks);
        let mut last = Fault::damaged(0, "no checkpoint");
        for state in states {
            match volumes(&blocks, &state) {
                Ok(volumes) => return Ok(Self { blocks, volumes: named(volumes), faults, limits }),
                Err(fault) => {
                    let of = format!("checkpoint {} cannot be used: {fault}", state.transaction);
                    faults.push(Fault::damaged(0, of));
                    last = fault;
                }
            }
        }
        Err(last)
    }

    fn volume(
        &self,
        index: usize,
        (volume, name): &(Result<Volume, Fault>, Vec<u8>),
        report: &mut Report<'_>,
    ) -> Go {
        let subject = String::from_utf8_lossy(name);
        let files = volume.as_ref().and_then(|volume| volume.files.as_ref());
        let files = match files {
            Ok(files) => files,
            Err(fault) => return report(Err(fault.problem(&subject))),
        };
        let Ok(number) = u8::try_from(index) else { return Go::On };
        let mut path = Vec::new();
        if self.volumes.len() > 1 {
            let address = Address { volume: number, is_resource: false, inode: 0 }.number();
            let folder = Found {
                path: name.clone(),
                kind: Kind::Folder,
                size: 0,
                address: address.unwrap_or_default(),
                deleted: false,
                modified_at: None,
            };
            if report(Ok(folder)) == Go::Stop {
                return Go::Stop;
            }
            path = [name.as_slice(), b"/"].concat();
        }
        Listing::new(files, number, path, self.limits).run(report)
    }
}

impl Container for Apfs {
    fn list(&self, report: &mut Report<'_>) {
        for fault in &self.faults {
            if report(Err(fault.problem(""))) == Go::Stop {
                return;
            }
        }
        for (index, volume) in self.volumes.iter().enumerate() {
            if self.volume(index, volume, report) == Go::Stop {
                return;
            }
        }
        for fault in self.blocks.bad() {
            if report(Err(fault.problem(""))) == Go::Stop {
                return;
            }
        }
    }

    fn open(&self, address: u64) -> Result<Rc<dyn Bytes>, Fault> {
        let Address { volume, is_resource, inode } = Address::of(address);
        let volume = self.volumes.get(usize::from(volume)).map(|(volume, _)| volume);
        let volume = volume.ok_or_else(|| Fault::damaged(0, "no such volume"))?;
        let files = volume.as_ref().and_then(|volume| volume.files.as_ref());
        files.map_err(Fault::clone)?.bytes(inode, is_resource)
    }
}

/// The volumes of a state. One that cannot be opened does not hide the others, unless it is all.
fn volumes(blocks: &Rc<Blocks>, state: &Superblock) -> Result<Vec<Result<Volume, Fault>>, Fault> {
    let omap = Omap::open(blocks, state.omap, state.transaction)?;
    let mut volumes = Vec::new();
    for id in &state.volumes {
        let block = omap.block_of(*id);
        volumes.push(block.and_then(|block| Volume::open(blocks, block, state.transaction)));
    }
    match volumes.iter().all(Result::is_err).then(|| volumes.pop()).flatten() {
        Some(Err(fault)) => Err(fault),
        _ => Ok(volumes),
    }
}

/// Each volume with a name that no other has.
fn named(volumes: Vec<Result<Volume, Fault>>) -> Vec<(Result<Volume, Fault>, Vec<u8>)> {
    let mut named: Vec<(Result<Volume, Fault>, Vec<u8>)> = Vec::new();
    for (volume, number) in volumes.into_iter().zip(1..) {
        let stated = volume.as_ref().map(|volume| volume.name.clone()).unwrap_or_default();
        let taken = stated.is_empty() || named.iter().any(|(_, name)| *name == stated);
        let distinct = [stated.as_slice(), format!(" (volume {number})").as_bytes()].concat();
        named.push((volume, if taken { distinct } else { stated }));
    }
    named
}
