//! This crate looks fingerprints up in the loaded lists of known hashes.
//!
//! Each imported list is compiled once into a [`ListFile`] that holds every row without loss. Over
//! all lists together lie four index files, one for each hash: three exact ones and one by Hamming
//! distance. Lists and indexes are mapped, so that they may be larger than memory, are shared by
//! all processes, and cost nothing to load; each is checked whole when it is opened, and an index
//! that is missing or damaged is built again.
//!
//! [`KnownIndex`] answers three questions: is an equal hash in a list (`exact`, `recorded`), is a
//! picture of nearly the same appearance in a list (`near`), is a video with largely the same
//! frames in a list (`frames`). [`KnownIndex::novelty`] puts them into one statement with
//! everything it rests on. It knows neither pictures nor cases, only hashes.
//!
//! Each list keeps its own scheme and category; a verdict of one says nothing in another, so the
//! same hash in three lists gives three matches and none of them silences the others.
//!
//! To add an algorithm: give it a table in `open.rs`, a line in `lists.rs` and in
//! `KnownIndex::exact_many`, and a property test.

mod crosswalk;
mod exact;
mod frames;
mod index;
mod list_file;
mod lists;
mod mapped;
mod near;
mod novelty;
mod open;
mod order;
mod seal;
mod settings;

pub use index::{HashBatch, KnownIndex, NearRow};
pub use list_file::{ListCounts, ListError, ListFile, ListWriter, MOST_ROWS};
pub use novelty::{Looks, UnsureBecause};
pub use open::{BuiltBecause, IndexError, Opened};
pub use seal::Damage;
pub use settings::{DEFAULT_FRAMES_PERCENT, DEFAULT_THRESHOLD, MatchSettings};
