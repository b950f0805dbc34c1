//! The backup of an iPhone or iPad that iTunes, Finder or Apple's services make: a folder of data
//! files with numbers for names, and a manifest that says which file of the phone each of them is.
//!
//! What is opened is the manifest; the data files are read beside it. `Manifest.db` is a SQLite
//! database, and before iOS 10 there is a `Manifest.mbdb` instead. In an encrypted backup since
//! iOS 10.2 `Manifest.db` is encrypted itself and cannot be recognised; then `Manifest.plist`,
//! which holds the keys, is the way in.

mod cipher;
mod data;
mod database;
mod keybag;
mod manifest;
mod mbdb;
mod mbfile;
mod plist;
mod properties;

use crate::bytes::{Bytes, array_at, vec_at};
use crate::fault::Fault;
use crate::format::{Family, Format, Opened, Opening, Secrets, Siblings, Spec};
use cipher::Decrypted;
use data::Data;
use database::Database;
use keybag::{ClassKeys, Keybag};
use manifest::Manifest;
use mbdb::Mbdb;
use properties::{Properties, begins_as_plist, holds};
use std::rc::Rc;

const MANIFEST: &[u8] = b"Manifest.db";
const PROPERTIES: &[u8] = b"Manifest.plist";
const LOG: &[u8] = b"Manifest.db-wal";
const STATUS: &[u8] = b"Status.plist";
/// What `SnapshotState` says in `Status.plist` once a backup is complete.
const FINISHED: &str = "finished";

/// Backups of iTunes and Finder.
pub(super) struct ItunesBackup;

const SPEC: Spec = Spec {
    id: "itunes_backup",
    title: "Backup of an iPhone or iPad (iTunes, Finder)",
    family: Family::Backup,
    version: 1,
    checksums: false,
    suffixes: &["manifest.db", "manifest.mbdb", "manifest.plist"],
    gaps: &[
        "Behind a damaged record of a Manifest.mbdb (before iOS 10) nothing is found.",
        "A manifest larger than the limit of what is held in memory (256 MiB) is not read.",
        "A write-ahead log beside Manifest.db is named, and not applied.",
        "Rows that were deleted from Manifest.db are not recovered.",
        "Extended attributes of files and the targets of links are not read.",
        "Keys that only the device itself can unwrap stay closed.",
    ],
    sources: &[
        "Apple Platform Security, Keybags for Data Protection",
        "iphone-dataprotection, description of keybags and of backups",
        "iphonebackupbrowser, MbdbMbdxFormat",
        "CFBinaryPList.c of Apple's CoreFoundation",
        "https://www.sqlite.org/fileformat2.html",
        "RFC 8018 (PBKDF2), RFC 3394 (AES key wrap)",
    ],
};

impl Format for ItunesBackup {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn recognises(&self, head: &[u8], bytes: &dyn Bytes) -> bool {
        if head.starts_with(database::MAGIC) {
            // The schema is short and therefore on the first page.
            return holds(head, b"relativePath") && holds(head, b"fileID");
        }
        if head.starts_with(mbdb::MAGIC) {
            return true;
        }
        if !begins_as_plist(head) {
            return false;
        }
        match Properties::read(bytes) {
            Ok(properties) => properties.lead_to_manifest(),
            // Damaged, and therefore told when it is opened.
            Err(_) => holds(head, b"BackupKeyBag") && holds(head, b"ManifestKey"),
        }
    }

    fn open(&self, opening: Opening<'_>) -> Result<Opened, Fault> {
        let first = vec_at(&*opening.bytes, 0, opening.bytes.len().min(16), 16)?;
        if first.starts_with(mbdb::MAGIC) {
            return Ok(Opened::Entries(Rc::new(from_mbdb(opening)?)));
        }
        let manifest = if first.starts_with(database::MAGIC) {
            from_database(opening)?
        } else {
            from_properties(&opening)?
        };
        Ok(Opened::Entries(Rc::new(manifest)))
    }
}

fn from_database(opening: Opening<'_>) -> Result<Manifest, Fault> {
    let siblings = opening.siblings;
    let named = opening.name.eq_ignore_ascii_case(MANIFEST);
    if !named || siblings.open(PROPERTIES).is_none() {
        let what = "a Manifest.db without the Manifest.plist of a backup beside it";
        return Err(Fault::unsupported(what));
    }
    let database = Database::load(opening.bytes, opening.limits.held_bytes)?;
    let (data, problems) = beside(siblings, opening.secrets, true);
    Manifest::new(database, data, problems)
}

