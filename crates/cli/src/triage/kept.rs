//! What is kept of a tip's triage, as JSON beside its line: enough to show it without the tip.

use amparo_assess::tips::TipAssessment;
use amparo_model::{Reason, TipId, UtcMillis};
use serde::{Deserialize, Serialize};

/// The assessment of a tip with what a list shows of the tip itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Its revision.
    pub revision: u32,
    /// The provider, as written.
    pub provider: Option<String>,
    /// The issuer's level, verbatim.
    pub originator_level: Option<String>,
    /// Danger to a child, as the rules have it.
    pub danger_points: i32,
    /// How soon evidence is lost.
    pub perishability_points: i32,
    /// The division's name.
    pub division_name: Option<String>,
    /// The tip names more than one country.
    pub conflict: bool,
    /// The protection path applies.
    pub suspected_minor: bool,
    /// Every reason, with points and evidence.
    pub reasons: Vec<Reason>,
    /// Problems met while it was read.
    pub problem_count: usize,
    /// Version of the rules.
    pub rules_version: String,
    /// When it was assessed.
    pub assessed_at: UtcMillis,
    /// Why it belongs to others; at the head of a line only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// What a person set instead of the rules' points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overridden: Option<Override>,
}

/// Why tips belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Kind of the shared key.
    pub kind: String,
    /// As compared.
    pub value: String,
    /// Who shares it.
    pub tips: Vec<TipId>,
}

/// A person's own judgement of a tip's danger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// Points in place of the rules'.
    pub danger_points: i32,
    /// Why.
    pub why: String,
    /// Who said so.
    #[serde(default)]
    pub by: String,
    /// When.
    #[serde(default)]
    pub at: Option<UtcMillis>,
}

impl Kept {
    /// All reasons of an assessment: danger, then perishability, then territory.
    pub(super) fn reasons(assessment: &TipAssessment) -> Vec<Reason> {
        let parts =
            [&assessment.reasons, &assessment.perishability.reasons, &assessment.territory.reasons];
        parts.into_iter().flatten().cloned().collect()
    }
}
