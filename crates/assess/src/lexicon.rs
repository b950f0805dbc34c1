//! Phrases in messages that say something about access, age, exchange, secrecy or family life.
//!
//! The phrases are data (`data/lexicon.toml`), with version, source and review date; nothing here
//! knows a language. A hit names its rule and quotes the literal text, so that a person can judge
//! it. Each rule is reported at most once per message.
//!
//! To add a phrase: write its pattern under the rule and language in the data file.

mod pattern;
mod words;

use pattern::Pattern;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use words::Words;

pub use words::fold;

/// Longest quotation, in characters.
const EXCERPT_CHARS: usize = 160;

/// A rule that a text hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhraseHit {
    /// The rule's id in the data file.
    pub rule: String,
    /// The literal text around the phrase, at most 160 characters and two ellipses.
    pub excerpt: String,
}

/// What a rule looks for, for printing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LexiconRule {
    /// The rule's id.
    pub id: String,
    /// What a hit means, in English.
    pub about: String,
    /// How many patterns it has.
    pub patterns: usize,
}

/// The data file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LexiconError {
    /// The text is not the TOML form described in the bundled file; correct it there.
    #[error("the lexicon is not readable: {0}")]
    Form(String),
    /// A pattern cannot match anything; correct it.
    #[error("pattern {pattern:?} of rule {rule}: {why}")]
    Pattern {
        /// The rule it stands under.
        rule: String,
        /// The pattern as written.
        pattern: String,
        /// What is wrong with it.
        why: String,
    },
}

/// All phrases, ready to search.
#[derive(Debug)]
pub struct Lexicon {
    version: String,
    reviewed: String,
    source: String,
    negators: Vec<String>,
    rules: Vec<LexiconRule>,
    patterns: Vec<(usize, Pattern)>,
    /// First word of a pattern to the patterns that may start there.
    starts: HashMap<String, Vec<usize>>,
}

impl Lexicon {
    /// The lexicon compiled into the binary.
    #[must_use]
    pub fn bundled() -> Self {
        match Self::from_toml(include_str!("../data/lexicon.toml")) {
            Ok(lexicon) => lexicon,
            Err(error) => unreachable!("the bundled file is parsed by a test: {error}"),
        }
    }

    /// The phrases for free texts of tips, compiled into the binary.
    pub(crate) fn of_tips() -> Self {
        match Self::from_toml(include_str!("../data/tip_lexicon.toml")) {
            Ok(lexicon) => lexicon,
            Err(error) => unreachable!("the bundled file is parsed by a test: {error}"),
        }
    }

    /// Reads a lexicon in the form of the bundled one.
    ///
    /// # Errors
    /// [`LexiconError`] names the pattern or the place that cannot be used.
    pub fn from_toml(text: &str) -> Result<Self, LexiconError> {
        let file: File = toml::from_str(text).map_err(|e| LexiconError::Form(e.to_string()))?;
        let sets = file.sets.into_iter().map(|(name, words)| (name, plain(&words))).collect();
        let mut lexicon = Self {
            version: file.version,
            reviewed: file.reviewed,
            source: file.source,
            negators: plain(&file.negators),
            rules: Vec::new(),
            patterns: Vec::new(),
            starts: HashMap::new(),
        };
        for rule in file.rule {
            lexicon.add(rule, &sets)?;
        }
        Ok(lexicon)
    }

    /// Every rule that the text hits, once, in the order of the data file.
    #[must_use]
    pub fn hits(&self, text: &str) -> Vec<PhraseHit> {
        self.hits_in(text, &Words::of(text))
    }

    /// The hits of several lexicons; the text is taken apart once.
    pub(crate) fn hits_of_all<const N: usize>(
        lexicons: [&Self; N],
        text: &str,
    ) -> [Vec<PhraseHit>; N] {
        let words = Words::of(text);
        lexicons.map(|lexicon| lexicon.hits_in(text, &words))
    }

    fn hits_in(&self, text: &str, words: &Words<'_>) -> Vec<PhraseHit> {
        let mut found: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
        for at in 0..words.len() {
            for (rule, pattern) in self.starting_with(words.get(at)) {
                if found.contains_key(&rule) || self.negated(words, at) {
                    continue;
                }
                if let Some(end) = pattern.matches(words, at) {
                    found.insert(rule, (at, end));
                }
            }
        }
        let hit = |(rule, (from, upto)): (usize, (usize, usize))| {
            let rule = self.rules.get(rule)?.id.clone();
            Some(PhraseHit { rule, excerpt: excerpt(text, words.bytes(from, upto)) })
        };
        found.into_iter().filter_map(hit).collect()
    }

    /// Version of the data file; kept with every hit's stage so that a new lexicon reads again.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// When the phrases were last reviewed, and where they come from.
    #[must_use]
    pub fn provenance(&self) -> (&str, &str) {
        (&self.reviewed, &self.source)
    }

    /// The rules, for printing.
    #[must_use]
    pub fn describe(&self) -> &[LexiconRule] {
        &self.rules
    }

    fn add(
        &mut self,
        rule: FileRule,
        sets: &BTreeMap<String, Vec<String>>,
    ) -> Result<(), LexiconError> {
        let number = self.rules.len();
        let all: Vec<&String> = rule.es.iter().chain(&rule.en).chain(&rule.pt).collect();
        for text in &all {
            let pattern = Pattern::parse(text, sets).map_err(|why| LexiconError::Pattern {
                rule: rule.id.clone(),
                pattern: (*text).clone(),
                why,
            })?;
            for word in pattern.first_words() {
                self.starts.entry(word.clone()).or_default().push(self.patterns.len());
            }
            self.patterns.push((number, pattern));
        }
        let patterns = all.len();
        self.rules.push(LexiconRule { id: rule.id, about: rule.about, patterns });
        Ok(())
    }

