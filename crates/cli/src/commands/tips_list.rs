//! `tips list`: tips in working order, linked ones together, with territory and reasons.

use crate::session::{Deed, Session};
use crate::triage::{self, Assessed, Group};
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page, say::Say};
use amparo_authz::{Action, Object};
use amparo_model::{IdentifierKind, Reason, TipId, UtcMillis};
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "tips list",
    about: "List tips in working order, linked ones together, with territory and reasons",
    examples: &["amparo tips list", "amparo tips list --territory ES-A --top 10 --json"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// Reasons and links shown to people for one group; the JSON form has all of them.
const REASONS_SHOWN: usize = 4;

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Only tips of this country or division (ES, ES-A)
    #[arg(long)]
    pub territory: Option<String>,
    /// Only so many groups
    #[arg(long, default_value_t = 20)]
    pub top: usize,
}

/// The list.
#[derive(Debug, Serialize)]
pub struct Listed {
    /// Groups in all.
    pub group_count: usize,
    /// Tips in all.
    pub tip_count: usize,
    /// The groups asked for, most urgent first.
    pub groups: Vec<Row>,
}

/// A group of linked tips.
#[derive(Debug, Serialize)]
pub struct Row {
    /// The tips, most urgent first.
    pub tips: Vec<Tip>,
    /// Why they belong together.
    pub links: Vec<Link>,
}

/// Why tips belong together.
#[derive(Debug, Serialize)]
pub struct Link {
    /// Kind of the shared identifier.
    pub kind: IdentifierKind,
    /// As compared.
    pub value: String,
    /// Who shares it.
    pub tips: Vec<TipId>,
}

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
    /// Danger to a child.
    pub danger_points: i32,
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
}

impl Outcome for Listed {
    fn show(&self, page: &mut Page<'_>) {
        if self.tip_count == 0 {
            return page.say_line("cli-none-tips", &[]);
        }
        for row in &self.groups {
            row.show(page);
        }
        let (tips, groups) = (self.tip_count.to_string(), self.group_count.to_string());
        let shown = self.groups.len().to_string();
        let args = [("tips", tips.as_str()), ("groups", &groups), ("shown", &shown)];
        page.say_line("cli-tips-count", &args);
    }
}

impl Row {
    fn show(&self, page: &mut Page<'_>) {
        let Some(first) = self.tips.first() else { return };
        let count = self.tips.len().to_string();
        let points = first.danger_points.to_string();
        let place = first.place(page.say());
        let args = [("points", points.as_str()), ("count", &count), ("place", &place)];
        page.heading("cli-tips-group", &args);
        let row = |tip: &Tip| {
            vec![
                tip.tip.to_string(),
                tip.revision.to_string(),
                tip.provider.clone().unwrap_or_default(),
                tip.originator_level.clone().unwrap_or_default(),
                tip.danger_points.to_string(),
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
            "cli-head-act-by",
            "cli-head-territory",
        ];
        page.table(&heads, self.tips.iter().map(row).collect());
        for (reason, sentence) in first.reasons.iter().zip(&first.sentences).take(REASONS_SHOWN) {
            page.line(&format!("  {:+}  {sentence}", reason.points));
        }
        for link in self.links.iter().take(REASONS_SHOWN) {
            let kind = page.say().word("identifier", link.kind.as_str());
            let count = link.tips.len().to_string();
            let args = [("kind", kind.as_str()), ("value", &link.value), ("count", &count)];
            page.say_line("cli-tips-link", &args);
        }
        page.gap();
    }
}

impl Tip {
    /// An assessed tip, with its reasons in words.
    #[must_use]
    pub fn of(assessed: &Assessed, say: &Say) -> Self {
        let Assessed { stored, assessment } = assessed;
        let tip = stored.tip.record();
        let territory = &assessment.territory;
        let mut reasons = assessment.reasons.clone();
        reasons.extend(assessment.perishability.reasons.clone());
        reasons.extend(territory.reasons.clone());
        Self {
            tip: tip.tip.clone(),
            revision: stored.revision,
            provider: tip.provider.clone(),
            originator_level: tip.originator_level.clone(),
            danger_points: assessment.danger_points,
            perishability_points: assessment.perishability.points,
            act_by: assessment.perishability.act_by,
            country: territory.country.clone(),
            division: territory.division.clone(),
            division_name: territory.division_name.clone(),
            conflict: territory.conflict,
            suspected_minor: assessment.suspected_minor,
            sentences: reasons.iter().map(|reason| say.reason("tip", reason)).collect(),
            reasons,
            problem_count: stored.problems.len(),
            rules_version: assessment.rules_version.clone(),
        }
    }

    fn place(&self, say: &Say) -> String {
        let Some(country) = &self.country else { return say.just("cli-no-country") };
        let division = self.division_name.as_ref().or(self.division.as_ref());
        let place = match division {
            Some(division) => format!("{country}, {division}"),
            None => country.clone(),
        };
        if self.conflict { say.get("cli-place-conflict", &[("place", &place)]) } else { place }
    }
}

/// Lists them.
///
/// # Errors
/// [`CliError`] when refused or when the database fails.
pub async fn run(session: &mut Session, args: Args) -> Result<Listed, CliError> {
    session.act(&Deed::on(Action::ReadTips, Object::Unit, "tips")).await?;
    let triage = triage::triage(session).await?;
    let tip_count = triage.groups.iter().map(|group| group.tips.len()).sum();
    let inside = |group: &&Group| match &args.territory {
        None => true,
        Some(code) => group.tips.iter().any(|tip| lies_in(tip, code)),
    };
    let groups: Vec<&Group> = triage.groups.iter().filter(inside).collect();
    let row = |group: &&Group| Row {
        tips: group.tips.iter().map(|tip| Tip::of(tip, &session.say)).collect(),
        links: group.reasons.iter().cloned().map(Link::from).collect(),
    };
    Ok(Listed {
        group_count: groups.len(),
        tip_count,
        groups: groups.iter().take(args.top).map(row).collect(),
    })
}

impl From<amparo_network::LinkReason> for Link {
    fn from(reason: amparo_network::LinkReason) -> Self {
        Self { kind: reason.kind, value: reason.value, tips: reason.tips }
    }
}

fn lies_in(tip: &Assessed, code: &str) -> bool {
    let territory = &tip.assessment.territory;
    let is = |place: &Option<String>| {
        place.as_deref().is_some_and(|place| place.eq_ignore_ascii_case(code))
    };
    is(&territory.country) || is(&territory.division)
}
