//! The check at opening: every hash tile against the checkpoint, from the top down.

use crate::error::AuditError;
use crate::head::{Head, Reader};
use crate::merkle::root;
use crate::note::Checkpoint;
use crate::tile::{FULL, count_at, tile_path};

/// Checks all hash tiles and the last bundle. Full bundles are checked when they are read, and all
/// together by the verifier: their size would make every command wait.
///
/// # Errors
/// [`AuditError::Damaged`] naming the first tile, from the top, that differs from what its parent
/// commits to.
pub(crate) fn check_tiles(reader: Reader<'_>, checkpoint: &Checkpoint) -> Result<Head, AuditError> {
    let head = Head::load(reader, checkpoint)?;
    let size = checkpoint.size;
    let levels = (0..).take_while(|level| count_at(size, level + 1) > 0).count() as u32;
    for level in (0..levels).rev() {
        check_level(reader, size, level)?;
    }
    Ok(head)
}

/// Every full tile of a level has its root in the level above.
fn check_level(reader: Reader<'_>, size: u64, level: u32) -> Result<(), AuditError> {
    let parents = count_at(size, level + 1);
    for parent in 0..parents.div_ceil(FULL) {
        let hashes = reader.tile(size, level + 1, parent)?;
        for (index, hash) in (parent * FULL..).zip(&hashes) {
            if root(&reader.tile(size, level, index)?) != *hash {
                let name = tile_path(level, index, FULL);
                return Err(AuditError::damaged(&name, "does not match the tile above it"));
            }
        }
    }
    Ok(())
}
