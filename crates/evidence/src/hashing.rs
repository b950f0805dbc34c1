//! MD5, SHA-1 and SHA-256 over one reading of the bytes.
//!
//! MD5 and SHA-1 are here because the lists of the field are keyed by them; the name of an object
//! is its SHA-256 alone.
//!
//! One stream ([`Hasher`]) is held back by MD5, each of whose steps waits for the one before. Where
//! many files are at hand, [`hash_bytes_many`] and [`crate::FolderSource::hash_many`] hash them
//! side by side in the lanes of vector registers, several times as fast and with equal results.

mod feed;
mod kernel;
mod many;
mod md5;
mod sha1;
mod sha256;
#[cfg(target_arch = "x86_64")]
mod sha_ni;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "x86_64")]
mod transpose;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use kernel::{HashKernels, hash_kernels};
pub use many::hash_bytes_many;

pub(crate) use feed::{Buffer, Feed};
pub(crate) use many::hash_feeds;

use amparo_model::{Hashes, Md5, Sha1, Sha256};
use sha2::Digest;

/// Feeds all three hashes at once.
#[derive(Clone, Default)]
pub struct Hasher {
    size: u64,
    md5: ::md5::Md5,
    sha1: ::sha1::Sha1,
    sha256: sha2::Sha256,
}

impl Hasher {
    /// Adds the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.size = self.size.saturating_add(bytes.len() as u64);
        // Pieces that stay in the first-level cache are read from memory once, not three times.
        for piece in bytes.chunks(16 << 10) {
            self.md5.update(piece);
            self.sha1.update(piece);
            self.sha256.update(piece);
        }
    }

    /// The fingerprints of all bytes so far.
    #[must_use]
    pub fn finish(self) -> Hashes {
        Hashes {
            size: self.size,
            md5: Md5(self.md5.finalize().into()),
            sha1: Sha1(self.sha1.finalize().into()),
            sha256: Sha256(self.sha256.finalize().into()),
        }
    }
}

/// The fingerprints of bytes in memory.
#[must_use]
pub fn hash_bytes(bytes: &[u8]) -> Hashes {
    let mut hasher = Hasher::default();
    hasher.update(bytes);
    hasher.finish()
}

/// SHA-256 alone, where only the name of an object is needed.
#[must_use]
pub fn sha256(bytes: &[u8]) -> Sha256 {
    Sha256(sha2::Sha256::digest(bytes).into())
}
