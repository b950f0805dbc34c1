//! The hash of a whole source, for the chain of custody.

use amparo_evidence::sha256;
use amparo_model::{Entry, EvidenceItem, EvidenceKind, SourceSums};
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

/// What the files of a source hash to together; what lies in containers is part of their files, and
/// a file without hashes was not read.
#[must_use]
pub fn source_sums(entries: &[Entry]) -> SourceSums {
    let own = entries.iter().filter(|entry| entry.place.is_empty());
    let mut read: Vec<_> = own.filter_map(|entry| Some((entry, entry.hashes?))).collect();
    read.sort_by(|(a, _), (b, _)| a.path.cmp(&b.path));
    let mut lines = String::new();
    for (entry, hashes) in &read {
        lines.push_str(&format!("{}  {}\n", hashes.sha256, entry.path));
    }
    SourceSums {
        files: read.len() as u64,
        bytes: read.iter().map(|(_, hashes)| hashes.size).fold(0, u64::saturating_add),
        sha256: sha256(lines.as_bytes()),
    }
}
