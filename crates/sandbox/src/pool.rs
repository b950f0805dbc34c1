//! A number of workers for many threads: started when needed, replaced when they die or are worn.

use crate::confine::Confinement;
use crate::error::{SandboxError, WorkerError};
use crate::list::ListBytes;
use crate::worker::{Event, Patience, Worker, WorkerCommand};
use amparo_media::Picture;
use amparo_parsers::ListParser;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Requests after which a worker is replaced: one that was quietly taken over does not last.
const RETIRE_AFTER: u32 = 256;

/// Workers for one item of evidence, or for one import: whoever reads an item makes a pool and lets
/// it go with the item, so that a worker taken over by a file of one never sees a file of another.
pub struct Pool {
    command: WorkerCommand,
    patience: Patience,
    size: usize,
    state: Mutex<State>,
    returned: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Seat>,
    busy: usize,
}

/// A worker with what it was confined to and how much it has done.
struct Seat {
    worker: Worker,
    memory_bytes: u64,
    served: u32,
}

impl Pool {
    /// At most `size` workers at a time (at least one). None is started yet.
    #[must_use]
    pub fn new(command: WorkerCommand, size: usize) -> Self {
        Self::with_patience(command, size, Patience::default())
    }

    /// [`Pool::new`] with another patience.
    #[must_use]
    pub fn with_patience(command: WorkerCommand, size: usize, patience: Patience) -> Self {
        let (state, returned) = (Mutex::default(), Condvar::new());
        Self { command, patience, size: size.max(1), state, returned }
    }

    /// The program that its workers run.
    #[must_use]
    pub fn command(&self) -> &WorkerCommand {
        &self.command
    }

    /// Starts one worker, to learn whether this machine can confine it.
    ///
    /// # Errors
    /// [`SandboxError`] tells the operator what is missing.
    pub fn check(&self) -> Result<(), SandboxError> {
        let seat = self.take(Confinement::default().memory_bytes)?;
        self.give(Some(seat));
        Ok(())
    }

    /// [`Worker::parse`] by any free worker, with the memory that the parser declares.
    ///
    /// # Errors
    /// [`WorkerError`]; the pool replaces the worker. What was handed out before stands.
    pub fn parse(
        &self,
        parser_id: &str,
        main: (&str, &[u8]),
        companions: &[(String, Vec<u8>)],
        each: &mut dyn FnMut(Event),
    ) -> Result<(), WorkerError> {
        let Some(parser) = amparo_parsers::by_id(parser_id) else {
            return Err(WorkerError::NoSuchParser { id: parser_id.to_owned() });
        };
        let mut told = false;
        let mut tell = |event| {
            told = true;
            each(event);
        };
        let memory = parser.spec().limits.memory_bytes;
        let first = self.with(memory, |w| w.parse(parser_id, main, companions, &mut tell));
        match first {
            Outcome::Stale(_) if !told => {
                self.with(memory, |w| w.parse(parser_id, main, companions, each)).result()
            }
            outcome => outcome.result(),
        }
    }

    /// [`Worker::list`] by any free worker, with the memory that the parser declares.
    ///
    /// # Errors
    /// [`WorkerError`]; the pool replaces the worker. Rows handed out before are worth nothing: the
    /// list is not whole.
    pub fn list(
        &self,
        parser: &dyn ListParser,
        list: &ListBytes<'_>,
        each: &mut dyn FnMut(Event),
    ) -> Result<(), WorkerError> {
        let memory = parser.spec().limits.memory_bytes;
        self.with(memory, |worker| worker.list(parser, list, each)).result()
    }

    /// [`Worker::examine`] by any free worker.
    ///
    /// # Errors
    /// [`WorkerError`]; the pool replaces the worker where it died.
    pub fn examine(&self, bytes: &[u8]) -> Result<Picture, WorkerError> {
        let memory = Confinement::default().memory_bytes;
        match self.with(memory, |worker| worker.examine(bytes)) {
            Outcome::Stale(_) => self.with(memory, |worker| worker.examine(bytes)).result(),
            outcome => outcome.result(),
        }
    }

    /// Runs one request. A worker that served others before and broke down may have been broken by
    /// them: that is told apart, so that the request can have a fresh one.
    fn with<T>(
        &self,
        memory_bytes: u64,
        request: impl FnOnce(&mut Worker) -> Result<T, WorkerError>,
    ) -> Outcome<T> {
        let mut seat = match self.take(memory_bytes) {
            Ok(seat) => seat,
            Err(error) => return Outcome::Settled(Err(error.into())),
        };
        let result = request(&mut seat.worker);
        let used = seat.served > 0;
        seat.served += 1;
        match result {
            Ok(_) | Err(WorkerError::NotExamined { .. }) => {
                self.give((seat.served < RETIRE_AFTER).then_some(seat));
                Outcome::Settled(result)
            }
            Err(error) => {
                drop(seat);
                self.give(None);
                let broke = matches!(error, WorkerError::Crashed { .. });
                if used && broke { Outcome::Stale(error) } else { Outcome::Settled(Err(error)) }
            }
        }
    }

    /// An idle worker with that memory, or a new one; waits while all are busy.
    fn take(&self, memory_bytes: u64) -> Result<Seat, SandboxError> {
        let mut state = self.lock();
        while state.busy >= self.size {
            state = self.returned.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.busy += 1;
        let fits = state.idle.iter().position(|seat| seat.memory_bytes == memory_bytes);
        let idle = fits.map(|at| state.idle.swap_remove(at));
        // With one of another kind idle, a new one would be one too many.
        let surplus = match idle {
            None if state.idle.len() + state.busy > self.size => state.idle.pop(),
            _ => None,
        };
        drop(state);
        drop(surplus);
        if let Some(seat) = idle {
            return Ok(seat);
        }
        let confinement = Confinement { memory_bytes, ..Confinement::default() };
        match Worker::spawn_with(&self.command, &confinement, self.patience) {
            Ok(worker) => Ok(Seat { worker, memory_bytes, served: 0 }),
            Err(error) => {
                self.give(None);
                Err(error)
            }
        }
    }

    fn give(&self, seat: Option<Seat>) {
        let mut state = self.lock();
        state.busy -= 1;
        state.idle.extend(seat);
        drop(state);
        self.returned.notify_one();
    }

    /// A panic elsewhere cannot leave the state half changed: it is only counted and listed.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Outcome<T> {
    Settled(Result<T, WorkerError>),
    Stale(WorkerError),
}

impl<T> Outcome<T> {
    fn result(self) -> Result<T, WorkerError> {
        match self {
            Self::Settled(result) => result,
            Self::Stale(error) => Err(error),
        }
    }
}
