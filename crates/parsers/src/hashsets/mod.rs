//! Lists of known hashes, one file per format. To add one, see the crate's documentation; a list
//! implements [`crate::ListParser`], which reads in constant memory.

pub mod vics_2;
