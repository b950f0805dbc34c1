//! The hash of a whole source, for the chain of custody.

use amparo_model::{Entry, EvidenceItem, EvidenceKind, Sha256, SourceSums};
use sha2::Digest;
use std::path::{Path, PathBuf};

/// The folder that is read and, where the exhibit is one file, the name of that file.
#[must_use]
pub fn source_folder(item: &EvidenceItem) -> (PathBuf, Option<String>) {
    let path = Path::new(&item.source);
    match (item.kind, path.parent(), path.file_name()) {
        (EvidenceKind::File, Some(parent), Some(name)) => {
            let name = amparo_model::escape_path(name.as_encoded_bytes());
            (parent.to_owned(), Some(name))
        }
        _ => (path.to_owned(), None),
    }
}

/// What the files of a source hash to together: the SHA-256 over a line for each, as `sha256sum`
/// writes it. What lies in containers is part of their files, and a file without hashes was not
/// read.
#[derive(Default)]
pub struct Sums {
    files: u64,
    bytes: u64,
    lines: sha2::Sha256,
}

impl Sums {
    /// The next entry; they come in the order of [`amparo_store::Store::each_entry`].
    pub fn add(&mut self, entry: &Entry) {
        let Some(hashes) = entry.hashes.filter(|_| entry.place.is_empty()) else { return };
        self.files += 1;
        self.bytes = self.bytes.saturating_add(hashes.size);
        self.lines.update(format!("{}  {}\n", hashes.sha256, entry.path));
    }

    /// All together.
    #[must_use]
    pub fn finish(self) -> SourceSums {
        let sha256 = Sha256(self.lines.finalize().into());
        SourceSums { files: self.files, bytes: self.bytes, sha256 }
    }
}
