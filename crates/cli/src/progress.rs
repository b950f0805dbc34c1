//! Progress on standard error: a moving line on a terminal, now and then a plain line elsewhere,
//! so that a log file of a night's work stays readable.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Between two plain lines when nobody watches.
const QUIET_INTERVAL: Duration = Duration::from_secs(10);

/// Shows how far a long work has come.
pub struct Meter {
    bar: Option<ProgressBar>,
    total: u64,
    started: Instant,
    last_plain: Instant,
}

impl Meter {
    /// Starts with a known number of steps; 0 when it is not known.
    #[must_use]
    pub fn new(total: u64) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let template =
                if total > 0 { "{wide_bar} {pos}/{len} {msg}" } else { "{spinner} {msg}" };
            let style = ProgressStyle::with_template(template);
            let bar = ProgressBar::new(total);
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar
        });
        let now = Instant::now();
        Self { bar, total, started: now, last_plain: now }
    }

    /// So many steps are done; `what` says it in words.
    pub fn at(&mut self, done: u64, what: &str) {
        match &self.bar {
            Some(bar) => {
                bar.set_position(done);
                bar.set_message(what.to_owned());
            }
            None if self.last_plain.elapsed() >= QUIET_INTERVAL => {
                self.last_plain = Instant::now();
                let total =
                    if self.total > 0 { format!("{done}/{} ", self.total) } else { String::new() };
                plain(&format!("{total}{what}"));
            }
            None => {}
        }
    }

    /// Something worth a line of its own even when nobody watches.
    pub fn note(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.println(line),
            None => plain(line),
        }
    }

    /// Milliseconds since the start, for reports of duration only.
    #[must_use]
    pub fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn plain(line: &str) {
    drop(writeln!(std::io::stderr().lock(), "{line}"));
}
