//! The log: shown, fixed by checkpoints, and caught when somebody edits it.

use super::support::{CASE, Unit, tip};
use std::path::{Path, PathBuf};

#[test]
fn a_checkpoint_holds_while_the_log_grows() {
    let unit = Unit::new("Unit");
    let checkpoint = unit.path("monday.checkpoint");
    unit.run("otto", &["audit", "checkpoint", &checkpoint]).ended(0);
    unit.run("sofia", &["case", "open", "C-1", "--title", "t"]).ended(0);
    let said = unit.run("otto", &["audit", "verify", &checkpoint]).ended(0).json();
    assert_eq!(said["sound"], true);
    assert!(said["newer"].as_u64() >= Some(1), "{said}");
}

#[test]
fn an_edited_entry_is_caught() {
    let unit = Unit::new("Unit");
    let checkpoint = unit.path("c");
    unit.run("sofia", &["case", "open", "C-1", "--title", "t"]).ended(0);
    unit.run("otto", &["audit", "checkpoint", &checkpoint]).ended(0);
    let entries = files(&unit.data().join("audit/tile/entries"));
    assert!(!entries.is_empty());
    for path in entries {
        let text = std::fs::read(&path).unwrap();
        let edited = String::from_utf8_lossy(&text).replace("sofia", "sonia");
        let bytes: Vec<u8> = if edited.len() == text.len() { edited.into() } else { flipped(text) };
        std::fs::write(&path, bytes).unwrap();
    }
    let ran = unit.run("otto", &["audit", "verify", &checkpoint]).ended(1);
    assert!(ran.json()["tampered"].as_str().is_some_and(|what| !what.is_empty()));
    let fsck = unit.run("admin", &["fsck"]);
    assert!(matches!(fsck.code, 1 | 5), "{}", fsck.stderr);
}

#[test]
fn a_checkpoint_of_another_log_or_a_damaged_one_is_refused() {
    let (unit, other) = (Unit::new("Unit"), Unit::new("Other"));
    let checkpoint = unit.path("c");
    other.run("otto", &["audit", "checkpoint", &checkpoint]).ended(0);
    unit.run("otto", &["audit", "verify", &checkpoint]).ended(3);
    let nonsense = unit.write("n", "nonsense");
    unit.run("otto", &["audit", "verify", &nonsense]).ended(3);
}

#[test]
fn fsck_finds_a_flipped_byte_and_a_missing_object() {
    let unit = Unit::new("Unit");
    let path = unit.write("t.json", tip(900_000_001, "one"));
    unit.run("ana", &["tips", "import", &path]).ended(0);
    unit.run("admin", &["fsck"]).ended(0);
    let objects = files(&unit.data().join("objects"));
    let object = objects.iter().find(|path| path.metadata().unwrap().len() > 10).unwrap();
    let bytes = std::fs::read(object).unwrap();
    std::fs::remove_file(object).unwrap();
    std::fs::write(object, flipped(bytes)).unwrap();
    let said = unit.run("admin", &["fsck"]).ended(1).json();
    assert_eq!(said["damaged"].as_array().unwrap().len(), 1, "{said}");
    std::fs::remove_file(object).unwrap();
    let said = unit.run("admin", &["fsck"]).ended(1).json();
    assert_eq!(said["missing"].as_array().unwrap().len(), 1, "{said}");
}

#[test]
fn fsck_misses_the_copy_of_an_app_store_and_no_file_that_stays_in_its_exhibit() {
    let unit = Unit::with_case("Unit");
    let device = unit.export();
    let add = ["evidence", "add", &device, "--case", CASE, "--authorisation", "O-1"];
    unit.run("ines", &add).ended(0);
    unit.run("admin", &["fsck"]).ended(0);
    let objects = files(&unit.data().join("objects"));
    let store = std::fs::read(unit.path("device/Export/result.json")).unwrap();
    let copy = objects.iter().find(|path| std::fs::read(path).unwrap() == store).unwrap();
    std::fs::remove_file(copy).unwrap();
    let said = unit.run("admin", &["fsck"]).ended(1).json();
    assert_eq!(said["missing"].as_array().unwrap().len(), 1, "{said}");
}

fn flipped(mut bytes: Vec<u8>) -> Vec<u8> {
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    bytes
}

/// All files below a folder, sorted.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}
