//! The border of a parser: bytes come in through [`Input`], results leave through [`Sink`].

use crate::Spec;
use amparo_model::{Located, Locator, Place, Problem, ProblemKind, Record, Sha256};

/// Bytes with the name and the hash by which they are known.
#[derive(Debug, Clone, Copy)]
pub struct Blob<'a> {
    /// Path inside the evidence item, with `/`.
    pub path: &'a str,
    /// SHA-256 of the bytes, computed by whoever read them; every locator carries it.
    pub sha256: Sha256,
    /// The bytes.
    pub bytes: &'a [u8],
}

impl Blob<'_> {
    /// The last part of the path.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(self.path)
    }

    /// A place in this object.
    #[must_use]
    pub fn at(&self, place: Place) -> Locator {
        Locator::new(self.sha256, place)
    }

    /// A problem of this object as a whole.
    #[must_use]
    pub fn problem(&self, kind: ProblemKind, detail: impl Into<String>) -> Problem {
        Problem::at(kind, self.at(Place::Whole), self.path, detail)
    }
}

/// What one parse is given.
#[derive(Debug, Clone)]
pub struct Input<'a> {
    /// The file that the parser claims.
    pub main: Blob<'a>,
    /// Files beside it, as far as they exist.
    pub companions: Vec<Blob<'a>>,
}

impl<'a> Input<'a> {
    /// An input without companions.
    #[must_use]
    pub fn new(main: Blob<'a>) -> Self {
        Self { main, companions: Vec::new() }
    }

    /// The companion with this file name, compared without regard to case.
    #[must_use]
    pub fn companion(&self, name: &str) -> Option<&Blob<'a>> {
        self.companions.iter().find(|blob| blob.name().eq_ignore_ascii_case(name))
    }
}

/// Takes what a parser finds, as it finds it.
pub trait Sink {
    /// A record with its place.
    fn record(&mut self, record: Located<Record>);
    /// Something that could not be read.
    fn problem(&mut self, problem: Problem);
}

/// A sink that keeps everything, in order.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Collected {
    /// Records.
    pub records: Vec<Located<Record>>,
    /// Problems.
    pub problems: Vec<Problem>,
}

impl Sink for Collected {
    fn record(&mut self, record: Located<Record>) {
        self.records.push(record);
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
}

/// Problems shown one by one; what comes after is counted in one more.
const MAX_PROBLEMS: u64 = 10_000;

/// A sink that stops passing things on when the declared limits are reached, and says so.
pub(crate) struct Limited<'s> {
    out: &'s mut dyn Sink,
    spec: &'static Spec,
    records: u64,
    problems: u64,
}

impl<'s> Limited<'s> {
    pub(crate) fn new(out: &'s mut dyn Sink, spec: &'static Spec) -> Self {
        Self { out, spec, records: 0, problems: 0 }
    }

    /// Whether every input is small enough; a problem for each that is not.
    pub(crate) fn admits(&mut self, input: &Input) -> bool {
        let limit = self.spec.limits.input_bytes;
        let mut good = true;
        for blob in std::iter::once(&input.main).chain(&input.companions) {
            let size = blob.bytes.len() as u64;
            if size > limit {
                let detail = format!("{size} bytes; this parser reads up to {limit}");
                self.problem(blob.problem(ProblemKind::Limit, detail));
                good = false;
            }
        }
        good
    }

    /// Says how much was held back, if anything was.
    pub(crate) fn finish(self, main: &Blob) {
        let lost = self.records.saturating_sub(self.spec.limits.records);
        if lost > 0 {
            let detail = format!("{lost} records beyond the limit were not handed on");
            self.out.problem(main.problem(ProblemKind::Limit, detail));
        }
        let silent = self.problems.saturating_sub(MAX_PROBLEMS);
        if silent > 0 {
            let detail = format!("{silent} further problems are not listed one by one");
            self.out.problem(main.problem(ProblemKind::Limit, detail));
        }
    }
}

impl Sink for Limited<'_> {
    fn record(&mut self, record: Located<Record>) {
        self.records += 1;
        if self.records <= self.spec.limits.records {
            self.out.record(record);
        }
    }

    fn problem(&mut self, problem: Problem) {
        self.problems += 1;
        if self.problems <= MAX_PROBLEMS {
            self.out.problem(problem);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Family, Limits, Parser, Tier};
    use amparo_model::{AccountKey, Contact};

    /// Emits as many contacts as the input has bytes, and as many problems as bytes beyond `p`.
    struct Counting;

    static SPEC: Spec = Spec {
        id: "counting",
        title: "counts",
        family: Family::App,
        apps: &[],
        claims: &[],
        companions: &[],
        emits: &[],
        version: 1,
        tier: Tier::Unexercised,
        tested_on: &[],
        gaps: &[],
        references: &[],
        time: "",
        limits: Limits {
            input_bytes: 20_000,
            records: 3,
            nesting: 1,
            wall_ms_per_mb: 1,
            memory_bytes: 1,
        },
    };

    impl Parser for Counting {
        fn spec(&self) -> &'static Spec {
            &SPEC
        }

        fn probe(&self, _: &[u8]) -> bool {
            false
        }

        fn read(&self, input: &Input, out: &mut dyn Sink) {
            for byte in input.main.bytes {
                if *byte == b'p' {
                    out.problem(input.main.problem(ProblemKind::Malformed, "p"));
                    continue;
                }
                let account = Some(AccountKey::new("x", "y"));
                let contact = Contact { account, name: None, phone: None };
                let at = input.main.at(Place::Whole);
                out.record(Located::new(Record::Contact(contact), at));
            }
        }
    }

    fn check(bytes: &[u8], records: usize, problems: usize, limits: usize) {
        let main = Blob { path: "x", sha256: Sha256([0; 32]), bytes };
        let mut out = Collected::default();
        Counting.parse(&Input::new(main), &mut out);
        let told = out.problems.iter().filter(|problem| problem.kind == ProblemKind::Limit);
        let found = (out.records.len(), out.problems.len(), told.count());
        assert_eq!(found, (records, problems, limits), "{} bytes", bytes.len());
    }

    #[test]
    fn limits_hold_and_are_told() {
        check(b"abc", 3, 0, 0);
        check(b"abcdef", 3, 1, 1);
        check(&[b'a'; 20_001], 0, 1, 1);
        check(&[b'p'; 15_000], 0, 10_001, 1);
    }
}
