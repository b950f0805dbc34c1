//! Values of list rows, whatever the format: hashes, flags, sizes, and what was wrong with them.

use amparo_model::{KnownHash, ParseHashError, Pdq, PhotoDna};
use std::fmt::Display;
use std::str::FromStr;

/// A row as far as it is read, with what was wrong in it.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    /// The row.
    pub(crate) known: KnownHash,
    /// What could not be used, as sentence fragments.
    pub(crate) faults: Vec<String>,
}

impl Draft {
    /// A hash under the name by which the list calls it. Blank is no statement.
    pub(crate) fn hash<H>(&mut self, text: &str, name: &str) -> Option<H>
    where
        H: FromStr<Err = ParseHashError>,
    {
        let text = stated(text)?;
        self.keep(text.parse(), name)
    }

    /// A value, or a fault that names the field.
    pub(crate) fn keep<T, E: Display>(&mut self, value: Result<T, E>, name: &str) -> Option<T> {
        match value {
            Ok(value) => Some(value),
            Err(error) => {
                self.faults.push(format!("{name}: {error}"));
                None
            }
        }
    }

    /// PhotoDNA in either form.
    pub(crate) fn photodna(&mut self, text: &str, name: &str) {
        let Some(text) = stated(text) else { return };
        let hash = self.keep(PhotoDna::from_list(text), name);
        fill(&mut self.known.photodna, hash);
    }

    /// PDQ as 64 digits, or as `digits,quality`. Where no quality is stated, 100 is assumed: the
    /// list's maker is trusted to leave out noise.
    pub(crate) fn pdq(&mut self, text: &str, name: &str) {
        let Some(text) = stated(text) else { return };
        let (digits, quality) = text.split_once(',').unwrap_or((text, "100"));
        let pdq = self.keep(pdq(digits, quality), name);
        fill(&mut self.known.pdq, pdq);
    }

    /// The frames of a video: a JSON array of `digits,quality,timestamp`, as ThreatExchange's vpdq
    /// serialises its compact features. The timestamps are not kept. Frames that cannot be read
    /// are one fault, however many they are.
    pub(crate) fn frames(&mut self, text: &str, name: &str) {
        let Some(text) = stated(text) else { return };
        let Ok(list) = serde_json::from_str::<Vec<String>>(text) else {
            return self.faults.push(format!("{name}: not a JSON array of texts"));
        };
        let frames: Vec<_> = list.iter().filter_map(|frame| compact_frame(frame)).collect();
        if frames.len() < list.len() {
            let lost = list.len() - frames.len();
            self.faults.push(format!("{name}: {lost} of {} frames are not readable", list.len()));
        }
        if self.known.frames.is_empty() {
            self.known.frames = frames;
        }
    }

    /// A size in bytes, as a number or as digits in a text.
    pub(crate) fn size(&mut self, text: &str, name: &str) {
        let Some(text) = stated(text) else { return };
        match text.parse() {
            Ok(size) => fill(&mut self.known.size, Some(size)),
            Err(_) => self.faults.push(format!("{name} is no size in bytes and is left open")),
        }
    }

    /// Yes, no, or not stated. A word of neither meaning is a fault and leaves the field open.
    pub(crate) fn flag(&mut self, text: &str, name: &str) -> Option<bool> {
        let flag = yes_or_no(stated(text)?);
        if flag.is_none() {
            self.faults.push(format!("{name} is neither yes nor no and is left open"));
        }
        flag
    }

    /// Whatever has no field of its own, in the list's words. Blank is no statement.
    pub(crate) fn other(&mut self, name: impl Into<String>, text: impl Into<String>) {
        let text = text.into();
        if stated(&text).is_some() {
            self.known.other.push((name.into(), text));
        }
    }
}

/// The text without blanks around; `None` if nothing is left.
pub(crate) fn stated(text: &str) -> Option<&str> {
    let text = text.trim();
    (!text.is_empty()).then_some(text)
}

/// Fills an empty field; the first statement counts.
pub(crate) fn fill<T>(slot: &mut Option<T>, value: Option<T>) {
    if slot.is_none() {
        *slot = value;
    }
}

