//! `tips decide`: whether two tips, or a tip and an account on an exhibit, concern the same person.
//! Persons are proposed by what they share; an officer decides, either way, and may decide again.

use crate::commands::tips_show::find;
use crate::session::{Deed, Session};
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page, triage};
use amparo_authz::{Action, Object};
use amparo_model::TipId;
use amparo_store::{Decided, SameAccount, SamePerson};
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "tips decide",
    about: "Say whether two tips, or a tip and an account on an exhibit, concern the same person",
    examples: &[
        "amparo tips decide 900000001 900000002 --same no --why \"two sisters, one telephone\"",
        "amparo tips decide 900000001 900000003 --same yes --why \"same face in both profiles\"",
        "amparo tips decide 900000001 --account telegram:user1000001 --same no --why sold",
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
    #[arg(required_unless_present = "account", conflicts_with = "account")]
    pub other: Option<TipId>,
    /// Instead of another tip: an account on exhibits, as `tips show` writes it
    #[arg(long, value_name = "APP:ID")]
    pub account: Option<String>,
    /// Whether they concern the same person
    #[arg(long, value_name = "yes|no", value_parser = ["yes", "no"])]
    pub same: String,
    /// Why; kept and shown
    #[arg(long)]
    pub why: String,
}

/// What was decided.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Told {
    /// Of two tips.
    Tips(Decided<SamePerson>),
    /// Of a tip and an account.
    Account(Decided<SameAccount>),
}

impl Outcome for Told {
    fn show(&self, page: &mut Page<'_>) {
        let (sentence, tip, other) = match self {
            Self::Tips(word) => {
                let sentence = if word.what.same { "cli-tips-joined" } else { "cli-tips-parted" };
                (sentence, &word.tip, word.what.other.as_str())
            }
            Self::Account(word) => {
                let yes = word.what.same;
                let sentence = if yes { "cli-account-joined" } else { "cli-account-parted" };
                (sentence, &word.tip, word.what.account.as_str())
            }
        };
        page.say_line(sentence, &[("tip", tip.as_str()), ("other", other)]);
    }
}

/// Decides it.
///
/// # Errors
/// [`CliError`] when refused, or when there is no such tip. Whether there is such an account is not
/// told: it may lie on an exhibit that this person may not read.
pub async fn run(session: &mut Session, args: Args) -> Result<Told, CliError> {
    let deed = Deed::on(Action::DecideTips, Object::Tip(&args.tip), args.tip.as_str()).detail(
        serde_json::json!({
            "other": args.other, "account": args.account, "same": args.same, "why": args.why,
        }),
    );
    session.act(&deed).await?;
    let why = args.why.trim().to_owned();
    if why.is_empty() {
        return Err(CliError::bad("--why", "is empty"));
    }
    let tip = find(session, &args.tip).await?;
    let (at, by, same) = (session.clock.now(), session.actor.name.clone(), args.same == "yes");
    match (args.other, args.account) {
        (_, Some(account)) => {
            let what = SameAccount { account: account.trim().to_owned(), same, why };
            let decided = Decided { tip, at, by, what };
            session.store.decide_account(&decided).await?;
            Ok(Told::Account(decided))
        }
        (other, None) => {
            let other = other.ok_or_else(|| CliError::bad("the other tip", "is not given"))?;
            let other = find(session, &other).await?;
            if tip == other {
                return Err(CliError::bad("the two tips", "are one and the same"));
            }
            let what = SamePerson { other: other.clone(), same, why };
            let decided = Decided { tip: tip.clone(), at, by, what };
            session.store.decide_link(&decided).await?;
            triage::again(session, vec![tip, other]).await?;
            Ok(Told::Tips(decided))
        }
    }
}
