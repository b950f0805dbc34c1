//! Every sentence a person reads, in Spanish, English and Portuguese.
//!
//! Sentences are Project Fluent messages in `locales/<language>/<area>.ftl`, compiled into the
//! binary, so that the command line, the documents and the page say the same words. They say no
//! more than the record proves: "earliest observed with", "counterpart", "under investigation".
//!
//! To add a sentence: write its message, under one id, in all three languages of the area's file.
//! To add an area: one file per language and one line in [`sources`]. The tree-wide test in
//! `tests/tree.rs` then demands the same ids and variables everywhere.

mod lang;

pub use lang::{Lang, UnknownLang};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

/// All sentences of one language; cheap to share between threads.
pub struct Text {
    lang: Lang,
    bundle: FluentBundle<FluentResource>,
}

impl Text {
    /// Loads the sentences of a language.
    #[must_use]
    pub fn new(lang: Lang) -> Self {
        let mut bundle = FluentBundle::new_concurrent(vec![lang.identifier()]);
        // Isolation marks are invisible characters around each value; they would end up in copied
        // hashes and telephone numbers.
        bundle.set_use_isolating(false);
        for (_, source) in sources(lang) {
            bundle.add_resource_overriding(parsed(source));
        }
        Self { lang, bundle }
    }

    /// The language these sentences are in.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// Whether there is a sentence under this id.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.bundle.get_message(id).is_some_and(|message| message.value().is_some())
    }

    /// The sentence under `id` with its values filled in. Whole numbers select plural forms.
    /// A missing sentence shows as `⟦id⟧`, so that nothing is left out silently.
    #[must_use]
    pub fn get(&self, id: &str, args: &[(&str, &str)]) -> String {
        let message = self.bundle.get_message(id);
        let Some(pattern) = message.and_then(|message| message.value()) else {
            return format!("⟦{id}⟧");
        };
        let args: FluentArgs<'_> =
            args.iter().map(|&(name, text)| (name, value_of(text))).collect();
        // A missing value leaves its name in the sentence, which is visible enough.
        let mut ignored = Vec::new();
        self.bundle.format_pattern(pattern, Some(&args), &mut ignored).into_owned()
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Text({})", self.lang)
    }
}

macro_rules! areas {
    ($lang:literal: $($area:literal)*) => {
        &[$(($area, include_str!(concat!("../locales/", $lang, "/", $area, ".ftl")))),*]
    };
}

/// The Fluent files of a language: `(area, text)`.
#[must_use]
pub fn sources(lang: Lang) -> &'static [(&'static str, &'static str)] {
    match lang {
        Lang::Es => areas!("es": "alarm" "cli" "network" "page" "preservation" "referral" "tips"),
        Lang::En => areas!("en": "alarm" "cli" "network" "page" "preservation" "referral" "tips"),
        Lang::Pt => areas!("pt": "alarm" "cli" "network" "page" "preservation" "referral" "tips"),
    }
}

fn parsed(source: &str) -> FluentResource {
    // The tree-wide test refuses files with errors; what parsed is still better than nothing.
    FluentResource::try_new(source.to_owned()).unwrap_or_else(|(partial, _)| partial)
}

/// A whole number that prints back exactly as written becomes a number; everything else stays text
/// (`007`, `+34...`, hashes).
fn value_of(text: &str) -> FluentValue<'_> {
    match text.parse::<i64>() {
        Ok(number) if number.to_string() == text && text.len() <= 15 => FluentValue::from(number),
        _ => FluentValue::from(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_sentence_is_visible() {
        assert_eq!(Text::new(Lang::Es).get("no-such-id", &[]), "⟦no-such-id⟧");
    }

    #[test]
    fn values_print_exactly_as_given() {
        let text = Text::new(Lang::En);
        for value in ["007", "+34600000001", "34600000001", "-3", "1e5", "9999999999999999999"] {
            let shown = text.get("referral-version", &[("version", value)]);
            assert!(shown.ends_with(&format!(" {value}")), "{shown}");
        }
    }

    #[test]
    fn sentences_can_be_shared_between_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<Text>();
    }
}
