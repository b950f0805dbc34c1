//! Persons, files and IP events of a report.

use super::fields::{At, Fields, Unknown};
use crate::tip_parts::{self, captures, identifier, stated};
use amparo_model::normal;
use amparo_model::{
    Address, Capture, Identifier, IdentifierKind, Party, PartyRole, PlaceOrigin, RecordedHash,
    Stated, TipFile,
};

/// Keys under which earlier reports of a person may be named.
pub(super) const PRIOR: [&str; 3] = ["priorCTReports", "priorCTReport", "priorReports"];

/// What a whole report shares while its parts are read.
pub(super) struct Shared {
    /// The provider, for identifiers that are unique only there.
    pub(super) provider: String,
    /// What was not understood.
    pub(super) unknown: Unknown,
    /// Pointer and sentence for each value that could not be used.
    pub(super) odd: Vec<(String, String)>,
    /// Pointer and texts of each list of other reports.
    pub(super) related: Vec<(String, Vec<String>)>,
}

/// Keys of the public reporting form that the model has no field for. They are kept when stated.
const UNMODELLED: &[&str] = &[
    "preferredName",
    "gender",
    "preferredPronouns",
    "physicalDescription",
    "vehicleDescription",
    "vehicleTagNumber",
    "occupation",
    "relationshipToReporter",
    "relationshipToChildVictim",
    "accessToFirearms",
    "convictedSexOffender",
    "awareOfReport",
    "gangAffiliation",
    "additionalContactInformation",
    "languages",
    "races",
    "disabilities",
    "additionalDisabilityInformation",
];

/// Reads one person.
pub(super) fn party(role: PartyRole, at: &At, shared: &mut Shared) -> Party {
    let mut person = at.fields();
    let (provider, service) = service(&mut person, &shared.provider);
    let mut party = Party {
        role,
        name: name(&mut person),
        date_of_birth: person.text("dateOfBirth"),
        approximate_age: person.text("approximateAge"),
        access_to_children: access(&mut person),
        age_doubtful: flag(&mut person, "ageAssertionDiscrepancy"),
        account_compromised: flag(&mut person, "compromisedAccount"),
        group: person.text("groupIdentifier"),
        service,
        identifiers: Vec::new(),
        addresses: addresses(&mut person, shared),
        captures: Vec::new(),
        notes: notes(&mut person, shared),
    };
    party.addresses.extend(estimate(&mut person, shared));
    own_ids(&mut person, &provider, &mut party, shared);
    let lists = [("emails", IdentifierKind::Email), ("phones", IdentifierKind::Phone)];
    for (key, kind) in lists {
        for item in person.list(key, key, &mut shared.unknown) {
            contact_point(kind, &item, &mut party, shared);
        }
    }
    if let Some(raw) = person.text("ipAddress") {
        party.captures.extend(captures(&raw, None));
    }
    source(&mut person, &provider, Some(&mut party.identifiers), &mut party.captures, shared);
    for key in PRIOR {
        let prior = person.take(key);
        shared.related.extend(prior.map(|at| (at.pointer.clone(), at.values(&mut shared.unknown))));
    }
    tip_parts::national_phones(&mut party);
    person.drop_unstated(UNMODELLED);
    person.finish(&mut shared.unknown);
    party
}

/// The service of the provider that the ids belong to, and what to show of it: nothing when it is
/// only another spelling of the provider. What is shown stays with the unknown keys as well.
fn service(person: &mut Fields, provider: &str) -> (String, Option<String>) {
    let Some(service) = person.text("espService") else { return (provider.to_owned(), None) };
    let other = normal::provider_name(&service) != normal::provider_name(provider);
    let shown = if other { person.text_kept("espService") } else { None };
    (service, shown)
}

/// A yes or no; anything else stays with the unknown keys.
fn flag(fields: &mut Fields, key: &str) -> Stated {
    let answer = fields.text(key).map_or(Stated::NotStated, |text| stated(&text));
    if answer == Stated::NotStated {
        fields.drop_unstated(&[key]);
    }
    answer
}

