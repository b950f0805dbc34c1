//! What `amparo verify-install` tries on the machine it runs on: promises of SECURITY.md that
//! depend on this kernel, this processor and this disk.
//!
//! Each check makes what it needs in a temporary folder, breaks it where breaking is the test, and
//! touches no data of the unit. A check that could not run has failed.
//!
//! To add one: a function in the file of its subject, a row in [`CHECKS`], and in `cli.ftl` its
//! name (`cli-verify-<id>`) and the sentences of its findings, in three languages.

mod confinement;
mod hashing;
mod log;
mod objects;

use amparo_sandbox::WorkerCommand;
use amparo_sandbox::escape::Escape;
use std::path::{Path, PathBuf};

/// One thing that is tried.
pub struct Check {
    /// One word that scripts know it by.
    pub id: &'static str,
    /// The promise of SECURITY.md that it belongs to.
    pub requirement: &'static str,
    /// Tries it; an error says why it could not be tried.
    pub run: fn(&mut Bench) -> Result<Finding, String>,
}

/// All checks, by the promise they belong to.
pub const CHECKS: &[Check] = &[
    Check { id: "objects-kept", requirement: "P1", run: objects::kept },
    Check { id: "lanes-agree", requirement: "P2", run: hashing::lanes_agree },
    Check { id: "damage-found", requirement: "P3", run: objects::damage_found },
    Check { id: "log-sound", requirement: "P4", run: log::sound },
    Check { id: "log-edits-found", requirement: "P4", run: log::edits_found },
    Check { id: "escapes-denied", requirement: "P5", run: confinement::escapes_denied },
    Check { id: "worker-answers", requirement: "P5", run: confinement::worker_answers },
    Check { id: "known-hashes", requirement: "P6", run: hashing::known },
];

/// Promises of which nothing is tried here: they do not depend on the machine, and the tests of
/// the source hold them.
pub const NOT_CHECKED: &[&str] = &["P7", "P8", "P9", "P10", "P11", "P12"];

/// What is known to be missing on every machine, as sentences of `cli.ftl`.
pub const LIMITS: &[&str] = &[
    "cli-verify-limit-kernel",
    "cli-verify-limit-process",
    "cli-verify-limit-now",
    "cli-verify-limit-unsigned",
];

/// What checks work on.
pub struct Bench {
    /// A temporary folder, empty at first.
    folder: PathBuf,
    /// The program whose workers are tried.
    program: PathBuf,
    /// What the escape suite found, once it ran.
    pub escape: Option<Escape>,
}

impl Bench {
    /// With an empty folder, and the program that serves as a worker.
    #[must_use]
    pub fn new(folder: &Path, program: &Path) -> Self {
        Self { folder: folder.to_owned(), program: program.to_owned(), escape: None }
    }

    /// A folder of this name, of one check alone.
    fn folder(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// This program with these arguments.
    fn command(&self, args: &[&str]) -> WorkerCommand {
        let args = args.iter().map(|arg| (*arg).to_owned()).collect();
        WorkerCommand { program: self.program.clone(), args }
    }
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The promise holds here, as far as was tried.
    pub passed: bool,
    /// The sentence that says so, or says what is wrong.
    pub sentence: &'static str,
    /// Its figures.
    pub args: Vec<(&'static str, String)>,
}

impl Finding {
    fn passed(sentence: &'static str, args: &[(&'static str, &dyn ToString)]) -> Self {
        Self { passed: true, sentence, args: texts(args) }
    }

    fn failed(sentence: &'static str, args: &[(&'static str, &dyn ToString)]) -> Self {
        Self { passed: false, sentence, args: texts(args) }
    }

    /// Of a check that could not be run.
    #[must_use]
    pub fn not_run(why: &str) -> Self {
        Self::failed("cli-verify-not-run", &[("why", &why)])
    }
}

fn texts(args: &[(&'static str, &dyn ToString)]) -> Vec<(&'static str, String)> {
    args.iter().map(|(name, value)| (*name, value.to_string())).collect()
}

/// An error as the reason why a check could not be run.
fn why<E: ToString>(error: E) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_and_promises_without_one_are_all_promises_in_order() {
        let number = |promise: &str| promise.trim_start_matches('P').parse::<u32>().unwrap();
        assert!(CHECKS.is_sorted_by_key(|check| number(check.requirement)));
        let checked = CHECKS.iter().map(|check| number(check.requirement));
        let mut all: Vec<u32> = checked.chain(NOT_CHECKED.iter().map(|p| number(p))).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all, (1..=12).collect::<Vec<_>>());
    }

    /// A program that confines nothing passes for no worker.
    #[test]
    fn checks_of_confinement_fail_where_nothing_is_confined() {
        let folder = tempfile::tempdir().unwrap();
        let mut bench = Bench::new(folder.path(), Path::new("/bin/true"));
        let found = confinement::escapes_denied(&mut bench).unwrap();
        assert!(!found.passed);
        assert_eq!(found.sentence, "cli-verify-escapes-none");
        assert!(confinement::worker_answers(&mut bench).is_err());
        let nowhere = Path::new("/proc/no-such-folder");
        assert!(objects::kept(&mut Bench::new(nowhere, Path::new("/bin/true"))).is_err());
    }
}
