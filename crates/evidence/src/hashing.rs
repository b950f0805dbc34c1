//! MD5, SHA-1 and SHA-256 over one reading of the bytes.
//!
//! MD5 and SHA-1 are here because the lists of the field are keyed by them; the name of an object
//! is its SHA-256 alone.

use amparo_model::{Hashes, Md5, Sha1, Sha256};
use sha2::Digest;

/// Feeds all three hashes at once.
#[derive(Clone, Default)]
pub struct Hasher {
    size: u64,
    md5: md5::Md5,
    sha1: sha1::Sha1,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_vectors_come_out() {
        let check = |bytes: &[u8], md5: &str, sha1: &str, sha256: &str| {
            let hashes = hash_bytes(bytes);
            assert_eq!(hashes.md5.to_string(), md5);
            assert_eq!(hashes.sha1.to_string(), sha1);
            assert_eq!(hashes.sha256.to_string(), sha256);
            assert_eq!(hashes.size, bytes.len() as u64);
        };
        check(
            b"",
            "d41d8cd98f00b204e9800998ecf8427e",
            "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        );
        check(
            b"abc",
            "900150983cd24fb0d6963f7d28e17f72",
            "a9993e364706816aba3e25717850c26c9cd0d89d",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        );
    }

    #[test]
    fn pieces_do_not_matter() {
        let bytes: Vec<u8> = (0..100_003u32).map(|at| (at % 251) as u8).collect();
        let mut hasher = Hasher::default();
        for piece in bytes.chunks(977) {
            hasher.update(piece);
        }
        assert_eq!(hasher.finish(), hash_bytes(&bytes));
    }
}
