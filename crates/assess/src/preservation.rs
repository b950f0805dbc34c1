//! Drafts of requests to preserve data: what a person signs and sends, or does not.
//!
//! A draft says what the tip states, with its place, and nothing more: no suspicion, no name of a
//! child, no content. One request goes to one holder. The same lines make the text and the PDF.

mod lines;

pub use lines::Line;

use crate::losses::{Holder, Loss, What};
use crate::tips::{Clock, TipRules, day};
use amparo_model::{TipId, TipRevision, UtcMillis};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A request to one holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreservationRequest {
    /// The tip that it rests on.
    pub tip: TipId,
    /// Country of the authority that asks.
    pub from_country: String,
    /// Whom it goes to.
    pub addressee: Holder,
    /// The law it rests on; none when the rules know none, so that a person must fill it in.
    pub basis: Option<LegalBasis>,
    /// For how many days.
    pub asked_days: Option<i64>,
    /// What is to be kept, in the order of the tip.
    pub items: Vec<Item>,
    /// When the draft was made.
    pub made_at: UtcMillis,
}

/// The law behind a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalBasis {
    /// Id of the clock.
    pub id: String,
    /// The law, in a form that every language can print.
    pub law: String,
    /// What the data file says about it, for whoever reviews the draft.
    pub source: String,
    /// How sure the reading is.
    pub confidence: String,
    /// The period after a renewal, all together.
    pub renewed_days: Option<i64>,
}

/// One thing to keep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// What, exactly as the tip states it.
    pub what: What,
    /// Where it stands: tip and place.
    pub evidence: String,
    /// When the holder may delete it; none when no clock is known, or no time to count from.
    pub lost_from: Option<UtcMillis>,
    /// For how many days the holder keeps such records, where that is known.
    pub kept_days: Option<i64>,
    /// That date has passed.
    pub passed: bool,
}

/// One draft for each holder of the chosen losses, operators before providers.
#[must_use]
pub fn requests(
    tip: &TipRevision,
    chosen: &[Loss],
    from_country: &str,
    rules: &TipRules,
    now: UtcMillis,
) -> Vec<PreservationRequest> {
    let mut by_holder: BTreeMap<&Holder, Vec<&Loss>> = BTreeMap::new();
    for loss in chosen {
        by_holder.entry(&loss.holder).or_default().push(loss);
    }
    let draft = |(holder, losses): (&Holder, Vec<&Loss>)| {
        let basis = basis(holder, from_country, rules, now);
        PreservationRequest {
            tip: tip.tip.clone(),
            from_country: from_country.to_owned(),
            addressee: holder.clone(),
            asked_days: basis.and_then(|clock| clock.days),
            basis: basis.map(LegalBasis::of),
            items: losses.iter().map(|loss| Item::of(loss, &tip.tip)).collect(),
            made_at: now,
        }
    };
    by_holder.into_iter().map(draft).collect()
}

/// The order that reaches the holder and is in force: that of the country itself before one that
/// any country has.
fn basis<'a>(
    holder: &Holder,
    from_country: &str,
    rules: &'a TipRules,
    now: UtcMillis,
) -> Option<&'a Clock> {
    let today = day(now);
    let in_force = |clock: &&Clock| clock.from.as_ref().is_none_or(|from| *from <= today);
    let reaches = |clock: &&Clock| clock.to.iter().any(|to| reached(holder, to, from_country));
    let orders = rules.clocks().iter().filter(|clock| clock.kind == "order");
    let mut orders = orders.filter(in_force).filter(reaches);
    let own = orders.clone().find(|clock| clock.country.as_deref() == Some(from_country));
    own.or_else(|| orders.find(|clock| clock.country.is_none()))
}

fn reached(holder: &Holder, to: &str, from_country: &str) -> bool {
    match holder {
        Holder::Provider { .. } => to == "provider",
        Holder::Operator { country: None } => false,
        Holder::Operator { country: Some(country) } if country == from_country => to == "same",
        Holder::Operator { country: Some(country) } => to == "abroad" || to == country,
    }
}

impl LegalBasis {
    fn of(clock: &Clock) -> Self {
        Self {
            id: clock.id.clone(),
            law: clock.cited().to_owned(),
            source: clock.source.clone(),
            confidence: clock.confidence.clone(),
            renewed_days: clock.renewed_days,
        }
    }
}

impl Item {
    fn of(loss: &Loss, tip: &TipId) -> Self {
        Self {
            what: loss.what.clone(),
            evidence: format!("{tip} {}", loss.place),
            lost_from: loss.lost_from,
            kept_days: loss.kept_days,
            passed: loss.passed,
        }
    }
}
