//! `tips decide`: whether two tips concern the same person. Persons are proposed by what tips
//! share; an officer decides, either way, and may decide again.

use crate::commands::tips_show::find;
use crate::session::{Deed, Session};
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page, triage};
use amparo_authz::{Action, Object};
use amparo_model::TipId;
use amparo_store::{Decided, SamePerson};
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "tips decide",
    about: "Say whether two tips concern the same person: join them, or undo their link",
    examples: &[
        "amparo tips decide 900000001 900000002 --same no --why \"two sisters, one telephone\"",
        "amparo tips decide 900000001 900000003 --same yes --why \"same face in both profiles\"",
    ],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// One tip
    pub tip: TipId,
    /// The other
    pub other: TipId,
    /// Whether they concern the same person
    #[arg(long, value_name = "yes|no", value_parser = ["yes", "no"])]
    pub same: String,
    /// Why; kept and shown
    #[arg(long)]
    pub why: String,
}

/// What was decided.
#[derive(Debug, Serialize)]
pub struct Told {
    /// The decision.
    #[serde(flatten)]
    pub decided: Decided<SamePerson>,
}

impl Outcome for Told {
    fn show(&self, page: &mut Page<'_>) {
        let what = &self.decided.what;
        let sentence = if what.same { "cli-tips-joined" } else { "cli-tips-parted" };
        let args = [("tip", self.decided.tip.as_str()), ("other", what.other.as_str())];
        page.say_line(sentence, &args);
    }
}

/// Decides it.
///
/// # Errors
/// [`CliError`] when refused, or when there is no such tip.
pub async fn run(session: &mut Session, args: Args) -> Result<Told, CliError> {
    let deed = Deed::on(Action::DecideTips, Object::Tip(&args.tip), args.tip.as_str()).detail(
        serde_json::json!({
            "other": args.other, "same": args.same, "why": args.why,
        }),
    );
    session.act(&deed).await?;
    if args.why.trim().is_empty() {
        return Err(CliError::bad("--why", "is empty"));
    }
    let (tip, other) = (find(session, &args.tip).await?, find(session, &args.other).await?);
    if tip == other {
        return Err(CliError::bad("the two tips", "are one and the same"));
    }
    let why = args.why.trim().to_owned();
    let what = SamePerson { other: other.clone(), same: args.same == "yes", why };
    let (at, by) = (session.clock.now(), session.actor.name.clone());
    let decided = Decided { tip: tip.clone(), at, by, what };
    session.store.decide_link(&decided).await?;
    triage::again(session, vec![tip, other]).await?;
    Ok(Told { decided })
}
