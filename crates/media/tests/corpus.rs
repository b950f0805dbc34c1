//! Real edits of one real photo, where the variable `AMPARO_CORPUS` names a folder with `pdq/*.jpg`
//! (ThreatExchange's `bridge-mods`). Those pictures are never part of this repository, so without
//! the variable there is nothing to read and the test says so.
#![expect(clippy::disallowed_methods, reason = "reads pictures that lie outside the repository")]
#![expect(clippy::unwrap_used, reason = "a helper that cannot go on fails the test")]

use amparo_media::{Limits, Picture, Wanted, examine, examine_as};
use amparo_model::Bits256;
use std::path::PathBuf;

/// What PyPI `pdqhash` 0.2 with Pillow 13 gives for these files; all of quality 100.
#[rustfmt::skip]
const REFERENCE: [(&str, &str); 12] = [
    ("aaa-orig.jpg", "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"),
    ("blur-a-little.jpg", "f8f8f0cee0f4a84f06370a2a038f63f0b36e26d596621e1d33e6b39c4e9c9b22"),
    ("blur-a-lot.jpg", "f8f8f0cee0f4a84f0637022a038f67f0b36e26d596621e1d33e6b39c4e9c9b22"),
    ("high-contrast.jpg", "f8f8f0cee0f4a84f06370a2a068f67f0b36e26d596621e1d33e6339c4e9c9b22"),
    ("high-saturation.jpg", "f8f8f0cee0f4a84f06370a22038f67f0b36e2ed596221e1d33e6b39c4e9c9b22"),
    ("sharpen-a-little.jpg", "f8f8f0cee0f4a84f0e370a22038f67f0b36e2ed596221e1d33e6b39c4a9c9b22"),
    ("sharpen-a-lot.jpg", "d8f8f0cec0f4a84f8e370a22038f67f0b36a2ed597231e1d72e6b39c4a9c9b22"),
    ("shrink-a-little.jpg", "f8f8f0cee0f4a84f06370a22038f67f0b36e2ed596621e1d33e6339c4e9c9b22"),
    ("shrink-a-lot.jpg", "d0f8f1ccc0f4a84d0a370a3a228f67f0b36e2ed5b6623e1d33e6339c4e9c9b22"),
    ("square-128x128.jpg", "d8f8f1eec0f4a84f0e37022a078f63f0b36e2ed596621e1d33e6239c4e9c9b22"),
    ("square-256x256.jpg", "d8f8f0cec4f4a84f0637022a078f67f0b36e2ee5b6621e1d33e6239c4e9c9b22"),
    ("square-512x512.jpg", "d8f8f0cec0f4a84f0637022a278f67f0b36e2ed596621e1d33e6339c4e9c9b22"),
];

/// The same for the eight ways of laying down the first one.
#[rustfmt::skip]
const REFERENCE_DIHEDRAL: [&str; 8] = [
    "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22",
    "30a10efd71c83f429013d48d0ffffc52e34e0e17ada952a9d29685211ea9e5af",
    "adad5a64b5a102e55b62a08856dacd5ae63b847fc337b4b766b319361bc93188",
    "a5f0b457a49995e8c1065c275aaa54d8b61ba49df8fcfc0383c32f8b0bfc4f05",
    "f8f80f31e0f457b00637f5d5028f980fb36ed12a9622e1e233e64c634e9c64dd",
    "0dad2599b1a1bd1a5362576752da32a5e63b7380c2374b4866b346c91bc9ce77",
    "f0a5e102f1ccc0bd945308720fff038de34ef1e8ada9a956d2967ade5ea91a50",
    "a5f04ba8a4996a17c906a3d85aaaa927b61b5b42f8fc03fc87c3d0740bfcb0fa",
];

/// Bits that the decoders' difference may move.
const AGREED_BITS: u32 = 10;

fn bits_apart(ours: &Bits256, reference: &str) -> u32 {
    let reference: Bits256 = reference.parse().unwrap();
    ours.0.iter().zip(reference.0).map(|(a, b)| (a ^ b).count_ones()).sum()
}

#[test]
fn files_hash_as_the_reference_hashes_them() {
    let Some(folder) = std::env::var_os("AMPARO_CORPUS") else {
        println!("AMPARO_CORPUS is not set: nothing compared");
        return;
    };
    let folder = PathBuf::from(folder).join("pdq");
    let wanted = Wanted { dihedral: true, ..Wanted::default() };
    let read = |name: &str| {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        examine_as(&bytes, &Limits::default(), &wanted).unwrap()
    };
    for (name, reference) in REFERENCE {
        let pdq = read(name).pdq.unwrap();
        let apart = bits_apart(&pdq.bits, reference);
        println!("{name}: {apart} bits from the reference");
        assert!(pdq.quality >= 80 && apart <= AGREED_BITS, "{name}: {apart}");
    }
    let ways = read("aaa-orig.jpg").dihedral.unwrap();
    for (way, reference) in ways.iter().zip(REFERENCE_DIHEDRAL) {
        assert!(bits_apart(&way.bits, reference) <= AGREED_BITS, "{reference}");
    }
}

#[test]
fn edits_of_one_photo_are_near_to_it() {
    let Some(folder) =
        std::env::var_os("AMPARO_CORPUS").map(|path| PathBuf::from(path).join("pdq"))
    else {
        println!("AMPARO_CORPUS is not set: nothing compared");
        return;
    };
    let read = |name: &str| -> Picture {
        examine(&std::fs::read(folder.join(name)).unwrap(), &Limits::default()).unwrap()
    };
    let original = read("aaa-orig.jpg").pdq.unwrap();
    assert!(original.matchable());
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".jpg"))
        .collect();
    names.sort();
    for name in names {
        let edit = read(&name);
        let distance = original.distance(&edit.pdq.unwrap());
        println!("{name}: {distance} bits, {} x {}", edit.width, edit.height);
        assert!(distance <= 31, "{name}: {distance}");
    }
}
