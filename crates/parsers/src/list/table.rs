//! Tables with a header line: comma, semicolon or tab between values, quotes around some of them.
//! A unit says what its columns mean; framing, faults and the end of the list are the same for all.

use super::delimited::{Record, Splitter};
use super::fields::{Draft, decoded, folded, stated};
use super::lines::{Line, Lines, note_end};
use super::window::Window;
use super::{ListOut, ListSource, Unsound, has_hash};
use amparo_model::{ListHeader, ProblemKind};

/// What a format of tables says of itself.
pub(crate) struct Table {
    /// For people, in `this is no <name>`.
    pub(crate) name: &'static str,
    /// The bytes that may separate values; the one that finds most columns is taken.
    pub(crate) delimiters: &'static [u8],
    /// Whether text is ISO-8859-1; else it is UTF-8.
    pub(crate) latin: bool,
    /// Whether a header with these folded names belongs to the format.
    pub(crate) accepts: fn(&[String]) -> bool,
    /// What the column of this folded name holds.
    pub(crate) column: fn(&str) -> Column,
    /// What is known of such a list before its rows.
    pub(crate) header: fn() -> ListHeader,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    /// MD5.
    Md5,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// PDQ, with or without its quality.
    Pdq,
    /// Quality of the PDQ beside it.
    PdqQuality,
    /// PhotoDNA in either form.
    PhotoDna,
    /// Frames of a video.
    Vpdq,
    /// The verdict's code as stated.
    Code,
    /// A verdict of yes or no.
    Verdict,
    /// Series name.
    Series,
    /// In wide circulation or not.
    Distributed,
    /// Victim identified or not.
    Identified,
    /// Size in bytes.
    Size,
    /// File name.
    Name,
    /// Anything else.
    Other,
}

impl Column {
    /// Whether it holds a hash.
    pub(crate) fn is_hash(self) -> bool {
        use Column::{Md5, Pdq, PhotoDna, Sha1, Sha256, Vpdq};
        matches!(self, Md5 | Sha1 | Sha256 | Pdq | PhotoDna | Vpdq)
    }
}

impl Table {
    /// Whether the first line of a file is a header of the format.
    pub(crate) fn probe(&self, head: &[u8]) -> bool {
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        let mut lines = head.split(|byte| *byte == b'\n').filter(|line| !is_preamble(line));
        lines.next().is_some_and(|line| self.columns(line).is_some())
    }

    /// Reads the list.
    pub(crate) fn read(
        &self,
        source: &mut dyn ListSource,
        out: &mut ListOut,
    ) -> Result<(), Unsound> {
        let mut lines = Lines::new(Window::new(source))?;
        let Some(mut rows) = self.start(&mut lines)? else {
            return Err(Unsound::Malformed("the file is empty".to_owned()));
        };
        out.header((self.header)());
        let mut any = false;
        while let Some(line) = lines.next()? {
            if is_blank(lines.bytes(&line)) && !line.too_long {
                note_end(&line, out);
                continue;
            }
            any = true;
            rows.row(&mut lines, line, out)?;
        }
        if any { Ok(()) } else { Err(Unsound::Malformed("there is no row in it".to_owned())) }
    }

    fn start(&self, lines: &mut Lines) -> Result<Option<Rows<'_>>, Unsound> {
        while let Some(line) = lines.next()? {
            let bytes = lines.bytes(&line);
            if is_preamble(bytes) && !line.too_long {
                continue;
            }
            let Some(rows) = self.columns(bytes) else {
                let why = format!("its first line is no header of {}", self.name);
                return Err(Unsound::Unsupported(why));
            };
            return Ok(Some(rows));
        }
        Ok(None)
    }

    fn columns(&self, line: &[u8]) -> Option<Rows<'_>> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let mut best: Option<Rows> = None;
        for delimiter in self.delimiters {
            let mut splitter = Splitter::new(*delimiter);
            if !matches!(splitter.split(line), Record::Whole) {
                continue;
            }
            let names: Vec<String> =
                splitter.fields().map(|name| decoded(name, self.latin).0).collect();
            let plain: Vec<String> = names.iter().map(|name| folded(name)).collect();
            let more = best.as_ref().is_none_or(|best| names.len() > best.columns.len());
            if more && (self.accepts)(&plain) {
                let columns = named(&names, plain.iter().map(|name| (self.column)(name)));
                best = Some(Rows { table: self, splitter, columns, closed: false });
            }
        }
        best
    }
}

