//! Fingerprints as values: cryptographic hashes and the perceptual hash PDQ.

use data_encoding::{BASE64, HEXLOWER, HEXLOWER_PERMISSIVE};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The text is no hash of the length asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a {name} hash; expected {digits} hexadecimal digits")]
pub struct ParseHashError {
    /// The hash asked for.
    pub name: &'static str,
    /// How many digits it has.
    pub digits: usize,
    /// The text as offered, at most 80 characters of it.
    pub text: String,
}

macro_rules! hash {
    ($(#[$doc:meta])* $name:ident, $label:literal, $bytes:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(pub [u8; $bytes]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&HEXLOWER.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}:{self}", $label)
            }
        }

        impl FromStr for $name {
            type Err = ParseHashError;
            /// Accepts either case and surrounding blanks, as lists in the field have them.
            fn from_str(text: &str) -> Result<Self, ParseHashError> {
                decode(text.trim()).map(Self).ok_or_else(|| ParseHashError {
                    name: $label,
                    digits: $bytes * 2,
                    text: text.chars().take(80).collect(),
                })
            }
        }

        impl TryFrom<String> for $name {
            type Error = ParseHashError;
            fn try_from(text: String) -> Result<Self, ParseHashError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(hash: $name) -> String {
                hash.to_string()
            }
        }
    };
}

hash!(
    /// SHA-256; the name of an object.
    Sha256, "SHA-256", 32
);
hash!(
    /// SHA-1, as many police lists carry it.
    Sha1, "SHA-1", 20
);
hash!(
    /// MD5, the key of VICS hash sets.
    Md5, "MD5", 16
);

hash!(
    /// PhotoDNA, 144 bytes. Its computation is licensed and not part of this project.
    PhotoDna, "PhotoDNA", 144
);

impl PhotoDna {
    /// Reads either form in which lists carry it: 288 hexadecimal digits or 192 characters of
    /// base64, whose case is never folded.
    ///
    /// # Errors
    /// [`ParseHashError`] when it is neither.
    pub fn from_list(text: &str) -> Result<Self, ParseHashError> {
        let bytes = BASE64.decode(text.trim().as_bytes()).ok().and_then(|b| b.try_into().ok());
        bytes.map_or_else(|| text.parse(), |bytes| Ok(Self(bytes)))
    }

    /// The base64 form of VICS 2.0.
    #[must_use]
    pub fn to_base64(&self) -> String {
        BASE64.encode(&self.0)
    }
}

impl Md5 {
    /// The hash of the empty file, which real lists contain and which must never match.
    pub const EMPTY_FILE: Self = Self([
        0xd4, 0x1d, 0x8c, 0xd9, 0x8f, 0x00, 0xb2, 0x04, 0xe9, 0x80, 0x09, 0x98, 0xec, 0xf8, 0x42,
        0x7e,
    ]);
}

impl Sha1 {
    /// See [`Md5::EMPTY_FILE`].
    pub const EMPTY_FILE: Self = Self([
        0xda, 0x39, 0xa3, 0xee, 0x5e, 0x6b, 0x4b, 0x0d, 0x32, 0x55, 0xbf, 0xef, 0x95, 0x60, 0x18,
        0x90, 0xaf, 0xd8, 0x07, 0x09,
    ]);
}

impl Sha256 {
    /// See [`Md5::EMPTY_FILE`].
    pub const EMPTY_FILE: Self = Self([
        0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9,
        0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52,
        0xb8, 0x55,
    ]);

    /// Reads the base64 form in which WhatsApp and others store SHA-256; `None` unless it holds
    /// exactly 32 bytes.
    #[must_use]
    pub fn from_base64(text: &str) -> Option<Self> {
        BASE64.decode(text.trim().as_bytes()).ok()?.try_into().ok().map(Self)
    }
}

/// The perceptual hash PDQ (256 bits) with its quality (0 to 100).
/// Source of the algorithm: Meta, ThreatExchange, "The TMK+PDQF video-hashing algorithm and the PDQ
/// image-hashing algorithm" (2019).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Pdq {
    /// The 256 bits, most significant word first, as other tools print them.
    pub bits: Bits256,
    /// 0 (featureless) to 100; below [`Pdq::MATCHABLE_QUALITY`] it is noise.
    pub quality: u8,
}

hash!(
    /// 256 bits that are no SHA-256; a type of its own so that nobody mixes them up.
    Bits256, "256-bit", 32
);

impl Pdq {
    /// Hashes of lower quality differ wildly between decoders and never match.
    pub const MATCHABLE_QUALITY: u8 = 50;

    /// Number of differing bits, 0 to 256.
    #[must_use]
    pub fn distance(&self, other: &Self) -> u32 {
        self.bits.0.iter().zip(other.bits.0).map(|(a, b)| (a ^ b).count_ones()).sum()
    }

    /// Whether the quality allows any statement of nearness.
    #[must_use]
    pub fn matchable(&self) -> bool {
        self.quality >= Self::MATCHABLE_QUALITY
    }
}

/// All fingerprints of one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hashes {
    /// Length in bytes.
    pub size: u64,
    /// MD5 of the whole content.
    pub md5: Md5,
    /// SHA-1 of the whole content.
    pub sha1: Sha1,
    /// SHA-256 of the whole content.
    pub sha256: Sha256,
}

/// Which algorithm a hash was made with; never inferred from its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HashAlgorithm {
    /// MD5.
    Md5,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// PDQ.
    Pdq,
}

impl fmt::Display for HashAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Pdq => "PDQ",
        })
    }
}

/// A hash that somebody else stated: the app in its own store, a provider in a tip, a list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RecordedHash {
    /// As the source names it.
    pub algorithm: HashAlgorithm,
    /// Lower-case hexadecimal.
    pub value: String,
}

fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_read_either_case_and_refuse_other_lengths() {
        let text = "D41D8CD98F00B204E9800998ECF8427E";
        assert_eq!(text.parse::<Md5>(), Ok(Md5::EMPTY_FILE));
        let error = "abc".parse::<Md5>().unwrap_err().to_string();
        assert!(error.contains("32 hexadecimal digits"), "{error}");
    }

    #[test]
    fn base64_of_other_lengths_is_no_sha256() {
        assert!(Sha256::from_base64("AAAA").is_none());
        assert!(Sha256::from_base64(&BASE64.encode(&[7; 32])).is_some());
    }

    #[test]
    fn photodna_reads_both_forms_and_keeps_the_case_of_base64() {
        let hash = PhotoDna(std::array::from_fn(|at| u8::try_from(at).unwrap()));
        assert_eq!(PhotoDna::from_list(&hash.to_base64()), Ok(hash));
        assert_eq!(PhotoDna::from_list(&hash.to_string().to_uppercase()), Ok(hash));
        assert!(PhotoDna::from_list(&hash.to_base64().to_uppercase()) != Ok(hash));
        assert!(PhotoDna::from_list("AAAA").is_err());
    }

    #[test]
    fn distance_counts_differing_bits() {
        let zero = Pdq { bits: Bits256([0; 32]), quality: 100 };
        let mut one = zero;
        one.bits.0[31] = 0b101;
        assert_eq!(zero.distance(&one), 2);
    }
}
