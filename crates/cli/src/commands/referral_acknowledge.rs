//! `referral acknowledge`: a signed receipt for the unit that sent a referral.

use crate::{command::Command, error::CliError, files, in_folder, outcome::Outcome, page::Page};
use crate::{referrals, session::Session};
use amparo_authz::Action;
use amparo_model::{ReferralId, ReferralReceipt, ReferralState};
use amparo_referral::acknowledge;
use serde::Serialize;
use std::path::PathBuf;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "referral acknowledge",
    about: "Answer a referral with a signed receipt, to be sent back",
    examples: &[
        "amparo referral acknowledge 6f0c2f5e-6d4b-5a43-9d52-0a6c1c1f7b11 receipt.txt \
         --state accepted",
        "amparo referral acknowledge 6f0c2f5e-6d4b-5a43-9d52-0a6c1c1f7b11 receipt.txt \
         --state needs_info --note \"10, 14\"",
    ],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The referral
    pub id: ReferralId,
    /// The receipt to send back
    pub file: PathBuf,
    /// read, accepted, needs_info, not_competent, refused, child_located, child_safeguarded, closed
    #[arg(long, value_parser = state)]
    pub state: ReferralState,
    /// Reason, missing fields, contact
    #[arg(long, default_value = "")]
    pub note: String,
    /// The officer who answers [default: who acts]
    #[arg(long)]
    pub officer: Option<String>,
}

/// What was answered.
#[derive(Debug, Serialize)]
pub struct Answered {
    /// The receipt's content.
    pub receipt: ReferralReceipt,
    /// The file to send back.
    pub file: PathBuf,
}

impl Outcome for Answered {
    fn show(&self, page: &mut Page<'_>) {
        let state = page.say().word("referral-state", self.receipt.state.as_str());
        let file = self.file.display().to_string();
        let referral = self.receipt.referral.as_str();
        let args = [("referral", referral), ("state", state.as_str()), ("file", file.as_str())];
        page.say_line("cli-referral-answered", &args);
    }
}

/// Signs the receipt and notes the answer here.
///
/// # Errors
/// [`CliError`] when refused, when the referral was not opened here, or when the file exists.
pub async fn run(session: &mut Session, args: Args) -> Result<Answered, CliError> {
    let (stored, draft) = referrals::load(session, &args.id).await?;
    referrals::act(session, Action::AcknowledgeReferral, &stored, &draft).await?;
    if stored.case.is_some() {
        let why = "is this unit's own; its addressee answers it";
        return Err(CliError::bad(format!("referral {}", args.id), why));
    }
    if args.file.exists() {
        return Err(CliError::bad(args.file.display(), "exists; nothing is overwritten"));
    }
    let receipt = ReferralReceipt {
        referral: args.id,
        manifest_sha256: referrals::manifest(session, &draft).await?,
        state: args.state,
        at: session.clock.now(),
        unit: session.config.unit.clone(),
        officer: args.officer.unwrap_or_else(|| session.actor.name.clone()),
        note: args.note,
    };
    let signed = acknowledge(&receipt, &session.keys.unit.signing_key_pem)
        .map_err(|error| CliError::bad(format!("referral {}", receipt.referral), error))?;
    let text = String::from_utf8_lossy(&signed).into_owned();
    session.store.record_receipt(&receipt.referral, &receipt, &text).await?;
    files::write(&args.file, &signed)?;
    Ok(Answered { receipt, file: args.file })
}

fn state(text: &str) -> Result<ReferralState, String> {
    let state: Result<ReferralState, _> =
        serde_json::from_value(serde_json::Value::String(text.to_owned()));
    match state {
        Ok(state) if amparo_referral::receipt_may_say(state) => Ok(state),
        _ => Err(format!("{text:?} is no answer; see --help")),
    }
}
