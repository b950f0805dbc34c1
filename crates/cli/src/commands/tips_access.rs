//! `tips access`: whether a file of a package may be opened. It stays closed until a supervisor
//! says otherwise, with a reason that is kept; nothing is opened here.

use crate::commands::tips_show::find;
use crate::session::{Deed, Session};
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page};
use amparo_authz::{Action, Object};
use amparo_model::{Sha256, TipId};
use amparo_store::{MemberDecision, StoredMember};
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "tips access",
    about: "Say whether a file of a tip's package may be opened, with the reason; supervisors only",
    examples: &[
        "amparo tips access 900000001 media/a.jpg --state cleared --why \"order 4/2026\"",
        "amparo tips access 900000001 media/a.jpg --state needs-authority --why \"not viewed yet\"",
    ],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The tip, or its report number alone
    pub tip: TipId,
    /// The file, as `tips show` writes its path
    pub path: String,
    /// What holds from now on
    #[arg(long, value_name = "STATE", value_parser = ["locked", "needs-authority", "cleared"])]
    pub state: String,
    /// Which file, where several have this path
    #[arg(long)]
    pub sha256: Option<Sha256>,
    /// Why; kept and shown
    #[arg(long)]
    pub why: String,
}

/// What was decided.
#[derive(Debug, Serialize)]
pub struct Told {
    /// Which tip.
    pub tip: TipId,
    /// Which file.
    pub path: String,
    /// Its bytes, by their hash.
    pub sha256: Sha256,
    /// The decision.
    #[serde(flatten)]
    pub decision: MemberDecision,
}

impl Outcome for Told {
    fn show(&self, page: &mut Page<'_>) {
        let state = page.say().word("access", &self.decision.state);
        page.say_line("cli-tips-access", &[("file", self.path.as_str()), ("state", &state)]);
    }
}

/// Decides it.
///
/// # Errors
/// [`CliError`] when refused, or when tip or file are not known.
pub async fn run(session: &mut Session, args: Args) -> Result<Told, CliError> {
    let state = args.state.replace('-', "_");
    let deed = || Deed::on(Action::SetAccess, Object::Tip(&args.tip), args.tip.as_str());
    // The log holds the file's hash and never its name, so the file is found first; who may not do
    // this does not even learn whether it is there.
    if !session.judge(&deed()).await?.is_allowed() {
        session.act(&deed()).await?;
    }
    let why = args.why.trim().to_owned();
    if why.is_empty() {
        return Err(CliError::bad("--why", "is empty"));
    }
    let tip = find(session, &args.tip).await?;
    let member = member(session, &tip, &args).await?;
    let detail = serde_json::json!({ "sha256": member.sha256, "state": state, "why": why });
    session.act(&deed().detail(detail)).await?;
    let decision =
        MemberDecision { state, at: session.clock.now(), by: session.actor.name.clone(), why };
    let which = (&member.package, member.path.as_str(), &member.sha256);
    session.store.decide_access(which, &decision).await?;
    Ok(Told { tip, path: member.path, sha256: member.sha256, decision })
}

/// The one file that is meant. Two of one path are told apart by their hash, never guessed.
async fn member(session: &Session, tip: &TipId, args: &Args) -> Result<StoredMember, CliError> {
    let stored = session.store.tip_revisions(tip).await?;
    let documents: Vec<Sha256> = stored.iter().map(|stored| stored.object).collect();
    let mut members = session.store.members_beside(&documents).await?;
    members.retain(|one| one.path == args.path && args.sha256.is_none_or(|it| it == one.sha256));
    let first = members.first().cloned().ok_or_else(|| CliError::unknown("file", &args.path))?;
    let same = |one: &StoredMember| (one.package, one.sha256) == (first.package, first.sha256);
    match members.iter().all(same) {
        true => Ok(first),
        false => Err(CliError::bad(&args.path, "is the path of several files; add --sha256")),
    }
}
