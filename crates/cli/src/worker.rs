//! Foreign bytes are read by confined workers only; this is the way to them.

use crate::error::CliError;
use amparo_model::{Located, Locator, Place, Problem, Record, Sha256};
use amparo_parsers::{Family, PARSERS, Spec};
use amparo_sandbox::{Event, Pool, Tools, WorkerCommand, WorkerError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How many first bytes a parser sees to recognise its format.
const HEAD_BYTES: usize = 4_096;

/// What one confined parse gave.
#[derive(Debug, Default)]
pub struct Parsed {
    /// Records, in order.
    pub records: Vec<Located<Record>>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// The worker died or broke its limits, so that records may be missing at the end.
    pub cut_short: bool,
}

/// The program that serves as a worker: this very binary.
///
/// # Errors
/// [`CliError::Storage`] when the operating system does not tell where it lies.
pub fn program() -> Result<PathBuf, CliError> {
    std::env::current_exe().map_err(|error| CliError::storage("worker", error))
}

/// Workers, started when first needed.
///
/// # Errors
/// [`CliError::Storage`] when the kernel cannot confine them; nothing is decoded then.
pub fn pool(program: &Path, size: usize) -> Result<Arc<Pool>, CliError> {
    let command = WorkerCommand { program: program.to_owned(), args: vec!["worker".to_owned()] };
    let pool = Pool::new(command, size);
    Ok(Arc::new(pool))
}

/// The programs found on this machine, each started through this very binary, which confines it.
#[must_use]
pub fn tools(program: &Path) -> Arc<Tools> {
    let launcher = WorkerCommand { program: program.to_owned(), args: vec!["launch".to_owned()] };
    Arc::new(Tools::find(launcher))
}

/// How many things are worth doing at once on this machine.
#[must_use]
pub fn parallel() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// The parser of a family for a file: the one that recognises the content, else the one that claims
/// the name and can say what is wrong with the content.
#[must_use]
pub fn parser_for(family: Family, path: &str, bytes: &[u8]) -> Option<&'static Spec> {
    let head = bytes.get(..HEAD_BYTES.min(bytes.len())).unwrap_or_default();
    let of_family = || PARSERS.iter().filter(|parser| parser.spec().family == family);
    let recognised = of_family().find(|parser| parser.probe(head));
    let claimed = || of_family().find(|parser| parser.spec().claims_path(path));
    recognised.or_else(claimed).map(|parser| parser.spec())
}

/// Parses one file in a confined worker. A worker that dies costs only what it had not yet said.
///
/// # Errors
/// [`CliError::Storage`] when no worker can be confined, so that no file would fare better.
pub fn parse(
    pool: &Pool,
    spec: &Spec,
    path: &str,
    object: Sha256,
    bytes: &[u8],
) -> Result<Parsed, CliError> {
    let mut parsed = Parsed::default();
    let told = pool.parse(spec.id, (path, bytes), &[], &mut |event| match event {
        Event::Record(record) => parsed.records.push(record),
        Event::Problem(problem) => parsed.problems.push(problem),
    });
    match told {
        Ok(()) => {}
        Err(error @ WorkerError::Sandbox(_)) => return Err(CliError::storage("worker", error)),
        Err(error) => {
            let at = Locator::new(object, Place::Whole);
            parsed.problems.push(Problem::at(error.kind(), at, path, error.to_string()));
            parsed.cut_short = true;
        }
    }
    Ok(parsed)
}
