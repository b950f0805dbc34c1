//! Frames of every kind, changed at random, thousands of them in each run of the tests: whatever
//! comes, the border answers in order, and what passes keeps the rules that the host relies on.
//!
//! The seed is fixed, so that a failure comes again.

use super::*;
use crate::frame::{CHUNK, EntryPart, write};
use amparo_model::wire::put_varint;
use amparo_model::{KnownHash, Md5, Place, ProblemKind, compact_row};

const FRAMES: u32 = 200_000;
const OBJECT: Sha256 = Sha256([7; 32]);
const FILES: [u64; 2] = [5_000, 90];
const ASKED: u64 = 300;

const KINDS: [Kind; 14] = [
    Kind::Ready,
    Kind::Refused,
    Kind::Records,
    Kind::Problems,
    Kind::Picture,
    Kind::NotExamined,
    Kind::Done,
    Kind::Want,
    Kind::Rows,
    Kind::Entries,
    Kind::Opened,
    Kind::Content,
    Kind::ReadEnd,
    Kind::Beside,
];

fn border() -> Border {
    Border {
        kinds: KINDS.to_vec(),
        objects: vec![OBJECT],
        emits: vec![RecordKind::KnownHash],
        records: 1_000,
        bytes: 1 << 20,
        content: ASKED,
        files: FILES.to_vec(),
        wanted: 10_000,
        ..Border::default()
    }
}

/// What a sound worker could say, of each kind.
fn sound(kind: Kind) -> Vec<u8> {
    let at = Locator::new(OBJECT, Place::Whole);
    let problem = Problem::at(ProblemKind::Malformed, at.clone(), "table", "cut off");
    let known = KnownHash { md5: Some(Md5([9; 16])), ..KnownHash::default() };
    let body = match kind {
        Kind::Records => to(&vec![Located::new(Record::KnownHash(known), at)]),
        Kind::Rows => row(&known),
        Kind::Problems => to(&vec![problem]),
        Kind::Picture => to(&Picture { format: "gif".to_owned(), ..Picture::default() }),
        Kind::NotExamined => {
            to(&NotExamined { kind: ProblemKind::Limit, why: "too large".to_owned() })
        }
        Kind::Want => to(&Want { offset: 4_000, length: 1_000, file: 0 }),
        Kind::Entries => to(&vec![entry("a/b%0A.txt"), entry("c.zip//d")]),
        Kind::Opened => to(&vec![Container {
            path: "c.zip".to_owned(),
            formats: vec!["zip".to_owned()],
            stored: vec![(amparo_model::HashAlgorithm::Md5, "00".repeat(16))],
            place: vec![],
            verified: None,
        }]),
        Kind::Content => vec![0x5a; 250],
        Kind::ReadEnd => to(&ReadEnd { problems: vec![problem.clone()], failed: Some(problem) }),
        Kind::Beside => to(&"image.E02"),
        Kind::Refused => b"no Landlock".to_vec(),
        _ => Vec::new(),
    };
    let mut frame = Vec::new();
    write(&mut frame, kind, &body).unwrap();
    frame
}

fn to(value: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}

fn row(known: &KnownHash) -> Vec<u8> {
    let (mut row, mut body) = (Vec::new(), Vec::new());
    compact_row::encode(&mut row, &Place::Json { pointer: "/value/3".to_owned() }, known);
    put_varint(&mut body, row.len() as u64);
    body.extend_from_slice(&row);
    body
}

fn entry(path: &str) -> TreeEntry {
    let place = vec![512, 3];
    TreeEntry { path: path.to_owned(), size: 9, place, deleted: false, modified_at: None }
}

