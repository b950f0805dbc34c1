//! The right edge of the tree: all that is needed to add entries.

use crate::disk::Disk;
use crate::error::AuditError;
use crate::merkle::{Hash, leaf_hash, root};
use crate::note::Checkpoint;
use crate::publish::NewFile;
use crate::tile::{
    FULL, bundle_path, count_at, decode_bundle, decode_tile, encode_bundle, encode_tile, tile_path,
    width_of,
};
use std::path::Path;

/// Reads tiles and bundles of a log folder.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub disk: &'a dyn Disk,
    pub dir: &'a Path,
}

impl Reader<'_> {
    /// The tile at `index` of a tree of `size` entries.
    pub(crate) fn tile(&self, size: u64, level: u32, index: u64) -> Result<Vec<Hash>, AuditError> {
        let width = width_of(count_at(size, level), index);
        let name = tile_path(level, index, width);
        decode_tile(&name, &self.bytes(&name)?, width)
    }

    /// The entries of a bundle, each one checked against its hash tile.
    pub(crate) fn bundle(&self, size: u64, index: u64) -> Result<Vec<Vec<u8>>, AuditError> {
        let width = width_of(size, index);
        let name = bundle_path(index, width);
        let entries = decode_bundle(&name, &self.bytes(&name)?, width)?;
        let hashes = self.tile(size, 0, index)?;
        if entries.iter().map(|entry| leaf_hash(entry)).eq(hashes) {
            return Ok(entries);
        }
        Err(AuditError::damaged(&name, format!("does not match {}", tile_path(0, index, width))))
    }

    fn bytes(&self, name: &str) -> Result<Vec<u8>, AuditError> {
        let path = self.dir.join(name);
        self.disk.read(&path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => AuditError::damaged(name, "is missing"),
            _ => AuditError::io(&path)(error),
        })
    }
}

/// The state of the log at one checkpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Head {
    /// Number of entries.
    pub size: u64,
    /// Hashes of the last, not yet full tile of each level, lowest first.
    levels: Vec<Vec<Hash>>,
    /// Entries of the last, not yet full bundle.
    tail: Vec<Vec<u8>>,
}

impl Head {
    /// Reads the edge of a tree and checks that it leads to the checkpoint's root.
    pub(crate) fn load(reader: Reader<'_>, checkpoint: &Checkpoint) -> Result<Self, AuditError> {
        let size = checkpoint.size;
        let mut head = Self { size, ..Self::default() };
        for level in (0..).take_while(|level| count_at(size, *level) > 0) {
            let count = count_at(size, level);
            let index = count / FULL;
            let hashes = match width_of(count, index) {
                0 => Vec::new(),
                _ => reader.tile(size, level, index)?,
            };
            head.levels.push(hashes);
        }
        if head.root() != checkpoint.root {
            return Err(head.name_the_wrong_tile(reader));
        }
        if width_of(size, size / FULL) > 0 {
            head.tail = reader.bundle(size, size / FULL)?;
        }
        Ok(head)
    }

    /// What a checkpoint of this state says.
    pub(crate) fn checkpoint(&self) -> Checkpoint {
        Checkpoint { size: self.size, root: self.root() }
    }

    /// Adds entries and returns the files that then have to be on the disk.
    pub(crate) fn extend(&mut self, entries: Vec<Vec<u8>>) -> Vec<NewFile> {
        let mut files = Vec::new();
        let before = self.size;
        for entry in entries {
            self.push_hash(0, leaf_hash(&entry), &mut files);
            self.tail.push(entry);
            self.size += 1;
            if self.size.is_multiple_of(FULL) {
                let full = std::mem::take(&mut self.tail);
                files.push((bundle_path(self.size / FULL - 1, FULL), encode_bundle(&full)));
            }
        }
        self.partial_files(before, &mut files);
        files
    }

    /// The partial tiles and bundle of this state, whose folders may hold older ones.
    pub(crate) fn partial_names(&self) -> Vec<String> {
        let mut names = Vec::new();
        for (level, hashes) in (0..).zip(&self.levels) {
            let index = count_at(self.size, level) / FULL;
            if !hashes.is_empty() {
                names.push(tile_path(level, index, hashes.len() as u64));
            }
        }
        if !self.tail.is_empty() {
            names.push(bundle_path(self.size / FULL, self.tail.len() as u64));
        }
        names
    }

    /// Root over the edge, from the lowest level up: what is complete below is the last, smaller
    /// subtree of the level above.
    fn root(&self) -> Hash {
        let mut below: Option<Hash> = None;
        for hashes in &self.levels {
            let list: Vec<Hash> = hashes.iter().copied().chain(below).collect();
            below = if list.is_empty() { None } else { Some(root(&list)) };
        }
        below.unwrap_or_else(|| root(&[]))
    }

    /// Adds a hash at a level; a tile that becomes full moves its root one level up. `self.size`
    /// still counts the entries before this one.
    fn push_hash(&mut self, level: usize, hash: Hash, files: &mut Vec<NewFile>) {
        if self.levels.len() <= level {
            self.levels.push(Vec::new());
        }
        let Some(hashes) = self.levels.get_mut(level) else { return };
        hashes.push(hash);
        if (hashes.len() as u64) < FULL {
            return;
        }
        let full = std::mem::take(hashes);
        let level_number = level as u32;
        let index = count_at(self.size, level_number) / FULL;
        files.push((tile_path(level_number, index, FULL), encode_tile(&full)));
        self.push_hash(level + 1, root(&full), files);
    }

    fn partial_files(&self, before: u64, files: &mut Vec<NewFile>) {
        for (level, hashes) in (0..).zip(&self.levels) {
            let count = count_at(self.size, level);
            if !hashes.is_empty() && count != count_at(before, level) {
                let name = tile_path(level, count / FULL, hashes.len() as u64);
                files.push((name, encode_tile(hashes)));
            }
        }
        if !self.tail.is_empty() {
            let name = bundle_path(self.size / FULL, self.tail.len() as u64);
            files.push((name, encode_bundle(&self.tail)));
        }
    }

    /// The edge does not lead to the root. Looks for the tile that its children contradict; when
    /// all agree, it is the checkpoint that belongs to another tree.
    fn name_the_wrong_tile(&self, reader: Reader<'_>) -> AuditError {
        for (level, hashes) in (0..).zip(&self.levels) {
            let index = count_at(self.size, level) / FULL;
            for (at, hash) in (index * FULL..).zip(hashes) {
                match child_root(reader, self.size, level, at) {
                    Ok(child) if child == *hash => {}
                    Ok(_) => {
                        let name = tile_path(level, index, hashes.len() as u64);
                        return AuditError::damaged(&name, "does not match what lies below it");
                    }
                    Err(error) => return error,
                }
            }
        }
        AuditError::damaged("checkpoint", "belongs to other tiles than those beside it")
    }
}

/// What the hash at position `at` of a level should be, from the level below or the entries.
fn child_root(reader: Reader<'_>, size: u64, level: u32, at: u64) -> Result<Hash, AuditError> {
    if level > 0 {
        return Ok(root(&reader.tile(size, level - 1, at)?));
    }
    let (index, width) = (at / FULL, width_of(size, at / FULL));
    let name = bundle_path(index, width);
    let entries = decode_bundle(&name, &reader.bytes(&name)?, width)?;
    let entry = entries.get((at % FULL) as usize);
    entry.map(|entry| leaf_hash(entry)).ok_or_else(|| AuditError::damaged(&name, "is too short"))
}
