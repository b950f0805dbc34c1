//! This crate checks an audit log against a checkpoint that somebody kept outside.
//!
//! It shares no code with the writer (`audit`): it has its own hashing, its own parser of notes and
//! its own walk over the tree, written from the specifications (RFC 6962, c2sp.org/tlog-tiles,
//! c2sp.org/signed-note). Nothing in the log folder is trusted; every byte that the log consists of
//! is read and recomputed. An expert of the defence can run it alone.
//!
//! What it cannot say: entries newer than the outside checkpoint are covered by no one's word but
//! the log owner's. Whoever has the log's key can replace those and sign again. [`Report`] prints
//! that window. A log cut back to an older checkpoint of its own is sound in itself; only somebody
//! who holds a later checkpoint can tell.
//!
//! To add a check: add a variant to [`Tampered`], make the test campaign produce it, and only then
//! write the check.
#![expect(clippy::disallowed_methods, reason = "reads the folder of a log, and never writes")]

mod files;
mod note;
mod proof;
mod report;
mod tampered;
mod tree;
mod walk;

pub use proof::{check_consistency, check_inclusion};
pub use report::Report;
pub use tampered::Tampered;
pub use tree::{Hash, hash_leaf};
pub use walk::verify;
