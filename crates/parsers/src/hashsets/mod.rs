//! Lists of known hashes.

pub mod vics;
