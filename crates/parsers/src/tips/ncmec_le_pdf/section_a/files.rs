//! Blocks of files.

use super::{GoesOn, SectionA, file};
use crate::tip_parts::{hash, moment, stated};
use crate::tips::ncmec_le_pdf::lines::Entry;
use crate::tips::ncmec_le_pdf::reader::Reader;
use crate::tips::ncmec_le_pdf::words::Label;
use amparo_model::{Stated, TipFile};

/// A question is wrapped over no more letters than this.
const MAX_QUESTION: usize = 400;

impl SectionA {
    /// One label of the file that is being read.
    pub(super) fn file_label(
        &mut self,
        label: Label,
        value: &str,
        entry: &Entry,
        reader: &mut Reader,
    ) {
        let text = || Some(value.to_owned());
        match label {
            Label::FileName => {
                reader.tip.files.push(TipFile { file_name: text(), ..TipFile::default() });
                self.goes_on = Some(GoesOn::FileName);
                return reader.understood();
            }
            Label::FileCount | Label::TotalFiles => return count(value, entry, reader),
            Label::Ip => return self.ip(value, entry, reader),
            Label::Port => return self.port(value, entry, reader),
            _ => {}
        }
        let Some(file) = file(reader) else { return reader.kept(entry) };
        match label {
            Label::OriginalName => {
                file.original_file_name = text();
                self.goes_on = Some(GoesOn::OriginalName);
            }
            Label::SubmittalId => file.submittal_id = text(),
            Label::Class => {
                let mut words = value.split_whitespace();
                file.industry_classification = words.next().map(str::to_owned);
                if words.next().is_some() {
                    return reader.kept(entry);
                }
            }
            Label::Relevance => file.relevance = text(),
            Label::Uploaded => file.uploaded_at = Some(moment(value)),
            Label::FileUrl | Label::Url => file.url = text(),
            Label::Hash(kind) => match hash(kind, value) {
                Ok(hash) => file.hashes.push(hash),
                Err(detail) => return reader.odd(entry, detail),
            },
            Label::Note => {
                file.notes.push(value.to_owned());
                self.goes_on = Some(GoesOn::Note);
            }
            _ => return reader.kept(entry),
        }
        reader.understood();
    }

    /// `Did ...? Yes` and `Were ...? No`, wrapped or with the answer on the next line.
    pub(super) fn question(&mut self, entry: &Entry, reader: &mut Reader) -> bool {
        let starts = entry.text.starts_with("Did ") || entry.text.starts_with("Were ");
        let free = self.question.is_none() && self.goes_on == Some(GoesOn::Note);
        if reader.tip.files.is_empty() || free && !entry.text.contains('?') {
            return false;
        }
        let question = match (self.question.take(), starts) {
            (_, true) => entry.text.clone(),
            (Some(before), false) => format!("{before} {}", entry.text),
            (None, false) => return false,
        };
        let (asked, answer) = question.split_once('?').unwrap_or((&question, ""));
        if answer.trim().is_empty() && question.len() < MAX_QUESTION {
            self.question = Some(question);
            reader.understood();
            return true;
        }
        self.goes_on = None;
        answered(asked, answer, entry, reader);
        true
    }
}

fn answered(asked: &str, answer: &str, entry: &Entry, reader: &mut Reader) {
    let says = stated(answer);
    let asked = asked.to_lowercase();
    let Some(file) = file(reader) else { return reader.not_understood(entry) };
    if says == Stated::NotStated || asked.contains("exif") {
        return reader.kept(entry);
    }
    if asked.contains("public") {
        file.publicly_available = says;
    } else if asked.contains("view") {
        file.viewed_by_provider = says;
    } else {
        return reader.kept(entry);
    }
    reader.understood();
}

fn count(value: &str, entry: &Entry, reader: &mut Reader) {
    match value.replace(',', "").parse() {
        Ok(count) => {
            reader.tip.declared_files = Some(count);
            reader.understood();
        }
        Err(_) => reader.odd(entry, format!("{value:?} is no number of files")),
    }
}

/// A wrapped file name. A name breaks at its blanks if it has any, and anywhere if it has none.
pub(super) fn add_to_name(sent: bool, text: &str, reader: &mut Reader) {
    let Some(file) = file(reader) else { return };
    let name = if sent { &mut file.file_name } else { &mut file.original_file_name };
    if let Some(name) = name {
        if name.contains(' ') || text.contains(' ') {
            name.push(' ');
        }
        name.push_str(text);
    }
}
