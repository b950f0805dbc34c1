//! `tips override`: an officer's own level of danger for a tip, with name and reason, beside the
//! rules' and the originator's, which both stay.

use crate::commands::tips_show::find;
use crate::session::{Deed, Session};
use crate::triage::{self, Override};
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page};
use amparo_authz::{Action, Object};
use amparo_model::TipId;
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "tips override",
    about: "Set your own danger points for a tip, with the reason; nothing else is changed",
    examples: &["amparo tips override ncmec/900000001 --danger 120 --why \"the mother called\""],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The tip, or its report number alone
    pub tip: TipId,
    /// Danger points in place of the rules'
    #[arg(long, value_parser = clap::value_parser!(i32).range(0..=1000))]
    pub danger: i32,
    /// Why; kept and shown
    #[arg(long)]
    pub why: String,
}

/// What was set.
#[derive(Debug, Serialize)]
pub struct Set {
    /// Which tip.
    pub tip: TipId,
    /// What was set, by whom and when.
    pub set: Override,
}

impl Outcome for Set {
    fn show(&self, page: &mut Page<'_>) {
        let points = self.set.danger_points.to_string();
        let args = [("points", points.as_str()), ("by", &self.set.by), ("why", &self.set.why)];
        page.say_line("cli-tips-overridden", &args);
    }
}

/// Sets it.
///
/// # Errors
/// [`CliError`] when refused, or when there is no such tip.
pub async fn run(session: &mut Session, args: Args) -> Result<Set, CliError> {
    let deed = Deed::on(Action::DecideTips, Object::Tip(&args.tip), args.tip.as_str())
        .detail(serde_json::json!({ "danger": args.danger, "why": args.why }));
    session.act(&deed).await?;
    if args.why.trim().is_empty() {
        return Err(CliError::bad("--why", "is empty"));
    }
    let tip = find(session, &args.tip).await?;
    let (at, by) = (session.clock.now(), session.actor.name.clone());
    let why = args.why.trim().to_owned();
    let set = Override { danger_points: args.danger, why, by: by.clone(), at: Some(at) };
    session.store.override_tip(&tip, at, &by, &set).await?;
    triage::again(session, vec![tip.clone()]).await?;
    Ok(Set { tip, set })
}