fn name(person: &mut Fields) -> Option<String> {
    let keys = ["firstName", "middleName", "lastName"];
    let parts: Vec<_> = keys.iter().filter_map(|key| person.text(key)).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// Either answer counts as a yes. The narrower question stays in the raw keys as well.
fn access(person: &mut Fields) -> Stated {
    let victim = person.text_kept("accessToChildVictim").map(|text| stated(&text));
    let children = match person.text("accessToChildren") {
        Some(text) if stated(&text) == Stated::NotStated => {
            person.text_kept("accessToChildren");
            Stated::NotStated
        }
        Some(text) => stated(&text),
        None => Stated::NotStated,
    };
    if victim == Some(Stated::Yes) { Stated::Yes } else { children }
}

fn own_ids(person: &mut Fields, provider: &str, party: &mut Party, shared: &mut Shared) {
    let keys = [
        ("screenName", IdentifierKind::ScreenName),
        ("espUserId", IdentifierKind::AccountId),
        ("displayName", IdentifierKind::DisplayName),
        ("displayNames", IdentifierKind::DisplayName),
        ("profileUrl", IdentifierKind::Url),
        ("profileUrls", IdentifierKind::Url),
    ];
    for (key, kind) in keys {
        let raws = person.take(key).map(|at| at.values(&mut shared.unknown)).unwrap_or_default();
        party.identifiers.extend(raws.iter().map(|raw| identifier(kind, raw, provider)));
    }
}

fn contact_point(kind: IdentifierKind, at: &At, party: &mut Party, shared: &mut Shared) {
    let mut fields = at.fields();
    let plain = at.node.text().map(|text| text.trim().to_owned());
    let raw = fields.text("value").or(plain);
    let verified = fields.text("verified").map_or(Stated::NotStated, |text| stated(&text));
    fields.finish(&mut shared.unknown);
    let Some(raw) = raw else { return };
    let read = Identifier { verified, ..identifier(kind, &raw, "") };
    if read.norm.is_empty() {
        shared.odd.push((at.pointer.clone(), format!("{raw:?} is no {}", kind.as_str())));
    }
    party.identifiers.push(read);
}

/// The provider's own guess of a place.
fn estimate(person: &mut Fields, shared: &mut Shared) -> Option<Address> {
    let mut fields = person.nested("estimatedLocation");
    let address = Address {
        origin: PlaceOrigin::ProviderEstimate,
        city: fields.text("city"),
        state: fields.text("region"),
        country: fields.text("countryCode").or_else(|| fields.text("country")),
        ..Address::default()
    };
    fields.finish(&mut shared.unknown);
    let nothing = Address { origin: PlaceOrigin::ProviderEstimate, ..Address::default() };
    (address != nothing).then_some(address)
}

/// Addresses of web pages of an incident: plain, or as captures of the kind URL.
pub(super) fn page_urls(incident: &mut Fields, shared: &mut Shared) -> Vec<String> {
    let mut urls = Vec::new();
    for key in ["url", "urls"] {
        let plain = incident.take(key);
        urls.extend(plain.map(|at| at.values(&mut shared.unknown)).unwrap_or_default());
    }
    let (mut found, mut captures) = (Vec::new(), Vec::new());
    source(incident, "", Some(&mut found), &mut captures, shared);
    urls.extend(found.into_iter().map(|found| found.raw));
    urls
}

fn addresses(person: &mut Fields, shared: &mut Shared) -> Vec<Address> {
    let mut read = Vec::new();
    for at in person.list("addresses", "addresses", &mut shared.unknown) {
        let mut fields = at.fields();
        let lines: Vec<_> =
            ["street1", "street2"].iter().filter_map(|key| fields.text(key)).collect();
        let address = Address {
            street: (!lines.is_empty()).then(|| lines.join(", ")),
            city: fields.text("city"),
            state: fields.text("state"),
            postal_code: fields.text("postalCode"),
            country: fields.text("country"),
            ..Address::default()
        };
        fields.finish(&mut shared.unknown);
        if !at.node.is_object() {
            shared.unknown.insert(at.pointer.clone(), at.node.raw_text());
        }
        read.push(address);
    }
    read.retain(|address| *address != Address::default());
    read
}

/// The free texts of a person, a file or the report.
pub(super) fn notes(owner: &mut Fields, shared: &mut Shared) -> Vec<String> {
    let items = owner.list("additionalInformations", "additionalInformations", &mut shared.unknown);
    items.iter().filter_map(|at| at.value(&mut shared.unknown)).collect()
}

/// Reads `sourceInformation.sourceCaptures`. Where there is no place for identifiers, as in files,
/// captures of that kind stay with the unknown keys.
fn source(
    owner: &mut Fields,
    provider: &str,
    mut identifiers: Option<&mut Vec<Identifier>>,
    captures: &mut Vec<Capture>,
    shared: &mut Shared,
) {
    let items = owner.list("sourceInformation", "sourceCaptures", &mut shared.unknown);
    for at in items {
        let mut fields = at.fields();
        let kind = fields.text("captureType").unwrap_or_default();
        let value = fields.text("value");
        if let (Some(raw), true) = (&value, is_ip(&kind)) {
            let (event, at_time) = (fields.text("eventName"), fields.text("dateTime"));
            for mut capture in tip_parts::captures(raw, fields.text("port").as_deref()) {
                capture.event = event.clone();
                capture.at = at_time.as_deref().map(tip_parts::moment);
                if capture.ip.is_none() {
                    let detail = format!("{raw:?} stands where an IP address is expected");
                    shared.odd.push((at.pointer.clone(), detail));
                }
                captures.push(capture);
            }
            fields.finish(&mut shared.unknown);
            continue;
        }
        let known = value.and_then(|raw| other_capture(&kind, raw, provider));
        match (known, &mut identifiers) {
            (Some(known), Some(list)) => {
                list.push(known);
                fields.finish(&mut shared.unknown);
            }
            _ => {
                shared.unknown.insert(at.pointer.clone(), at.node.raw_text());
            }
        }
    }
}

/// Readers accept every type that holds the letters IP as a word.
fn is_ip(kind: &str) -> bool {
    kind.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| {
        let word = word.to_ascii_lowercase();
        matches!(word.as_str(), "ip" | "ipv4" | "ipv6" | "ipaddress")
    })
}

