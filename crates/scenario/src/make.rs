//! Makes the planned pictures on all cores.

use crate::pictures::Made;
use crate::plan::Plan;
use crate::progress::{Desk, Reporter};
use crate::{Progress, ScenarioError, Step};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Makes every picture and lays its copies; the answers are in the order of the pictures.
pub(crate) fn pictures(
    plan: &Plan,
    out: &Path,
    tell: &mut dyn FnMut(Progress),
) -> Result<Vec<Made>, ScenarioError> {
    let desk = Desk::new();
    let total = plan.library.pictures.len();
    let report = desk.reporter(Step::Pictures, total as u64);
    let next = AtomicUsize::new(0);
    let mut made = vec![None; total];
    thread::scope(|scope| {
        // The reporter ends with the last worker, and with it the passing on.
        let report = std::sync::Arc::new(report);
        let workers: Vec<_> = (0..workers())
            .map(|_| {
                let (report, next) = (report.clone(), &next);
                scope.spawn(move || work(plan, out, next, &report))
            })
            .collect();
        drop(report);
        desk.pass_on(tell);
        for worker in workers {
            for (number, one) in joined(worker.join())?? {
                if let Some(slot) = made.get_mut(number) {
                    *slot = Some(one);
                }
            }
        }
        Ok(())
    })?;
    made.into_iter().collect::<Option<_>>().ok_or_else(|| defect("a picture is missing"))
}

fn work(
    plan: &Plan,
    out: &Path,
    next: &AtomicUsize,
    report: &Reporter,
) -> Result<Vec<(usize, Made)>, ScenarioError> {
    let mut made = Vec::new();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= plan.library.pictures.len() {
            return Ok(made);
        }
        made.push((number, plan.library.make(number, out)?));
        report.step();
    }
}

/// Threads that make pictures.
fn workers() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// What a thread gave; a thread that stopped early is a defect.
pub(crate) fn joined<T>(result: thread::Result<T>) -> Result<T, ScenarioError> {
    result.map_err(|_| defect("a worker stopped early"))
}

fn defect(what: &str) -> ScenarioError {
    ScenarioError::Defect { what: what.to_owned() }
}
