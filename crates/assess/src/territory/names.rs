//! Names of countries and divisions, compared without case, accents and punctuation.

use crate::rule::{self, RulesError};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The names that tips write, with their codes.
#[derive(Debug, Clone)]
pub struct Names {
    version: String,
    countries: BTreeMap<String, String>,
    not_countries: BTreeSet<String>,
    /// Calling code with `+` to country.
    calling: BTreeMap<String, String>,
    divisions: Vec<Division>,
}

/// One first-level division.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Division {
    pub(crate) code: String,
    postal: String,
    names: Vec<String>,
    #[serde(default)]
    cities: Vec<String>,
    #[serde(default)]
    name_is_no_city: bool,
}

impl Division {
    pub(crate) fn country(&self) -> &str {
        self.code.split('-').next().unwrap_or_default()
    }

    pub(crate) fn name(&self) -> &str {
        self.names.first().map_or(self.code.as_str(), String::as_str)
    }

    fn is_named(&self, folded: &str) -> bool {
        let own = self.code.split('-').next_back().unwrap_or_default();
        fold(&self.code) == folded
            || fold(own) == folded
            || self.names.iter().any(|name| fold(name) == folded)
    }
}

impl Names {
    /// The names compiled into the binary.
    #[must_use]
    pub fn bundled() -> Self {
        match Self::from_toml(include_str!("../../data/territory.toml")) {
            Ok(names) => names,
            Err(error) => unreachable!("the bundled file is parsed by a test: {error}"),
        }
    }

    /// Reads names in the form of the bundled ones.
    ///
    /// # Errors
    /// [`RulesError`] when the text has another form.
    pub fn from_toml(text: &str) -> Result<Self, RulesError> {
        let file: File = rule::read("the territory names", text)?;
        let mut names = Self {
            version: file.version,
            countries: BTreeMap::new(),
            not_countries: file.not_countries.iter().map(|code| fold(code)).collect(),
            calling: BTreeMap::new(),
            divisions: file.division,
        };
        for country in file.country {
            for name in country.names.iter().chain([&country.code]) {
                names.countries.insert(fold(name), country.code.clone());
            }
            names.calling.extend(country.calling.map(|code| (code, country.code)));
        }
        Ok(names)
    }

    /// Version of the data file.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The ISO code of a country as written; `None` for what is no country or not in the file.
    #[must_use]
    pub fn country(&self, raw: &str) -> Option<&str> {
        let folded = fold(raw);
        if self.not_countries.contains(&folded) {
            return None;
        }
        self.countries.get(&folded).map(String::as_str)
    }

    /// The name of a division by its code.
    #[must_use]
    pub fn division_name(&self, code: &str) -> Option<String> {
        self.divisions.iter().find(|d| d.code == code).map(|d| d.name().to_owned())
    }

    pub(crate) fn division(&self, country: &str, raw: &str) -> Option<&Division> {
        let folded = fold(raw);
        self.of_country(country).find(|division| division.is_named(&folded))
    }

    /// The division of that full name when exactly one country has one; `Córdoba` gives none.
    pub(crate) fn only_division(&self, raw: &str) -> Option<&Division> {
        let folded = fold(raw);
        let named = |d: &&Division| d.names.iter().any(|name| fold(name) == folded);
        let mut named = self.divisions.iter().filter(named);
        named.next().filter(|_| named.next().is_none())
    }

    /// By postal code: two digits of a Spanish code, the letter of an Argentine one.
    pub(crate) fn postal(&self, country: &str, raw: &str) -> Option<&Division> {
        let code = raw.trim().to_ascii_uppercase();
        let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
        let prefix = match country {
            "ES" if code.len() == 5 && digits(&code) => code.get(..2)?,
            "AR" if code.len() >= 5 && code.get(1..5).is_some_and(digits) => code.get(..1)?,
            _ => return None,
        };
        self.of_country(country).find(|division| division.postal == prefix)
    }

    pub(crate) fn city(&self, country: &str, raw: &str) -> Option<&Division> {
        let folded = fold(raw);
        let named = |names: &[String]| names.iter().any(|name| fold(name) == folded);
        self.of_country(country).find(|division| {
            named(&division.cities) || (!division.name_is_no_city && named(&division.names))
        })
    }

    /// The country of a number in international form, by its longest calling code.
    #[must_use]
    pub fn calling(&self, number: &str) -> Option<&str> {
        let prefix = |length: usize| number.get(..length).and_then(|code| self.calling.get(code));
        let number_is_international = number.starts_with('+');
        let longest_first = || (2..=4).rev().find_map(prefix);
        number_is_international.then(longest_first).flatten().map(String::as_str)
    }

    fn of_country(&self, country: &str) -> impl Iterator<Item = &Division> {
        self.divisions.iter().filter(move |division| division.country() == country)
    }
}

/// Letters and digits in lower case without accents, words joined by one blank.
fn fold(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).map(crate::lexicon::fold);
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    #[serde(rename = "reviewed")]
    _reviewed: String,
    #[serde(rename = "source")]
    _source: String,
    not_countries: Vec<String>,
    country: Vec<Country>,
    division: Vec<Division>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Country {
    code: String,
    calling: Option<String>,
    names: Vec<String>,
}
