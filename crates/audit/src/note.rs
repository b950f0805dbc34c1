//! Checkpoints as signed notes (c2sp.org/signed-note, c2sp.org/tlog-checkpoint).

use crate::{AuditError, Hash};
use data_encoding::{BASE64, HEXLOWER};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

/// Signature type of Ed25519 in a signed note.
const ED25519: u8 = 0x01;

/// What a checkpoint says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Checkpoint {
    /// Number of entries.
    pub size: u64,
    /// Root over them.
    pub root: Hash,
}

/// Name and keys of one log.
pub(crate) struct Keys {
    origin: String,
    public: VerifyingKey,
    secret: Option<SigningKey>,
}

/// The public key of a log as the text that a verifier takes: `name+hash+key`.
///
/// # Errors
/// [`AuditError::BadOrigin`].
pub fn vkey(seed: &[u8; 32], origin: &str) -> Result<String, AuditError> {
    Ok(Keys::from_seed(seed, origin)?.vkey())
}

impl Keys {
    pub(crate) fn from_seed(seed: &[u8; 32], origin: &str) -> Result<Self, AuditError> {
        if !usable(origin) {
            return Err(AuditError::BadOrigin { origin: origin.to_owned() });
        }
        let secret = SigningKey::from_bytes(seed);
        let public = secret.verifying_key();
        Ok(Self { origin: origin.to_owned(), public, secret: Some(secret) })
    }

    pub(crate) fn from_vkey(vkey: &str) -> Result<Self, AuditError> {
        let keys = parse_vkey(vkey.trim());
        keys.ok_or_else(|| AuditError::BadKey { vkey: vkey.trim().to_owned() })
    }

    pub(crate) fn vkey(&self) -> String {
        let key = [&[ED25519], self.public.as_bytes().as_slice()].concat();
        format!("{}+{}+{}", self.origin, HEXLOWER.encode(&self.id()), BASE64.encode(&key))
    }

    /// The whole note for a checkpoint.
    pub(crate) fn sign(&self, checkpoint: &Checkpoint) -> Result<String, AuditError> {
        let text =
            format!("{}\n{}\n{}\n", self.origin, checkpoint.size, BASE64.encode(&checkpoint.root));
        self.sign_text(&text)
    }

    /// Reads a note that this key signed.
    pub(crate) fn open(&self, note: &str) -> Result<Checkpoint, AuditError> {
        let foreign = || AuditError::ForeignCheckpoint { origin: self.origin.clone() };
        let at = note.rfind("\n\n").ok_or_else(foreign)?;
        let (text, signatures) = (note.get(..=at), note.get(at + 2..));
        let (Some(text), Some(signatures)) = (text, signatures) else { return Err(foreign()) };
        if !signatures.lines().any(|line| self.signed(text, line)) {
            return Err(foreign());
        }
        parse_text(text, &self.origin).ok_or_else(foreign)
    }

    fn sign_text(&self, text: &str) -> Result<String, AuditError> {
        let secret = self.secret.as_ref().ok_or(AuditError::ReadOnly)?;
        let signature = secret.sign(text.as_bytes()).to_bytes();
        let blob = [self.id().as_slice(), &signature].concat();
        Ok(format!("{text}\n\u{2014} {} {}\n", self.origin, BASE64.encode(&blob)))
    }

    fn signed(&self, text: &str, line: &str) -> bool {
        let Some(rest) = line.strip_prefix("\u{2014} ") else { return false };
        let Some((name, blob)) = rest.split_once(' ') else { return false };
        let Ok(blob) = BASE64.decode(blob.as_bytes()) else { return false };
        let Some((id, signature)) = blob.split_first_chunk::<4>() else { return false };
        let Ok(signature) = Signature::from_slice(signature) else { return false };
        name == self.origin
            && *id == self.id()
            && self.public.verify_strict(text.as_bytes(), &signature).is_ok()
    }

    /// First four bytes of SHA-256 over name, line feed, signature type and key.
    fn id(&self) -> [u8; 4] {
        let digest: Hash = Sha256::new_with_prefix(self.origin.as_bytes())
            .chain_update([b'\n', ED25519])
            .chain_update(self.public.as_bytes())
            .finalize()
            .into();
        let [a, b, c, d, ..] = digest;
        [a, b, c, d]
    }
}

fn usable(origin: &str) -> bool {
    let bad = |c: char| c == '+' || c.is_whitespace() || c.is_control();
    !origin.is_empty() && !origin.contains(bad)
}

fn parse_vkey(vkey: &str) -> Option<Keys> {
    let mut parts = vkey.splitn(3, '+');
    let (origin, id, key) = (parts.next()?, parts.next()?, parts.next()?);
    let key = BASE64.decode(key.as_bytes()).ok()?;
    let [ED25519, key @ ..] = key.as_slice() else { return None };
    let public = VerifyingKey::from_bytes(key.try_into().ok()?).ok()?;
    let keys = Keys { origin: origin.to_owned(), public, secret: None };
    (usable(origin) && HEXLOWER.encode(&keys.id()) == id).then_some(keys)
}

fn parse_text(text: &str, origin: &str) -> Option<Checkpoint> {
    let mut lines = text.lines();
    if lines.next()? != origin {
        return None;
    }
    let size = lines.next()?;
    let number: u64 = size.parse().ok()?;
    let root = BASE64.decode(lines.next()?.as_bytes()).ok()?.try_into().ok()?;
    (number.to_string() == size).then_some(Checkpoint { size: number, root })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: [u8; 32] = [7; 32];

    /// The example of Go's `golang.org/x/mod/sumdb/note`: same key, same text, same signature.
    #[test]
    fn notes_are_signed_as_the_reference_implementation_does() {
        let secret = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
        let seed = BASE64.decode(secret.as_bytes()).expect("base64");
        let seed: [u8; 32] = seed[1..].try_into().expect("a seed");
        let keys = Keys::from_seed(&seed, "PeterNeumann").expect("keys");
        assert_eq!(
            keys.vkey(),
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
        );
        let text = "If you think cryptography is the answer to your problem,\n\
            then you don't know what your problem is.\n";
        let expected = format!(
            "{text}\n\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FF\
            YC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
        );
        assert_eq!(keys.sign_text(text).expect("signed"), expected);
    }

    #[test]
    fn a_checkpoint_opens_with_its_key_only() {
        let keys = Keys::from_seed(&SEED, "unit.example/log").expect("keys");
        let checkpoint = Checkpoint { size: 12, root: [9; 32] };
        let note = keys.sign(&checkpoint).expect("signed");
        let reader = Keys::from_vkey(&keys.vkey()).expect("keys");
        assert_eq!(reader.open(&note).expect("opened"), checkpoint);
        let other = Keys::from_seed(&[8; 32], "unit.example/log").expect("keys");
        assert!(other.open(&note).is_err());
        assert!(keys.open(&note.replace("\n12\n", "\n13\n")).is_err());
        assert!(keys.open("").is_err());
    }

    #[test]
    fn names_and_keys_that_cannot_stand_in_a_note_are_refused() {
        for bad in ["", "a b", "a+b", "a\nb"] {
            assert!(Keys::from_seed(&SEED, bad).is_err(), "{bad:?}");
        }
        let vkey = vkey(&SEED, "log").expect("a key");
        assert!(Keys::from_vkey(&vkey.replace("log", "lag")).is_err());
        assert!(Keys::from_vkey("log+0+0").is_err());
    }
}
