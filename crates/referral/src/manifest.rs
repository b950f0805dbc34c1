//! The signed manifest: who sends what to whom. Everything else in the file hangs on its hashes.

use crate::draft::HandlingCode;
use amparo_model::{ReferralId, Sha256, UtcMillis};
use serde::{Deserialize, Serialize};

/// Names the format, so that a later one is refused with a clear word instead of misread.
pub const FORMAT: &str = "amparo-referral-1";

/// `manifest.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: String,
    /// Which referral.
    pub referral: ReferralId,
    /// Which version.
    pub version: u32,
    /// Who signs.
    pub sender: ManifestSender,
    /// For whom. It is signed, so nobody can pass the file on as if it were meant for another.
    pub addressee: ManifestAddressee,
    /// When it was sealed.
    pub created_at: UtcMillis,
    /// Handling codes, sorted.
    pub handling: Vec<HandlingCode>,
    /// The files, sorted by name.
    pub files: Vec<ManifestFile>,
    /// Program and version that sealed.
    pub software: String,
}

/// Who signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestSender {
    /// Unit name.
    pub unit: String,
    /// `ssh-ed25519 AAAA...`.
    pub ssh_public_key: String,
}

/// For whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestAddressee {
    /// Unit name.
    pub unit: String,
    /// `age1...`.
    pub age_recipient: String,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestFile {
    /// Name in the package.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256.
    pub sha256: Sha256,
}
