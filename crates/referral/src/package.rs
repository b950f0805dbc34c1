//! The tar inside a sealed referral: a fixed short list of plain files, written the same way each
//! time and read with limits. A package is hostile until its manifest is verified.

use std::collections::BTreeMap;
use std::io::Read;

/// Largest sealed referral that is opened, in bytes. A real one stays under one megabyte.
pub const MAX_BYTES: u64 = 64 * 1024 * 1024;
/// Most files in a package.
const MAX_FILES: usize = 16;

/// The files of a package by name.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// Writes the files in name order; the two of the manifest come first so that a reader of a stream
/// meets them first.
pub(crate) fn write(files: &Files, modified_s: u64) -> std::io::Result<Vec<u8>> {
    let mut tar = tar::Builder::new(Vec::new());
    tar.mode(tar::HeaderMode::Deterministic);
    let first = |name: &&String| !name.starts_with("manifest.json");
    let mut names: Vec<&String> = files.keys().collect();
    names.sort_by_key(|name| (first(name), (*name).clone()));
    for name in names {
        let Some(bytes) = files.get(name) else { continue };
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(modified_s);
        header.set_entry_type(tar::EntryType::Regular);
        tar.append_data(&mut header, name, bytes.as_slice())?;
    }
    tar.into_inner()
}

/// Reads the files, or says why the package is none.
pub(crate) fn read(bytes: &[u8]) -> Result<Files, String> {
    let mut files = Files::new();
    let mut archive = tar::Archive::new(bytes);
    for entry in archive.entries().map_err(|error| error.to_string())? {
        let mut entry = entry.map_err(|error| error.to_string())?;
        let name = entry.path().map_err(|error| error.to_string())?.to_string_lossy().into_owned();
        if entry.header().entry_type() != tar::EntryType::Regular || !plain(&name) {
            return Err(format!("{name:?} is not a plain file of a referral"));
        }
        if files.len() >= MAX_FILES {
            return Err(format!("more than {MAX_FILES} files"));
        }
        let mut content = Vec::new();
        entry.read_to_end(&mut content).map_err(|error| error.to_string())?;
        if files.insert(name.clone(), content).is_some() {
            return Err(format!("{name:?} occurs twice"));
        }
    }
    Ok(files)
}

/// A name without any folder.
fn plain(name: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    (1..=80).contains(&name.len()) && name.chars().all(good) && !name.starts_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(names: &[&str]) -> Files {
        names.iter().map(|name| ((*name).to_owned(), name.as_bytes().to_vec())).collect()
    }

    #[test]
    fn what_is_written_is_read_and_the_manifest_comes_first() {
        let all = files(&["a.pdf", "manifest.json", "manifest.json.sig", "referral.json"]);
        let bytes = write(&all, 1_772_438_400).unwrap();
        assert_eq!(read(&bytes), Ok(all.clone()));
        assert_eq!(write(&all, 1_772_438_400).unwrap(), bytes);
        assert_eq!(bytes.get(..13), Some(b"manifest.json".as_slice()));
    }

    #[test]
    fn folders_links_and_climbing_names_are_refused() {
        let check = |name: &str, kind: tar::EntryType| {
            let mut header = tar::Header::new_ustar();
            header.set_size(0);
            header.set_entry_type(kind);
            let field = &mut header.as_old_mut().name;
            field[..name.len()].copy_from_slice(name.as_bytes());
            header.set_cksum();
            let mut tar = tar::Builder::new(Vec::new());
            tar.append(&header, std::io::empty()).unwrap();
            assert!(read(&tar.into_inner().unwrap()).is_err(), "{name} {kind:?}");
        };
        check("../manifest.json", tar::EntryType::Regular);
        check("/etc/x", tar::EntryType::Regular);
        check("a/b", tar::EntryType::Regular);
        check("manifest.json", tar::EntryType::Symlink);
        check("folder", tar::EntryType::Directory);
    }

    #[test]
    fn a_cut_package_is_refused() {
        let bytes = write(&files(&["manifest.json", "referral.json"]), 0).unwrap();
        assert!(read(&bytes[..520]).is_err());
        assert!(read(b"not a tar at all, but long enough to look like something").is_err());
    }
}