/// Names and meanings of the columns; a meaning that comes twice counts once.
fn named(names: &[String], columns: impl Iterator<Item = Column>) -> Vec<(String, Column)> {
    let mut found: Vec<(String, Column)> = Vec::new();
    for (name, column) in names.iter().zip(columns) {
        let again = found.iter().any(|(_, other)| *other == column);
        let column = if again { Column::Other } else { column };
        let name = match stated(name) {
            Some(name) => name.to_owned(),
            None => format!("column {}", found.len() + 1),
        };
        found.push((name, column));
    }
    found
}

fn is_blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}

/// What may stand before the header: blank lines, and the line by which a spreadsheet names the
/// separator.
fn is_preamble(line: &[u8]) -> bool {
    is_blank(line) || line.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"sep="))
}

/// The rows below a header.
struct Rows<'t> {
    table: &'t Table,
    splitter: Splitter,
    columns: Vec<(String, Column)>,
    /// The lines that were joined last can become no row, however many follow.
    closed: bool,
}

impl Rows<'_> {
    fn row(&mut self, lines: &mut Lines, line: Line, out: &mut ListOut) -> Result<(), Unsound> {
        if line.too_long {
            out.reject(line.place(), ProblemKind::Limit, "line over 1 MiB");
            return if line.ended { Ok(()) } else { Err(cut()) };
        }
        let (line, fault) = self.frame(lines, line)?;
        if let Some(fault) = fault {
            if !line.ended {
                return Err(cut());
            }
            out.reject(line.place(), ProblemKind::Malformed, fault);
            return Ok(());
        }
        let draft = self.draft();
        if !line.ended && !draft.faults.is_empty() {
            return Err(cut());
        }
        note_end(&line, out);
        out.draft(draft, line.place());
        Ok(())
    }

    /// The line that makes up a row, joined with the next ones while a quote is open, and what is
    /// wrong with it. A quote that never closes costs only its own line.
    fn frame(&mut self, lines: &mut Lines, line: Line) -> Result<(Line, Option<String>), Unsound> {
        let first = self.splitter.split(lines.bytes(&line));
        let mut more = 1;
        while matches!(first, Record::Open)
            && let Some(joined) = lines.joined(more)?
        {
            if self.joins(lines.bytes(&line).len(), lines.bytes(&joined)) {
                lines.take(&joined);
                return Ok((joined, None));
            }
            if self.closed {
                break;
            }
            more += 1;
        }
        let fault = match first {
            Record::Whole if self.fits() => None,
            Record::Whole => {
                let (values, columns) = (self.splitter.fields().count(), self.columns.len());
                Some(format!("row of {values} values below a header of {columns}"))
            }
            Record::Open => Some("row with a quote that does not end".to_owned()),
            Record::Stray => Some("row with a carriage return inside".to_owned()),
        };
        Ok((line, fault))
    }

    /// Whether these lines together are a row: their quotes close, and no line behind the first is
    /// a row of its own, which a stray quote would otherwise hide.
    fn joins(&mut self, first: usize, joined: &[u8]) -> bool {
        let tail = joined.get(first..).unwrap_or_default();
        let mut lines = tail.split(|byte| *byte == b'\n').filter(|line| !is_blank(line));
        let hides = lines.any(|line| self.is_row(line));
        self.closed = hides || self.splitter.split(joined) != Record::Open;
        !hides && self.closed && self.fits() && well_quoted(joined, self.splitter.delimiter())
    }

    fn is_row(&mut self, line: &[u8]) -> bool {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let record = match self.splitter.split(line) {
            Record::Open => self.splitter.split(&[line, b"\""].concat()),
            record => record,
        };
        record == Record::Whole && self.fits() && has_hash(&self.draft().known)
    }

    /// Whether the values are as many as the columns; blank ones behind them do not matter.
    fn fits(&self) -> bool {
        let values = self.splitter.fields().count();
        let beyond = self.splitter.fields().skip(self.columns.len());
        values >= self.columns.len() && beyond.into_iter().all(is_blank)
    }

    fn draft(&self) -> Draft {
        let mut draft = Draft::default();
        let mut quality = None;
        for ((name, column), bytes) in self.columns.iter().zip(self.splitter.fields()) {
            let (text, fault) = decoded(bytes, self.table.latin);
            if let Some(fault) = fault {
                draft.faults.push(format!("{name}: {fault}"));
            }
            if *column == Column::PdqQuality {
                quality = stated(&text).map(str::to_owned);
            } else {
                value(*column, name, text, &mut draft);
            }
        }
        if let Some(quality) = quality {
            set_quality(&quality, &mut draft);
        }
        draft
    }
}

