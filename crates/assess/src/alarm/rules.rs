//! The published rules: ids, points, grounds and limits from `data/alarm.toml`.

use amparo_model::Reason;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Weights and limits of the alarm.
#[derive(Debug, Clone)]
pub struct Rules {
    version: String,
    reviewed: String,
    base_rate: String,
    limits: Limits,
    rules: Vec<RuleText>,
}

/// Counts and times that bound the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Pictures in no list that the top band needs at least.
    pub floor_pictures: u32,
    /// Days since the last contact that the top band allows at most.
    pub floor_contact_days: i64,
    /// Points that the high band needs at least.
    pub high_points: i32,
    /// Points that the review band needs at least.
    pub review_points: i32,
    /// Pictures that make a series.
    pub series_pictures: u32,
    /// Hours within which they lie.
    pub series_hours: i64,
    /// Days between taking and sending that still count as recent.
    pub recent_creation_days: i64,
    /// Weight of a picture sent to a group, in percent.
    pub group_percent: u32,
}

/// One rule, for printing and for weighing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleText {
    /// The id; the sentence is `alarm-<id>` with hyphens.
    pub id: String,
    /// Points when the rule holds; zero when it weighs per item.
    #[serde(default)]
    pub points: i32,
    /// Points for each item.
    #[serde(default)]
    pub each: i32,
    /// Bound of the points per item, with their sign.
    #[serde(default)]
    pub at_most: i32,
    /// Where the rule comes from.
    pub ground: String,
    /// How strong that ground is.
    pub strength: String,
}

/// The rules cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the alarm rules are not readable: {0}; correct the file after the form of the bundled one"
)]
pub struct RulesError(String);

impl Rules {
    /// The rules compiled into the binary.
    #[must_use]
    pub fn bundled() -> Self {
        match Self::from_toml(include_str!("../../data/alarm.toml")) {
            Ok(rules) => rules,
            Err(error) => unreachable!("the bundled file is parsed by a test: {error}"),
        }
    }

    /// Reads rules in the form of the bundled ones.
    ///
    /// # Errors
    /// [`RulesError`] when the text has another form.
    pub fn from_toml(text: &str) -> Result<Self, RulesError> {
        let file: File = toml::from_str(text).map_err(|error| RulesError(error.to_string()))?;
        Ok(Self {
            version: file.version,
            reviewed: file.reviewed,
            base_rate: file.base_rate,
            limits: file.limits,
            rules: file.rule,
        })
    }

    /// Version; kept with every alarm.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// When the weights were last reviewed.
    #[must_use]
    pub fn reviewed(&self) -> &str {
        &self.reviewed
    }

    /// What the ordering is worth, to be shown beside every list of alarms.
    #[must_use]
    pub fn base_rate(&self) -> &str {
        &self.base_rate
    }

    /// The limits.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// All rules, for printing.
    #[must_use]
    pub fn describe(&self) -> &[RuleText] {
        &self.rules
    }

    /// The reason that a rule gives for `count` items. A rule the file does not have gives none.
    pub(super) fn reason(&self, id: &str, count: u32, found: Found) -> Option<Reason> {
        let rule = self.rules.iter().find(|rule| rule.id == id)?;
        Some(Reason {
            rule: rule.id.clone(),
            points: rule.points.saturating_add(rule.for_items(count)),
            args: found.args,
            evidence: found.evidence,
        })
    }
}

impl RuleText {
    fn for_items(&self, count: u32) -> i32 {
        let sum = self.each.saturating_mul(i32::try_from(count).unwrap_or(i32::MAX));
        if self.each < 0 { sum.max(self.at_most) } else { sum.min(self.at_most) }
    }
}

/// Values for the sentence and references to where they were read.
#[derive(Debug, Default)]
pub(super) struct Found {
    args: BTreeMap<String, String>,
    evidence: Vec<String>,
}

/// Most references kept with one reason; the count in the sentence still tells the whole number.
const MOST_REFERENCES: usize = 100;

impl Found {
    pub(super) fn new(args: &[(&str, String)]) -> Self {
        let args = args.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        Self { args, evidence: Vec::new() }
    }

    pub(super) fn at<'a>(mut self, evidence: impl Iterator<Item = &'a str>) -> Self {
        self.evidence.extend(evidence.map(str::to_owned));
        self.evidence.sort();
        self.evidence.dedup();
        self.evidence.truncate(MOST_REFERENCES);
        self
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    reviewed: String,
    base_rate: String,
    limits: Limits,
    rule: Vec<RuleText>,
}
