//! A unit's keys and its public card.
//!
//! A unit signs with an OpenSSH Ed25519 key and opens with an age X25519 identity, both in the
//! formats of the stock tools (`ssh-keygen`, `age`), so that any unit can check and open a referral
//! without this program. Cards are exchanged once, over a channel that both units trust.

use amparo_model::Sha256;
use bech32::{Bech32, Hrp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256 as Hasher};
use ssh_key::private::{Ed25519Keypair, KeypairData};
use ssh_key::{HashAlg, LineEnding, PrivateKey, PublicKey, SshSig};

/// SSHSIG namespace of a referral's manifest: a signature made for anything else is no referral.
pub const REFERRAL_NAMESPACE: &str = "amparo-referral";
/// SSHSIG namespace of a receipt.
pub const RECEIPT_NAMESPACE: &str = "amparo-receipt";

/// A key or a card cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The signing key is no unencrypted OpenSSH Ed25519 private key.
    #[error(
        "the signing key is not an unencrypted OpenSSH Ed25519 key; \
        restore it from the unit's backup or make new keys and exchange cards again"
    )]
    SigningKey,
    /// The identity is no age X25519 identity.
    #[error(
        "the identity is not of the form AGE-SECRET-KEY-1...; \
        restore it from the unit's backup"
    )]
    Identity,
    /// The card cannot be read, or one of its keys is malformed.
    #[error("the unit card is not usable ({0}); ask the unit for its card again")]
    Card(String),
}

/// The secret keys of a unit. Never logged, never part of a referral.
#[derive(Clone, PartialEq, Eq)]
pub struct UnitKeys {
    /// OpenSSH private key (PEM).
    pub signing_key_pem: String,
    /// `AGE-SECRET-KEY-1...`.
    pub age_identity: String,
}

impl std::fmt::Debug for UnitKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("UnitKeys(secret)")
    }
}

/// What other units know of a unit; exchanged as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitCard {
    /// Unit name.
    pub unit: String,
    /// ISO 3166-1 alpha-2 country code.
    pub country: String,
    /// Telephone answered at all hours.
    pub phone_24_7: String,
    /// Secure mailbox.
    pub mailbox: String,
    /// `ssh-ed25519 AAAA...`: checks what the unit signs.
    pub ssh_public_key: String,
    /// `age1...`: encrypts what only the unit may open.
    pub age_recipient: String,
}

impl UnitKeys {
    /// Makes both keys from seeds of 32 random bytes each, which the caller draws.
    ///
    /// An age identity is the bech32 text of the 32 bytes of its X25519 secret
    /// (source: age specification, C2SP `age.md`, "The X25519 recipient type").
    ///
    /// # Errors
    /// [`KeyError`] when a key cannot be written; that would be a defect of this program.
    pub fn from_seeds(signing: &[u8; 32], age: &[u8; 32], unit: &str) -> Result<Self, KeyError> {
        let pair = KeypairData::Ed25519(Ed25519Keypair::from_seed(signing));
        let key = PrivateKey::new(pair, principal(unit)).map_err(|_| KeyError::SigningKey)?;
        let pem = key.to_openssh(LineEnding::LF).map_err(|_| KeyError::SigningKey)?;
        let hrp = Hrp::parse("age-secret-key-").map_err(|_| KeyError::Identity)?;
        let text = bech32::encode::<Bech32>(hrp, age).map_err(|_| KeyError::Identity)?;
        Ok(Self { signing_key_pem: pem.to_string(), age_identity: text.to_ascii_uppercase() })
    }

    /// The public card that belongs to these keys.
    ///
    /// # Errors
    /// [`KeyError`] naming the key that is not usable.
    pub fn card(
        &self,
        unit: &str,
        country: &str,
        phone_24_7: &str,
        mailbox: &str,
    ) -> Result<UnitCard, KeyError> {
        Ok(UnitCard {
            unit: unit.to_owned(),
            country: country.to_owned(),
            phone_24_7: phone_24_7.to_owned(),
            mailbox: mailbox.to_owned(),
            ssh_public_key: public_key_of(&self.signing_key_pem)?,
            age_recipient: recipient_of(&self.age_identity)?,
        })
    }
}

