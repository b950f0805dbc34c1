//! Acts and keys for the tests of this crate. To add a helper: put it here when two test files
//! need it.

use amparo_audit::Act;
use serde_json::json;
use std::fs;
use std::path::Path;

/// The key of the test log.
pub const SEED: [u8; 32] = [3; 32];
/// Its name.
pub const ORIGIN: &str = "unit.example/audit";

/// The `count` acts from number `first` on; each says its number, so that it can be found again.
pub fn acts(first: u64, count: u64) -> Vec<Act> {
    (first..first + count).map(act).collect()
}

/// Copies a folder with all that lies below it.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a listing") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}

fn act(number: u64) -> Act {
    Act {
        at: 1_772_438_400_000 + number as i64 * 1000,
        actor: "ruiz".into(),
        role: "examiner".into(),
        action: "read_evidence".into(),
        object: format!("evidence/E-{number}"),
        case: Some("ALC-1".into()),
        reason: None,
        detail: json!({ "number": number }),
    }
}