    fn starting_with(&self, word: &str) -> impl Iterator<Item = (usize, &Pattern)> {
        let numbers = self.starts.get(word).map(Vec::as_slice).unwrap_or_default();
        numbers.iter().filter_map(|at| self.patterns.get(*at)).map(|(rule, p)| (*rule, p))
    }

    fn negated(&self, words: &Words<'_>, at: usize) -> bool {
        let before = at.checked_sub(1).map(|at| words.get(at));
        before.is_some_and(|word| self.negators.iter().any(|negator| negator == word))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    reviewed: String,
    source: String,
    negators: Vec<String>,
    sets: BTreeMap<String, Vec<String>>,
    rule: Vec<FileRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileRule {
    id: String,
    about: String,
    #[serde(default)]
    es: Vec<String>,
    #[serde(default)]
    en: Vec<String>,
    #[serde(default)]
    pt: Vec<String>,
}

fn plain(words: &[String]) -> Vec<String> {
    words.iter().map(|word| words::fold(word)).collect()
}

/// The phrase with as much of the text around it as fits, cut at characters.
fn excerpt(text: &str, phrase: std::ops::Range<usize>) -> String {
    if text.chars().nth(EXCERPT_CHARS).is_none() {
        return text.trim().to_owned();
    }
    let inside = text.get(phrase.clone()).map_or(0, |part| part.chars().count());
    let each_side = EXCERPT_CHARS.saturating_sub(inside) / 2;
    let before = text.get(..phrase.start).unwrap_or_default();
    let after = text.get(phrase.start..).unwrap_or_default();
    let skip = before.chars().count().saturating_sub(each_side);
    let head: String = before.chars().skip(skip).collect();
    let tail: String = after.chars().take(EXCERPT_CHARS - head.chars().count()).collect();
    let open = if skip > 0 { "…" } else { "" };
    let close = if tail.len() < after.len() { "…" } else { "" };
    format!("{open}{head}{tail}{close}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[&str]) {
        let hits = Lexicon::bundled().hits(text);
        let rules: Vec<&str> = hits.iter().map(|hit| hit.rule.as_str()).collect();
        assert_eq!(rules, expect, "{text}");
    }

    #[test]
    fn access_to_a_child_is_heard_in_three_languages() {
        for text in [
            "Vivo con el nene desde marzo",
            "VIVO CON MI SOBRINO",
            "ahora está conmigo en casa, duerme",
            "la nena se queda conmigo los jueves",
            "moro com o menino",
            "a criança fica comigo à tarde",
            "i live with the kid",
            "My nephew stays with me",
        ] {
            check(text, &["claims_access"]);
        }
    }

    #[test]
    fn negations_questions_and_parts_of_words_are_not_claims() {
        for text in [
            "no vivo con el nene",
            "¿vivís con el nene?",
            "vivo con mi hermano",
            "revivo con el nenego",
            "i never live with the kid",
            "",
            "¡!",
        ] {
            check(text, &[]);
        }
    }

    #[test]
    fn a_stated_age_below_eighteen_is_heard_and_other_numbers_are_not() {
        for text in
            ["tengo 15 años", "yo 14", "I'm 15", "tenho 13 anos", "Tengo quince años!", "i am 16"]
        {
            check(text, &["states_minor_age"]);
        }
        for text in
            ["tengo 35 años", "tengo 15 años de experiencia", "tengo 15 minutos", "I'm 15 km away"]
        {
            check(text, &[]);
        }
    }

    #[test]
    fn exchange_promise_secrecy_and_family() {
        check("tenés más?", &["offers_or_requests"]);
        check("¿Qué me das a cambio?", &["offers_or_requests"]);
        check("do you have more", &["offers_or_requests"]);
        check("mañana te mando más", &["promises_more"]);
        check("no se lo digas a nadie", &["secrecy"]);
        check("el cumpleaños de la abuela", &["family_talk"]);
        check("feliz aniversário, vovó", &["family_talk"]);
    }

    #[test]
    fn accents_written_as_combining_marks_read_the_same() {
        check("man\u{303}ana te mando algo", &["promises_more"]);
    }

    #[test]
    fn the_excerpt_is_literal_and_bounded() {
        let text = format!("{}Vivo con el NENE, ya sabés. {}", "é ".repeat(400), "x ".repeat(400));
        let hits = Lexicon::bundled().hits(&text);
        let excerpt = &hits[0].excerpt;
        assert!(excerpt.contains("Vivo con el NENE"), "{excerpt}");
        assert!(excerpt.chars().count() <= EXCERPT_CHARS + 2, "{}", excerpt.chars().count());
    }

    #[test]
    fn a_pattern_that_cannot_match_is_refused_with_its_name() {
        let head = "version='1'\nreviewed='x'\nsource='x'\nnegators=[]\n[sets]\n";
        let rule = "[[rule]]\nid='r'\nabout='x'\nes=['{nobody} a']";
        let error = Lexicon::from_toml(&format!("{head}{rule}")).unwrap_err().to_string();
        assert!(error.contains("nobody") && error.contains("rule r"), "{error}");
    }
}
