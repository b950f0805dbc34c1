//! From matches to one of four answers, and the fixed words for "cannot say".

use amparo_model::{Match, MatchBasis, Novelty, Pdq};

/// Why nothing better than `Unsure` can be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnsureBecause {
    /// No list of known material is loaded, so "not in a list" would mean nothing.
    NoList,
    /// Neither the file nor a hash recorded by an app was there to look up.
    NothingToCompare,
    /// Only the hash that an app recorded was looked up; a re-encoded copy would be missed.
    NotFingerprinted,
    /// The bytes were read and are no picture, so appearance cannot be compared.
    NotAPicture,
    /// The picture has too few features for a statement of nearness.
    LowQuality,
    /// No loaded list carries a perceptual hash to compare with.
    NoPerceptualList,
}

impl UnsureBecause {
    /// The word kept in `NoveltyStatement::unsure_because`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoList => "no_list",
            Self::NothingToCompare => "nothing_to_compare",
            Self::NotFingerprinted => "not_fingerprinted",
            Self::NotAPicture => "not_a_picture",
            Self::LowQuality => "low_quality",
            Self::NoPerceptualList => "no_perceptual_list",
        }
    }
}

/// What was there to look up and what to look it up in.
pub(crate) struct Compared<'a> {
    pub(crate) has_alert_list: bool,
    pub(crate) has_perceptual_list: bool,
    pub(crate) has_hashes: bool,
    pub(crate) has_recorded: bool,
    pub(crate) pdq: Option<&'a Pdq>,
}

/// The answer, and the reason when it is `Unsure`. A hit speaks even where a miss could not.
pub(crate) fn answer(
    matches: &[Match],
    compared: &Compared<'_>,
) -> (Novelty, Option<UnsureBecause>) {
    if matches.iter().any(|found| matches!(found.basis, MatchBasis::Exact { .. })) {
        return (Novelty::Known, None);
    }
    if !matches.is_empty() {
        return (Novelty::NearKnown, None);
    }
    match unsure(compared) {
        Some(because) => (Novelty::Unsure, Some(because)),
        None => (Novelty::Unseen, None),
    }
}

fn unsure(compared: &Compared<'_>) -> Option<UnsureBecause> {
    if !compared.has_alert_list {
        return Some(UnsureBecause::NoList);
    }
    if !compared.has_hashes {
        return Some(match compared.has_recorded {
            true => UnsureBecause::NotFingerprinted,
            false => UnsureBecause::NothingToCompare,
        });
    }
    let Some(pdq) = compared.pdq else { return Some(UnsureBecause::NotAPicture) };
    if !pdq.matchable() {
        return Some(UnsureBecause::LowQuality);
    }
    (!compared.has_perceptual_list).then_some(UnsureBecause::NoPerceptualList)
}
