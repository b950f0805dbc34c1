//! The published rules: ids, points, grounds and limits from `data/alarm.toml`.

use crate::rule::{self, Found, RuleText, RulesError};
use amparo_model::Reason;
use serde::Deserialize;

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
        let file: File = rule::read("the alarm's rules", text)?;
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

    pub(super) fn reason(&self, id: &str, count: u32, found: Found) -> Option<Reason> {
        rule::reason(&self.rules, id, count, found)
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
