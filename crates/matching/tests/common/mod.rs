//! Lists from a seed, for the tests of this folder.

#![allow(
    dead_code,
    clippy::allow_attributes,
    clippy::disallowed_methods,
    reason = "each test file uses a part of it"
)]

use amparo_matching::{ListFile, ListWriter};
use amparo_model::{Bits256, HashSetHeader, HashSetId, KnownHash, Pdq, Place, Purpose, Scheme};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use std::path::{Path, PathBuf};

pub fn header(id: &str, realm: &str, purpose: Purpose) -> HashSetHeader {
    let realm = realm.to_owned();
    HashSetHeader {
        id: HashSetId::new(id).unwrap(),
        title: format!("list {id}"),
        scheme: Scheme { name: "VICS".to_owned(), realm, version: "2.0".to_owned() },
        dated: "2026-02-01".to_owned(),
        source: "unit A".to_owned(),
        version: Some("2026.1".to_owned()),
        licence: None,
        purpose,
    }
}

pub fn compiled(rows: &[(Place, KnownHash)]) -> Vec<u8> {
    let mut writer = ListWriter::new(Vec::new());
    rows.iter().for_each(|(place, known)| writer.push(place, known).unwrap());
    writer.finish().unwrap().0
}

pub fn list(rows: &[(Place, KnownHash)]) -> ListFile {
    ListFile::from_bytes(compiled(rows)).unwrap()
}

pub fn write_list(folder: &Path, name: &str, rows: &[KnownHash]) -> PathBuf {
    let rows: Vec<_> = rows.iter().map(|row| (Place::Whole, row.clone())).collect();
    let path = folder.join(name);
    std::fs::write(&path, compiled(&rows)).unwrap();
    path
}

pub fn pdq(rng: &mut ChaCha8Rng) -> Pdq {
    Pdq { bits: Bits256(rng.random()), quality: 90 }
}

/// The same hash with up to `most` bits turned.
pub fn turned(pdq: &Pdq, most: usize, rng: &mut ChaCha8Rng) -> Pdq {
    let mut turned = *pdq;
    for _ in 0..most {
        let bit: usize = rng.random_range(0..256);
        turned.bits.0[bit / 8] ^= 1 << (bit % 8);
    }
    turned
}
