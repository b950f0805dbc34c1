//! Time as a parameter: nothing in this project asks the system for it except the edge.

use crate::UtcMillis;
use std::sync::atomic::{AtomicI64, Ordering};

/// Tells the time. The binary passes the system's clock; tests and the demo pass another.
pub trait Clock: Send + Sync {
    /// The current time.
    fn now(&self) -> UtcMillis;
}

/// A clock that stands still.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(pub UtcMillis);

impl Clock for FixedClock {
    fn now(&self) -> UtcMillis {
        self.0
    }
}

/// A clock that moves one step at each question, so that order shows and runs repeat.
#[derive(Debug)]
pub struct SteppingClock {
    next_ms: AtomicI64,
    step_ms: i64,
}

impl SteppingClock {
    /// Starts at `start` and moves by `step_ms` after each reading.
    #[must_use]
    pub fn new(start: UtcMillis, step_ms: i64) -> Self {
        Self { next_ms: AtomicI64::new(start.0), step_ms }
    }
}

impl Clock for SteppingClock {
    fn now(&self) -> UtcMillis {
        UtcMillis(self.next_ms.fetch_add(self.step_ms, Ordering::SeqCst))
    }
}
