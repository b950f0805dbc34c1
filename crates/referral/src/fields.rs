//! The 23 fields of an urgent referral, as data.
//!
//! The completeness gate (`check.rs`), the document (`pdf/`) and the help text all number fields as
//! here, and an addressee who needs more information answers with these numbers. To add a field: a
//! line here, its title under `referral-field-<id>` in the three languages, its place in `Draft`.

/// How binding a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Requirement {
    /// Nothing is sealed without it.
    Mandatory,
    /// Its absence is shown.
    Recommended,
    /// Binding when something else in the referral makes it so.
    Conditional,
}

/// One field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// 1 to 23; never reused.
    pub number: u8,
    /// The word used in Fluent ids and on the command line.
    pub id: &'static str,
    /// How binding.
    pub requirement: Requirement,
    /// What makes it complete, in English, for help and documentation.
    pub rule: &'static str,
}

impl Field {
    /// The Fluent id of its title.
    #[must_use]
    pub fn title_id(&self) -> String {
        format!("referral-field-{}", self.id)
    }
}

/// Looks a field up by its number.
#[must_use]
pub fn field(number: u8) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.number == number)
}

use Requirement::{Conditional as C, Mandatory as M, Recommended as R};

/// All fields in order.
pub const FIELDS: [Field; 23] = [
    new(1, "identity", M, "immutable id and version; a new version never edits an old one"),
    new(2, "sender", M, "unit, case, officer, telephone at all hours and secure mailbox"),
    new(3, "addressee", M, "authority, channel and encryption key from a card that was exchanged"),
    new(4, "times", M, "RFC 3339, with the source of the clock"),
    new(5, "urgency", M, "class from the list, reason of 30 characters or more, act-by time"),
    new(6, "signals", M, "at least one signal, each with basis, confidence and evidence"),
    new(7, "handling", M, "purpose, legal basis, permitted use and at least one handling code"),
    new(8, "grading", M, "source and information in a named scheme"),
    new(9, "subjects", M, "identifiers as written and as compared"),
    new(10, "events", C, "an IP needs its time; without its source port it is of little use"),
    new(11, "location", R, "belief with basis and alternatives; never a bare point"),
    new(12, "victims", M, "pseudonym and apparent age band; no name in free text"),
    new(13, "media", R, "counts, date range and hashes; never imagery"),
    new(
        14,
        "novelty",
        C,
        "lists, dates, algorithm, threshold; binding when material is called new",
    ),
    new(15, "extracts", R, "short, quoted as written, with translation and who translated"),
    new(16, "network", R, "roles as hypotheses; who else got a referral"),
    new(17, "asks", M, "from the closed list, with free text if needed"),
    new(18, "do_not_alert", M, "must be answered; the answer may be that there is nothing"),
    new(19, "preservation", M, "made or needed: provider, reference, expiry"),
    new(
        20,
        "evidence_status",
        R,
        "seizure, custody reference, judicial authority, way to evidence",
    ),
    new(21, "child_protection", R, "who must be told locally; language needs"),
    new(22, "attachments", M, "names, sizes and SHA-256; encrypted to the addressee"),
    new(23, "signers", M, "drafted by one person and approved by another, unless life is at risk"),
];

const fn new(number: u8, id: &'static str, requirement: Requirement, rule: &'static str) -> Field {
    Field { number, id, requirement, rule }
}

#[cfg(test)]
mod tests {
    use super::*;
    use amparo_text::{Lang, Text};

    #[test]
    fn fields_are_numbered_in_order_and_titled_in_every_language() {
        for (index, field) in FIELDS.iter().enumerate() {
            assert_eq!(usize::from(field.number), index + 1);
            for lang in Lang::ALL {
                assert!(Text::new(lang).has(&field.title_id()), "{lang} {}", field.title_id());
            }
        }
    }
}
