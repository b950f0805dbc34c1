//! `verdict add`: what a person of this unit says a file is, in the words of one scheme.

use crate::session::{Deed, Session};
use crate::{
    command::Command, error::CliError, in_folder, lists::scheme, outcome::Outcome, page::Page,
};
use amparo_authz::{Action, Object};
use amparo_model::{CaseId, Hashes, Scheme, Sha256};
use amparo_store::Verdict;
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "verdict add",
    about: "Record what you say a file of a case is, in the category of one scheme",
    examples: &[
        "amparo verdict add d41d8cd98f00b204e9800998ecf8427e --case ALC-2026-0001 \
         --scheme VICS/US/2.0 --code 1",
        "amparo verdict add d41d8cd98f00b204e9800998ecf8427e --case ALC-2026-0001 \
         --scheme VICS/US/2.0 --code 2 --series \"blue squares\" --victim-identified no",
    ],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The file: its MD5, SHA-1 or SHA-256
    pub hash: String,
    /// The case in which it was seen
    #[arg(long)]
    pub case: CaseId,
    /// Whose category it is: NAME/REALM/VERSION
    #[arg(long, value_name = "NAME/REALM/VERSION", value_parser = scheme)]
    pub scheme: Scheme,
    /// The category's code, as the scheme writes it
    #[arg(long)]
    pub code: String,
    /// The series it belongs to
    #[arg(long)]
    pub series: Option<String>,
    /// Whether the victim is identified; leave out what is not known
    #[arg(long, value_name = "yes|no", value_parser = yes_no)]
    pub victim_identified: Option<bool>,
    /// Whether it is in wide circulation; leave out what is not known
    #[arg(long, value_name = "yes|no", value_parser = yes_no)]
    pub distributed: Option<bool>,
    /// Your own words
    #[arg(long)]
    pub note: Option<String>,
}

/// What was recorded.
#[derive(Debug, Serialize)]
pub struct Added {
    /// The case.
    pub case: CaseId,
    /// The verdict.
    pub verdict: Verdict,
}

impl Outcome for Added {
    fn show(&self, page: &mut Page<'_>) {
        let (object, scheme) = (self.verdict.object.to_string(), self.verdict.scheme.to_string());
        let args = [
            ("object", object.as_str()),
            ("scheme", scheme.as_str()),
            ("code", self.verdict.code.as_str()),
        ];
        page.say_line("cli-verdict-added", &args);
    }
}

/// Records it. Earlier verdicts stay; the latest of a scheme counts.
///
/// # Errors
/// [`CliError`] when refused, or when no file of the case that was read has this hash.
pub async fn run(session: &mut Session, args: Args) -> Result<Added, CliError> {
    session.case(&args.case).await?;
    let deed = Deed::on(Action::RecordVerdict, Object::Case(&args.case), args.case.as_str())
        .detail(serde_json::json!({
            "hash": args.hash, "scheme": args.scheme, "code": args.code,
        }));
    session.act(&deed).await?;
    let verdict = Verdict {
        object: object(session, &args).await?,
        scheme: args.scheme,
        code: args.code.trim().to_owned(),
        series: args.series,
        victim_identified: args.victim_identified,
        is_distributed: args.distributed,
        note: args.note,
    };
    if verdict.code.is_empty() {
        return Err(CliError::bad("--code", "is empty"));
    }
    let (at, by) = (session.clock.now(), session.actor.name.clone());
    session.store.add_verdict(&args.case, &verdict, at, &by).await?;
    Ok(Added { case: args.case, verdict })
}

async fn object(session: &Session, args: &Args) -> Result<Sha256, CliError> {
    let hash = args.hash.trim().to_ascii_lowercase();
    let is = |hashes: &Hashes| {
        hash == hashes.sha256.to_string()
            || hash == hashes.md5.to_string()
            || hash == hashes.sha1.to_string()
    };
    let prints = session.store.fingerprints(&args.case).await?;
    let found = prints.iter().find(|print| is(&print.hashes)).map(|print| print.hashes.sha256);
    found.ok_or_else(|| CliError::unknown("file of this case", &args.hash))
}

fn yes_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(format!("{text:?} is neither yes nor no; leave the option out if not known")),
    }
}
