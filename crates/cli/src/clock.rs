//! The system's clock: the only place in the binary that reads it.

use amparo_model::{Clock, UtcMillis};

/// Tells the time of the operating system.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> UtcMillis {
        UtcMillis(jiff::Timestamp::now().as_millisecond())
    }
}
