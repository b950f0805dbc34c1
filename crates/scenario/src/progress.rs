//! Progress of long making: workers count steps, one thread hears of them and tells the caller.

use crate::{Progress, Step};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};

/// Steps between two messages to the caller.
const BATCH: u64 = 64;

/// Counts the steps of one kind of work; shared by all who do it.
pub(crate) struct Reporter {
    step: Step,
    total: u64,
    done: AtomicU64,
    sender: Sender<Progress>,
}

/// Where the steps of all reporters arrive.
pub(crate) struct Desk {
    sender: Sender<Progress>,
    receiver: Receiver<Progress>,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let (sender, receiver) = mpsc::channel();
        Self { sender, receiver }
    }

    /// A reporter for work of `total` steps.
    pub(crate) fn reporter(&self, step: Step, total: u64) -> Reporter {
        Reporter { step, total, done: AtomicU64::new(0), sender: self.sender.clone() }
    }

    /// Passes everything on until the last reporter is gone.
    pub(crate) fn pass_on(self, tell: &mut dyn FnMut(Progress)) {
        drop(self.sender);
        for progress in self.receiver {
            tell(progress);
        }
    }
}

impl Reporter {
    /// One step more is done.
    pub(crate) fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if done.is_multiple_of(BATCH) {
            self.tell(done);
        }
    }

    fn tell(&self, done: u64) {
        // Nobody listens any more when the caller gave up; the work ends by itself then.
        let _ = self.sender.send(Progress { step: self.step, done, total: self.total.max(done) });
    }
}

impl Drop for Reporter {
    fn drop(&mut self) {
        self.tell(self.done.load(Ordering::Relaxed));
    }
}
