//! `tips preserve`: drafts of preservation requests from a tip, one for each holder, as text and
//! PDF. A person signs and sends them, or does not; this program sends nothing.

use crate::commands::tips_show::find;
use crate::session::{Deed, Session};
use crate::triage;
use crate::{command::Command, error::CliError, files, in_folder, outcome::Outcome, page::Page};
use amparo_assess::preservation::{Line, PreservationRequest, requests};
use amparo_assess::territory::territory;
use amparo_assess::{losses, tips::TipRules};
use amparo_authz::{Action, Object};
use amparo_model::{Sha256, TipId};
use amparo_referral::pdf::letter::{self, Letter, Part};
use serde::Serialize;
use std::path::PathBuf;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "tips preserve",
    about: "Draft preservation requests from a tip, one for each holder, as text and PDF",
    examples: &["amparo tips preserve ncmec/900000001 --out requests --lang es"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The tip, or its report number alone
    pub tip: TipId,
    /// An existing folder for the drafts
    #[arg(long)]
    pub out: PathBuf,
}

/// What was drafted.
#[derive(Debug, Serialize)]
pub struct Drafted {
    /// Each draft with its files.
    pub drafts: Vec<Draft>,
}

/// One draft.
#[derive(Debug, Serialize)]
pub struct Draft {
    /// The text file.
    pub text: String,
    /// The PDF.
    pub pdf: String,
    /// SHA-256 of the PDF.
    pub sha256: Sha256,
    /// What it says.
    pub request: PreservationRequest,
}

impl Outcome for Drafted {
    fn show(&self, page: &mut Page<'_>) {
        if self.drafts.is_empty() {
            return page.say_line("cli-none-losses", &[]);
        }
        for draft in &self.drafts {
            page.say_line("cli-written", &[("file", draft.text.as_str())]);
            page.say_line("cli-written", &[("file", draft.pdf.as_str())]);
        }
    }
}

/// Drafts them.
///
/// # Errors
/// [`CliError`] when refused, when there is no such tip, or when the folder cannot be written.
pub async fn run(session: &mut Session, args: Args) -> Result<Drafted, CliError> {
    let deed = Deed::on(Action::ExportTips, Object::Tip(&args.tip), args.tip.as_str())
        .detail(serde_json::json!({ "what": "preservation requests" }));
    session.act(&deed).await?;
    let tip = find(session, &args.tip).await?;
    let standing = triage::standing_of(session, std::slice::from_ref(&tip)).await?.remove(&tip);
    let standing = standing.ok_or_else(|| CliError::unknown("tip", &tip))?;
    let (rules, now) = (TipRules::bundled(), session.clock.now());
    let country = territory(&standing, rules.names()).country;
    let losses = losses(&standing, country.as_deref(), &rules, now);
    let mut drafts = Vec::new();
    for (number, request) in
        requests(&standing, &losses, &session.config.country, &rules, now).into_iter().enumerate()
    {
        drafts.push(write(session, &args, number + 1, request)?);
    }
    Ok(Drafted { drafts })
}

fn write(
    session: &Session,
    args: &Args,
    number: usize,
    request: PreservationRequest,
) -> Result<Draft, CliError> {
    let stem = format!("preserve-{}-{number}", request.tip.as_str().replace('/', "-"));
    let text = amparo_text::Text::new(session.say.lang());
    let path = |ending: &str| args.out.join(format!("{stem}.{ending}"));
    files::write(&path("txt"), request.to_text(&text).as_bytes())?;
    let letter = Letter {
        title: stem.clone(),
        author: session.config.unit.clone(),
        made_at: request.made_at,
        parts: request.lines(&text).into_iter().map(part).collect(),
    };
    let pdf = letter::write(&letter, session.say.lang());
    let pdf = pdf.map_err(|error| CliError::storage(path("pdf").display(), error))?;
    files::write(&path("pdf"), &pdf)?;
    let name = |ending: &str| path(ending).display().to_string();
    Ok(Draft {
        text: name("txt"),
        pdf: name("pdf"),
        sha256: amparo_evidence::sha256(&pdf),
        request,
    })
}

fn part(line: Line) -> Part {
    match line {
        Line::Title(text) => Part::Title(text),
        Line::Heading(text) => Part::Heading(text),
        Line::Pair(name, value) => Part::Pair(name, value),
        Line::Paragraph(text) => Part::Paragraph(text),
        Line::Item { number, what, details } => Part::Item(format!("{number}. {what}"), details),
    }
}
