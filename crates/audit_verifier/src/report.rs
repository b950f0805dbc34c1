//! What was verified, and what was not.

use crate::Hash;
use std::fmt;

/// A log that is sound, and how far that was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Entries in the log.
    pub entries: u64,
    /// The first so many are those that the outside checkpoint commits to.
    pub covered: u64,
    /// Entries after them, which only the log's owner vouches for.
    pub newer: u64,
    /// Root over all entries.
    pub root: Hash,
    /// Time stated by the last covered entry, in milliseconds since 1970 UTC.
    pub covered_until_ms: Option<i64>,
    /// Time stated by the newest entry.
    pub newest_ms: Option<i64>,
    /// Files in the log folder that belong to no tile of it: leftovers of an interrupted write, or
    /// put there. Nothing reads them.
    pub strays: u64,
}

impl Report {
    /// Length of the window that is not covered, in milliseconds, by the times that entries state.
    #[must_use]
    pub fn window_ms(&self) -> Option<i64> {
        match self.newer {
            0 => Some(0),
            _ => Some(self.newest_ms?.saturating_sub(self.covered_until_ms?)),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} entries; the tree, its tiles and its signature agree.", self.entries)?;
        writeln!(
            f,
            "The first {} are unchanged since the checkpoint kept outside was made.",
            self.covered
        )?;
        match (self.newer, self.window_ms()) {
            (0, _) => write!(f, "No entry is newer than that checkpoint.")?,
            (newer, Some(ms)) => write!(f, "NOT covered: {newer} newer entries, over {ms} ms.")?,
            (newer, None) => write!(f, "NOT covered: {newer} newer entries, times unknown.")?,
        }
        if self.newer > 0 {
            write!(f, " Whoever holds the log's key could still have changed those.")?;
        }
        match self.strays {
            0 => Ok(()),
            strays => write!(f, "\n{strays} stray files in the folder are not part of the log."),
        }
    }
}