fn from_mbdb(opening: Opening<'_>) -> Result<Mbdb, Fault> {
    let (data, problems) = beside(opening.siblings, opening.secrets, false);
    Mbdb::new(&*opening.bytes, opening.limits.held_bytes, data, problems)
}

/// The data files of a manifest that is not encrypted itself: names and sizes can be listed without
/// a key, and not every file has one.
fn beside(siblings: Rc<dyn Siblings>, secrets: &Secrets, in_folders: bool) -> (Data, Vec<Fault>) {
    let mut problems = about_the_whole(&*siblings);
    let missing = || Fault::Source { why: "the backup has no Manifest.plist".to_owned() };
    let properties = siblings.open(PROPERTIES).ok_or_else(missing);
    let keys = match properties.and_then(|bytes| Properties::read(&*bytes)) {
        Ok(properties) if !properties.encrypted => None,
        Ok(properties) => Some(unlock(&properties, secrets)),
        Err(fault) => Some(Err(fault)),
    };
    if let Some(Err(fault)) = &keys {
        problems.push(fault.clone());
    }
    (Data { siblings, keys, in_folders }, problems)
}

fn from_properties(opening: &Opening<'_>) -> Result<Manifest, Fault> {
    let properties = Properties::read(&*opening.bytes)?;
    let siblings = Rc::clone(&opening.siblings);
    let database = siblings.open(MANIFEST).ok_or_else(|| Fault::Source {
        why: "the backup's Manifest.db is not beside its Manifest.plist".to_owned(),
    })?;
    let open = array_at::<16>(&*database, 0).is_ok_and(|magic| magic == database::MAGIC);
    let (Some(key), true, false) = (&properties.manifest_key, properties.encrypted, open) else {
        return Err(Fault::unsupported("a backup whose Manifest.db can be read without this file"));
    };
    let keys = unlock(&properties, opening.secrets)?;
    let key = keys.unwrap_classed(key)?;
    let length = database.len();
    let database = Decrypted::new(database, key, length);
    let database = Database::load(Rc::new(database), opening.limits.held_bytes)?;
    let problems = about_the_whole(&*siblings);
    Manifest::new(database, Data { siblings, keys: Some(Ok(keys)), in_folders: true }, problems)
}

fn unlock(properties: &Properties, secrets: &Secrets) -> Result<ClassKeys, Fault> {
    let keybag = properties.keybag.as_deref();
    let keybag = keybag.ok_or_else(|| Fault::damaged(0, "Manifest.plist holds no keybag"))?;
    Keybag::read(keybag)?.unlock(secrets)
}

/// What lies beside the manifest and says that entries may be missing from it.
fn about_the_whole(siblings: &dyn Siblings) -> Vec<Fault> {
    let log = siblings.open(LOG).filter(|log| !log.is_empty());
    let log = log.map(|_| Fault::unsupported("the changes in Manifest.db-wal"));
    let state = siblings.open(STATUS).and_then(|status| Properties::read(&*status).ok()?.state);
    let unfinished = state.filter(|state| state != FINISHED).map(|state| {
        let why = format!("Status.plist says {state:?}, not \"finished\": files may be missing");
        Fault::damaged(0, why)
    });
    log.into_iter().chain(unfinished).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Memory;

    #[test]
    fn only_what_leads_to_a_manifest_is_recognised() {
        let check = |bytes: &[u8], expected: bool| {
            let recognised = ItunesBackup.recognises(bytes, &Memory(bytes.to_vec()));
            assert_eq!(recognised, expected, "{}", String::from_utf8_lossy(bytes));
        };
        let xml = |inside: &str| {
            format!("<?xml version=\"1.0\"?><plist version=\"1.0\"><dict>{inside}</dict></plist>")
        };
        let key = "<key>ManifestKey</key><data>AAAA</data>";
        check(xml(&format!("{key}<key>IsEncrypted</key><true/>")).as_bytes(), true);
        check(xml(&format!("{key}<key>IsEncrypted</key><false/>")).as_bytes(), false);
        check(xml("<key>IsEncrypted</key><true/>").as_bytes(), false);
        check(b"<?xml version=\"1.0\"?><plist><key>BackupKeyBag ManifestKey", true);
        check(b"bplist00 BackupKeyBag ManifestKey", true);
        check(b"bplist00", false);
        check(b"SQLite format 3\0 CREATE TABLE Files (fileID TEXT, relativePath TEXT)", true);
        check(b"SQLite format 3\0 CREATE TABLE Files (id TEXT, relativePath TEXT)", false);
        check(b"mbdb\x05\x00", true);
        check(b"mbdb\x04\x00", false);
        check(b"", false);
    }
}
