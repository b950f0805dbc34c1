//! How urgent a tip is, and how soon what it leads to is lost: two numbers, never averaged.
//!
//! Danger orders the work and perishability breaks ties. The originator's level stays as it was
//! sent; "E" means that nobody has looked, so it never falls below level 3. Viral files lower a
//! tip, but no sign of a child in danger is ever outweighed by them, and no tip falls to nothing.

mod clocks;
mod danger;
mod rules;

pub use clocks::Perishability;
pub use rules::{Clock, TipLimits, TipRules};

use crate::territory::{Territory, territory};
use amparo_model::{PartyRole, Reason, TipRevision, UtcMillis};

/// What is known about a tip from beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TipContext {
    /// Tips in the same group, this one included; 0 and 1 both mean "alone".
    pub group_size: usize,
    /// Distinct files whose stated hash was looked up in at least one list of known material.
    pub files_looked_up: usize,
    /// Of these, files that a list of known material has.
    pub known_files: usize,
    /// Of these, files that a list calls widely distributed, or that come with many other tips.
    pub viral_files: usize,
}

/// A tip, assessed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TipAssessment {
    /// Danger to a child; at least 1, because no tip is nothing.
    pub danger_points: i32,
    /// How soon evidence is lost.
    pub perishability: Perishability,
    /// Reasons of the danger points, strongest first.
    pub reasons: Vec<Reason>,
    /// Country and division.
    pub territory: Territory,
    /// An age below 18 is stated for a person reported: the protection path applies.
    pub suspected_minor: bool,
    /// Version of the rules that said so.
    pub rules_version: String,
}

/// Assesses one revision of a tip.
#[must_use]
pub fn urgency(
    tip: &TipRevision,
    context: &TipContext,
    rules: &TipRules,
    now: UtcMillis,
) -> TipAssessment {
    let territory = territory(tip, rules.names());
    let reasons = danger::weigh(tip, context, rules, now);
    let sum = reasons.iter().fold(0_i32, |sum, reason| sum.saturating_add(reason.points));
    TipAssessment {
        danger_points: sum.max(1),
        perishability: clocks::perishability(tip, territory.country.as_deref(), rules, now),
        reasons,
        suspected_minor: minor_suspect(tip, rules).is_some(),
        territory,
        rules_version: rules.version().to_owned(),
    }
}

/// The place and the stated age of a person reported who may be a minor.
fn minor_suspect(tip: &TipRevision, rules: &TipRules) -> Option<(usize, String)> {
    let adult = rules.limits().adult_age;
    let suspects = tip.parties.iter().enumerate().filter(|(_, p)| p.role == PartyRole::Suspect);
    suspects
        .filter_map(|(number, party)| Some((number, party.approximate_age.as_deref()?)))
        .find(|(_, age)| lowest_number(age).is_some_and(|age| (1..adult).contains(&age)))
        .map(|(number, age)| (number, age.to_owned()))
}

/// The first number in an age as written (`16-17`, `approx. 15`).
fn lowest_number(text: &str) -> Option<u32> {
    text.split(|c: char| !c.is_ascii_digit()).find(|digits| !digits.is_empty())?.parse().ok()
}