fn other_capture(kind: &str, raw: String, provider: &str) -> Option<Identifier> {
    let kind = kind.to_ascii_lowercase();
    let kind = if kind.contains("url") {
        IdentifierKind::Url
    } else if kind.contains("mail") {
        IdentifierKind::Email
    } else if kind.contains("phone") {
        IdentifierKind::Phone
    } else if kind.contains("device") || kind.contains("imei") {
        IdentifierKind::DeviceId
    } else if kind.contains("screen") {
        IdentifierKind::ScreenName
    } else {
        return None;
    };
    Some(identifier(kind, &raw, provider))
}

/// Reads one file. Its bytes are not part of the report.
pub(super) fn file(at: &At, shared: &mut Shared) -> TipFile {
    let mut fields = at.fields();
    let mut captures = Vec::new();
    let provider = shared.provider.clone();
    source(&mut fields, &provider, None, &mut captures, shared);
    let file = TipFile {
        file_name: fields.text("filename"),
        original_file_name: fields.text("originalFilename"),
        submittal_id: fields.text("submittalId"),
        hashes: verification_hash(&mut fields, &at.pointer, shared),
        viewed_by_provider: flag(&mut fields, "viewedByEsp"),
        publicly_available: flag(&mut fields, "publiclyAvailable"),
        relevance: fields.text("fileRelevance"),
        industry_classification: fields.text("industryClassification"),
        tags: tags(&mut fields, shared),
        captures,
        notes: file_notes(&mut fields, shared),
        ..TipFile::default()
    };
    fields.finish(&mut shared.unknown);
    file
}

/// `verificationHash` is an MD5, as public readers print it. No other algorithm is inferred from a
/// length: 64 digits may be SHA-256 or PDQ.
fn verification_hash(fields: &mut Fields, pointer: &str, shared: &mut Shared) -> Vec<RecordedHash> {
    let Some(text) = fields.text("verificationHash") else { return Vec::new() };
    match tip_parts::hash("MD5", text.strip_prefix("MD5:").unwrap_or(&text)) {
        Ok(hash) => vec![hash],
        Err(detail) => {
            fields.text_kept("verificationHash");
            shared.odd.push((pointer.to_owned(), detail));
            Vec::new()
        }
    }
}

/// Every tag of every group: readers that take the first of either lose some.
fn tags(fields: &mut Fields, shared: &mut Shared) -> Vec<String> {
    let mut tags = Vec::new();
    for group in fields.list("ncmecTags", "groups", &mut shared.unknown) {
        let mut group = group.fields();
        for tag in group.list("tags", "tags", &mut shared.unknown) {
            tags.extend(tag.value(&mut shared.unknown));
        }
        group.finish(&mut shared.unknown);
    }
    tags
}

/// Free texts, and the provider's own name-value pairs as `name: value`.
fn file_notes(fields: &mut Fields, shared: &mut Shared) -> Vec<String> {
    let mut notes = notes(fields, shared);
    for pair in fields.list("espMetadata", "metadatas", &mut shared.unknown) {
        let mut pair = pair.fields();
        let (name, value) = (pair.text("name"), pair.text("value"));
        pair.finish(&mut shared.unknown);
        if let (Some(name), Some(value)) = (name, value) {
            notes.push(format!("{name}: {value}"));
        }
    }
    notes
}
