//! `verify-install`: whether this machine holds what SECURITY.md promises, tried on the spot,
//! offline and without a data folder.

use crate::command::{Command, Edge};
use crate::verify::{Bench, CHECKS, Check, Finding, LIMITS, NOT_CHECKED};
use crate::{alone, error::CliError, exit::Exit, outcome::Outcome, page::Page, worker};
use amparo_sandbox::escape::{Escape, Tried};
use serde::Serialize;
use std::collections::BTreeMap;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "verify-install",
    about: "Try on this machine what SECURITY.md promises: confinement, hashes, objects, log",
    examples: &["amparo verify-install", "amparo verify-install --json"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: alone!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {}

/// What was found.
#[derive(Debug, Serialize)]
pub struct Verified {
    /// Of this program.
    pub version: &'static str,
    /// Release of the kernel and architecture of this program.
    pub kernel: String,
    /// Namespaces of their own that workers get here.
    pub namespaces: Vec<&'static str>,
    /// Each check.
    pub checks: Vec<Row>,
    /// The escape suite by what was reached for.
    pub escape: Vec<Reached>,
    /// Promises of which nothing was tried here.
    pub not_checked: &'static [&'static str],
    /// Names of sentences on what is known to be missing.
    pub limits: &'static [&'static str],
    /// Every check passed.
    pub passed: bool,
}

/// One check.
#[derive(Debug, Serialize)]
pub struct Row {
    /// The promise of SECURITY.md.
    pub requirement: &'static str,
    /// Its name.
    pub check: &'static str,
    /// What it found.
    pub passed: bool,
    /// The sentence that says it.
    pub sentence: &'static str,
    /// Its figures.
    pub figures: BTreeMap<&'static str, String>,
}

/// One group of the escape suite.
#[derive(Debug, Serialize)]
pub struct Reached {
    /// What was reached for.
    pub group: &'static str,
    /// Attempts made.
    pub tried: usize,
    /// Attempts that were not denied.
    pub got_out: Vec<GotOut>,
}

/// An attempt that was not denied.
#[derive(Debug, Serialize)]
pub struct GotOut {
    /// Its name.
    pub attempt: &'static str,
    /// What it gives to whoever made it.
    pub gain: &'static str,
    /// How it ended.
    pub how: String,
}

impl Row {
    fn new(check: &Check, found: Finding) -> Self {
        let Finding { passed, sentence, args } = found;
        let figures = args.into_iter().collect();
        Self { requirement: check.requirement, check: check.id, passed, sentence, figures }
    }

    fn cells(&self, page: &Page<'_>) -> Vec<String> {
        let say = page.say();
        let result = if self.passed { "cli-verify-passed" } else { "cli-verify-failed" };
        let figures: Vec<(&str, &str)> =
            self.figures.iter().map(|(name, value)| (*name, value.as_str())).collect();
        vec![
            self.requirement.to_owned(),
            say.word("verify", self.check),
            say.just(result),
            say.get(self.sentence, &figures),
        ]
    }
}

impl Outcome for Verified {
    fn show(&self, page: &mut Page<'_>) {
        page.say_line("cli-verify-machine", &[("version", self.version), ("kernel", &self.kernel)]);
        let names = self.namespaces.join(", ");
        let had =
            if names.is_empty() { "cli-verify-no-namespaces" } else { "cli-verify-namespaces" };
        page.say_line(had, &[("names", &names)]);
        let rows = self.checks.iter().map(|row| row.cells(page)).collect();
        page.table(
            &["cli-head-requirement", "cli-head-check", "cli-head-result", "cli-head-detail"],
            rows,
        );
        show_escape(&self.escape, page);
        page.say_line("cli-verify-not-checked", &[("promises", &self.not_checked.join(", "))]);
        page.heading("cli-verify-limits", &[]);
        for limit in self.limits {
            page.say_line(limit, &[]);
        }
        page.say_line(
            if self.passed { "cli-verify-all-passed" } else { "cli-verify-not-all" },
            &[],
        );
    }

    fn exit(&self) -> Exit {
        if self.passed { Exit::Ok } else { Exit::SaysNo }
    }
}

fn show_escape(escape: &[Reached], page: &mut Page<'_>) {
    let cells = |one: &Reached| {
        let denied = one.tried - one.got_out.len();
        vec![one.group.to_owned(), one.tried.to_string(), denied.to_string()]
    };
    page.table(
        &["cli-head-escape", "cli-head-tried", "cli-head-denied"],
        escape.iter().map(cells).collect(),
    );
    for out in escape.iter().flat_map(|one| &one.got_out) {
        let args = [("attempt", out.attempt), ("gain", out.gain), ("how", &out.how)];
        page.say_line("cli-verify-got-out", &args);
    }
}

/// Tries everything; a check that fails or cannot be run stops no other.
///
/// # Errors
/// [`CliError::Storage`] when there is no temporary folder to work in.
pub async fn run(_: &Edge, _: Args) -> Result<Verified, CliError> {
    let folder = tempfile::tempdir().map_err(|error| CliError::storage("verify", error))?;
    let mut bench = Bench::new(folder.path(), &worker::program()?);
    let try_one = |check: &Check| {
        let found = (check.run)(&mut bench).unwrap_or_else(|why| Finding::not_run(&why));
        Row::new(check, found)
    };
    let checks: Vec<Row> = CHECKS.iter().map(try_one).collect();
    let escape = bench.escape.as_ref();
    Ok(Verified {
        version: env!("CARGO_PKG_VERSION"),
        kernel: kernel(),
        namespaces: escape.map(|escape| escape.namespaces.names()).unwrap_or_default(),
        escape: escape.map(reached).unwrap_or_default(),
        passed: checks.iter().all(|row| row.passed),
        checks,
        not_checked: NOT_CHECKED,
        limits: LIMITS,
    })
}

fn kernel() -> String {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("{} {}", release.trim(), std::env::consts::ARCH)
}

fn reached(escape: &Escape) -> Vec<Reached> {
    let mut groups: Vec<Reached> = Vec::new();
    for one in &escape.tried {
        if groups.last().is_none_or(|last| last.group != one.group) {
            groups.push(Reached { group: one.group, tried: 0, got_out: Vec::new() });
        }
        if let Some(last) = groups.last_mut() {
            last.tried += 1;
            last.got_out.extend(got_out(one));
        }
    }
    groups
}

fn got_out(tried: &Tried) -> Option<GotOut> {
    let out = || GotOut { attempt: tried.name, gain: tried.gain, how: tried.how.clone() };
    (!tried.denied).then(out)
}
