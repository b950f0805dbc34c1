//! Goes through the lines from the first to the last and keeps account of what was understood.

use super::lines::{self, Entry};
use super::words::{self, Section};
use super::{cover, lookups, section_a};
use crate::pdf::Text;
use crate::tip_parts;
use amparo_model::TipRevision;
use std::collections::BTreeMap;

/// A report that was read.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) tip: TipRevision,
    /// Page and line of its number.
    pub(super) at: (u32, u32),
    /// Place and sentence for each value that could not be used.
    pub(super) odd: Vec<(String, String)>,
}

/// What the sections share.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) tip: TipRevision,
    pub(super) unknown: BTreeMap<String, String>,
    pub(super) odd: Vec<(String, String)>,
    understood: usize,
    total: usize,
}

impl Reader {
    /// The line was read and nothing of it is lost.
    pub(super) fn understood(&mut self) {
        self.understood += 1;
    }

    /// The line belongs to a part that has no field; it is kept as it is.
    pub(super) fn kept(&mut self, entry: &Entry) {
        self.understood += 1;
        self.unknown.insert(entry.key(), entry.text.clone());
    }

    /// The line was not understood; it is kept as it is.
    pub(super) fn not_understood(&mut self, entry: &Entry) {
        self.unknown.insert(entry.key(), entry.text.clone());
    }

    /// The line was read, but its value could not be used.
    pub(super) fn odd(&mut self, entry: &Entry, detail: String) {
        self.kept(entry);
        self.odd.push((entry.key(), detail));
    }

    /// The provider, for ids that are unique only there.
    pub(super) fn provider(&self) -> String {
        self.tip.provider.clone().unwrap_or_else(|| "unknown".to_owned())
    }

    fn share(&self) -> Option<u8> {
        let share = (self.understood * 100).checked_div(self.total)?;
        u8::try_from(share.min(100)).ok()
    }
}

/// Reads the whole text.
pub(super) fn read(text: &Text) -> Result<Found, String> {
    let entries = lines::entries(text);
    let numbered = |entry: &Entry| {
        let number = words::report_number(&entry.text)?;
        Some((number, (entry.page, entry.number)))
    };
    let (number, at) = entries
        .iter()
        .find_map(numbered)
        .ok_or("there is no report number in this document, so this cannot become a tip")?;
    let tip = TipRevision::new(tip_parts::tip_id(&number)?);
    let mut reader = Reader {
        tip,
        unknown: BTreeMap::new(),
        odd: Vec::new(),
        understood: 0,
        total: entries.len(),
    };
    let mut sections = Sections::default();
    for entry in &entries {
        sections.line(entry, &mut reader);
    }
    sections.finish(&mut reader);
    let mut tip = reader.tip.clone();
    tip.understood_percent = reader.share();
    tip.unknown = reader.unknown;
    Ok(Found { tip, at, odd: reader.odd })
}

/// One reader for each section, and which of them is at work.
#[derive(Default)]
struct Sections {
    now: Option<Section>,
    cover: cover::Cover,
    reported: section_a::SectionA,
    lookups: lookups::SectionB,
    analysts: Vec<String>,
}

impl Sections {
    fn line(&mut self, entry: &Entry, reader: &mut Reader) {
        if entry.is_furniture || entry.text.starts_with("This concludes Section") {
            return reader.understood();
        }
        if let Some(section) = words::section(&entry.text) {
            self.leave(reader);
            self.now = Some(section);
            return reader.understood();
        }
        match self.now.unwrap_or(Section::Cover) {
            Section::Cover => self.cover.line(entry, reader),
            Section::A => self.reported.line(entry, reader),
            Section::B => self.lookups.line(entry, reader),
            Section::C => {
                self.analysts.push(entry.text.clone());
                reader.understood();
            }
            // Whose desk it went to; nothing in it is about a suspect.
            Section::D => reader.kept(entry),
        }
    }

    fn leave(&mut self, reader: &mut Reader) {
        match self.now {
            Some(Section::A) => self.reported.finish(reader),
            Some(Section::B) => self.lookups.finish(reader),
            _ => {}
        }
    }

    fn finish(mut self, reader: &mut Reader) {
        self.leave(reader);
        self.cover.finish(reader);
        if self.now.is_none() {
            let detail = "no section was found, only a cover; the layout may have changed";
            reader.odd.push(("sections".to_owned(), detail.to_owned()));
        }
        if !self.analysts.is_empty() {
            reader.tip.notes.push(self.analysts.join("\n"));
        }
        for party in &mut reader.tip.parties {
            tip_parts::national_phones(party);
        }
    }
}
