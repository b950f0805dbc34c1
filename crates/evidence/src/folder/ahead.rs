//! Files opened before their turn: the disk fetches their first bytes while those before them are
//! worked on.

use super::{FolderSource, Plain, SourceError};
use rustix::fs::{Advice, fadvise};
use std::collections::VecDeque;
use std::iter;
use std::num::NonZeroU64;

/// Files that are open and not yet asked for.
const AHEAD: usize = 16;

/// A path and its file, or why it could not be opened.
pub type Opened<'p> = (&'p str, Result<Plain<'p>, SourceError>);

/// The files in the order of their paths. So many of the first bytes of each as `bytes` says are
/// likely to be read.
pub fn opened<'p>(
    source: &FolderSource,
    paths: &mut dyn Iterator<Item = &'p str>,
    bytes: u64,
) -> impl Iterator<Item = Opened<'p>> {
    let mut waiting = VecDeque::with_capacity(AHEAD);
    iter::from_fn(move || {
        while waiting.len() < AHEAD
            && let Some(path) = paths.next()
        {
            waiting.push_back((path, open(source, path, bytes)));
        }
        waiting.pop_front()
    })
}

/// Begins to fetch both ends of a file, this many bytes of each.
pub fn fetch_ends(source: &FolderSource, path: &str, bytes: u64) {
    if let Ok(file) = Plain::open(source, path) {
        fetch(&file, 0, bytes);
        fetch(&file, file.size().saturating_sub(bytes), bytes);
    }
}

fn open<'p>(source: &FolderSource, path: &'p str, bytes: u64) -> Result<Plain<'p>, SourceError> {
    let file = Plain::open(source, path)?;
    fetch(&file, 0, bytes);
    Ok(file)
}

/// Without it the file is read all the same, only later.
fn fetch(file: &Plain<'_>, at: u64, bytes: u64) {
    let _begun = fadvise(&file.file, at, NonZeroU64::new(bytes), Advice::WillNeed);
}
