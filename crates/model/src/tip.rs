//! A tip as its issuer sent it. The same report number again is a new revision, never a second tip.

use crate::{Moment, RecordedHash, TipId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A yes/no that may also be unstated. Absent is not "no".
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Stated {
    /// The issuer says yes.
    Yes,
    /// The issuer says no.
    No,
    /// The issuer says nothing.
    #[default]
    NotStated,
}

impl Stated {
    fn is_open(&self) -> bool {
        *self == Self::NotStated
    }
}

/// One revision of a tip, the same whatever form it came in.
///
/// Fields that a form cannot fill stay empty; what a form says and no field takes is in
/// [`TipRevision::unknown`]. The yes/no fields are assertions of the provider unless they say
/// otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TipRevision {
    /// Issuer and report number.
    pub tip: TipId,
    /// When the clearing house received it.
    pub received_at: Option<Moment>,
    /// The reporting provider, as written.
    pub provider: Option<String>,
    /// Incident type, as written.
    pub incident_type: Option<String>,
    /// Incident time; may be the time of detection.
    pub incident_at: Option<Moment>,
    /// What the provider says about that time.
    pub incident_at_note: Option<String>,
    /// The issuer's level (`1`, `2`, `3`, `E`), verbatim. `E` means that nobody has looked.
    pub originator_level: Option<String>,
    /// The provider's reason to call it urgent; that there is one is the statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalation: Option<String>,
    /// The service on which it happened, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// What the provider marks the report with (`sextortion`, `spam`), as written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<String>,
    /// Why the issuer grouped many reports into this one (`VIRAL_POTENTIAL_MEME`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundled: Option<String>,
    /// How many files the report says it has; may differ from those listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared_files: Option<u64>,
    /// Numbers of other reports that it names: earlier ones, and those of the clearing house's
    /// deconfliction, without doubles and without its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<String>,
    /// Agencies that are said to be at work on it already, with their case numbers, as written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_agencies: Vec<String>,
    /// Addresses of web pages, profiles and the like of the incident itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<String>,
    /// How much of the document was understood, in percent of its lines; only for forms made for
    /// people to read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub understood_percent: Option<u8>,
    /// Free texts of the report.
    pub notes: Vec<String>,
    /// Everybody named.
    pub parties: Vec<Party>,
    /// Files reported.
    pub files: Vec<TipFile>,
    /// Keys this version does not know: JSON pointer to raw value. Kept and shown.
    pub unknown: BTreeMap<String, String>,
}

impl TipRevision {
    /// A revision that says nothing but its number.
    #[must_use]
    pub fn new(tip: TipId) -> Self {
        Self {
            tip,
            received_at: None,
            provider: None,
            incident_type: None,
            incident_at: None,
            incident_at_note: None,
            originator_level: None,
            escalation: None,
            platform: None,
            annotations: Vec::new(),
            bundled: None,
            declared_files: None,
            related: Vec::new(),
            other_agencies: Vec::new(),
            urls: Vec::new(),
            understood_percent: None,
            notes: Vec::new(),
            parties: Vec::new(),
            files: Vec::new(),
            unknown: BTreeMap::new(),
        }
    }
}

impl TipRevision {
    /// What stands when this revision follows `earlier`: what it says itself, and where it says
    /// nothing at all, what was said before. A later form of a report may leave out what an earlier
    /// one had, and silence is no withdrawal. The revisions themselves stay as they came.
    #[must_use]
    pub fn after(self, earlier: &Self) -> Self {
        let text = |new: Option<String>, old: &Option<String>| new.or_else(|| old.clone());
        Self {
            received_at: self.received_at.or_else(|| earlier.received_at.clone()),
            provider: text(self.provider, &earlier.provider),
            incident_type: text(self.incident_type, &earlier.incident_type),
            incident_at: self.incident_at.or_else(|| earlier.incident_at.clone()),
            incident_at_note: text(self.incident_at_note, &earlier.incident_at_note),
            originator_level: text(self.originator_level, &earlier.originator_level),
            escalation: text(self.escalation, &earlier.escalation),
            platform: text(self.platform, &earlier.platform),
            annotations: list(self.annotations, &earlier.annotations),
            bundled: text(self.bundled, &earlier.bundled),
            declared_files: self.declared_files.or(earlier.declared_files),
            related: list(self.related, &earlier.related),
            other_agencies: list(self.other_agencies, &earlier.other_agencies),
            urls: list(self.urls, &earlier.urls),
            notes: list(self.notes, &earlier.notes),
            parties: list(self.parties, &earlier.parties),
            files: list(self.files, &earlier.files),
            unknown: earlier.unknown.clone().into_iter().chain(self.unknown).collect(),
            ..self
        }
    }
}

fn list<T: Clone>(new: Vec<T>, old: &[T]) -> Vec<T> {
    if new.is_empty() { old.to_vec() } else { new }
}

/// What part somebody plays in a tip.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum PartyRole {
    /// The person or user reported.
    #[default]
    Suspect,
    /// Somebody the material was meant for.
    Recipient,
    /// A child concerned.
    Victim,
    /// Who reported.
    Reporter,
    /// Another account that the provider ties to a person reported.
    Associated,
}

