//! Free texts of a tip, searched for phrases that speak of danger now. A phrase is a sign that a
//! person reads in its own words; the texts of the reporter and of a child concerned are searched
//! for everything but access, which there would be their own.

use super::rules::TipRules;
use crate::lexicon::Lexicon;
use amparo_model::{PartyRole, TipRevision};
use std::collections::BTreeMap;

/// What one rule found.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Literal text around the first phrase.
    pub(super) quote: String,
    /// Where phrases stand.
    pub(super) places: Vec<String>,
}

/// The rule for claims of access.
const ACCESS: &str = "notes_access";

/// Findings by rule.
pub(super) fn said(tip: &TipRevision, rules: &TipRules) -> BTreeMap<String, Said> {
    let mut found: BTreeMap<String, Said> = BTreeMap::new();
    for (place, text, of_others) in texts(tip) {
        let [own, claims] = Lexicon::hits_of_all([rules.lexicon(), rules.claims()], text);
        // What counts as a claim of access in a chat counts as one in a tip.
        let claims = claims.into_iter().filter(|hit| hit.rule == "claims_access");
        let claims = claims.map(|hit| (ACCESS.to_owned(), hit.excerpt));
        for (rule, excerpt) in own.into_iter().map(|hit| (hit.rule, hit.excerpt)).chain(claims) {
            if of_others && rule == ACCESS {
                continue;
            }
            let said = found.entry(rule).or_default();
            if said.quote.is_empty() {
                said.quote = excerpt;
            }
            if said.places.last() != Some(&place) {
                said.places.push(place.clone());
            }
        }
    }
    found
}

/// Every free text with its place, and whether it speaks for somebody else than the reported.
fn texts(tip: &TipRevision) -> impl Iterator<Item = (String, &str, bool)> {
    let own = tip.notes.iter().enumerate();
    let own = own.map(|(at, text)| (format!("notes/{at}"), text.as_str(), false));
    let single = [("escalation", &tip.escalation), ("incident_at_note", &tip.incident_at_note)];
    let single = single
        .into_iter()
        .filter_map(|(place, text)| Some((place.to_owned(), text.as_deref()?, false)));
    let parties = tip.parties.iter().enumerate().flat_map(|(number, party)| {
        let others = matches!(party.role, PartyRole::Reporter | PartyRole::Victim);
        let notes = party.notes.iter().enumerate();
        notes.map(move |(at, text)| (format!("parties/{number}/notes/{at}"), text.as_str(), others))
    });
    let files = tip.files.iter().enumerate().flat_map(|(number, file)| {
        let notes = file.notes.iter().enumerate();
        notes.map(move |(at, text)| (format!("files/{number}/notes/{at}"), text.as_str(), false))
    });
    own.chain(single).chain(parties).chain(files)
}
