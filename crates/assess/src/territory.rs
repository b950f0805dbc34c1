//! Whose territory a tip concerns: country and first-level division, each with its reason.
//!
//! Only what the tip says of the persons reported (and, with less weight, of a child concerned)
//! counts; addresses of providers, clearing houses and police are not theirs. A guess is marked as
//! one, two countries are a visible conflict, and no country is a visible answer, not a default.
//!
//! To add a name: an alias or an entry in `data/territory.toml`.

mod names;

pub use names::Names;

use crate::rule::Found;
use amparo_model::{Address, IdentifierKind, Party, PartyRole, Reason, TipRevision};
use std::collections::BTreeMap;

/// Where a tip belongs, as far as its own statements tell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
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

/// One statement about a place.
struct Hint {
    country: String,
    division: Option<String>,
    weight: u32,
    reason: Reason,
}

/// Reads the territory from the addresses and telephone numbers of a tip.
#[must_use]
pub fn territory(tip: &TipRevision, names: &Names) -> Territory {
    let mut hints = Vec::new();
    let mut reasons = Vec::new();
    for (number, party) in tip.parties.iter().enumerate() {
        let weight = match party.role {
            PartyRole::Suspect => 10,
            PartyRole::Victim => 1,
            PartyRole::Recipient | PartyRole::Reporter => continue,
        };
        let place = format!("{} parties/{number}", tip.tip);
        addresses(party, &place, weight, names, &mut hints, &mut reasons);
        phones(party, &place, weight, names, &mut hints);
    }
    decide(hints, reasons, names)
}

fn addresses(
    party: &Party,
    place: &str,
    weight: u32,
    names: &Names,
    hints: &mut Vec<Hint>,
    reasons: &mut Vec<Reason>,
) {
    for (number, address) in party.addresses.iter().enumerate() {
        let place = format!("{place}/addresses/{number}");
        if let Some(raw) = address.country.as_deref().filter(|raw| names.country(raw).is_none()) {
            reasons.push(reason("country_not_recognised", &[("text", raw)], &place));
        }
        if let Some(hint) = of_address(address, &place, weight, names) {
            hints.push(hint);
        }
    }
}

/// A stated country weighs more than one that only the division's name implies.
fn of_address(address: &Address, place: &str, weight: u32, names: &Names) -> Option<Hint> {
    let stated = address.country.as_deref().and_then(|raw| names.country(raw));
    // Country and state change places often enough in real reports.
    let misplaced = address.state.as_deref().and_then(|raw| names.country(raw));
    let state = address.state.as_deref();
    let implied = || state.and_then(|raw| names.only_division(raw)).map(|d| d.country().to_owned());
    let (country, factor) = match stated.or(misplaced) {
        Some(country) => (country.to_owned(), 3),
        None => (implied()?, 2),
    };
    let division = state
        .and_then(|raw| names.division(&country, raw))
        .or_else(|| address.postal_code.as_deref().and_then(|raw| names.postal(&country, raw)))
        .or_else(|| address.city.as_deref().and_then(|raw| names.city(&country, raw)));
    let rule = if factor == 3 { "territory_address" } else { "territory_division_name" };
    let place_name = division.map_or("—", |division| division.name());
    let args = [("country", country.as_str()), ("division", place_name)];
    let reason = reason(rule, &args, place);
    let division = division.map(|division| division.code.clone());
    Some(Hint { country, division, weight: weight * factor, reason })
}

fn phones(party: &Party, place: &str, weight: u32, names: &Names, hints: &mut Vec<Hint>) {
    for (number, identifier) in party.identifiers.iter().enumerate() {
        if identifier.kind != IdentifierKind::Phone {
            continue;
        }
        let Some(country) = names.calling(&identifier.norm) else { continue };
        let place = format!("{place}/identifiers/{number}");
        let reason = reason("territory_phone", &[("country", country)], &place);
        hints.push(Hint { country: country.to_owned(), division: None, weight, reason });
    }
}

fn decide(hints: Vec<Hint>, mut reasons: Vec<Reason>, names: &Names) -> Territory {
    let mut countries: BTreeMap<String, u32> = BTreeMap::new();
    for hint in &hints {
        *countries.entry(hint.country.clone()).or_default() += hint.weight;
    }
    let Some(country) = heaviest(&countries) else {
        reasons.push(reason("no_country", &[], ""));
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
        reasons.push(reason("territory_conflict", &[("countries", &all.join(", "))], ""));
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

fn reason(rule: &str, args: &[(&str, &str)], place: &str) -> Reason {
    let args: Vec<(&str, String)> = args.iter().map(|(k, v)| (*k, (*v).to_owned())).collect();
    let places = Some(place).filter(|place| !place.is_empty());
    Found::new(&args).at(places.into_iter()).into_reason(rule)
}

/// Rules of this module, for the test that every rule has its sentence.
pub const RULES: [&str; 6] = [
    "territory_address",
    "territory_division_name",
    "territory_phone",
    "territory_conflict",
    "country_not_recognised",
    "no_country",
];
