//! Section A: who reports, what happened, who is concerned, which files.

mod files;
mod parties;

use super::lines::Entry;
use super::reader::Reader;
use super::table::{Row, Table};
use super::words::{self, Heading, Label};
use crate::tip_parts::{self, is_stated, moment};
use amparo_model::{Capture, Party, TipFile};

/// What is being read of section A.
#[derive(Debug, Default)]
pub(super) struct SectionA {
    block: Block,
    /// A label whose value stands on the next line.
    open: Option<Label>,
    /// What the next line without a label goes on with.
    goes_on: Option<GoesOn>,
    /// How many of the last IP events still have no time.
    untimed: usize,
    /// A question whose answer has not come yet.
    question: Option<String>,
    table: Option<Table>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Block {
    #[default]
    None,
    Provider,
    Incident,
    Party,
    Files,
    Notes,
}

/// Values of several lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum GoesOn {
    Note,
    FileName,
    OriginalName,
    Address,
    Prior,
}

impl SectionA {
    pub(super) fn line(&mut self, entry: &Entry, reader: &mut Reader) {
        if let Some(heading) = words::heading(&entry.text) {
            return self.heading(heading, entry, reader);
        }
        if self.table.is_some() && self.row(entry, reader) {
            return;
        }
        if self.question(entry, reader) || self.time(entry, reader) {
            return;
        }
        let label = words::label(&entry.line).filter(|(label, _)| !self.is_text(*label));
        if let Some((label, value)) = label {
            self.open = None;
            self.goes_on = None;
            return self.labelled(label, &value, entry, reader);
        }
        match self.open.take() {
            Some(label) => self.labelled(label, &entry.text, entry, reader),
            None => self.without_label(entry, reader),
        }
    }

    /// Free texts hold lines that look like contact data. Whose it is nobody can tell, so such a
    /// line ends no text.
    fn is_text(&self, label: Label) -> bool {
        let in_note = self.goes_on == Some(GoesOn::Note) || self.block == Block::Notes;
        in_note && label.is_common()
    }

    fn heading(&mut self, heading: Heading, entry: &Entry, reader: &mut Reader) {
        self.finish(reader);
        (self.open, self.goes_on, self.untimed, self.question) = (None, None, 0, None);
        match heading {
            Heading::Provider => self.block = Block::Provider,
            Heading::Incident => self.block = Block::Incident,
            Heading::Files => self.block = Block::Files,
            Heading::Notes => {
                self.block = Block::Notes;
                reader.tip.notes.push(String::new());
                self.goes_on = Some(GoesOn::Note);
            }
            Heading::Party(role) => {
                self.block = Block::Party;
                reader.tip.parties.push(Party { role, ..Party::default() });
            }
            Heading::Sources if matches!(self.block, Block::Party | Block::Files) => {
                self.table = Some(Table::default());
            }
            Heading::Sources => return reader.not_understood(entry),
        }
        reader.understood();
    }

    fn labelled(&mut self, label: Label, value: &str, entry: &Entry, reader: &mut Reader) {
        if !is_stated(value) {
            // Nothing, or a value on the next line.
            self.open = value.is_empty().then_some(label);
            return reader.understood();
        }
        match (self.block, label) {
            (_, Label::Submitter) => {
                reader.tip.provider = Some(value.to_owned());
                self.block = Block::Provider;
                reader.understood();
            }
            (Block::Provider, _) => reader.kept(entry),
            (_, Label::FileName) if self.block != Block::Notes => {
                self.block = Block::Files;
                self.file_label(label, value, entry, reader);
            }
            (Block::None | Block::Incident, _) => self.incident(label, value, entry, reader),
            (Block::Party, _) => self.party_label(label, value, entry, reader),
            (Block::Files, _) => self.file_label(label, value, entry, reader),
            (Block::Notes, _) => self.without_label(entry, reader),
        }
    }

    fn incident(&mut self, label: Label, value: &str, entry: &Entry, reader: &mut Reader) {
        let tip = &mut reader.tip;
        let text = || Some(value.to_owned());
        match label {
            Label::IncidentType if tip.incident_type.is_none() => tip.incident_type = text(),
            Label::IncidentTime => {
                tip.incident_at = Some(moment(value));
                if tip.incident_at.as_ref().is_some_and(|at| at.utc.is_none()) {
                    return reader.odd(entry, format!("{value:?} is no time with a zone"));
                }
            }
            Label::IncidentNote => tip.incident_at_note = text(),
            Label::Platform => tip.platform = text(),
            Label::Escalation => tip.escalation = text(),
            Label::Url => tip.urls.push(value.to_owned()),
            Label::Note => {
                tip.notes.push(value.to_owned());
                self.goes_on = Some(GoesOn::Note);
            }
            _ => return reader.kept(entry),
        }
        reader.understood();
    }

    fn without_label(&mut self, entry: &Entry, reader: &mut Reader) {
        if self.block == Block::Provider {
            return reader.kept(entry);
        }
        let Some(goes_on) = self.goes_on else { return reader.not_understood(entry) };
        let text = entry.text.as_str();
        match goes_on {
            GoesOn::Note => self.add_to_note(text, reader),
            GoesOn::FileName | GoesOn::OriginalName => {
                files::add_to_name(goes_on == GoesOn::FileName, text, reader);
            }
            GoesOn::Address => parties::add_to_address(text, reader),
            GoesOn::Prior => return parties::prior(text, entry, reader),
        }
        reader.understood();
    }

