//! Archives, disk images, volumes and file systems: bytes in, entries and their bytes out.
//!
//! Everything here reads hostile bytes and therefore runs only inside the sandbox's worker. This
//! crate knows no disk, no process, no clock and no case. What it reads comes through [`Bytes`],
//! which whoever calls it provides; what it finds is [`Found`], whose bytes come through [`Bytes`]
//! again. So a file system in a disk image in an archive is nothing special: [`Tree`] opens one
//! inside the other, within [`Limits`].
//!
//! Three rules for a format:
//!
//! - It reads only what it is asked for. Opening and listing never read the files' contents.
//! - Every number in the bytes is a claim. Sizes, counts, offsets and links are checked before they
//!   are used; a loop ends; nothing is allocated for a size that was only claimed. What is wrong is
//!   a [`Problem`](amparo_model::Problem) with its place, and its neighbours go on.
//! - An entry's address is enough to read it again, in another process, without a listing.
//!
//! To add a format: a file in `formats/` with its [`Spec`] as constant data, a row in
//! [`FORMATS`], and beside it, with the same stem, what the tests make it from. The tests of the
//! tree then cut it at every place and compare what is listed with what stock tools list.

mod bytes;
mod fault;
mod format;
mod formats;
mod found;
mod limits;
mod medium;
mod pages;
mod paths;
mod pieces;
mod tree;

pub use bytes::{
    Blank, Bytes, Memory, Window, array_at, be16, be32, be64, le16, le32, le64, read_exact_at,
    vec_at,
};
pub use fault::Fault;
pub use format::{
    Container, Family, Format, Image, NoSiblings, Opened, Opening, Secrets, Siblings, Spec, Stored,
};
pub use formats::{FORMATS, by_id, recognise};
pub use found::{Found, Go, Kind, Report};
pub use limits::Limits;
pub use tree::{INSIDE, Listed, MEDIUM_ADDRESS, Node, Tree, named_like_container};
