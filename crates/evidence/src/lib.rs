//! Content-addressed objects, the one publish function, fsck, and what evidence is read from.
//!
//! This crate owns the disk. It knows nothing of users and nothing of what the bytes mean. Three
//! rules hold everywhere in it:
//!
//! - What was acknowledged is on the disk: data synced, then renamed, then the folder synced.
//! - Nothing under a final name is ever written again; there is no function that could.
//! - Evidence is opened for reading only, never through a symbolic link.
//!
//! To add a source (an archive, a disk image): a module beside `folder.rs` with the same three
//! verbs, `list`, `read` and `hash`, and the same promise that its paths turn back without loss.
#![expect(clippy::disallowed_methods, reason = "this crate owns the disk")]

pub mod fault;
mod folder;
mod fsck;
mod hashing;
mod object;
pub mod publish;

pub use folder::{FolderSource, SourceError};
pub use fsck::{Damage, FsckReport, Progress};
pub use hashing::{HashKernels, Hasher, hash_bytes, hash_bytes_many, hash_kernels, sha256};
pub use object::{Draft, ObjectError, ObjectStore};
