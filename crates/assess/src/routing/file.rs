//! The file of units, checked so that no tip can go to two of them.

use super::{Unit, UnitKind};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The file of units cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoutingError {
    /// Another form.
    #[error("the units are not readable: {0}; write [[unit]] with id, name, kind and country")]
    Form(String),
    /// Two units have one id.
    #[error("two units have the id {0:?}; give one of them another")]
    SameId(String),
    /// A unit without id or name.
    #[error("unit {0:?} has no id or no name; fill both in")]
    Unnamed(String),
    /// No ISO code.
    #[error(
        "unit {unit:?}: {code:?} is no ISO 3166-1 code of two capital letters (as ES); correct it"
    )]
    Country {
        /// Which unit.
        unit: String,
        /// What stands there.
        code: String,
    },
    /// A division that is not of the unit's country.
    #[error("unit {unit:?}: {code:?} is no ISO 3166-2 code of its country (as ES-A); correct it")]
    Division {
        /// Which unit.
        unit: String,
        /// What stands there.
        code: String,
    },
    /// Divisions where there should be none, or none where there should be some.
    #[error(
        "unit {0:?}: a provincial unit lists its divisions, and no other unit does; correct it"
    )]
    Divisions(String),
    /// Two units claim one territory.
    #[error("units {first:?} and {second:?} both take {territory}; leave it to one of them")]
    Twice {
        /// The first.
        first: String,
        /// The second.
        second: String,
        /// What both take.
        territory: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    unit: Vec<Unit>,
}

/// The units, sorted by id.
pub(super) fn read(text: &str) -> Result<Vec<Unit>, RoutingError> {
    let file: File = toml::from_str(text).map_err(|e| RoutingError::Form(e.to_string()))?;
    let mut units = file.unit;
    units.sort_by(|a, b| a.id.cmp(&b.id));
    units.iter().try_for_each(well_formed)?;
    if let Some([unit, _]) = units.array_windows().find(|[a, b]| a.id == b.id) {
        return Err(RoutingError::SameId(unit.id.clone()));
    }
    no_territory_twice(&units)?;
    Ok(units)
}

fn well_formed(unit: &Unit) -> Result<(), RoutingError> {
    let id = || unit.id.clone();
    if unit.id.trim().is_empty() || unit.name.trim().is_empty() {
        return Err(RoutingError::Unnamed(id()));
    }
    let country = unit.country.as_deref().unwrap_or_default();
    let may_be_open = unit.kind == UnitKind::Abroad && unit.country.is_none();
    let code = country.len() == 2 && country.chars().all(|c| c.is_ascii_uppercase());
    if !code && !may_be_open {
        return Err(RoutingError::Country { unit: id(), code: country.to_owned() });
    }
    if (unit.kind == UnitKind::Provincial) == unit.divisions.is_empty() {
        return Err(RoutingError::Divisions(id()));
    }
    let inside = |code: &&String| code.split_once('-').is_some_and(|(of, _)| of == country);
    match unit.divisions.iter().find(|code| !inside(code)) {
        Some(code) => Err(RoutingError::Division { unit: id(), code: code.clone() }),
        None => Ok(()),
    }
}

fn no_territory_twice(units: &[Unit]) -> Result<(), RoutingError> {
    let mut taken: BTreeMap<String, &Unit> = BTreeMap::new();
    for unit in units {
        for territory in territories(unit) {
            if let Some(first) = taken.insert(territory.clone(), unit) {
                let (first, second) = (first.id.clone(), unit.id.clone());
                return Err(RoutingError::Twice { first, second, territory });
            }
        }
    }
    Ok(())
}

/// A country may have a national unit and one that sends on to it: different work.
fn territories(unit: &Unit) -> Vec<String> {
    let country = unit.country.as_deref();
    match unit.kind {
        UnitKind::Provincial => unit.divisions.clone(),
        UnitKind::National => country.map(str::to_owned).into_iter().collect(),
        UnitKind::Abroad => vec![format!("abroad {}", country.unwrap_or("everywhere"))],
    }
}
