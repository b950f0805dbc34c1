//! This crate keeps the append-only log of every act, as a Merkle tree whose head is signed.
//!
//! The folder has the form of C2SP tlog-tiles (c2sp.org/tlog-tiles), so that stock tools of the
//! transparency world read it: hash tiles of height 8 under `tile/<L>/<N>`, entry bundles under
//! `tile/entries/<N>`, and `checkpoint`, a C2SP signed note (c2sp.org/signed-note,
//! c2sp.org/tlog-checkpoint). Hashing is RFC 6962 section 2.1. One file more, `lock`, keeps two
//! processes from appending at once.
//!
//! The renaming of `checkpoint` is the commit point. Tiles are on the disk before it, so that a
//! crash leaves the former checkpoint with all that it covers; what lies beyond it is overwritten
//! by the next append. [`Log::append`] returns indices only when its acts survive a power cut.
//!
//! A log that nobody else holds a copy of proves nothing against its owner: whoever can write the
//! folder and has the key can write another history. Checkpoints therefore go to outsiders, and the
//! crate `audit_verifier`, which shares no code with this one, compares.
//!
//! To add a field to an act: add it to [`Act`] as an `Option`, and to its canonical form in
//! `act.rs`; entries already written stay as they are.
#![expect(clippy::disallowed_methods, reason = "this crate owns the folder of the log")]

mod act;
mod check;
mod disk;
mod error;
mod head;
mod log;
mod merkle;
mod note;
mod proof;
mod publish;
mod tile;

pub use act::Act;
pub use disk::{Disk, RealDisk};
pub use error::AuditError;
pub use log::{Entry, Log};
pub use merkle::{Hash, empty_root, leaf_hash, node_hash};
pub use note::vkey;