impl UnitCard {
    /// Reads a card and checks that both keys are well formed.
    ///
    /// # Errors
    /// [`KeyError::Card`] saying what is wrong.
    pub fn from_json(bytes: &[u8]) -> Result<Self, KeyError> {
        let card: Self =
            serde_json::from_slice(bytes).map_err(|error| KeyError::Card(error.to_string()))?;
        card.public_key()?;
        card.recipient()?;
        if card.unit.trim().is_empty() {
            return Err(KeyError::Card("the unit has no name".to_owned()));
        }
        Ok(card)
    }

    /// The card as JSON, to hand to other units.
    ///
    /// # Errors
    /// [`KeyError::Card`] when it cannot be written.
    pub fn to_json(&self) -> Result<Vec<u8>, KeyError> {
        crate::canonical::pretty(self).map_err(|error| KeyError::Card(error.to_string()))
    }

    /// The name under which stock tools know the unit: letters, digits and hyphens.
    #[must_use]
    pub fn principal(&self) -> String {
        principal(&self.unit)
    }

    /// A line for the `allowed_signers` file of `ssh-keygen -Y verify`.
    #[must_use]
    pub fn allowed_signers_line(&self) -> String {
        format!(
            "{} namespaces=\"{REFERRAL_NAMESPACE},{RECEIPT_NAMESPACE}\" {}\n",
            self.principal(),
            self.ssh_public_key.trim()
        )
    }

    /// `SHA256:...`, to be compared by telephone before a card is trusted.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.public_key().map_or_else(
            |_| "unreadable key".to_owned(),
            |key| key.fingerprint(HashAlg::Sha256).to_string(),
        )
    }

    pub(crate) fn public_key(&self) -> Result<PublicKey, KeyError> {
        let key = PublicKey::from_openssh(&self.ssh_public_key)
            .map_err(|error| KeyError::Card(error.to_string()))?;
        match key.algorithm() {
            ssh_key::Algorithm::Ed25519 => Ok(key),
            other => Err(KeyError::Card(format!("{other} keys are not used"))),
        }
    }

    pub(crate) fn recipient(&self) -> Result<age::x25519::Recipient, KeyError> {
        self.age_recipient.parse().map_err(|error: &str| KeyError::Card(error.to_owned()))
    }
}

/// The public key (`ssh-ed25519 AAAA...`) of a private key in PEM.
///
/// # Errors
/// [`KeyError::SigningKey`].
pub fn public_key_of(signing_key_pem: &str) -> Result<String, KeyError> {
    let mut public = signing_key(signing_key_pem)?.public_key().clone();
    public.set_comment("");
    Ok(public.to_openssh().map_err(|_| KeyError::SigningKey)?.trim().to_owned())
}

/// The recipient (`age1...`) of an identity.
///
/// # Errors
/// [`KeyError::Identity`].
pub fn recipient_of(age_identity: &str) -> Result<String, KeyError> {
    Ok(identity(age_identity)?.to_public().to_string())
}

pub(crate) fn identity(text: &str) -> Result<age::x25519::Identity, KeyError> {
    text.trim().parse().map_err(|_| KeyError::Identity)
}

fn signing_key(pem: &str) -> Result<PrivateKey, KeyError> {
    let key = PrivateKey::from_openssh(pem).map_err(|_| KeyError::SigningKey)?;
    let usable = key.algorithm() == ssh_key::Algorithm::Ed25519 && !key.is_encrypted();
    if usable { Ok(key) } else { Err(KeyError::SigningKey) }
}

/// An armored SSHSIG over the bytes. Ed25519 is deterministic: same bytes, same signature.
pub(crate) fn sign(pem: &str, namespace: &str, bytes: &[u8]) -> Result<String, KeyError> {
    let signature = signing_key(pem)?
        .sign(namespace, HashAlg::Sha512, bytes)
        .map_err(|_| KeyError::SigningKey)?;
    signature.to_pem(LineEnding::LF).map_err(|_| KeyError::SigningKey)
}

