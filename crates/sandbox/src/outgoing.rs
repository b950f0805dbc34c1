//! The worker's answers on their way: records and problems, gathered into frames.

use crate::frame::{self, Kind, MAX_BODY};
use amparo_model::{Located, Problem, ProblemKind, Record};
use amparo_parsers::Sink;
use std::io::{self, Write};

/// Answers are handed over when this much has gathered, in bytes.
const BATCH: usize = 256 << 10;

/// Gathers what a parser finds into frames.
pub(crate) struct Outgoing<'w, W: Write> {
    output: &'w mut W,
    records: Batch,
    problems: Batch,
    failed: Option<io::Error>,
}

impl<'w, W: Write> Outgoing<'w, W> {
    pub(crate) fn new(output: &'w mut W) -> Self {
        let batch = |kind| Batch { kind, json: Vec::new() };
        let (records, problems) = (batch(Kind::Records), batch(Kind::Problems));
        Self { output, records, problems, failed: None }
    }

    /// Hands over what is left.
    ///
    /// # Errors
    /// When the pipe to the host is closed.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.records.send(self.output)?;
        self.problems.send(self.output)?;
        match self.failed {
            Some(error) => Err(error),
            None => frame::write(self.output, Kind::Done, &[]),
        }
    }

    fn keep(&mut self, sent: io::Result<()>) {
        if let Err(error) = sent {
            self.failed.get_or_insert(error);
        }
    }
}

impl<W: Write> Sink for Outgoing<'_, W> {
    fn record(&mut self, record: Located<Record>) {
        if self.failed.is_some() {
            return;
        }
        match serde_json::to_vec(&record) {
            Ok(json) if json.len() <= MAX_BODY / 2 => {
                let sent = self.records.add(&json, self.output);
                self.keep(sent);
            }
            other => {
                let size = other.map_or(0, |json| json.len());
                let detail = format!("a record of {size} bytes cannot be handed over");
                let at = record.at().clone();
                let subject = at.place.to_string();
                self.problem(Problem::at(ProblemKind::Limit, at, subject, detail));
            }
        }
    }

    fn problem(&mut self, mut problem: Problem) {
        if self.failed.is_some() {
            return;
        }
        shorten(&mut problem.subject);
        shorten(&mut problem.detail);
        let sent = match serde_json::to_vec(&problem) {
            Ok(json) => self.problems.add(&json, self.output),
            Err(error) => Err(error.into()),
        };
        self.keep(sent);
    }
}

/// Words for people need no more.
fn shorten(text: &mut String) {
    const MAX_BYTES: usize = 4_096;
    if text.len() > MAX_BYTES {
        text.truncate(text.floor_char_boundary(MAX_BYTES));
    }
}

/// A JSON array in the making.
struct Batch {
    kind: Kind,
    json: Vec<u8>,
}

impl Batch {
    fn add(&mut self, item: &[u8], output: &mut impl Write) -> io::Result<()> {
        self.json.push(if self.json.is_empty() { b'[' } else { b',' });
        self.json.extend_from_slice(item);
        if self.json.len() >= BATCH { self.send(output) } else { Ok(()) }
    }

    fn send(&mut self, output: &mut impl Write) -> io::Result<()> {
        if self.json.is_empty() {
            return Ok(());
        }
        self.json.push(b']');
        frame::write(output, self.kind, &self.json)?;
        self.json.clear();
        output.flush()
    }
}
