//! The walk over the whole log.

use crate::files::{self, wrong};
use crate::note::{Commitment, Verifier};
use crate::tree::{Hash, Stack, hash_leaf};
use crate::{Report, Tampered};
use std::path::Path;

const WIDTH: usize = 256;
const LEVEL_HEIGHT: u32 = 8;

/// Checks the log in `dir` against a checkpoint kept outside and the log's public key.
///
/// Recomputes the tree from the entries; every tile, the log's own checkpoint with its signature,
/// and the outside checkpoint must follow from it. To check a log in itself only, hand in its own
/// checkpoint; then nothing is known about entries that may have been cut off.
///
/// # Errors
/// [`Tampered`] with the first thing found wrong.
pub fn verify(dir: &Path, checkpoint_text: &str, vkey: &str) -> Result<Report, Tampered> {
    let verifier = Verifier::parse(vkey)?;
    let outside = verifier.open(checkpoint_text).map_err(|why| Tampered::Outside { why })?;
    let own = own_checkpoint(dir, &verifier)?;
    if own.entries < outside.entries {
        return Err(Tampered::Shortened { entries: own.entries, covered: outside.entries });
    }
    let mut walk = Walk::new(dir, outside);
    walk.entries(own.entries)?;
    walk.last_tiles()?;
    if walk.stack.root() != own.root {
        return Err(Tampered::Root { entries: own.entries });
    }
    Ok(walk.report(own))
}

fn own_checkpoint(dir: &Path, verifier: &Verifier) -> Result<Commitment, Tampered> {
    let bytes = files::read(dir, "checkpoint")?;
    let text = std::str::from_utf8(&bytes).map_err(|_| wrong("checkpoint", "is not text"))?;
    verifier.open(text).map_err(|why| Tampered::Checkpoint { why })
}

struct Walk<'a> {
    dir: &'a Path,
    outside: Commitment,
    stack: Stack,
    seen: u64,
    /// Hashes that the next tile of each level must hold, and that tile's index.
    tiles: Vec<(u64, Vec<Hash>)>,
    files: u64,
    covered_until_ms: Option<i64>,
    newest_ms: Option<i64>,
}

impl<'a> Walk<'a> {
    fn new(dir: &'a Path, outside: Commitment) -> Self {
        Self {
            dir,
            outside,
            stack: Stack::default(),
            seen: 0,
            tiles: Vec::new(),
            files: 0,
            covered_until_ms: None,
            newest_ms: None,
        }
    }

    fn entries(&mut self, total: u64) -> Result<(), Tampered> {
        self.compare_with_outside()?;
        while self.seen < total {
            let width = usize::try_from(total - self.seen).map_or(WIDTH, |left| left.min(WIDTH));
            let file = files::name("entries", self.seen / WIDTH as u64, width);
            let bundle = files::read(self.dir, &file)?;
            self.files += 1;
            let entries = files::entries(&bundle).ok_or_else(|| wrong(&file, "is cut"))?;
            if entries.len() != width {
                return Err(wrong(&file, "has another number of entries than its name says"));
            }
            for entry in &entries {
                self.entry(entry)?;
            }
            self.newest_ms = entries.last().and_then(|entry| stated_time(entry));
            self.full_tiles()?;
        }
        Ok(())
    }

    fn entry(&mut self, entry: &[u8]) -> Result<(), Tampered> {
        let tiles = &mut self.tiles;
        self.stack.push(hash_leaf(entry), |height, hash| {
            let level = (height / LEVEL_HEIGHT) as usize;
            if height % LEVEL_HEIGHT == 0 {
                if tiles.len() == level {
                    tiles.push((0, Vec::new()));
                }
                tiles.iter_mut().skip(level).take(1).for_each(|(_, hashes)| hashes.push(hash));
            }
        });
        self.seen += 1;
        if self.seen == self.outside.entries {
            self.covered_until_ms = stated_time(entry);
        }
        self.compare_with_outside()
    }

    fn compare_with_outside(&self) -> Result<(), Tampered> {
        if self.seen == self.outside.entries && self.stack.root() != self.outside.root {
            return Err(Tampered::Rewritten { covered: self.outside.entries });
        }
        Ok(())
    }

    /// Tiles become full only at the end of a bundle, of which one holds as many entries.
    fn full_tiles(&mut self) -> Result<(), Tampered> {
        for level in 0..self.tiles.len() {
            if self.tiles.get(level).is_some_and(|(_, hashes)| hashes.len() == WIDTH) {
                self.compare_tile(level)?;
            }
        }
        Ok(())
    }

    fn last_tiles(&mut self) -> Result<(), Tampered> {
        for level in 0..self.tiles.len() {
            if self.tiles.get(level).is_some_and(|(_, hashes)| !hashes.is_empty()) {
                self.compare_tile(level)?;
            }
        }
        Ok(())
    }

    fn compare_tile(&mut self, level: usize) -> Result<(), Tampered> {
        let Some((index, hashes)) = self.tiles.get_mut(level) else { return Ok(()) };
        let file = files::name(&level.to_string(), *index, hashes.len());
        if files::read(self.dir, &file)? != hashes.concat() {
            return Err(Tampered::Tile { file });
        }
        hashes.clear();
        *index += 1;
        self.files += 1;
        Ok(())
    }

    fn report(&self, own: Commitment) -> Report {
        Report {
            entries: own.entries,
            covered: self.outside.entries,
            newer: own.entries - self.outside.entries,
            root: own.root,
            covered_until_ms: self.covered_until_ms,
            newest_ms: self.newest_ms,
            strays: files::count(&self.dir.join("tile")).saturating_sub(self.files),
        }
    }
}

/// The time that an entry states in its field `at`; only for the printed window, decides nothing.
fn stated_time(entry: &[u8]) -> Option<i64> {
    serde_json::from_slice::<serde_json::Value>(entry).ok()?.get("at")?.as_i64()
}
