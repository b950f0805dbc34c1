//! Whose territory a tip concerns: country and first-level division, each with its reason.
//!
//! Only what the tip says of the persons reported (and, with less weight, of a child concerned)
//! counts; addresses of providers, clearing houses and police are not theirs. A guess is marked as
//! one, two countries are a visible conflict, and no country is a visible answer, not a default.
//!
//! To add a name: an alias or an entry in `data/territory.toml`.

mod hints;
mod names;
mod places;
mod weights;

pub(crate) use hints::captures;
pub use names::Names;
pub use places::{IpPlace, IpPlaces, IpTable, IpTableError};
pub use weights::{IpWeight, Weights};

use amparo_model::{Reason, TipRevision};
use hints::{Hint, Hints, reason};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where a tip belongs, as far as its own statements tell.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Territory {
    /// ISO 3166-1 code (`ES`); `None` is "no country", to be shown in a queue of its own.
    pub country: Option<String>,
    /// ISO 3166-2 code (`ES-A`).
    pub division: Option<String>,
    /// The division's first name in the data file.
    pub division_name: Option<String>,
    /// The statements name more than one country; the best supported one stands in `country`.
    pub conflict: bool,
    /// What it rests on; these reasons carry no points.
    pub reasons: Vec<Reason>,
}

/// Reads the territory from the addresses and telephone numbers of a tip, and from the places that
/// it gives for IP addresses itself.
#[must_use]
pub fn territory(tip: &TipRevision, names: &Names) -> Territory {
    territory_with(tip, names, None)
}

/// As [`territory`], and looks the IP events up in a table on this machine.
#[must_use]
pub fn territory_with(
    tip: &TipRevision,
    names: &Names,
    places: Option<&dyn IpPlaces>,
) -> Territory {
    let hints = Hints::of(tip, names, places);
    decide(hints.found, hints.notes, names)
}

fn decide(hints: Vec<Hint>, mut reasons: Vec<Reason>, names: &Names) -> Territory {
    let mut countries: BTreeMap<String, u32> = BTreeMap::new();
    for hint in hints.iter().filter(|hint| hint.weight > 0) {
        *countries.entry(hint.country.clone()).or_default() += hint.weight;
    }
    let Some(country) = heaviest(&countries) else {
        reasons.push(reason("no_country", &[], &[]));
        return Territory { reasons, ..Territory::default() };
    };
    let mut divisions: BTreeMap<String, u32> = BTreeMap::new();
    for hint in hints.iter().filter(|hint| hint.country == country) {
        if let Some(division) = &hint.division {
            *divisions.entry(division.clone()).or_default() += hint.weight;
        }
    }
    let conflict = countries.len() > 1;
    if conflict {
        let all: Vec<&str> = countries.keys().map(String::as_str).collect();
        reasons.push(reason("territory_conflict", &[("countries", &all.join(", "))], &[]));
    }
    reasons.splice(0..0, hints.into_iter().map(|hint| hint.reason));
    let division = heaviest(&divisions);
    let division_name = division.as_deref().and_then(|code| names.division_name(code));
    Territory { country: Some(country), division, division_name, conflict, reasons }
}

/// The key with the greatest weight; of equals the first in the alphabet.
fn heaviest(weights: &BTreeMap<String, u32>) -> Option<String> {
    let best = weights.iter().max_by(|a, b| a.1.cmp(b.1).then_with(|| b.0.cmp(a.0)));
    best.map(|(key, _)| key.clone())
}

/// Rules of this module, for the test that every rule has its sentence.
pub const RULES: [&str; 12] = [
    "territory_address",
    "territory_division_name",
    "territory_estimate",
    "territory_ip_lookup",
    "territory_ip_table",
    "territory_proxy",
    "territory_phone",
    "territory_conflict",
    "country_not_recognised",
    "not_a_country",
    "place_ambiguous",
    "no_country",
];
