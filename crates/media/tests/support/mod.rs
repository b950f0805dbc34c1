//! Pictures for tests: abstract scenes from a seed, and JPEGs in layouts that the `image` crate
//! does not write.

pub mod jpeg;
pub mod scene;
