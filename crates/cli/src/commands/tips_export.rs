//! `tips export`: tips for other programs, as a table that no spreadsheet takes for formulas, as
//! JSON, or as linked data in CASE/UCO with terms of the CAC ontology.

use crate::session::{Deed, Session};
use crate::tip_rows::Tip;
use crate::{command::Command, error::CliError, files, in_folder, outcome::Outcome, page::Page};
use crate::{commands::tips_search::rows, triage};
use amparo_authz::{Action, Object};
use amparo_model::{Sha256, TipId};
use amparo_referral::{TipFacts, jsonld};
use amparo_store::LineFilter;
use serde::Serialize;
use std::path::PathBuf;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "tips export",
    about: "Write tips as CSV, JSON, or CASE/CAC linked data",
    examples: &[
        "amparo tips export --out tips.csv",
        "amparo tips export ncmec/900000001 --form case --out tip.jsonld",
    ],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// Lines read at a time.
const PAGE: usize = 1_000;

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Only these tips; none means the heads of all lines, in working order
    pub tips: Vec<TipId>,
    /// The file to write
    #[arg(long)]
    pub out: PathBuf,
    /// In which form
    #[arg(long, value_enum, default_value = "csv")]
    pub form: Form,
    /// Only so many
    #[arg(long, default_value_t = 10_000)]
    pub top: usize,
}

/// The forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// A table
    Csv,
    /// Everything, as JSON
    Json,
    /// JSON-LD: CASE/UCO 1.5 with terms of the CAC ontology 3.0
    Case,
}

/// What was written.
#[derive(Debug, Serialize)]
pub struct Exported {
    /// The file.
    pub file: String,
    /// SHA-256 of its bytes.
    pub sha256: Sha256,
    /// In which form.
    pub form: Form,
    /// How many tips.
    pub tips: usize,
}

impl Outcome for Exported {
    fn show(&self, page: &mut Page<'_>) {
        page.say_line("cli-written", &[("file", self.file.as_str())]);
        page.say_line("cli-tips-found", &[("count", &self.tips.to_string())]);
    }
}

/// Writes them.
///
/// # Errors
/// [`CliError`] when refused, when a tip is not known, or when the file cannot be written.
pub async fn run(session: &mut Session, args: Args) -> Result<Exported, CliError> {
    let deed = Deed::on(Action::ExportTips, Object::Unit, "tips")
        .detail(serde_json::json!({ "form": args.form, "tips": args.tips }));
    session.act(&deed).await?;
    let ids = ids(session, &args).await?;
    let bytes = match args.form {
        Form::Csv => csv(&rows(session, &ids).await?)?,
        Form::Json => json(session, &ids).await?,
        Form::Case => case(session, &ids).await?,
    };
    files::write(&args.out, &bytes)?;
    let sha256 = amparo_evidence::sha256(&bytes);
    let file = args.out.display().to_string();
    Ok(Exported { file, sha256, form: args.form, tips: ids.len() })
}

async fn ids(session: &mut Session, args: &Args) -> Result<Vec<TipId>, CliError> {
    let mut ids = Vec::new();
    for tip in &args.tips {
        ids.push(crate::commands::tips_show::find(session, tip).await?);
    }
    if !args.tips.is_empty() {
        return Ok(ids);
    }
    triage::refresh(session, usize::MAX).await?;
    while ids.len() < args.top {
        let most = PAGE.min(args.top - ids.len());
        let heads = session.store.heads(&LineFilter::All, ids.len(), most).await?;
        if heads.is_empty() {
            break;
        }
        ids.extend(heads.into_iter().map(|line| line.tip));
    }
    Ok(ids)
}

fn csv(tips: &[Tip]) -> Result<Vec<u8>, CliError> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let bad = |error: csv::Error| CliError::storage("csv", error);
    let heads = [
        "tip",
        "revision",
        "provider",
        "originator_level",
        "danger",
        "danger_by_rules",
        "perishability",
        "act_by",
        "country",
        "division",
        "queue",
        "suspected_minor",
        "line",
        "reasons",
    ];
    table.write_record(heads).map_err(bad)?;
    for tip in tips {
        let text = |of: &Option<String>| of.clone().unwrap_or_default();
        let cells = [
            tip.tip.to_string(),
            tip.revision.to_string(),
            text(&tip.provider),
            text(&tip.originator_level),
            tip.danger_points.to_string(),
            tip.danger_by_rules.to_string(),
            tip.perishability_points.to_string(),
            tip.act_by.map(|at| at.to_string()).unwrap_or_default(),
            text(&tip.country),
            text(&tip.division),
            tip.queue.clone(),
            if tip.suspected_minor { "yes" } else { "no" }.to_owned(),
            tip.line.to_string(),
            tip.sentences.join(" | "),
        ];
        table.write_record(cells.map(|cell| harmless(&cell))).map_err(bad)?;
    }
    table.into_inner().map_err(|error| CliError::storage("csv", error.error()))
}

/// A spreadsheet takes a cell that begins with one of these for a formula, whatever a suspect chose
/// as a name. A quote in front makes it text.
fn harmless(cell: &str) -> String {
    let starts = |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n');
    let formula = cell.trim_start().starts_with(starts) || cell.starts_with(starts);
    if formula { format!("'{cell}") } else { cell.to_owned() }
}

async fn json(session: &Session, ids: &[TipId]) -> Result<Vec<u8>, CliError> {
    let mut tips = Vec::with_capacity(ids.len());
    for tip in rows(session, ids).await? {
        let revisions = session.store.tip_revisions(&tip.tip).await?;
        let revisions: Vec<serde_json::Value> = revisions
            .into_iter()
            .map(|stored| {
                serde_json::json!({
                    "revision": stored.revision, "object": stored.object,
                    "parser": stored.parser, "parser_version": stored.parser_version,
                    "imported_at": stored.imported_at, "tip": stored.tip,
                    "problems": stored.problems,
                })
            })
            .collect();
        tips.push(serde_json::json!({ "assessment": tip, "revisions": revisions }));
    }
    serde_json::to_vec_pretty(&tips).map_err(|error| CliError::storage("json", error))
}

async fn case(session: &Session, ids: &[TipId]) -> Result<Vec<u8>, CliError> {
    let standing = triage::standing_of(session, ids).await?;
    let mut facts = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(stored) = session.store.tip_revisions(id).await?.pop() else { continue };
        let Some(tip) = standing.get(id).cloned() else { continue };
        facts.push(TipFacts {
            object: stored.object,
            revision: stored.revision,
            imported_at: stored.imported_at,
            tip,
        });
    }
    jsonld::write_tips(&facts).map_err(|error| CliError::storage("graph", error))
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn no_cell_is_a_formula() {
        for bad in ["=1+1", "+34", "-1", "@SUM(A1)", "\t=1", "  =1", "\r=1", "\n@x"] {
            assert!(harmless(bad).starts_with('\''), "{bad:?}");
        }
        assert_eq!(harmless("a=1, \"b\"\nc"), "a=1, \"b\"\nc");
    }
}
