//! Many files, one beside the other.

use super::ahead::{Opened, opened};
use super::{FolderSource, Plain, SourceError, unreadable};
use crate::hashing::{Buffer, Feed, hash_feeds};
use amparo_model::Hashes;
use std::cell::RefCell;
use std::iter;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What is fetched of a file before its turn to be hashed, in bytes; what follows, the kernel
/// fetches in time by itself.
const SOON: u64 = 4 << 20;

/// What [`FolderSource::read`] says of each.
pub fn read(
    source: &FolderSource,
    paths: &mut dyn Iterator<Item = &str>,
    limit: u64,
) -> Vec<Result<Vec<u8>, SourceError>> {
    opened(source, paths, SOON).map(|(_, file)| file.and_then(|file| file.read(limit))).collect()
}

/// What [`FolderSource::head`] says of each.
pub fn heads(
    source: &FolderSource,
    paths: &mut dyn Iterator<Item = &str>,
    limit: u64,
) -> Vec<Result<Vec<u8>, SourceError>> {
    let limited = |file: Plain<'_>| file.head(limit);
    opened(source, paths, limit).map(|(_, file)| file.and_then(limited)).collect()
}

pub fn hash<'p>(
    source: &FolderSource,
    paths: &mut dyn Iterator<Item = &'p str>,
    done: &mut dyn FnMut(&'p str, Result<Hashes, SourceError>),
) {
    let spare = RefCell::new(Vec::new());
    let mut files = opened(source, paths, SOON);
    let mut next = || {
        let buffer = || spare.borrow_mut().pop().unwrap_or_else(Buffer::new);
        files.next().map(|file| OpenFile::new(file, buffer()))
    };
    hash_feeds(&mut next, &mut |file: OpenFile<'p>, hashed| {
        done(file.path, hashed.and_then(|hashes| file.unchanged(hashes)));
        spare.borrow_mut().push(file.buffer);
    });
}

/// On several threads; `files` are sizes and paths.
pub fn hash_on_threads<'p>(
    source: &FolderSource,
    mut files: Vec<(u64, &'p str)>,
    threads: usize,
) -> Vec<(&'p str, Result<Hashes, SourceError>)> {
    // No long one is left to run alone at the end.
    files.sort_unstable_by(|a, b| b.cmp(a));
    let next = AtomicUsize::new(0);
    let work = || {
        let own = iter::from_fn(|| files.get(next.fetch_add(1, Ordering::Relaxed)));
        let mut found = Vec::new();
        hash(source, &mut own.map(|(_, path)| *path), &mut |path, hashed| {
            found.push((path, hashed));
        });
        found
    };
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
    })
}

/// A file in work, or why it could not be opened; that is told in its turn.
struct OpenFile<'p> {
    path: &'p str,
    file: Result<Plain<'p>, SourceError>,
    /// Bytes that may still be read: one more than expected shows that the file grew.
    left: u64,
    buffer: Buffer,
}

impl<'p> OpenFile<'p> {
    fn new((path, file): Opened<'p>, mut buffer: Buffer) -> Self {
        buffer.clear();
        let left = file.as_ref().map_or(0, Plain::size).saturating_add(1);
        Self { path, file, left, buffer }
    }

    fn unchanged(&self, hashes: Hashes) -> Result<Hashes, SourceError> {
        let file = self.file.as_ref().map_err(Clone::clone)?;
        file.unchanged(hashes.size).map(|()| hashes)
    }
}

impl Feed for OpenFile<'_> {
    type Error = SourceError;

    fn fill(&mut self) -> Result<(), SourceError> {
        let file = self.file.as_ref().map_err(Clone::clone)?;
        let filled = self.buffer.fill(&mut &file.file, &mut self.left);
        filled.map_err(|error| unreadable(self.path, &error))
    }

    fn ready(&self) -> &[u8] {
        self.buffer.ready()
    }

    fn used(&mut self, bytes: usize) {
        self.buffer.used(bytes);
    }
}
