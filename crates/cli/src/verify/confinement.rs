//! Whether this kernel confines a worker.

use super::{Bench, Finding, why};
use crate::worker;

/// Every attempt of the escape suite, each in a worker of its own.
pub fn escapes_denied(bench: &mut Bench) -> Result<Finding, String> {
    let command = bench.command(&["worker", "--attempt"]);
    let escape = amparo_sandbox::escape::try_all(&command).map_err(why)?;
    if escape.tried.iter().all(|tried| !tried.confined) {
        return Ok(Finding::failed("cli-verify-escapes-none", &[]));
    }
    let tried = escape.tried.len();
    let out: Vec<&str> =
        escape.tried.iter().filter(|tried| !tried.denied).map(|tried| tried.name).collect();
    let finding = if out.is_empty() {
        Finding::passed("cli-verify-escapes-ok", &[("tried", &tried)])
    } else {
        let (count, names) = (out.len(), out.join(", "));
        let args: [(&'static str, &dyn ToString); 3] =
            [("tried", &tried), ("out", &count), ("names", &names)];
        Finding::failed("cli-verify-escapes-bad", &args)
    };
    bench.escape = Some(escape);
    Ok(finding)
}

/// A worker starts, confines itself, refuses what is no picture in good order, and goes on.
pub fn worker_answers(bench: &mut Bench) -> Result<Finding, String> {
    let pool = worker::pool(&bench.program, 1).map_err(why)?;
    pool.check().map_err(why)?;
    for _ in 0..2 {
        match pool.examine(b"no picture at all") {
            Err(amparo_sandbox::WorkerError::NotExamined { .. }) => {}
            other => return Err(format!("{other:?}")),
        }
    }
    Ok(Finding::passed("cli-verify-worker-ok", &[]))
}
