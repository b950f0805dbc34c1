//! From matches to one of four answers, and the fixed words for "cannot say".

use crate::KnownIndex;
use amparo_model::{
    Hashes, Look, Match, MatchBasis, Novelty, NoveltyStatement, Pdq, RecordedHash, Sha256,
};
use std::collections::BTreeMap;

/// What a file looks like, as far as its bytes were decoded.
#[derive(Debug, Clone, Copy)]
pub enum Looks<'a> {
    /// A picture by one hash.
    Picture(&'a Pdq),
    /// A picture by all its looks.
    AllOf {
        /// As it is shown; `None` where that has no hash.
        shown: Option<&'a Pdq>,
        /// Turned and mirrored; asked only where the settings say so.
        turned: &'a [Pdq],
        /// Later frames of an animation.
        later_frames: &'a [Pdq],
    },
    /// A video, by its frames in their order.
    Video {
        /// The hashes.
        frames: &'a [Pdq],
        /// False when only its key frames, or only a part of it, were looked at: that it is like no
        /// listed video cannot be said then.
        whole: bool,
    },
}

impl Looks<'_> {
    /// Whether anything in it is good enough for a statement of nearness.
    fn matchable(self) -> bool {
        match self {
            Self::Picture(pdq) => pdq.matchable(),
            Self::AllOf { shown, later_frames, .. } => {
                shown.into_iter().chain(later_frames).any(Pdq::matchable)
            }
            Self::Video { frames, .. } => frames.iter().any(Pdq::matchable),
        }
    }
}

/// Why nothing better than `Unsure` can be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnsureBecause {
    /// No list of known material is loaded, so "not in a list" would mean nothing.
    NoList,
    /// Neither the file nor a hash recorded by an app was there to look up.
    NothingToCompare,
    /// Only the hash that an app recorded was looked up; a re-encoded copy would be missed.
    NotFingerprinted,
    /// The bytes were read and show no appearance that could be compared.
    NotAPicture,
    /// The picture, or every frame of the video, has too few features for a statement of nearness.
    LowQuality,
    /// No loaded list that alerts carries a perceptual hash of its kind to compare with.
    NoPerceptualList,
    /// Only key frames, or only a part, of a video were looked at.
    PartlyExamined,
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
            Self::PartlyExamined => "partly_examined",
        }
    }
}

/// What was there to look up and what to look it up in.
struct Compared<'a> {
    has_alert_list: bool,
    has_perceptual_list: bool,
    has_hashes: bool,
    has_recorded: bool,
    looks: Option<Looks<'a>>,
}

impl KnownIndex {
    /// What may be said about one file: from its own hashes, from the hash an app recorded of it,
    /// from its appearance. `hashes` is `None` as long as no byte was read; `looks` is `None` when
    /// the bytes were not read or are neither picture nor video.
    #[must_use]
    pub fn novelty(
        &self,
        object: Sha256,
        hashes: Option<&Hashes>,
        recorded: Option<&RecordedHash>,
        looks: Option<Looks<'_>>,
    ) -> NoveltyStatement {
        let matches = self.all_matches(hashes, recorded, looks);
        let compared = Compared {
            has_alert_list: self.lists.iter().any(|list| list.header.purpose.alerts()),
            has_perceptual_list: looks.is_some_and(|looks| self.can_compare(looks)),
            has_hashes: hashes.is_some(),
            has_recorded: recorded.is_some(),
            looks,
        };
        let (novelty, because) = answer(&matches, &compared);
        NoveltyStatement {
            object,
            novelty,
            against: self.against(),
            threshold: self.settings.near_threshold,
            unsure_because: because.map(|word| word.as_str().to_owned()),
            matches,
        }
    }

    fn all_matches(
        &self,
        hashes: Option<&Hashes>,
        recorded: Option<&RecordedHash>,
        looks: Option<Looks<'_>>,
    ) -> Vec<Match> {
        let mut all = hashes.map(|hashes| self.exact(hashes)).unwrap_or_default();
        all.extend(recorded.map(|hash| self.recorded(hash)).unwrap_or_default());
        all.extend(match looks {
            Some(Looks::Picture(pdq)) => self.near(pdq),
            Some(Looks::AllOf { shown, turned, later_frames }) => {
                self.near_by_any(shown, turned, later_frames)
            }
            Some(Looks::Video { frames, .. }) => self.frames(frames),
            None => Vec::new(),
        });
        self.in_order(all)
    }

    /// The nearest match of each row, whichever look gave it.
    fn near_by_any(&self, shown: Option<&Pdq>, turned: &[Pdq], later_frames: &[Pdq]) -> Vec<Match> {
        let turned = if self.settings.turned { turned } else { &[] };
        let looks = shown.map(|pdq| (*pdq, Look::AsShown)).into_iter();
        let looks = looks.chain(turned.iter().map(|pdq| (*pdq, Look::Turned)));
        let looks = looks.chain(later_frames.iter().map(|pdq| (*pdq, Look::LaterFrame)));
        let (hashes, looks): (Vec<Pdq>, Vec<Look>) = looks.unzip();
        let mut best: BTreeMap<_, Match> = BTreeMap::new();
        for (matches, look) in self.near_many(&hashes).into_iter().zip(looks) {
            for mut found in matches {
                if let MatchBasis::Near { look: by, .. } = &mut found.basis {
                    *by = look;
                }
                let row = (found.hash_set.clone(), found.row.clone());
                let kept = best.entry(row).or_insert_with(|| found.clone());
                if found.basis < kept.basis {
                    *kept = found;
                }
            }
        }
        best.into_values().collect()
    }

    /// Whether a list that alerts holds anything of the same kind.
    fn can_compare(&self, looks: Looks<'_>) -> bool {
        let mut alerting = self.lists.iter().filter(|list| list.header.purpose.alerts());
        alerting.any(|list| match looks {
            Looks::Picture(_) | Looks::AllOf { .. } => list.file.counts().pdq > 0,
            Looks::Video { .. } => list.file.counts().frames > 0,
        })
    }
}

/// The answer, and the reason when it is `Unsure`. A hit speaks even where a miss could not.
fn answer(matches: &[Match], compared: &Compared<'_>) -> (Novelty, Option<UnsureBecause>) {
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
    let Some(looks) = compared.looks else { return Some(UnsureBecause::NotAPicture) };
    if !looks.matchable() {
        return Some(UnsureBecause::LowQuality);
    }
    if !compared.has_perceptual_list {
        return Some(UnsureBecause::NoPerceptualList);
    }
    let partly = matches!(looks, Looks::Video { whole: false, .. });
    partly.then_some(UnsureBecause::PartlyExamined)
}
