//! From when on two pictures, or two videos, are taken as the same.

/// The distance up to which two PDQ hashes are taken as the same picture, as Meta recommends
/// (`hashing/hashing.pdf` in facebook/ThreatExchange, 2019).
pub const DEFAULT_THRESHOLD: u32 = 31;

/// The share of frames from which two videos are taken as the same: the 80 percent that vPDQ asks
/// of the query's frames (`python-threatexchange/threatexchange/extensions/vpdq/vpdq_util.py` in
/// facebook/ThreatExchange, 2024). There the listed video's share may be anything, so that a clip
/// finds the film it was cut from; here both shares have to reach it, so that a film is not "the
/// same" because of a common opening.
pub const DEFAULT_FRAMES_PERCENT: u8 = 80;

/// Thresholds in force. Every match and every statement names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MatchSettings {
    /// Most differing bits between two pictures, or two frames. Up to 31 the search is fastest.
    pub near_threshold: u32,
    /// Least share in percent, of either video's frames, that has a counterpart in the other.
    pub frames_min_percent: u8,
    /// Whether pictures are looked up turned and mirrored as well.
    pub turned: bool,
}

impl Default for MatchSettings {
    fn default() -> Self {
        Self {
            near_threshold: DEFAULT_THRESHOLD,
            frames_min_percent: DEFAULT_FRAMES_PERCENT,
            turned: true,
        }
    }
}
