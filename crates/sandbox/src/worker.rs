//! One worker process, seen from the host.

use crate::border::{Answer, Border, Broken};
use crate::confine::Confinement;
use crate::error::{SandboxError, WorkerError};
use crate::frame::{self, BlobHead, CHUNK, ExamineRequest, Kind, ParseRequest};
use crate::guard::Guard;
use crate::violation::Violation;
use amparo_media::{Limits, Picture};
use amparo_model::{Located, Problem, Record, Sha256};
use amparo_parsers::Spec;
use sha2::Digest;
use std::io::{self, BufReader, Write};
use std::path::PathBuf;
use std::process::{ChildStdin, ChildStdout};
use std::time::Duration;

/// The program that calls [`crate::serve`], and its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerCommand {
    /// In production the `amparo` binary itself.
    pub program: PathBuf,
    /// In production the hidden command `worker`.
    pub args: Vec<String>,
}

/// Something that a parse gave, as it comes.
#[expect(clippy::large_enum_variant, reason = "records are the many; a box for each would cost")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A record with its place.
    Record(Located<Record>),
    /// Something that could not be read.
    Problem(Problem),
}

/// How long the host waits before it ends a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For anything at all, in milliseconds; covers a slow and busy machine.
    pub base_ms: u64,
    /// More for each megabyte of a picture, in milliseconds. Parsers declare their own.
    pub picture_ms_per_mb: u64,
}

impl Default for Patience {
    fn default() -> Self {
        Self { base_ms: 30_000, picture_ms_per_mb: 5_000 }
    }
}

/// A running, confined worker. Dropping it ends it.
pub struct Worker {
    guard: Guard,
    stdin: ChildStdin,
    pub(crate) stdout: BufReader<ChildStdout>,
    patience: Patience,
}

pub(crate) const MB: u64 = 1 << 20;

impl Worker {
    /// Starts a worker with the ordinary confinement.
    ///
    /// # Errors
    /// [`SandboxError`]: nothing can be decoded.
    pub fn spawn(command: &WorkerCommand) -> Result<Self, SandboxError> {
        Self::spawn_with(command, &Confinement::default(), Patience::default())
    }

    /// Starts a worker and returns once it has confined itself.
    ///
    /// # Errors
    /// [`SandboxError`]: nothing can be decoded.
    pub fn spawn_with(
        command: &WorkerCommand,
        confinement: &Confinement,
        patience: Patience,
    ) -> Result<Self, SandboxError> {
        let failed = |why: String| SandboxError::CannotStart {
            program: command.program.display().to_string(),
            why,
        };
        let started = Guard::start(command).map_err(|error| failed(error.to_string()))?;
        let (guard, stdin, stdout) = started;
        let mut worker = Self { guard, stdin, stdout: BufReader::new(stdout), patience };
        match worker.begin(confinement) {
            Ok(Answer::Ready) => Ok(worker),
            Ok(Answer::Refused(why)) => Err(SandboxError::CannotConfine { why }),
            Ok(_) => Err(failed("an answer out of turn".to_owned())),
            Err(broken) => Err(failed(worker.autopsy(broken).to_string())),
        }
    }

