//! What can go wrong with the log, and what to do about it.

use std::path::{Path, PathBuf};

/// A failure of the log. Nothing of the batch was acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The disk refused. Whether the batch is there will show at the next opening; trying again is
    /// safe and may at worst record an act twice.
    #[error("log file {} cannot be read or written; check the disk and try again", .path.display())]
    Io {
        /// Which file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file of the log is not what its checkpoint commits to. Stop and verify against a
    /// checkpoint that was kept outside.
    #[error(
        "log file {file} {why}; keep the folder as it is and verify it against a checkpoint \
        kept outside"
    )]
    Damaged {
        /// Path inside the log folder.
        file: String,
        /// In which way.
        why: String,
    },
    /// The checkpoint is signed by another key or for another log: wrong folder or wrong key.
    #[error("the checkpoint is not signed as {origin:?} with this key; check folder and key")]
    ForeignCheckpoint {
        /// The origin that was expected.
        origin: String,
    },
    /// The folder was set back while this process held a later state.
    #[error(
        "the log on disk has {found} entries that do not continue the {had} seen before; \
        it was set back or replaced"
    )]
    RolledBack {
        /// Size this process had seen.
        had: u64,
        /// Size found now.
        found: u64,
    },
    /// The log was opened without a signing key.
    #[error("the log was opened for reading only; open it with its key to append")]
    ReadOnly,
    /// The origin cannot stand in a signed note.
    #[error(
        "log name {origin:?} is not usable; use letters, digits and punctuation without \
        blanks or '+'"
    )]
    BadOrigin {
        /// As offered.
        origin: String,
    },
    /// The verifier key is not one.
    #[error("{vkey:?} is not a verifier key of the form name+hash+key for Ed25519")]
    BadKey {
        /// As offered.
        vkey: String,
    },
    /// One act does not fit into an entry.
    #[error(
        "act {index} of the batch takes {bytes} bytes, more than an entry's 65535; shorten its \
        reason or detail"
    )]
    TooLong {
        /// Position in the batch.
        index: usize,
        /// Its length.
        bytes: usize,
    },
    /// The detail would put content into a log that can never be erased.
    #[error(
        "detail key {key:?} would put file names or content into the log, which can never be \
        erased; log a count, a hash or an id"
    )]
    ContentInDetail {
        /// The key.
        key: String,
    },
    /// There is no such entry or size.
    #[error("entry or size {asked} lies beyond the log's {size} entries")]
    OutOfRange {
        /// What was asked for.
        asked: u64,
        /// What there is.
        size: u64,
    },
    /// An entry is intact but is no act that this version knows.
    #[error("entry {index} is intact but this version cannot read it; use a newer version")]
    Unreadable {
        /// Its index.
        index: u64,
    },
}

impl AuditError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }

    pub(crate) fn damaged(file: &str, why: impl Into<String>) -> Self {
        Self::Damaged { file: file.to_owned(), why: why.into() }
    }
}
