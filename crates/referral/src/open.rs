//! Opening: a file from another unit is believed only after every check has passed, and each check
//! that fails has its own word, because each asks for another telephone call.

use crate::draft::Draft;
use crate::keys::{self, KeyError, REFERRAL_NAMESPACE, UnitCard, Verdict, sha256};
use crate::manifest::{FORMAT, Manifest};
use crate::package::{self, Files, MAX_BYTES};
use amparo_model::{ReferralReceipt, ReferralState, Sha256, UtcMillis};

/// What this unit opens with.
#[derive(Debug, Clone, Copy)]
pub struct Opening<'a> {
    /// The file as it arrived.
    pub bytes: &'a [u8],
    /// This unit's age identity.
    pub age_identity: &'a str,
    /// Cards of the units whose signature this unit trusts.
    pub allowed: &'a [UnitCard],
}

/// An opened referral. It exists only if every check passed.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The signed manifest.
    pub manifest: Manifest,
    /// SHA-256 of its bytes.
    pub manifest_sha256: Sha256,
    /// The card of the unit that signed.
    pub sender: UnitCard,
    /// The referral as data: the same facts that the sender saw.
    pub draft: Draft,
    /// Every file of the package by name, manifest and signature included.
    pub files: Files,
}

/// Why a file was not opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Too large to be a referral.
    #[error(
        "the file has {0} bytes and is too large to be a referral; \
        check that it is the file that was announced"
    )]
    TooLarge(u64),
    /// No age file.
    #[error("the file is not a sealed referral, or its beginning is damaged; ask for it again")]
    NotSealed,
    /// This unit's key does not open it.
    #[error(
        "this unit's key does not open the file: it is addressed to another unit or to an old \
        key, or its header was damaged on the way; ask the sender to whom it was sealed"
    )]
    WrongKey,
    /// The encrypted content was changed or cut.
    #[error("the file was changed or cut on the way ({0}); do not use it and ask for it again")]
    Damaged(String),
    /// Decrypts, but what is inside is no referral.
    #[error(
        "the package is not a referral of a known form ({0}); \
        ask the sender which program sealed it"
    )]
    NotAReferral(String),
    /// The signature does not hold.
    #[error("the signature does not belong to this manifest; do not use the file, call the sender")]
    BadSignature,
    /// Nobody here knows the key.
    #[error(
        "the referral claims to be from {unit:?} and is signed with the unknown key {key}; \
        obtain the unit's card and compare the key by telephone"
    )]
    UnknownSigner {
        /// Unit that the manifest names; not verified.
        unit: String,
        /// Fingerprint of the key.
        key: String,
    },
    /// A known unit signed in the name of another.
    #[error(
        "the referral names {named:?} as its sender but {signer:?} signed it; \
        call both units"
    )]
    OtherSender {
        /// In the manifest.
        named: String,
        /// On the card of the key.
        signer: String,
    },
    /// Decrypts with this unit's key but was signed for another unit: somebody passed it on.
    #[error(
        "the referral is addressed to {0:?}, not to this unit; \
        somebody passed it on, tell the sender"
    )]
    OtherAddressee(String),
    /// A file is not what the manifest says.
    #[error("{0:?} is not what the signed manifest says; do not use the file, call the sender")]
    FileMismatch(String),
    /// A file of the manifest is not there.
    #[error("{0:?} is in the signed manifest and missing in the package; ask for it again")]
    MissingFile(String),
    /// A file that the manifest does not know.
    #[error(
        "{0:?} is in the package and not in the signed manifest; \
        do not use the file, call the sender"
    )]
    ExtraFile(String),
    /// This unit's identity is not usable.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Opens a referral, or says which check failed.
///
/// # Errors
/// [`OpenError`]; every variant says what to do next.
pub fn open(opening: &Opening<'_>) -> Result<Opened, OpenError> {
    let identity = keys::identity(opening.age_identity)?;
    let files =
        package::read(&decrypt(opening.bytes, &identity)?).map_err(OpenError::NotAReferral)?;
    let (manifest, sender) = verified_manifest(&files, opening.allowed)?;
    if manifest.addressee.age_recipient != identity.to_public().to_string() {
        return Err(OpenError::OtherAddressee(manifest.addressee.unit));
    }
    compare(&manifest, &files)?;
    let draft = draft_of(&manifest, &files)?;
    let manifest_sha256 = sha256(part(&files, "manifest.json")?);
    Ok(Opened { manifest, manifest_sha256, sender: sender.clone(), draft, files })
}

