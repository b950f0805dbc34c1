//! Receipts: the addressee's signed answer, one small text file.
//!
//! ```text
//! -----BEGIN AMPARO RECEIPT-----
//! {"at":...,"manifest_sha256":...}          one line of sorted JSON, signed with its newline
//! -----END AMPARO RECEIPT-----
//! -----BEGIN SSH SIGNATURE-----             SSHSIG, namespace "amparo-receipt"
//! ```
//! With stock tools: `sed -n 2p FILE | ssh-keygen -Y verify -n amparo-receipt ...`.

use crate::canonical;
use crate::keys::{self, KeyError, RECEIPT_NAMESPACE, UnitCard, Verdict};
use crate::states::receipt_may_say;
use amparo_model::{ReferralId, ReferralReceipt, Sha256};

const BEGIN: &str = "-----BEGIN AMPARO RECEIPT-----\n";
const END: &str = "-----END AMPARO RECEIPT-----\n";
/// Longest receipt that is read, in bytes.
const MAX_BYTES: usize = 64 * 1024;

/// Why a receipt was not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Not a receipt, or damaged.
    #[error("the file is not a receipt or was damaged on the way ({0}); ask for it again")]
    Malformed(&'static str),
    /// The signature does not hold.
    #[error("the signature does not belong to this receipt; do not use it, call the unit")]
    BadSignature,
    /// Nobody here knows the key.
    #[error(
        "the receipt is signed with the unknown key {0}; \
        obtain the unit's card and compare the key by telephone"
    )]
    UnknownSigner(String),
    /// A known unit signed in the name of another.
    #[error("the receipt names {named:?} but {signer:?} signed it; call both units")]
    OtherUnit {
        /// In the receipt.
        named: String,
        /// On the card of the key.
        signer: String,
    },
    /// A receipt cannot say this.
    #[error("a receipt cannot announce {0:?}; it is the sender's own act")]
    NotAnAnswer(&'static str),
    /// It answers another referral or another text.
    #[error(
        "the receipt answers {0}, not the text that was sealed here; \
        ask the unit which file it opened"
    )]
    OtherText(String),
    /// A key is not usable.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Signs a receipt with the unit's OpenSSH Ed25519 key (PEM).
///
/// # Errors
/// [`ReceiptError::NotAnAnswer`] for a state that is the sender's own act;
/// [`ReceiptError::Key`] when the key is not usable.
pub fn acknowledge(
    receipt: &ReferralReceipt,
    signing_key_pem: &str,
) -> Result<Vec<u8>, ReceiptError> {
    if !receipt_may_say(receipt.state) {
        return Err(ReceiptError::NotAnAnswer(receipt.state.as_str()));
    }
    let line = canonical::line(receipt).map_err(|_| ReceiptError::Malformed("not writable"))?;
    let signature = keys::sign(signing_key_pem, RECEIPT_NAMESPACE, &line)?;
    let mut file = BEGIN.as_bytes().to_vec();
    file.extend_from_slice(&line);
    file.extend_from_slice(END.as_bytes());
    file.extend_from_slice(signature.as_bytes());
    Ok(file)
}

/// Reads a receipt that one of the `allowed` units signed. Pass the addressee's card alone, and
/// then [`answers`], before it moves anything.
///
/// # Errors
/// [`ReceiptError`]; every variant says what to do next.
pub fn open_receipt(bytes: &[u8], allowed: &[UnitCard]) -> Result<ReferralReceipt, ReceiptError> {
    let (line, signature) = split(bytes)?;
    let card = match keys::verify(signature.as_bytes(), RECEIPT_NAMESPACE, line.as_bytes(), allowed)
    {
        Verdict::Good(card) => card,
        Verdict::Stranger(key) => return Err(ReceiptError::UnknownSigner(key)),
        Verdict::Bad => return Err(ReceiptError::BadSignature),
    };
    let receipt: ReferralReceipt = serde_json::from_str(line)
        .map_err(|_| ReceiptError::Malformed("its text is no receipt"))?;
    if receipt.unit != card.unit {
        return Err(ReceiptError::OtherUnit { named: receipt.unit, signer: card.unit.clone() });
    }
    if !receipt_may_say(receipt.state) {
        return Err(ReceiptError::NotAnAnswer(receipt.state.as_str()));
    }
    Ok(receipt)
}

/// Checks that a receipt answers exactly the text that was sealed.
///
/// # Errors
/// [`ReceiptError::OtherText`].
pub fn answers(
    receipt: &ReferralReceipt,
    referral: &ReferralId,
    manifest_sha256: &Sha256,
) -> Result<(), ReceiptError> {
    let same = receipt.referral == *referral && receipt.manifest_sha256 == *manifest_sha256;
    if same { Ok(()) } else { Err(ReceiptError::OtherText(receipt.referral.to_string())) }
}

/// The signed line with its newline, and the signature.
fn split(bytes: &[u8]) -> Result<(&str, &str), ReceiptError> {
    if bytes.len() > MAX_BYTES {
        return Err(ReceiptError::Malformed("it is too long"));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| ReceiptError::Malformed("it is no text"))?;
    let body = text.strip_prefix(BEGIN).ok_or(ReceiptError::Malformed("its first line"))?;
    body.split_once(END).ok_or(ReceiptError::Malformed("it is cut"))
}
