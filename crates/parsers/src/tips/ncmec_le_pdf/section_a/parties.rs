//! Blocks of persons and accounts.

use super::{GoesOn, SectionA, party};
use crate::tip_parts::{self, identifier, stated};
use crate::tips::ncmec_le_pdf::lines::Entry;
use crate::tips::ncmec_le_pdf::reader::Reader;
use crate::tips::ncmec_le_pdf::words::{self, Label};
use amparo_model::normal;
use amparo_model::{Address, Identifier, IdentifierKind, Party, PlaceOrigin, Stated};

impl SectionA {
    /// One label of the party that is being read.
    pub(super) fn party_label(
        &mut self,
        label: Label,
        value: &str,
        entry: &Entry,
        reader: &mut Reader,
    ) {
        let service = party(reader).and_then(|party| party.service.clone());
        let service = service.unwrap_or_else(|| reader.provider());
        match label {
            Label::Ip => return self.ip(value, entry, reader),
            Label::Port => return self.port(value, entry, reader),
            Label::Prior => {
                self.goes_on = Some(GoesOn::Prior);
                return prior(value, entry, reader);
            }
            Label::Phone => return contact(IdentifierKind::Phone, value, entry, reader),
            Label::Email => return contact(IdentifierKind::Email, value, entry, reader),
            Label::Service => return self::service(value, reader),
            _ => {}
        }
        let Some(party) = party(reader) else { return reader.not_understood(entry) };
        let text = || Some(value.to_owned());
        let id = |kind| identifier(kind, value, &service);
        match label {
            Label::Name => party.name = text(),
            Label::BirthDate => party.date_of_birth = text(),
            Label::Age => party.approximate_age = text(),
            Label::Group => party.group = text(),
            Label::ScreenName => party.identifiers.push(id(IdentifierKind::ScreenName)),
            Label::DisplayName => party.identifiers.push(id(IdentifierKind::DisplayName)),
            Label::UserId => party.identifiers.push(id(IdentifierKind::AccountId)),
            Label::ProfileUrl => party.identifiers.push(id(IdentifierKind::Url)),
            Label::DeviceId => party.identifiers.push(id(IdentifierKind::DeviceId)),
            Label::AccessToChildren if stated(value) != Stated::NotStated => {
                party.access_to_children = stated(value);
            }
            Label::Compromised if stated(value) != Stated::NotStated => {
                party.account_compromised = stated(value);
            }
            Label::Estimate => party.addresses.push(estimate(value)),
            Label::Address => {
                party.addresses.push(Address { street: text(), ..Address::default() });
                self.goes_on = Some(GoesOn::Address);
            }
            Label::Note => {
                party.notes.push(value.to_owned());
                self.goes_on = Some(GoesOn::Note);
            }
            _ => return reader.kept(entry),
        }
        reader.understood();
    }
}

/// A way of contact with `(Verified 01-01-2024)` or another remark behind it. What the remark says
/// beyond a yes is kept with its line.
fn contact(kind: IdentifierKind, value: &str, entry: &Entry, reader: &mut Reader) {
    let (raw, remark) = words::remark(value);
    let lower = remark.as_deref().unwrap_or_default().to_lowercase();
    let verified = match lower.as_str() {
        text if text.starts_with("verified") => Stated::Yes,
        text if text.starts_with("not verified") || text.starts_with("unverified") => Stated::No,
        _ => Stated::NotStated,
    };
    let read = Identifier { verified, ..identifier(kind, &raw, "") };
    let unusable = read.norm.is_empty();
    if let Some(party) = party(reader) {
        party.identifiers.push(read);
    }
    match lower.as_str() {
        _ if unusable => reader.odd(entry, format!("{raw:?} is no {}", kind.as_str())),
        "" | "verified" | "not verified" | "unverified" => reader.understood(),
        _ => reader.kept(entry),
    }
}

/// Ids that came before the service belong to it as well.
fn service(value: &str, reader: &mut Reader) {
    let provider = reader.provider();
    let other = normal::provider_name(value) != normal::provider_name(&provider);
    if let Some(party) = party(reader) {
        party.service = other.then(|| value.to_owned());
        for known in &mut party.identifiers {
            *known = Identifier {
                verified: known.verified,
                ..identifier(known.kind, &known.raw, value)
            };
        }
    }
    reader.understood();
}

/// `Alicante, Valencia, ES`: town, region and country, as many as there are.
fn estimate(value: &str) -> Address {
    let (value, _) = words::remark(value);
    let parts: Vec<&str> =
        value.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    let text = |part: &str| Some(part.to_owned());
    let mut address = Address { origin: PlaceOrigin::ProviderEstimate, ..Address::default() };
    match parts.as_slice() {
        [city, middle @ .., country] => {
            address.city = text(city);
            address.country = text(country);
            address.state = (!middle.is_empty()).then(|| middle.join(", "));
        }
        [one] => address.country = text(one),
        [] => {}
    }
    address
}

/// Addresses are wrapped.
pub(super) fn add_to_address(text: &str, reader: &mut Reader) {
    let last = party(reader).and_then(|party: &mut Party| party.addresses.last_mut());
    if let Some(street) = last.and_then(|address| address.street.as_mut()) {
        street.push_str(", ");
        street.push_str(text);
    }
}

/// Numbers of earlier reports.
pub(super) fn prior(text: &str, entry: &Entry, reader: &mut Reader) {
    let own = reader.tip.tip.clone();
    if tip_parts::related(&mut reader.tip.related, &own, text).is_empty() {
        reader.understood();
    } else {
        reader.odd(entry, format!("{text:?} holds more than report numbers"));
    }
}
