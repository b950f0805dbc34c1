//! Statements of a tip about places, each with its weight and its reason.

use super::{IpPlaces, Names};
use crate::rule::Found;
use amparo_model::{
    Address, Capture, IdentifierKind, Party, PartyRole, PlaceOrigin, Reason, Stated, TipRevision,
};
use std::collections::{BTreeMap, BTreeSet};

/// One statement about a place.
pub(super) struct Hint {
    pub(super) country: String,
    pub(super) division: Option<String>,
    pub(super) weight: u32,
    pub(super) reason: Reason,
}

/// What a tip says about places, and what of it could not be used.
pub(super) struct Hints<'a> {
    tip: &'a TipRevision,
    names: &'a Names,
    pub(super) found: Vec<Hint>,
    pub(super) notes: Vec<Reason>,
}

impl<'a> Hints<'a> {
    pub(super) fn of(
        tip: &'a TipRevision,
        names: &'a Names,
        places: Option<&dyn IpPlaces>,
    ) -> Self {
        let mut hints = Self { tip, names, found: Vec::new(), notes: Vec::new() };
        for (number, party) in tip.parties.iter().enumerate() {
            let percent = match party.role {
                PartyRole::Suspect => 100,
                PartyRole::Victim => names.weights().child_percent,
                PartyRole::Recipient | PartyRole::Reporter | PartyRole::Associated => continue,
            };
            hints.party(party, &format!("{} parties/{number}", tip.tip), percent);
        }
        hints.looked_up();
        if let Some(places) = places {
            hints.in_table(places);
        }
        hints
    }

    fn party(&mut self, party: &Party, place: &str, percent: u32) {
        for (number, address) in party.addresses.iter().enumerate() {
            if address.origin != PlaceOrigin::IpLookup {
                self.address(address, &format!("{place}/addresses/{number}"), percent);
            }
        }
        for (number, identifier) in party.identifiers.iter().enumerate() {
            if identifier.kind == IdentifierKind::Phone {
                self.phone(&identifier.norm, &format!("{place}/identifiers/{number}"), percent);
            }
        }
    }

    fn phone(&mut self, number: &str, place: &str, percent: u32) {
        let Some(country) = self.names.calling(number).map(str::to_owned) else { return };
        let reason = reason("territory_phone", &[("country", &country)], &[place.to_owned()]);
        self.add(country, None, self.names.weights().phone * percent / 100, reason);
    }

    fn add(&mut self, country: String, division: Option<String>, weight: u32, reason: Reason) {
        self.found.push(Hint { country, division, weight, reason });
    }

    fn address(&mut self, address: &Address, place: &str, percent: u32) {
        self.not_used(address, place);
        let Some(read) = read(address, self.names) else { return };
        let weights = self.names.weights();
        let (rule, weight) = match (address.origin, read.stated) {
            (PlaceOrigin::ProviderEstimate, _) => ("territory_estimate", weights.estimate),
            (_, true) => ("territory_address", weights.address),
            (_, false) => ("territory_division_name", weights.division_name),
        };
        let name = read.division.as_deref().and_then(|code| self.names.division_name(code));
        let name = name.unwrap_or_else(|| "—".to_owned());
        let args = [("country", read.country.as_str()), ("division", &name)];
        let reason = reason(rule, &args, &[place.to_owned()]);
        self.add(read.country, read.division, weight * percent / 100, reason);
    }

    /// Says what stands there and decides nothing.
    fn not_used(&mut self, address: &Address, place: &str) {
        let names = self.names;
        let at = [place.to_owned()];
        if let Some(raw) = address.country.as_deref().filter(|raw| names.country(raw).is_none()) {
            let rule = match () {
                () if names.is_no_country(raw) => "not_a_country",
                () if names.is_ambiguous(raw) => "place_ambiguous",
                () if names.only_division(raw).is_some() => return,
                () => "country_not_recognised",
            };
            self.notes.push(reason(rule, &[("text", raw)], &at));
        }
        let no_country = address.country.as_deref().is_none_or(|raw| names.country(raw).is_none());
        for raw in [&address.state, &address.city].into_iter().flatten() {
            if no_country && names.is_ambiguous(raw) {
                self.notes.push(reason("place_ambiguous", &[("text", raw)], &at));
            }
        }
    }

    /// Countries of the addresses that the clearing house looked up.
    fn looked_up(&mut self) {
        let mut seen = Seen::default();
        for (number, party) in self.tip.parties.iter().enumerate() {
            let lookups = party.addresses.iter().enumerate();
            let lookups = lookups.filter(|(_, a)| a.origin == PlaceOrigin::IpLookup);
            for (at, address) in lookups.filter(|_| party.role == PartyRole::Suspect) {
                let place = format!("{} parties/{number}/addresses/{at}", self.tip.tip);
                let Some(read) = read(address, self.names) else {
                    self.not_used(address, &place);
                    continue;
                };
                let ip = address.ip.clone().unwrap_or_else(|| place.clone());
                if self.is_proxy(&ip) {
                    self.notes.push(reason("territory_proxy", &[("ip", &ip)], &[place]));
                } else {
                    seen.add(read.country, read.division, ip, place);
                }
            }
        }
        self.addresses(seen, "territory_ip_lookup", &[]);
    }

