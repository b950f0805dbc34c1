//! Sealing: an approved draft becomes one file that only the addressee can open and that nobody
//! can change, re-address or claim unnoticed.
//!
//! `age(tar(manifest.json, manifest.json.sig, referral.json, referral.jsonld, referral.LANG.pdf))`

use crate::check::{Gap, blocked, check};
use crate::draft::Draft;
use crate::keys::{self, KeyError, REFERRAL_NAMESPACE, UnitCard, sha256};
use crate::manifest::{FORMAT, Manifest, ManifestAddressee, ManifestFile, ManifestSender};
use crate::package::{self, Files};
use crate::{canonical, jsonld, pdf};
use amparo_model::{Sha256, UtcMillis};
use amparo_text::Lang;

/// What sealing needs.
#[derive(Debug, Clone, Copy)]
pub struct Sealing<'a> {
    /// An approved draft.
    pub draft: &'a Draft,
    /// The unit's OpenSSH Ed25519 private key (PEM).
    pub signing_key_pem: &'a str,
    /// The unit's own card; must belong to the key.
    pub sender: &'a UnitCard,
    /// The addressee's card; must be the one named in the draft.
    pub addressee: &'a UnitCard,
    /// When, by the clock in force.
    pub at: UtcMillis,
}

/// A sealed referral.
#[derive(Debug, Clone)]
pub struct Sealed {
    /// The file to hand over.
    pub bytes: Vec<u8>,
    /// What was signed.
    pub manifest: Manifest,
    /// SHA-256 of `manifest.json`: receipts repeat it.
    pub manifest_sha256: Sha256,
    /// The JSON-LD inside, for the sender's own files.
    pub jsonld: Vec<u8>,
    /// The documents inside: `(file name, bytes)`.
    pub documents: Vec<(String, Vec<u8>)>,
}

/// Why nothing was sealed. Nothing is ever sealed in part.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The gate holds it.
    #[error("the referral is incomplete in {} places; run `amparo referral check`", .0.len())]
    Incomplete(Vec<Gap>),
    /// Nobody approved it, or it was edited since.
    #[error("the referral is not approved; run `amparo referral approve` as a second person")]
    NotApproved,
    /// The card is not that of the addressee in the draft.
    #[error(
        "the card of {card:?} is not the addressee {draft:?} of the referral; \
        choose the right card or draft a new version"
    )]
    OtherAddressee {
        /// Unit on the card.
        card: String,
        /// Unit in the draft.
        draft: String,
    },
    /// The signing key is not the one on the sender's card.
    #[error("the signing key is not the one on this unit's card; other units could not verify it")]
    OtherSigner,
    /// A key is not usable.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A document could not be made: a defect of this program, or text it cannot print.
    #[error("the {what} could not be made: {why}; please report this")]
    Document {
        /// Which one.
        what: &'static str,
        /// What happened.
        why: String,
    },
}

impl SealError {
    fn document(what: &'static str, why: impl ToString) -> Self {
        Self::Document { what, why: why.to_string() }
    }
}

/// Seals an approved draft for its addressee.
///
/// # Errors
/// [`SealError`]; every variant says what to do next.
pub fn seal(sealing: &Sealing<'_>) -> Result<Sealed, SealError> {
    admit(sealing)?;
    let jsonld = jsonld::write(sealing.draft).map_err(|e| SealError::document("JSON-LD", e))?;
    let mut files = documents(sealing.draft, &jsonld)?;
    let record = canonical::pretty(sealing.draft);
    files.insert("referral.json".to_owned(), record.map_err(|e| SealError::document("record", e))?);
    files.insert("referral.jsonld".to_owned(), jsonld.clone());
    let manifest = manifest(sealing, &files);
    let manifest_bytes =
        canonical::pretty(&manifest).map_err(|e| SealError::document("manifest", e))?;
    let signature = keys::sign(sealing.signing_key_pem, REFERRAL_NAMESPACE, &manifest_bytes)?;
    let manifest_sha256 = sha256(&manifest_bytes);
    let documents = files
        .iter()
        .filter(|(name, _)| name.ends_with(".pdf"))
        .map(|(name, bytes)| (name.clone(), bytes.clone()))
        .collect();
    files.insert("manifest.json".to_owned(), manifest_bytes);
    files.insert("manifest.json.sig".to_owned(), signature.into_bytes());
    let modified_s = u64::try_from(sealing.at.0 / 1000).unwrap_or(0);
    let tar = package::write(&files, modified_s).map_err(|e| SealError::document("package", e))?;
    let bytes = age::encrypt(&sealing.addressee.recipient()?, &tar)
        .map_err(|e| SealError::document("encrypted file", e))?;
    Ok(Sealed { bytes, manifest, manifest_sha256, jsonld, documents })
}

/// Everything that must hold before a byte is written.
fn admit(sealing: &Sealing<'_>) -> Result<(), SealError> {
    let draft = sealing.draft;
    let gaps = check(draft);
    if blocked(&gaps) {
        return Err(SealError::Incomplete(gaps));
    }
    if draft.signers.approved_by.is_none() || draft.signers.approved_at.is_none() {
        return Err(SealError::NotApproved);
    }
    if draft.addressee.age_recipient != sealing.addressee.age_recipient {
        return Err(SealError::OtherAddressee {
            card: sealing.addressee.unit.clone(),
            draft: draft.addressee.authority.unit.clone(),
        });
    }
    let public = sealing.sender.public_key()?;
    let ours = keys::public_key_of(sealing.signing_key_pem)?;
    let same = ssh_key::PublicKey::from_openssh(&ours)
        .is_ok_and(|key| key.key_data() == public.key_data());
    if same { Ok(()) } else { Err(SealError::OtherSigner) }
}

/// One document per language of the draft.
fn documents(draft: &Draft, jsonld: &[u8]) -> Result<Files, SealError> {
    let mut files = Files::new();
    for code in &draft.header.languages {
        let lang: Lang = code.parse().map_err(|e| SealError::document("document", e))?;
        let bytes = pdf::write(draft, lang, &sha256(jsonld))
            .map_err(|e| SealError::document("document", e))?;
        files.insert(format!("referral.{lang}.pdf"), bytes);
    }
    Ok(files)
}

fn manifest(sealing: &Sealing<'_>, files: &Files) -> Manifest {
    let draft = sealing.draft;
    let described = |(name, bytes): (&String, &Vec<u8>)| ManifestFile {
        name: name.clone(),
        size: bytes.len() as u64,
        sha256: sha256(bytes),
    };
    Manifest {
        format: FORMAT.to_owned(),
        referral: draft.header.id.clone(),
        version: draft.header.version,
        sender: ManifestSender {
            unit: sealing.sender.unit.clone(),
            ssh_public_key: sealing.sender.ssh_public_key.clone(),
        },
        addressee: ManifestAddressee {
            unit: sealing.addressee.unit.clone(),
            age_recipient: sealing.addressee.age_recipient.clone(),
        },
        created_at: sealing.at,
        handling: draft.handling.codes.clone(),
        files: files.iter().map(described).collect(),
        software: draft.software.clone(),
    }
}
