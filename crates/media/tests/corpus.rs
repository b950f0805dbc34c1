//! Real edits of one real photo, where the variable `AMPARO_CORPUS` names a folder with `pdq/*.jpg`
//! (ThreatExchange's `bridge-mods`). Those pictures are never part of this repository, so without
//! the variable there is nothing to read and the test says so.
#![expect(clippy::disallowed_methods, reason = "reads pictures that lie outside the repository")]

use amparo_media::{Limits, Picture, examine};
use std::path::PathBuf;

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
