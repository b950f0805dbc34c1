//! The files of a log folder: their names, and reading them without trusting their length.

use crate::Tampered;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::Path;

/// A full bundle of the longest entries; nothing in a log is longer.
const LONGEST: u64 = 256 * (2 + 65_535);

/// Reads a file inside the log folder.
pub(crate) fn read(dir: &Path, file: &str) -> Result<Vec<u8>, Tampered> {
    let mut bytes = Vec::new();
    let outcome = File::open(dir.join(file))
        .and_then(|opened| opened.take(LONGEST + 1).read_to_end(&mut bytes));
    match outcome {
        Ok(_) if bytes.len() as u64 > LONGEST => Err(wrong(file, "is longer than any log file")),
        Ok(_) => Ok(bytes),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(wrong(file, "is missing")),
        Err(error) if error.kind() == ErrorKind::NotADirectory => Err(wrong(file, "is missing")),
        Err(source) => Err(Tampered::Io { file: file.to_owned(), source }),
    }
}

/// A file that is not what it must be.
pub(crate) fn wrong(file: &str, why: &'static str) -> Tampered {
    Tampered::File { file: file.to_owned(), why }
}

/// `folder` is `entries` or the level; the last three digits stand alone, those before them in
/// folders that start with `x`; a width below 256 makes it partial.
pub(crate) fn name(folder: &str, index: u64, width: usize) -> String {
    let digits = format!("{index:03}");
    let padded = format!("{}{digits}", "0".repeat((3 - digits.len() % 3) % 3));
    let count = padded.len() / 3;
    let groups = (0..count).filter_map(|at| {
        let group = padded.get(at * 3..at * 3 + 3)?;
        Some(if at + 1 < count { format!("x{group}") } else { group.to_owned() })
    });
    let path = groups.collect::<Vec<_>>().join("/");
    let suffix = if width < 256 { format!(".p/{width}") } else { String::new() };
    format!("tile/{folder}/{path}{suffix}")
}

/// Cuts a bundle into its entries; `None` when it does not end with an entry.
pub(crate) fn entries(bundle: &[u8]) -> Option<Vec<&[u8]>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < bundle.len() {
        let length = match bundle.get(at..at + 2)? {
            [high, low] => usize::from(*high) << 8 | usize::from(*low),
            _ => return None,
        };
        found.push(bundle.get(at + 2..at + 2 + length)?);
        at += 2 + length;
    }
    Some(found)
}

/// Number of files below a folder; what cannot be listed counts as none.
pub(crate) fn count(folder: &Path) -> u64 {
    let Ok(listing) = fs::read_dir(folder) else { return 0 };
    let mut files = 0;
    for entry in listing.flatten() {
        // The type is that of the name itself, so that a link to a folder is not followed.
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        files += if is_folder { count(&entry.path()) } else { 1 };
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_specification() {
        let check = |index, width, expected: &str| assert_eq!(name("0", index, width), expected);
        check(0, 256, "tile/0/000");
        check(67, 8, "tile/0/067.p/8");
        check(1000, 256, "tile/0/x001/000");
        check(1_234_067, 8, "tile/0/x001/x234/067.p/8");
        assert_eq!(name("entries", 12_345, 1), "tile/entries/x012/345.p/1");
    }

    #[test]
    fn a_bundle_is_cut_at_its_lengths_or_refused() {
        assert_eq!(entries(b"\x00\x01a\x00\x00"), Some(vec![b"a".as_slice(), b""]));
        assert_eq!(entries(b""), Some(vec![]));
        assert_eq!(entries(b"\x00"), None);
        assert_eq!(entries(b"\x00\x02a"), None);
    }
}
