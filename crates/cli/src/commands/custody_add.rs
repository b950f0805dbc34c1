//! `custody add`: an event in the chain of custody of an exhibit.

use crate::session::Session;
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page};
use amparo_model::{CaseId, CustodyAct, CustodyEvent, EvidenceId, UtcMillis};
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "custody add",
    about: "Write an event into the chain of custody of an exhibit",
    examples: &["amparo custody add ALC-2026-0001/phone --case ALC-2026-0001 --act handed_over \
         --seal S-1042 --from \"Brigade, Alicante\" --to \"Laboratory\" --reason \"examination\""],
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
    /// What happened: seized, sealed, opened, handed_over, copied, returned
    #[arg(long, value_parser = act)]
    pub act: CustodyAct,
    /// When, with zone [default: now]
    #[arg(long, value_name = "RFC3339", value_parser = UtcMillis::parse)]
    pub at: Option<UtcMillis>,
    /// Who holds it from then on
    #[arg(long)]
    pub holder: Option<String>,
    /// Number on the seal
    #[arg(long)]
    pub seal: Option<String>,
    /// From whom or where
    #[arg(long)]
    pub from: Option<String>,
    /// To whom or where
    #[arg(long)]
    pub to: Option<String>,
}

/// What was written.
#[derive(Debug, Serialize)]
pub struct Written {
    /// The exhibit.
    pub evidence: EvidenceId,
    /// The event.
    pub event: CustodyEvent,
}

impl Outcome for Written {
    fn show(&self, page: &mut Page<'_>) {
        let act = page.say().word("custody", self.event.act.as_str());
        let args = [("evidence", self.evidence.as_str()), ("act", act.as_str())];
        page.say_line("cli-custody-added", &args);
    }
}

/// Writes it. The reason is the one that every command takes (`--reason`).
///
/// # Errors
/// [`CliError`] when refused, or when case or exhibit do not exist.
pub async fn run(session: &mut Session, args: Args) -> Result<Written, CliError> {
    let detail = serde_json::json!({ "custody": args.act.as_str() });
    let item = session.exhibit_to_work_on(&args.case, &args.id, detail).await?;
    let now = session.clock.now();
    let event = CustodyEvent {
        act: args.act,
        at: args.at.unwrap_or(now),
        recorded_at: now,
        recorded_by: session.actor.name.clone(),
        holder: args.holder,
        seal: args.seal,
        from: args.from,
        to: args.to,
        reason: session.reason.clone(),
        sums: None,
        unchanged: None,
    };
    session.store.add_custody(&item.id, &event).await?;
    Ok(Written { evidence: item.id, event })
}

/// Acts that people do; reading and hashing are written by the program that does them.
fn act(word: &str) -> Result<CustodyAct, String> {
    let by_people = |act: &CustodyAct| !matches!(act, CustodyAct::Read | CustodyAct::Hashed);
    let mut acts = CustodyAct::ALL.into_iter().filter(by_people);
    acts.clone().find(|act| act.as_str() == word).ok_or_else(|| {
        let words: Vec<&str> = acts.by_ref().map(CustodyAct::as_str).collect();
        format!("{word:?} is none of {}", words.join(", "))
    })
}
