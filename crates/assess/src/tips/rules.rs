//! The published rules of a tip's urgency, the clocks, and the names of places.

mod parts;

pub use parts::{Clock, Floor, TipLimits};

use crate::lexicon::Lexicon;
use crate::rule::{self, Found, RuleText, RulesError};
use crate::territory::{IpPlaces, Names};
use amparo_model::Reason;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Weights, words and clocks for tips.
#[derive(Debug, Clone)]
pub struct TipRules {
    version: String,
    reviewed: String,
    limits: TipLimits,
    words: BTreeMap<String, Vec<String>>,
    /// Of annotations, tags and reasons to bundle: the mark, folded, to its rule.
    marks: BTreeMap<String, BTreeMap<String, String>>,
    danger: Vec<RuleText>,
    perishing: Vec<RuleText>,
    floors: Vec<Floor>,
    clocks: Vec<Clock>,
    names: Names,
    lexicon: Arc<Lexicon>,
    claims: Arc<Lexicon>,
    places: Option<Arc<dyn IpPlaces>>,
}

impl TipRules {
    /// The rules, clocks and names compiled into the binary.
    #[must_use]
    pub fn bundled() -> Self {
        let urgency = include_str!("../../data/tip_urgency.toml");
        let clocks = include_str!("../../data/clocks.toml");
        match Self::from_toml(urgency, clocks, Names::bundled()) {
            Ok(rules) => rules,
            Err(error) => unreachable!("the bundled files are parsed by a test: {error}"),
        }
    }

    /// Reads rules and clocks in the form of the bundled ones.
    ///
    /// # Errors
    /// [`RulesError`] when a text has another form.
    pub fn from_toml(urgency: &str, clocks: &str, names: Names) -> Result<Self, RulesError> {
        let file: File = rule::read("the tip rules", urgency)?;
        let clocks: ClockFile = rule::read("the clocks", clocks)?;
        let (lexicon, claims) = (Lexicon::of_tips(), Lexicon::bundled());
        let versions = [file.version.as_str(), &clocks.version, names.version()];
        let lexicons = [lexicon.version(), claims.version()];
        let fold = |words: Vec<String>| words.iter().map(|w| crate::lexicon::fold(w)).collect();
        check(&file)?;
        let marks = |map: BTreeMap<String, String>| -> BTreeMap<String, String> {
            map.into_iter().map(|(mark, rule)| (letters(&mark), rule)).collect()
        };
        let marks = BTreeMap::from([
            ("annotations".to_owned(), marks(file.annotations)),
            ("tags".to_owned(), marks(file.tags)),
            ("bundled".to_owned(), marks(file.bundled)),
        ]);
        Ok(Self {
            version: format!("{}+{}", versions.join("+"), lexicons.join("+")),
            reviewed: file.reviewed.min(clocks.reviewed),
            limits: file.limits,
            words: file.words.into_iter().map(|(name, words)| (name, fold(words))).collect(),
            marks,
            danger: file.danger,
            perishing: file.perishing,
            floors: file.floor,
            clocks: clocks.clock,
            names,
            lexicon: Arc::new(lexicon),
            claims: Arc::new(claims),
            places: None,
        })
    }

    /// Also looks IP events up in a table on this machine; its date becomes part of the version.
    #[must_use]
    pub fn with_places(mut self, places: Arc<dyn IpPlaces>) -> Self {
        self.version = format!("{}+{}", self.version, places.version());
        self.places = Some(places);
        self
    }

    /// Versions of rules, clocks and names; kept with every assessment.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The oldest review date of the files.
    #[must_use]
    pub fn reviewed(&self) -> &str {
        &self.reviewed
    }

    /// The limits.
    #[must_use]
    pub fn limits(&self) -> &TipLimits {
        &self.limits
    }

    /// All rules, danger before perishability, for printing.
    pub fn describe(&self) -> impl Iterator<Item = &RuleText> {
        self.danger.iter().chain(&self.perishing)
    }

    /// All clocks, for printing.
    #[must_use]
    pub fn clocks(&self) -> &[Clock] {
        &self.clocks
    }

    /// Names of countries and divisions.
    #[must_use]
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The hard floors, for printing.
    #[must_use]
    pub fn floors(&self) -> &[Floor] {
        &self.floors
    }

    pub(crate) fn places(&self) -> Option<&dyn IpPlaces> {
        self.places.as_deref()
    }

    /// The clock of a kind for a country and, if one is about him alone, for a provider.
    pub(crate) fn clock(
        &self,
        kind: &str,
        country: Option<&str>,
        provider: Option<&str>,
    ) -> Option<&Clock> {
        let provider = provider.map(str::to_lowercase).unwrap_or_default();
        let fits = |clock: &&Clock| clock.kind == kind && clock.country.as_deref() == country;
        let own = |clock: &&Clock| clock.providers.iter().any(|name| provider.contains(name));
        let mut all = self.clocks.iter().filter(fits);
        let special = self.clocks.iter().filter(fits).find(own);
        special.or_else(|| all.find(|clock| clock.providers.is_empty()))
    }

    pub(super) fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    pub(super) fn claims(&self) -> &Lexicon {
        &self.claims
    }

    /// The rule of a mark, whatever its case and the signs between its words.
    pub(super) fn mark(&self, list: &str, text: &str) -> Option<&str> {
        self.marks.get(list)?.get(&letters(text)).map(String::as_str)
    }

    pub(super) fn is_danger(&self, id: &str) -> bool {
        self.danger.iter().any(|rule| rule.danger && rule.id == id)
    }

    pub(super) fn danger(&self, id: &str, count: usize, found: Found) -> Option<Reason> {
        rule::reason(&self.danger, id, u32::try_from(count).unwrap_or(u32::MAX), found)
    }

    pub(super) fn perishing(&self, id: &str, found: Found) -> Option<Reason> {
        rule::reason(&self.perishing, id, 1, found)
    }

    /// Whether any word of the text is in the named list.
    pub(super) fn says(&self, list: &str, text: &str) -> bool {
        let words = self.words.get(list).map(Vec::as_slice).unwrap_or_default();
        let mut parts = text.split(|c: char| !c.is_alphanumeric()).map(crate::lexicon::fold);
        parts.any(|part| words.contains(&part))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    reviewed: String,
    limits: TipLimits,
    words: BTreeMap<String, Vec<String>>,
    annotations: BTreeMap<String, String>,
    tags: BTreeMap<String, String>,
    bundled: BTreeMap<String, String>,
    danger: Vec<RuleText>,
    perishing: Vec<RuleText>,
    floor: Vec<Floor>,
}

/// Letters and digits alone, so that `minorToMinorInteraction` and `Minor to minor` spellings meet.
fn letters(text: &str) -> String {
    crate::lexicon::fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// A floor or a mark that names no rule would silently never hold.
fn check(file: &File) -> Result<(), RulesError> {
    let known: BTreeSet<&str> = file.danger.iter().map(|rule| rule.id.as_str()).collect();
    let marks = [&file.annotations, &file.tags, &file.bundled];
    let of_marks = marks.into_iter().flat_map(|map| map.values());
    let of_floors = file.floor.iter().flat_map(|floor| &floor.all);
    let mut named = of_marks.chain(of_floors);
    match named.find(|rule| !known.contains(rule.as_str())) {
        Some(rule) => {
            let detail = format!("{rule:?} is no danger rule of this file");
            Err(RulesError { file: "the tip rules", detail })
        }
        None => Ok(()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockFile {
    version: String,
    reviewed: String,
    clock: Vec<Clock>,
}