/// What a signature turned out to be.
pub(crate) enum Verdict<'a> {
    /// By the unit of this card.
    Good(&'a UnitCard),
    /// By a key that no card holds; its fingerprint.
    Stranger(String),
    /// Not a signature over these bytes.
    Bad,
}

/// Checks an armored SSHSIG against the cards that are trusted.
pub(crate) fn verify<'a>(
    signature: &[u8],
    namespace: &str,
    bytes: &[u8],
    allowed: &'a [UnitCard],
) -> Verdict<'a> {
    let Ok(signature) = SshSig::from_pem(signature) else { return Verdict::Bad };
    let signer = PublicKey::new(signature.public_key().clone(), "");
    if signer.verify(namespace, bytes, &signature).is_err() {
        return Verdict::Bad;
    }
    let same = |card: &&UnitCard| {
        card.public_key().is_ok_and(|key| key.key_data() == signature.public_key())
    };
    match allowed.iter().find(same) {
        Some(card) => Verdict::Good(card),
        None => Verdict::Stranger(signer.fingerprint(HashAlg::Sha256).to_string()),
    }
}

pub(crate) fn sha256(bytes: &[u8]) -> Sha256 {
    Sha256(Hasher::digest(bytes).into())
}

fn principal(unit: &str) -> String {
    let mut name: String = unit
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    while name.contains("--") {
        name = name.replace("--", "-");
    }
    let name = name.trim_matches('-');
    if name.is_empty() { "unit".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(seed: u8) -> UnitKeys {
        UnitKeys::from_seeds(&[seed; 32], &[seed + 1; 32], "Unidad Ñ 1").unwrap()
    }

    #[test]
    fn keys_come_from_their_seeds_alone() {
        assert_eq!(keys(1), keys(1));
        assert_ne!(keys(1), keys(3));
        assert!(keys(1).age_identity.starts_with("AGE-SECRET-KEY-1"));
        assert!(format!("{:?}", keys(1)).len() < 20);
    }

    #[test]
    fn a_card_survives_the_exchange_and_a_damaged_one_is_refused() {
        let card = keys(1).card("Unidad Ñ 1", "ES", "+34 900 000 000", "a@example.org").unwrap();
        assert_eq!(UnitCard::from_json(&card.to_json().unwrap()), Ok(card.clone()));
        assert_eq!(card.principal(), "unidad-1");
        let check = |from: &str, to: &str| {
            let text = String::from_utf8(card.to_json().unwrap()).unwrap().replace(from, to);
            assert!(UnitCard::from_json(text.as_bytes()).is_err(), "{from} -> {to}");
        };
        check("ssh-ed25519 AAAA", "ssh-ed25519 AAAB");
        check("age1", "age2");
        check("\"unit\"", "\"unitt\"");
    }

    #[test]
    fn a_signature_holds_for_its_bytes_namespace_and_signer_only() {
        let (ours, theirs) = (keys(1), keys(5));
        let card = ours.card("A", "ES", "1", "a").unwrap();
        let other = theirs.card("B", "AR", "1", "b").unwrap();
        let signature = sign(&ours.signing_key_pem, REFERRAL_NAMESPACE, b"text").unwrap();
        let check = |namespace, bytes: &[u8], allowed: &[UnitCard]| match verify(
            signature.as_bytes(),
            namespace,
            bytes,
            allowed,
        ) {
            Verdict::Good(_) => "good",
            Verdict::Stranger(_) => "stranger",
            Verdict::Bad => "bad",
        };
        assert_eq!(check(REFERRAL_NAMESPACE, b"text", &[other.clone(), card.clone()]), "good");
        assert_eq!(check(REFERRAL_NAMESPACE, b"texu", std::slice::from_ref(&card)), "bad");
        assert_eq!(check(RECEIPT_NAMESPACE, b"text", &[card]), "bad");
        assert_eq!(check(REFERRAL_NAMESPACE, b"text", &[other]), "stranger");
    }
}
