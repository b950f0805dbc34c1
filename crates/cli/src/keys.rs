//! The secret keys of a unit: three small files that only their owner may read.
//!
//! They are made once by `init` and never overwritten; losing them means exchanging cards again,
//! and an audit log that ends.

use crate::{config::Config, error::CliError, files};
use amparo_referral::{UnitCard, UnitKeys};
use data_encoding::HEXLOWER;
use rand::TryRngCore;
use rand::rngs::OsRng;
use std::path::{Path, PathBuf};

const SIGNING: &str = "signing_key";
const IDENTITY: &str = "age_identity";
const AUDIT: &str = "audit_seed";

/// No key file is longer.
const BYTES_MAX: u64 = 16 << 10;

/// The secret keys of a unit.
#[derive(Debug, Clone)]
pub struct Keys {
    /// Signs referrals and receipts; opens what was sealed for this unit.
    pub unit: UnitKeys,
    /// Ed25519 seed that signs the audit log's checkpoints.
    pub audit: Seed,
}

/// A secret seed that does not print itself.
#[derive(Clone)]
pub struct Seed(pub [u8; 32]);

impl std::fmt::Debug for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seed(secret)")
    }
}

impl Keys {
    /// Makes new keys from the operating system's random numbers and writes them.
    ///
    /// # Errors
    /// [`CliError::Storage`] when the folder cannot be written, [`CliError::BadInput`] when it
    /// already holds keys.
    pub fn make(folder: &Path, unit: &str) -> Result<Self, CliError> {
        Self::make_from([random()?, random()?, random()?], folder, unit)
    }

    /// Makes the keys of a demonstration: anybody who knows the number knows them, and two runs
    /// with one number give the same facts. Never for a unit that holds real cases.
    ///
    /// # Errors
    /// As [`Keys::make`].
    pub fn make_for_demo(seed: u64, folder: &Path, unit: &str) -> Result<Self, CliError> {
        let seed = |which: &str| {
            let text = format!("amparo demo\n{seed}\n{unit}\n{which}");
            amparo_evidence::hash_bytes(text.as_bytes()).sha256.0
        };
        Self::make_from([seed(SIGNING), seed(IDENTITY), seed(AUDIT)], folder, unit)
    }

    fn make_from(seeds: [[u8; 32]; 3], folder: &Path, unit: &str) -> Result<Self, CliError> {
        let [signing, identity, audit] = seeds;
        let keys = folder.join("keys");
        files::make_folder(&keys)?;
        if let Some(taken) =
            [SIGNING, IDENTITY, AUDIT].map(|name| keys.join(name)).iter().find(|p| p.exists())
        {
            return Err(CliError::bad(taken.display(), "exists; keys are never overwritten"));
        }
        let made = UnitKeys::from_seeds(&signing, &identity, unit)
            .map_err(|error| CliError::storage("keys", error))?;
        let audit = Seed(audit);
        let identity = format!("{}\n", made.age_identity);
        files::write(&keys.join(SIGNING), made.signing_key_pem.as_bytes())?;
        files::write(&keys.join(IDENTITY), identity.as_bytes())?;
        files::write(&keys.join(AUDIT), format!("{}\n", HEXLOWER.encode(&audit.0)).as_bytes())?;
        Ok(Self { unit: made, audit })
    }

    /// Reads the keys of a data folder.
    ///
    /// # Errors
    /// [`CliError::BadInput`] naming the key file that is missing or malformed.
    pub fn read(folder: &Path) -> Result<Self, CliError> {
        let text = |name: &str| files::read_text(&path(folder, name), BYTES_MAX);
        let seed = text(AUDIT)?;
        let bytes = HEXLOWER.decode(seed.trim().as_bytes()).ok();
        let audit: [u8; 32] = bytes.and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| {
            let why = "is not 64 hexadecimal digits; restore it from the unit's backup";
            CliError::bad(path(folder, AUDIT).display(), why)
        })?;
        Ok(Self {
            unit: UnitKeys {
                signing_key_pem: text(SIGNING)?,
                age_identity: text(IDENTITY)?.trim().to_owned(),
            },
            audit: Seed(audit),
        })
    }

    /// What other units may know of this one.
    ///
    /// # Errors
    /// [`CliError::BadInput`] when a key is malformed.
    pub fn card(&self, config: &Config) -> Result<UnitCard, CliError> {
        self.unit
            .card(&config.unit, &config.country, &config.contact, &config.mailbox)
            .map_err(|error| CliError::bad("keys", error))
    }
}

fn path(folder: &Path, name: &str) -> PathBuf {
    folder.join("keys").join(name)
}

fn random() -> Result<[u8; 32], CliError> {
    let mut seed = [0; 32];
    OsRng.try_fill_bytes(&mut seed).map_err(|error| CliError::storage("random numbers", error))?;
    Ok(seed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_survive_and_are_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let made = Keys::make(folder.path(), "Unit").unwrap();
        let read = Keys::read(folder.path()).unwrap();
        assert_eq!((made.unit, made.audit.0), (read.unit, read.audit.0));
        assert!(Keys::make(folder.path(), "Unit").unwrap_err().to_string().contains("never"));
    }

    #[test]
    fn a_damaged_key_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        Keys::make(folder.path(), "Unit").unwrap();
        std::fs::write(path(folder.path(), AUDIT), "xx").unwrap();
        assert!(Keys::read(folder.path()).unwrap_err().to_string().contains("audit_seed"));
    }
}
