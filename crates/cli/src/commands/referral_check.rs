//! `referral check`: what a referral still lacks, by field number.

use crate::{
    command::Command, error::CliError, exit::Exit, in_folder, outcome::Outcome, page::Page,
};
use crate::{
    referrals::{self, ShownGap},
    session::Session,
};
use amparo_authz::Action;
use amparo_model::ReferralId;
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "referral check",
    about: "Show what a referral still lacks, by field number",
    examples: &["amparo referral check 6f0c2f5e-6d4b-5a43-9d52-0a6c1c1f7b11"],
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

/// What is missing.
#[derive(Debug, Serialize)]
pub struct Checked {
    /// The referral.
    pub referral: ReferralId,
    /// Its version.
    pub version: u32,
    /// Nothing that holds it is missing.
    pub complete: bool,
    /// All gaps, by field.
    pub gaps: Vec<ShownGap>,
}

impl Outcome for Checked {
    fn show(&self, page: &mut Page<'_>) {
        show_gaps(&self.gaps, page);
        let id = if self.complete { "cli-referral-complete" } else { "cli-referral-incomplete" };
        page.say_line(id, &[("referral", self.referral.as_str())]);
    }

    fn exit(&self) -> Exit {
        if self.complete { Exit::Ok } else { Exit::SaysNo }
    }
}

/// Shows gaps as a table.
pub fn show_gaps(gaps: &[ShownGap], page: &mut Page<'_>) {
    let row = |gap: &ShownGap| {
        let word = if gap.blocks { "blocks" } else { "warns" };
        vec![
            gap.field.to_string(),
            gap.title.clone(),
            page.say().word("gap", word),
            gap.sentence.clone(),
        ]
    };
    let heads = ["cli-head-number", "cli-head-field", "cli-head-state", "cli-head-detail"];
    page.table(&heads, gaps.iter().map(row).collect());
}

/// Checks it.
///
/// # Errors
/// [`CliError`] when refused or when there is no such referral.
pub async fn run(session: &mut Session, args: Args) -> Result<Checked, CliError> {
    let (stored, draft) = referrals::load(session, &args.id).await?;
    referrals::act(session, Action::CheckReferral, &stored, &draft).await?;
    let gaps = referrals::gaps(session, &draft);
    Ok(Checked {
        referral: args.id,
        version: draft.header.version,
        complete: !gaps.iter().any(|gap| gap.blocks),
        gaps,
    })
}
