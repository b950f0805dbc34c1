//! Notes, read line by line from the specification's text (c2sp.org/signed-note).

use crate::{Hash, Tampered};
use data_encoding::{BASE64, HEXLOWER};
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

/// The key that a log is known by.
pub(crate) struct Verifier {
    name: String,
    id: Vec<u8>,
    key: VerifyingKey,
}

/// What a checkpoint commits to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Commitment {
    pub entries: u64,
    pub root: Hash,
}

impl Verifier {
    /// Reads `name+hash+key`; the name may not hold `+`, the base64 of the key may.
    pub(crate) fn parse(vkey: &str) -> Result<Self, Tampered> {
        let vkey = vkey.trim();
        let (name, rest) = vkey.split_once('+').ok_or(Tampered::Key)?;
        let (id, key) = rest.split_once('+').ok_or(Tampered::Key)?;
        let id = HEXLOWER.decode(id.as_bytes()).map_err(|_| Tampered::Key)?;
        let key = BASE64.decode(key.as_bytes()).map_err(|_| Tampered::Key)?;
        let named = [name.as_bytes(), b"\n", key.as_slice()].concat();
        if !Sha256::digest(named).starts_with(&id) || id.len() != 4 || name.is_empty() {
            return Err(Tampered::Key);
        }
        let raw = key.strip_prefix(&[1]).ok_or(Tampered::Key)?;
        let raw = raw.try_into().map_err(|_| Tampered::Key)?;
        let key = VerifyingKey::from_bytes(raw).map_err(|_| Tampered::Key)?;
        Ok(Self { name: name.to_owned(), id, key })
    }

    /// Reads a checkpoint and its signature.
    ///
    /// # Errors
    /// A fragment that says what is wrong with it.
    pub(crate) fn open(&self, note: &str) -> Result<Commitment, &'static str> {
        let (body, signatures) = note.split_once("\n\n").ok_or("is not a signed note")?;
        let signatures = signatures.strip_suffix('\n').ok_or("is cut at its end")?;
        let signed = format!("{body}\n");
        let mut seen = false;
        for line in signatures.split('\n') {
            let (name, blob) = signature_line(line).ok_or("has a malformed signature")?;
            if name != self.name || !blob.starts_with(&self.id) {
                continue;
            }
            self.check(&signed, &blob)?;
            seen = true;
        }
        if !seen {
            return Err("is not signed by this log");
        }
        self.commitment(body).ok_or("is signed but is not a checkpoint of this log")
    }

    fn check(&self, signed: &str, blob: &[u8]) -> Result<(), &'static str> {
        let bytes = blob.get(4..).unwrap_or_default();
        let signature = Signature::from_slice(bytes).map_err(|_| "has a malformed signature")?;
        let outcome = self.key.verify_strict(signed.as_bytes(), &signature);
        outcome.map_err(|_| "has a false signature")
    }

    /// Origin, size, root; further lines are extensions that a later version may add.
    fn commitment(&self, body: &str) -> Option<Commitment> {
        let mut lines = body.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let plain =
            size.bytes().all(|b| b.is_ascii_digit()) && (size == "0" || !size.starts_with('0'));
        if origin != self.name || !plain {
            return None;
        }
        let root = BASE64.decode(root.as_bytes()).ok()?.try_into().ok()?;
        Some(Commitment { entries: size.parse().ok()?, root })
    }
}

fn signature_line(line: &str) -> Option<(&str, Vec<u8>)> {
    let (name, blob) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
    let blob = BASE64.decode(blob.as_bytes()).ok()?;
    (!name.is_empty() && blob.len() > 4).then_some((name, blob))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Key and note of the example of Go's `golang.org/x/mod/sumdb/note`.
    const VKEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const NOTE: &str = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\n\u{2014} PeterNeumann \
        x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJ\
        nAM=\n";

    #[test]
    fn a_note_of_the_reference_implementation_is_genuine_but_no_checkpoint() {
        let verifier = Verifier::parse(VKEY).expect("a key");
        let check = |note: &str, why| assert_eq!(verifier.open(note), Err(why));
        check(NOTE, "is signed but is not a checkpoint of this log");
        check(&NOTE.replace("answer", "Answer"), "has a false signature");
        check(&NOTE.replace("Neumann ", "Newmann "), "is not signed by this log");
        check(NOTE.trim_end(), "is cut at its end");
        check("", "is not a signed note");
    }

    #[test]
    fn keys_with_another_name_or_hash_are_refused() {
        for bad in [VKEY.replace("Peter", "Pater"), VKEY.replace("c74f", "c74e"), "x".into()] {
            assert!(matches!(Verifier::parse(&bad), Err(Tampered::Key)), "{bad}");
        }
    }
}
