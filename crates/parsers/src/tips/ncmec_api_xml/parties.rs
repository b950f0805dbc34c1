//! Everybody whom a report names.

use super::Shared;
use super::tree::Element;
use crate::tip_parts::{self, identifier, moment, stated};
use amparo_model::normal;
use amparo_model::{
    Address, Capture, Identifier, IdentifierKind, Party, PartyRole, PlaceOrigin, Stated,
    TipRevision,
};

/// Element, the person inside it, and the part it plays.
const ROLES: [(&str, &str, PartyRole); 3] = [
    ("personOrUserReported", "personOrUserReportedPerson", PartyRole::Suspect),
    ("intendedRecipient", "intendedRecipientPerson", PartyRole::Recipient),
    ("victim", "victimPerson", PartyRole::Victim),
];

/// Who reports: a party of its own, and the name of the provider. None of it is about a suspect.
pub(super) fn reporter(report: &mut Element, revision: &mut TipRevision, shared: &mut Shared) {
    let Some(mut reporter) = report.take("reporter") else {
        "unknown".clone_into(&mut shared.provider);
        return;
    };
    for key in ["reportingPerson", "contactPerson"] {
        let Some(mut element) = reporter.take(key) else { continue };
        let mut party = Party { role: PartyRole::Reporter, ..Party::default() };
        person(&mut element, &mut party, shared);
        element.finish(&mut shared.unknown);
        if revision.provider.is_none() && key == "reportingPerson" {
            revision.provider.clone_from(&party.name);
        }
        revision.parties.push(party);
    }
    for key in ["companyTemplate", "termsOfService", "legalURL"] {
        let texts = reporter.texts(key, &mut shared.unknown);
        revision.notes.extend(texts.into_iter().map(|text| format!("{key}: {text}")));
    }
    shared.provider = revision.provider.clone().unwrap_or_else(|| "unknown".to_owned());
    reporter.finish(&mut shared.unknown);
}

/// The persons and accounts that the report is about.
pub(super) fn parties(report: &mut Element, revision: &mut TipRevision, shared: &mut Shared) {
    for (name, inside, role) in ROLES {
        for mut element in report.all(name) {
            let accounts = element.all("associatedAccount");
            let mut party = Party { role, ..Party::default() };
            for mut one in element.all(inside) {
                person(&mut one, &mut party, shared);
                one.finish(&mut shared.unknown);
            }
            account(element, party, revision, shared);
            for mut element in accounts {
                let mut party = Party { role: PartyRole::Associated, ..Party::default() };
                person(&mut element, &mut party, shared);
                party.service = element.text("platform", &mut shared.unknown);
                account(element, party, revision, shared);
            }
        }
    }
}

/// Names, ways of contact, addresses and age.
fn person(element: &mut Element, party: &mut Party, shared: &mut Shared) {
    let unknown = &mut shared.unknown;
    let names = ["firstName", "middleName", "lastName"];
    let parts: Vec<_> = names.iter().filter_map(|key| element.text(key, unknown)).collect();
    party.name = (!parts.is_empty()).then(|| parts.join(" "));
    party.date_of_birth = element.text("dateOfBirth", unknown);
    party.approximate_age =
        element.text("age", unknown).or_else(|| element.text("approximateAge", unknown));
    party.age_doubtful = element.flag("ageAssertionDiscrepancy", unknown);
    for one in element.all("email") {
        party.identifiers.extend(contact(IdentifierKind::Email, one, shared));
    }
    for one in element.all("phone") {
        party.identifiers.extend(contact(IdentifierKind::Phone, one, shared));
    }
    let addresses = element.all("address").into_iter().map(|one| address(one, shared));
    party.addresses.extend(addresses.filter(|address| *address != Address::default()));
}

fn contact(kind: IdentifierKind, mut one: Element, shared: &mut Shared) -> Option<Identifier> {
    let verified = one.attribute("verified").map_or(Stated::NotStated, |text| stated(&text));
    let code = one.attribute("countryCallingCode");
    let path = one.path().to_owned();
    let raw = one.leaf(&mut shared.unknown)?;
    let mut read = Identifier { verified, ..identifier(kind, &raw, "") };
    if let (IdentifierKind::Phone, Some(code), false) = (kind, code, read.norm.starts_with('+')) {
        read.norm = normal::phone(&format!("+{} {raw}", code.trim_start_matches('+')));
    }
    if read.norm.is_empty() {
        shared.odd.push((path, format!("{raw:?} is no {}", kind.as_str())));
    }
    Some(read)
}

