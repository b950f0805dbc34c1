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

/// One revision of a tip.
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
    /// Free texts of the report.
    pub notes: Vec<String>,
    /// Everybody named.
    pub parties: Vec<Party>,
    /// Files reported.
    pub files: Vec<TipFile>,
    /// Keys this version does not know: JSON pointer to raw value. Kept and shown.
    pub unknown: BTreeMap<String, String>,
}

/// What part somebody plays in a tip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartyRole {
    /// The person or user reported.
    Suspect,
    /// Somebody the material was meant for.
    Recipient,
    /// A child concerned.
    Victim,
    /// Who reported.
    Reporter,
}

/// Somebody named in a tip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// A postal address as written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Address {
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

/// An IP event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
}

/// A file that a tip reports. Its bytes are never opened on import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// `A1`, `A2`, `B1`, `B2`: the provider's opinion.
    pub industry_classification: Option<String>,
    /// Tags of the clearing house, all groups.
    pub tags: Vec<String>,
    /// IP events of the upload.
    pub captures: Vec<Capture>,
    /// Free texts.
    pub notes: Vec<String>,
}
