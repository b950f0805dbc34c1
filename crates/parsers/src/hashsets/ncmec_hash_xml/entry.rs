//! One entry of an answer, from its opening to its closing tag.

use crate::list::fields::{Draft, fill, folded, stated};
use crate::list::window::MAX_ROW;
use crate::list::xml::{Step, Xml};
use crate::{ListOut, Unsound};
use amparo_model::{Place, ProblemKind};

/// Elements that hold an entry.
const KINDS: [(&str, bool); 4] =
    [("image", false), ("video", false), ("deletedImage", true), ("deletedVideo", true)];

/// An entry that has begun.
pub(super) struct Entry {
    kind: &'static str,
    deleted: bool,
    draft: Draft,
    /// Names of the open elements inside the entry.
    path: Vec<String>,
    /// Text of the innermost open element, as far as it came.
    text: String,
}

impl Entry {
    /// The entry that an element of this name opens, if any.
    pub(super) fn of(name: &str) -> Option<Self> {
        let (kind, deleted) = KINDS.iter().find(|(kind, _)| *kind == name)?;
        let mut draft = Draft::default();
        draft.other("type", *kind);
        Some(Self { kind, deleted: *deleted, draft, path: Vec::new(), text: String::new() })
    }

    /// Reads up to the closing tag and hands the row on.
    pub(super) fn read(mut self, xml: &mut Xml, out: &mut ListOut) -> Result<(), Unsound> {
        let start = xml.start();
        let mut long = false;
        loop {
            let step = xml.next()?;
            if xml.end() - start > MAX_ROW as u64 {
                // What was read so far is given up, the walk goes on.
                long = true;
                self.draft = Draft::default();
                self.text.clear();
            }
            match step {
                Step::Open(name, attributes) => self.open(name, attributes, long),
                Step::Text(text) if !long => self.text.push_str(&text),
                Step::Close if self.path.is_empty() => break,
                Step::Close => self.close(long),
                Step::Text(_) | Step::End => {}
            }
        }
        let place = Place::Bytes { start, end: xml.end() };
        match (long, self.deleted) {
            (true, _) => out.reject(place, ProblemKind::Limit, "entry over 1 MiB"),
            (_, true) => {
                let id = self.draft.known.other.iter().find(|(name, _)| name == "id");
                let id = id.map_or("", |(_, id)| id.as_str());
                let id: String = id.chars().take(200).collect();
                let why = format!("{} {id:?}: taken back by its issuer", self.kind);
                out.reject(place, ProblemKind::Skipped, why);
            }
            _ => out.draft(self.draft, place),
        }
        Ok(())
    }

    fn open(&mut self, name: String, attributes: Vec<(String, String)>, long: bool) {
        self.path.push(name);
        self.text.clear();
        if !long {
            let path = self.path.join("/");
            for (name, value) in attributes {
                self.draft.other(format!("{path}@{name}"), value);
            }
        }
    }

    fn close(&mut self, long: bool) {
        let path = self.path.join("/");
        let name = self.path.pop().unwrap_or_default();
        let text = std::mem::take(&mut self.text);
        if long || stated(&text).is_none() {
            return;
        }
        let inside = self.path.first().map(String::as_str);
        let (known, direct) = (inside == Some("fingerprints"), self.path.len() == 1);
        if known && direct && fingerprint(&name, &text, &mut self.draft) {
            return;
        }
        if path == "classification" {
            fill(&mut self.draft.known.code, stated(&text).map(str::to_owned));
        } else {
            self.draft.other(path, text.trim());
        }
    }
}

/// Whether the fingerprint is of a kind that has a field, which is then filled if it was empty.
fn fingerprint(name: &str, text: &str, draft: &mut Draft) -> bool {
    match folded(name).as_str() {
        "md5" if draft.known.md5.is_none() => draft.known.md5 = draft.hash(text, name),
        "sha1" if draft.known.sha1.is_none() => draft.known.sha1 = draft.hash(text, name),
        "pdna" if draft.known.photodna.is_none() => draft.photodna(text, name),
        "pdq" if draft.known.pdq.is_none() => draft.pdq(text, name),
        _ => return false,
    }
    true
}
