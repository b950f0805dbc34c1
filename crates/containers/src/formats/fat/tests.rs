//! Unit tests of FAT.
