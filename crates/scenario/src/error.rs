//! Why a world could not be made.

use std::path::PathBuf;

/// Why a world could not be made. Nothing in it is worth keeping then: remove the folder.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// The factor makes no world; ask for another.
    #[error("scale {scale} is outside 0.01 to 1000; choose a factor in that range")]
    Scale {
        /// As asked for.
        scale: f64,
    },
    /// The folder already holds something; choose another.
    #[error("folder {path:?} is not empty; name a new or an empty folder")]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// The disk refused; make room or check the rights.
    #[error("could not write or read {path:?}: {source}; check space and rights")]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The database library refused.
    #[error("could not write the database {path:?}: {source}; check space and rights")]
    Database {
        /// The database.
        path: PathBuf,
        /// What the library says.
        source: rusqlite::Error,
    },
    /// A defect: a picture of the generator's own could not be encoded or read back.
    #[error("picture {number} could not be made: {reason}; report this seed and scale")]
    Picture {
        /// Its number in this world.
        number: usize,
        /// What the library says.
        reason: String,
    },
    /// A defect: something of the generator's own making is not as it must be.
    #[error("{what}; report this seed and scale")]
    Defect {
        /// What is wrong.
        what: String,
    },
}