    /// Countries of the IP events of the persons reported and of their files.
    fn in_table(&mut self, places: &dyn IpPlaces) {
        let mut seen = Seen::default();
        for (place, capture) in captures(self.tip) {
            let Some(ip) = &capture.ip else { continue };
            let Some(found) = places.country(ip) else { continue };
            let place = format!("{} {place}", self.tip.tip);
            match self.names.country(&found.country).map(str::to_owned) {
                None => {
                    let args = [("text", found.country.as_str())];
                    self.notes.push(reason("not_a_country", &args, &[place]));
                }
                Some(_) if self.is_proxy(ip) => {
                    self.notes.push(reason("territory_proxy", &[("ip", ip)], &[place]));
                }
                Some(country) => seen.add(country, found.division, ip.clone(), place),
            }
        }
        self.addresses(seen, "territory_ip_table", &[("source", &places.version())]);
    }

    fn addresses(&mut self, seen: Seen, rule: &str, more: &[(&str, &str)]) {
        let weights = self.names.weights();
        let weight =
            if rule == "territory_ip_table" { weights.ip_table } else { weights.ip_lookup };
        for (country, found) in seen.0 {
            let count = found.ips.len().to_string();
            let mut args = vec![("country", country.as_str()), ("count", count.as_str())];
            args.extend_from_slice(more);
            let reason = reason(rule, &args, &found.places);
            let division = Some(found.divisions).filter(|codes| codes.len() == 1);
            let division = division.and_then(|codes| codes.into_iter().next());
            self.add(country.clone(), division, weight.of(found.ips.len()), reason);
        }
    }

    /// The provider says so of every event of this address.
    fn is_proxy(&self, ip: &str) -> bool {
        let mut own = captures(self.tip).filter(|(_, capture)| capture.ip.as_deref() == Some(ip));
        let first = own.next().is_some_and(|(_, capture)| capture.possible_proxy == Stated::Yes);
        first && own.all(|(_, capture)| capture.possible_proxy == Stated::Yes)
    }
}

/// Addresses by country; many events of one line count once.
#[derive(Default)]
struct Seen(BTreeMap<String, InCountry>);

#[derive(Default)]
struct InCountry {
    ips: BTreeSet<String>,
    divisions: BTreeSet<String>,
    places: Vec<String>,
}

impl Seen {
    fn add(&mut self, country: String, division: Option<String>, ip: String, place: String) {
        let entry = self.0.entry(country).or_default();
        entry.ips.insert(ip);
        entry.divisions.extend(division);
        entry.places.push(place);
    }
}

struct Read {
    country: String,
    division: Option<String>,
    /// The country is written, not only implied by a division.
    stated: bool,
}

/// A country that stands in the field of the division counts, and so does a division that stands in
/// the field of the country; both happen often enough. Two letters in the field of the division are
/// one of several codes (`AR` is Arkansas there) and name no country.
fn read(address: &Address, names: &Names) -> Option<Read> {
    let state = address.state.as_deref();
    let stated = address.country.as_deref().and_then(|raw| names.country(raw));
    let long = |raw: &&str| raw.trim().chars().count() > 3 && !names.is_ambiguous(raw);
    let misplaced = || state.filter(long).and_then(|raw| names.country(raw));
    let in_country = address.country.as_deref().and_then(|raw| names.only_division(raw));
    let implied = || in_country.or_else(|| state.and_then(|raw| names.only_division(raw)));
    let (country, stated) = match stated.or_else(misplaced) {
        Some(country) => (country.to_owned(), true),
        None => (implied()?.country().to_owned(), false),
    };
    let division = state
        .and_then(|raw| names.division(&country, raw))
        .or_else(|| address.postal_code.as_deref().and_then(|raw| names.postal(&country, raw)))
        .or_else(|| address.city.as_deref().and_then(|raw| names.city(&country, raw)))
        .or_else(|| in_country.filter(|division| division.country() == country));
    Some(Read { division: division.map(|division| division.code.clone()), country, stated })
}

/// IP events of the persons reported and of their files, with their places.
pub(crate) fn captures(tip: &TipRevision) -> impl Iterator<Item = (String, &Capture)> {
    let parties = tip.parties.iter().enumerate().filter(|(_, p)| p.role == PartyRole::Suspect);
    let of_party = parties.flat_map(|(number, party)| {
        let captures = party.captures.iter().enumerate();
        captures.map(move |(at, capture)| (format!("parties/{number}/captures/{at}"), capture))
    });
    let of_file = tip.files.iter().enumerate().flat_map(|(number, file)| {
        let captures = file.captures.iter().enumerate();
        captures.map(move |(at, capture)| (format!("files/{number}/captures/{at}"), capture))
    });
    of_party.chain(of_file)
}

/// A reason without points.
pub(super) fn reason(rule: &str, args: &[(&str, &str)], places: &[String]) -> Reason {
    let args: Vec<(&str, String)> = args.iter().map(|(k, v)| (*k, (*v).to_owned())).collect();
    Found::new(&args).at(places.iter().map(String::as_str)).into_reason(rule)
}