    /// Parses one file with its companions; `each` takes what comes, in the parser's order within
    /// records and within problems.
    ///
    /// # Errors
    /// [`WorkerError`]; the worker is of no further use then. What was handed out before stands.
    pub fn parse(
        &mut self,
        parser_id: &str,
        main: (&str, &[u8]),
        companions: &[(String, Vec<u8>)],
        each: &mut dyn FnMut(Event),
    ) -> Result<(), WorkerError> {
        let Some(parser) = amparo_parsers::by_id(parser_id) else {
            return Err(WorkerError::NoSuchParser { id: parser_id.to_owned() });
        };
        let rest = companions.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()));
        let blobs: Vec<(&str, &[u8])> = std::iter::once(main).chain(rest).collect();
        let heads: Vec<BlobHead> = blobs.iter().map(|(path, bytes)| head(path, bytes)).collect();
        let size: u64 = heads.iter().map(|head| head.size).sum();
        let mut border = parse_border(parser.spec(), &heads, size);
        self.guard.watch(self.time(size, parser.spec().limits.wall_ms_per_mb));
        let request = ParseRequest { parser: parser_id.to_owned(), blobs: heads };
        let bytes = blobs.iter().map(|(_, bytes)| *bytes);
        let sent = self.send(Kind::Parse, &request, bytes);
        sent.and_then(|()| self.collect(&mut border, each))
            .map_err(|broken| self.autopsy(broken))?;
        self.guard.rest();
        Ok(())
    }

    /// Examines one picture.
    ///
    /// # Errors
    /// [`WorkerError::NotExamined`] when its decoder refused; the worker goes on. After any other
    /// the worker is of no further use.
    pub fn examine(&mut self, bytes: &[u8]) -> Result<Picture, WorkerError> {
        let limits = Limits::default();
        let kinds = vec![Kind::Picture, Kind::NotExamined];
        let mut border = Border { kinds, bytes: MB, picture: limits, ..Border::default() };
        let size = bytes.len() as u64;
        self.guard.watch(self.time(size, self.patience.picture_ms_per_mb));
        let sent = self.send(Kind::Examine, &ExamineRequest { size, limits }, [bytes].into_iter());
        let answer = sent.and_then(|()| border.next(&mut self.stdout));
        match answer.map_err(|broken| self.autopsy(broken))? {
            Answer::Picture(picture) => {
                self.guard.rest();
                Ok(*picture)
            }
            Answer::NotExamined(refused) => {
                self.guard.rest();
                Err(WorkerError::NotExamined { kind: refused.kind, why: refused.why })
            }
            _ => Err(self.autopsy(Broken::Ended)),
        }
    }

    fn begin(&mut self, confinement: &Confinement) -> Result<Answer, Broken> {
        self.guard.watch(Duration::from_millis(self.patience.base_ms));
        let kinds = vec![Kind::Ready, Kind::Refused];
        let mut border = Border { kinds, bytes: MB, ..Border::default() };
        // A worker that refused may be gone before it was asked; its reason is still in the pipe.
        let _sent = self.send(Kind::Start, confinement, std::iter::empty());
        let answer = border.next(&mut self.stdout)?;
        self.guard.rest();
        Ok(answer)
    }

    pub(crate) fn send<'b>(
        &mut self,
        kind: Kind,
        request: &impl serde::Serialize,
        blobs: impl Iterator<Item = &'b [u8]>,
    ) -> Result<(), Broken> {
        let write = || -> io::Result<()> {
            frame::write_json(&mut self.stdin, kind, request)?;
            for chunk in blobs.flat_map(|bytes| bytes.chunks(CHUNK)) {
                frame::write(&mut self.stdin, Kind::Bytes, chunk)?;
            }
            self.stdin.flush()
        };
        write().map_err(|_| Broken::Ended)
    }

    pub(crate) fn send_bytes(&mut self, bytes: &[u8]) -> Result<(), Broken> {
        let sent = frame::write(&mut self.stdin, Kind::Bytes, bytes);
        sent.and_then(|()| self.stdin.flush()).map_err(|_| Broken::Ended)
    }

    /// Ends the worker unless [`Worker::rest`] comes before the time for this much input is over.
    pub(crate) fn watch(&self, size: u64, ms_per_mb: u64) {
        self.guard.watch(self.time(size, ms_per_mb));
    }

    /// The worker answered in time.
    pub(crate) fn rest(&self) {
        self.guard.rest();
    }

    fn collect(&mut self, border: &mut Border, each: &mut dyn FnMut(Event)) -> Result<(), Broken> {
        loop {
            match border.next(&mut self.stdout)? {
                Answer::Records(records) => {
                    records.into_iter().map(Event::Record).for_each(&mut *each)
                }
                Answer::Problems(some) => some.into_iter().map(Event::Problem).for_each(&mut *each),
                Answer::Done => return Ok(()),
                _ => return Err(Broken::Ended),
            }
        }
    }

    fn time(&self, size: u64, ms_per_mb: u64) -> Duration {
        let more = ms_per_mb.saturating_mul(size.div_ceil(MB));
        Duration::from_millis(self.patience.base_ms.saturating_add(more))
    }

    /// Ends the worker and says why it is no more.
    pub(crate) fn autopsy(&mut self, broken: Broken) -> WorkerError {
        let violation: Option<Violation> = match broken {
            Broken::Ended => None,
            Broken::Violation(violation) => Some(violation),
        };
        let ending = self.guard.end(violation.is_some());
        if let Some(violation) = violation {
            return WorkerError::Border(violation);
        }
        if ending.expired {
            return WorkerError::Killed { limit: "wall-clock time".to_owned() };
        }
        match (ending.signal(), ending.status) {
            (Some(libc::SIGSYS), _) => WorkerError::Forbidden,
            (Some(libc::SIGXCPU), _) => WorkerError::Killed { limit: "processor time".to_owned() },
            (Some(signal), _) => WorkerError::Crashed { how: format!("signal {signal}") },
            (None, Some(status)) => WorkerError::Crashed { how: status.to_string() },
            (None, None) => WorkerError::Crashed { how: "no trace".to_owned() },
        }
    }
}

fn parse_border(spec: &'static Spec, heads: &[BlobHead], size: u64) -> Border {
    Border {
        kinds: vec![Kind::Records, Kind::Rows, Kind::Problems, Kind::Done],
        objects: heads.iter().map(|head| head.sha256).collect(),
        emits: spec.emits.to_vec(),
        records: spec.limits.records,
        // Records are larger than the rows they come from, but not beyond measure.
        bytes: size.saturating_mul(32).saturating_add(256 * MB),
        ..Border::default()
    }
}

fn head(path: &str, bytes: &[u8]) -> BlobHead {
    let sha256 = Sha256(sha2::Sha256::digest(bytes).into());
    BlobHead { path: path.to_owned(), sha256, size: bytes.len() as u64 }
}