/// Whether each closing quote is followed by a delimiter or the end. The engine is lax about it,
/// which is right for one line but not for joining lines.
fn well_quoted(line: &[u8], delimiter: u8) -> bool {
    let (mut inside, mut fresh, mut at) = (false, true, 0);
    while let Some(byte) = line.get(at) {
        let next = line.get(at + 1).copied();
        match (inside, *byte) {
            (true, b'"') if next == Some(b'"') => at += 1,
            (true, b'"') if next.is_none_or(|next| next == delimiter) => inside = false,
            (true, b'"') => return false,
            (false, b'"') if fresh => inside = true,
            _ => {}
        }
        fresh = !inside && *byte == delimiter;
        at += 1;
    }
    !inside
}

fn cut() -> Unsound {
    Unsound::Malformed("its last line breaks off".to_owned())
}

fn value(column: Column, name: &str, text: String, draft: &mut Draft) {
    match column {
        Column::Md5 => draft.known.md5 = draft.hash(&text, name),
        Column::Sha1 => draft.known.sha1 = draft.hash(&text, name),
        Column::Sha256 => draft.known.sha256 = draft.hash(&text, name),
        Column::Pdq => draft.pdq(&text, name),
        Column::PhotoDna => draft.photodna(&text, name),
        Column::Vpdq => draft.frames(&text, name),
        Column::Code => draft.known.code = stated(&text).map(str::to_owned),
        Column::Verdict => {
            let verdict = draft.flag(&text, name);
            draft.known.code = verdict.map(|yes| if yes { "yes" } else { "no" }.to_owned());
        }
        Column::Series => draft.known.series = stated(&text).map(str::to_owned),
        Column::Distributed => draft.known.is_distributed = draft.flag(&text, name),
        Column::Identified => draft.known.victim_identified = draft.flag(&text, name),
        Column::Size => draft.size(&text, name),
        Column::Name => draft.known.name = stated(&text).map(str::to_owned),
        Column::Other | Column::PdqQuality => draft.other(name, text),
    }
}

/// A quality that cannot be read takes the PDQ with it: it might be noise.
fn set_quality(quality: &str, draft: &mut Draft) {
    let stated = quality.parse().ok().filter(|quality: &u8| *quality <= 100);
    match (stated, &mut draft.known.pdq) {
        (Some(quality), Some(pdq)) => pdq.quality = quality,
        (None, pdq) => {
            *pdq = None;
            draft.faults.push("the quality of the PDQ is no number from 0 to 100".to_owned());
        }
        (Some(_), None) => {}
    }
}
