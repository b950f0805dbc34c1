//! What long work tells while it runs, and what it says at the end.

use crate::course::Halt;
use serde::Serialize;

/// One step forward.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// So many paths listed so far.
    Listed {
        /// Paths.
        entries: u64,
    },
    /// A wave begins.
    Wave {
        /// 1 to 4.
        wave: i64,
    },
    /// Jobs of this run that are done.
    Jobs {
        /// 1 to 4.
        wave: i64,
        /// Done in this run.
        done: u64,
    },
    /// The first alarm in the top band.
    FirstAlarm(FirstAlarm),
}

/// When the first alarm came, and how little had been read by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct FirstAlarm {
    /// Milliseconds since this run began.
    pub after_ms: u64,
    /// Files fingerprinted by then in this evidence item, app stores not counted.
    pub media_read: u64,
    /// Paths listed in this evidence item.
    pub entries: u64,
}

/// What a run of `attach` did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Summary {
    /// The evidence item.
    pub evidence: String,
    /// Paths listed.
    pub entries: u64,
    /// Jobs done in this run; 0 when everything was done before.
    pub jobs_done: u64,
    /// Jobs that failed for good; each left a problem.
    pub jobs_failed: u64,
    /// Problems recorded for this evidence item, of all runs.
    pub problems: u64,
    /// Stopped before the end; run the same command again to go on.
    pub interrupted: bool,
    /// Stopped because somebody asked the work on the exhibit to pause.
    pub paused: bool,
    /// Stopped because the authorisation ended.
    pub expired: bool,
    /// When the first app store was recorded, in milliseconds since the run began, if this run read
    /// one.
    pub first_store_ms: Option<u64>,
    /// How long the run took, in milliseconds.
    pub ran_ms: u64,
    /// If a counterpart reached the top band in this run, and none of the case had before.
    pub first_alarm: Option<FirstAlarm>,
}

impl Summary {
    /// The run ends before its work does.
    pub(crate) fn halt(&mut self, halt: Halt) {
        self.interrupted = true;
        self.paused |= halt == Halt::Paused;
        self.expired |= halt == Halt::Expired;
    }
}
