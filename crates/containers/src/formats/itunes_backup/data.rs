//! The data files of a backup, and what a manifest says of each.

use super::keybag::ClassKeys;
use super::mbfile::MbFile;
use crate::bytes::{Bytes, Memory};
use crate::fault::Fault;
use crate::format::Siblings;
use crate::found::Kind;
use amparo_model::UtcMillis;
use std::rc::Rc;

/// Digits in the name of a data file: SHA-1 of the domain, `-` and the path.
const NAME_DIGITS: usize = 40;

/// Where the contents are, and with what they are opened.
pub(super) struct Data {
    /// Files below the backup's folder.
    pub(super) siblings: Rc<dyn Siblings>,
    /// `None` for a backup without encryption; the fault when no password opened it.
    pub(super) keys: Option<Result<ClassKeys, Fault>>,
    /// The files lie in folders named by the first two digits, since iOS 10.
    pub(super) in_folders: bool,
}

impl Data {
    /// The bytes of the file with this name of 40 digits.
    ///
    /// # Errors
    /// [`Fault`]: it is not there, or it is encrypted and cannot be decrypted.
    pub(super) fn open(&self, name: &[u8], file: &MbFile) -> Result<Rc<dyn Bytes>, Fault> {
        let path = self.path(name)?;
        let key = match (&self.keys, &file.key) {
            (Some(Ok(keys)), Some(wrapped)) => Some(keys.unwrap(file.class, wrapped)?),
            (Some(Err(fault)), Some(_)) => return Err(fault.clone()),
            _ => None,
        };
        let Some(stored) = self.siblings.open(&path) else {
            // An empty file may have none.
            if file.size == 0 {
                return Ok(Rc::new(Memory(Vec::new())));
            }
            let path = String::from_utf8_lossy(&path);
            return Err(Fault::Source {
                why: format!("its data file {path} is not in the backup"),
            });
        };
        Ok(match key {
            Some(key) => Rc::new(super::cipher::Decrypted::new(stored, key, file.size)),
            None => stored,
        })
    }

    /// The data file's length, for a file whose record cannot be read.
    pub(super) fn stored_length(&self, name: &[u8]) -> u64 {
        let stored = self.path(name).ok().and_then(|path| self.siblings.open(&path));
        stored.map_or(0, |bytes| bytes.len())
    }

    /// A name that is no such number could lead out of the folder.
    fn path(&self, name: &[u8]) -> Result<Vec<u8>, Fault> {
        if name.len() != NAME_DIGITS || !name.iter().all(u8::is_ascii_hexdigit) {
            return Err(Fault::damaged(0, "the name of the data file is no number of 40 digits"));
        }
        let folder = name.get(..2).filter(|_| self.in_folders);
        Ok(folder.map_or(name.to_vec(), |folder| [folder, b"/", name].concat()))
    }
}

/// The path of an entry. A domain's own folder has no path in it.
pub(super) fn path_of(domain: &[u8], path: &[u8]) -> Vec<u8> {
    if path.is_empty() { domain.to_vec() } else { [domain, b"/", path].concat() }
}

/// What an entry is by the type in its mode, as of Unix.
pub(super) fn kind_of_mode(mode: u32) -> Kind {
    match mode & 0o170_000 {
        0o100_000 => Kind::File,
        0o040_000 => Kind::Folder,
        _ => Kind::Other,
    }
}

/// Seconds since 1970; 0 and less say nothing.
pub(super) fn time(seconds: i64) -> Option<UtcMillis> {
    (seconds > 0).then(|| seconds.checked_mul(1_000).map(UtcMillis)).flatten()
}
