//! Time as evidence has it: the raw value, what it was taken to mean, what is known of its zone.

use jiff::{Timestamp, civil};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A point in time in UTC, milliseconds since 1970; prints as RFC 3339.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct UtcMillis(pub i64);

impl UtcMillis {
    /// Milliseconds in a day.
    pub const DAY_MS: i64 = 86_400_000;

    /// This time moved by a number of milliseconds; stays at the end of the scale, never wraps.
    #[must_use]
    pub fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Reads RFC 3339 with `Z` or an offset.
    ///
    /// # Errors
    /// [`ParseTimeError`] when the text is no such time.
    pub fn parse(text: &str) -> Result<Self, ParseTimeError> {
        let timestamp: Timestamp = text.trim().parse().map_err(|_| ParseTimeError::new(text))?;
        Ok(Self(timestamp.as_millisecond()))
    }
}

impl fmt::Display for UtcMillis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_millisecond(self.0) {
            Ok(timestamp) => write!(f, "{timestamp}"),
            Err(_) => write!(f, "{} ms (outside the calendar)", self.0),
        }
    }
}

/// What is known of the zone in which a time was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Zone {
    /// The format defines UTC, or the text says so.
    Utc,
    /// The text states an offset from UTC.
    Offset {
        /// Minutes east of UTC.
        minutes: i32,
    },
    /// A wall-clock time whose zone nobody stated; `utc` is then unknown.
    Unknown,
}

/// One time from evidence. `utc` is present only when the zone is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Moment {
    /// As stored.
    pub raw: String,
    /// The interpretation; `None` when the value makes no sense or its zone is unknown.
    pub utc: Option<UtcMillis>,
    /// What is known of the zone.
    pub zone: Zone,
}

impl Moment {
    /// From Unix milliseconds. Zero and negative values are kept raw: apps write them for "never".
    #[must_use]
    pub fn from_unix_ms(value: i64) -> Self {
        let utc =
            (value > 0 && Timestamp::from_millisecond(value).is_ok()).then_some(UtcMillis(value));
        Self { raw: value.to_string(), utc, zone: Zone::Utc }
    }

    /// From Unix seconds, with the same rule.
    #[must_use]
    pub fn from_unix_s(value: i64) -> Self {
        let mut moment = Self::from_unix_ms(value.saturating_mul(1000));
        moment.raw = value.to_string();
        moment
    }

    /// From ISO 8601 text: with `Z` or offset it becomes UTC, without it the zone stays unknown.
    #[must_use]
    pub fn from_iso(text: &str) -> Self {
        let raw = text.to_owned();
        let trimmed = text.trim();
        match UtcMillis::parse(trimmed) {
            Ok(utc) => Self { raw, utc: Some(utc), zone: zone_of(trimmed) },
            Err(_) => Self { raw, utc: None, zone: Zone::Unknown },
        }
    }

    /// From an EXIF date (`2026:03:01 09:00:00`) and its offset (`+01:00`), if one was written.
    /// Source: Exif 2.32, 4.6.5, DateTimeOriginal and OffsetTimeOriginal.
    #[must_use]
    pub fn from_exif(date: &str, offset: Option<&str>) -> Self {
        let raw = match offset {
            Some(offset) => format!("{} {}", date.trim(), offset.trim()),
            None => date.trim().to_owned(),
        };
        let iso = exif_as_iso(date).map(|iso| iso + offset.map_or("", str::trim));
        let read = Self::from_iso(iso.as_deref().unwrap_or_default());
        Self { raw, ..read }
    }

    /// The wall-clock time in the text when no zone is known, as if it were UTC. Only for ordering
    /// and for bounds: the true moment lies up to 14 hours away.
    #[must_use]
    pub fn wall_clock(&self) -> Option<UtcMillis> {
        if let Some(utc) = self.utc {
            return Some(utc);
        }
        let text = exif_as_iso(&self.raw).unwrap_or_else(|| self.raw.trim().to_owned());
        let civil: civil::DateTime = text.parse().ok()?;
        let timestamp = jiff::tz::TimeZone::UTC.to_timestamp(civil).ok()?;
        Some(UtcMillis(timestamp.as_millisecond()))
    }
}

/// The text is no time that can be placed in UTC.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a time with a zone; write it as 2026-03-01T08:00:00Z")]
pub struct ParseTimeError {
    text: String,
}

impl ParseTimeError {
    fn new(text: &str) -> Self {
        Self { text: text.chars().take(80).collect() }
    }
}

/// EXIF writes colons in the date; `None` for any other spelling.
fn exif_as_iso(text: &str) -> Option<String> {
    let (date, clock) = text.trim().split_once(' ')?;
    let mut parts = date.split(':');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    parts.next().is_none().then(|| format!("{year}-{month}-{day}T{clock}"))
}

fn zone_of(text: &str) -> Zone {
    if text.ends_with(['Z', 'z']) {
        return Zone::Utc;
    }
    let clock = text.find(['T', 't', ' ']).map_or("", |at| &text[at..]);
    let Some(at) = clock.rfind(['+', '-']) else { return Zone::Unknown };
    let sign = if clock[at..].starts_with('-') { -1 } else { 1 };
    let digits: String = clock[at..].chars().filter(char::is_ascii_digit).collect();
    let number = |range: std::ops::Range<usize>| {
        digits.get(range).and_then(|d| d.parse::<i32>().ok()).unwrap_or(0)
    };
    Zone::Offset { minutes: sign * (number(0..2) * 60 + number(2..4)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zone_is_known_only_when_it_is_stated() {
        let check = |text: &str, zone, utc: Option<&str>| {
            let moment = Moment::from_iso(text);
            assert_eq!(moment.zone, zone, "{text}");
            assert_eq!(moment.utc.map(|t| t.to_string()).as_deref(), utc, "{text}");
        };
        check("2026-03-01T08:00:00Z", Zone::Utc, Some("2026-03-01T08:00:00Z"));
        let madrid = Zone::Offset { minutes: 60 };
        check("2026-03-01T09:00:00+01:00", madrid, Some("2026-03-01T08:00:00Z"));
        check("2026-03-01T09:00:00", Zone::Unknown, None);
        check("yesterday", Zone::Unknown, None);
    }

    #[test]
    fn zero_means_never_not_1970() {
        assert_eq!(Moment::from_unix_ms(0).utc, None);
        assert_eq!(Moment::from_unix_s(i64::MAX).utc, None);
    }

    #[test]
    fn exif_dates_keep_their_spelling_and_claim_no_zone_of_their_own() {
        let stated = Moment::from_exif("2026:03:01 09:00:00", Some("+01:00"));
        assert_eq!(stated.utc.map(|t| t.to_string()).as_deref(), Some("2026-03-01T08:00:00Z"));
        let bare = Moment::from_exif("2026:03:01 09:00:00", None);
        assert_eq!((bare.utc, bare.zone), (None, Zone::Unknown));
        assert_eq!(bare.raw, "2026:03:01 09:00:00");
        assert_eq!(bare.wall_clock(), UtcMillis::parse("2026-03-01T09:00:00Z").ok());
        assert_eq!(Moment::from_exif("0000:00:00 00:00:00", None).wall_clock(), None);
    }

    #[test]
    fn a_wall_clock_orders_but_claims_no_zone() {
        let moment = Moment::from_iso("2026-03-01T09:00:00");
        assert_eq!(moment.utc, None);
        assert!(moment.wall_clock().is_some());
    }
}
