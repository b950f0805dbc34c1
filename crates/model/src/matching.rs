//! What a look-up in the known-hash lists may say.

use crate::{Category, HashAlgorithm, HashSetId, Place, Sha256};
use serde::{Deserialize, Serialize};

/// One hit of one hash in one list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Match {
    /// Which list.
    pub hash_set: HashSetId,
    /// The list's date.
    pub dated: String,
    /// The list's version, if it states one.
    pub version: Option<String>,
    /// Where in the list's file the row lies.
    pub row: Place,
    /// How it hit.
    pub basis: MatchBasis,
    /// The list's verdict, unchanged; `None` when the list gives none.
    pub category: Option<Category>,
    /// The list's series, if any.
    pub series: Option<String>,
    /// Whether the list says that the material is in wide circulation; absent is not "no".
    pub is_distributed: Option<bool>,
    /// False when the list is one of known harmless files.
    pub alert: bool,
}

/// How a match was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchBasis {
    /// Equal hash.
    Exact {
        /// Which hash was equal.
        algorithm: HashAlgorithm,
        /// True when the hash was the one that an app recorded and no byte of the file was read.
        recorded_by_app: bool,
    },
    /// Perceptual hash within the threshold.
    Near {
        /// Differing bits.
        distance: u32,
        /// Threshold in force.
        threshold: u32,
        /// Which look of the file was near.
        #[serde(default)]
        look: Look,
    },
    /// Enough frames of a video within the threshold of frames of a listed video.
    Frames {
        /// Share of the examined video's frames that have a counterpart, in percent.
        query_percent: u8,
        /// Share of the listed video's frames that have a counterpart, in percent.
        list_percent: u8,
        /// Threshold for one frame in force, in bits.
        threshold: u32,
        /// Least share in force, in percent, which both have to reach.
        min_percent: u8,
    },
}

/// By which of its looks a picture was compared.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// As it is shown; of an animation, its first frame.
    #[default]
    AsShown,
    /// Turned by a quarter or half, or mirrored.
    Turned,
    /// A later frame of an animation.
    LaterFrame,
}

/// The four answers to "has this been seen before?".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Novelty {
    /// An exact hash is in a list.
    Known,
    /// A perceptual hash is within the threshold of one in a list.
    NearKnown,
    /// It could not be compared well enough to say.
    Unsure,
    /// Compared exactly and perceptually; in none of the lists named.
    Unseen,
}

impl Novelty {
    /// The word used in tables and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::NearKnown => "near_known",
            Self::Unsure => "unsure",
            Self::Unseen => "unseen",
        }
    }
}

/// A novelty with all that it rests on: "unseen" is relative to lists, dates, algorithm, threshold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoveltyStatement {
    /// The file.
    pub object: Sha256,
    /// The answer.
    pub novelty: Novelty,
    /// Lists compared against, with their dates: `(id, dated)`, sorted.
    pub against: Vec<(HashSetId, String)>,
    /// PDQ threshold in force.
    pub threshold: u32,
    /// Why `Unsure`, in a fixed word: `no_list`, `no_perceptual_list`, `nothing_to_compare`,
    /// `not_fingerprinted`, `not_a_picture`, `low_quality`, `partly_examined`.
    pub unsure_because: Option<String>,
    /// All matches, best first.
    pub matches: Vec<Match>,
}