    fn add_to_note(&self, text: &str, reader: &mut Reader) {
        let notes = match self.block {
            Block::Party => party(reader).map(|party| &mut party.notes),
            Block::Files => file(reader).map(|file| &mut file.notes),
            _ => Some(&mut reader.tip.notes),
        };
        let Some(notes) = notes else { return };
        match notes.last_mut() {
            Some(last) if last.is_empty() => text.clone_into(last),
            Some(last) => {
                last.push('\n');
                last.push_str(text);
            }
            None => notes.push(text.to_owned()),
        }
    }

    /// The time of an IP event stands on the line after it.
    fn time(&mut self, entry: &Entry, reader: &mut Reader) -> bool {
        if self.untimed == 0 || !tip_parts::is_us_time(&entry.text) {
            return false;
        }
        let at = moment(&entry.text);
        let count = std::mem::take(&mut self.untimed);
        if let Some(captures) = self.captures(reader) {
            let from = captures.len().saturating_sub(count);
            for capture in captures.iter_mut().skip(from) {
                capture.at = Some(at.clone());
            }
        }
        reader.understood();
        true
    }

    /// `IP Address: 192.0.2.1 (Login)`, the time maybe behind it.
    fn ip(&mut self, value: &str, entry: &Entry, reader: &mut Reader) {
        let (rest, time) = split_time(value);
        let (raw, event) = words::remark(rest);
        let mut found = tip_parts::captures(&raw, None);
        for capture in &mut found {
            capture.event.clone_from(&event);
            capture.at = time.map(moment);
        }
        self.untimed = if time.is_none() { found.len() } else { 0 };
        let odd = found.iter().any(|capture| capture.ip.is_none());
        if let Some(captures) = self.captures(reader) {
            captures.extend(found);
        }
        if odd {
            return reader.odd(entry, format!("{raw:?} stands where an IP address is expected"));
        }
        reader.understood();
    }

    fn port(&mut self, value: &str, entry: &Entry, reader: &mut Reader) {
        let port = amparo_model::normal::port(value);
        let last = self.captures(reader).and_then(|captures| captures.last_mut());
        match (port, last) {
            (Some(port), Some(capture)) => {
                capture.port = Some(port);
                reader.understood();
            }
            _ => reader.kept(entry),
        }
    }

    fn captures<'r>(&self, reader: &'r mut Reader) -> Option<&'r mut Vec<Capture>> {
        match self.block {
            Block::Party => party(reader).map(|party| &mut party.captures),
            Block::Files => file(reader).map(|file| &mut file.captures),
            _ => None,
        }
    }

    /// A line of the table `Type | Value | Event | Date/Time`; `false` when the table is over.
    fn row(&mut self, entry: &Entry, reader: &mut Reader) -> bool {
        let Some(table) = &mut self.table else { return false };
        let first = entry.line.cells.first().map_or("", |cell| cell.text.as_str());
        if first.eq_ignore_ascii_case("type") && entry.line.cells.len() > 1 {
            *table = Table::new(&entry.line);
            reader.understood();
            return true;
        }
        let lower = first.to_lowercase();
        let begins = entry.line.cells.len() > 1
            && ["ip address", "ip", "url", "profile url", "email", "device id"]
                .contains(&lower.as_str());
        let done = if begins {
            table.begin(&entry.line)
        } else if table.goes_on(&entry.line) {
            table.add(&entry.line);
            None
        } else {
            self.finish(reader);
            return false;
        };
        reader.understood();
        if let Some(row) = done {
            self.source(&row, reader);
        }
        true
    }

    /// Ends the table, if one is open.
    pub(super) fn finish(&mut self, reader: &mut Reader) {
        let row = self.table.take().and_then(|mut table| table.finish_row());
        if let Some(row) = row {
            self.source(&row, reader);
        }
    }

    fn source(&self, row: &Row, reader: &mut Reader) {
        let kind = row.get(&["type"]).unwrap_or_default();
        let value = row.get(&["value"]).unwrap_or_default();
        if !kind.to_lowercase().starts_with("ip") {
            let key = format!("source {} {kind}", reader.unknown.len());
            reader.unknown.insert(key, value);
            return;
        }
        let mut found = tip_parts::captures(&value, row.get(&["port"]).as_deref());
        for capture in &mut found {
            capture.event = row.get(&["event"]);
            capture.at = row.get(&["date", "time"]).map(|text| moment(&text));
        }
        if let Some(captures) = self.captures(reader) {
            captures.extend(found);
        }
    }
}

fn party(reader: &mut Reader) -> Option<&mut Party> {
    reader.tip.parties.last_mut()
}

fn file(reader: &mut Reader) -> Option<&mut TipFile> {
    reader.tip.files.last_mut()
}

/// A time at the end of a line.
fn split_time(value: &str) -> (&str, Option<&str>) {
    let starts = value.char_indices().filter(|(_, c)| c.is_ascii_whitespace());
    let time =
        starts.map(|(at, _)| value.split_at(at)).find(|(_, rest)| tip_parts::is_us_time(rest));
    time.map_or((value, None), |(before, time)| (before, Some(time.trim())))
}
