//! How single values are written on paper: times, references, names, and the sentence ids of closed
//! lists.

use crate::draft::{Basis, Confidence, HandlingCode};
use crate::ledger::LedgerRow;
use amparo_model::{Moment, UrgencyClass, UtcMillis};

pub(super) fn hash_row(row: &LedgerRow) -> Vec<String> {
    let file = row.exchanged();
    vec![
        name_of(row).unwrap_or_default(),
        row.sha256().map(|hash| hash.to_string()).unwrap_or_default(),
        file.map(|file| file.hashes.md5.to_string()).unwrap_or_default(),
        file.and_then(|file| file.pdq).map(|pdq| pdq.bits.to_string()).unwrap_or_default(),
    ]
}

pub(super) fn name_of(row: &LedgerRow) -> Option<String> {
    let transfer = row.transfer.record();
    let from_path = || transfer.path.as_ref().and_then(|path| path.rsplit('/').next());
    transfer.file_name.as_deref().or_else(from_path).map(str::to_owned)
}

/// A reference with the object's hash cut to twelve digits, enough to find it in the record.
pub(super) fn short(reference: &str) -> String {
    match reference.split_once(' ') {
        Some((object, place)) if object.len() == 64 => {
            format!("{}… {place}", object.get(..12).unwrap_or(object))
        }
        _ => reference.to_owned(),
    }
}

/// `2026-03-02 08:30:00Z`, so that a line may break between date and time.
pub(super) fn utc(at: UtcMillis) -> String {
    at.to_string().replace('T', " ")
}

/// A time from evidence; without a known zone it is shown as stored.
pub(super) fn moment(moment: &Moment) -> String {
    moment.utc.map_or_else(|| moment.raw.clone(), utc)
}

pub(super) fn urgency_id(class: UrgencyClass) -> &'static str {
    match class {
        UrgencyClass::Life => "referral-urgency-life",
        UrgencyClass::ChildInDanger => "referral-urgency-child-in-danger",
        UrgencyClass::EvidencePerishing => "referral-urgency-evidence-perishing",
        UrgencyClass::Ordinary => "referral-urgency-ordinary",
    }
}

pub(super) fn basis_id(basis: Basis) -> &'static str {
    match basis {
        Basis::Seen => "referral-basis-seen",
        Basis::Stated => "referral-basis-stated",
        Basis::Inferred => "referral-basis-inferred",
    }
}

pub(super) fn confidence_id(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Low => "referral-confidence-low",
        Confidence::Medium => "referral-confidence-medium",
        Confidence::High => "referral-confidence-high",
    }
}

pub(super) fn code_id(code: HandlingCode) -> &'static str {
    match code {
        HandlingCode::H0 => "referral-code-h0",
        HandlingCode::H1 => "referral-code-h1",
        HandlingCode::H2 => "referral-code-h2",
        HandlingCode::H3 => "referral-code-h3",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_stay_findable() {
        let object = "5a".repeat(32);
        assert_eq!(short(&format!("{object} message#7")), "5a5a5a5a5a5a… message#7");
        assert_eq!(short("tip ncmec/1"), "tip ncmec/1");
    }
}
