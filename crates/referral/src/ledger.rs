//! Rows of the transfer ledger and the parties in them, as a referral carries them.

use amparo_model::{
    Account, Address, EvidenceId, HashAlgorithm, Hashes, Identifier, Located, Moment, Novelty, Pdq,
    Receipt, Sha256, Transfer, UtcMillis,
};
use serde::{Deserialize, Serialize};

/// One transfer, with the place it was read from and what is known of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerRow {
    /// The exhibit.
    pub evidence: EvidenceId,
    /// Parser and version that read it (`whatsapp_android 1`).
    pub parser: String,
    /// The transfer and its place.
    pub transfer: Located<Transfer>,
    /// The file, when it was found and read.
    pub file: Option<FileFacts>,
    /// The answer to "seen before?".
    pub novelty: Option<Novelty>,
    /// What the recipients' apps reported back.
    pub receipts: Vec<Receipt>,
}

/// What is known of a file; never its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// Path inside the exhibit.
    pub path: String,
    /// Cryptographic hashes and size.
    pub hashes: Hashes,
    /// Perceptual hash.
    pub pdq: Option<Pdq>,
    /// Camera maker and model as the file states them.
    pub camera: Option<String>,
    /// When it was taken, as the file states it.
    pub taken_at: Option<Moment>,
}

/// Somebody, by accounts and identifiers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Accounts as the stores name them.
    pub accounts: Vec<Located<Account>>,
    /// Other identifiers.
    pub identifiers: Vec<Identifier>,
    /// Addresses as written.
    pub addresses: Vec<Address>,
    /// First seen in evidence.
    pub first_at: Option<UtcMillis>,
    /// Last seen in evidence.
    pub last_at: Option<UtcMillis>,
}

impl LedgerRow {
    /// SHA-256 of the file: of the bytes read, else as the app recorded it.
    #[must_use]
    pub fn sha256(&self) -> Option<Sha256> {
        let recorded = || {
            let hash = self.transfer.record().recorded_hash.as_ref()?;
            (hash.algorithm == HashAlgorithm::Sha256).then(|| hash.value.parse().ok())?
        };
        self.file.as_ref().map(|file| file.hashes.sha256).or_else(recorded)
    }

    /// Reference that anyone can follow: `object-sha256 place`.
    #[must_use]
    pub fn reference(&self) -> String {
        format!("{} {}", self.transfer.at().object, self.transfer.at().place)
    }
}
