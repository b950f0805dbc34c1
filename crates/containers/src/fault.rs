//! Why bytes or entries could not be had. Each kind tells the reader of the report what to do.

use amparo_model::{Problem, ProblemKind};

/// Why something of a container could not be read. What is named here is lost, its neighbours are
/// not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The medium below refused: read the source again or make a new copy of it.
    #[error("the source could not be read: {why}")]
    Source {
        /// The reason given below.
        why: String,
    },
    /// The bytes end before what they announce: the copy may be incomplete.
    #[error("the bytes end at {at}, before what they announce")]
    Truncated {
        /// Where they end, in bytes of this container.
        at: u64,
    },
    /// The bytes contradict their format or their own checksum.
    #[error("damaged at byte {at}: {why}")]
    Damaged {
        /// Where, in bytes of this container.
        at: u64,
        /// What does not fit.
        why: String,
    },
    /// Sound as far as seen, and not read by this version.
    #[error("not read by this version: {what}")]
    Unsupported {
        /// Which variant of the format.
        what: String,
    },
    /// More than a reader of hostile bytes allows.
    #[error("above the limit: {what}")]
    Limit {
        /// Which figure, and the limit.
        what: String,
    },
    /// Encrypted; the key is missing or wrong.
    #[error("encrypted: {needs}")]
    Locked {
        /// What would open it.
        needs: String,
    },
}

impl Fault {
    /// A contradiction at a byte.
    pub fn damaged(at: u64, why: impl Into<String>) -> Self {
        Self::Damaged { at, why: why.into() }
    }

    /// A variant that is not read.
    pub fn unsupported(what: impl Into<String>) -> Self {
        Self::Unsupported { what: what.into() }
    }

    /// The kind of problem that this becomes in the results.
    #[must_use]
    pub fn kind(&self) -> ProblemKind {
        match self {
            Self::Source { .. } => ProblemKind::Unreadable,
            Self::Truncated { .. } | Self::Damaged { .. } => ProblemKind::Malformed,
            Self::Unsupported { .. } | Self::Locked { .. } => ProblemKind::Unsupported,
            Self::Limit { .. } => ProblemKind::Limit,
        }
    }

    /// As a problem of the entry `subject`.
    #[must_use]
    pub fn problem(&self, subject: &str) -> Problem {
        let subject = subject.to_owned();
        Problem { kind: self.kind(), at: None, subject, detail: self.to_string() }
    }
}
