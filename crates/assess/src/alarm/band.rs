//! Which band a counterpart falls into, and the rule that decided it.
//!
//! Protection is decided first. Then the hard floor of the top band, which no counter-evidence
//! touches; then points. There is no ceiling: a claim with no file behind it can reach review, and
//! one picture in no list lets the points decide.

use super::dossier::Dossier;
use super::facts::Standing;
use super::reasons::{counted, quoted, recent_contact, weighted};
use super::rules::Rules;
use crate::rule::Found;
use amparo_model::{Band, Reason, UtcMillis};

/// Rules that decide a band; they stand first among the reasons.
pub(super) const DECIDING: [&str; 4] =
    ["states_minor_age", "floor_top", "floor_top_provisional", "claim_without_file"];

/// The band, and the reason where one rule decided it alone.
pub(super) fn decide(
    dossier: &Dossier<'_>,
    points: i32,
    rules: &Rules,
    now: UtcMillis,
) -> (Band, Option<Reason>) {
    let minor = dossier.said("states_minor_age");
    if !minor.is_empty() {
        return (Band::Protection, rules.reason("states_minor_age", 1, quoted(&minor)));
    }
    let limits = rules.limits();
    let claims = !dossier.said("claims_access").is_empty();
    let exchange = dossier.has_exchange_context();
    let unlisted = weighted(dossier.unlisted(), limits);
    if claims
        && exchange
        && unlisted >= limits.floor_pictures
        && recent_contact(dossier, limits, now)
    {
        return (Band::Top, floor_reason(dossier, rules));
    }
    let any_unlisted = dossier.unlisted().next().is_some();
    if any_unlisted && (claims || exchange) && points >= limits.high_points {
        return (Band::High, None);
    }
    if claims && dossier.received.is_empty() {
        let said = dossier.said("claims_access");
        return (Band::Review, rules.reason("claim_without_file", 1, quoted(&said)));
    }
    let review = claims || points >= limits.review_points;
    (if review { Band::Review } else { Band::Low }, None)
}

fn floor_reason(dossier: &Dossier<'_>, rules: &Rules) -> Option<Reason> {
    let limits = rules.limits();
    let compared = weighted(dossier.received(Standing::Unlisted), limits);
    let seen: Vec<_> = dossier.unlisted().collect();
    let found: Found = counted(&seen);
    let rule = match compared >= limits.floor_pictures {
        true => "floor_top",
        false => "floor_top_provisional",
    };
    rules.reason(rule, 1, found)
}
