//! `tips show`: one tip with all its revisions, what this version does not know, and what could not
//! be read.

use crate::commands::evidence_status::{Staged, show_problems};
use crate::session::{Deed, Session};
use crate::tip_diff::{Change, changes};
use crate::{
    appearances::{self, Appearance},
    tip_rows::Tip,
    triage,
};
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page};
use amparo_authz::{Action, Object};
use amparo_model::{Locator, Party, Problem, Sha256, TipId, TipRevision, UtcMillis};
use amparo_store::{StoredMember, StoredTip};
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "tips show",
    about: "Show one tip with all its revisions, unknown keys and problems",
    examples: &["amparo tips show ncmec/900000001", "amparo tips show 900000001 --json"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The tip, or its report number alone
    pub tip: TipId,
}

/// One tip.
#[derive(Debug, Serialize)]
pub struct Shown {
    /// How urgent it is now, and why.
    pub assessment: Tip,
    /// Other tips under its line: of the same person or device, or with the same files.
    pub linked: Vec<TipId>,
    /// Exhibits on which its accounts appear, of those that this person may read.
    pub appears: Vec<Appearance>,
    /// Members of the packages it came in. Files are locked until somebody may open them.
    pub members: Vec<StoredMember>,
    /// All revisions, oldest first.
    pub revisions: Vec<Revision>,
}

/// One revision as it arrived.
#[derive(Debug, Serialize)]
pub struct Revision {
    /// From 1.
    pub revision: u32,
    /// The original bytes.
    pub object: Sha256,
    /// Parser and version.
    pub parser: String,
    /// When this unit imported it.
    pub imported_at: UtcMillis,
    /// Who imported it.
    pub imported_by: String,
    /// Where in the object it was read.
    pub at: Locator,
    /// What it says.
    pub tip: TipRevision,
    /// What could not be read in it.
    pub problems: Vec<Problem>,
    /// What it changed of what stood before it. What it leaves out stands on.
    pub changes: Vec<Change>,
}

impl From<StoredTip> for Revision {
    fn from(stored: StoredTip) -> Self {
        let (tip, at) = stored.tip.into_parts();
        Self {
            revision: stored.revision,
            object: stored.object,
            parser: format!("{} {}", stored.parser, stored.parser_version),
            imported_at: stored.imported_at,
            imported_by: stored.imported_by,
            at,
            tip,
            problems: stored.problems,
            changes: Vec::new(),
        }
    }
}

impl Outcome for Shown {
    fn show(&self, page: &mut Page<'_>) {
        let tip = &self.assessment;
        let points = tip.danger_points.to_string();
        page.heading("cli-tip-heading", &[("tip", tip.tip.as_str()), ("points", &points)]);
        for (reason, sentence) in tip.reasons.iter().zip(&tip.sentences) {
            page.line(&format!("  {:+}  {sentence}", reason.points));
        }
        if !self.linked.is_empty() {
            let linked: Vec<&str> = self.linked.iter().map(TipId::as_str).collect();
            page.say_line("cli-tip-linked", &[("tips", &linked.join(", "))]);
        }
        appearances::show("cli-tip-appears", &self.appears, page);
        if !self.members.is_empty() {
            page.gap();
            let row = |member: &StoredMember| {
                let access = page.say().word("access", &member.access);
                let word = member.decided.as_ref().map(|word| {
                    let args = [("by", word.by.as_str()), ("why", &word.why)];
                    page.say().get("cli-access-decided", &args)
                });
                vec![
                    member.path.clone(),
                    member.size.to_string(),
                    access,
                    member.sha256.to_string(),
                    word.unwrap_or_default(),
                ]
            };
            let rows = self.members.iter().map(row).collect();
            page.table(
                &[
                    "cli-head-file",
                    "cli-head-size",
                    "cli-head-access",
                    "cli-head-hash",
                    "cli-head-reason",
                ],
                rows,
            );
        }
        for revision in &self.revisions {
            page.gap();
            revision.show(page);
        }
    }
}

