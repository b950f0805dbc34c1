//! The words of a tip for the search: every text in it, unknown keys included, folded.

use amparo_assess::fold;
use amparo_model::TipRevision;
use serde_json::Value;
use std::collections::BTreeSet;

/// Longest word that is searched; longer ones are hashes of another kind or noise.
const WORD_MAX: usize = 128;

/// Each word once, in alphabetical order, separated by blanks.
#[must_use]
pub fn words_of(tip: &TipRevision) -> String {
    let mut words = BTreeSet::new();
    if let Ok(value) = serde_json::to_value(tip) {
        gather(&value, &mut words);
    }
    words.into_iter().collect::<Vec<_>>().join(" ")
}

/// The words of what somebody types into a search.
#[must_use]
pub fn words_in(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !c.is_alphanumeric());
    parts.map(fold).filter(|word| !word.is_empty() && word.len() <= WORD_MAX).collect()
}

fn gather(value: &Value, words: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => words.extend(words_in(text)),
        Value::Array(items) => items.iter().for_each(|item| gather(item, words)),
        // The names of our own fields are no words of the tip; those of unknown keys are.
        Value::Object(members) => members.iter().for_each(|(key, value)| {
            if key.contains('/') {
                words.extend(words_in(key));
            }
            gather(value, words);
        }),
        Value::Number(number) => words.extend(words_in(&number.to_string())),
        Value::Bool(_) | Value::Null => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use amparo_model::TipId;

    #[test]
    fn words_of_every_part_are_found_without_accents_and_case() {
        let mut tip = TipRevision::new(TipId::new("ncmec/900000001").unwrap());
        tip.notes.push("Vive en ÁVILA, con Ana.Sol@example.org".to_owned());
        tip.unknown.insert("/geo/0".to_owned(), "{\"ort\":\"Köln\"}".to_owned());
        let words = words_of(&tip);
        let words: Vec<&str> = words.split(' ').collect();
        for word in ["900000001", "avila", "ana", "sol", "example", "koln", "geo"] {
            assert!(words.contains(&word), "{word} in {words:?}");
        }
        assert!(!words.contains(&"notes"));
    }
}
