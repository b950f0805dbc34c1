//! Videos by their frames, in the manner of vPDQ: which share of either has a counterpart.
//!
//! Source: `vpdq/README.md` in facebook/ThreatExchange (2024). Frames below quality 50 are left
//! out and equal frames of one video count once, on both sides, before shares are counted.

use crate::KnownIndex;
use crate::list_file::unique_frames;
use crate::near::{FRAME, mix};
use amparo_model::{Match, MatchBasis, Pdq};
use std::collections::{BTreeMap, BTreeSet};

/// What the frames of one listed video have in common with the query.
#[derive(Default)]
struct Common {
    /// Frames of the query with a counterpart.
    query: usize,
    /// Frames of the listed video with a counterpart, by their numbers in the index.
    list: BTreeSet<u32>,
}

impl KnownIndex {
    /// Every listed video of which enough frames are within the threshold of enough of these: both
    /// shares reach the percentage of the settings. None when no frame is good enough.
    #[must_use]
    pub fn frames(&self, frames: &[Pdq]) -> Vec<Match> {
        let unique = unique_frames(frames);
        let mut common: BTreeMap<u32, Common> = BTreeMap::new();
        let queries: Vec<_> = unique.iter().map(mix).collect();
        let mut counted = BTreeSet::new();
        for found in self.tables.near.within(&queries, self.settings.near_threshold) {
            let row = self.tables.near.row(found.hash).filter(|row| row & FRAME != 0);
            if let Some(video) = row.map(|row| row & !FRAME) {
                let common = common.entry(video).or_default();
                common.list.insert(found.hash);
                common.query += usize::from(counted.insert((video, found.query)));
            }
        }
        let judge =
            |(row, common): (u32, Common)| Some((row, self.judge(row, &common, unique.len())?));
        self.matches(common.into_iter().filter_map(judge))
    }

    /// The basis of a match if both shares are large enough.
    fn judge(&self, row: u32, common: &Common, query_frames: usize) -> Option<MatchBasis> {
        let (_, _, known) = self.lists.row(row)?;
        let query_percent = percent(common.query, query_frames);
        let list_percent = percent(common.list.len(), unique_frames(&known.frames).len());
        let min_percent = self.settings.frames_min_percent;
        let threshold = self.settings.near_threshold;
        (query_percent.min(list_percent) >= min_percent).then_some(MatchBasis::Frames {
            query_percent,
            list_percent,
            threshold,
            min_percent,
        })
    }
}

/// Rounded down, so that a share below the limit is never shown as having reached it.
fn percent(part: usize, whole: usize) -> u8 {
    (part * 100).checked_div(whole).and_then(|share| u8::try_from(share).ok()).unwrap_or(0)
}
