//! Containers made by stock tools, listed and read here and by stock tools, and compared. The tools
//! come from Debian's packages, which `make setup` installs.

#![expect(clippy::unwrap_used, reason = "a helper that cannot go on fails the test")]
#![expect(clippy::disallowed_methods, reason = "tests make files and run stock tools")]

mod apfs;
mod hfs_plus;
mod support;
