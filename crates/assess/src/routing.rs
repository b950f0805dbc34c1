//! Which unit a tip goes to: the most specific one for its territory, and a queue that says why.
//!
//! Deterministic, and never a default: a tip without country stands in a queue that people look at,
//! a tip with two countries goes to the national unit with the reason, and a tip for a country
//! without a unit says so.

mod file;

pub use file::RoutingError;

use crate::territory::Territory;
use amparo_model::Reason;
use serde::Deserialize;
use std::{collections::BTreeMap, fmt};

/// All units, as a file lists them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routing {
    /// Sorted by id.
    units: Vec<Unit>,
}

/// One unit.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Its id, short and stable.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub kind: UnitKind,
    /// ISO 3166-1 code. A unit for abroad without one takes every country that no unit has.
    pub country: Option<String>,
    /// ISO 3166-2 codes; of a provincial unit alone.
    #[serde(default)]
    pub divisions: Vec<String>,
    /// How it is reached.
    #[serde(default)]
    pub contact: String,
}

/// What a unit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// A whole country.
    National,
    /// Some of its divisions.
    Provincial,
    /// Sends on to another country.
    Abroad,
}

/// In which queue people find a tip.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Queue {
    /// The statements allow no country.
    NoCountry,
    /// The statements name several countries.
    Conflict,
    /// A division of a country with units here.
    Division(String),
    /// A country with units here; no division, or none that a unit has.
    National(String),
    /// Another country.
    Abroad(String),
}

/// Where a tip goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routed {
    /// The unit's id; none when a person must choose.
    pub unit: Option<String>,
    /// The queue.
    pub queue: Queue,
    /// Why; the sentences are `tip-<rule>`.
    pub reasons: Vec<Reason>,
}

impl fmt::Display for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCountry => f.write_str("no_country"),
            Self::Conflict => f.write_str("conflict"),
            Self::Division(code) => write!(f, "division:{code}"),
            Self::National(code) => write!(f, "national:{code}"),
            Self::Abroad(code) => write!(f, "abroad:{code}"),
        }
    }
}

impl Routing {
    /// Reads the units.
    ///
    /// # Errors
    /// [`RoutingError`] names the unit and what to correct.
    pub fn from_toml(text: &str) -> Result<Self, RoutingError> {
        file::read(text).map(|units| Self { units })
    }

    /// The units, sorted by id.
    #[must_use]
    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    /// The unit for a territory.
    #[must_use]
    pub fn unit_for(&self, territory: &Territory) -> Routed {
        let Some(country) = territory.country.as_deref() else {
            return routed(None, Queue::NoCountry, "route_no_country", &[]);
        };
        if territory.conflict {
            let unit = self.national(country).or_else(|| self.first_national());
            return routed(unit, Queue::Conflict, "route_conflict", &[("country", country)]);
        }
        if self.units.iter().any(|unit| unit.is_of(country) && unit.kind != UnitKind::Abroad) {
            return self.at_home(country, territory.division.as_deref());
        }
        let queue = Queue::Abroad(country.to_owned());
        let rule = if self.abroad(country).is_some() { "route_abroad" } else { "route_no_unit" };
        routed(self.abroad(country), queue, rule, &[("country", country)])
    }

    fn at_home(&self, country: &str, division: Option<&str>) -> Routed {
        let provincial = division.and_then(|code| {
            self.units.iter().find(|unit| unit.divisions.iter().any(|own| own == code))
        });
        if let (Some(unit), Some(code)) = (provincial, division) {
            let queue = Queue::Division(code.to_owned());
            return routed(Some(unit), queue, "route_division", &[("division", code)]);
        }
        let queue = Queue::National(country.to_owned());
        let rule = match (self.national(country), division) {
            (None, _) => "route_no_unit",
            (Some(_), None) => "route_national",
            (Some(_), Some(_)) => "route_division_without_unit",
        };
        let args = [("country", country), ("division", division.unwrap_or("—"))];
        routed(self.national(country), queue, rule, &args)
    }

    fn national(&self, country: &str) -> Option<&Unit> {
        self.of_kind(UnitKind::National).find(|unit| unit.is_of(country))
    }

    fn first_national(&self) -> Option<&Unit> {
        self.of_kind(UnitKind::National).next()
    }

    fn abroad(&self, country: &str) -> Option<&Unit> {
        let own = self.of_kind(UnitKind::Abroad).find(|unit| unit.is_of(country));
        own.or_else(|| self.of_kind(UnitKind::Abroad).find(|unit| unit.country.is_none()))
    }

    fn of_kind(&self, kind: UnitKind) -> impl Iterator<Item = &Unit> {
        self.units.iter().filter(move |unit| unit.kind == kind)
    }
}

impl Unit {
    fn is_of(&self, country: &str) -> bool {
        self.country.as_deref() == Some(country)
    }
}

fn routed(unit: Option<&Unit>, queue: Queue, rule: &str, args: &[(&str, &str)]) -> Routed {
    let unit = unit.map(|unit| unit.id.clone());
    let mut all: BTreeMap<String, String> =
        args.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    all.insert("unit".to_owned(), unit.clone().unwrap_or_else(|| "—".to_owned()));
    let reason = Reason { rule: rule.to_owned(), points: 0, args: all, evidence: Vec::new() };
    Routed { unit, queue, reasons: vec![reason] }
}

/// Rules of this module, for the test that every rule has its sentence.
pub const RULES: [&str; 7] = [
    "route_no_country",
    "route_conflict",
    "route_division",
    "route_national",
    "route_division_without_unit",
    "route_abroad",
    "route_no_unit",
];
