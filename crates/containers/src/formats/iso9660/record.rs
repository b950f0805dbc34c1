//! Records of folders: where a file lies, how long it is, what it is called.

use crate::bytes::{be32, le32};
use amparo_model::UtcMillis;

const FOLDER: u8 = 0x02;
const GOES_ON: u8 = 0x80;
/// Bytes before the name.
const FIXED: usize = 33;

/// How a tree writes its names; the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Names {
    /// Rock Ridge beside plain names; so many bytes of each system area belong to something else.
    Rock(u8),
    /// UTF-16.
    Joliet,
    /// Capital letters, digits, and a version.
    Plain,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Where it lies.
    pub at: u64,
    /// First logical block.
    pub extent: u32,
    /// Blocks of attributes before the content.
    pub attributes: u8,
    /// Bytes of this part of the file.
    pub length: u32,
    /// The name as stored; one byte 0 or 1 for the folder itself and its parent.
    pub name: Vec<u8>,
    /// What other standards add.
    pub system: Vec<u8>,
    /// When it was recorded.
    pub modified_at: Option<UtcMillis>,
    /// The parts of the file lie between those of others.
    pub interleaved: bool,
    /// Numbers are stored twice, in both orders of bytes; they agree.
    pub agrees: bool,
    size: u8,
    flags: u8,
}

impl Record {
    /// The record that these bytes, which lie at `at`, begin with.
    pub fn parse(raw: &[u8], at: u64) -> Option<Self> {
        let size = *raw.first()?;
        let raw = raw.get(..usize::from(size)).filter(|raw| raw.len() > FIXED)?;
        let byte = |at: usize| raw.get(at).copied().unwrap_or(0);
        let end = FIXED + usize::from(byte(32));
        let name = raw.get(FIXED..end).filter(|name| !name.is_empty())?.to_vec();
        // A name of even length is followed by one byte, so that what follows begins evenly.
        let system = raw.get(end.next_multiple_of(2)..).unwrap_or_default().to_vec();
        Some(Self {
            at,
            extent: le32(raw, 2),
            attributes: byte(1),
            length: le32(raw, 10),
            name,
            system,
            modified_at: short_date(raw.get(18..25)?),
            interleaved: byte(26) != 0 || byte(27) != 0,
            agrees: le32(raw, 2) == be32(raw, 6) && le32(raw, 10) == be32(raw, 14),
            size,
            flags: byte(25),
        })
    }

    /// Whether it is a folder.
    pub fn is_folder(&self) -> bool {
        self.flags & FOLDER != 0
    }

    /// Whether the next record is a further part of the same file.
    pub fn goes_on(&self) -> bool {
        self.flags & GOES_ON != 0
    }

    /// Whether it names the folder itself or its parent.
    pub fn is_dots(&self) -> bool {
        matches!(self.name.as_slice(), [0 | 1])
    }

    /// Where the next record may lie.
    pub fn next(&self) -> u64 {
        self.at + u64::from(self.size)
    }
}

/// Seven bytes: year since 1900, month, day, hour, minute, second, quarters of an hour east.
pub fn short_date(raw: &[u8]) -> Option<UtcMillis> {
    let &[year, month, day, hour, minute, second, zone] = raw else { return None };
    let clock = [hour, minute, second].map(i64::from);
    utc([1900 + i64::from(year), month.into(), day.into()], clock, 0, zone)
}

/// Sixteen digits (year, month, day, hour, minute, second, hundredths) and the same zone.
pub fn long_date(raw: &[u8]) -> Option<UtcMillis> {
    let (digits, zone) = (raw.get(..16)?, *raw.get(16)?);
    let number = |from: usize, to: usize| {
        let digits = digits.get(from..to)?.iter();
        digits
            .map(|digit| char::from(*digit).to_digit(10))
            .try_fold(0_i64, |number, digit| Some(number * 10 + i64::from(digit?)))
    };
    let date = [number(0, 4)?, number(4, 6)?, number(6, 8)?];
    utc(date, [number(8, 10)?, number(10, 12)?, number(12, 14)?], number(14, 16)? * 10, zone)
}

fn utc(date: [i64; 3], clock: [i64; 3], ms: i64, zone: u8) -> Option<UtcMillis> {
    let ([year, month, day], [hour, minute, second]) = (date, clock);
    let makes_sense = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..=60).contains(&second);
    let east = i64::from(zone.cast_signed()) * 15;
    (makes_sense && east.abs() <= 14 * 60).then(|| {
        let minutes = (days(year, month, day) * 24 + hour) * 60 + minute - east;
        UtcMillis((minutes * 60 + second) * 1_000 + ms)
    })
}

/// Days since 1970 in the Gregorian calendar, counted in years that begin with March.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + leap_days + day_of_year - 719_468
}