fn address(mut one: Element, shared: &mut Shared) -> Address {
    let unknown = &mut shared.unknown;
    let address = Address {
        street: one.text("address", unknown),
        city: one.text("city", unknown),
        state: one.text("state", unknown).or_else(|| one.text("nonUsaState", unknown)),
        postal_code: one.text("zipCode", unknown),
        country: one.text("country", unknown),
        ..Address::default()
    };
    one.finish(unknown);
    address
}

/// Ids, names, IP events and the rest of an account; the party is then complete.
fn account(mut element: Element, mut party: Party, into: &mut TipRevision, shared: &mut Shared) {
    let service = element.text("espService", &mut shared.unknown).or(party.service.take());
    let known = service.clone().unwrap_or_else(|| shared.provider.clone());
    let other = normal::provider_name(&known) != normal::provider_name(&shared.provider);
    party.service = service.filter(|_| other);
    let unknown = &mut shared.unknown;
    let mut own = Vec::new();
    for (key, kind) in [
        ("screenName", IdentifierKind::ScreenName),
        ("espIdentifier", IdentifierKind::AccountId),
        ("displayName", IdentifierKind::DisplayName),
        ("profileUrl", IdentifierKind::Url),
    ] {
        let texts = element.texts(key, unknown);
        own.extend(texts.iter().map(|raw| identifier(kind, raw, &known)));
    }
    party.identifiers.splice(0..0, own);
    party.account_compromised = element.flag("compromisedAccount", unknown);
    party.group = element.text("groupIdentifier", unknown);
    for key in ["profileBio", "schoolName", "vehicleDescription"] {
        let texts = element.texts(key, unknown);
        party.notes.extend(texts.into_iter().map(|text| format!("{key}: {text}")));
    }
    party.notes.extend(element.texts("additionalInfo", unknown));
    for place in element.all("estimatedLocation") {
        party.addresses.push(estimate(place, shared));
    }
    for one in element.all("ipCaptureEvent") {
        party.captures.extend(capture(one, shared));
    }
    for one in element.all("deviceId") {
        party.identifiers.extend(device(one, shared));
    }
    prior(&mut element, into, shared);
    tip_parts::national_phones(&mut party);
    element.finish(&mut shared.unknown);
    into.parties.push(party);
}

fn estimate(mut place: Element, shared: &mut Shared) -> Address {
    let unknown = &mut shared.unknown;
    let address = Address {
        origin: PlaceOrigin::ProviderEstimate,
        city: place.text("city", unknown),
        state: place.text("region", unknown),
        country: place.text("countryCode", unknown),
        ..Address::default()
    };
    place.finish(unknown);
    address
}

/// An IP event; one field may hold two addresses.
pub(super) fn capture(mut one: Element, shared: &mut Shared) -> Vec<Capture> {
    let path = one.path().to_owned();
    let unknown = &mut shared.unknown;
    let port = one.text("port", unknown);
    let event = one.text("eventName", unknown);
    let at = one.text("dateTime", unknown).map(|text| moment(&text));
    let possible_proxy = one.flag("possibleProxy", unknown);
    let raw = one.text("ipAddress", unknown).unwrap_or_default();
    one.finish(unknown);
    let mut captures = tip_parts::captures(&raw, port.as_deref());
    for capture in &mut captures {
        capture.event.clone_from(&event);
        capture.at.clone_from(&at);
        capture.possible_proxy = possible_proxy;
        if capture.ip.is_none() {
            let detail = format!("{raw:?} stands where an IP address is expected");
            shared.odd.push((path.clone(), detail));
        }
    }
    if let Some(port) = port.filter(|port| normal::port(port).is_none()) {
        shared.unknown.insert(format!("{path}/port"), port);
    }
    captures
}

/// The kind of a device id and what it was used for stay with the unknown paths.
fn device(mut one: Element, shared: &mut Shared) -> Option<Identifier> {
    let raw = one.text("idValue", &mut shared.unknown);
    one.finish(&mut shared.unknown);
    raw.map(|raw| identifier(IdentifierKind::DeviceId, &raw, ""))
}

fn prior(element: &mut Element, into: &mut TipRevision, shared: &mut Shared) {
    for key in ["priorCTReports", "priorCTReport"] {
        for one in element.all(key) {
            let path = one.path().to_owned();
            let Some(text) = one.leaf(&mut shared.unknown) else { continue };
            if !tip_parts::related(&mut into.related, &into.tip, &text).is_empty() {
                shared.odd.push((path.clone(), format!("{text:?} is no report number")));
                shared.unknown.insert(path, text);
            }
        }
    }
}