/// Somebody named in a tip.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Which part.
    pub role: PartyRole,
    /// First, middle and last name as written, joined.
    pub name: Option<String>,
    /// Date of birth as written.
    pub date_of_birth: Option<String>,
    /// Age as written (`16-17`, `approx. 15`).
    pub approximate_age: Option<String>,
    /// The provider's statement about access to children.
    pub access_to_children: Stated,
    /// The provider says that the stated age is doubtful.
    #[serde(default, skip_serializing_if = "Stated::is_open")]
    pub age_doubtful: Stated,
    /// The provider says that the account may be in other hands.
    #[serde(default, skip_serializing_if = "Stated::is_open")]
    pub account_compromised: Stated,
    /// Name of an organised group that the provider ties the account to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The service that the ids belong to, where it is not the tip's provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Identifiers, in the order of the report.
    pub identifiers: Vec<Identifier>,
    /// Addresses.
    pub addresses: Vec<Address>,
    /// IP events.
    pub captures: Vec<Capture>,
    /// Free texts.
    pub notes: Vec<String>,
}

/// What kind of identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierKind {
    /// E-mail address.
    Email,
    /// Phone number.
    Phone,
    /// Screen name at one provider.
    ScreenName,
    /// The provider's own id of the user.
    AccountId,
    /// Profile or other URL.
    Url,
    /// Device id.
    DeviceId,
    /// The name that an account shows; anybody may choose any.
    DisplayName,
}

impl IdentifierKind {
    /// The word used in tables and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::ScreenName => "screen_name",
            Self::AccountId => "account_id",
            Self::Url => "url",
            Self::DeviceId => "device_id",
            Self::DisplayName => "display_name",
        }
    }
}

/// An identifier as written and as compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identifier {
    /// Which kind.
    pub kind: IdentifierKind,
    /// As written.
    pub raw: String,
    /// Normalised for comparison: e-mail in lower case, phone as digits with `+`, account ids and
    /// screen names prefixed with the provider.
    pub norm: String,
    /// Whether the provider verified it.
    pub verified: Stated,
}

/// Who says where.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum PlaceOrigin {
    /// An address that the account's user gave.
    #[default]
    Address,
    /// The provider's own estimate.
    ProviderEstimate,
    /// The clearing house looked an IP address up.
    IpLookup,
}

/// A place as written: a postal address, or as much of one as is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Address {
    /// Who says so.
    #[serde(default, skip_serializing_if = "PlaceOrigin::is_address")]
    pub origin: PlaceOrigin,
    /// The IP address that was looked up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// Street lines.
    pub street: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// State or province as written.
    pub state: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Country as written.
    pub country: Option<String>,
}

impl PlaceOrigin {
    fn is_address(&self) -> bool {
        *self == Self::Address
    }
}

/// An IP event.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Capture {
    /// The address as written; may be no IP at all.
    pub address_raw: String,
    /// The address, if it is one, in canonical form.
    pub ip: Option<String>,
    /// Source port; without it a carrier address may be useless.
    pub port: Option<u16>,
    /// Event as written (`Login`, `UPLOAD`).
    pub event: Option<String>,
    /// When.
    pub at: Option<Moment>,
    /// The provider says that it may be a proxy.
    #[serde(default, skip_serializing_if = "Stated::is_open")]
    pub possible_proxy: Stated,
}

/// A file that a tip reports. Its bytes are never opened on import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TipFile {
    /// File name as sent.
    pub file_name: Option<String>,
    /// The user's own file name.
    pub original_file_name: Option<String>,
    /// The clearing house's id of the file.
    pub submittal_id: Option<String>,
    /// Hashes as stated, usually one MD5.
    pub hashes: Vec<RecordedHash>,
    /// The provider's assertion that somebody there looked at it.
    pub viewed_by_provider: Stated,
    /// The provider's assertion that anybody could see all of it.
    #[serde(default, skip_serializing_if = "Stated::is_open")]
    pub publicly_available: Stated,
    /// `Reported`, `Supplemental Reported`: as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relevance: Option<String>,
    /// When it reached the provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uploaded_at: Option<Moment>,
    /// Where it lay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// `A1`, `A2`, `B1`, `B2`: the provider's opinion.
    pub industry_classification: Option<String>,
    /// Tags of the clearing house, all groups.
    pub tags: Vec<String>,
    /// IP events of the upload.
    pub captures: Vec<Capture>,
    /// Free texts.
    pub notes: Vec<String>,
}

/// A member of a package that a tip came in: a ZIP around the report and its files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageMember {
    /// Path inside the package, as written there, with `/` between the parts.
    pub path: String,
    /// Length in bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub sha256: crate::Sha256,
    /// The bytes in base64 where the member is a report or another package; files that a tip
    /// reports stay closed and are never copied out here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_no_withdrawal_and_a_new_word_replaces_the_old_one() {
        let new = || TipRevision::new(TipId::new("ncmec/900000001").unwrap());
        let full = TipRevision {
            originator_level: Some("3".to_owned()),
            notes: vec!["one".to_owned()],
            parties: vec![Party::default()],
            ..new()
        };
        let later = TipRevision { originator_level: Some("1".to_owned()), ..new() };
        let stands = later.after(&full);
        assert_eq!(stands.originator_level.as_deref(), Some("1"));
        assert_eq!((stands.notes, stands.parties), (full.notes, full.parties));
    }
}
