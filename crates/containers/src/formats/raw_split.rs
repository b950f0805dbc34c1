//! The bytes of a medium cut into files: `.001`, `.002` and so on, or `.aa`, `.ab`.
//!
//! Such files have no mark of their own, so the name of the first claims the format, and it opens
//! only when the next one lies beside it.

use crate::bytes::Bytes;
use crate::fault::Fault;
use crate::format::{Family, Format, Image, Opened, Opening, Spec};
use crate::medium::{Joined, Missing, medium_bytes};
use amparo_model::Problem;
use std::rc::Rc;

/// Files of one medium.
const PARTS_MAX: usize = 100_000;
/// Names tried behind a missing file.
const MISSING_MAX: usize = 4;
const FIRST: &[&str] = &["001", "000", "aa", "AA"];

static SPEC: Spec = Spec {
    id: "raw_split",
    title: "Raw image in several files",
    family: Family::Image,
    version: 1,
    checksums: false,
    suffixes: &[".001", ".000", ".aa"],
    gaps: &[
        "A missing file is taken to be as long as the first; a last one that is missing is not \
         noticed.",
        "The hashes in a text file beside the image are not read.",
    ],
    sources: &["GNU coreutils 9, split: names of its output files"],
};

/// The format.
#[derive(Debug, Clone, Copy)]
pub struct RawSplit;

impl Format for RawSplit {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn recognises(&self, _head: &[u8], _bytes: &dyn Bytes) -> bool {
        false
    }

    fn claims_name(&self, name: &[u8]) -> bool {
        parts(name).is_some()
    }

    fn open(&self, opening: Opening<'_>) -> Result<Opened, Fault> {
        let alone = || Fault::unsupported("the only file of its name, not one of several");
        let names = parts(&opening.name).ok_or_else(alone)?;
        let length = opening.bytes.len();
        let (mut files, mut problems) = (vec![opening.bytes], Vec::new());
        let mut missing: Vec<Vec<u8>> = Vec::new();
        for name in names.take(PARTS_MAX) {
            match opening.siblings.open(&name) {
                Some(file) => {
                    files.extend(missing.drain(..).map(|name| lost(&name, length, &mut problems)));
                    files.push(file);
                }
                None if missing.len() >= MISSING_MAX => break,
                None => missing.push(name),
            }
        }
        if files.len() < 2 {
            return Err(alone());
        }
        odd_lengths(&files, &mut problems);
        let medium = Joined::new(files);
        medium_bytes(medium.len(), &mut problems);
        Ok(Opened::Image(Image { bytes: Rc::new(medium), stored: Vec::new(), problems }))
    }
}

fn lost(name: &[u8], length: u64, problems: &mut Vec<Problem>) -> Rc<dyn Bytes> {
    let name = String::from_utf8_lossy(name);
    let fault = Fault::Source { why: format!("the file {name} of the image is missing") };
    problems.push(fault.problem(&name));
    Rc::new(Missing { length, fault })
}

/// All files but the last are of one length; one that is not may be cut.
fn odd_lengths(files: &[Rc<dyn Bytes>], problems: &mut Vec<Problem>) {
    let Some(([first, others @ ..], last)) = files.split_last().map(|(last, all)| (all, last))
    else {
        return;
    };
    let uneven = others.iter().any(|file| file.len() != first.len());
    if uneven || last.len() > first.len() {
        let why = "the files of the image are not of one length: one may be cut";
        problems.push(Fault::damaged(first.len(), why).problem(""));
    }
}

/// The names that follow a first one; `None` when it is not named like one.
fn parts(first: &[u8]) -> Option<impl Iterator<Item = Vec<u8>>> {
    let dot = first.iter().rposition(|byte| *byte == b'.')?;
    let (stem, end) = first.split_at_checked(dot + 1)?;
    let end = *FIRST.iter().find(|known| known.as_bytes() == end)?;
    let stem = stem.to_vec();
    Some((1..).map_while(move |step| Some([stem.as_slice(), &nth(end, step)?].concat())))
}

fn nth(first: &str, step: u32) -> Option<Vec<u8>> {
    if let Ok(number) = first.parse::<u32>() {
        return Some(format!("{:03}", number + step).into_bytes());
    }
    let letter = |number: u32| u8::try_from(number).ok();
    let base = u32::from(*first.as_bytes().first()?);
    (step < 26 * 26).then_some(vec![letter(base + step / 26)?, letter(base + step % 26)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_on_in_order() {
        let check = |first: &str, step: usize, expected: Option<&str>| {
            let found = parts(first.as_bytes()).and_then(|mut names| names.nth(step - 1));
            assert_eq!(found.as_deref(), expected.map(str::as_bytes), "{first} {step}");
        };
        check("a.001", 1, Some("a.002"));
        check("a.000", 1, Some("a.001"));
        check("a.dd.001", 999, Some("a.dd.1000"));
        check("a.aa", 1, Some("a.ab"));
        check("a.AA", 26, Some("a.BA"));
        check("a.aa", 675, Some("a.zz"));
        check("a.aa", 676, None);
        check("a.002", 1, None);
        check("001", 1, None);
    }
}
