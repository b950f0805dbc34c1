//! Why a log cannot be accepted.

/// The first thing found wrong. `Key` and `Outside` speak of what was handed in, not of the log.
#[derive(Debug, thiserror::Error)]
pub enum Tampered {
    /// The verifier key is no key.
    #[error(
        "the verifier key is not of the form name+hash+key for Ed25519; use the text that \
        was published with the log"
    )]
    Key,
    /// The checkpoint from outside is of no use.
    #[error("the checkpoint kept outside {why}; nothing can be said about the log with it")]
    Outside {
        /// In which way.
        why: &'static str,
    },
    /// The log's own checkpoint is not one.
    #[error("the log's own checkpoint {why}")]
    Checkpoint {
        /// In which way.
        why: &'static str,
    },
    /// The log is shorter than what was committed to.
    #[error(
        "entries were removed: the log ends at {entries}, the checkpoint kept outside \
        covers {covered}"
    )]
    Shortened {
        /// Entries there are.
        entries: u64,
        /// Entries there were.
        covered: u64,
    },
    /// The first entries are not those that were committed to.
    #[error(
        "history was rewritten: the first {covered} entries are not those that the checkpoint \
        kept outside covers"
    )]
    Rewritten {
        /// Entries that the outside checkpoint covers.
        covered: u64,
    },
    /// The entries are not those of the log's own checkpoint.
    #[error("the {entries} entries do not lead to the root that the log's own checkpoint states")]
    Root {
        /// Entries there are.
        entries: u64,
    },
    /// A file of the log is missing or is not what it must be.
    #[error("log file {file} {why}")]
    File {
        /// Path inside the log folder.
        file: String,
        /// In which way.
        why: &'static str,
    },
    /// A hash tile contradicts the entries.
    #[error("log file {file} does not follow from the entries; one or the other was altered")]
    Tile {
        /// Path inside the log folder.
        file: String,
    },
    /// The system refused to read. Nothing is proven either way.
    #[error(
        "log file {file} cannot be read, so nothing is proven either way; check the disk and \
        the permissions"
    )]
    Io {
        /// Path inside the log folder.
        file: String,
        /// What the system said.
        source: std::io::Error,
    },
}
