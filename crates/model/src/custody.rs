//! Cases, the authorisations that bound them, and the exhibits and files under them.

use crate::{AuthorisationId, CaseId, EvidenceId, HashAlgorithm, Hashes, UtcMillis};
use serde::{Deserialize, Serialize};

/// A case of this unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Its reference.
    pub id: CaseId,
    /// For people.
    pub title: String,
    /// When it was opened.
    pub opened_at: UtcMillis,
    /// Who opened it.
    pub opened_by: String,
}

/// What kind of data an order allows to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataCategory {
    /// Chats, calls and contacts.
    Communications,
    /// Pictures, video and other files.
    Media,
    /// Data in remote services reached through the device.
    Cloud,
}

impl DataCategory {
    /// All categories.
    pub const ALL: [Self; 3] = [Self::Communications, Self::Media, Self::Cloud];

    /// The word used on the command line and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Communications => "communications",
            Self::Media => "media",
            Self::Cloud => "cloud",
        }
    }
}

/// A court order or other authorisation, with its scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorisation {
    /// Order number.
    pub id: AuthorisationId,
    /// For which case.
    pub case: CaseId,
    /// Who gave it.
    pub authority: String,
    /// From when.
    pub valid_from: UtcMillis,
    /// Until when; reading after it is denied.
    pub valid_until: UtcMillis,
    /// What may be read.
    pub categories: Vec<DataCategory>,
    /// Which exhibits, by label; empty means every exhibit of the case.
    pub exhibits: Vec<String>,
    /// Only data dated from here on, if the order says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_from: Option<UtcMillis>,
    /// Only data dated until here, if the order says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_until: Option<UtcMillis>,
}

/// What kind of exhibit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceKind {
    /// A folder of files: an extraction, an export, a mounted copy.
    Folder,
    /// One file: an archive, a disk image with its further segments, a backup's list of files.
    File,
}

/// An exhibit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceItem {
    /// Its id in this unit.
    pub id: EvidenceId,
    /// Which case.
    pub case: CaseId,
    /// Under which authorisation it is read.
    pub authorisation: AuthorisationId,
    /// The exhibit's label, as on its seal.
    pub label: String,
    /// What it is.
    pub kind: EvidenceKind,
    /// Where it lay when it was attached.
    pub source: String,
    /// When it was attached.
    pub attached_at: UtcMillis,
    /// Who attached it.
    pub attached_by: String,
}

/// First-look order. A child in danger is most often found in what was exchanged: that comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wave {
    /// App stores, and companion files they need.
    AppStores,
    /// Media that the stores say was exchanged with counterparts.
    Exchanged,
    /// Camera and gallery.
    Camera,
    /// Everything else.
    Rest,
}

impl Wave {
    /// All waves in order.
    pub const ALL: [Self; 4] = [Self::AppStores, Self::Exchanged, Self::Camera, Self::Rest];

    /// 1 to 4; wave 0 is the listing itself.
    #[must_use]
    pub fn number(self) -> i64 {
        match self {
            Self::AppStores => 1,
            Self::Exchanged => 2,
            Self::Camera => 3,
            Self::Rest => 4,
        }
    }
}

/// A path inside an exhibit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Relative path with `/`; bytes that are no UTF-8 are written `%XX`, and `%` itself `%25`, so
    /// that the path can be turned back without loss.
    pub path: String,
    /// Size in bytes.
    pub size: u64,
    /// Modification time of the medium, if it has one.
    pub modified_at: Option<UtcMillis>,
    /// Fingerprints, once read.
    pub hashes: Option<Hashes>,
    /// Where it lies in containers: one address for each on the way, the outermost first. Empty for
    /// what lies in the folder itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub place: Vec<u64>,
    /// A file system still names it and says that it is deleted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
}

/// A container of an exhibit that was opened: an archive, a disk image, a file system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Container {
    /// Its path, as of [`Entry`].
    pub path: String,
    /// The formats on the way, the outermost first, each as `id/version`.
    pub formats: Vec<String>,
    /// Hashes that an image file states of its medium, in hexadecimal digits.
    #[serde(default)]
    pub stored: Vec<(HashAlgorithm, String)>,
    /// Where it lies in containers, as of [`Entry`].
    #[serde(default)]
    pub place: Vec<u64>,
    /// Whether the medium hashes to what the image states; `None` before it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<bool>,
}
