//! Unit tests of exFAT.
