//! How serious a verdict is, for sorting and for nothing else. The facts are in
//! `data/crosswalk.toml`, with their source and the day they were reviewed.

use amparo_model::Category;
use serde::Deserialize;

/// Ranks of the codes of all schemes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Crosswalk {
    source: String,
    reviewed: String,
    unknown_rank: u32,
    #[serde(rename = "code")]
    codes: Vec<Code>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    scheme: String,
    realm: Option<String>,
    code: String,
    rank: u32,
    #[serde(default)]
    negative: bool,
}

/// Sorts first what is most serious: codes that say "not illegal" come last, whatever their
/// scheme, so that none outranks a positive of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Seriousness {
    pub(crate) negative: bool,
    pub(crate) rank: u32,
}

impl Crosswalk {
    /// The ranks that come with this version.
    pub(crate) fn bundled() -> Self {
        match Self::from_toml(include_str!("../data/crosswalk.toml")) {
            Ok(crosswalk) => crosswalk,
            Err(error) => unreachable!("the bundled file is parsed by a test: {error}"),
        }
    }

    fn from_toml(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// A code that is not named, and a row without one, is illegal until somebody has reviewed it.
    pub(crate) fn seriousness(&self, category: Option<&Category>) -> Seriousness {
        let known = category.and_then(|category| self.codes.iter().find(|code| code.is(category)));
        match known {
            Some(code) => Seriousness { negative: code.negative, rank: code.rank },
            None => Seriousness { negative: false, rank: self.unknown_rank },
        }
    }
}

impl Code {
    fn is(&self, category: &Category) -> bool {
        self.scheme == category.scheme.name
            && self.realm.as_ref().is_none_or(|realm| *realm == category.scheme.realm)
            && self.code.eq_ignore_ascii_case(&category.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use amparo_model::{Basis, Scheme};

    fn category(scheme: &str, realm: &str, code: &str) -> Category {
        let version = String::new();
        Category {
            scheme: Scheme { name: scheme.to_owned(), realm: realm.to_owned(), version },
            code: code.to_owned(),
            by: "unit A".to_owned(),
            basis: Basis::List,
        }
    }

    #[test]
    fn the_bundled_file_names_its_source_and_orders_as_reviewed() {
        let crosswalk = Crosswalk::bundled();
        assert!(!crosswalk.source.is_empty());
        assert_eq!(crosswalk.reviewed.len(), "2026-03-01".len());
        let ascending = [
            category("INTERPOL-Baseline", "any", "yes"),
            category("UK", "UK", "A"),
            category("UK", "UK", "b"),
            category("VICS", "US", "1"),
            category("NCMEC", "US", "B2"),
            category("VICS", "US", "2"),
            category("VICS", "Default", "2"),
            category("VICS", "US", "4"),
        ];
        let found: Vec<Seriousness> =
            ascending.iter().map(|category| crosswalk.seriousness(Some(category))).collect();
        assert!(found.is_sorted_by(|a, b| a < b), "{found:?}");
    }

    #[test]
    fn what_is_not_named_is_illegal_until_reviewed_and_every_negative_comes_after_it() {
        let crosswalk = Crosswalk::bundled();
        let unknown = crosswalk.seriousness(None);
        assert!(!unknown.negative);
        for code in ["0", "5", "17"] {
            assert_eq!(crosswalk.seriousness(Some(&category("VICS", "US", code))), unknown);
        }
        assert!(crosswalk.codes.iter().any(|code| code.negative));
        for code in &crosswalk.codes {
            let own = Seriousness { negative: code.negative, rank: code.rank };
            assert_eq!(code.negative, own > unknown, "{code:?}");
        }
    }
}
