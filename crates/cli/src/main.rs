//! The `amparo` binary.
fn main() {}
