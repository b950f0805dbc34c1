//! What the provider marks a report and its files with: escalation, annotations, tags, bundling.
//! The vocabulary grows every year; a mark that the rules do not know is shown and weighs nothing.

use super::Signs;
use std::collections::BTreeMap;

/// Longest quotation of the provider's reason, in characters.
const QUOTE_CHARS: usize = 300;

impl Signs<'_> {
    pub(super) fn marks(&mut self) {
        self.escalation();
        self.annotations();
        self.tags();
        if let Some(reason) = &self.tip.bundled {
            let rule = self.rules.mark("bundled", reason).unwrap_or("bundled_other").to_owned();
            self.add(&rule, 1, &[("reason", reason.clone())], &["bundled".to_owned()]);
        }
        let agencies = &self.tip.other_agencies;
        if !agencies.is_empty() {
            let names = agencies.join("; ");
            self.add("other_agency", 1, &[("names", names)], &["other_agencies".to_owned()]);
        }
    }

    /// That there is a reason is the statement, even where it is empty.
    fn escalation(&mut self) {
        let Some(text) = self.tip.escalation.as_deref() else { return };
        let quote: String = text.trim().chars().take(QUOTE_CHARS).collect();
        let quote = if quote.is_empty() { "—".to_owned() } else { quote };
        self.add("escalation_stated", 1, &[("reason", quote)], &["escalation".to_owned()]);
    }

    fn annotations(&mut self) {
        let mut known: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut unknown = Vec::new();
        for (number, mark) in self.tip.annotations.iter().enumerate() {
            let place = format!("annotations/{number}");
            match self.rules.mark("annotations", mark) {
                Some(rule) => known.entry(rule.to_owned()).or_default().push(place),
                None => unknown.push((mark.clone(), place)),
            }
        }
        for (rule, places) in known {
            self.add(&rule, 1, &[], &places);
        }
        let (names, places): (Vec<String>, Vec<String>) = unknown.into_iter().unzip();
        if !names.is_empty() {
            self.add("annotation_unknown", 1, &[("names", names.join(", "))], &places);
        }
    }

    fn tags(&mut self) {
        let mut known: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (number, file) in self.tip.files.iter().enumerate() {
            for rule in file.tags.iter().filter_map(|tag| self.rules.mark("tags", tag)) {
                let places = known.entry(rule.to_owned()).or_default();
                let place = format!("files/{number}");
                if places.last() != Some(&place) {
                    places.push(place);
                }
            }
        }
        for (rule, places) in known {
            self.add(&rule, 1, &[("count", places.len().to_string())], &places);
        }
    }
}
