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
    /// The file, when it was found and read; see [`LedgerRow::exchanged`].
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
    /// SHA-256 of the file that was exchanged: as the app recorded it, else of the file found.
    #[must_use]
    pub fn sha256(&self) -> Option<Sha256> {
        self.recorded_sha256().or_else(|| self.file.as_ref().map(|file| file.hashes.sha256))
    }

    /// What is known of the file that was exchanged; `None` also when the file found is another
    /// than the app recorded, because nothing that is known of it holds for the one exchanged.
    #[must_use]
    pub fn exchanged(&self) -> Option<&FileFacts> {
        self.file.as_ref().filter(|file| Some(file.hashes.sha256) == self.sha256())
    }

    fn recorded_sha256(&self) -> Option<Sha256> {
        let hash = self.transfer.record().recorded_hash.as_ref()?;
        (hash.algorithm == HashAlgorithm::Sha256).then(|| hash.value.parse().ok())?
    }

    /// Reference that anyone can follow: `object-sha256 place`.
    #[must_use]
    pub fn reference(&self) -> String {
        format!("{} {}", self.transfer.at().object, self.transfer.at().place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use amparo_model::{Direction, Locator, Md5, MessageState, Place, RecordedHash, Sha1};

    fn row(recorded: Option<u8>, found: Option<u8>) -> LedgerRow {
        let hash = |n: u8| Sha256([n; 32]);
        let sha256 = HashAlgorithm::Sha256;
        let stated = |n| RecordedHash { algorithm: sha256, value: hash(n).to_string() };
        let transfer = Transfer {
            app: "telegram".to_owned(),
            chat: "c".to_owned(),
            message: "1".to_owned(),
            from: None,
            to: Vec::new(),
            direction: Direction::Received,
            at: None,
            path: None,
            file_name: None,
            mime: None,
            size: None,
            recorded_hash: recorded.map(stated),
            caption: None,
            forwarded: false,
            state: MessageState::Live,
        };
        let file = |n| FileFacts {
            path: "a.jpg".to_owned(),
            hashes: Hashes { size: 1, md5: Md5([n; 16]), sha1: Sha1([n; 20]), sha256: hash(n) },
            pdq: None,
            camera: None,
            taken_at: None,
        };
        LedgerRow {
            evidence: EvidenceId::new("E").unwrap(),
            parser: "p 1".to_owned(),
            transfer: Located::new(transfer, Locator::new(hash(0), Place::Whole)),
            file: found.map(file),
            novelty: None,
            receipts: Vec::new(),
        }
    }

    #[test]
    fn the_recorded_hash_says_which_file_was_exchanged() {
        let check = |recorded, found, expect: Option<u8>, known| {
            let row = row(recorded, found);
            assert_eq!(row.sha256(), expect.map(|n| Sha256([n; 32])), "{recorded:?} {found:?}");
            assert_eq!(row.exchanged().is_some(), known, "{recorded:?} {found:?}");
        };
        check(Some(1), Some(1), Some(1), true);
        check(Some(1), Some(2), Some(1), false);
        check(Some(1), None, Some(1), false);
        check(None, Some(2), Some(2), true);
        check(None, None, None, false);
    }
}
