//! Lists of known hashes, one file per format. To add one, see the crate's documentation.

pub mod vics_2;
