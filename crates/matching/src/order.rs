//! The order in which matches are shown, and which of them say the same.

use crate::crosswalk::Crosswalk;
use amparo_model::{Category, HashAlgorithm, HashSetId, Match, MatchBasis};
use std::collections::BTreeSet;

/// Best first: alert before known-good, codes that say "not illegal" last among alerts, exact
/// before near, read before recorded, close before far, serious before less serious, strong before
/// weak; then list, row and verdict, so that equal input gives equal output. Of matches that differ
/// only in the row or in how exactly they hit, the best stays; different verdicts all stay.
pub(crate) fn in_order(mut matches: Vec<Match>, crosswalk: &Crosswalk) -> Vec<Match> {
    matches.sort_by_cached_key(|found| (key(found, crosswalk), found.clone()));
    let mut seen = BTreeSet::new();
    matches.retain(|found| seen.insert(identity(found)));
    matches
}

type Key = (bool, bool, u8, u32, u32, u8);

fn key(found: &Match, crosswalk: &Crosswalk) -> Key {
    let serious = crosswalk.seriousness(found.category.as_ref());
    let (kind, far, weak) = rank(found.basis);
    (!found.alert, serious.negative, kind, far, serious.rank, weak)
}

/// Kind of hit, how far off, how weak the hash.
fn rank(basis: MatchBasis) -> (u8, u32, u8) {
    match basis {
        MatchBasis::Exact { algorithm, recorded_by_app } => {
            let weak = match algorithm {
                HashAlgorithm::Sha256 => 0,
                HashAlgorithm::Sha1 => 1,
                HashAlgorithm::Md5 => 2,
                HashAlgorithm::Pdq => 3,
            };
            (u8::from(recorded_by_app), 0, weak)
        }
        MatchBasis::Near { distance, .. } => (2, distance, 0),
        MatchBasis::Frames { query_percent, .. } => {
            (3, u32::from(100_u8.saturating_sub(query_percent)), 0)
        }
    }
}

type Identity = (HashSetId, bool, u32, Option<Category>, Option<String>, Option<bool>);

fn identity(found: &Match) -> Identity {
    let (near, distance) = match found.basis {
        MatchBasis::Exact { .. } => (false, 0),
        MatchBasis::Near { distance, .. } => (true, distance),
        MatchBasis::Frames { query_percent, .. } => (true, 1000 + u32::from(query_percent)),
    };
    let verdict = (found.category.clone(), found.series.clone(), found.is_distributed);
    (found.hash_set.clone(), near, distance, verdict.0, verdict.1, verdict.2)
}
