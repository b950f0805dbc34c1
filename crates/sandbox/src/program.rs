//! A program found on the machine, run on one file with no way out: FFmpeg for videos, libheif's
//! converter for HEIC and AVIF pictures.
//!
//! This program starts itself as a launcher (`program/launch.rs`), which confines itself as a
//! worker does and then becomes the other program. It gets the file as its standard input, for
//! reading only, and may write to its standard output and nothing else. The host takes exactly as
//! many bytes as it asks for, keeps a bounded part of the words on standard error, watches the
//! clock, and ends the program when it has what it wanted.
//!
//! The launcher speaks first: one byte tells whether it could confine itself, so that nothing a
//! program under an enemy's control says can pass for it.
//!
//! To use another program: a method in `program/tools.rs`. To let programs use one more system
//! call: a row in `program/calls.rs`, with the reason.

mod calls;
mod launch;
mod tools;
mod words;

pub use launch::{INPUT, ProgramRequest, in_memory, launch};
pub use tools::{Input, Tools};

use crate::error::SandboxError;
use crate::guard::Guard;
use crate::worker::WorkerCommand;
use amparo_model::ProblemKind;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;
use words::Words;

/// Why a program gave nothing, or less than the whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProgramError {
    /// The machine cannot confine it, so that no file would fare better.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// It is not there. Installing it and running again helps.
    #[error("not examined: {program} is not installed")]
    Missing {
        /// Its name for people.
        program: &'static str,
    },
    /// The container is one of videos and holds none, sound for example.
    #[error("holds no video")]
    NoVideo,
    /// It overstepped a limit and was ended.
    #[error("the program was ended at its limit: {limit}")]
    Killed {
        /// Which one.
        limit: String,
    },
    /// It asked the kernel for something that it never needs. Treat the file as hostile.
    #[error("the program was ended by the kernel for a forbidden system call")]
    Forbidden,
    /// It could not make sense of the file, or broke down on it.
    #[error("{said} ({how})")]
    Failed {
        /// Signal or exit code.
        how: String,
        /// Its own words, cleaned.
        said: String,
    },
    /// The file could not be handed over.
    #[error("could not be handed to the program: {why}")]
    Input {
        /// The operating system's words.
        why: String,
    },
}

impl ProgramError {
    /// The kind of problem that this failure becomes in the results.
    #[must_use]
    pub fn kind(&self) -> ProblemKind {
        match self {
            Self::Missing { .. } => ProblemKind::Unsupported,
            Self::NoVideo => ProblemKind::Skipped,
            Self::Killed { .. } => ProblemKind::Limit,
            Self::Forbidden | Self::Failed { .. } => ProblemKind::Malformed,
            Self::Sandbox(_) | Self::Input { .. } => ProblemKind::Unreadable,
        }
    }
}

/// How a program came to its end.
#[derive(Debug)]
pub struct Ended {
    /// What went wrong, if anything did.
    pub outcome: Result<(), ProgramError>,
    /// The lines on its standard error, cleaned and bounded.
    pub said: Vec<String>,
}

/// A running, confined program. Dropping it ends it.
pub struct Program {
    guard: Guard,
    output: ChildStdout,
    words: JoinHandle<Words>,
}

type Pipes = (ChildStdout, ChildStderr);

impl Program {
    /// Starts a program on an input and returns once it is confined. It is ended when `time` is
    /// over.
    ///
    /// # Errors
    /// [`SandboxError`]: no program can be run on any file.
    pub fn start(
        launcher: &WorkerCommand,
        request: &ProgramRequest,
        input: File,
        time: Duration,
    ) -> Result<Self, SandboxError> {
        let failed = |why: String| SandboxError::CannotStart {
            program: launcher.program.display().to_string(),
            why,
        };
        let json = serde_json::to_string(request).map_err(|error| failed(error.to_string()))?;
        let command = launcher.clone();
        let started = Guard::over(move || spawn(&command, json, input));
        let (guard, (mut output, errors)) = started.map_err(|error| failed(error.to_string()))?;
        guard.watch(time);
        let words = std::thread::Builder::new()
            .name("program-words".to_owned())
            .spawn(move || Words::listen(errors))
            .map_err(|error| failed(error.to_string()))?;
        let mut first = [0];
        match output.read_exact(&mut first) {
            Ok(()) if first == [launch::CONFINED] => Ok(Self { guard, output, words }),
            Ok(()) if first == [launch::REFUSED] => {
                Err(SandboxError::CannotConfine { why: reason(&mut output) })
            }
            Ok(()) => Err(failed("an answer out of turn".to_owned())),
            Err(error) => Err(failed(error.to_string())),
        }
    }

    /// Fills the buffer with the next bytes of the output; `false` when the output ended before,
    /// whether at a boundary or in the middle.
    pub fn fill(&mut self, buffer: &mut [u8]) -> bool {
        self.output.read_exact(buffer).is_ok()
    }

    /// The whole rest of the output, if it has at most `limit` bytes.
    pub fn rest(&mut self, limit: u64) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let read = (&mut self.output).take(limit.saturating_add(1)).read_to_end(&mut bytes);
        (read.is_ok() && bytes.len() as u64 <= limit).then_some(bytes)
    }

    /// Ends it, at once if the host has what it wanted, and tells how it ended.
    #[must_use]
    pub fn finish(mut self, enough: bool) -> Ended {
        let ending = self.guard.end(enough);
        // With the program gone its end of the pipe is closed, so that the listener ends too.
        let words = self.words.join().unwrap_or_default();
        let killed = |limit: &str| Err(ProgramError::Killed { limit: limit.to_owned() });
        let failed = |how: String| Err(ProgramError::Failed { how, said: words.complaint() });
        let outcome = match (ending.signal(), ending.status) {
            _ if ending.expired => killed("wall-clock time"),
            _ if enough => Ok(()),
            (Some(libc::SIGSYS), _) => Err(ProgramError::Forbidden),
            (Some(libc::SIGXCPU), _) => killed("processor time"),
            (Some(signal), _) => failed(format!("signal {signal}")),
            (None, Some(status)) if status.success() => Ok(()),
            (None, Some(status)) => failed(status.to_string()),
            (None, None) => failed("no trace".to_owned()),
        };
        Ended { outcome, said: words.lines }
    }
}

/// What the launcher gives as its reason.
fn reason(output: &mut impl Read) -> String {
    let mut text = Vec::new();
    // A reason that breaks off is better than none.
    let _read = output.take(1_024).read_to_end(&mut text);
    words::clean(&String::from_utf8_lossy(&text))
}

fn spawn(command: &WorkerCommand, request: String, input: File) -> io::Result<(Child, Pipes)> {
    let mut child = Command::new(&command.program)
        .args(&command.args)
        .arg(request)
        .env_clear()
        .current_dir("/")
        .process_group(0)
        .stdin(Stdio::from(input))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    match (child.stdout.take(), child.stderr.take()) {
        (Some(output), Some(errors)) => Ok((child, (output, errors))),
        _ => Err(io::Error::other("no pipes")),
    }
}
