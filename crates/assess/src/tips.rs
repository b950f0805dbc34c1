//! How urgent a tip is, and how soon what it leads to is lost: two numbers, never averaged.
//!
//! Danger orders the work and perishability breaks ties. The originator's level stays as it was
//! sent; "E" means that nobody has looked, so it never falls below level 3. Viral files lower a
//! tip, but no sign of a child in danger is ever outweighed by them, and no tip falls to nothing.
//! Hard floors lift certain combinations to the top, whatever else is said.
//!
//! An assessment says until when it holds. Nothing in it counts days from today, so a stored one
//! stays true until then and need not be made again.

mod ages;
mod clocks;
mod danger;
mod level;
mod rules;
mod words;

pub use clocks::Perishability;
pub(crate) use clocks::{content_loss, operator_country};
pub use rules::{Clock, Floor, TipLimits, TipRules};

use crate::territory::{Territory, territory_with};
use ages::Ages;
use amparo_model::{Moment, Reason, TipRevision, UtcMillis};
use serde::{Deserialize, Serialize};

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TipAssessment {
    /// Danger to a child; at least 1, because no tip is nothing.
    pub danger_points: i32,
    /// A sign of a child in danger holds: no list folds this tip away.
    pub danger_sign: bool,
    /// How soon evidence is lost.
    pub perishability: Perishability,
    /// Reasons of the danger points, strongest first.
    pub reasons: Vec<Reason>,
    /// Country and division.
    pub territory: Territory,
    /// A person reported may be a minor, by age, date of birth or the provider's mark: the
    /// protection path applies.
    pub suspected_minor: bool,
    /// The first moment at which the same facts give another result; none when they never do.
    pub valid_until: Option<UtcMillis>,
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
    let territory = territory_with(tip, rules.names(), rules.places());
    let country = territory.country.as_deref();
    let ages = Ages::of(tip, rules.limits(), now);
    let weighed = danger::weigh(tip, context, rules, &ages, now);
    let sum = weighed.reasons.iter().fold(0_i32, |sum, reason| sum.saturating_add(reason.points));
    let changes = [
        clocks::next_change(tip, country, rules, now),
        ages::next_change(tip, rules.limits(), now),
        recency_change(incident(tip), rules, now),
        recency_change(latest_upload(tip).map(|(_, at)| at), rules, now),
    ];
    TipAssessment {
        danger_points: sum.max(1),
        danger_sign: weighed.danger_sign,
        perishability: clocks::perishability(tip, country, rules, now),
        reasons: weighed.reasons,
        suspected_minor: !ages.minors.is_empty() || weighed.between_minors,
        valid_until: changes.into_iter().flatten().min(),
        territory,
        rules_version: rules.version().to_owned(),
    }
}

/// Whether any rule that is a sign of a child in danger holds.
#[must_use]
pub fn danger_sign(assessment: &TipAssessment) -> bool {
    assessment.danger_sign
}

/// The stated time of the incident, as far as it can be placed.
fn incident(tip: &TipRevision) -> Option<UtcMillis> {
    tip.incident_at.as_ref().and_then(Moment::wall_clock)
}

/// The file that reached the provider last, and when.
fn latest_upload(tip: &TipRevision) -> Option<(usize, UtcMillis)> {
    let files = tip.files.iter().enumerate();
    let times = files.filter_map(|(at, f)| Some((at, f.uploaded_at.as_ref()?.wall_clock()?)));
    times.max_by_key(|(_, at)| *at)
}

/// A time after now is a wrong clock; it makes nothing old.
fn is_recent(at: UtcMillis, rules: &TipRules, now: UtcMillis) -> bool {
    days(at, now) <= rules.limits().recent_days
}

/// When something recent ceases to be.
fn recency_change(at: Option<UtcMillis>, rules: &TipRules, now: UtcMillis) -> Option<UtcMillis> {
    at.map(|at| after_days(at, rules.limits().recent_days + 1)).filter(|end| *end > now)
}

/// Whole days between two moments.
fn days(from: UtcMillis, upto: UtcMillis) -> i64 {
    upto.0.saturating_sub(from.0).div_euclid(UtcMillis::DAY_MS)
}

pub(crate) fn after_days(at: UtcMillis, days: i64) -> UtcMillis {
    at.plus_ms(days.saturating_mul(UtcMillis::DAY_MS))
}

/// `2026-03-01`.
pub(crate) fn day(at: UtcMillis) -> String {
    at.to_string().get(..10).unwrap_or("—").to_owned()
}