/// xorshift64: small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }

    /// One to four changes of the kinds that break parsers.
    fn change(&mut self, frame: &mut Vec<u8>) {
        const NASTY: [&[u8]; 8] =
            [b"-1", b"1e999", b"18446744073709551615", b"null", b"[[", b"\"\\u0000\"", b"%", b"{}"];
        for _ in 0..=self.below(4) {
            let at = self.below(frame.len());
            let to = at + self.below(frame.len().saturating_sub(at)).min(40);
            match self.below(8) {
                0 => frame.iter_mut().skip(at).take(1).for_each(|b| *b ^= 1 << (to % 8)),
                1 => frame.iter_mut().skip(at).take(1).for_each(|b| *b = (to % 256) as u8),
                2 => frame.truncate(at),
                3 => drop(frame.drain(at..to)),
                4 => frame.extend_from_within(at..to),
                5 => drop(frame.splice(at..to, NASTY[self.below(NASTY.len())].iter().copied())),
                6 => frame.iter_mut().skip(4).take(1).for_each(|b| *b = 126 + (to % 18) as u8),
                _ => frame.iter_mut().take(4).for_each(|b| *b = (at % 256) as u8),
            }
            if frame.is_empty() {
                return;
            }
        }
    }

    /// Most frames keep a true length, or nothing but lengths would be tried.
    fn settle(&mut self, frame: &mut [u8]) {
        let length = u32::try_from(frame.len().saturating_sub(5)).unwrap().to_le_bytes();
        if self.below(8) > 0 && frame.len() >= 5 {
            frame[..4].copy_from_slice(&length);
        }
    }
}

/// What the host relies on when it uses an answer.
fn holds(answer: &Answer) -> bool {
    let plain = |text: &str| !text.chars().any(char::is_control);
    let path = |path: &str| plain(path) && amparo_model::unescape_path(path).is_some();
    match answer {
        Answer::Records(all) => all.iter().all(|located| {
            located.at().object == OBJECT && located.record().kind() == RecordKind::KnownHash
        }),
        Answer::Problems(all) => {
            all.iter().flat_map(|problem| &problem.at).all(|at| at.object == OBJECT)
        }
        Answer::Want(want) => {
            let size = FILES.get(want.file).copied().unwrap_or(0);
            want.length <= CHUNK as u64 && want.offset + want.length <= size
        }
        Answer::Entries(all) => {
            all.iter().all(|entry| path(&entry.path) && (1..=32).contains(&entry.place.len()))
        }
        Answer::Opened(all) => all.iter().all(|one| path(&one.path)),
        Answer::Content(bytes) => bytes.len() as u64 <= ASKED,
        Answer::Beside(name) => path(name),
        Answer::Refused(why) | Answer::NotExamined(NotExamined { why, .. }) => plain(why),
        Answer::Picture(picture) => FORMATS.contains(&picture.format.as_str()),
        Answer::Ready | Answer::Done | Answer::ReadEnd(_) => true,
    }
}

#[test]
fn what_passes_after_any_change_keeps_the_rules() {
    let frames: Vec<Vec<u8>> = KINDS.iter().map(|kind| sound(*kind)).collect();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let (mut passed, mut refused, mut ended) = (0, 0, 0);
    for turn in 0..FRAMES {
        let mut frame = frames[turn as usize % frames.len()].clone();
        dice.change(&mut frame);
        dice.settle(&mut frame);
        match border().next(&mut frame.as_slice()) {
            Ok(answer) => {
                passed += 1;
                assert!(holds(&answer), "turn {turn}: {answer:?}");
            }
            Err(Broken::Violation(_)) => refused += 1,
            Err(Broken::Ended) => ended += 1,
        }
    }
    // Each way out was taken often: the changes are neither all harmless nor all coarse.
    let least = FRAMES / 20;
    assert!(passed > least && refused > least && ended > least, "{passed} {refused} {ended}");
}

#[test]
fn every_sound_frame_passes() {
    for kind in KINDS {
        let answer = border().next(&mut sound(kind).as_slice());
        assert!(answer.is_ok_and(|answer| holds(&answer)), "{kind:?}");
    }
}

/// The bytes of an entry are counted over all frames of it.
#[test]
fn more_bytes_of_an_entry_than_were_asked_for_are_refused() {
    let part = EntryPart { path: "a".to_owned(), place: vec![0], at: 0, length: 300 };
    let mut border = Border { content: part.length, ..border() };
    assert!(border.next(&mut sound(Kind::Content).as_slice()).is_ok());
    let second = border.next(&mut sound(Kind::Content).as_slice());
    let expect = Violation::TooMuch("bytes of the entry");
    assert!(matches!(second, Err(Broken::Violation(violation)) if violation == expect));
}

#[test]
fn the_border_stays_short_enough_for_one_person_to_read() {
    let lines = |text: &str| text.lines().take_while(|line| *line != "#[cfg(test)]").count();
    let (border, tree) = (include_str!("../border.rs"), include_str!("tree.rs"));
    let all = lines(border) + lines(tree) + lines(include_str!("rows.rs"));
    assert!(lines(border) < 200 && all < 350, "{} {all}", lines(border));
}
