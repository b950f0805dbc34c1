//! Ctrl-C: work that can stop tidily is asked to; everything else stops at once.
//!
//! Both are safe: everything acknowledged is durable, and the next run repeats the rest.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Shared between the signal handler and long work.
#[derive(Debug, Default)]
pub struct Interrupt {
    tidy: AtomicBool,
    stop: Arc<AtomicBool>,
}

impl Interrupt {
    /// Long work that looks at the flag itself calls this once; it gets the flag.
    #[must_use]
    pub fn listen(&self) -> Arc<AtomicBool> {
        self.tidy.store(true, Ordering::SeqCst);
        Arc::clone(&self.stop)
    }

    /// The operator wants to stop. `true` when the work does so by itself; a second wish is final.
    pub fn request(&self) -> bool {
        let first = !self.stop.swap(true, Ordering::SeqCst);
        first && self.tidy.load(Ordering::SeqCst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_listens_gets_one_chance_to_stop_tidily() {
        let interrupt = Interrupt::default();
        let flag = interrupt.listen();
        assert!(interrupt.request());
        assert!(flag.load(Ordering::SeqCst));
        assert!(!interrupt.request());
        assert!(!Interrupt::default().request());
    }
}