/// A column's name without case, blanks, `-` and `_`, so that `SHA-1` is `sha1`.
pub(crate) fn folded(name: &str) -> String {
    let kept = name.chars().filter(|c| !matches!(c, ' ' | '-' | '_' | '.' | '\t' | '\u{feff}'));
    kept.flat_map(char::to_lowercase).collect()
}

/// The text of a value that is UTF-8 or, if so told, ISO-8859-1, and what was wrong with it.
pub(crate) fn decoded(bytes: &[u8], latin: bool) -> (String, Option<&'static str>) {
    let (text, fault) = match std::str::from_utf8(bytes) {
        _ if latin => (bytes.iter().map(|byte| char::from(*byte)).collect(), None),
        Ok(text) => (text.to_owned(), None),
        Err(_) => {
            let fault = "not UTF-8; what could not be read is replaced";
            (String::from_utf8_lossy(bytes).into_owned(), Some(fault))
        }
    };
    if text.contains('\0') {
        return (text.replace('\0', "\u{fffd}"), Some("NUL bytes are replaced"));
    }
    (text, fault)
}

/// The last part of a path with either separator; `None` for a blank one.
pub(crate) fn file_name(path: &str) -> Option<String> {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    stated(name).map(str::to_owned)
}

/// Words of police lists: ICSE exports write y, yes, t and true, VICS the texts true and false.
fn yes_or_no(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "1" => Some(true),
        "false" | "f" | "no" | "n" | "0" => Some(false),
        _ => None,
    }
}

fn compact_frame(text: &str) -> Option<Pdq> {
    let mut parts = text.split(',');
    let (digits, quality, time) = (parts.next()?, parts.next()?, parts.next()?);
    let timed = time.trim().parse::<f64>().is_ok_and(|time| time >= 0.0);
    if parts.next().is_some() || !timed {
        return None;
    }
    pdq(digits, quality).ok()
}

fn pdq(digits: &str, quality: &str) -> Result<Pdq, String> {
    let bits = digits.parse().map_err(|error: ParseHashError| error.to_string())?;
    let quality = quality.trim().parse().ok().filter(|quality| *quality <= 100);
    let quality = quality.ok_or("the quality is no number from 0 to 100")?;
    Ok(Pdq { bits, quality })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pdq_with_and_without_quality() {
        let digits = "f8".repeat(32);
        let check = |text: &str, expect: Option<u8>, faults: usize| {
            let mut draft = Draft::default();
            draft.pdq(text, "PDQ");
            let found = (draft.known.pdq.map(|pdq| pdq.quality), draft.faults.len());
            assert_eq!(found, (expect, faults), "{text}");
        };
        check(&digits, Some(100), 0);
        check(&format!(" {digits}, 73 "), Some(73), 0);
        check(&format!("{digits},101"), None, 1);
        check("f8f8", None, 1);
        check("  ", None, 0);
    }

    #[test]
    fn frames_that_cannot_be_read_are_one_fault() {
        let digits = "0f".repeat(32);
        let check = |text: &str, frames: usize, faults: usize| {
            let mut draft = Draft::default();
            draft.frames(text, "vPDQ");
            assert_eq!((draft.known.frames.len(), draft.faults.len()), (frames, faults), "{text}");
        };
        check(&format!("[\"{digits},100,0.0\",\"{digits},50,1.5e+01\"]"), 2, 0);
        check(&format!("[\"{digits},100,0\",\"x\",\"{digits},1,-1\",\"{digits},1\"]"), 1, 1);
        check("[]", 0, 0);
        check("[1]", 0, 1);
        check("{", 0, 1);
    }

    #[test]
    fn names_of_columns_and_files() {
        assert_eq!(folded(" SHA-1"), "sha1");
        assert_eq!(folded("\u{feff}Is_Distributed"), "isdistributed");
        assert_eq!(file_name("a\\b/c.jpg").as_deref(), Some("c.jpg"));
        assert_eq!(file_name("a/"), None);
    }

    #[test]
    fn a_word_of_neither_meaning_leaves_the_flag_open() {
        let check = |text: &str, expect: Option<bool>, faults: usize| {
            let mut draft = Draft::default();
            assert_eq!((draft.flag(text, "x"), draft.faults.len()), (expect, faults), "{text}");
        };
        check("True", Some(true), 0);
        check(" n ", Some(false), 0);
        check("", None, 0);
        check("perhaps", None, 1);
    }
}
