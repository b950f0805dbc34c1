//! The host's side of containers: hands over the bytes that a worker asks for, takes entries and
//! their bytes. A worker serves one item of evidence, one container after the other; it is replaced
//! after a while. One that dies costs the entry it worked on.

use crate::border::{Answer, Border, Broken};
use crate::confine::Confinement;
use crate::error::WorkerError;
use crate::frame::{CHUNK, EntryPart, Kind, ReadEnd, ReadRequest, There, TreeEntry};
use crate::frame::{TreeRequest, Want};
use crate::worker::{MB, Patience, Worker, WorkerCommand};
use amparo_model::{Container, Problem};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Mutex, PoisonError};

/// Requests after which a worker is replaced.
const RETIRE_AFTER: u32 = 4_096;
/// Entries, containers and files beside that one listing may name.
const MAX_ENTRIES: u64 = 50_000_000;
/// A worker that gives nothing for a chunk's worth of work for so long is ended, in milliseconds,
/// beyond the patience for anything: deep chains of snapshots are slow.
const MS_PER_MB: u64 = 60_000;

/// Opens a file beside the container, by its escaped path below the same folder, for reading only.
pub type Open = dyn Fn(&str) -> Option<File> + Send + Sync;

/// What a worker says of a file that is no container.
pub const NO_CONTAINER: &str = "not read by this version: no container known here";

/// Whether a file of this escaped path is worth a look inside.
#[must_use]
pub fn named_like_container(path: &str) -> bool {
    amparo_containers::named_like_container(path.as_bytes())
}

/// Whether a container of this format, given as `id/version`, has checksums in all its parts.
#[must_use]
pub fn has_checksums(format: &str) -> bool {
    let id = format.split('/').next().unwrap_or_default();
    amparo_containers::by_id(id).is_some_and(|format| format.spec().checksums)
}

/// A file that is a container.
pub struct TreeRoot {
    /// Its own name, escaped.
    pub name: String,
    /// The file, opened for reading only.
    pub file: File,
    /// The files beside it: segments of an image, data of a backup.
    pub beside: Box<Open>,
    /// Passwords to try.
    pub secrets: Vec<String>,
}

/// What a listing gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A container was opened; its entries follow.
    Container(Container),
    /// An entry.
    Entry(TreeEntry),
    /// What could not be read.
    Problem(Problem),
}

/// Workers for the containers of one item of evidence; as with [`crate::Pool`], the next item gets
/// others.
pub struct TreePool {
    command: WorkerCommand,
    confinement: Confinement,
    patience: Patience,
    idle: Mutex<Vec<Seat>>,
}

/// A worker that has a container open.
struct Seat {
    worker: Worker,
    root: Arc<TreeRoot>,
    /// The root and the files beside it that were asked for.
    files: Vec<(File, u64)>,
    served: u32,
}

impl TreePool {
    /// Workers of this command, none started yet.
    #[must_use]
    pub fn new(command: WorkerCommand) -> Self {
        let (confinement, patience) = (Confinement::default(), Patience::default());
        Self { command, confinement, patience, idle: Mutex::default() }
    }

    /// Lists a container with all in it. `each` answers whether to go on.
    ///
    /// # Errors
    /// [`WorkerError`]; what was handed out before stands.
    pub fn list(
        &self,
        root: &Arc<TreeRoot>,
        each: &mut dyn FnMut(Found) -> bool,
    ) -> Result<(), WorkerError> {
        let mut seat = self.take(root)?;
        if seat.list(each)? {
            self.give(seat);
        }
        Ok(())
    }

    /// Reads parts of entries of a container in their order. `piece` takes the bytes with the
    /// number of the part, `end` what was wrong with it.
    ///
    /// # Errors
    /// [`WorkerError`], and how many parts were ended before it; ask again for those after the
    /// next.
    pub fn read(
        &self,
        root: &Arc<TreeRoot>,
        parts: &[EntryPart],
        piece: &mut dyn FnMut(usize, Vec<u8>),
        end: &mut dyn FnMut(usize, Vec<Problem>, Option<Problem>),
    ) -> Result<(), (usize, WorkerError)> {
        let mut seat = self.take(root).map_err(|error| (0, error))?;
        seat.read(parts, piece, end)?;
        self.give(seat);
        Ok(())
    }

    /// A worker that has this container open.
    fn take(&self, root: &Arc<TreeRoot>) -> Result<Seat, WorkerError> {
        let idle = {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            let same = idle.iter().position(|seat| Arc::ptr_eq(&seat.root, root));
            same.map(|at| idle.swap_remove(at)).or_else(|| idle.pop())
        };
        match idle {
            Some(seat) if Arc::ptr_eq(&seat.root, root) => Ok(seat),
            Some(Seat { worker, served, .. }) => Seat::open(worker, root, served),
            None => {
                let (command, confinement) = (&self.command, &self.confinement);
                Seat::open(Worker::spawn_with(command, confinement, self.patience)?, root, 0)
            }
        }
    }

    fn give(&self, mut seat: Seat) {
        seat.served += 1;
        if seat.served < RETIRE_AFTER {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(seat);
        }
    }
}

