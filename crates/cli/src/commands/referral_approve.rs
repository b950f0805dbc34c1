//! `referral approve`: a second person stands for it.

use crate::{
    command::Command, error::CliError, exit::Exit, in_folder, outcome::Outcome, page::Page,
};
use crate::{
    referrals::{self, ShownGap},
    session::Session,
};
use amparo_authz::Action;
use amparo_model::{ReferralId, ReferralState};
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "referral approve",
    about: "Approve a complete referral, as a person other than its drafter",
    examples: &["amparo referral approve 6f0c2f5e-6d4b-5a43-9d52-0a6c1c1f7b11 --actor sofia"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The referral
    pub id: ReferralId,
}

/// What happened.
#[derive(Debug, Serialize)]
pub struct Approved {
    /// The referral.
    pub referral: ReferralId,
    /// Its version.
    pub version: u32,
    /// False when something mandatory is missing; then nothing changed.
    pub approved: bool,
    /// What is missing.
    pub gaps: Vec<ShownGap>,
}

impl Outcome for Approved {
    fn show(&self, page: &mut Page<'_>) {
        super::referral_check::show_gaps(&self.gaps, page);
        let id = if self.approved { "cli-referral-approved" } else { "cli-referral-incomplete" };
        page.say_line(id, &[("referral", self.referral.as_str())]);
    }

    fn exit(&self) -> Exit {
        if self.approved { Exit::Ok } else { Exit::SaysNo }
    }
}

/// Approves it.
///
/// # Errors
/// [`CliError`] when refused, when there is no such referral, or when it is no draft any more.
pub async fn run(session: &mut Session, args: Args) -> Result<Approved, CliError> {
    let (stored, mut draft) = referrals::load(session, &args.id).await?;
    referrals::act(session, Action::ApproveReferral, &stored, &draft).await?;
    if stored.state != ReferralState::Drafted {
        let why = format!("is {} and no draft any more", stored.state.as_str());
        return Err(CliError::bad(format!("referral {}", args.id), why));
    }
    let (by, at) = (session.actor.name.clone(), session.clock.now());
    let approved = amparo_referral::approve(&mut draft, &by, at).is_ok();
    if approved {
        let (version, state) = (draft.header.version, ReferralState::Approved);
        let body = referrals::body(&draft)?;
        let case = stored.case.as_ref();
        session.store.put_referral(&args.id, case, version, state, &body, at, &by).await?;
    }
    Ok(Approved {
        referral: args.id,
        version: draft.header.version,
        approved,
        gaps: referrals::gaps(session, &draft),
    })
}
