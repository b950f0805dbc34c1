//! What can go wrong on the host's side, by what the caller can do.

use crate::violation::Violation;
use amparo_model::ProblemKind;

/// There is no worker to ask. Decoding is refused until this is mended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SandboxError {
    /// The kernel does not offer what confinement needs.
    #[error("nothing is decoded: this machine cannot confine a worker: {why}")]
    CannotConfine {
        /// What is missing, in words.
        why: String,
    },
    /// The worker program did not start or did not answer.
    #[error("worker program {program} did not start: {why}")]
    CannotStart {
        /// Which program.
        program: String,
        /// The operating system's words, or what came instead of an answer.
        why: String,
    },
}

/// One request failed. The worker is gone; what it had said before stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorkerError {
    /// No worker could be had; the next request will fare the same.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// It overstepped a limit and was ended.
    #[error("worker ended at its limit: {limit}")]
    Killed {
        /// Which one.
        limit: String,
    },
    /// It asked the kernel for something that no decoder needs. Treat the file as hostile.
    #[error("worker ended by the kernel for a forbidden system call")]
    Forbidden,
    /// It broke down on this input, or ran out of its memory.
    #[error("worker broke down ({how}); it may have run out of its memory")]
    Crashed {
        /// Signal or exit code.
        how: String,
    },
    /// It answered what no sound worker answers. Treat the file as hostile.
    #[error("worker answered outside the border's rules: {0}")]
    Border(Violation),
    /// The picture was refused by its decoder, in good order.
    #[error("{why}")]
    NotExamined {
        /// What to conclude.
        kind: ProblemKind,
        /// The decoder's words.
        why: String,
    },
    /// The container's own file could not be read.
    #[error("the source could not be read: {why}")]
    Source {
        /// The operating system's reason.
        why: String,
    },
    /// This version knows no such parser.
    #[error("no parser is called {id}")]
    NoSuchParser {
        /// The id asked for.
        id: String,
    },
}

impl WorkerError {
    /// The kind of problem that this failure becomes in the results.
    #[must_use]
    pub fn kind(&self) -> ProblemKind {
        match self {
            Self::Killed { .. } => ProblemKind::Limit,
            Self::Forbidden | Self::Border(_) => ProblemKind::Malformed,
            Self::NotExamined { kind, .. } => *kind,
            Self::NoSuchParser { .. } => ProblemKind::Unsupported,
            Self::Sandbox(_) | Self::Source { .. } | Self::Crashed { .. } => {
                ProblemKind::Unreadable
            }
        }
    }
}
