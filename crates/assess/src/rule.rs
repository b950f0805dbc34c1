//! One published rule: its points, its ground, and the reason it gives. Shared by the alarm and by
//! the urgency of tips; the conditions live with each of them.

use amparo_model::Reason;
use serde::{Deserialize, de::DeserializeOwned};
use std::collections::BTreeMap;

/// One rule, for printing and for weighing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleText {
    /// The id; the sentence is `alarm-<id>` or `tip-<id>`, with hyphens.
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
    /// Whether it is a sign of a child in danger: nothing that lowers a tip outweighs it, and no
    /// list folds it away.
    #[serde(default)]
    pub danger: bool,
    /// Where the rule comes from.
    pub ground: String,
    /// How strong that ground is.
    pub strength: String,
}

/// A file of rules cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file} is not readable: {detail}; correct it after the form of the bundled file")]
pub struct RulesError {
    /// Which rules.
    pub file: &'static str,
    /// What the reader of TOML says, with line and column.
    pub detail: String,
}

/// Reads a file of rules.
pub(crate) fn read<T: DeserializeOwned>(file: &'static str, text: &str) -> Result<T, RulesError> {
    toml::from_str(text).map_err(|error| RulesError { file, detail: error.to_string() })
}

/// The reason that a rule gives for `count` items. A rule the file does not have gives none.
pub(crate) fn reason(rules: &[RuleText], id: &str, count: u32, found: Found) -> Option<Reason> {
    let rule = rules.iter().find(|rule| rule.id == id)?;
    Some(Reason {
        rule: rule.id.clone(),
        points: rule.points.saturating_add(rule.for_items(count)),
        args: found.args,
        evidence: found.evidence,
    })
}

impl RuleText {
    fn for_items(&self, count: u32) -> i32 {
        let sum = self.each.saturating_mul(i32::try_from(count).unwrap_or(i32::MAX));
        if self.each < 0 { sum.max(self.at_most) } else { sum.min(self.at_most) }
    }
}

/// Values for the sentence and references to where they were read.
#[derive(Debug, Default)]
pub(crate) struct Found {
    args: BTreeMap<String, String>,
    evidence: Vec<String>,
}

/// Most references kept with one reason; the count in the sentence still tells the whole number.
const MOST_REFERENCES: usize = 100;

impl Found {
    /// A reason without points.
    pub(crate) fn into_reason(self, rule: &str) -> Reason {
        Reason { rule: rule.to_owned(), points: 0, args: self.args, evidence: self.evidence }
    }

    pub(crate) fn new(args: &[(&str, String)]) -> Self {
        let args = args.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        Self { args, evidence: Vec::new() }
    }

    pub(crate) fn at<'a>(mut self, evidence: impl Iterator<Item = &'a str>) -> Self {
        self.evidence.extend(evidence.map(str::to_owned));
        self.evidence.sort();
        self.evidence.dedup();
        self.evidence.truncate(MOST_REFERENCES);
        self
    }
}
