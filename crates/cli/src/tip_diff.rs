//! What differs between two states of a tip, for people, and what of it somebody must look at.

use amparo_assess::{territory::Names, territory::territory};
use amparo_model::{TipFile, TipRevision};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// One difference. Files are named by hash or name and parties by their first identifier, so that
/// another order is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Where: `files/<hash>/industry_classification`.
    pub place: String,
    /// What was there; nothing for what is new.
    pub before: Option<String>,
    /// What is there now; nothing for what is gone.
    pub after: Option<String>,
}

/// Why a revision is shown as new work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertOn {
    /// The originator's level.
    Level,
    /// Which files are reported.
    Files,
    /// The provider's class of a file.
    Class,
    /// The country.
    Country,
}

impl AlertOn {
    /// The word in messages.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Level => "level",
            Self::Files => "files",
            Self::Class => "class",
            Self::Country => "country",
        }
    }
}

/// Every difference, sorted by place.
#[must_use]
pub fn changes(before: &TipRevision, after: &TipRevision) -> Vec<Change> {
    let (before, after) = (flat(before), flat(after));
    let places: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let change = |place: &String| Change {
        place: place.clone(),
        before: before.get(place).cloned(),
        after: after.get(place).cloned(),
    };
    places.into_iter().map(change).filter(|change| change.before != change.after).collect()
}

/// What of the differences somebody must look at again.
#[must_use]
pub fn alerts(before: &TipRevision, after: &TipRevision, names: &Names) -> Vec<AlertOn> {
    let hashes = |tip: &TipRevision| -> BTreeSet<String> { tip.files.iter().map(key).collect() };
    let classes = |tip: &TipRevision| -> BTreeSet<(String, Option<String>)> {
        tip.files.iter().map(|file| (key(file), file.industry_classification.clone())).collect()
    };
    let country = |tip: &TipRevision| territory(tip, names).country;
    let files = hashes(before) != hashes(after);
    [
        (AlertOn::Level, before.originator_level != after.originator_level),
        (AlertOn::Files, files),
        (AlertOn::Class, !files && classes(before) != classes(after)),
        (AlertOn::Country, country(before) != country(after)),
    ]
    .into_iter()
    .filter_map(|(on, differs)| differs.then_some(on))
    .collect()
}

fn key(file: &TipFile) -> String {
    let hash = file.hashes.iter().min().map(|hash| hash.value.clone());
    let name = || file.file_name.clone().or_else(|| file.original_file_name.clone());
    hash.or_else(name).unwrap_or_else(|| "unnamed".to_owned())
}

fn flat(tip: &TipRevision) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let mut rest = tip.clone();
    for file in std::mem::take(&mut rest.files) {
        let place = free(&all, format!("files/{}", key(&file)));
        gather(&place, &value(&file), &mut all);
    }
    for party in std::mem::take(&mut rest.parties) {
        let name = party.identifiers.first().map(|one| one.norm.clone());
        let name = name.or_else(|| party.name.clone()).unwrap_or_else(|| "unnamed".to_owned());
        let place = free(&all, format!("parties/{}", name.replace('/', " ")));
        gather(&place, &value(&party), &mut all);
    }
    gather("", &value(&rest), &mut all);
    all
}

/// Two files of one hash are two files.
fn free(all: &BTreeMap<String, String>, place: String) -> String {
    let taken = |place: &str| {
        all.range(format!("{place}/")..)
            .next()
            .is_some_and(|(found, _)| found.starts_with(&format!("{place}/")))
    };
    let mut number = 2;
    let mut free = place.clone();
    while taken(&free) {
        free = format!("{place} ({number})");
        number += 1;
    }
    free
}

fn value(of: &impl Serialize) -> Value {
    serde_json::to_value(of).unwrap_or_default()
}

fn gather(place: &str, value: &Value, all: &mut BTreeMap<String, String>) {
    let below =
        |step: &str| if place.is_empty() { step.to_owned() } else { format!("{place}/{step}") };
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(key, value)| gather(&below(key), value, all));
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(at, value)| gather(&below(&at.to_string()), value, all));
        }
        Value::Null => {}
        Value::String(text) if text == "not_stated" => {}
        Value::String(text) => drop(all.insert(place.to_owned(), text.clone())),
        other => drop(all.insert(place.to_owned(), other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use amparo_model::{HashAlgorithm, RecordedHash, TipId};

    fn file(hash: &str, class: Option<&str>) -> TipFile {
        let value = hash.to_owned();
        let hashes = vec![RecordedHash { algorithm: HashAlgorithm::Md5, value }];
        TipFile { hashes, industry_classification: class.map(str::to_owned), ..TipFile::default() }
    }

    fn tip(level: &str, files: Vec<TipFile>) -> TipRevision {
        let level = Some(level.to_owned());
        let new = TipRevision::new(TipId::new("ncmec/900000001").unwrap());
        TipRevision { originator_level: level, files, ..new }
    }

    #[test]
    fn another_order_of_files_is_no_difference() {
        let (a, b) = (file("aa", None), file("bb", None));
        let one = tip("3", vec![a.clone(), b.clone()]);
        assert!(changes(&one, &tip("3", vec![b, a.clone()])).is_empty());
        let two = tip("3", vec![a.clone(), a]);
        assert!(!changes(&two, &tip("3", vec![file("aa", None)])).is_empty());
    }

    #[test]
    fn level_files_and_class_call_for_a_look_and_a_note_does_not() {
        let names = Names::bundled();
        let one = tip("3", vec![file("aa", None)]);
        let check = |after: &TipRevision, expect: &[AlertOn]| {
            assert_eq!(alerts(&one, after, &names), expect);
        };
        let noted = TipRevision { notes: vec!["more".to_owned()], ..one.clone() };
        check(&noted, &[]);
        assert_eq!(changes(&one, &noted)[0].after.as_deref(), Some("more"));
        check(&tip("1", one.files.clone()), &[AlertOn::Level]);
        check(&tip("3", vec![file("aa", Some("A1"))]), &[AlertOn::Class]);
        check(&tip("E", vec![file("bb", None)]), &[AlertOn::Level, AlertOn::Files]);
    }
}
