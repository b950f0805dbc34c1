//! What a worker says of a container, and which bytes it asks for.

use super::{Answer, Border, MAX_PROBLEMS, json, spend};
use crate::frame::{CHUNK, Kind, ReadEnd, TreeEntry, Want};
use crate::violation::Violation;
use amparo_model::Container;

/// Longest path, in bytes: some containers deep, each with the longest that is read there.
const MAX_PATH: usize = 96 << 10;
/// Containers inside containers, volumes counted.
const MAX_PLACE: usize = 32;

impl Border {
    pub(super) fn tree(&mut self, kind: Kind, body: &[u8]) -> Result<Answer, Violation> {
        match kind {
            Kind::Want => self.want(json(body)?),
            Kind::Entries => self.entries(json(body)?),
            Kind::Opened => self.opened(json(body)?),
            Kind::ReadEnd => self.read_end(json(body)?),
            Kind::Beside => {
                spend(&mut self.records, 1).ok_or(Violation::TooMuch("files beside"))?;
                path(&json::<String>(body)?).map(Answer::Beside)
            }
            other => Err(Violation::Kind(other as u8)),
        }
    }

    pub(super) fn content(&mut self, bytes: Vec<u8>) -> Result<Answer, Violation> {
        let more = Violation::TooMuch("bytes of the entry");
        spend(&mut self.content, bytes.len() as u64).ok_or(more)?;
        Ok(Answer::Content(bytes))
    }

    fn want(&mut self, want: Want) -> Result<Answer, Violation> {
        let size = self.files.get(want.file).copied().unwrap_or(0);
        let inside = want.offset.checked_add(want.length).is_some_and(|end| end <= size);
        if !inside || want.length == 0 || want.length > CHUNK as u64 {
            return Err(Violation::Range);
        }
        spend(&mut self.wanted, want.length).ok_or(Violation::TooMuch("bytes of the list"))?;
        Ok(Answer::Want(want))
    }

    fn entries(&mut self, entries: Vec<TreeEntry>) -> Result<Answer, Violation> {
        spend(&mut self.records, entries.len() as u64).ok_or(Violation::TooMuch("entries"))?;
        for entry in &entries {
            path(&entry.path)?;
            if entry.place.is_empty() || entry.place.len() > MAX_PLACE {
                return Err(Violation::Entry);
            }
        }
        Ok(Answer::Entries(entries))
    }

    fn opened(&mut self, opened: Vec<Container>) -> Result<Answer, Violation> {
        spend(&mut self.records, opened.len() as u64).ok_or(Violation::TooMuch("containers"))?;
        let texts = |one: &Container| {
            let stored = one.stored.iter().map(|(_, value)| value);
            one.formats.iter().chain(stored).all(|text| text.len() <= 200)
        };
        let sound = |one: &Container| {
            (one.path.is_empty() || path(&one.path).is_ok())
                && one.formats.len() <= MAX_PLACE
                && one.stored.len() <= MAX_PLACE
                && texts(one)
        };
        if opened.iter().all(sound) { Ok(Answer::Opened(opened)) } else { Err(Violation::Entry) }
    }

    fn read_end(&mut self, end: ReadEnd) -> Result<Answer, Violation> {
        self.problems += end.problems.len() as u64;
        if self.problems > MAX_PROBLEMS {
            return Err(Violation::TooMuch("problems"));
        }
        Ok(Answer::ReadEnd(end))
    }
}

/// A path that turns back into the bytes of a name, and disturbs no terminal.
fn path(path: &str) -> Result<String, Violation> {
    let plain = !path.chars().any(|c| c.is_ascii_control());
    let sound = plain && !path.is_empty() && path.len() <= MAX_PATH;
    if sound && amparo_model::unescape_path(path).is_some() {
        Ok(path.to_owned())
    } else {
        Err(Violation::Entry)
    }
}
