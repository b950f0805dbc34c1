//! A tip as lists show it: what triage kept of it, with the reasons in words.

use crate::triage::{Kept, Link, Override};
use crate::{error::CliError, page::Page, say::Say};
use amparo_model::{Reason, TipId, UtcMillis};
use amparo_store::TipLine;
use serde::Serialize;

/// One tip, assessed.
#[derive(Debug, Serialize)]
pub struct Tip {
    /// Its number.
    pub tip: TipId,
    /// Current revision.
    pub revision: u32,
    /// The provider, as written.
    pub provider: Option<String>,
    /// The issuer's level, verbatim.
    pub originator_level: Option<String>,
    /// Danger to a child, after what a person decided.
    pub danger_points: i64,
    /// Danger as the rules have it.
    pub danger_by_rules: i32,
    /// How soon evidence is lost.
    pub perishability_points: i32,
    /// The earliest known loss that still lies ahead.
    pub act_by: Option<UtcMillis>,
    /// Country and division, as far as the tip tells.
    pub country: Option<String>,
    /// ISO 3166-2.
    pub division: Option<String>,
    /// Its name.
    pub division_name: Option<String>,
    /// The tip names more than one country.
    pub conflict: bool,
    /// The unit or queue it is routed to.
    pub queue: String,
    /// The protection path applies.
    pub suspected_minor: bool,
    /// Every reason, with points and evidence.
    pub reasons: Vec<Reason>,
    /// The same in words.
    pub sentences: Vec<String>,
    /// What could not be read in it.
    pub problem_count: usize,
    /// Version of the rules.
    pub rules_version: String,
    /// When it was assessed.
    pub assessed_at: UtcMillis,
    /// What a person set instead of the rules' points.
    pub overridden: Option<Override>,
    /// The tip under whose line it stands.
    pub line: TipId,
    /// Why it belongs to others; told at the head of a line.
    #[serde(skip)]
    pub links: Vec<Link>,
}

impl Tip {
    /// A line with its reasons in words.
    ///
    /// # Errors
    /// [`CliError::Storage`] when what was kept cannot be understood.
    pub fn of(line: &TipLine, say: &Say) -> Result<Self, CliError> {
        let kept: Kept = serde_json::from_str(&line.body)
            .map_err(|error| CliError::storage(format!("line of {}", line.tip), error))?;
        let stated = |code: &String| Some(code.clone()).filter(|code| !code.is_empty());
        Ok(Self {
            tip: line.tip.clone(),
            revision: kept.revision,
            provider: kept.provider,
            originator_level: kept.originator_level,
            danger_points: line.danger,
            danger_by_rules: kept.danger_points,
            perishability_points: kept.perishability_points,
            act_by: line.act_by,
            country: stated(&line.country),
            division: stated(&line.division),
            division_name: kept.division_name,
            conflict: kept.conflict,
            queue: line.unit.clone(),
            suspected_minor: kept.suspected_minor,
            sentences: kept.reasons.iter().map(|reason| say.reason("tip", reason)).collect(),
            reasons: kept.reasons,
            problem_count: kept.problem_count,
            rules_version: kept.rules_version,
            assessed_at: kept.assessed_at,
            overridden: kept.overridden,
            line: line.line.clone(),
            links: kept.links,
        })
    }

    /// Country and division in words.
    #[must_use]
    pub fn place(&self, say: &Say) -> String {
        let Some(country) = &self.country else { return say.just("cli-no-country") };
        let division = self.division_name.as_ref().or(self.division.as_ref());
        let place = match division {
            Some(division) => format!("{country}, {division}"),
            None => country.clone(),
        };
        if self.conflict { say.get("cli-place-conflict", &[("place", &place)]) } else { place }
    }
}

/// A table of tips, for people.
pub fn tip_table(tips: &[Tip], page: &mut Page<'_>) {
    let row = |tip: &Tip| {
        vec![
            tip.tip.to_string(),
            tip.revision.to_string(),
            tip.provider.clone().unwrap_or_default(),
            tip.originator_level.clone().unwrap_or_default(),
            tip.danger_points.to_string(),
            tip.perishability_points.to_string(),
            tip.act_by.map(|at| at.to_string()).unwrap_or_default(),
            tip.place(page.say()),
        ]
    };
    let heads = [
        "cli-head-tip",
        "cli-head-revision",
        "cli-head-provider",
        "cli-head-level",
        "cli-head-danger",
        "cli-head-perishability",
        "cli-head-act-by",
        "cli-head-territory",
    ];
    let rows = tips.iter().map(row).collect();
    page.table(&heads, rows);
}