impl Opened {
    /// A receipt for this text, to be signed with `acknowledge`.
    #[must_use]
    pub fn receipt(
        &self,
        state: ReferralState,
        at: UtcMillis,
        officer: &str,
        note: &str,
    ) -> ReferralReceipt {
        ReferralReceipt {
            referral: self.manifest.referral.clone(),
            manifest_sha256: self.manifest_sha256,
            state,
            at,
            unit: self.manifest.addressee.unit.clone(),
            officer: officer.to_owned(),
            note: note.to_owned(),
        }
    }
}

fn decrypt(bytes: &[u8], identity: &age::x25519::Identity) -> Result<Vec<u8>, OpenError> {
    use age::DecryptError as E;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(OpenError::TooLarge(bytes.len() as u64));
    }
    age::decrypt(identity, bytes).map_err(|error| match error {
        E::InvalidHeader | E::UnknownFormat => OpenError::NotSealed,
        E::NoMatchingKeys | E::KeyDecryptionFailed => OpenError::WrongKey,
        E::InvalidMac => OpenError::Damaged("its header does not match its seal".to_owned()),
        E::DecryptionFailed => OpenError::Damaged("its content does not match its seal".to_owned()),
        other => OpenError::Damaged(other.to_string()),
    })
}

/// The manifest, believed only because a trusted key signed exactly these bytes.
fn verified_manifest<'a>(
    files: &Files,
    allowed: &'a [UnitCard],
) -> Result<(Manifest, &'a UnitCard), OpenError> {
    let bytes = part(files, "manifest.json")?;
    let signature = part(files, "manifest.json.sig")?;
    let parsed = serde_json::from_slice::<Manifest>(bytes);
    let card = match keys::verify(signature, REFERRAL_NAMESPACE, bytes, allowed) {
        Verdict::Good(card) => card,
        Verdict::Bad => return Err(OpenError::BadSignature),
        Verdict::Stranger(key) => {
            let unit = parsed.map_or_else(|_| String::new(), |manifest| manifest.sender.unit);
            return Err(OpenError::UnknownSigner { unit, key });
        }
    };
    let manifest = parsed.map_err(|error| OpenError::NotAReferral(error.to_string()))?;
    if manifest.format != FORMAT {
        return Err(OpenError::NotAReferral(format!("format {:?}", manifest.format)));
    }
    if manifest.sender.unit != card.unit {
        let named = manifest.sender.unit;
        return Err(OpenError::OtherSender { named, signer: card.unit.clone() });
    }
    Ok((manifest, card))
}

/// Exactly the files of the manifest, each with its size and hash.
fn compare(manifest: &Manifest, files: &Files) -> Result<(), OpenError> {
    for listed in &manifest.files {
        let Some(bytes) = files.get(&listed.name) else {
            return Err(OpenError::MissingFile(listed.name.clone()));
        };
        if bytes.len() as u64 != listed.size || sha256(bytes) != listed.sha256 {
            return Err(OpenError::FileMismatch(listed.name.clone()));
        }
    }
    let known = |name: &str| {
        matches!(name, "manifest.json" | "manifest.json.sig")
            || manifest.files.iter().any(|listed| listed.name == name)
    };
    match files.keys().find(|name| !known(name)) {
        Some(name) => Err(OpenError::ExtraFile(name.clone())),
        None => Ok(()),
    }
}

/// The record, which must be the one that the manifest announces.
fn draft_of(manifest: &Manifest, files: &Files) -> Result<Draft, OpenError> {
    let bytes = part(files, "referral.json")?;
    let draft: Draft = serde_json::from_slice(bytes)
        .map_err(|error| OpenError::NotAReferral(format!("referral.json: {error}")))?;
    let same = draft.header.id == manifest.referral
        && draft.header.version == manifest.version
        && draft.sender.authority.unit == manifest.sender.unit;
    if same { Ok(draft) } else { Err(OpenError::FileMismatch("referral.json".to_owned())) }
}

fn part<'a>(files: &'a Files, name: &str) -> Result<&'a [u8], OpenError> {
    let missing = || OpenError::MissingFile(name.to_owned());
    files.get(name).map(Vec::as_slice).ok_or_else(missing)
}
