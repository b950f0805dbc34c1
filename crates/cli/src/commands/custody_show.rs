//! `custody show`: the chain of custody of an exhibit, on the screen or as a record to print.

use crate::say::Say;
use crate::session::Session;
use crate::{command::Command, error::CliError, files, in_folder, outcome::Outcome, page::Page};
use amparo_model::{CaseId, CustodyEvent, EvidenceId, EvidenceItem};
use amparo_referral::pdf::letter::{self, Letter, Part};
use serde::Serialize;
use std::path::PathBuf;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "custody show",
    about: "Show the chain of custody of an exhibit; with --pdf as a record to print",
    examples: &["amparo custody show ALC-2026-0001/phone --case ALC-2026-0001 --pdf custody.pdf"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The exhibit
    pub id: EvidenceId,
    /// Its case
    #[arg(long)]
    pub case: CaseId,
    /// Writes the record as PDF into this file
    #[arg(long, value_name = "FILE")]
    pub pdf: Option<PathBuf>,
}

/// The record.
#[derive(Debug, Serialize)]
pub struct Record {
    /// The exhibit.
    pub item: EvidenceItem,
    /// What happened, in the order in which it was written down.
    pub events: Vec<CustodyEvent>,
    /// The file that was written.
    pub pdf: Option<String>,
}

impl Outcome for Record {
    fn show(&self, page: &mut Page<'_>) {
        if let Some(file) = &self.pdf {
            page.say_line("cli-written", &[("file", file.as_str())]);
        }
        let row = |event: &CustodyEvent| {
            let text = |of: &Option<String>| of.clone().unwrap_or_default();
            vec![
                event.at.to_string(),
                page.say().word("custody", event.act.as_str()),
                text(&event.seal),
                text(&event.holder),
                text(&event.from),
                text(&event.to),
                event.recorded_by.clone(),
                text(&event.reason),
                sums(event, page.say()),
            ]
        };
        let heads = [
            "cli-head-time",
            "cli-head-act",
            "cli-head-seal",
            "cli-head-holder",
            "cli-head-from",
            "cli-head-to",
            "cli-head-by",
            "cli-head-why",
            "cli-head-sha256",
        ];
        page.table(&heads, self.events.iter().map(row).collect());
    }
}

/// Looks it up and writes the PDF where one is asked for.
///
/// # Errors
/// [`CliError`] when refused, when case or exhibit do not exist, or the file cannot be written.
pub async fn run(session: &mut Session, args: Args) -> Result<Record, CliError> {
    let item = session.exhibit(&args.case, &args.id, &[]).await?;
    let events = session.store.custody(&item.id).await?;
    let mut record = Record { item, events, pdf: None };
    if let Some(file) = args.pdf {
        let pdf = letter::write(&letter(session, &record), session.say.lang());
        let pdf = pdf.map_err(|error| CliError::storage(file.display(), error))?;
        files::write(&file, &pdf)?;
        record.pdf = Some(file.display().to_string());
    }
    Ok(record)
}

fn letter(session: &Session, record: &Record) -> Letter {
    let say = &session.say;
    let item = &record.item;
    let title = say.get("cli-custody-title", &[("evidence", item.id.as_str())]);
    let pair = |id: &str, value: &str| Part::Pair(say.just(id), value.to_owned());
    let mut parts = vec![
        Part::Title(title.clone()),
        pair("cli-head-case", item.case.as_str()),
        pair("cli-head-label", &item.label),
        pair("cli-head-authorisation", item.authorisation.as_str()),
        pair("cli-head-file", &item.source),
        Part::Paragraph(say.just("cli-custody-how-to-check")),
    ];
    for (number, event) in (1..).zip(&record.events) {
        let act = say.word("custody", event.act.as_str());
        parts.push(Part::Item(format!("{number}. {} {act}", event.at), details(event, say)));
    }
    Letter { title, author: session.config.unit.clone(), made_at: session.clock.now(), parts }
}

fn details(event: &CustodyEvent, say: &Say) -> Vec<String> {
    let named = [
        ("cli-head-seal", event.seal.clone()),
        ("cli-head-holder", event.holder.clone()),
        ("cli-head-from", event.from.clone()),
        ("cli-head-to", event.to.clone()),
        ("cli-head-why", event.reason.clone()),
        ("cli-head-by", Some(event.recorded_by.clone())),
        ("cli-head-sha256", Some(sums(event, say)).filter(|sums| !sums.is_empty())),
    ];
    let line = |(head, value): (&str, Option<String>)| {
        value.map(|value| format!("{}: {value}", say.just(head)))
    };
    named.into_iter().filter_map(line).collect()
}

/// The hash of the source, how much it covers, and whether it is what it was.
fn sums(event: &CustodyEvent, say: &Say) -> String {
    let Some(sums) = &event.sums else { return String::new() };
    let (files, bytes) = (sums.files.to_string(), sums.bytes.to_string());
    let args = [("files", files.as_str()), ("bytes", bytes.as_str())];
    let covers = say.get("cli-custody-covers", &args);
    let verdict = match event.unchanged {
        Some(true) => say.just("cli-custody-same"),
        Some(false) => say.just("cli-custody-different"),
        None => String::new(),
    };
    format!("{} ({covers}) {verdict}", sums.sha256).trim_end().to_owned()
}
