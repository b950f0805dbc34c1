//! The languages of the project. To add one: a variant here, a folder of files, an arm in
//! `sources`.

use std::{fmt, str::FromStr};
use unic_langid::LanguageIdentifier;

/// A language that every sentence exists in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lang {
    /// Spanish.
    Es,
    /// English.
    En,
    /// Portuguese.
    Pt,
}

/// The text names no language that the sentences exist in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no language of this program; use es, en or pt")]
pub struct UnknownLang(String);

impl Lang {
    /// All languages, Spanish first: most units that use this write in it.
    pub const ALL: [Self; 3] = [Self::Es, Self::En, Self::Pt];

    /// The ISO 639-1 code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Es => "es",
            Self::En => "en",
            Self::Pt => "pt",
        }
    }

    pub(crate) fn identifier(self) -> LanguageIdentifier {
        self.as_str().parse().unwrap_or_default()
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Lang {
    type Err = UnknownLang;
    /// Accepts the code alone or with a region (`es-AR`, `pt_BR.UTF-8`), as systems state it.
    fn from_str(text: &str) -> Result<Self, UnknownLang> {
        let code = text.split(['-', '_', '.']).next().unwrap_or(text).to_ascii_lowercase();
        let found = Self::ALL.into_iter().find(|lang| lang.as_str() == code);
        found.ok_or_else(|| UnknownLang(text.chars().take(40).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_accepted_and_other_languages_refused() {
        let check = |text: &str, expect: Option<Lang>| assert_eq!(text.parse().ok(), expect);
        check("es", Some(Lang::Es));
        check("es-AR", Some(Lang::Es));
        check("pt_BR.UTF-8", Some(Lang::Pt));
        check("EN", Some(Lang::En));
        check("xx", None);
        check("", None);
    }
}
