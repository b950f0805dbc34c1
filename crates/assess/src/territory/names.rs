//! Names of countries and divisions, compared without case, accents and punctuation.

use super::weights::Weights;
use crate::rule::{self, RulesError};
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};

/// The names that tips write, with their codes.
#[derive(Debug, Clone)]
pub struct Names {
    version: String,
    weights: Weights,
    countries: HashMap<String, String>,
    not_countries: BTreeSet<String>,
    ambiguous: BTreeSet<String>,
    /// Calling code with `+` to country.
    calling: HashMap<String, String>,
    divisions: Vec<Division>,
    /// Country to folded names of its divisions, with the division's number.
    by_name: HashMap<String, HashMap<String, usize>>,
    by_city: HashMap<String, HashMap<String, usize>>,
    /// Folded full names that exactly one country has a division of.
    only: HashMap<String, Option<usize>>,
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

    /// Code, its own part and names.
    fn spellings(&self) -> impl Iterator<Item = String> {
        let own = self.code.split('-').next_back().unwrap_or_default();
        [self.code.as_str(), own].into_iter().chain(self.names.iter().map(String::as_str)).map(fold)
    }

    fn city_names(&self) -> impl Iterator<Item = String> {
        let own = self.names.iter().filter(|_| !self.name_is_no_city);
        self.cities.iter().chain(own).map(|name| fold(name))
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
        let folded = |names: &[String]| names.iter().map(|name| fold(name)).collect();
        let mut names = Self {
            version: file.version,
            weights: file.weights,
            countries: HashMap::new(),
            not_countries: folded(&file.not_countries),
            ambiguous: folded(&file.ambiguous),
            calling: HashMap::new(),
            divisions: file.division,
            by_name: HashMap::new(),
            by_city: HashMap::new(),
            only: HashMap::new(),
        };
        for country in file.country {
            for name in country.names.iter().chain([&country.code]) {
                names.countries.insert(fold(name), country.code.clone());
            }
            names.calling.extend(country.calling.map(|code| (code, country.code)));
        }
        names.index();
        Ok(names)
    }

    /// The first division in the file keeps a name that two of one country would have.
    fn index(&mut self) {
        for (number, division) in self.divisions.iter().enumerate() {
            let country = division.country();
            let named = self.by_name.entry(country.to_owned()).or_default();
            for name in division.spellings() {
                named.entry(name).or_insert(number);
            }
            let cities = self.by_city.entry(country.to_owned()).or_default();
            for name in division.city_names() {
                cities.entry(name).or_insert(number);
            }
            for name in &division.names {
                let seen = self.only.entry(fold(name)).or_insert(Some(number));
                *seen = seen.filter(|first| *first == number);
            }
        }
    }

    /// Version of the data file.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What statements weigh.
    #[must_use]
    pub fn weights(&self) -> &Weights {
        &self.weights
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

    /// Whether the text is known to name no country (`A1`, `Europe`).
    #[must_use]
    pub fn is_no_country(&self, raw: &str) -> bool {
        self.not_countries.contains(&fold(raw))
    }

    /// Whether several countries have a division or a large town of that name.
    #[must_use]
    pub fn is_ambiguous(&self, raw: &str) -> bool {
        self.ambiguous.contains(&fold(raw))
    }

    /// The name of a division by its code.
    #[must_use]
    pub fn division_name(&self, code: &str) -> Option<String> {
        self.divisions.iter().find(|d| d.code == code).map(|d| d.name().to_owned())
    }

    pub(crate) fn division(&self, country: &str, raw: &str) -> Option<&Division> {
        self.numbered(self.by_name.get(country)?.get(&fold(raw)))
    }

    /// The division of that full name when exactly one country has one; `Córdoba` gives none.
    pub(crate) fn only_division(&self, raw: &str) -> Option<&Division> {
        let folded = fold(raw);
        let named = self.only.get(&folded).filter(|_| !self.ambiguous.contains(&folded))?;
        self.numbered(named.as_ref())
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
        let mut own = self.divisions.iter().filter(|division| division.country() == country);
        own.find(|division| division.postal == prefix)
    }

    pub(crate) fn city(&self, country: &str, raw: &str) -> Option<&Division> {
        self.numbered(self.by_city.get(country)?.get(&fold(raw)))
    }

    /// The country of a number in international form, by its longest calling code.
    #[must_use]
    pub fn calling(&self, number: &str) -> Option<&str> {
        let prefix = |length: usize| number.get(..length).and_then(|code| self.calling.get(code));
        let number_is_international = number.starts_with('+');
        let longest_first = || (2..=4).rev().find_map(prefix);
        number_is_international.then(longest_first).flatten().map(String::as_str)
    }

    fn numbered(&self, number: Option<&usize>) -> Option<&Division> {
        self.divisions.get(*number?)
    }
}

/// Letters and digits in lower case without accents, words joined by one blank; apostrophes do not
/// part words.
fn fold(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’'));
    let words = words.map(crate::lexicon::fold);
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
    #[serde(rename = "confidence")]
    _confidence: String,
    not_countries: Vec<String>,
    ambiguous: Vec<String>,
    weights: Weights,
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