impl Revision {
    fn show(&self, page: &mut Page<'_>) {
        let (number, at) = (self.revision.to_string(), self.imported_at.to_string());
        let object = self.object.to_string();
        let args = [
            ("revision", number.as_str()),
            ("at", at.as_str()),
            ("by", self.imported_by.as_str()),
            ("object", object.as_str()),
            ("parser", self.parser.as_str()),
        ];
        page.heading("cli-tip-revision", &args);
        let change = |change: &Change| {
            let text = |of: &Option<String>| of.clone().unwrap_or_default();
            vec![change.place.clone(), text(&change.before), text(&change.after)]
        };
        let rows = self.changes.iter().map(change).collect();
        page.table(&["cli-head-place", "cli-head-before", "cli-head-after"], rows);
        self.tip.notes.iter().for_each(|note| page.line(note));
        let parties = self.tip.parties.iter().flat_map(|party| party_rows(party, page)).collect();
        page.table(&["cli-head-party", "cli-head-kind", "cli-head-value"], parties);
        page.table(&["cli-head-file", "cli-head-hash", "cli-head-class"], self.file_rows());
        let unknown = self.tip.unknown.iter();
        let unknown = unknown.map(|(key, value)| vec![key.clone(), value.clone()]).collect();
        page.table(&["cli-head-unknown-key", "cli-head-value"], unknown);
        let staged =
            |problem: &Problem| Staged { stage: self.parser.clone(), problem: problem.clone() };
        let problems: Vec<Staged> = self.problems.iter().map(staged).collect();
        show_problems(&problems, page);
    }

    fn file_rows(&self) -> Vec<Vec<String>> {
        let row = |file: &amparo_model::TipFile| {
            let hashes: Vec<String> = file
                .hashes
                .iter()
                .map(|hash| format!("{} {}", hash.algorithm, hash.value))
                .collect();
            vec![
                file.file_name.clone().unwrap_or_default(),
                hashes.join(", "),
                file.industry_classification.clone().unwrap_or_default(),
            ]
        };
        self.tip.files.iter().map(row).collect()
    }
}

fn party_rows(party: &Party, page: &Page<'_>) -> Vec<Vec<String>> {
    let role = match serde_json::to_value(party.role) {
        Ok(serde_json::Value::String(word)) => page.say().word("party", &word),
        _ => String::new(),
    };
    let mut rows = Vec::new();
    if let Some(name) = &party.name {
        rows.push(vec![role.clone(), page.say().just("cli-identifier-name"), name.clone()]);
    }
    for identifier in &party.identifiers {
        let kind = page.say().word("identifier", identifier.kind.as_str());
        rows.push(vec![role.clone(), kind, identifier.raw.clone()]);
    }
    for capture in &party.captures {
        let port = capture.port.map(|port| format!(" port {port}")).unwrap_or_default();
        let at = capture.at.as_ref().map(|at| at.raw.clone()).unwrap_or_default();
        let value = format!("{}{port} {at}", capture.address_raw);
        rows.push(vec![role.clone(), page.say().just("cli-identifier-ip"), value]);
    }
    rows
}

/// Shows it.
///
/// # Errors
/// [`CliError`] when refused or when there is no such tip.
pub async fn run(session: &mut Session, args: Args) -> Result<Shown, CliError> {
    session.act(&Deed::on(Action::ReadTips, Object::Tip(&args.tip), args.tip.as_str())).await?;
    let tip = find(session, &args.tip).await?;
    triage::current(session, &tip).await?;
    let lines = session.store.lines_of(std::slice::from_ref(&tip)).await?;
    let line = lines.first().ok_or_else(|| CliError::unknown("tip", &args.tip))?;
    let assessment = Tip::of(line, &session.say)?;
    let (under, _) = session.store.under_line(&line.line, LINKED_SHOWN).await?;
    let linked = under.into_iter().map(|line| line.tip).filter(|other| *other != tip).collect();
    let stored = session.store.tip_revisions(&tip).await?;
    let documents: Vec<Sha256> = stored.iter().map(|stored| stored.object).collect();
    let members = session.store.members_beside(&documents).await?;
    let appears = appearances::of_tip(session, &tip).await?;
    Ok(Shown { assessment, linked, appears, members, revisions: revisions(stored) })
}

/// Tips of its line named with a tip.
const LINKED_SHOWN: usize = 500;

/// The tip with this id, or with this report number and any issuer.
///
/// # Errors
/// [`CliError::Unknown`] when there is none.
pub async fn find(session: &Session, asked: &TipId) -> Result<TipId, CliError> {
    let full = TipId::new(format!("ncmec/{asked}")).ok();
    for tip in std::iter::once(asked.clone()).chain(full) {
        if !session.store.tips_of(std::slice::from_ref(&tip)).await?.is_empty() {
            return Ok(tip);
        }
    }
    Err(CliError::unknown("tip", asked))
}

/// Each revision with what it changed of what stood before.
fn revisions(stored: Vec<StoredTip>) -> Vec<Revision> {
    let mut standing: Option<TipRevision> = None;
    let mut revisions = Vec::with_capacity(stored.len());
    for stored in stored {
        let mut revision = Revision::from(stored);
        let after = standing.iter().fold(revision.tip.clone(), |now, before| now.after(before));
        if let Some(before) = &standing {
            revision.changes = changes(before, &after);
        }
        standing = Some(after);
        revisions.push(revision);
    }
    revisions
}
