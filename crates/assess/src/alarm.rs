//! The live-source alarm: which counterpart of a device's owner may be abusing a child now.
//!
//! [`alarms`] groups the facts by counterpart, applies the published rules ([`Rules`]) and orders
//! the rows. It can run at any time on what is known so far: pictures whose hash was only looked up
//! as the app recorded it count as provisional, because a re-encoded known file looks the same
//! until its appearance is compared.
//!
//! Protection comes first: a counterpart who states a minor age is never ranked as an offender.

mod band;
mod dossier;
mod facts;
mod reasons;
mod rules;

pub use facts::{AlarmFacts, LastContact, SavedContact, SignalFact, TransferFact, is_visual};
pub use rules::{Limits, Rules};

use amparo_model::{Alarm, Band, Reason, UtcMillis};
use dossier::Dossier;

/// Ranks every counterpart with at least one transfer or phrase: most urgent band first, then
/// points, then last contact, then account. Owners never get a row.
#[must_use]
pub fn alarms(facts: &AlarmFacts, rules: &Rules, now: UtcMillis) -> Vec<Alarm> {
    let dossiers = dossier::gather(facts);
    let contact = |dossier: &Dossier<'_>| dossier.last_contact.map(|(at, _)| at);
    let mut rows: Vec<(Option<UtcMillis>, Alarm)> =
        dossiers.iter().map(|dossier| (contact(dossier), alarm(dossier, rules, now))).collect();
    rows.sort_by(|(a_contact, a), (b_contact, b)| {
        (a.band, b.points, b_contact)
            .cmp(&(b.band, a.points, a_contact))
            .then_with(|| (&a.counterpart, &a.owner).cmp(&(&b.counterpart, &b.owner)))
    });
    rows.into_iter().map(|(_, alarm)| alarm).collect()
}

fn alarm(dossier: &Dossier<'_>, rules: &Rules, now: UtcMillis) -> Alarm {
    let mut reasons = reasons::weigh(dossier, rules, now);
    let sum = |reasons: &[Reason]| reasons.iter().fold(0_i32, |s, r| s.saturating_add(r.points));
    let (band, deciding) = band::decide(dossier, sum(&reasons), rules, now);
    reasons.extend(deciding);
    if band == Band::Protection {
        // The signs stay visible, but a minor is not ranked by them.
        reasons.iter_mut().for_each(|reason| reason.points = 0);
    }
    reasons::order(&mut reasons);
    Alarm {
        owner: dossier.owner.clone(),
        counterpart: dossier.counterpart.clone(),
        names: dossier.names.clone(),
        band,
        points: sum(&reasons),
        reasons,
        rules_version: rules.version().to_owned(),
    }
}
