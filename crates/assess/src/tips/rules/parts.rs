//! The parts of the rules that are data alone: floors, limits, clocks.

use serde::Deserialize;

/// A combination that lifts a tip to so many points at least.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floor {
    /// The id; the sentence is `tip-<id>`, with hyphens.
    pub id: String,
    /// Danger rules that must all hold.
    pub all: Vec<String>,
    /// Points that the tip then has at least.
    pub least: i32,
    /// Where the floor comes from.
    pub ground: String,
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

/// How long somebody keeps something, or has to when asked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// Its id.
    pub id: String,
    /// `ip` for traffic data at operators, `content` for reported content at the provider, `order`
    /// for what an order or request to preserve can ask for.
    pub kind: String,
    /// The country whose operators it binds, or whose authorities may order; none when it binds the
    /// provider, or when authorities of any country may.
    pub country: Option<String>,
    /// The providers that it is about, in lower case; none when it is about all.
    #[serde(default)]
    pub providers: Vec<String>,
    /// How long, in days; none when no duty is known, so that it may be gone any day.
    pub days: Option<i64>,
    /// How long after a renewal, in days, all together.
    pub renewed_days: Option<i64>,
    /// Whom an order reaches: `same` for holders in the same country, `abroad` for operators
    /// elsewhere, `provider` for service providers wherever they are, or country codes.
    #[serde(default)]
    pub to: Vec<String>,
    /// In force from this day on.
    pub from: Option<String>,
    /// The law or study that says so.
    pub source: String,
    /// The law alone, in a form that every language can print; `source` where there is none.
    pub cite: Option<String>,
    /// How sure the reading is; a lawyer confirms.
    pub confidence: String,
}

impl Clock {
    /// The law in a form that every language can print.
    #[must_use]
    pub fn cited(&self) -> &str {
        self.cite.as_deref().unwrap_or(&self.source)
    }
}
