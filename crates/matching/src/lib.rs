//! This crate looks fingerprints up in the loaded lists of known hashes.
//!
//! [`KnownIndex`] answers two questions: is an equal hash in a list (`exact`, `recorded`), and is a
//! picture of nearly the same appearance in a list (`near`). [`KnownIndex::novelty`] puts both into
//! one statement with everything it rests on. It knows neither pictures nor cases, only hashes.
//!
//! Each list keeps its own scheme and category; a verdict of one says nothing in another, so the
//! same hash in three lists gives three matches and none of them silences the others.
//!
//! To add an algorithm: give it a table in `index.rs`, a line in `exact`, and a property test.

mod exact;
mod index;
mod near;
mod novelty;

pub use index::{DEFAULT_THRESHOLD, KnownIndex};
pub use novelty::UnsureBecause;
