//! The published rules of a tip's urgency, the clocks, and the names of places.

use crate::rule::{self, Found, RuleText, RulesError};
use crate::territory::Names;
use amparo_model::Reason;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Weights, words and clocks for tips.
#[derive(Debug, Clone)]
pub struct TipRules {
    version: String,
    reviewed: String,
    limits: TipLimits,
    words: BTreeMap<String, Vec<String>>,
    danger: Vec<RuleText>,
    perishing: Vec<RuleText>,
    clocks: Vec<Clock>,
    names: Names,
}

/// Counts and times that bound the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TipLimits {
    /// Days within which an incident is recent.
    pub recent_days: i64,
    /// Distinct files from which on a tip names a supplier.
    pub many_files: usize,
    /// Days of the steep part of the loss curve.
    pub steep_days: i64,
    /// Days before a loss that count as soon.
    pub loss_soon_days: i64,
    /// Age of majority, in years.
    pub adult_age: u32,
}

/// How long somebody keeps something.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// Its id.
    pub id: String,
    /// `ip` for traffic data at operators, `content` for reported content at the provider.
    pub kind: String,
    /// The country whose operators it binds; none when it binds the provider.
    pub country: Option<String>,
    /// How long, in days.
    pub days: i64,
    /// The law or study that says so.
    pub source: String,
    /// How sure the reading is; a lawyer confirms.
    pub confidence: String,
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
        let version = format!("{}+{}+{}", file.version, clocks.version, names.version());
        let fold = |words: Vec<String>| words.iter().map(|w| crate::lexicon::fold(w)).collect();
        Ok(Self {
            version,
            reviewed: file.reviewed.min(clocks.reviewed),
            limits: file.limits,
            words: file.words.into_iter().map(|(name, words)| (name, fold(words))).collect(),
            danger: file.danger,
            perishing: file.perishing,
            clocks: clocks.clock,
            names,
        })
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
    danger: Vec<RuleText>,
    perishing: Vec<RuleText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockFile {
    version: String,
    reviewed: String,
    clock: Vec<Clock>,
}