impl Seat {
    /// Has the worker open this container and forget the last one.
    fn open(worker: Worker, root: &Arc<TreeRoot>, served: u32) -> Result<Self, WorkerError> {
        let unreadable = |error: io::Error| WorkerError::Source { why: error.to_string() };
        let file = root.file.try_clone().map_err(unreadable)?;
        let size = file.metadata().map_err(unreadable)?.len();
        let request = TreeRequest { name: root.name.clone(), size, secrets: root.secrets.clone() };
        let mut seat = Self { worker, root: Arc::clone(root), files: vec![(file, size)], served };
        let sent = seat.worker.send(Kind::Tree, &request, std::iter::empty());
        sent.map_err(|broken| seat.worker.autopsy(broken))?;
        let mut border = seat.border(&[Kind::Done], 0, 0);
        match seat.answer(&mut border) {
            Ok(Answer::Done) => Ok(seat),
            Ok(_) => Err(seat.worker.autopsy(Broken::Ended)),
            Err(broken) => Err(seat.worker.autopsy(broken)),
        }
    }

    /// Whether the listing came to its end; else the worker is of no further use.
    fn list(&mut self, each: &mut dyn FnMut(Found) -> bool) -> Result<bool, WorkerError> {
        const KINDS: [Kind; 4] = [Kind::Entries, Kind::Opened, Kind::Problems, Kind::Done];
        let mut border = self.border(&KINDS, MAX_ENTRIES, 64 << 30);
        let sent = self.worker.send(Kind::ListTree, &(), std::iter::empty());
        sent.map_err(|broken| self.worker.autopsy(broken))?;
        loop {
            let answer = self.answer(&mut border);
            let answer = answer.map_err(|broken| self.worker.autopsy(broken))?;
            let go = match answer {
                Answer::Entries(all) => all.into_iter().map(Found::Entry).all(&mut *each),
                Answer::Opened(all) => all.into_iter().map(Found::Container).all(&mut *each),
                Answer::Problems(all) => all.into_iter().map(Found::Problem).all(&mut *each),
                Answer::Done => return Ok(true),
                _ => return Err(self.worker.autopsy(Broken::Ended)),
            };
            if !go {
                return Ok(false);
            }
        }
    }

    fn read(
        &mut self,
        parts: &[EntryPart],
        piece: &mut dyn FnMut(usize, Vec<u8>),
        end: &mut dyn FnMut(usize, Vec<Problem>, Option<Problem>),
    ) -> Result<(), (usize, WorkerError)> {
        let request = ReadRequest { parts: parts.to_vec() };
        let sent = self.worker.send(Kind::ReadTree, &request, std::iter::empty());
        sent.map_err(|broken| (0, self.worker.autopsy(broken)))?;
        for (number, part) in parts.iter().enumerate() {
            let read = self.read_part(part, &mut |bytes| piece(number, bytes));
            match read {
                Ok(ReadEnd { problems, failed }) => end(number, problems, failed),
                Err(broken) => return Err((number, self.worker.autopsy(broken))),
            }
        }
        Ok(())
    }

    fn read_part(
        &mut self,
        part: &EntryPart,
        piece: &mut dyn FnMut(Vec<u8>),
    ) -> Result<ReadEnd, Broken> {
        let mut border = self.border(&[Kind::Content, Kind::ReadEnd], MAX_ENTRIES, part.length);
        border.content = part.length;
        loop {
            match self.answer(&mut border)? {
                Answer::Content(bytes) => piece(bytes),
                Answer::ReadEnd(end) => return Ok(end),
                _ => return Err(Broken::Ended),
            }
        }
    }

    fn border(&self, kinds: &[Kind], records: u64, bytes: u64) -> Border {
        let files: Vec<u64> = self.files.iter().map(|(_, size)| *size).collect();
        // Tables and folders are read again and again, compressed data from a snapshot on.
        let all = files.iter().copied().fold(0, u64::saturating_add);
        let wanted = all.saturating_add(bytes).saturating_mul(64).saturating_add(16 << 30);
        let bytes = bytes.saturating_add(64 * MB);
        let kinds = [kinds, &[Kind::Want, Kind::Beside]].concat();
        Border { kinds, records, bytes, files, wanted, ..Border::default() }
    }

    /// The next answer, after what the worker asks for was given. The time that the caller needs is
    /// not the worker's.
    fn answer(&mut self, border: &mut Border) -> Result<Answer, Broken> {
        loop {
            self.worker.watch(CHUNK as u64, MS_PER_MB);
            let answer = border.next(&mut self.worker.stdout);
            self.worker.rest();
            match answer? {
                Answer::Want(want) => self.bytes(want)?,
                Answer::Beside(path) => {
                    let size = self.beside(&path);
                    border.files.extend(size);
                    self.say(&There { size })?;
                }
                answer => return Ok(answer),
            }
        }
    }

    fn beside(&mut self, path: &str) -> Option<u64> {
        let file = (self.root.beside)(path)?;
        let size = file.metadata().ok()?.len();
        self.files.push((file, size));
        Some(size)
    }

    fn bytes(&mut self, want: Want) -> Result<(), Broken> {
        let (file, _) = self.files.get(want.file).ok_or(Broken::Ended)?;
        let mut bytes = vec![0; usize::try_from(want.length).unwrap_or_default()];
        // A bad sector costs what lies on it: the worker is told that there are no bytes.
        if file.read_exact_at(&mut bytes, want.offset).is_err() {
            return self.say(&There { size: None });
        }
        self.worker.watch(CHUNK as u64, MS_PER_MB);
        let sent = self.worker.send_bytes(&bytes);
        self.worker.rest();
        sent
    }

    fn say(&mut self, there: &There) -> Result<(), Broken> {
        self.worker.watch(CHUNK as u64, MS_PER_MB);
        let sent = self.worker.send(Kind::There, there, std::iter::empty());
        self.worker.rest();
        sent
    }
}
