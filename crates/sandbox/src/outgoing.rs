//! The worker's answers on their way: records and problems, gathered into frames.

use crate::frame::{self, Kind, MAX_BODY};
use amparo_model::wire::put_varint;
use amparo_model::{KnownHash, Located, Place, Problem, ProblemKind, Record, compact_row};
use amparo_parsers::Sink;
use std::io::{self, Write};

/// Answers are handed over when this much has gathered, in bytes.
const BATCH: usize = 256 << 10;

/// Gathers what a parser finds into frames.
pub(crate) struct Outgoing<'w, W: Write> {
    output: &'w mut W,
    records: Batch,
    rows: Batch,
    problems: Batch,
    /// A row in the making.
    row: Vec<u8>,
    failed: Option<io::Error>,
}

impl<'w, W: Write> Outgoing<'w, W> {
    pub(crate) fn new(output: &'w mut W) -> Self {
        let batch = |kind| Batch { kind, body: Vec::new() };
        Self {
            output,
            records: batch(Kind::Records),
            rows: batch(Kind::Rows),
            problems: batch(Kind::Problems),
            row: Vec::new(),
            failed: None,
        }
    }

    /// Hands over what is left.
    ///
    /// # Errors
    /// When the pipe to the host is closed.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.records.send(self.output)?;
        self.rows.send(self.output)?;
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

impl<W: Write> Outgoing<'_, W> {
    /// A row of a list: those come by the million.
    fn known(&mut self, place: &Place, known: &KnownHash) -> io::Result<()> {
        self.records.send(self.output)?;
        self.row.clear();
        compact_row::encode(&mut self.row, place, known);
        self.rows.add_row(&self.row, self.output)
    }

    fn other(&mut self, json: &[u8]) -> io::Result<()> {
        self.rows.send(self.output)?;
        self.records.add_json(json, self.output)
    }

    fn too_large(&mut self, record: &Located<Record>, size: usize) {
        let detail = format!("a record of {size} bytes cannot be handed over");
        let at = record.at().clone();
        let subject = at.place.to_string();
        self.problem(Problem::at(ProblemKind::Limit, at, subject, detail));
    }
}

impl<W: Write> Sink for Outgoing<'_, W> {
    fn record(&mut self, record: Located<Record>) {
        if self.failed.is_some() {
            return;
        }
        let sent = match record.record() {
            Record::KnownHash(known) => self.known(&record.at().place, known),
            _ => match serde_json::to_vec(&record) {
                Ok(json) if json.len() <= MAX_BODY / 2 => self.other(&json),
                other => return self.too_large(&record, other.map_or(0, |json| json.len())),
            },
        };
        self.keep(sent);
    }

    fn problem(&mut self, mut problem: Problem) {
        if self.failed.is_some() {
            return;
        }
        shorten(&mut problem.subject);
        shorten(&mut problem.detail);
        let sent = match serde_json::to_vec(&problem) {
            Ok(json) => self.problems.add_json(&json, self.output),
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

/// A frame in the making: a JSON array, or rows.
struct Batch {
    kind: Kind,
    body: Vec<u8>,
}

impl Batch {
    fn add_json(&mut self, item: &[u8], output: &mut impl Write) -> io::Result<()> {
        self.body.push(if self.body.is_empty() { b'[' } else { b',' });
        self.body.extend_from_slice(item);
        self.send_if_full(output)
    }

    fn add_row(&mut self, row: &[u8], output: &mut impl Write) -> io::Result<()> {
        put_varint(&mut self.body, row.len() as u64);
        self.body.extend_from_slice(row);
        self.send_if_full(output)
    }

    fn send_if_full(&mut self, output: &mut impl Write) -> io::Result<()> {
        if self.body.len() >= BATCH { self.send(output) } else { Ok(()) }
    }

    fn send(&mut self, output: &mut impl Write) -> io::Result<()> {
        if self.body.is_empty() {
            return Ok(());
        }
        if self.kind != Kind::Rows {
            self.body.push(b']');
        }
        frame::write(output, self.kind, &self.body)?;
        self.body.clear();
        output.flush()
    }
}
