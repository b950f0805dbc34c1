//! What a tip says of the age of the persons reported. What cannot be or contradicts itself is
//! shown and counts as unknown: neither a child nor an adult.

use super::{TipLimits, day};
use amparo_model::{Party, PartyRole, Stated, TipRevision, UtcMillis};

/// Findings about ages, each with the party's number.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Ages {
    /// Below the age of majority, as written.
    pub(super) minors: Vec<(usize, String)>,
    /// An age or a date of birth that nobody can have.
    pub(super) unusable: Vec<(usize, String)>,
    /// Age and date of birth that do not fit together.
    pub(super) disagreeing: Vec<(usize, String)>,
    /// The provider doubts the stated age.
    pub(super) doubtful: Vec<usize>,
}

/// The oldest age that is taken for one.
const OLDEST: i64 = 120;

impl Ages {
    pub(super) fn of(tip: &TipRevision, limits: &TipLimits, now: UtcMillis) -> Self {
        let mut ages = Self::default();
        let today = day(now);
        for (number, party) in tip.parties.iter().enumerate() {
            if party.role == PartyRole::Suspect {
                ages.add(number, party, i64::from(limits.adult_age), &today);
            }
        }
        ages
    }

    fn add(&mut self, number: usize, party: &Party, adult: i64, today: &str) {
        if party.age_doubtful == Stated::Yes {
            self.doubtful.push(number);
        }
        let mut usable = |text: &Option<String>, read: &dyn Fn(&str) -> Option<Option<Span>>| {
            let text = text.as_deref()?;
            let Some(span) = read(text)? else {
                self.unusable.push((number, text.to_owned()));
                return None;
            };
            Some((span, text.to_owned()))
        };
        let stated = usable(&party.approximate_age, &|text| stated_age(text));
        let born = usable(&party.date_of_birth, &|text| age_at(Birth::read(text), today));
        match (stated, born) {
            (Some((age, text)), Some((by_birth, date))) => {
                // One year apart is a birthday.
                if age.1 + 1 < by_birth.0 || by_birth.1 + 1 < age.0 {
                    self.disagreeing.push((number, format!("{text} / {date}")));
                } else if age.0.min(by_birth.0) < adult {
                    self.minors.push((number, text));
                }
            }
            (Some((age, text)), None) | (None, Some((age, text))) if age.0 < adult => {
                self.minors.push((number, text));
            }
            _ => {}
        }
    }
}

/// Youngest and oldest.
type Span = (i64, i64);

/// `16-17`, `approx. 15`. Outer none: no number; inner none: a number that is no age.
fn stated_age(text: &str) -> Option<Option<Span>> {
    let numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
    let numbers: Vec<i64> = numbers.map(|digits| digits.parse().unwrap_or(i64::MAX)).collect();
    let (youngest, oldest) = (*numbers.iter().min()?, *numbers.iter().max()?);
    Some(Some((youngest, oldest)).filter(|_| (1..=OLDEST).contains(&youngest) && oldest <= OLDEST))
}

/// A date of birth, as far as its writing is unmistakable.
#[derive(Debug, Clone, Copy)]
enum Birth {
    Day(i64, u32, u32),
    Year(i64),
}

impl Birth {
    /// Year, month and day in this order; of any other writing the year alone, because half of the
    /// world writes the month first.
    fn read(text: &str) -> Option<Self> {
        let date = text.trim().get(..10).filter(|date| UtcMillis::parse(&midnight(date)).is_ok());
        if let Some(date) = date {
            let part = |from: usize, to: usize| date.get(from..to)?.parse::<u32>().ok();
            return Some(Self::Day(i64::from(part(0, 4)?), part(5, 7)?, part(8, 10)?));
        }
        let groups = text.split(|c: char| !c.is_ascii_digit());
        let year = groups.filter(|digits| digits.len() == 4).find_map(|digits| digits.parse().ok());
        year.map(Self::Year)
    }

    /// The moment at which the youngest possible age turns to `years`.
    fn turns(self, years: i64) -> Option<UtcMillis> {
        let (year, month, day) = match self {
            Self::Day(year, month, day) => (year, month, day),
            Self::Year(year) => (year + 1, 1, 1),
        };
        let on = |month: u32, day: u32| {
            UtcMillis::parse(&midnight(&format!("{:04}-{month:02}-{day:02}", year + years))).ok()
        };
        on(month, day).or_else(|| on(3, 1))
    }
}

fn midnight(date: &str) -> String {
    format!("{date}T00:00:00Z")
}

/// Outer none: no date of birth to speak of; inner none: one that nobody alive has.
#[expect(clippy::option_option, reason = "silence and an impossible value are different answers")]
fn age_at(birth: Option<Birth>, today: &str) -> Option<Option<Span>> {
    let part = |from: usize, to: usize| today.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (part(0, 4)?, part(5, 7)?, part(8, 10)?);
    let span = match birth {
        None => return Some(None),
        Some(Birth::Day(born, in_month, on_day)) => {
            let before = (month, day) < (i64::from(in_month), i64::from(on_day));
            let age = year - born - i64::from(before);
            (age, age)
        }
        Some(Birth::Year(born)) => (year - born - 1, year - born),
    };
    Some(Some(span).filter(|(youngest, oldest)| *oldest >= 0 && *youngest <= OLDEST))
}

/// When time alone changes the findings: at a birthday.
pub(super) fn next_change(
    tip: &TipRevision,
    limits: &TipLimits,
    now: UtcMillis,
) -> Option<UtcMillis> {
    let suspects = tip.parties.iter().filter(|party| party.role == PartyRole::Suspect);
    let mut ahead: Vec<UtcMillis> = suspects
        .flat_map(|party| birthdays_that_matter(party, i64::from(limits.adult_age)))
        .filter(|at| *at > now)
        .collect();
    ahead.sort();
    let today = Ages::of(tip, limits, now);
    ahead.into_iter().find(|at| Ages::of(tip, limits, *at) != today)
}

/// Birthdays around the ages at which a finding can turn: birth, majority, the oldest age, and the
/// ends of the stated age. A few too many cost nothing, because each is tried.
fn birthdays_that_matter(party: &Party, adult: i64) -> Vec<UtcMillis> {
    let Some(birth) = party.date_of_birth.as_deref().and_then(Birth::read) else {
        return Vec::new();
    };
    let stated = party.approximate_age.as_deref().and_then(stated_age).flatten();
    let ends = stated.into_iter().flat_map(|(youngest, oldest)| [youngest, oldest]);
    let turning = [0, adult, OLDEST + 1].into_iter().chain(ends);
    let around = turning.flat_map(|age| age - 3..=age + 3);
    let ages: std::collections::BTreeSet<i64> = around.collect();
    ages.into_iter().filter_map(|age| birth.turns(age)).collect()
}
