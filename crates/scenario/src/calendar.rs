//! World time and how it is written: UTC in tips, Madrid wall clock where a device writes it.

use amparo_model::UtcMillis;
use jiff::{Timestamp, civil, tz::Offset};

/// When the world stands still: 2026-03-02T08:00:00Z.
pub const NOW: UtcMillis = UtcMillis(1_772_438_400_000);

/// How far back the chats go.
pub(crate) const HISTORY_DAYS: i64 = 420;

/// Milliseconds in an hour.
pub(crate) const HOUR_MS: i64 = 3_600_000;

/// Spanish summer time within the history: 2025-03-30T01:00Z to 2025-10-26T01:00Z
/// (Directive 2000/84/EC: last Sundays of March and October).
const SUMMER: std::ops::Range<i64> = 1_743_296_400_000..1_761_440_400_000;

/// The first moment of the chats.
pub(crate) fn start_ms() -> i64 {
    NOW.0 - HISTORY_DAYS * UtcMillis::DAY_MS
}

/// The moment so many hours before [`NOW`].
pub(crate) fn hours_ago(hours: i64) -> i64 {
    NOW.0 - hours * HOUR_MS
}

/// `2026-02-28T10:00:00Z`.
pub(crate) fn utc(ms: i64) -> String {
    UtcMillis(ms - ms.rem_euclid(1000)).to_string()
}

/// A wall-clock time in Spain by the pattern of `strftime`.
pub(crate) fn madrid(ms: i64, pattern: &str) -> String {
    civil(ms, madrid_hours(ms)).strftime(pattern).to_string()
}

/// The offset in force in Spain, as `+01:00`.
pub(crate) fn madrid_offset(ms: i64) -> String {
    format!("+{:02}:00", madrid_hours(ms))
}

fn madrid_hours(ms: i64) -> i8 {
    if SUMMER.contains(&ms) { 2 } else { 1 }
}

fn civil(ms: i64, hours: i8) -> civil::DateTime {
    let timestamp = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
    Offset::constant(hours).to_datetime(timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_world_stands_still_on_a_monday_morning() {
        assert_eq!(NOW.to_string(), "2026-03-02T08:00:00Z");
        assert_eq!(madrid(NOW.0, "%Y:%m:%d %H:%M:%S"), "2026:03:02 09:00:00");
        assert_eq!(madrid_offset(NOW.0), "+01:00");
    }

    #[test]
    fn summer_time_begins_and_ends_on_the_days_of_the_directive() {
        let check = |text: &str, offset| {
            assert_eq!(madrid_offset(UtcMillis::parse(text).unwrap().0), offset, "{text}");
        };
        check("2025-03-30T00:59:59Z", "+01:00");
        check("2025-03-30T01:00:00Z", "+02:00");
        check("2025-10-26T00:59:59Z", "+02:00");
        check("2025-10-26T01:00:00Z", "+01:00");
    }
}
