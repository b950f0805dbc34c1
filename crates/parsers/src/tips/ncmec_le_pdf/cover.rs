//! The first page: number, priority, dates and a summary. Section A knows better.

use super::lines::Entry;
use super::reader::Reader;
use super::words::{self, Label};
use crate::tip_parts::{is_stated, moment};

/// What the cover says, as far as it is open.
#[derive(Debug, Default)]
pub(super) struct Cover {
    /// A label whose value stands on the next line.
    open: Option<Label>,
    /// The incident type with its line.
    kind: Option<(Entry, String)>,
}

impl Cover {
    pub(super) fn line(&mut self, entry: &Entry, reader: &mut Reader) {
        if words::report_number(&entry.text).is_some() {
            return reader.understood();
        }
        if let Some(rest) = entry.text.strip_prefix("Received by NCMEC on") {
            let text = rest.trim_start_matches(':').trim();
            reader.tip.received_at = is_stated(text).then(|| moment(text));
            return reader.understood();
        }
        if let Some((label, value)) = words::label(&entry.line) {
            self.open = None;
            return self.labelled(label, &value, entry, reader);
        }
        match self.open.take() {
            Some(label) => self.labelled(label, &entry.text, entry, reader),
            None => reader.not_understood(entry),
        }
    }

    fn labelled(&mut self, label: Label, value: &str, entry: &Entry, reader: &mut Reader) {
        if value.is_empty() {
            self.open = Some(label);
            return reader.understood();
        }
        match label {
            Label::Priority => reader.tip.originator_level = Some(value.to_owned()),
            Label::IncidentType => self.kind = Some((entry.clone(), value.to_owned())),
            Label::TotalFiles => match value.replace(',', "").parse() {
                Ok(count) => reader.tip.declared_files = Some(count),
                Err(_) => return reader.odd(entry, format!("{value:?} is no number of files")),
            },
            // Contact data and summaries: of use to people, never a suspect's.
            _ => return reader.kept(entry),
        }
        reader.understood();
    }

    /// Section A's incident type goes before the cover's, which stays to be seen where it differs.
    pub(super) fn finish(self, reader: &mut Reader) {
        let Some((entry, kind)) = self.kind else { return };
        match &reader.tip.incident_type {
            None => reader.tip.incident_type = Some(kind),
            Some(known) if known.eq_ignore_ascii_case(&kind) => {}
            Some(_) => {
                reader.unknown.insert(entry.key(), entry.text);
            }
        }
    }
}
