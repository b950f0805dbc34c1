//! Files at the other end of the pipe, seen through a cache: listing a file system reads many small
//! pieces, each of which would otherwise cost a turn of two processes.

use crate::frame::{self, CHUNK, Kind, There, Want};
use crate::serve::{confused, next, read_json};
use amparo_containers::{Bytes, Fault};
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::io::{self, Read, Write};
use std::rc::Rc;

pub type Ways = Box<dyn Read>;
pub type Out = Box<dyn Write>;

/// One piece of the cache, in bytes.
const BLOCK: u64 = 64 << 10;
/// Pieces kept of one file.
const BLOCKS: usize = 512;
/// Pieces asked for at once when reading goes on where it was: one, then twice as many each time,
/// up to these.
const AHEAD: u64 = CHUNK as u64 / BLOCK;
/// A reading of this length goes past the cache, in bytes.
const DIRECT: usize = 128 << 10;

/// The pipe to the host, shared by all that must ask.
pub struct Pipe {
    input: RefCell<Ways>,
    output: RefCell<Out>,
    failed: RefCell<Option<io::Error>>,
    files: Cell<usize>,
}

impl Pipe {
    pub fn new(input: Ways, output: Out) -> Rc<Self> {
        let (input, output) = (RefCell::new(input), RefCell::new(output));
        Rc::new(Self { input, output, failed: RefCell::default(), files: Cell::new(1) })
    }

    /// Another container: the files of the last one are no more.
    pub fn forget_files(&self) {
        self.files.set(1);
    }

    pub fn say(&self, kind: Kind, body: &[u8]) -> io::Result<()> {
        frame::write(&mut *self.output.borrow_mut(), kind, body)
    }

    pub fn flush(&self) -> io::Result<()> {
        self.output.borrow_mut().flush()
    }

    pub fn next(&self) -> io::Result<Option<(Kind, Vec<u8>)>> {
        next(&mut *self.input.borrow_mut())
    }

    /// The error that a reading met and could not tell.
    pub fn broken(&self) -> io::Result<()> {
        self.failed.borrow_mut().take().map_or(Ok(()), Err)
    }

    /// The number and size of a file beside the container.
    pub fn beside(&self, path: &str) -> Option<(usize, u64)> {
        let ask = || -> io::Result<There> {
            self.say(Kind::Beside, &serde_json::to_vec(path)?)?;
            self.flush()?;
            match self.next()? {
                Some((Kind::There, body)) => read_json(&body),
                _ => Err(confused()),
            }
        };
        let size = self.keep(ask())?.size?;
        let file = self.files.get();
        self.files.set(file + 1);
        Some((file, size))
    }

    fn fetch(&self, want: &Want) -> Option<Vec<u8>> {
        let ask = || -> io::Result<Option<Vec<u8>>> {
            self.say(Kind::Want, &serde_json::to_vec(want)?)?;
            self.flush()?;
            match self.next()? {
                Some((Kind::Bytes, bytes)) if bytes.len() as u64 == want.length => Ok(Some(bytes)),
                Some((Kind::There, _)) => Ok(None),
                _ => Err(confused()),
            }
        };
        self.keep(ask()).flatten()
    }

    fn keep<T>(&self, result: io::Result<T>) -> Option<T> {
        result.map_err(|error| self.failed.borrow_mut().get_or_insert(error).kind()).ok()
    }
}

/// One file.
pub struct Asked {
    pipe: Rc<Pipe>,
    file: usize,
    size: u64,
    cache: RefCell<Cache>,
}

#[derive(Default)]
struct Cache {
    blocks: HashMap<u64, Rc<[u8]>>,
    order: VecDeque<u64>,
    /// The block after the last one that was asked for.
    next: u64,
    /// How many to ask for when reading goes on there.
    ahead: u64,
}

impl Asked {
    pub fn new(pipe: Rc<Pipe>, file: usize, size: u64) -> Self {
        Self { pipe, file, size, cache: RefCell::default() }
    }

    fn want(&self, offset: u64, length: u64) -> Result<Vec<u8>, Fault> {
        let want = Want { offset, length, file: self.file };
        let gone = || Fault::Source { why: "the medium gave no bytes here".to_owned() };
        self.pipe.fetch(&want).ok_or_else(gone)
    }

    fn block(&self, number: u64) -> Result<Rc<[u8]>, Fault> {
        if let Some(block) = self.cache.borrow().blocks.get(&number) {
            return Ok(Rc::clone(block));
        }
        let goes_on = self.cache.borrow().next == number && number > 0;
        let count = if goes_on { self.cache.borrow().ahead } else { 1 };
        let offset = number * BLOCK;
        let length = self.size.saturating_sub(offset).min(count * BLOCK);
        let bytes = self.want(offset, length)?;
        let mut cache = self.cache.borrow_mut();
        cache.ahead = if goes_on { (count * 2).min(AHEAD) } else { 1 };
        for (number, block) in (number..).zip(bytes.chunks(BLOCK as usize)) {
            cache.insert(number, block.into());
            cache.next = number + 1;
        }
        cache.blocks.get(&number).map(Rc::clone).ok_or(Fault::Truncated { at: offset })
    }

    fn direct(&self, at: u64, into: &mut [u8]) -> Result<(), Fault> {
        for (chunk, at) in into.chunks_mut(CHUNK).zip((at..).step_by(CHUNK)) {
            let bytes = self.want(at, chunk.len() as u64)?;
            chunk.copy_from_slice(&bytes);
        }
        Ok(())
    }
}

impl Cache {
    fn insert(&mut self, number: u64, block: Rc<[u8]>) {
        if self.blocks.insert(number, block).is_none() {
            self.order.push_back(number);
        }
        if self.order.len() > BLOCKS {
            let oldest = self.order.pop_front();
            oldest.map(|number| self.blocks.remove(&number));
        }
    }
}

impl Bytes for Asked {
    fn len(&self) -> u64 {
        self.size
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
        let left = usize::try_from(self.size.saturating_sub(at)).unwrap_or(usize::MAX);
        let count = left.min(into.len());
        let Some(into) = into.get_mut(..count) else { return Ok(0) };
        if count >= DIRECT {
            return self.direct(at, into).map(|()| count);
        }
        let mut filled = 0;
        while let Some(rest) = into.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            let at = at + filled as u64;
            let block = self.block(at / BLOCK)?;
            let seen = block.get((at % BLOCK) as usize..).unwrap_or_default();
            let length = seen.len().min(rest.len());
            if length == 0 {
                return Err(Fault::Truncated { at });
            }
            if let (Some(rest), Some(seen)) = (rest.get_mut(..length), seen.get(..length)) {
                rest.copy_from_slice(seen);
            }
            filled += length;
        }
        Ok(count)
    }
}
