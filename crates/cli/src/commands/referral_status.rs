//! `referral status`: where referrals stand; and the way in for receipts that came back.

use crate::{command::Command, error::CliError, files, in_folder, outcome::Outcome, page::Page};
use crate::{
    partners, referrals,
    session::{Deed, Session},
};
use amparo_authz::{Action, Object};
use amparo_model::{CaseId, ReferralId, ReferralReceipt, ReferralState, UtcMillis};
use amparo_referral::{Draft, answers, open_receipt};
use amparo_store::StoredReferral;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "referral status",
    about: "Show where referrals stand, take in a receipt, or note that one was sent",
    examples: &[
        "amparo referral status",
        "amparo referral status 6f0c2f5e-6d4b-5a43-9d52-0a6c1c1f7b11 --sent",
        "amparo referral status 6f0c2f5e-6d4b-5a43-9d52-0a6c1c1f7b11 --receipt receipt.txt",
    ],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// No receipt is longer.
const BYTES_MAX: u64 = 64 << 10;

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// One referral; without it, all that this person may see
    pub id: Option<ReferralId>,
    /// A receipt that came back
    #[arg(long, value_name = "FILE", requires = "id")]
    pub receipt: Option<PathBuf>,
    /// Note that the sealed file was handed to its channel
    #[arg(long, requires = "id", conflicts_with = "receipt")]
    pub sent: bool,
}

/// Where referrals stand.
#[derive(Debug, Serialize)]
pub struct Statuses {
    /// The referrals.
    pub referrals: Vec<Status>,
}

/// Where one referral stands.
#[derive(Debug, Serialize)]
pub struct Status {
    /// Which.
    pub referral: ReferralId,
    /// Its case; none for one that came from another unit.
    pub case: Option<CaseId>,
    /// Current version.
    pub version: u32,
    /// Current state.
    pub state: ReferralState,
    /// Who sends.
    pub from: String,
    /// Who is to receive.
    pub to: String,
    /// How it came there.
    pub history: Vec<Move>,
    /// What the addressee answered.
    pub receipts: Vec<ReferralReceipt>,
}

/// One step of a referral.
#[derive(Debug, Serialize)]
pub struct Move {
    /// The state it reached.
    pub to: ReferralState,
    /// When.
    pub at: UtcMillis,
    /// Who moved it.
    pub by: String,
    /// Remark.
    pub note: String,
}

impl Outcome for Statuses {
    fn show(&self, page: &mut Page<'_>) {
        if self.referrals.is_empty() {
            return page.say_line("cli-none-referrals", &[]);
        }
        let row = |status: &Status| {
            vec![
                status.referral.to_string(),
                status.version.to_string(),
                page.say().word("referral-state", status.state.as_str()),
                status.from.clone(),
                status.to.clone(),
                status.case.as_ref().map(ToString::to_string).unwrap_or_default(),
            ]
        };
        let heads = [
            "cli-head-referral",
            "cli-head-version",
            "cli-head-state",
            "cli-head-sender",
            "cli-head-addressee",
            "cli-head-case",
        ];
        page.table(&heads, self.referrals.iter().map(row).collect());
        if let [one] = self.referrals.as_slice() {
            let row = |step: &Move| {
                let state = page.say().word("referral-state", step.to.as_str());
                vec![step.at.to_string(), state, step.by.clone(), step.note.clone()]
            };
            let heads = ["cli-head-when", "cli-head-state", "cli-head-by", "cli-head-note"];
            page.table(&heads, one.history.iter().map(row).collect());
        }
    }
}

/// Shows the gist of a referral: urgency, signals, subjects and what is asked.
pub fn show_draft(draft: &Draft, page: &mut Page<'_>) {
    page.line(&draft.urgency.reason);
    if let Some(act_by) = draft.urgency.act_by {
        page.say_line("cli-referral-act-by", &[("at", &act_by.to_string())]);
    }
    for statement in draft.signals.iter().chain(&draft.counter_signals) {
        page.line(&format!("  - {}", statement.text));
    }
    for subject in &draft.subjects {
        for identifier in &subject.identifiers {
            let kind = page.say().word("identifier", identifier.kind.as_str());
            page.line(&format!("  {kind}: {}", identifier.raw));
        }
    }
    for ask in &draft.asks.list {
        page.say_line(ask.message_id(), &[]);
    }
    let rows = draft.ledger.len().to_string();
    page.say_line("cli-referral-ledger-rows", &[("count", &rows)]);
}

/// Shows them, after taking in a receipt if one is given.
///
/// # Errors
/// [`CliError`] when refused, when there is no such referral, or naming the receipt and why it is
/// not believed.
pub async fn run(session: &mut Session, args: Args) -> Result<Statuses, CliError> {
    let Some(id) = args.id else { return all(session).await };
    let (stored, draft) = referrals::load(session, &id).await?;
    if let Some(file) = &args.receipt {
        referrals::act(session, Action::AcknowledgeReferral, &stored, &draft).await?;
        take_receipt(session, &stored, &draft, file).await?;
    } else if args.sent {
        referrals::act(session, Action::SealReferral, &stored, &draft).await?;
        let (from, to) = (ReferralState::Sealed, ReferralState::Sent);
        let (at, by) = (session.clock.now(), session.actor.name.clone());
        session.store.move_referral(&id, from, to, at, &by, "").await?;
    } else {
        referrals::act(session, Action::ReadReferral, &stored, &draft).await?;
    }
    let (stored, draft) = referrals::load(session, &id).await?;
    Ok(Statuses { referrals: vec![Status::of(stored, &draft)] })
}

async fn all(session: &mut Session) -> Result<Statuses, CliError> {
    session.act(&Deed::on(Action::ListCases, Object::Unit, "referrals")).await?;
    let mut referrals = Vec::new();
    for stored in session.store.referrals().await? {
        let object = Object::Referral { case: stored.case.as_ref() };
        let deed = Deed::on(Action::ReadReferral, object, stored.id.as_str());
        if session.judge(&deed).await?.is_allowed() {
            let (stored, draft) = referrals::load(session, &stored.id).await?;
            referrals.push(Status::of(stored, &draft));
        }
    }
    Ok(Statuses { referrals })
}

/// Believes a receipt only if the addressee's own key signed it, over exactly the text sealed here.
async fn take_receipt(
    session: &Session,
    stored: &StoredReferral,
    draft: &Draft,
    file: &Path,
) -> Result<(), CliError> {
    let bytes = files::read(file, BYTES_MAX)?;
    let bad = |error: amparo_referral::ReceiptError| CliError::bad(file.display(), error);
    let addressee = partners::find(session, &draft.addressee.authority.unit)?;
    let receipt = open_receipt(&bytes, &[addressee]).map_err(bad)?;
    answers(&receipt, &stored.id, &referrals::manifest(session, draft).await?).map_err(bad)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Ok(session.store.record_receipt(&stored.id, &receipt, &text).await?)
}

impl Status {
    fn of(stored: StoredReferral, draft: &Draft) -> Self {
        let step = |step: amparo_store::ReferralMove| Move {
            to: step.to,
            at: step.at,
            by: step.by,
            note: step.note,
        };
        Self {
            referral: stored.id,
            case: stored.case,
            version: stored.version,
            state: stored.state,
            from: draft.sender.authority.unit.clone(),
            to: draft.addressee.authority.unit.clone(),
            history: stored.history.into_iter().map(step).collect(),
            receipts: stored.receipts.into_iter().map(|(receipt, _)| receipt).collect(),
        }
    }
}
