//! Sentences for people, in the operator's language.
//!
//! A thin layer over `text`: values are made harmless for the terminal before they enter a
//! sentence, because they may come from evidence.

use crate::safe;
use amparo_model::Reason;
use amparo_text::{Lang, Text};

/// Speaks one language.
pub struct Say {
    text: Text,
    lang: Lang,
}

impl Say {
    /// In this language.
    #[must_use]
    pub fn new(lang: Lang) -> Self {
        Self { text: Text::new(lang), lang }
    }

    /// Which language.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// The underlying catalogue, for crates that write whole documents.
    #[must_use]
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// The sentence `id` with its values.
    #[must_use]
    pub fn get(&self, id: &str, args: &[(&str, &str)]) -> String {
        let safe: Vec<(&str, String)> = args.iter().map(|(k, v)| (*k, safe::line(v))).collect();
        let borrowed: Vec<(&str, &str)> = safe.iter().map(|(k, v)| (*k, v.as_str())).collect();
        self.text.get(id, &borrowed)
    }

    /// A sentence without values.
    #[must_use]
    pub fn just(&self, id: &str) -> String {
        self.text.get(id, &[])
    }

    /// A reason in words: the sentence of its rule, else the rule's own name. `family` is `alarm`
    /// or `tip`.
    #[must_use]
    pub fn reason(&self, family: &str, reason: &Reason) -> String {
        let id = format!("{family}-{}", reason.rule.replace('_', "-"));
        if !self.text.has(&id) {
            return safe::line(&reason.rule);
        }
        let args: Vec<(&str, &str)> =
            reason.args.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.get(&id, &args)
    }

    /// A fixed word of a closed list in this language (`cli-<list>-<word>`).
    #[must_use]
    pub fn word(&self, list: &str, word: &str) -> String {
        self.just(&format!("cli-{list}-{}", word.replace('_', "-")))
    }
}

/// The language that an environment setting such as `es_AR.UTF-8` asks for.
#[must_use]
pub fn lang_of(setting: &str) -> Option<Lang> {
    setting.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_names_a_language_by_its_prefix() {
        let check = |setting, expect: Option<&str>| {
            assert_eq!(lang_of(setting).map(|l| l.to_string()).as_deref(), expect, "{setting}");
        };
        check("es_AR.UTF-8", Some("es"));
        check("PT_BR", Some("pt"));
        check("C.UTF-8", None);
        check("", None);
    }
}
