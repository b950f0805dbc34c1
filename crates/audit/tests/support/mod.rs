//! Acts and keys for the tests of this crate. To add a helper: put it here when two test files
//! need it.

use amparo_audit::Act;
use serde_json::json;

/// The key of the test log.
pub const SEED: [u8; 32] = [3; 32];
/// Its name.
pub const ORIGIN: &str = "unit.example/audit";

/// The `count` acts from number `first` on; each says its number, so that it can be found again.
pub fn acts(first: u64, count: u64) -> Vec<Act> {
    (first..first + count).map(act).collect()
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
