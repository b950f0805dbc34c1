//! What can go wrong at the edge, named after what the operator can do about it.
//!
//! Crates below say what happened in a fragment; here it is tied to the thing concerned and to an
//! exit code. To add a variant: give it its code in [`CliError::exit`] and its sentence in
//! `cli.ftl`.

use crate::{exit::Exit, say::Say};
use amparo_store::StoreError;

/// Why a command did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// Arguments that contradict each other or need one more: change the command line.
    #[error("{0}")]
    Usage(String),
    /// A file or value cannot be used: correct it and repeat.
    #[error("{what}: {why}")]
    BadInput {
        /// File, place or value.
        what: String,
        /// The reason, as a fragment.
        why: String,
    },
    /// A named thing does not exist: look at the list named.
    #[error("{kind} {id:?} does not exist")]
    Unknown {
        /// `case`, `tip`, `evidence`, `referral`, ...
        kind: &'static str,
        /// As named.
        id: String,
    },
    /// The data folder has not been made yet: run `amparo init`.
    #[error("{0} is not an Amparo data folder; run `amparo init` first")]
    NoFolder(String),
    /// Not permitted; already in the audit log.
    #[error("{action} is not permitted to {actor} ({role}): {needs}")]
    Refused {
        /// The act.
        action: String,
        /// Who.
        actor: String,
        /// In which role.
        role: String,
        /// What would be needed, ready to be shown.
        needs: String,
    },
    /// Disk, database or kernel failed: tell whoever runs the machine.
    #[error("{what}: {why}")]
    Storage {
        /// Which part.
        what: String,
        /// The reason, as a fragment.
        why: String,
    },
}

impl CliError {
    /// A thing offered by the operator that cannot be used.
    pub fn bad(what: impl ToString, why: impl ToString) -> Self {
        Self::BadInput { what: what.to_string(), why: why.to_string() }
    }

    /// A part of the installation that failed.
    pub fn storage(what: impl ToString, why: impl ToString) -> Self {
        Self::Storage { what: what.to_string(), why: why.to_string() }
    }

    /// A thing that was named and does not exist.
    pub fn unknown(kind: &'static str, id: impl ToString) -> Self {
        Self::Unknown { kind, id: id.to_string() }
    }

    /// The exit code that scripts see.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) => Exit::Usage,
            Self::BadInput { .. } | Self::Unknown { .. } | Self::NoFolder(_) => Exit::BadInput,
            Self::Refused { .. } => Exit::Refused,
            Self::Storage { .. } => Exit::Storage,
        }
    }

    /// A fixed word for scripts.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Usage(_) => "usage",
            Self::BadInput { .. } => "bad_input",
            Self::Unknown { .. } => "unknown",
            Self::NoFolder(_) => "no_data_folder",
            Self::Refused { .. } => "refused",
            Self::Storage { .. } => "storage",
        }
    }

    /// The sentence for the person at the keyboard.
    #[must_use]
    pub fn sentence(&self, say: &Say) -> String {
        match self {
            Self::Usage(why) => say.get("cli-error-usage", &[("why", why)]),
            Self::BadInput { what, why } => {
                say.get("cli-error-bad-input", &[("what", what), ("why", why)])
            }
            Self::Unknown { kind, id } => {
                say.get("cli-error-unknown", &[("kind", &say.word("kind", kind)), ("id", id)])
            }
            Self::NoFolder(path) => say.get("cli-error-no-folder", &[("path", path)]),
            Self::Refused { action, actor, role, needs } => say.get(
                "cli-error-refused",
                &[("action", action), ("actor", actor), ("role", role), ("needs", needs)],
            ),
            Self::Storage { what, why } => {
                say.get("cli-error-storage", &[("what", what), ("why", why)])
            }
        }
    }
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict { .. } | StoreError::NotFound { .. } => {
                Self::bad("database", error)
            }
            _ => Self::storage("database", error),
        }
    }
}

impl From<clap::Error> for CliError {
    fn from(error: clap::Error) -> Self {
        Self::Usage(error.to_string())
    }
}
